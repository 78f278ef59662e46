//! The bytes of a message in, its parts as a flat list out, each with its fields and its text.
//!
//! The walk is ours: `mail-parser` nests what is nested, without an end, and a message of a
//! megabyte that nests ten thousand times ends the process when it is dropped. Its decoders are used.

use std::borrow::Cow;

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::html::html_to_text;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;

use crate::bounce::fields::Fields;
use crate::bounce::quoted::{self, Halves};

const MESSAGE_MAX: usize = 2 << 20;
const DEPTH_MAX: usize = 8;
const PARTS_MAX: usize = 100;
/// How much of one part's text is read.
const TEXT_MAX: usize = 100_000;
/// How much HTML is read: what it is turned into text by is slow where nothing is ever closed.
const HTML_MAX: usize = 50_000;

/// A leaf of the tree that a message is, or the header of a message in it.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// How many messages it is inside of: 0 is what the sender of the report says.
    pub(super) level: usize,
    /// `text/plain`, in lower case. The header of a message has the type of that message.
    pub(super) kind: String,
    /// Of the header of a message, which has no text, all fields; of others, those of the part.
    pub(super) fields: Fields,
    /// Decoded; lines end with LF. Of HTML, what can be read of it.
    pub(super) text: String,
    /// The text in two: its own words, and the mail that it quotes.
    pub(super) halves: Halves,
    /// Whether it is the header of a message.
    pub(super) is_header: bool,
    /// Whether it is the header of a message that stands in a text.
    pub(super) is_pasted: bool,
}

impl Part {
    fn header(level: usize, kind: &str, fields: &Fields) -> Self {
        Self {
            level,
            kind: kind.to_owned(),
            fields: fields.clone(),
            text: String::new(),
            halves: Halves::default(),
            is_header: true,
            is_pasted: false,
        }
    }

    /// RFC 3464 and RFC 5965: a part for machines.
    pub(super) fn is_report(&self) -> bool {
        !self.is_header && (self.is_delivery_status() || self.kind == "message/feedback-report")
    }

    pub(super) fn is_delivery_status(&self) -> bool {
        !self.is_header
            && matches!(
                self.kind.as_str(),
                "message/delivery-status" | "message/global-delivery-status"
            )
    }
}

/// The parts of a message in the order of the text; the first is its own header.
pub(super) fn parts(message: &[u8]) -> Vec<Part> {
    let mut message = &message[..message.len().min(MESSAGE_MAX)];
    // What an mbox puts before a message is none of its fields.
    if message.starts_with(b"From ") {
        let end = message.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        message = &message[end.unwrap_or(message.len())..];
    }
    let message = lines(message);
    let start = message.iter().position(|byte| *byte != b'\n').unwrap_or(0);
    let mut parts = Vec::new();
    walk(&message[start..], 0, 0, true, &mut parts);
    parts
}

/// LF for CRLF and CR.
fn lines(bytes: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => {}
            b'\r' => lines.push(b'\n'),
            byte => lines.push(*byte),
        }
    }
    lines
}

/// Appends what a message or a part of one consists of.
fn walk(bytes: &[u8], level: usize, depth: usize, is_message: bool, parts: &mut Vec<Part>) {
    if parts.len() >= PARTS_MAX || depth > DEPTH_MAX {
        return;
    }
    let (header, body) = split(bytes);
    let fields = Fields::parse(&String::from_utf8_lossy(header));
    let mut content = Content::of(fields.get("content-type").unwrap_or_default());
    if is_message {
        parts.push(Part::header(level, &content.kind, &fields));
    }
    if content.kind.starts_with("multipart/")
        && let Some(sections) = sections(body, &content.boundary)
    {
        for section in sections {
            walk(section, level, depth + 1, false, parts);
        }
        return;
    }
    if content.kind.starts_with("multipart/") {
        content.kind = "text/plain".to_owned();
    }
    let encoding = fields.get("content-transfer-encoding").unwrap_or_default();
    let body = decoded(body, encoding);
    if is_original(&content.kind) && !is_message {
        walk(&body, level + 1, depth + 1, true, parts);
        return;
    }
    let text = content.text(&body);
    let is_text = content.kind.starts_with("text/");
    let halves = match is_text {
        true => quoted::split(&text),
        false => Halves { said: text.clone(), ..Halves::default() },
    };
    let part = Part {
        level,
        kind: content.kind,
        fields,
        text,
        halves,
        is_header: false,
        is_pasted: false,
    };
    let at = parts.len();
    let report = quoted::pasted_report(&part.halves).map(str::to_owned);
    parts.push(part);
    if let Some(report) = report {
        walk(report.as_bytes(), level + 1, depth + 1, true, parts);
        if let Some(header) = parts.get_mut(at + 1) {
            header.is_pasted = true;
        }
    }
}

