//! Whose mail came back, and what proves it.

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::journal::Run;

/// What proves that a message is about mail of ours to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The tagged token of a return path.
    Verp,
    /// A Message-ID of ours, which nobody can make without the key.
    MessageId,
    /// The sealed token of the reader's unsubscribe link.
    Token,
    /// The sender's address is on the list: enough for whoever asks to be let go, and for nothing
    /// else.
    Sender,
}

impl Proof {
    /// The words for it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Verp => "it carries the token of our envelope",
            Self::MessageId => "it quotes our Message-ID",
            Self::Token => "it quotes our unsubscribe token",
            Self::Sender => "its sender is on the list",
        }
    }

    /// The word for it in data.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Verp => "verp",
            Self::MessageId => "message-id",
            Self::Token => "unsubscribe-token",
            Self::Sender => "sender",
        }
    }
}

/// An issue that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Its name.
    pub issue: String,
    /// The date of the run.
    pub at: Timestamp,
}

impl Sent {
    pub(super) fn of(run: &Run) -> Self {
        Self { issue: run.issue.clone(), at: run.date }
    }
}

/// A reader whose mail came back, or who writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// The address that the mail went to; a later hop may have been another one.
    pub address: EmailAddress,
    /// Which issue it was, where that can be told.
    pub sent: Option<Sent>,
    /// What proves it.
    pub proof: Proof,
}

/// Whose mail a message is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// A reader's.
    Reader(Reader),
    /// A copy that `send --test` sent.
    Test,
    /// It was ours, and whose it was is forgotten.
    Forgotten,
    /// Nothing proves that it is about mail of ours.
    Nobody {
        /// How many tokens it has that look like ours and are not.
        false_tokens: usize,
    },
}
