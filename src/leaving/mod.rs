//! Lines of logs and forms, and mails, in; the tokens with which readers ask to leave out.
//!
//! A token is found here and opened elsewhere: what is found may be forged, cut or another's.

mod access;
mod json;
mod line;
mod lines;
mod link;
mod mail;
mod percent;
mod readings;
mod time;
mod words;

use jiff::Timestamp;

use crate::key::Key;

pub use line::read_line;
pub use lines::{LINE_MAX, Lines};
pub use link::Link;
pub use mail::{Mail, looks_like_mail, read_mail};
pub use readings::token_readings;

/// How a reader asks to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// By a POST to the link (RFC 8058), of which a web server's log tells.
    OneClick,
    /// By a form, or by a list that somebody made.
    Form,
    /// By a mail.
    Mailto,
}

impl Via {
    /// As it stands in the column `source` of the suppressions.
    #[must_use]
    pub fn source(self) -> &'static str {
        match self {
            Self::OneClick => "one-click",
            Self::Form => "form",
            Self::Mailto => "mailto",
        }
    }
}

/// One token that was found, which mail programs and forms may have broken: the ways to read it,
/// of which the first that opens is the right one. Each is of [`TOKEN_MIN`] to [`TOKEN_MAX`]
/// characters of base64url, and there is at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    readings: Vec<String>,
}

impl Ask {
    /// Returns what a text may be read as; `None` where nothing in it has the form of a token.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let mut readings = token_readings(text);
        readings.retain(|reading| is_token(reading));
        (!readings.is_empty()).then_some(Self { readings })
    }

    /// The key of the reader's address; `None` where the token is none of this publication.
    ///
    /// A token whose end was cut off by a mail program opens, too ([`Key::open_cut`]).
    #[must_use]
    pub fn open(&self, key: &Key) -> Option<String> {
        let whole = self.readings.iter().find_map(|token| key.open(token));
        whole.or_else(|| self.readings.iter().find_map(|token| key.open_cut(token)))
    }

    /// The ways to read the token.
    #[must_use]
    pub fn readings(&self) -> &[String] {
        &self.readings
    }

    /// How it begins: enough to find it in a file, and too little to use it.
    #[must_use]
    pub fn beginning(&self) -> &str {
        self.readings.first().and_then(|token| token.get(..8)).unwrap_or_default()
    }
}

/// What a line tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Somebody asks to leave.
    Asked {
        /// How.
        via: Via,
        /// The tokens of the line.
        asks: Vec<Ask>,
        /// When, if the line says so.
        at: Option<Timestamp>,
    },
    /// Somebody asks to leave with a link whose token was cut: this is what is left of it.
    Cut(String),
    /// Somebody or something only looked at the link, as scanners do: a GET changes nothing.
    Looked,
    /// The link was called, and the line does not say how: with GET or with POST.
    Unclear,
}

/// The shortest token: of an address such as `a@b.c`.
pub const TOKEN_MIN: usize = 44;
/// The longest token: of an address of 254 octets (RFC 5321 §4.5.3.1), and a little more.
pub const TOKEN_MAX: usize = 400;

/// Whether a byte can stand in a token (RFC 4648 §5, without padding).
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Whether a text has the form of a token.
fn is_token(text: &str) -> bool {
    (TOKEN_MIN..=TOKEN_MAX).contains(&text.len()) && text.bytes().all(is_token_byte)
}
