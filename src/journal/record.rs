//! What the journal holds: runs, their recipients and where each one stands.

use std::sync::Arc;

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::audience::{Columns, Recipient};
use crate::compile::Program;

/// The state of a recipient in a run. *Accepted* is what the server said; it is not *delivered*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum State {
    /// Planned; nothing was sent.
    Pending = 0,
    /// Handed to this process; nothing was sent.
    Claimed = 1,
    /// The last byte of the message may have left.
    Attempting = 2,
    /// The server took the message.
    Accepted = 3,
    /// The server said: later.
    Deferred = 4,
    /// The server said: never.
    Rejected = 5,
    /// Whether the server took the message is not known.
    Unknown = 6,
}

impl State {
    /// Every state, in the order of a recipient's way through them.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Claimed,
        Self::Attempting,
        Self::Accepted,
        Self::Deferred,
        Self::Rejected,
        Self::Unknown,
    ];

    /// The word for it, as it is shown and stored in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Claimed => "claimed",
            Self::Attempting => "attempting",
            Self::Accepted => "accepted",
            Self::Deferred => "deferred",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
        }
    }

    /// Whether [`Ledger::record`](crate::journal::Ledger::record) takes a recipient from this
    /// state to another.
    ///
    /// What the server accepted is final, what is unknown is for a person to decide, and only what
    /// was claimed can be tried. `Attempting` goes back to `Pending` only where it is certain that
    /// the last byte has not left, and `Rejected` only where the server rejected everyone.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Claimed => {
                matches!(next, Self::Attempting | Self::Pending | Self::Deferred | Self::Rejected)
            }
            Self::Attempting => matches!(
                next,
                Self::Accepted | Self::Deferred | Self::Rejected | Self::Unknown | Self::Pending
            ),
            Self::Rejected => matches!(next, Self::Pending),
            Self::Pending | Self::Accepted | Self::Deferred | Self::Unknown => false,
        }
    }

    /// Whether a recipient in this state was tried: what the attempts count.
    #[must_use]
    pub const fn is_answer(self) -> bool {
        matches!(self, Self::Accepted | Self::Deferred | Self::Rejected | Self::Unknown)
    }

    /// The state of a number that is stored.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| i64::from(*state as u8) == number)
    }
}

/// One act of delivering an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The row's number.
    pub id: i64,
    /// The issue's name: its file's, without `.toml`.
    pub issue: String,
    /// The fingerprint of the key that the run was begun with.
    pub key: String,
    /// The `Date` of every message, to the millisecond.
    pub date: Timestamp,
    /// When there was nothing left to do.
    pub finished: Option<Timestamp>,
    /// What it was begun with, and then what it was gone on with; there is one at least.
    pub generations: Vec<Generation>,
}

impl Run {
    /// Which of the generations an edition is of, as an index into them.
    #[must_use]
    pub fn generation_of(&self, edition: usize) -> usize {
        let later = self.generations.iter().skip(1);
        later.take_while(|generation| generation.edition <= edition).count()
    }

    /// What those who are still to be served are served with.
    ///
    /// # Panics
    /// Never with a run that the journal returned: it has a generation.
    #[must_use]
    pub fn newest(&self) -> &Generation {
        self.generations.last().expect("a run has the generation that it was begun with")
    }
}

/// What a run is sent with: the files as they were at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// When it was begun, to the millisecond.
    pub begun: Timestamp,
    /// The commit that the folder was at, if it is a git checkout.
    pub commit: Option<String>,
    /// What the files were.
    pub digests: Digests,
    /// The number of its first edition; the ones before are of earlier generations.
    pub edition: usize,
    /// The columns of its recipients.
    pub columns: Arc<Columns>,
}

/// What tells whether the files are still the same: each is a SHA-256 in hexadecimal digits.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Digests {
    /// Of the issue, its pictures and its files.
    pub issue: String,
    /// Of how it looks.
    pub theme: String,
    /// Of the settings that shape a message.
    pub settings: String,
    /// Of the list of readers.
    pub list: String,
}

