//! A mail in, the token with which its sender asks to leave out.

use jiff::Timestamp;
use mail_parser::{Message, MessageParser, MimeHeaders as _};

use crate::leaving::{Ask, Link, words};

/// What a mail asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The token; `None` where none is there, so that a person has to read the mail.
    pub ask: Option<Ask>,
    /// When it was written, as its writer says.
    pub at: Option<Timestamp>,
}

/// Reads a mail that came to the address of `[unsubscribe] mailto`.
///
/// The link that mail programs open writes `unsubscribe TOKEN` into the subject (RFC 2369 §3.2);
/// programs fold and encode it, and people write words around it or move it into the text. A token
/// in what an answer quotes does not count, since every letter has one, but for an answer that says
/// `unsubscribe` in its subject: that one quotes the letter to be done with it.
#[must_use]
pub fn read_mail(bytes: &[u8], link: &Link) -> Mail {
    let Some(message) = MessageParser::default().parse(bytes) else {
        return Mail { ask: None, at: None };
    };
    let at = message.date().and_then(|date| Timestamp::from_second(date.to_timestamp()).ok());
    let subject = message.subject().unwrap_or_default();
    let ask = words::after_word(subject).or_else(|| single(words::asks(subject, link)));
    Mail { ask: ask.or_else(|| in_text(&message, subject, link)), at }
}

fn in_text(message: &Message<'_>, subject: &str, link: &Link) -> Option<Ask> {
    let texts: Vec<String> = message.text_bodies().filter_map(own_text).collect();
    let asked = texts.iter().find_map(|text| words::after_word(&unquoted(text)));
    asked.or_else(|| {
        let mut words = subject.split(|c: char| !c.is_alphanumeric());
        let leaves = words.any(words::says_unsubscribe);
        let all = texts.iter().filter(|_| leaves).flat_map(|text| words::asks(text, link));
        single(all.collect())
    })
}

/// The text of a part, if it is one that people read and no file.
fn own_text(part: &mail_parser::MessagePart<'_>) -> Option<String> {
    let attached = part.content_disposition().is_some_and(|kind| kind.is_attachment());
    part.text_contents().filter(|_| !attached).map(str::to_owned)
}

/// The lines that a person wrote, and not those before which stands `>`.
fn unquoted(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('>'));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The one token that is there; of two nobody can say who is meant.
fn single(asks: Vec<Ask>) -> Option<Ask> {
    let mut asks = asks.into_iter();
    let first = asks.next()?;
    asks.all(|ask| ask == first).then_some(first)
}

/// The fields with one of which a mail begins as servers and mail programs store it.
const FIELDS: [&str; 16] = [
    "arc-authentication-results",
    "arc-seal",
    "authentication-results",
    "content-type",
    "date",
    "delivered-to",
    "dkim-signature",
    "envelope-to",
    "from",
    "message-id",
    "mime-version",
    "received",
    "reply-to",
    "return-path",
    "subject",
    "to",
];

/// Whether a file begins as a mailbox or a mail does: with `From `, or with a header field.
#[must_use]
pub fn looks_like_mail(beginning: &[u8]) -> bool {
    if beginning.starts_with(b"From ") {
        return true;
    }
    let colon = beginning.iter().take(80).position(|byte| *byte == b':').unwrap_or_default();
    let name = String::from_utf8_lossy(&beginning[..colon]).to_ascii_lowercase();
    name.starts_with("x-") || FIELDS.contains(&name.as_str())
}
