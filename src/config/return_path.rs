//! `return_path` in, the envelope's sender of each message out.

use std::fmt;
use std::str::FromStr;

use crate::address::{AddressError, EmailAddress};
use crate::diagnostic::Code;
use crate::document::{Report, Text};

/// Where the token stands.
const TOKEN: &str = "{token}";

/// Where mail that cannot be delivered comes back to: one address, or one for each message, which
/// says whose message it was (VERP).
///
/// All of it is ASCII: a mail server needs no SMTPUTF8 for it (RFC 6531).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnPath {
    /// What comes before the token; the whole address, where there is none.
    before: String,
    /// What comes after the token; `None` where there is none.
    after: Option<String>,
}

impl ReturnPath {
    /// How long a token can be, in octets: a run and an entry of nine digits each, and the tag.
    pub const TOKEN_MAX: usize = 40;

    /// Reads an address with or without `{token}` in its local part.
    pub(super) fn read(text: &Text, report: &Report) -> Option<Self> {
        let value = text.value.trim();
        let parsed: Result<Self, _> = value.parse();
        if let Err(error) = &parsed {
            let message = format!("`{value}` is not an email address: {error}");
            let diagnostic = report.at(Code::Address, text.span.clone(), message);
            report.add(diagnostic.help(
                "write an address such as `bounces@example.org` or, where the mail server has such \
                 addresses, `bounces+{token}@example.org`",
            ));
        }
        parsed.ok()
    }

    /// Whether it is another one for each message.
    #[must_use]
    pub fn has_token(&self) -> bool {
        self.after.is_some()
    }

    /// The address with a token, which is left out where there is no place for it; nothing is
    /// allocated.
    #[must_use]
    pub fn with<'r>(&'r self, token: &'r str) -> impl fmt::Display + 'r {
        let token = if self.has_token() { token } else { "" };
        fmt::from_fn(move |f| {
            f.write_str(&self.before)?;
            f.write_str(token)?;
            f.write_str(self.after.as_deref().unwrap_or_default())
        })
    }

    /// The domain as A-labels, in lower case.
    #[must_use]
    pub fn domain(&self) -> &str {
        let address = self.after.as_deref().unwrap_or(&self.before);
        address.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl FromStr for ReturnPath {
    type Err = AddressError;

    /// Takes what stands in the settings.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let wrong = |message: &str| AddressError::Form(message.to_owned());
        let Some((before, after)) = text.split_once(TOKEN) else {
            let address: EmailAddress = text.parse()?;
            return match address.needs_smtputf8() {
                false => Ok(Self::from(&address)),
                true => Err(wrong("its part before the `@` has to be ASCII here")),
            };
        };
        if after.contains(TOKEN) {
            return Err(wrong("`{token}` can be there only once"));
        }
        if !after.contains('@') {
            return Err(wrong("`{token}` belongs before the `@`"));
        }
        // The longest one there is, so that no message has a local part of more than 64 octets
        // (RFC 5321 §4.5.3.1.1).
        let longest: EmailAddress = format!("{before}{}{after}", "0".repeat(Self::TOKEN_MAX))
            .parse()
            .map_err(|error| match error {
                AddressError::Length(_) => wrong(&format!(
                    "a token has up to {} of the 64 octets before the `@`",
                    Self::TOKEN_MAX
                )),
                other => other,
            })?;
        if longest.needs_smtputf8() {
            return Err(wrong("its part before the `@` has to be ASCII here"));
        }
        // Where it ends has to be seen: nothing of a token is next to it.
        let (left, right) = (before.chars().next_back(), after.chars().next());
        if left.into_iter().chain(right).any(|c| c.is_ascii_alphanumeric() || c == '.') {
            return Err(wrong("`+`, `-`, `=` or `_` has to stand between `{token}` and the rest"));
        }
        let local = after.split('@').next().unwrap_or_default();
        let after = format!("{local}@{}", longest.domain());
        Ok(Self { before: before.to_owned(), after: Some(after) })
    }
}

impl From<&EmailAddress> for ReturnPath {
    fn from(address: &EmailAddress) -> Self {
        Self { before: address.to_string(), after: None }
    }
}

/// As it stands in the settings.
impl fmt::Display for ReturnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.with(TOKEN))
    }
}
