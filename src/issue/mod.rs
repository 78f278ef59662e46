//! Editorial TOML in, a checked [`Issue`] and what is wrong with it out.
//!
//! 1. [`load`] reads the file, and with it the pictures and files that it names.
//! 2. [`parse()`] turns the text into the model, straight into checked types.
//! 3. `section` reads the sections; `markdown` turns prose into blocks, `link` checks every URL,
//!    `folder` every path, `image` and `file` what lies there, `luggage` all of it together.
//! 4. `visit` shows every piece of a finished issue to whoever asks.
//!
//! Who holds an [`Issue`] holds one that can be published.

mod allowed;
mod event;
mod figure;
mod file;
mod folder;
mod html;
mod image;
mod link;
mod luggage;
mod markdown;
mod marked;
mod model;
mod parse;
mod private;
mod prose;
mod public;
mod schedule;
mod section;
mod visit;
mod words;

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::diagnostic::{Checked, Code, Diagnostic, Source};
use crate::document::{Report, Value, closest, list};
use crate::field::{Field, Template};

pub use file::File;
pub use folder::{Asset, Folder};
pub use html::{Html, HtmlPiece};
pub use image::{Image, read_picture};
pub use link::Link;
pub use model::{
    Brief, Briefs, Button, Byline, Delivery, Event, Events, Figure, Figures, Head, Invitation,
    Issue, Kind, Quote, Section, Series, Sponsor, Story, When,
};
pub use parse::{parse, parse_with};
pub use prose::{Align, Block, Inline, ListBlock, Prose, TableBlock};
pub use schedule::{LocalTime, Schedule, check_times, schedule};
pub use visit::Part;
pub use words::Anchor;

/// Reads an issue of a publication; `segments` are the names that its `audience` keys can use.
///
/// # Errors
/// The file cannot be read, or is not UTF-8.
pub fn load(folder: &Folder, path: &Path, segments: &[&str]) -> std::io::Result<Checked<Issue>> {
    Ok(parse(&read(folder, path)?, folder, segments))
}

/// Reads the file of an issue.
///
/// # Errors
/// It cannot be read, or is not UTF-8.
pub fn read(folder: &Folder, path: &Path) -> std::io::Result<Arc<Source>> {
    let file = folder.root().join(path);
    // A pipe would be waited for, and a device read for ever.
    if !std::fs::metadata(&file)?.is_file() {
        return Err(std::io::Error::other("it is not a file"));
    }
    let shown = path.to_string_lossy().replace('\\', "/");
    Ok(Source::new(shown, std::fs::read_to_string(file)?))
}

/// Reports every field that the list has no column for.
#[must_use]
pub fn check_fields(issue: &Issue, columns: &[String]) -> Vec<Diagnostic> {
    let mut fields = Vec::new();
    issue.for_each_field(&mut |field| fields.push(field.clone()));
    unknown_fields(&issue.source, fields.iter(), columns)
}

/// Reports those of a file's fields that the list has no column for.
pub fn unknown_fields<'f>(
    source: &Arc<Source>,
    fields: impl Iterator<Item = &'f Field>,
    columns: &[String],
) -> Vec<Diagnostic> {
    let known: Vec<&str> = columns.iter().map(String::as_str).collect();
    let unknown = fields.filter(|field| !known.contains(&field.name.as_str()));
    let diagnostic = |field: &Field| {
        let message = format!("the list has no column `{}`", field.name);
        let help = closest(&field.name, &known).map_or_else(
            || format!("its columns are {}", list(&known)),
            |known| format!("did you mean `{{{{{known}}}}}`?"),
        );
        Diagnostic::new(Code::UnknownField, source, field.span.0.clone(), message).help(help)
    };
    unknown.map(diagnostic).collect()
}

/// The name of an issue's file, without folder and `.toml`: what the journal knows it by.
#[must_use]
pub fn name_of(source: &Arc<Source>) -> String {
    let file = source.path.rsplit('/').next().unwrap_or_default();
    file.strip_suffix(".toml").unwrap_or(file).to_owned()
}

/// The theme of an issue that may have errors, if it names one.
#[must_use]
pub fn theme_of(text: &str) -> Option<String> {
    let report = Report::new(Source::new("", text));
    report.parse().take("theme").and_then(Value::text).map(|name| name.value)
}

/// What is known of an issue that may have errors: what issues are sorted and found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// Its date.
    pub date: Option<Date>,
    /// Its headline.
    pub title: Option<String>,
    /// The series that it is a part of, and which part.
    pub series: Option<(String, i64)>,
    /// Whether the editor is still at it.
    pub draft: bool,
    /// When it is sent, in the publication's time zone.
    pub send_at: Option<DateTime>,
    /// The name of its theme; `None` is that of the publication.
    pub theme: Option<String>,
}

impl Outline {
    /// Whether it may be read by now: it is no draft, and its `send_at` has come, or its date where
    /// it has no `send_at`.
    #[must_use]
    pub fn is_published(&self, zone: &TimeZone, now: Timestamp) -> bool {
        let sent = |at: DateTime| {
            let moment = zone.to_ambiguous_timestamp(at).earlier();
            moment.is_ok_and(|moment| moment <= now)
        };
        let today = now.to_zoned(zone.clone()).date();
        let come = || self.date.is_none_or(|date| date <= today);
        !self.draft && self.send_at.map_or_else(come, sent)
    }
}

/// Reads no more of an issue than where it stands among the others.
#[must_use]
pub fn outline(text: &str) -> Outline {
    let report = Report::new(Source::new("", text));
    let mut root = report.parse();
    let line = |value: Value<'_>| value.line().map(|text| text.value);
    let series = root.take("series").and_then(|value| value.table("the series", ""));
    let series = series.and_then(|mut table| {
        let name = table.take("name").and_then(line)?;
        Some((name, table.take("part").and_then(|part| part.integer(1..1_000))?))
    });
    let date = root.take("date").and_then(Value::date);
    let title = root.take("title").and_then(Value::line);
    let title = title.map(|text| Template::parse(&text, &report).to_default());
    let draft = root.take("draft").and_then(Value::boolean).unwrap_or(false);
    let send_at = root.take("send_at").and_then(Value::datetime);
    let theme = root.take("theme").and_then(Value::text).map(|name| name.value);
    Outline { date, title, series, draft, send_at, theme }
}
