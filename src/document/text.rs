//! A TOML string in, what it says and where in the file each part of it stands out.

use std::ops::Range;

use crate::diagnostic::Code;
use crate::document::Report;

/// A string and where each part of it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What the string says, escapes resolved.
    pub value: String,
    /// Where the whole value stands, quotes included.
    pub span: Range<usize>,
    /// Where each stretch begins, in order.
    anchors: Vec<Anchor>,
}

/// A stretch of a string: decoded and in the file both count alike, unless it is an escape.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Anchor {
    decoded: usize,
    raw: usize,
    /// How long the escape is in the file; `None` where there is none.
    escape: Option<usize>,
}

impl Text {
    /// A text that stands in the file just as it is.
    #[must_use]
    pub fn plain(value: String, span: Range<usize>) -> Self {
        let anchors = vec![Anchor { decoded: 0, raw: span.start, escape: None }];
        Self { value, span, anchors }
    }

    pub(super) fn from_toml(value: String, span: Range<usize>, file: &str) -> Self {
        let anchors = anchors(file.get(span.clone()).unwrap_or_default(), span.start);
        Self { value, span, anchors }
    }

    /// Where a part of the decoded string stands in the file.
    #[must_use]
    pub fn locate(&self, part: Range<usize>) -> Range<usize> {
        let place = |offset: usize| {
            let after = self.anchors.partition_point(|anchor| anchor.decoded <= offset);
            let Anchor { decoded, raw, escape } = self.anchors[after.saturating_sub(1)];
            let (start, length) = match escape {
                Some(length) => (raw, length),
                None => (raw + offset.saturating_sub(decoded), 1),
            };
            start.min(self.span.end)..(start + length).min(self.span.end)
        };
        let start = place(part.start).start;
        // The end is where the last byte ends: an escape after it is not included.
        let end = if part.is_empty() { start } else { place(part.end - 1).end };
        start..end.max(start)
    }

    /// Reports characters that have no business in prose: they break headers, hide text or stand
    /// for something else inside the compiler (planes 15 and 16 are private use).
    pub(super) fn report_characters(&self, report: &Report) {
        for (at, character) in self.value.char_indices() {
            let line_break = matches!(character, '\n' | '\t' | '\r');
            let why = match character {
                _ if character.is_control() && !line_break => "does not belong in a text",
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                    "turns the direction of the text around it"
                }
                '\u{f0000}'.. => "means nothing on other people’s machines",
                _ => continue,
            };
            let span = self.locate(at..at + character.len_utf8());
            let message = format!("the character U+{:04X} {why}", u32::from(character));
            report.add(report.at(Code::Character, span, message).help("delete the character"));
        }
    }
}

/// Where the pieces of a TOML string literal begin, decoded and in the file.
fn anchors(literal: &str, start: usize) -> Vec<Anchor> {
    let triple = literal.starts_with("\"\"\"") || literal.starts_with("'''");
    let basic = literal.starts_with('"');
    let mut at = match literal.as_bytes().first() {
        Some(b'"' | b'\'') if triple => 3,
        Some(b'"' | b'\'') => 1,
        // Not a literal of TOML: the parser makes a string of it, to go on.
        _ => 0,
    };
    if triple {
        let rest = &literal[at..];
        at += if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
    }
    let mut anchors = vec![Anchor { decoded: 0, raw: start + at, escape: None }];
    let mut decoded = 0;
    while let Some(character) = literal[at..].chars().next() {
        if basic && character == '\\' {
            let (raw_length, decoded_length) = escape(&literal[at..]);
            anchors.push(Anchor { decoded, raw: start + at, escape: Some(raw_length) });
            at += raw_length;
            decoded += decoded_length;
            anchors.push(Anchor { decoded, raw: start + at, escape: None });
        } else {
            at += character.len_utf8();
            decoded += character.len_utf8();
        }
    }
    anchors
}

/// How long an escape is in the file, and how long what it stands for.
fn escape(raw: &str) -> (usize, usize) {
    let digits = match raw.as_bytes().get(1) {
        Some(b'x') => 2,
        Some(b'u') => 4,
        Some(b'U') => 8,
        Some(b'\n' | b'\r' | b' ' | b'\t') => {
            let rest = raw[1..].trim_start_matches([' ', '\t', '\r', '\n']);
            return (raw.len() - rest.len(), 0);
        }
        Some(byte) if byte.is_ascii() => return (2, 1),
        _ => return (1, 1),
    };
    let code = raw.get(2..2 + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    match code.and_then(char::from_u32) {
        Some(character) => (2 + digits, character.len_utf8()),
        None => (2, 1),
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Source;
    use crate::document::Report;

    /// Checks that `part` of the decoded string is underlined as `raw` in the file.
    fn check(literal: &str, part: &str, raw: &str) {
        let report = Report::new(Source::new("test.toml", format!("key = {literal}\n")));
        let text = report.parse().take("key").unwrap().string().unwrap();
        let at = text.value.find(part).unwrap();
        let file = &report.source().text;
        assert_eq!(&file[text.locate(at..at + part.len())], raw, "{literal}");
    }

    #[test]
    fn a_part_of_a_string_is_found_in_the_file() {
        check(r#""plain text""#, "text", "text");
        check(r#""a\tb \u00e9 c""#, "c", "c");
        check("\"\"\"\nfirst\nsecond\"\"\"", "second", "second");
        check("\"\"\"\r\nfirst\r\nsecond\"\"\"", "second", "second");
        check("\"\"\"one \\\n   two\"\"\"", "two", "two");
        check("'''\nraw \\n back'''", "back", "back");
        check("\"quay — café\"", "café", "café");
        check(r#""\U0001F300 wave""#, "wave", "wave");
        check(r#""a \u0041\u0042\n c""#, "AB", r"\u0041\u0042");
        check(r#""a\n b""#, "\n", r"\n");
    }
}
