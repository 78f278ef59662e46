//! A language tag in, the words, dates and sizes that a letter says of its own in that language out.

mod arabic;
mod archive;
mod english;
mod french;
mod german;
mod number;
mod plural;
mod public;
mod ukrainian;

use std::fmt;

use jiff::civil::{Date, DateTime};

pub use archive::Archive;
pub use number::{duration, grouped, share, speed};
pub use plural::Plural;
pub use public::Public;

/// The language of a letter: a tag as in BCP 47, such as `en`, `en-GB` or `zh-Hant`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language(String);

/// What a letter says by itself. `{…}` stands for what differs.
#[derive(Debug)]
pub struct Words {
    /// The link that ends a subscription.
    pub unsubscribe: &'static str,
    /// The link to the same issue on the web.
    pub view_in_browser: &'static str,
    /// The link to the publication: `{name} on the web`.
    pub on_the_web: &'static str,
    /// The same where the name stands elsewhere.
    pub home: &'static str,
    /// An issue's number: `No. {number}`.
    pub number: &'static str,
    /// A part of a series: `Part {part} of {of}`.
    pub part_of: &'static str,
    /// A part of a series that has no end yet: `Part {part}`.
    pub part: &'static str,
    /// Before the title of the issue before this one.
    pub previous: &'static str,
    /// Before the title of the issue after this one.
    pub next: &'static str,
    /// Before what can be fetched from the web.
    pub download: &'static str,
    /// Behind the size of a file that came with the mail.
    pub attached: &'static str,
    /// Before what a picture shows, in plain text.
    pub picture: &'static str,
    /// What marks a section that somebody paid for: `Sponsored by {name}`.
    pub sponsored_by: &'static str,
    /// The link to the file that calendars take.
    pub add_to_calendar: &'static str,
    /// Before where figures come from.
    pub source: &'static str,
    /// Why a reader gets the mail: `You get {name} because you signed up for it.`
    pub colophon: &'static str,
    /// What the pages of an archive say.
    pub archive: &'static Archive,
    /// What the public pages and the mail to confirm say.
    pub public: &'static Public,
    /// Between the members of a list.
    pub comma: &'static str,
    /// Between what something is and what it says.
    pub colon: &'static str,
    /// Between whole number and fraction.
    pub decimal: &'static str,
    /// Bytes, thousands of them, millions of them.
    pub sizes: [&'static str; 3],
    /// From Monday on.
    pub weekdays: [&'static str; 7],
    /// From January on, as they stand behind a day.
    pub months: [&'static str; 12],
    /// A whole date: `{weekday}, {day} {month} {year}`.
    pub date: &'static str,
    /// The first of a month, where it is written in a way of its own.
    pub first: &'static str,
}

/// The languages that letters have words in, by the first part of the tag.
const KNOWN: [(&str, &Words); 5] = [
    ("en", &english::WORDS),
    ("uk", &ukrainian::WORDS),
    ("fr", &french::WORDS),
    ("de", &german::WORDS),
    ("ar", &arabic::WORDS),
];

impl Language {
    /// A tag of letters, digits and hyphens; `None` where it is none. Whether the language exists is
    /// not looked up.
    #[must_use]
    pub fn new(tag: &str) -> Option<Self> {
        let part = |(at, part): (usize, &str)| match at {
            0 => (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic()),
            _ => (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()),
        };
        tag.split('-').enumerate().all(part).then(|| Self(tag.to_owned()))
    }

    /// The tag as it was written.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.0
    }

    /// The first part of the tag, in lower case.
    #[must_use]
    pub fn primary(&self) -> String {
        self.0.split('-').next().unwrap_or_default().to_lowercase()
    }

    /// The direction of the language's script: `rtl` or `ltr`.
    #[must_use]
    pub fn direction(&self) -> &'static str {
        let script = self.0.split('-').skip(1).find(|part| part.len() == 4);
        match (script.map(str::to_lowercase).as_deref(), self.primary().as_str()) {
            (Some("arab" | "hebr" | "thaa" | "syrc" | "nkoo" | "adlm"), _) => "rtl",
            (Some(_), _) => "ltr",
            (None, "ar" | "dv" | "fa" | "he" | "ps" | "sd" | "ug" | "ur" | "yi") => "rtl",
            (None, _) => "ltr",
        }
    }

    /// The words of the language, or those of English where it has none here.
    #[must_use]
    pub fn words(&self) -> &'static Words {
        self.known().unwrap_or(&english::WORDS)
    }

    /// Whether letters have words in this language.
    #[must_use]
    pub fn has_words(&self) -> bool {
        self.known().is_some()
    }

    fn known(&self) -> Option<&'static Words> {
        let primary = self.primary();
        if primary == "en" && self.0.to_lowercase().ends_with("-us") {
            return Some(&english::AMERICAN);
        }
        KNOWN.iter().find(|(known, _)| *known == primary).map(|(_, words)| *words)
    }

    /// A date with its weekday, as the language writes it.
    #[must_use]
    pub fn date(&self, date: Date) -> String {
        let words = self.words();
        let weekday =
            words.weekdays[usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())];
        let month = words.months[usize::from((date.month() - 1).unsigned_abs())];
        let day = match date.day() {
            1 => words.first.to_owned(),
            day => day.to_string(),
        };
        words
            .date
            .replace("{weekday}", weekday)
            .replace("{day}", &day)
            .replace("{month}", month)
            .replace("{year}", &date.year().to_string())
    }

    /// When something takes place: a date and a time, or two where it has an end.
    #[must_use]
    pub fn time_span(&self, starts: DateTime, ends: Option<DateTime>) -> String {
        let comma = self.words().comma;
        let moment =
            |at: DateTime| format!("{}{comma}{}", self.date(at.date()), at.strftime("%H:%M"));
        match ends {
            None => moment(starts),
            Some(ends) if ends.date() == starts.date() => {
                format!("{}–{}", moment(starts), ends.strftime("%H:%M"))
            }
            Some(ends) => format!("{} – {}", moment(starts), moment(ends)),
        }
    }

    /// A number of bytes as people read it: `86 kB`, `1.4 MB`.
    #[must_use]
    pub fn size(&self, bytes: usize) -> String {
        let Words { sizes: [ones, thousands, millions], decimal, .. } = self.words();
        match bytes {
            0..1_000 => format!("{bytes} {ones}"),
            1_000..999_500 => format!("{} {thousands}", (bytes + 500) / 1_000),
            _ => {
                let tenths = (bytes + 50_000) / 100_000;
                format!("{}{decimal}{} {millions}", tenths / 10, tenths % 10)
            }
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Default for Language {
    fn default() -> Self {
        Self("en".to_owned())
    }
}
