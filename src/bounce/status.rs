//! Text in, the enhanced status code (RFC 3463) and the reply code (RFC 5321) that it holds out.

use std::fmt;

/// An enhanced status code: `5.1.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status {
    /// 2 success, 4 for now, 5 for good.
    pub class: u8,
    /// What it is about: 1 address, 2 mailbox, 3 system, 4 network, 5 protocol, 6 content, 7 policy.
    pub subject: u16,
    /// What about it.
    pub detail: u16,
}

impl Status {
    /// Reads a code at the beginning of a text, which may go on: `5.1.1 (bad mailbox)`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_start();
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let mut parts = text[..end].trim_end_matches('.').split('.');
        let mut number =
            |longest: usize| parts.next().filter(|part| part.len() <= longest)?.parse::<u16>().ok();
        let (class, subject, detail) = (number(1)?, number(1)?, number(3)?);
        let class = u8::try_from(class).ok().filter(|class| matches!(class, 2 | 4 | 5))?;
        let is_whole = parts.next().is_none() && subject <= 7;
        is_whole.then_some(Self { class, subject, detail })
    }

    /// Whether it says what is wrong, or only that something is.
    pub(super) fn is_specific(self) -> bool {
        (self.subject, self.detail) != (0, 0)
    }

    /// The first code of a failure in a text; one that says more goes before one that says less.
    pub(super) fn find(text: &str) -> Option<Self> {
        let found = || words(text).filter_map(|(_, word)| Self::parse(word));
        let failures = || found().filter(|status| status.class > 2);
        failures().find(|status| status.is_specific()).or_else(|| failures().next())
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// The runs of digits and dots in a text that stand for themselves, and where each begins.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_inside = |c: char| c.is_ascii_digit() || c == '.';
    text.match_indices(['2', '4', '5']).filter_map(move |(at, _)| {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '/' | '_' | '@')) {
            return None;
        }
        let rest = &text[at..];
        let end = rest.find(|c| !is_inside(c)).unwrap_or(rest.len());
        let behind = rest[end..].chars().next();
        let is_word = behind.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '@' | '_'));
        is_word.then_some((at, &rest[..end]))
    })
}

/// The first reply code of a failure in a text: a number that stands where one would.
pub(super) fn reply_code(text: &str) -> Option<u16> {
    words(text).find_map(|(at, word)| {
        let code: u16 = word.trim_end_matches('.').parse().ok().filter(|_| word.len() >= 3)?;
        let is_code = matches!(code, 421..=499 | 500..=559 | 570..=579);
        let behind = &text[at + word.len()..];
        let is_followed = behind.starts_with('-')
            || Status::parse(behind.trim_start_matches([' ', '#', '('])).is_some();
        (is_code && (is_followed || introduces(&text[..at]))).then_some(code)
    })
}

/// Whether a text ends as one does before a reply code.
fn introduces(before: &str) -> bool {
    const WORDS: &[&str] = &[
        "error", "code", "said", "response", "returned", "status", "replied", "reply", "failed",
        "answer", "smtp", "reason", "fehler", "erreur", "due to", "with",
    ];
    let before = before.trim_end_matches([' ', '\t', '<']);
    if before.is_empty() || before.ends_with(['\n', ':', ';', '(', '"', '\'', '#', '[', '=', '>']) {
        return true;
    }
    let start = before.char_indices().rev().nth(12).map_or(0, |(at, _)| at);
    let last = before[start..].to_lowercase();
    WORDS.iter().any(|word| last.ends_with(word))
}

#[cfg(test)]
mod tests {
    use crate::bounce::status::{Status, reply_code};

    #[test]
    fn a_code_is_told_from_what_looks_like_one() {
        let found = |text| Status::find(text).map(|status| status.to_string());
        for (text, code) in [
            ("550 5.1.1 no such user", "5.1.1"),
            ("550-5.1.1 no such user", "5.1.1"),
            ("sorry (#5.7.1)", "5.7.1"),
            ("5.0.0 from us, 4.2.2 from them", "4.2.2"),
            ("5.0.0 and no more", "5.0.0"),
            ("ends with 5.4.4.", "5.4.4"),
        ] {
            assert_eq!(found(text).as_deref(), Some(code), "{text}");
        }
        for text in ["5.1.1.9", "x5.1.1", "5.1", "4.96.1", "5.1.1111", "2.0.0 sent", "a5.1.1@x"] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn a_reply_code_stands_where_one_would() {
        for (text, code) in [
            ("550 no", Some(550)),
            ("host mx said: 451 4.7.1 later", Some(451)),
            ("smtp;554-5.7.1 no", Some(554)),
            ("SMTP error: 552", Some(552)),
            ("we waited 450 seconds", None),
            ("line 550.", None),
            ("10.0.0.550", None),
        ] {
            assert_eq!(reply_code(text), code, "{text}");
        }
    }
}
