//! TOML text in, tables that are read key by key, with the place of everything, out.

mod report;
mod syntax;
mod text;

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Code, Diagnostic};
use crate::language::Language;

pub use report::Report;
pub use text::Text;

/// A table: its keys are taken one by one, and what is left at the end is unknown.
#[derive(Debug)]
pub struct Table<'r> {
    report: &'r Report,
    what: &'static str,
    span: Range<usize>,
    entries: BTreeMap<String, (Range<usize>, Spanned<DeValue<'r>>)>,
    known: Vec<&'static str>,
    missing: Vec<(&'static str, Diagnostic)>,
}

impl<'r> Table<'r> {
    fn new(report: &'r Report, what: &'static str, span: Range<usize>, table: DeTable<'r>) -> Self {
        let entries = table
            .into_iter()
            .map(|(key, value)| (key.get_ref().to_string(), (key.span(), value)))
            .collect();
        Self { report, what, span, entries, known: Vec::new(), missing: Vec::new() }
    }

    /// Where the table's header stands.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The same table under another name in messages.
    #[must_use]
    pub fn named(self, what: &'static str) -> Self {
        Self { what, ..self }
    }

    /// Whether a key is there and was not taken yet.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Takes the value of a key, if it is there.
    pub fn take(&mut self, key: &'static str) -> Option<Value<'r>> {
        self.known.push(key);
        let (_, value) = self.entries.remove(key)?;
        Some(Value { report: self.report, name: key.to_owned(), value, place: Place::Key })
    }

    /// Takes the value of a key that has to be there; `example` is shown when it is not.
    pub fn require(&mut self, key: &'static str, example: &'static str) -> Option<Value<'r>> {
        let value = self.take(key);
        if value.is_none() {
            let message = format!("{} has no `{key}`", self.what);
            let diagnostic = self.report.at(Code::MissingKey, self.span.clone(), message);
            let help = if is_header(example) {
                format!("add {}", below(example))
            } else {
                format!("add `{key} = {example}`")
            };
            self.missing.push((key, diagnostic.help(help)));
        }
        value.map(|value| Value { place: Place::Required(example), ..value })
    }

    /// Takes all that is left: for tables whose keys the author names.
    pub fn take_rest(&mut self) -> Vec<(Text, Value<'r>)> {
        let entries = std::mem::take(&mut self.entries);
        let mut rest: Vec<_> = entries
            .into_iter()
            .map(|(name, (span, value))| {
                let key = Text::plain(name.clone(), span);
                (key, Value { report: self.report, name, value, place: Place::Key })
            })
            .collect();
        rest.sort_by_key(|(key, _)| key.span.start);
        rest
    }

    /// Reports every key that was not taken, with the known one that it resembles, and every key
    /// that has to be there and is not, unless one of those is it, mistyped.
    pub fn finish(self) {
        let mut meant = Vec::new();
        // In the order of the file, so that the first of many are shown.
        let mut unknown: Vec<_> = self.entries.iter().collect();
        unknown.sort_by_key(|(_, (span, _))| span.start);
        for (key, (span, _)) in unknown {
            if self.report.is_full(Code::UnknownKey) {
                self.report.skip(Code::UnknownKey, span.start);
                continue;
            }
            let message = format!("unknown key `{key}` in {}", self.what);
            let known = closest(key, &self.known);
            let help = known.map_or_else(
                || format!("the keys here are {}", list(&self.known)),
                |known| format!("did you mean `{known}`?"),
            );
            meant.extend(known);
            self.report.add(self.report.at(Code::UnknownKey, span.clone(), message).help(help));
        }
        for (key, diagnostic) in self.missing {
            if !meant.contains(&key) {
                self.report.add(diagnostic);
            }
        }
    }
}

/// What is known of the place of a value, for messages.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// At a key that can be left out.
    Key,
    /// At a key that has to be there, which an example shows.
    Required(&'static str),
    /// In a list.
    Item,
}

/// A value and the key it stands at.
#[derive(Debug)]
pub struct Value<'r> {
    report: &'r Report,
    name: String,
    value: Spanned<DeValue<'r>>,
    place: Place,
}

