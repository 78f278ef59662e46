//! What is wrong in a file in, a text that shows where and how to mend it out.

mod more;
mod order;
mod render;
mod visible;

use std::ops::Range;
use std::sync::Arc;

pub use more::SHOWN_MAX;
pub use order::sort;
pub use visible::{visible, visible_in_colour};

/// A file that was read: the path as people write it, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path, relative to the publication's folder, with `/` between its parts.
    pub path: String,
    /// What the file holds.
    pub text: String,
}

impl Source {
    /// A source that diagnostics can share.
    #[must_use]
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { path: path.into(), text: text.into() })
    }

    /// The line of a byte offset, counted from 1.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        1 + self.text.as_bytes()[..offset.min(self.text.len())]
            .iter()
            .filter(|b| **b == b'\n')
            .count()
    }

    /// The line and the column of a byte offset, counted from 1, the column in characters.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let before = &self.text[..self.text.floor_char_boundary(offset)];
        let column = before.chars().rev().take_while(|character| *character != '\n').count();
        (self.line(offset), column + 1)
    }

    /// The whole lines that a range of bytes touches.
    #[must_use]
    pub fn line_range(&self, span: &Range<usize>) -> Range<usize> {
        let bytes = self.text.as_bytes();
        let start = span.start.min(bytes.len());
        let end = span.end.clamp(start, bytes.len());
        let first = bytes[..start].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let last = bytes[end..].iter().position(|byte| *byte == b'\n');
        first..last.map_or(bytes.len(), |at| end + at)
    }

    /// The text of the lines that a range of bytes touches.
    #[must_use]
    pub fn lines(&self, span: &Range<usize>) -> &str {
        self.text.get(self.line_range(span)).unwrap_or_default()
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// It does not compile, and is not sent.
    Error,
    /// It compiles, and readers will notice.
    Warning,
    /// Nothing is wrong; it is good to know.
    Note,
}

/// Declares every code once: its name here, its number for people, and what it says in general.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $number:literal),+ $(,)?) => {
        /// The number of a diagnostic; the first letter is its level.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[doc = $doc])+ $name),+ }

        impl Code {
            /// Every code, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The number as it is shown, such as `E002`.
            #[must_use]
            pub const fn number(self) -> &'static str {
                match self { $(Self::$name => $number),+ }
            }

            /// What it means, why it matters and how to mend it: a page of Markdown, whose first
            /// line is `# E002: …`.
            #[must_use]
            pub const fn page(self) -> &'static str {
                match self {
                    $(Self::$name => include_str!(concat!("../../docs/codes/", $number, ".md"))),+
                }
            }
        }
    };
}

codes! {
    /// The text is not TOML.
    Syntax = "E001",
    /// A key that means nothing here.
    UnknownKey = "E002",
    /// A key that has to be there is not.
    MissingKey = "E003",
    /// A string where a number is wanted, and the like.
    WrongType = "E004",
    /// A text that has to say something is empty.
    Empty = "E005",
    /// A value that is not one of those that are possible.
    UnknownValue = "E006",
    /// `{{` and `}}` that do not enclose a field.
    FieldSyntax = "E007",
    /// A field that no column of the list has.
    UnknownField = "E008",
    /// A reader's row has no value for a field without a default.
    EmptyField = "E009",
    /// A segment that newsletter.toml does not define.
    UnknownSegment = "E010",
    /// A link that leads nowhere from a mail: relative, or without a host.
    Link = "E011",
    /// A scheme that mail clients block or that could run code.
    Scheme = "E012",
    /// A field in the part of a URL that says where it leads.
    FieldInHost = "E013",
    /// A file that is named but not there, or cannot be read.
    File = "E014",
    /// A path that leads out of the publication's folder.
    Outside = "E015",
    /// A picture that mail clients do not show.
    ImageFormat = "E016",
    /// Markdown that an issue does not take: raw HTML, pictures, tables.
    Markdown = "E017",
    /// A control or private-use character.
    Character = "E018",
    /// Not an email address.
    Address = "E019",
    /// A date, time or duration that is none, or two that contradict each other.
    Time = "E020",
    /// A secret written down where a reference belongs.
    Secret = "E021",
    /// A colour that is none, or cannot be read on its background.
    Colour = "E022",
    /// A number outside its bounds.
    Range = "E023",
    /// A picture that cannot be read, is not there to be seen, or has the place of another file.
    Picture = "E024",
    /// A file that is empty, or that servers take no mail with.
    Attachment = "E025",
    /// What a style sheet cannot have in a mail.
    Style = "E026",
    /// A layout without a place for what every letter needs.
    Layout = "E027",
    /// Markup that mail programs or screen readers cannot make sense of.
    Markup = "E028",
    /// Two keys that cannot stand together.
    Conflict = "E029",
    /// Markup that is not whole, or that a letter cannot hold.
    Html = "E030",
    /// A subject that pretends to answer or to forward something.
    FalseReply = "E034",
    /// A link without words.
    LinkWithoutWords = "E035",
    /// A link whose words do not say where it leads.
    VagueLink = "E036",
    /// A link whose words show another host than the one it leads to.
    OtherHost = "E037",
    /// A letter that is nothing but pictures.
    OnlyPictures = "E038",
    /// A letter that Gmail cuts off.
    Clipped = "E039",
    /// Text that readers do not see.
    HiddenText = "E040",
    /// A style sheet that Gmail drops for its length.
    StyleTooLong = "E041",
    /// An at-rule inside another, for which Gmail drops the style sheet.
    NestedAtRule = "E042",
    /// A letter that does not say its language and direction where web mail keeps them.
    LetterLanguage = "E043",
    /// A layout table that screen readers read out as one of data.
    TableRole = "E044",
    /// A letter without a title, or without exactly one heading of the first rank.
    LetterHeading = "E045",
    /// A picture without an alternative in the finished letter.
    LetterAlt = "E046",
    /// A link whose page is not there.
    Gone = "E047",
    /// A link in text that only its colour tells from the words around it.
    UnmarkedLink = "E048",
    /// A key of a domain that cannot answer for the sender.
    Alignment = "E049",
    /// A time that the clocks of the publication's time zone skip.
    SkippedTime = "E052",
    /// Words that only the author should have seen.
    Leftover = "W001",
    /// A subject that inboxes cut.
    LongSubject = "W002",
    /// A picture that is heavy after all that could be done.
    HeavyPicture = "W003",
    /// An `alt` that says nothing.
    AltText = "W004",
    /// A mail that carries much.
    HeavyMail = "W005",
    /// A look that some mail programs do not show.
    StyleSupport = "W006",
    /// A style sheet so long that some mail programs drop it.
    StyleBudget = "W007",
    /// A subject that shouts.
    Shouting = "W008",
    /// A subject too short to say anything.
    ShortSubject = "W009",
    /// What inboxes show after the subject is missing, too short, too long, or said already.
    Preheader = "W010",
    /// A letter that is not far from where Gmail cuts it off.
    LargeLetter = "W011",
    /// A link that is not encrypted.
    Insecure = "W012",
    /// A link that hides where it leads behind a shortener.
    Shortener = "W013",
    /// A link with a name and a password, or to a bare number.
    OddHost = "W014",
    /// Words that promise an attachment that is not there.
    NoAttachment = "W015",
    /// A sender's name that is missing or does not name the sender.
    SenderName = "W016",
    /// An issue that says what the one before it said.
    Twin = "W017",
    /// The same link many times.
    SameLink = "W018",
    /// A link that did not answer.
    NoAnswer = "W019",
    /// CSS that much of readers' mail programs drop.
    Css = "W020",
    /// HTML that much of readers' mail programs drop.
    Element = "W021",
    /// A style sheet that is not far from what Gmail drops.
    LongStyle = "W022",
    /// A subject full of pictures.
    Emoji = "W023",
    /// Plain text that says much less than the markup beside it.
    Stub = "W024",
    /// A colour of words without a ground, or a ground without one.
    LoneColour = "W025",
    /// A language that letters have no words of their own in.
    NoWords = "W030",
    /// A field that is empty for everyone who signs up by the form.
    OpenField = "W033",
    /// What the starter has in place of the editor's own.
    Placeholder = "W034",
    /// A segment that the form lets people into by the tag of another one.
    OpenSegment = "W035",
    /// How many words there are, and how long it takes to read them.
    Length = "N001",
    /// A link whose page has moved to another host for good.
    Moved = "N002",
}