/// The types of a whole message and of its header alone; some are in no registry.
fn is_original(kind: &str) -> bool {
    matches!(
        kind,
        "message/rfc822"
            | "message/global"
            | "text/rfc822-headers"
            | "message/rfc822-headers"
            | "message/global-headers"
            | "text/rfc822-header"
            | "text/rfc822"
    )
}

/// The header and the body. Bytes that do not begin with a field have no header.
fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    if bytes.first() == Some(&b'\n') {
        return (b"", &bytes[1..]);
    }
    match memchr::memmem::find(bytes, b"\n\n") {
        Some(end) => (&bytes[..end], &bytes[end + 2..]),
        None => (bytes, b""),
    }
}

/// What is between the lines of a boundary, or nothing where there is none.
fn sections<'b>(body: &'b [u8], boundary: &str) -> Option<Vec<&'b [u8]>> {
    let delimiter = format!("--{boundary}");
    let mut sections = Vec::new();
    let mut start = None;
    let mut at = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let (here, end) = (at, at + line.len());
        at = end;
        let Some(rest) = line.strip_prefix(delimiter.as_bytes()) else { continue };
        let rest = rest.trim_ascii_end();
        if boundary.is_empty() || !matches!(rest, b"" | b"--") || sections.len() >= PARTS_MAX {
            continue;
        }
        if let Some(start) = start {
            sections.push(&body[start..here]);
        }
        start = (rest != b"--").then_some(end);
    }
    if let Some(start) = start {
        sections.push(&body[start..]);
    }
    if sections.is_empty() { None } else { Some(sections) }
}

fn decoded<'b>(body: &'b [u8], encoding: &str) -> Cow<'b, [u8]> {
    let decoded = match encoding.trim().to_ascii_lowercase().as_str() {
        "base64" => base64_decode(body),
        "quoted-printable" => quoted_printable_decode(body),
        _ => None,
    };
    decoded.map_or(Cow::Borrowed(body), |decoded| Cow::Owned(lines(&decoded)))
}

/// What `Content-Type` says (RFC 2045 §5.1).
struct Content {
    kind: String,
    boundary: String,
    charset: String,
}

impl Content {
    fn of(value: &str) -> Self {
        let kind = value.split([';', ' ', '(']).next().unwrap_or_default().trim();
        let kind = if kind.contains('/') { kind.to_ascii_lowercase() } else { "text/plain".into() };
        let parameter = |name: &str| parameter(value, name).unwrap_or_default().to_owned();
        Self { kind, boundary: parameter("boundary"), charset: parameter("charset") }
    }

    fn text(&self, body: &[u8]) -> String {
        let max = if self.kind == "text/html" { HTML_MAX } else { TEXT_MAX };
        let body = &body[..body.len().min(max)];
        let is_japanese = memchr::memmem::find(body, b"\x1b$").is_some();
        let charset = if is_japanese { "iso-2022-jp" } else { &self.charset };
        // What is UTF-8 is UTF-8, whatever it says of itself; most say `us-ascii`, or nothing.
        let text = match (std::str::from_utf8(body), charset_decoder(charset.as_bytes())) {
            (Ok(text), _) if !is_japanese => text.to_owned(),
            (_, Some(decode)) => decode(body),
            (_, None) => String::from_utf8_lossy(body).into_owned(),
        };
        if self.kind == "text/html" { html_to_text(&text) } else { text }
    }
}

/// A parameter of a structured field, quoted or not.
fn parameter<'v>(value: &'v str, name: &str) -> Option<&'v str> {
    value.match_indices(';').find_map(|(at, _)| {
        let (key, rest) = value[at + 1..].split_once('=')?;
        if !key.trim().eq_ignore_ascii_case(name) {
            return None;
        }
        let rest = rest.trim_start();
        match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next(),
            None => rest.split([';', ' ', '\t']).next(),
        }
    })
}
