//! Replies that put a recipient or a connection off in, when it is tried again out.

use std::time::Duration;

use jiff::Timestamp;

use crate::config::Send;
use crate::delivery::Patience;
use crate::delivery::outcome::Outcome;
use crate::transport::{Error, Stage};

/// What becomes of a recipient who was put off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// This run of the program tries again then.
    At(Timestamp),
    /// A later run of the program does, from then on.
    Later(Timestamp),
    /// Nobody does: rejected, with what the server said last.
    GiveUp,
}

/// When the recipients of a run are tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    delays: Vec<Duration>,
    over: Timestamp,
}

impl Retry {
    /// Takes the settings and when the run was begun, by whichever run of the program.
    #[must_use]
    pub fn new(send: &Send, begun: Timestamp) -> Self {
        let over = begun.checked_add(send.give_up_after).unwrap_or(Timestamp::MAX);
        Self { delays: send.retry_delays.clone(), over }
    }

    /// When a recipient is tried again after an outcome that [`Outcome::state`] calls deferred.
    ///
    /// `tries` is how often this run of the program has put the recipient off before, and `late`
    /// whether [`Retry::is_late`] gives the recipient up; `chance` is anything random, so that those
    /// who were put off together do not come back together.
    #[must_use]
    pub fn next(
        &self,
        outcome: Outcome,
        (tries, late): (usize, bool),
        now: Timestamp,
        chance: u64,
    ) -> Next {
        match outcome {
            Outcome::Again { .. } if tries == 0 => return Next::At(now),
            Outcome::Again { permanent: true } => return Next::GiveUp,
            _ => {}
        }
        if late {
            return Next::GiveUp;
        }
        let at = |delay| now.checked_add(spread(delay, chance)).unwrap_or(now);
        match self.delays.get(tries) {
            Some(delay) => Next::At(at(*delay)),
            None => Next::Later(at(self.delays.last().copied().unwrap_or_default())),
        }
    }
}

impl Retry {
    /// Returns whether a recipient who was tried so often before is given up: by time and by
    /// attempts, so that a clock that was ahead when the process began gives nobody up.
    ///
    /// `now` comes from a clock that nobody sets meanwhile ([`crate::clock::Clock::steady`]).
    #[must_use]
    pub fn is_late(&self, attempts: u32, now: Timestamp) -> bool {
        let often = usize::try_from(attempts).is_ok_and(|attempts| attempts >= self.delays.len());
        now >= self.over && often
    }

    /// Returns the longest time that anybody is put off for.
    #[must_use]
    pub fn longest(&self) -> Duration {
        spread(self.delays.iter().max().copied().unwrap_or_default(), 400)
    }
}

/// A delay between 80 % and 120 %.
fn spread(delay: Duration, chance: u64) -> Duration {
    let per_mille = u32::try_from(chance % 401).unwrap_or_default();
    delay * (800 + per_mille) / 1_000
}

/// How often a login that fails for now is tried; more would lock the account.
const LOGINS_MAX: u32 = 3;

/// How long to wait before the next connection, after so many in a row that failed before a
/// message was answered; `None` is never.
///
/// A server that closes with 421 is left alone for a minute, two, four …; a login that it refuses
/// for now (454) for a minute, four, and then for good. All else is the network, and comes back
/// sooner.
#[must_use]
pub fn reconnect(patience: Patience, error: &Error, failures: u32) -> Option<Duration> {
    if error.is_permanent() || failures >= patience.failures_max {
        return None;
    }
    let Some(before) = failures.checked_sub(1) else { return Some(Duration::ZERO) };
    match error {
        Error::Refused { stage: Stage::Login, .. } => (failures < LOGINS_MAX)
            .then(|| (patience.delay * 60).saturating_mul(4_u32.saturating_pow(before))),
        Error::Refused { .. } => {
            Some((patience.delay * 60).saturating_mul(2_u32.saturating_pow(before)))
        }
        _ => Some(patience.delay.saturating_mul(2_u32.saturating_pow(before))),
    }
}