/// A run that is about to begin.
#[derive(Debug)]
pub struct Plan<'p> {
    /// The issue's name.
    pub issue: &'p str,
    /// What the files are.
    pub digests: &'p Digests,
    /// The commit that the folder is at, if it is a git checkout.
    pub commit: Option<&'p str>,
    /// The fingerprint of the key.
    pub key: &'p str,
    /// The `Date` of every message, to the millisecond.
    pub date: Timestamp,
    /// The message of each edition; an entry's `edition` is an index into them.
    pub programs: &'p [Program],
    /// Everyone who is to get it, and which edition.
    pub recipients: &'p [(Recipient, usize)],
    /// Who is on the list and is not written to: the address and why.
    pub suppressed: &'p [(EmailAddress, String)],
}

/// A recipient as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The row's number; in the order of the list.
    pub id: i64,
    /// The address and the row of the list as they were when its generation was begun.
    pub recipient: Recipient,
    /// Which of the run's programs; they are counted through all of its generations.
    pub edition: usize,
    /// Where the recipient stands.
    pub state: State,
    /// How often the message was tried.
    pub attempts: u32,
    /// What the server said last, or what is in doubt; empty where there is nothing to say, and
    /// where it accepted: those words are in the events alone.
    pub reply: String,
}

/// What became of a recipient: the only way in which states change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The entry's number.
    pub id: i64,
    /// The new state.
    pub to: State,
    /// What the server said, or why.
    pub reply: String,
    /// When a deferred recipient is due again; at once, where it is `None`. No other state has it.
    pub due: Option<Timestamp>,
}

/// What became of one recipient at one moment: a piece of a run's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Happened<'h> {
    /// When it was recorded, to the millisecond.
    pub at: Timestamp,
    /// The entry's number.
    pub id: i64,
    /// The new state; `None` where it was taken out of the run.
    pub to: Option<State>,
    /// What the server said, or why.
    pub reply: &'h str,
}

/// How many recipients of a run are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    /// See [`State::Pending`].
    pub pending: u64,
    /// See [`State::Claimed`].
    pub claimed: u64,
    /// See [`State::Attempting`].
    pub attempting: u64,
    /// See [`State::Accepted`].
    pub accepted: u64,
    /// See [`State::Deferred`].
    pub deferred: u64,
    /// See [`State::Rejected`].
    pub rejected: u64,
    /// See [`State::Unknown`].
    pub unknown: u64,
    /// On the list, and not written to.
    pub suppressed: u64,
}

impl Tally {
    /// The number of those in a state.
    pub(crate) const fn of_mut(&mut self, state: State) -> &mut u64 {
        match state {
            State::Pending => &mut self.pending,
            State::Claimed => &mut self.claimed,
            State::Attempting => &mut self.attempting,
            State::Accepted => &mut self.accepted,
            State::Deferred => &mut self.deferred,
            State::Rejected => &mut self.rejected,
            State::Unknown => &mut self.unknown,
        }
    }

    /// Everyone the run is for.
    #[must_use]
    pub fn recipients(&self) -> u64 {
        self.open() + self.accepted + self.rejected + self.unknown
    }

    /// Those of whom there is still something to be done.
    #[must_use]
    pub fn open(&self) -> u64 {
        self.pending + self.claimed + self.attempting + self.deferred
    }
}

impl std::ops::Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            pending: self.pending + other.pending,
            claimed: self.claimed + other.claimed,
            attempting: self.attempting + other.attempting,
            accepted: self.accepted + other.accepted,
            deferred: self.deferred + other.deferred,
            rejected: self.rejected + other.rejected,
            unknown: self.unknown + other.unknown,
            suppressed: self.suppressed + other.suppressed,
        }
    }
}

impl std::iter::Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), std::ops::Add::add)
    }
}
