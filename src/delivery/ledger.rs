//! What became of recipients in, the journal's records and the times of further tries out.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Clock;
use crate::delivery::outcome::Outcome;
use crate::delivery::retry::{Next, Retry};
use crate::journal;
use crate::journal::{Entry, Error, State, Tally, Transition};

/// The journal's side of a run: transitions are gathered, and recorded with one flush.
pub(super) struct Ledger<'l> {
    journal: &'l mut journal::Ledger,
    clock: Clock,
    /// The same clock as it was when the run was taken up: nobody is given up because it was set.
    steady: Clock,
    retry: Retry,
    random: fn(&mut [u8]),
    gathered: BTreeMap<i64, Transition>,
    /// How often each recipient was put off in this run of the program: a later one begins anew.
    tries: BTreeMap<i64, usize>,
    /// Those who were put off often enough, and are to be left to a later run of the program.
    spent: Vec<i64>,
}

impl<'l> Ledger<'l> {
    pub(super) fn new(
        journal: &'l mut journal::Ledger,
        clock: Clock,
        retry: Retry,
        random: fn(&mut [u8]),
    ) -> Self {
        let (gathered, tries, spent) = Default::default();
        Self { journal, clock, steady: clock.steady(), retry, random, gathered, tries, spent }
    }

    /// Notes a new state, in place of one that was noted and not recorded.
    pub(super) fn note(&mut self, id: i64, to: State, reply: String) {
        self.gathered.insert(id, Transition { id, to, reply, due: None });
    }

    /// Notes that a recipient is to be tried again, by this run of the program or by a later one,
    /// or given up; returns which state that is.
    pub(super) fn put_off(&mut self, entry: &Entry, outcome: Outcome, reply: String) -> State {
        let mut chance = [0; 8];
        (self.random)(&mut chance);
        let tries = self.tries.entry(entry.id).or_default();
        let late = self.retry.is_late(entry.attempts, self.steady.now());
        let next =
            self.retry.next(outcome, (*tries, late), self.clock.now(), u64::from_le_bytes(chance));
        *tries += 1;
        let (to, due) = match next {
            Next::At(due) => (State::Deferred, Some(due)),
            Next::Later(due) => {
                self.spent.push(entry.id);
                (State::Deferred, Some(due))
            }
            Next::GiveUp => (State::Rejected, None),
        };
        self.gathered.insert(entry.id, Transition { id: entry.id, to, reply, due });
        to
    }

    /// Whether there is something noted that nobody waits for: messages that were accepted.
    pub(super) fn can_wait(&self) -> bool {
        let mut noted = self.gathered.values();
        !self.gathered.is_empty() && noted.all(|noted| noted.to == State::Accepted)
    }

    /// Records what was noted; it is on the disk when this returns. Says whether there was any.
    pub(super) async fn commit(&mut self) -> Result<bool, Error> {
        if self.gathered.is_empty() {
            return Ok(false);
        }
        let transitions: Vec<_> = std::mem::take(&mut self.gathered).into_values().collect();
        self.journal.record(&transitions, self.clock.now()).await?;
        std::mem::take(&mut self.spent).into_iter().for_each(|id| self.journal.leave(id));
        Ok(true)
    }

    pub(super) fn claim(
        &mut self,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Entry>, Error>> + Send + use<> {
        self.journal.claim(limit, self.clock.now())
    }

    /// When there is something to claim again, and how long that is from now; `None` when this
    /// run of the program need not wait for anybody.
    ///
    /// It is never longer than the longest delay: a clock that was ahead and was set right leaves
    /// moments behind that are hours away.
    pub(super) fn next_due(&mut self) -> Option<(Timestamp, Duration)> {
        self.journal.bound_due(self.after(self.retry.longest()));
        let wait = |due: Timestamp| due.duration_since(self.clock.now()).try_into();
        self.journal.next_due().map(|due| (due, wait(due).unwrap_or_default()))
    }

    /// The moment that is so long from now.
    pub(super) fn after(&self, wait: Duration) -> Timestamp {
        let now = self.clock.now();
        now.checked_add(wait).unwrap_or(now)
    }

    pub(super) async fn suppress(&mut self, id: i64, reason: &str) -> Result<(), Error> {
        self.journal.suppress(id, reason, self.clock.now()).await
    }

    /// How many are in each state, as far as it is recorded.
    pub(super) fn tally(&self) -> Tally {
        self.journal.tally()
    }

    /// The journal's own count; a run of which nothing is left is marked as finished.
    pub(super) async fn close(&self) -> Result<Tally, Error> {
        let tally = self.tally();
        if tally.open() == 0 {
            self.journal.finish(self.clock.now()).await?;
        }
        Ok(tally)
    }
}
