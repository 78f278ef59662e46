//! The cell of a row that says whom it is about in, that reader's key and what the row does out.

use crate::address::{AddressError, EmailAddress};
use crate::audience::error::Reason;
use crate::key::Hasher;

/// Stands before a keyed hash: whom it keeps out is not to be read there. An address holds no `:`.
pub(super) const HASH: &str = "hash:";
const BACK: &str = "back:";
const LEFT: &str = "left:";
const JOINED: &str = "joined:";

/// What a row does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark {
    /// Suppresses the reader of this key, and perhaps of a second one: a `'` before the address may
    /// be its own or a spreadsheet's mark for text.
    Out(Box<str>, Option<Box<str>>),
    /// Suppresses the reader whose key has this hash, made with the key of this mark.
    Hash(Box<str>, Option<Box<str>>),
    /// The reader of this key came back.
    Back(Box<str>),
    /// The reader of this key left the segment that the reason names.
    Left(Box<str>),
    /// And came back to it.
    Joined(Box<str>),
}

/// What is said of the reader of a key.
type Of = fn(Box<str>) -> Mark;

impl Mark {
    /// Reads a cell.
    pub(super) fn read(text: &str) -> Result<Self, Reason> {
        let bare = text.trim().trim_start_matches('\'');
        if let Some(hash) = bare.strip_prefix(HASH) {
            let (hash, mark) = match hash.split_once(':') {
                Some((hash, mark)) => (hash, Some(mark)),
                None => (hash, None),
            };
            let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
            let is = |text: &str, length| text.len() == length && text.bytes().all(plain);
            let marked = mark.is_none_or(|mark| is(mark, Hasher::MARK_LENGTH));
            if is(hash, Hasher::LENGTH) && marked {
                return Ok(Self::Hash(hash.into(), mark.map(Into::into)));
            }
        }
        if let Some((mark, address)) = Self::prefixed(bare) {
            return key(address).map(mark).map_err(|error| not_an_address(text, error));
        }
        // A spreadsheet's mark for text stands before a domain as before an address.
        if let Ok(domain) = EmailAddress::parse_suppressed(bare)
            && domain.is_whole_domain()
        {
            return Ok(Self::Out(domain.key().into(), None));
        }
        match (key(text), key(bare)) {
            (Ok(written), Ok(bare)) => {
                let other = Some(bare).filter(|bare| *bare != written);
                Ok(Self::Out(written, other))
            }
            (Ok(only), Err(_)) | (Err(_), Ok(only)) => Ok(Self::Out(only, None)),
            (Err(_), Err(AddressError::Empty)) => Err(Reason::NoAddress),
            (Err(_), Err(error)) => Err(not_an_address(text, error)),
        }
    }

    /// What a cell with a prefix says, and of whom.
    fn prefixed(text: &str) -> Option<(Of, &str)> {
        let back = text.strip_prefix(BACK).map(|address| (Self::Back as _, address));
        let left = || text.strip_prefix(LEFT).map(|address| (Self::Left as _, address));
        let joined = || text.strip_prefix(JOINED).map(|address| (Self::Joined as _, address));
        back.or_else(left).or_else(joined)
    }

    /// Returns the cell of a hash, with the mark of the key that made it.
    pub(super) fn hash(hasher: &Hasher, hash: &str) -> String {
        match hasher.mark() {
            Some(mark) => format!("{HASH}{hash}:{mark}"),
            None => format!("{HASH}{hash}"),
        }
    }

    /// The cell of a reader who came back.
    pub(super) fn back(address: &EmailAddress) -> String {
        format!("{BACK}{address}")
    }

    /// The cell of a reader who left a segment, or came back to it.
    pub(super) fn segment(address: &EmailAddress, left: bool) -> String {
        let prefix = if left { LEFT } else { JOINED };
        format!("{prefix}{address}")
    }
}

fn key(text: &str) -> Result<Box<str>, AddressError> {
    text.parse().map(|address: EmailAddress| address.key().into())
}

fn not_an_address(text: &str, error: AddressError) -> Reason {
    Reason::NotAnAddress { text: text.to_owned(), error }
}
