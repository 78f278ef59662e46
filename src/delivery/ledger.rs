//! What became of recipients in, the journal's rows and the times of further tries out.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Clock;
use crate::journal;
use crate::journal::{Entry, Error, State, Tally, Transition};

/// The journal's side of a run: transitions are gathered, and recorded with one flush.
pub(super) struct Ledger<'l> {
    journal: &'l mut journal::Ledger,
    clock: Clock,
    retry_delays: &'l [Duration],
    gathered: BTreeMap<i64, Transition>,
    /// How often each recipient was deferred in this run of the program: a later one begins anew.
    deferrals: BTreeMap<i64, usize>,
    /// Those who were deferred often enough, and are to be left to a later run of the program.
    spent: Vec<i64>,
}

impl<'l> Ledger<'l> {
    pub(super) fn new(
        journal: &'l mut journal::Ledger,
        clock: Clock,
        retry_delays: &'l [Duration],
    ) -> Self {
        let (gathered, deferrals, spent) = Default::default();
        Self { journal, clock, retry_delays, gathered, deferrals, spent }
    }

    /// Notes a new state, in place of one that was noted and not recorded.
    pub(super) fn note(&mut self, id: i64, to: State, reply: String) {
        self.gathered.insert(id, Transition { id, to, reply, due: None });
    }

    /// Notes that a recipient is to be tried again, by this run of the program or by a later one.
    pub(super) fn defer(&mut self, entry: &Entry, reply: String) {
        let deferrals = self.deferrals.entry(entry.id).or_default();
        let next = self.retry_delays.get(*deferrals);
        *deferrals += 1;
        if next.is_none() {
            self.spent.push(entry.id);
        }
        let delay = next.or(self.retry_delays.last()).copied().unwrap_or_default();
        let now = self.clock.now();
        let due = now.checked_add(spread(delay, entry.id)).unwrap_or(now);
        let transition = Transition { id: entry.id, to: State::Deferred, reply, due: Some(due) };
        self.gathered.insert(entry.id, transition);
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
    pub(super) fn next_due(&self) -> Option<(Timestamp, Duration)> {
        let wait = |due: Timestamp| due.duration_since(self.clock.now()).try_into();
        self.journal.next_due().map(|due| (due, wait(due).unwrap_or_default()))
    }

    pub(super) async fn suppress(&mut self, id: i64, reason: &str) -> Result<(), Error> {
        self.journal.suppress(id, reason, self.clock.now()).await
    }

    /// The journal's own count; a run of which nothing is left is marked as finished.
    pub(super) async fn close(&self) -> Result<Tally, Error> {
        let tally = self.journal.tally();
        if tally.open() == 0 {
            self.journal.finish(self.clock.now()).await?;
        }
        Ok(tally)
    }
}

/// A delay between 80 % and 120 %, by the recipient's number: those who were deferred together do
/// not come back together.
fn spread(delay: Duration, id: i64) -> Duration {
    let percent = 80 + id.wrapping_mul(2_654_435_761).rem_euclid(41);
    delay * u32::try_from(percent).unwrap_or(100) / 100
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use crate::delivery::ledger::spread;

    #[test]
    fn delays_are_spread_by_a_fifth_at_most() {
        let delays: BTreeSet<_> = (0..100).map(|id| spread(Duration::from_secs(100), id)).collect();
        assert!(delays.len() > 30);
        assert!(delays.iter().all(|delay| (80..=120).contains(&delay.as_secs())));
    }
}
