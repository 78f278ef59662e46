//! Editorial TOML in, a checked [`Issue`] and what is wrong with it out.
//!
//! 1. [`load`] reads the file, and with it the pictures and files that it names.
//! 2. [`parse()`] turns the text into the model, straight into checked types.
//! 3. `prose` turns Markdown into blocks, `link` checks every URL, `folder` every path.
//!
//! Who holds an [`Issue`] holds one that can be published.

mod folder;
mod link;
mod model;
mod parse;
mod prose;
mod section;

use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::{Checked, Code, Diagnostic, Source};
use crate::document::{Report, Value, closest, list};
use crate::field::Field;

pub use folder::{Asset, Folder, size};
pub use link::Link;
pub use model::{
    Block, Brief, Briefs, Button, Byline, Delivery, File, Image, Inline, Issue, Kind, ListBlock,
    Prose, Quote, Section, Story,
};
pub use parse::parse;

/// Reads an issue of a publication; `segments` are the names that its `audience` keys can use.
///
/// # Errors
/// The file cannot be read, or is not UTF-8.
pub fn load(folder: &Folder, path: &Path, segments: &[&str]) -> std::io::Result<Checked<Issue>> {
    let text = std::fs::read_to_string(folder.root().join(path))?;
    let shown = path.to_string_lossy().replace('\\', "/");
    Ok(parse(&Source::new(shown, text), folder, segments))
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

/// The date of an issue that may have errors: what the newest one is found by.
#[must_use]
pub fn date_of(text: &str) -> Option<jiff::civil::Date> {
    Report::new(Source::new("", text)).parse().take("date").and_then(Value::date)
}
