//! What happens in a run in, what a person is told of it out.

use std::time::Duration;

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::delivery::outcome::Reason;
use crate::delivery::pace::Why;
use crate::journal::{State, Tally};
use crate::transport;

/// Something that happened.
#[derive(Debug)]
pub enum Event<'e> {
    /// The journal has answers: how many recipients are in each state now.
    Progress(&'e Tally),
    /// A recipient was settled with something to say: deferred, rejected or unknown.
    Notable {
        /// Who.
        address: &'e EmailAddress,
        /// Where the recipient stands now.
        state: State,
        /// What the server said.
        reply: &'e str,
    },
    /// An address was suppressed since the run was planned.
    Suppressed {
        /// Who.
        address: &'e EmailAddress,
        /// Why.
        reason: &'e str,
    },
    /// A connection failed; it is tried again.
    Trouble {
        /// What went wrong.
        error: &'e transport::Error,
        /// How long until the next try.
        wait: Duration,
    },
    /// Nobody can be served before then.
    Waiting {
        /// When.
        until: Timestamp,
        /// What there is to wait for; `None` where everyone else is served, and the deferred are
        /// tried again then.
        why: Option<Why>,
    },
}

/// How a run, or this part of it, ended.
#[derive(Debug)]
pub struct Report {
    /// How many recipients are in each state.
    pub tally: Tally,
    /// Whether there is nothing left to do.
    pub finished: bool,
    /// Why it ended early, if it did.
    pub stopped: Option<Stopped>,
}

/// Why a run ended early. Nobody is counted as tried for it.
#[derive(Debug)]
pub enum Stopped {
    /// It was asked to.
    Asked,
    /// The server said what it would say to every message.
    Reply {
        /// What has to be set right.
        reason: Reason,
        /// Its words, or ours.
        reply: String,
    },
    /// The server cannot be reached, or not be talked to.
    Server(transport::Error),
    /// The list of suppressions cannot be read any more: nobody can tell who must not be written to.
    Suppressions(std::io::Error),
    /// An address whose mailbox does not exist cannot be put on the list of suppressions.
    Unsuppressed {
        /// The address.
        address: EmailAddress,
        /// What the disk says.
        error: std::io::Error,
    },
    /// More readers are in doubt than all connections can have under way at once: the server takes
    /// messages and closes without an answer, again and again.
    Doubts,
    /// Today's share of `warm_up` was sent.
    WarmUp,
    /// A lane panicked: a bug. What it had on the wire is unknown.
    Panic,
}
