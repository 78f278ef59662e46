//! An issue's prose in, what it promises and does not hold, and its length, out.

use crate::check::{self, words};
use crate::diagnostic::{Code, Diagnostic};
use crate::issue::{Delivery, File, Html, Issue, Kind, Part};
use crate::markup::{self, Token};

/// A letter with pictures has at least this many words besides its title.
const WORDS_MIN: usize = 20;
/// Markup with fewer words than this may have any text beside it.
const STUB_MIN: usize = 20;
/// The text beside markup has at least one word for so many of the markup.
const STUB_PART: usize = 4;
/// How many words of a language of letters people read in a minute, about.
const WORDS_A_MINUTE: usize = 220;
/// How many characters of Chinese or Japanese.
const CHARACTERS_A_MINUTE: usize = 400;

pub(super) fn check(issue: &Issue) -> Vec<Diagnostic> {
    let mut found: Vec<_> = only_pictures(issue).into_iter().chain(no_attachment(issue)).collect();
    issue.for_each_part(&mut |part| {
        if let Part::Html(html) = part {
            found.extend(stub(html, issue));
        }
    });
    found
}

/// Plain text that says much less than the markup beside it.
fn stub(html: &Html, issue: &Issue) -> Option<Diagnostic> {
    let Html { text, .. } = html;
    let (mut shown, mut said) = (Count::default(), Count::default());
    for token in markup::tokens(&check::markup(html)) {
        if let Token::Text(words, _) = token {
            shown.add(&words);
        }
    }
    said.add(issue.source.text.get(text.span.0.clone()).unwrap_or_default());
    if shown.length() < STUB_MIN || said.length() * STUB_PART >= shown.length() {
        return None;
    }
    let message =
        format!("the markup has {} words, and its text {}", shown.length(), said.length());
    let span = text.span.0.clone();
    let diagnostic = Diagnostic::new(Code::Stub, &issue.source, span, message);
    Some(diagnostic.help("say in `text` what the markup says: some read nothing else"))
}

fn only_pictures(issue: &Issue) -> Option<Diagnostic> {
    let mut pictures = 0;
    issue.for_each_part(&mut |part| pictures += usize::from(matches!(part, Part::Image(_))));
    let count = Count::of(issue);
    if pictures == 0 || count.length() >= WORDS_MIN {
        return None;
    }
    let message = format!("the letter is nothing but pictures: it has {} words", count.words);
    let span = issue.title.span.0.clone();
    let diagnostic = Diagnostic::new(Code::OnlyPictures, &issue.source, span, message);
    Some(diagnostic.help("write what the pictures say: many readers never load them"))
}

/// The first words that promise an attachment, in an issue that attaches nothing.
fn no_attachment(issue: &Issue) -> Option<Diagnostic> {
    let mut attached = false;
    issue.for_each_part(&mut |part| {
        attached |= matches!(part, Part::File(File { deliver: Delivery::Inside, .. }));
    });
    let mut calendars = issue.sections.iter().filter_map(|section| match &section.kind {
        Kind::Events(events) => events.calendar,
        _ => None,
    });
    if attached || calendars.any(|calendar| calendar == Delivery::Inside) {
        return None;
    }
    // All lines of a text have its place.
    let mut places: Vec<_> = issue.texts().into_iter().map(|(place, _)| place).collect();
    places.dedup();
    let found = places.into_iter().find_map(|place| {
        let (at, words) = first_whole(issue.source.text.get(place.clone())?)?;
        Some((place.start + at..place.start + at + words.len(), words.to_owned()))
    });
    let (span, words) = found?;
    let message = format!("the text says `{words}`, and nothing is attached");
    let diagnostic = Diagnostic::new(Code::NoAttachment, &issue.source, span, message);
    Some(diagnostic.help("give the section `files = [{ path = \"…\", label = \"…\", deliver = \"attach\" }]`, or say it otherwise"))
}

/// The first of the words that promise an attachment, where it stands as a word of its own.
fn first_whole(text: &str) -> Option<(usize, &str)> {
    let mut before = None;
    let starts = text.char_indices().filter(|(_, character)| {
        let inside = before.replace(*character).is_some_and(char::is_alphanumeric);
        !inside
    });
    let mut found = starts.filter_map(|(at, _)| {
        let whole =
            |words: &&str| matching(&text[at..], words).filter(|found| is_whole(text, at, found));
        Some((at, words::ATTACHED.iter().find_map(whole)?))
    });
    found.next()
}

/// Whether words of a text end where they seem to, and mean a file.
fn is_whole(text: &str, at: usize, words: &str) -> bool {
    let rest = &text[at + words.len()..];
    // "Attached to the house" is no file.
    !rest.starts_with(" to ") && !rest.chars().next().is_some_and(char::is_alphanumeric)
}

/// The beginning of a text that equals some words but for its case.
fn matching<'t>(text: &'t str, words: &str) -> Option<&'t str> {
    let mut rest = text.char_indices();
    for wanted in words.chars() {
        let (_, character) = rest.next()?;
        if !character.to_lowercase().eq(std::iter::once(wanted)) {
            return None;
        }
    }
    Some(&text[..rest.next().map_or(text.len(), |(at, _)| at)])
}

/// How much there is to read.
#[derive(Default)]
struct Count {
    /// Words of languages that put spaces between them.
    words: usize,
    /// Characters of those that do not.
    characters: usize,
}

impl Count {
    /// What an issue says below its title.
    fn of(issue: &Issue) -> Self {
        let mut count = Self::default();
        issue.texts().iter().for_each(|(_, text)| count.add(text));
        count
    }

    fn add(&mut self, text: &str) {
        self.characters += text.chars().filter(|c| is_wordless(*c)).count();
        let words = text.split(|c: char| c.is_whitespace() || is_wordless(c));
        self.words += words.filter(|word| word.contains(char::is_alphanumeric)).count();
    }

    /// Words, and characters of scripts without words.
    fn length(&self) -> usize {
        self.words + self.characters
    }

    /// How long it takes to read, rounded up.
    fn minutes(&self) -> usize {
        let parts = self.words * CHARACTERS_A_MINUTE + self.characters * WORDS_A_MINUTE;
        parts.div_ceil(WORDS_A_MINUTE * CHARACTERS_A_MINUTE).max(1)
    }
}

/// Whether a character is of a script that puts no spaces between words.
fn is_wordless(character: char) -> bool {
    matches!(character,
        '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// How many words an issue has and how long it takes to read them: a note.
#[must_use]
pub fn length(issue: &Issue) -> Diagnostic {
    let count = Count::of(issue);
    let minutes = count.minutes();
    let plural = |number: usize| if number == 1 { "" } else { "s" };
    let Count { words, characters } = count;
    let amount = match (words, characters) {
        (words, 0) => format!("{words} word{}", plural(words)),
        (0, characters) => format!("{characters} character{}", plural(characters)),
        _ => format!("{words} word{} and {characters} characters", plural(words)),
    };
    let message = format!("{amount}, about {minutes} minute{} to read", plural(minutes));
    Diagnostic::new(Code::Length, &issue.source, 0..0, message)
}