impl<'r> Value<'r> {
    /// Where the value stands.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.value.span()
    }

    /// A string that says something.
    #[must_use]
    pub fn text(self) -> Option<Text> {
        let (report, name, place) = (self.report, self.name.clone(), self.place);
        let text = self.string()?;
        if text.value.trim().is_empty() {
            let diagnostic = report.at(Code::Empty, text.span, format!("`{name}` is empty"));
            report.add(diagnostic.help(match place {
                Place::Required(example) => format!("write `{name} = {example}`"),
                Place::Key => format!("write something, or remove `{name}`"),
                Place::Item => "write something, or remove the quotes".to_owned(),
            }));
            return None;
        }
        Some(text)
    }

    /// A string that says something in one line.
    #[must_use]
    pub fn line(self) -> Option<Text> {
        let (report, name) = (self.report, self.name.clone());
        let text = self.text()?;
        if let Some(at) = text.value.trim_end().find(['\n', '\r']) {
            let message = format!("`{name}` has to be one line");
            let diagnostic = report.at(Code::Character, text.locate(at..at + 1), message);
            report.add(diagnostic.help("delete the line break"));
        }
        Some(text)
    }

    /// A string, even an empty one; control characters and the like are reported.
    #[must_use]
    pub fn string(self) -> Option<Text> {
        let span = self.value.span();
        let DeValue::String(decoded) = self.value.get_ref() else {
            return self.mismatch("a string", "\"…\"");
        };
        let text = Text::from_toml(decoded.to_string(), span, &self.report.source().text);
        text.report_characters(self.report);
        Some(text)
    }

    /// A whole number between two bounds, the second not included.
    #[must_use]
    pub fn integer(self, bounds: Range<i64>) -> Option<i64> {
        let DeValue::Integer(number) = self.value.get_ref() else {
            return self.mismatch("a whole number", &bounds.start.to_string());
        };
        let parsed = i64::from_str_radix(number.as_str(), number.radix()).ok();
        let inside = parsed.filter(|number| bounds.contains(number));
        if inside.is_none() {
            let message = format!("`{}` is out of bounds", self.name);
            let help = format!("write a number from {} to {}", bounds.start, bounds.end - 1);
            self.report.add(self.report.at(Code::Range, self.value.span(), message).help(help));
        }
        inside
    }

    /// A language tag; one that letters have no words in is reported, and taken.
    #[must_use]
    pub fn language(self) -> Option<Language> {
        let report = self.report;
        let text = self.text()?;
        let tag = text.value.trim();
        let Some(language) = Language::new(tag) else {
            let message = format!("`{tag}` is not a language tag");
            let diagnostic = report.at(Code::UnknownValue, text.span, message);
            report.add(diagnostic.help("write it as in BCP 47: `en`, `en-GB`, `uk`"));
            return None;
        };
        if !language.has_words() {
            let message = format!("letters have no words of their own in `{tag}`");
            let diagnostic = report.at(Code::NoWords, text.span, message);
            report.add(diagnostic.help(
                "dates, “Unsubscribe” and the like will be English; look at the letter before it is sent",
            ));
        }
        Some(language)
    }

    /// Yes or no.
    #[must_use]
    pub fn boolean(self) -> Option<bool> {
        match self.value.get_ref() {
            DeValue::Boolean(value) => Some(*value),
            _ => self.mismatch("true or false", "true"),
        }
    }

    /// Whether the value is a date without a time.
    #[must_use]
    pub fn is_date(&self) -> bool {
        matches!(self.value.get_ref(), DeValue::Datetime(datetime) if datetime.time.is_none())
    }

    /// A date without a time.
    #[must_use]
    pub fn date(self) -> Option<jiff::civil::Date> {
        match self.value.get_ref() {
            DeValue::Datetime(datetime) if datetime.time.is_none() => {
                datetime.to_string().parse().ok().or_else(|| self.mismatch("a date", "2026-11-20"))
            }
            _ => self.mismatch("a date", "2026-11-20"),
        }
    }

    /// A date with a time, in the time zone of the publication.
    #[must_use]
    pub fn datetime(self) -> Option<jiff::civil::DateTime> {
        let (wanted, example) = ("a date with a time and without a zone", "2026-11-20T07:00:00");
        let DeValue::Datetime(datetime) = self.value.get_ref() else {
            return self.mismatch(wanted, example);
        };
        let local = datetime.date.is_some() && datetime.time.is_some() && datetime.offset.is_none();
        let parsed = datetime.to_string().parse().ok().filter(|_| local);
        parsed.or_else(|| self.mismatch(wanted, example))
    }

    /// A table; `what` names it in messages, such as "the story", and `example` shows one.
    #[must_use]
    pub fn table(self, what: &'static str, example: &str) -> Option<Table<'r>> {
        let span = self.value.span();
        if !matches!(self.value.get_ref(), DeValue::Table(_)) {
            return self.mismatch("a table", example);
        }
        match self.value.into_inner() {
            DeValue::Table(table) => Some(Table::new(self.report, what, span, table)),
            _ => None,
        }
    }

    /// The values of an array; `None` when it is none. `example` shows one.
    #[must_use]
    pub fn array(self, example: &str) -> Option<Vec<Value<'r>>> {
        if !matches!(self.value.get_ref(), DeValue::Array(_)) {
            return self.mismatch("a list", example);
        }
        let DeValue::Array(array) = self.value.into_inner() else { return None };
        let (report, name, place) = (self.report, self.name, Place::Item);
        let item = |value| Value { report, name: name.clone(), value, place };
        Some(array.into_iter().map(item).collect())
    }

    /// The value as one of several words.
    #[must_use]
    pub fn one_of<T: Copy>(self, words: &[(&'static str, T)]) -> Option<T> {
        let (report, name) = (self.report, self.name.clone());
        if !self.is_string() {
            let example = words.first().map_or("…", |(word, _)| word);
            return self.mismatch("a string", &format!("\"{example}\""));
        }
        let text = self.text()?;
        let found = words.iter().find(|(word, _)| *word == text.value).map(|(_, value)| *value);
        if found.is_none() {
            let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            let message = format!("`{name}` cannot be `{}`", text.value);
            let help = closest(&text.value, &known).map_or_else(
                || format!("it can be {}", either(&known)),
                |word| format!("did you mean `{word}`?"),
            );
            report.add(report.at(Code::UnknownValue, text.span, message).help(help));
        }
        found
    }

    /// Whether the value is a string.
    #[must_use]
    pub fn is_string(&self) -> bool {
        matches!(self.value.get_ref(), DeValue::String(_))
    }

    fn mismatch<T>(&self, wanted: &str, example: &str) -> Option<T> {
        let found = match self.value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "a number",
            DeValue::Float(_) => "a number with a decimal point",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(datetime) => match (datetime.date, datetime.time, datetime.offset) {
                (Some(_), Some(_), Some(_)) => "a date with a time and a zone",
                (Some(_), Some(_), None) => "a date with a time",
                (Some(_), None, _) => "a date without a time",
                (None, ..) => "a time of day",
            },
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let (message, help) = match self.place {
            Place::Item => (
                format!("each of `{}` has to be {wanted}", self.name),
                format!("write `{example}`"),
            ),
            _ if is_header(example) => {
                (format!("`{}` has to be {wanted}", self.name), format!("write {}", below(example)))
            }
            _ => (
                format!("`{}` has to be {wanted}", self.name),
                format!("write `{} = {example}`", self.name),
            ),
        };
        let diagnostic = self.report.at(Code::WrongType, self.value.span(), message);
        self.report.add(diagnostic.label(format!("this is {found}")).help(help));
        None
    }
}

/// Whether an example is the header of a table, or of one in a list of tables.
fn is_header(example: &str) -> bool {
    let name = example.trim_start_matches('[').trim_end_matches(']');
    name.len() < example.len() && name.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn below(header: &str) -> String {
    format!("`{header}` on a line of its own, and what belongs to it below")
}

/// The known word that a mistyped one resembles most, if any does.
#[must_use]
pub fn closest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    known
        .iter()
        .map(|known| (strsim::jaro_winkler(&word.to_lowercase(), &known.to_lowercase()), *known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

/// Words in backticks, as a sentence lists them: `a`, `b` and `c`.
#[must_use]
pub fn list(words: &[&str]) -> String {
    join(words, "and")
}

/// Words in backticks, one of which is meant: `a`, `b` or `c`.
#[must_use]
pub fn either(words: &[&str]) -> String {
    join(words, "or")
}

fn join(words: &[&str], last_with: &str) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => "none".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {last_with} {last}", first.join(", ")),
    }
}