impl Code {
    /// What the first letter of the number says.
    #[must_use]
    pub fn level(self) -> Level {
        match self.number().as_bytes()[0] {
            b'E' => Level::Error,
            b'W' => Level::Warning,
            _ => Level::Note,
        }
    }

    /// The code with a number, whatever its case.
    #[must_use]
    pub fn find(number: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.number().eq_ignore_ascii_case(number))
    }

    /// What it means and why it matters: the words of its page before the examples.
    #[must_use]
    pub fn description(self) -> &'static str {
        let (_, text) = self.page().split_once('\n').unwrap_or_default();
        text.split("\n## ").next().unwrap_or_default().trim()
    }

    /// Where the rule comes from: the first link of its page.
    #[must_use]
    pub fn source(self) -> Option<&'static str> {
        let page = self.page();
        let start = page.find("<https://")? + 1;
        page[start..].split('>').next()
    }

    /// What it says in general, in a few words: the heading of its page.
    #[must_use]
    pub fn title(self) -> &'static str {
        let heading = self.page().lines().next().unwrap_or_default();
        heading.split_once(": ").map_or(heading, |(_, title)| title)
    }
}

/// One thing that is wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of mistake.
    pub code: Code,
    /// The file it is in.
    pub source: Arc<Source>,
    /// The bytes of the file that are underlined.
    pub span: Range<usize>,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// What stands beside the underlined text; may be empty.
    pub label: String,
    /// What to do: an imperative sentence.
    pub help: Option<String>,
    /// A second place that has to do with it, such as a reader's row.
    pub note: Option<String>,
    /// Whether a secret stands in these lines, so that they are not shown.
    pub hidden: bool,
    /// How many diagnostics it stands for that are not shown one by one; 0 where it is one itself.
    pub more: u64,
}

impl Diagnostic {
    /// A diagnostic without label, help and note.
    #[must_use]
    pub fn new(
        code: Code,
        source: &Arc<Source>,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        let source = Arc::clone(source);
        let (label, message) = (String::new(), message.into());
        Self { code, source, span, message, label, help: None, note: None, hidden: false, more: 0 }
    }

    /// The same with words beside the underlined text.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same with what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with a second place that has to do with it.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Whether it keeps the file from compiling.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.code.level() == Level::Error
    }
}

/// What a stage made of a file, and what it has to say about it.
///
/// There is a value exactly when no diagnostic is an error: who holds the value holds a good one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked<T> {
    /// The finished value, unless there was an error.
    pub value: Option<T>,
    /// Errors and warnings, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Checked<T> {
    /// Pairs a value with what was found, and drops the value when an error was.
    #[must_use]
    pub fn new(value: Option<T>, mut diagnostics: Vec<Diagnostic>) -> Self {
        sort(&mut diagnostics);
        let good = !diagnostics.iter().any(Diagnostic::is_error);
        Self { value: value.filter(|_| good), diagnostics }
    }
}
