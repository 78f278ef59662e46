//! What the TOML parser has to say in, plain words and what to do out.

use std::ops::Range;
use std::sync::Arc;

use toml::de::DeTable;

use crate::diagnostic::{Code, Diagnostic, SHOWN_MAX, Source, sort};

/// The kinds of mistakes by the first words of the parser, each with ours.
const KINDS: &[(&str, &str, &str)] = &[
    ("invalid unquoted key", "a key has only letters, digits, `-` and `_`", KEY_HELP),
    ("key with no value", "a key without a value", KEY_HELP),
    ("missing value", "a key without a value", KEY_HELP),
    ("unexpected key or value", "nothing more can stand on this line", LINE_HELP),
    ("unclosed array table", "`[[` is never closed", "write `[[section]]`"),
    ("unclosed table", "`[` is never closed", "write `[smtp]`"),
    ("unclosed array", "`[` is never closed", "write `]` where the list ends"),
    ("unclosed inline table", "`{` is never closed", "write `}` where the table ends"),
    ("missing comma", "a comma is missing here", "write `,` between one value and the next"),
    ("extra comma", "one comma too many", "delete the comma"),
    ("carriage return", "half a line break", "save the file with ordinary line breaks"),
    ("invalid date", "there is no such date", "write it as `2026-11-20`"),
    ("invalid time", "there is no such time", "write it as `2026-11-20T07:00:00`"),
    ("invalid datetime", "there is no such date", "write it as `2026-11-20T07:00:00`"),
];

const KEY_HELP: &str = "write `key = \"value\"`, with `=` between";
const LINE_HELP: &str =
    "begin a new line; a quote inside a text is written `\\\"`, or the text between `\"\"\"`";
const HELP: &str = "write `key = \"value\"`, and longer prose between `\"\"\"` and `\"\"\"`";

/// How often the parser is asked again for what it passed over.
const ROUNDS_MAX: usize = 20;

/// Says everything that is wrong with the syntax.
///
/// The parser passes over what follows a key without a value, up to the next table: it is asked
/// again about the text without that line.
pub(super) fn explain_all(errors: Vec<toml::de::Error>, source: &Arc<Source>) -> Vec<Diagnostic> {
    // To explain one takes a look at the whole file, and no more are shown.
    let mut errors = errors;
    errors.truncate(SHOWN_MAX);
    let mut found: Vec<_> = errors.iter().map(|error| explain(error, source)).collect();
    let mut text = source.text.clone();
    let mut bare = Vec::new();
    for _ in 0..ROUNDS_MAX {
        let lines = errors.iter().filter(|error| is_bare(error)).filter_map(toml::de::Error::span);
        let lines: Vec<_> = lines.map(|span| source.line_range(&span)).collect();
        if lines.is_empty() {
            break;
        }
        for line in &lines {
            text.replace_range(line.clone(), &" ".repeat(line.len()));
        }
        bare.extend(lines);
        errors = DeTable::parse_recoverable(&text).1;
        errors.truncate(SHOWN_MAX);
        found.extend(errors.iter().map(|error| explain(error, source)));
    }
    sort(&mut found);
    // Of a line that is no TOML at all, the first mistake says enough.
    found.dedup_by_key(|diagnostic| {
        let line = source.line_range(&diagnostic.span);
        if bare.contains(&line) { line } else { diagnostic.span.clone() }
    });
    found
}

fn is_bare(error: &toml::de::Error) -> bool {
    error.message().starts_with("key with no value")
}

/// Says what the parser says, where the author would look for it.
fn explain(error: &toml::de::Error, source: &Arc<Source>) -> Diagnostic {
    let text = source.text.as_str();
    let end = text.len();
    let span = error.span().unwrap_or(0..0);
    let span = text.floor_char_boundary(span.start)..text.ceil_char_boundary(span.end.min(end));
    let said = error.message().lines().next().unwrap_or("not TOML");
    let new = |span: Range<usize>, message: &str, help: &str| {
        Diagnostic::new(Code::Syntax, source, span, message).help(help)
    };
    if said.starts_with("string values must be quoted") {
        return unquoted(&text[span.clone()], |message, help| new(span, message, help));
    }
    if said.starts_with("missing opening quote") {
        let line = source.line_range(&span);
        let span = span.start..line.end;
        return unquoted(&text[span.clone()], |message, help| new(span, message, help));
    }
    if said.starts_with("missing escaped value") || said.starts_with("too few unicode") {
        let start = text[..span.start].rfind('\\').unwrap_or(span.start);
        let end = start + text[start..].chars().take(2).map(char::len_utf8).sum::<usize>();
        let message = format!("`{}` stands for nothing", &text[start..end]);
        return new(start..end, &message, "write `\\\\` for a backslash");
    }
    if let Some(open) = opening(said, text, span.start) {
        let message = "the text is never closed";
        return new(open.clone(), message, &format!("write `{}` where it ends", &text[open]));
    }
    if said.starts_with("duplicate key") {
        let message = format!("`{}` stands here for the second time", &text[span.clone()]);
        return new(span, &message, "keep one of the two");
    }
    if said.starts_with("invalid float") || said.starts_with("invalid integer") {
        let start = text[..span.start].rfind([' ', '\t', '=', ',', '[']).map_or(0, |at| at + 1);
        let end = text[span.end..].find([' ', '\t', ',', ']', '}', '\r', '\n']);
        let span = start..end.map_or(text.len(), |at| span.end + at);
        let message = format!("`{}` is not a number", &text[span.clone()]);
        return new(span, &message, "write a date as `2026-11-20`, and a text between quotes");
    }
    let known = KINDS.iter().find(|(words, ..)| said.starts_with(words));
    let (message, help) = known.map_or((said, HELP), |(_, message, help)| (*message, *help));
    new(span, message, help)
}

/// A value that should be a string and has no quotes, or those of a word processor.
fn unquoted(value: &str, new: impl FnOnce(&str, &str) -> Diagnostic) -> Diagnostic {
    if value.trim().is_empty() {
        return new("a key without a value", KEY_HELP);
    }
    let curly = ['“', '”', '„', '«', '»', '‘', '’', '‚'];
    let words = value.trim_matches(['"', '\r']).trim_matches(curly).replace('"', "\\\"");
    let help = format!("write `\"{words}\"`");
    if value.starts_with(curly) {
        new("curly quotes do not enclose a text", &help)
    } else {
        new("a text needs quotes around it", &help)
    }
}

/// The quotes that open a string which is never closed; the parser points where it gave up.
fn opening(said: &str, text: &str, gave_up: usize) -> Option<Range<usize>> {
    let quotes = match said.split(',').next()? {
        "invalid multi-line basic string" => "\"\"\"",
        "invalid multi-line literal string" => "'''",
        "invalid basic string" => "\"",
        "invalid literal string" => "'",
        _ => return None,
    };
    let before = &text[..gave_up];
    let start = if quotes.len() == 3 {
        before.rfind(quotes)?
    } else {
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let value = before[line..].find('=').map_or(line, |at| line + at);
        value + before[value..].find(quotes)?
    };
    Some(start..start + quotes.len())
}
