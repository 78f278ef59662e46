//! What happened to a reader in, what is to be written of it out.

use jiff::Timestamp;

use crate::address::EmailAddress;

/// What is to be written of a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Whose it is.
    pub address: EmailAddress,
    /// What happened.
    pub act: Act,
    /// Why, in words that begin with what [`Cause::of`] knows; the name of the segment is in the act.
    pub reason: String,
    /// By which way it came: `one-click`, `dsn`, `import Mailchimp`.
    pub source: String,
    /// When it happened.
    pub at: Timestamp,
    /// The issue that it answers; empty where there is none.
    pub issue: String,
}

/// What happened to a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Is not to be written to.
    Suppress,
    /// Is not to be written to, and is not to be named: a keyed hash stands for the address.
    Forget,
    /// Came back of their own will: what they could lift themselves is lifted.
    Return,
    /// Left one segment.
    Leave(String),
    /// Came back to it.
    Join(String),
}

/// What kind of reason keeps a reader out: it says whether the reader may lift it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The reader left.
    Unsubscribed,
    /// The reader asked to be forgotten.
    Forgotten,
    /// The mailbox did not exist.
    Bounced,
    /// The reader called a letter spam.
    Complaint,
    /// Anything else: an editor's own words, another tool's list of the blocked.
    Other,
}

impl Cause {
    /// The kind of a reason, by its first words.
    #[must_use]
    pub fn of(reason: &str) -> Self {
        const WORDS: [(&str, Cause); 5] = [
            ("unsubscribed", Cause::Unsubscribed),
            ("forgotten", Cause::Forgotten),
            ("bounced", Cause::Bounced),
            ("no such mailbox", Cause::Bounced),
            ("complaint", Cause::Complaint),
        ];
        let begins = |word: &str| {
            reason.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word))
        };
        WORDS.into_iter().find(|(word, _)| begins(word)).map_or(Self::Other, |(_, cause)| cause)
    }

    /// Whether the reader lifts it by coming back: who confirms a subscription reads that mailbox.
    /// A complaint stays for good, and so does what the editor wrote in other words.
    #[must_use]
    pub fn is_liftable(self) -> bool {
        matches!(self, Self::Unsubscribed | Self::Forgotten | Self::Bounced)
    }
}
