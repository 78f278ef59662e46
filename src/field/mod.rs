//! Text with `{{field}}` and `{{field|default}}` in, literal pieces and fields out.

mod marks;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use crate::diagnostic::Code;
use crate::document::{Report, Text};

pub use marks::{Mark, Marks};

/// A hole that is filled from a reader's row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Field {
    /// The column's name, in lower case.
    pub name: String,
    /// What stands there when the reader's value is empty.
    pub default: Option<String>,
    /// Where the field stands in its file.
    #[serde(skip)]
    pub span: Span,
}

/// A range of bytes that takes no part in comparing two values.
#[derive(Debug, Clone, Default)]
pub struct Span(pub Range<usize>);

impl PartialEq for Span {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Span {}

impl PartialOrd for Span {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Span {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl Field {
    /// What stands in the hole for a reader whose row has this value, or none; `None` where there
    /// is no default either.
    pub fn fill<'f>(&'f self, value: Option<&'f str>) -> Option<Cow<'f, str>> {
        let value = value.map(clean).filter(|value| !value.trim().is_empty());
        value.or_else(|| self.default.as_deref().map(clean))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.default {
            Some(default) => write!(f, "{{{{{}|{default}}}}}", self.name),
            None => write!(f, "{{{{{}}}}}", self.name),
        }
    }
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Piece {
    /// Text that is the same for everyone.
    Text(String),
    /// A hole.
    Field(Field),
}

/// One line of text with holes.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Template {
    /// What it is made of, in order; no two texts are neighbours.
    pub pieces: Vec<Piece>,
    /// Where it stands in its file.
    #[serde(skip)]
    pub span: Span,
}

impl Template {
    /// A template without holes.
    #[must_use]
    pub fn literal(text: impl Into<String>) -> Self {
        Self { pieces: vec![Piece::Text(text.into())], span: Span::default() }
    }

    /// Parses a text, reporting braces that do not enclose a field.
    #[must_use]
    pub fn parse(text: &Text, report: &Report) -> Self {
        let mut pieces = Vec::new();
        for (piece, _) in split(text, report) {
            match (piece, pieces.last_mut()) {
                (Piece::Text(more), Some(Piece::Text(last))) => last.push_str(&more),
                (piece, _) => pieces.push(piece),
            }
        }
        Self { pieces, span: Span(text.span.clone()) }
    }

    /// The fields, in order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Field(field) => Some(field),
            Piece::Text(_) => None,
        })
    }

    /// The same text, in which every field without a default has the one of its column.
    #[must_use]
    pub fn with_defaults(mut self, defaults: &BTreeMap<String, String>) -> Self {
        for piece in &mut self.pieces {
            if let Piece::Field(field) = piece
                && field.default.is_none()
            {
                field.default = defaults.get(&field.name).cloned();
            }
        }
        self
    }

    /// The text of a template without holes.
    #[must_use]
    pub fn as_literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The text with the default in every hole, or its name where it has none: as long as readers'
    /// texts will be, about.
    #[must_use]
    pub fn to_default(&self) -> String {
        let words = |piece: &'_ Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Field(Field { name, default, .. }) => default.as_ref().unwrap_or(name).clone(),
        };
        self.pieces.iter().map(words).collect()
    }

    /// The text with every hole filled; `None` where the reader has no value and there is no default.
    pub fn fill<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> Result<String, &Field> {
        let mut filled = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Field(field) => {
                    filled.push_str(&field.fill(value(&field.name)).ok_or(field)?);
                }
            }
        }
        Ok(filled)
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Text(text) => f.write_str(text),
            Piece::Field(field) => field.fmt(f),
        })
    }
}

/// A reader's value as it may stand inside a line: line breaks and tabs are spaces; other control
/// characters, and those that turn the direction of the text around them, are dropped.
#[must_use]
pub fn clean(value: &str) -> Cow<'_, str> {
    if value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Cow::Borrowed(value);
    }
    value
        .replace("\r\n", " ")
        .chars()
        .map(|character| match character {
            '\r' | '\n' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
            other => other,
        })
        .filter(|character| {
            !character.is_control()
                && !matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
                && *character < '\u{f0000}'
        })
        .collect()
}

/// Cuts a text at its fields; every piece comes with its range in the decoded text.
///
/// Braces that do not enclose a field are reported and kept as text.
#[must_use]
pub fn split(text: &Text, report: &Report) -> Vec<(Piece, Range<usize>)> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(open) = text.value[at..].find("{{").map(|offset| at + offset) {
        if open > at {
            pieces.push((Piece::Text(text.value[at..open].to_owned()), at..open));
        }
        let close = text.value[open..].find("}}").map(|offset| open + offset + 2);
        let end = close.unwrap_or(text.value.len());
        let span = text.locate(open..close.unwrap_or(open + 2));
        match close.map_or(Err("`{{` is never closed"), |end| parse(&text.value[open + 2..end - 2]))
        {
            Ok((name, own)) => {
                let default = own.or_else(|| report.default_of(&name).map(str::to_owned));
                let field = Field { name, default, span: Span(span) };
                pieces.push((Piece::Field(field), open..end));
            }
            Err(message) => {
                report.add(report.at(Code::FieldSyntax, span, message).help(FIELD_HELP));
                pieces.push((Piece::Text(text.value[open..end].to_owned()), open..end));
            }
        }
        at = end;
    }
    if at < text.value.len() {
        pieces.push((Piece::Text(text.value[at..].to_owned()), at..text.value.len()));
    }
    pieces
}

const FIELD_HELP: &str = "write `{{first_name}}`, or `{{first_name|reader}}` with a default";

/// The name and the default between the braces.
fn parse(inner: &str) -> Result<(String, Option<String>), &'static str> {
    let (name, default) = match inner.split_once('|') {
        Some((name, default)) => (name, Some(clean(default.trim()).into_owned())),
        None => (inner, None),
    };
    let name = name.trim().to_lowercase();
    if name.is_empty() {
        return Err("a field without a name");
    }
    if !name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ')) {
        return Err("a field's name holds letters, digits, `_`, `-`, `.` and spaces");
    }
    Ok((name, default))
}
