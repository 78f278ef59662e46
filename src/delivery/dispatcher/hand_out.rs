//! Lanes that ask in, recipients who are recorded as attempting for them out.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::delivery::Error;
use crate::delivery::desk::{Task, Work};
use crate::delivery::dispatcher::{Dispatcher, Held};
use crate::delivery::pace::Why;
use crate::delivery::report::{Event, Stopped};
use crate::journal::State;

/// How long a connection may say nothing: servers close after ten seconds.
const SILENCE_MAX: Duration = Duration::from_secs(5);

/// How long the answer to a message may be known and not recorded: as long as some flushes take.
const GATHERING_MAX: Duration = Duration::from_millis(5);

impl Dispatcher<'_, '_> {
    /// Gives the lanes that ask what they ask for, as far as there is any: one each in turn.
    pub(super) async fn hand_out(&mut self) -> Result<(), Error> {
        if !*self.closing.borrow() {
            self.assign().await?;
        }
        if !self.may_gather() {
            self.commit().await?;
        }
        if let Some((_, Why::WarmUp)) = self.supply.wait {
            self.close(Stopped::WarmUp);
        }
        self.call_lanes();
        self.wait();
        Ok(())
    }

    /// Whether what was noted can wait for more, so that they share a flush: nobody waits for it, and
    /// it is not for long. Notes when that began.
    fn may_gather(&mut self) -> bool {
        let alone = !*self.closing.borrow() && !self.held.is_empty() && self.ledger.can_wait();
        let since = self.gathering.filter(|_| alone).unwrap_or_else(Instant::now);
        let may = alone && since.elapsed() < GATHERING_MAX;
        self.gathering = may.then_some(since);
        may
    }

    /// How long until there is something to do by itself.
    pub(super) fn pause(&self) -> Option<Duration> {
        self.wake.into_iter().chain(self.gathering.map(|_| GATHERING_MAX)).min()
    }

    /// That pause is over. Where it was for what is gathered, `hand_out` records it, and finds out
    /// how long the other one still is.
    pub(super) fn wake_up(&mut self) {
        if self.gathering.is_none() {
            self.supply.refill();
        }
    }

    /// Finds recipients for the lanes, and notes that they are attempting.
    async fn assign(&mut self) -> Result<(), Error> {
        let mut wanting: usize = self.lanes[..self.useful].iter().map(|lane| lane.wants).sum();
        while wanting > 0 {
            let Some(entry) = self.next().await? else { return Ok(()) };
            self.turn %= self.useful;
            while self.lanes[self.turn].wants == 0 {
                self.turn = (self.turn + 1) % self.useful;
            }
            let number = self.turn;
            self.turn += 1;
            wanting -= 1;
            self.ledger.note(entry.id, State::Attempting, String::new());
            let task = Task::new(entry);
            let lane = &mut self.lanes[number];
            lane.wants -= 1;
            lane.next.push(Arc::clone(&task));
            self.held.insert(task.entry.id, Held { task, lane: number });
        }
        Ok(())
    }

    /// Makes durable what was noted, and lets the lanes have whom it is about.
    pub(super) async fn commit(&mut self) -> Result<(), Error> {
        if self.ledger.commit().await? {
            (self.observe)(Event::Progress(&self.ledger.tally()));
        }
        for lane in self.lanes.iter_mut().filter(|lane| !lane.next.is_empty()) {
            // What a lane that is gone held comes back when its end is noticed.
            drop(lane.work.send(Work::Tasks(std::mem::take(&mut lane.next))));
        }
        Ok(())
    }

    /// Who waits for nobody goes; who is needed comes.
    fn call_lanes(&mut self) {
        let closing = *self.closing.borrow();
        let now = self.supply.now();
        // Lanes that were sent away for the wait ask for nobody: its end has to be seen here.
        self.supply.recall(now);
        self.useful = self.supply.pace.lanes(now).clamp(1, self.lanes.len());
        let mut work = self.supply.at_hand();
        // Nobody comes in time to keep a connection for.
        let late = self.supply.wake().is_some_and(|until| until > now + SILENCE_MAX);
        let nobody = closing || self.supply.is_over() || (work == 0 && late);
        let useful = self.useful;
        for (number, lane) in self.lanes.iter_mut().enumerate() {
            if lane.wants > 0 && (nobody || number >= useful) {
                lane.wants = 0;
                drop(lane.work.send(Work::Nothing));
            }
            if lane.idle && !closing && work > 0 && number < useful {
                lane.idle = false;
                work = work.saturating_sub(1);
                drop(lane.work.send(Work::Connect));
            }
        }
    }

    /// Notes when there is somebody again; lets the lanes end when there never will be.
    fn wait(&mut self) {
        let now = self.supply.now();
        self.wake = self.supply.wake().map(|until| until.saturating_sub(now));
        if *self.closing.borrow() {
            return self.dismiss();
        }
        let due = self.ledger.next_due().filter(|_| self.supply.is_dry());
        let first = due.filter(|(_, wait)| self.wake.is_none_or(|wake| *wait < wake));
        let why = if first.is_some() { None } else { self.supply.why() };
        self.wake = self.wake.into_iter().chain(due.map(|(_, wait)| wait)).min();
        let until = match self.wake {
            // What others hold may come back; with nothing held, there is nothing left to do.
            None if self.supply.is_over() && self.held.is_empty() => return self.dismiss(),
            Some(wait) if due.is_some() || wait > SILENCE_MAX => self.ledger.after(wait),
            _ => return,
        };
        if self.held.is_empty() {
            (self.observe)(Event::Waiting { until, why });
        }
    }

    /// Lets the idle lanes end.
    fn dismiss(&mut self) {
        for lane in self.lanes.iter_mut().filter(|lane| lane.idle) {
            // Without a sender there is no more work.
            lane.work = mpsc::unbounded_channel().0;
        }
    }
}
