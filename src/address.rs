//! Text in, a checked [`EmailAddress`] out.

use std::fmt;

use icu_normalizer::ComposingNormalizerBorrowed;

/// Why a text is not an address that mail can be sent to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing but spaces.
    #[error("it is empty")]
    Empty,
    /// The form of RFC 5321 §4.1.2 is not met.
    #[error("{0}")]
    Form(String),
    /// The domain is not one that exists in the public DNS, or cannot be written as A-labels.
    #[error("`{0}` is not a domain name")]
    Domain(String),
    /// Longer than RFC 5321 §4.5.3.1 allows: 64 octets before the `@`, 254 in all.
    #[error("it is too long: {0} octets")]
    Length(usize),
    /// A control or invisible character, which no real mailbox has.
    #[error("it holds an invisible character, U+{0:04X}")]
    Invisible(u32),
}

/// Part before the `@` that stands for all mailboxes of a domain.
const WHOLE_DOMAIN: &str = "*";

/// One mailbox: the part before the `@` as it was written, and the domain as A-labels in lower case.
///
/// ```
/// use newsletter::address::EmailAddress;
///
/// let address: EmailAddress = "Juergen@Bücher.example.org".parse()?;
/// assert_eq!(address.to_string(), "Juergen@xn--bcher-kva.example.org");
/// assert_eq!(address.key(), "juergen@xn--bcher-kva.example.org");
/// # Ok::<(), newsletter::address::AddressError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress {
    local: String,
    domain: String,
}

impl EmailAddress {
    /// Parses what a suppression is about: an address, or a whole domain as `*@example.org` or
    /// `@example.org`.
    ///
    /// A whole domain is the address with the part `*` before its `@`; it does not cover subdomains.
    ///
    /// # Errors
    ///
    /// As for [`str::parse`].
    pub fn parse_suppressed(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        match text.strip_prefix('*').unwrap_or(text).strip_prefix('@') {
            Some(domain) if !domain.contains('@') => {
                Ok(Self { local: WHOLE_DOMAIN.to_owned(), domain: a_labels(domain)? })
            }
            _ => text.parse(),
        }
    }

    /// Returns the key under which the whole domain of this address is suppressed.
    #[must_use]
    pub fn domain_key(&self) -> String {
        format!("{WHOLE_DOMAIN}@{}", self.domain)
    }

    /// Whether this is a whole domain, and so no mailbox.
    #[must_use]
    pub fn is_whole_domain(&self) -> bool {
        self.local == WHOLE_DOMAIN
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The domain as A-labels, in lower case.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// What makes two addresses the same reader: all of it in lower case, and accents composed.
    ///
    /// RFC 5321 §2.4 lets a server tell `A@` from `a@`; none that readers use does, and to mail
    /// one person twice is the worse mistake (`docs/decisions/0004-one-reader-one-key.md`).
    #[must_use]
    pub fn key(&self) -> String {
        if self.local.is_ascii() {
            return format!("{}@{}", self.local.to_ascii_lowercase(), self.domain);
        }
        // `é` typed on a Mac may be an `e` and an accent: NFC, as RFC 6532 §3.1 advises.
        let local = ComposingNormalizerBorrowed::new_nfc().normalize(&self.local).to_lowercase();
        format!("{local}@{}", self.domain)
    }

    /// Whether the server must offer SMTPUTF8 (RFC 6531) to take it.
    #[must_use]
    pub fn needs_smtputf8(&self) -> bool {
        !self.local.is_ascii()
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

impl std::str::FromStr for EmailAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        if text.len() > 1024 {
            return Err(AddressError::Length(text.len()));
        }
        // Of ASCII only control characters are invisible, and bytes are looked at faster.
        let plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if !plain && let Some(character) = text.chars().find(|c| is_invisible(*c)) {
            return Err(AddressError::Invisible(character.into()));
        }
        let (local, domain) = text.rsplit_once('@').ok_or_else(|| form("it has no `@`"))?;
        check_local(local)?;
        let domain = a_labels(domain)?;
        let length = local.len() + 1 + domain.len();
        if local.len() > 64 || length > 254 {
            return Err(AddressError::Length(length));
        }
        Ok(Self { local: local.to_owned(), domain })
    }
}

/// Takes words with dots between them (RFC 5321 §4.1.2 `Dot-string`, RFC 6531 §3.3).
///
/// Quoted local parts are refused: no reader has one, and what looks like one is a name.
fn check_local(local: &str) -> Result<(), AddressError> {
    if local.contains('<') {
        return Err(form("write the address alone, without a name and `<`"));
    }
    if local.is_empty() {
        return Err(form("nothing stands before the `@`"));
    }
    if local == WHOLE_DOMAIN {
        return Err(form("`*` stands for a whole domain, which is no mailbox"));
    }
    if local.split('.').any(str::is_empty) {
        return Err(form("before the `@`, a dot has to stand between two characters"));
    }
    let wrong = local.chars().find(|character| {
        let allowed =
            character.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(*character);
        character.is_ascii() && !allowed
    });
    match wrong {
        Some(' ') => Err(form("it holds a space")),
        Some(character) => Err(form(&format!("`{character}` cannot stand before the `@`"))),
        None => Ok(()),
    }
}

fn form(message: &str) -> AddressError {
    AddressError::Form(message.to_owned())
}

/// The domain as A-labels (RFC 5891), refusing what is no name on the internet: `127.0.0.1`,
/// `a_b.com`, `localhost`; no top-level domain begins with a digit.
fn a_labels(domain: &str) -> Result<String, AddressError> {
    if domain.is_empty() {
        return Err(form("nothing stands after the `@`"));
    }
    let wrong = || AddressError::Domain(domain.to_owned());
    let ascii = idna::domain_to_ascii_strict(domain).map_err(|_| wrong())?;
    let top = ascii.rsplit('.').next().unwrap_or_default();
    if !ascii.contains('.') || top.is_empty() || top.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(wrong());
    }
    Ok(ascii)
}

/// Control, zero-width and direction characters and blanks: they hide what an address is, split a
/// header, or move a terminal's cursor.
pub(crate) fn is_invisible(character: char) -> bool {
    character.is_control()
        || (character.is_whitespace() && character != ' ')
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{fffd}' | '\u{e0000}'..='\u{e0fff}')
}
