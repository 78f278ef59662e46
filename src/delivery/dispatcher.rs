//! Lanes' requests in, recipients for them and records in the journal out.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{Id, JoinError, JoinSet};

use crate::delivery::desk::{Desk, Request};
use crate::delivery::lane;
use crate::delivery::lane::Freight;
use crate::delivery::ledger::Ledger;
use crate::delivery::outcome::Outcome;
use crate::delivery::refusals::Refusals;
use crate::delivery::report::{Event, Report, Stopped};
use crate::delivery::{Error, Suppressions};
use crate::journal::{Entry, State, Tally};
use crate::transport;

/// How many recipients a lane has waiting, so that claims are few.
const CLAIMED_PER_LANE: usize = 4;

/// How many recipients are claimed at least.
const CLAIMED_MIN: usize = 32;

/// A recipient that a lane has.
struct Held {
    entry: Entry,
    lane: usize,
    /// Whether the intent is on the disk: the message may leave.
    attempting: bool,
}

/// A lane that asks for work.
struct Asker {
    lane: usize,
    wait: bool,
    answer: oneshot::Sender<Option<Entry>>,
}

/// The owner of a run while it is delivered.
pub(super) struct Dispatcher<'d, 's> {
    ledger: Ledger<'d>,
    suppressions: Suppressions<'s>,
    observe: &'d mut (dyn FnMut(Event<'_>) + Send),
    tally: Tally,
    batch: usize,
    /// Claimed, to be served next.
    queue: VecDeque<Entry>,
    /// Claimed, and their commands were met with silence: served when there is nobody else.
    last: VecDeque<Entry>,
    struck: BTreeSet<i64>,
    held: BTreeMap<i64, Held>,
    askers: VecDeque<Asker>,
    announced: Vec<(i64, oneshot::Sender<()>)>,
    refusals: Refusals,
    /// Whether the journal has nobody to claim for now.
    dry: bool,
    /// When it has again.
    wake: Option<Duration>,
    closing: watch::Sender<bool>,
    stopped: Option<Stopped>,
    /// Why the last lane gave up.
    gave_up: Option<Stopped>,
    /// Whether a lane went on to the end, so that the work of those that gave up was done.
    survived: bool,
}

impl<'d, 's> Dispatcher<'d, 's> {
    pub(super) fn new(
        ledger: Ledger<'d>,
        suppressions: Suppressions<'s>,
        observe: &'d mut (dyn FnMut(Event<'_>) + Send),
        tally: Tally,
    ) -> Self {
        Self {
            ledger,
            suppressions,
            observe,
            tally,
            batch: 0,
            queue: VecDeque::new(),
            last: VecDeque::new(),
            struck: BTreeSet::new(),
            held: BTreeMap::new(),
            askers: VecDeque::new(),
            announced: Vec::new(),
            refusals: Refusals::default(),
            dry: false,
            wake: None,
            closing: watch::Sender::new(false),
            stopped: None,
            gave_up: None,
            survived: false,
        }
    }

    /// Runs lanes until there is nothing to do for them.
    pub(super) async fn run(
        mut self,
        freight: &Arc<Freight>,
        lanes: usize,
        mut stop: watch::Receiver<bool>,
    ) -> Result<Report, Error> {
        let batch = (lanes * CLAIMED_PER_LANE).max(CLAIMED_MIN);
        self.batch = batch;
        let (requests, mut inbox) = mpsc::channel(batch);
        let mut crew = JoinSet::new();
        let mut numbers: BTreeMap<Id, usize> = BTreeMap::new();
        for number in 0..lanes {
            let closing = self.closing.subscribe();
            let desk = Desk { lane: number, requests: requests.clone(), closing };
            numbers.insert(crew.spawn(lane::run(Arc::clone(freight), desk)).id(), number);
        }
        drop(requests);
        while !crew.is_empty() {
            let mut ended = None;
            tokio::select! {
                true = asked(&mut stop), if self.stopped.is_none() => self.close(Stopped::Asked),
                Some((lane, request)) = inbox.recv() => self.take(lane, request)?,
                Some(lane) = crew.join_next_with_id() => ended = Some(lane),
                () = sleep(self.wake), if self.wake.is_some() => self.dry = false,
            }
            // All that has come in meanwhile shares one flush.
            while let Ok((lane, request)) = inbox.try_recv() {
                self.take(lane, request)?;
            }
            self.commit().await?;
            if let Some(lane) = ended {
                self.lane_ended(lane, &numbers);
                self.commit().await?;
            }
            self.hand_out().await?;
        }
        self.finish().await
    }

    /// Takes in what a lane wants or tells.
    fn take(&mut self, lane: usize, request: Request) -> Result<(), Error> {
        match request {
            Request::Next { wait, answer } => self.askers.push_back(Asker { lane, wait, answer }),
            Request::Attempt { id, durable } => {
                self.ledger.note(id, State::Attempting, String::new());
                self.announced.push((id, durable));
            }
            Request::Settle { id, outcome, reply } => self.settle(id, outcome, reply)?,
            Request::Ended { doubt, struck } => {
                self.struck.extend(struck);
                for Held { entry, .. } in self.release(Some(lane)) {
                    let doubt = doubt.as_ref().filter(|(id, _)| *id == entry.id);
                    self.come_back(&entry, doubt.map(|(_, why)| why.as_str()));
                }
            }
            Request::Trouble { error, wait } => {
                (self.observe)(Event::Trouble { error: &error, wait });
            }
        }
        Ok(())
    }

    /// Notes what the server made of a recipient.
    fn settle(&mut self, id: i64, outcome: Outcome, reply: String) -> Result<(), Error> {
        let Some(Held { entry, .. }) = self.held.remove(&id) else { return Ok(()) };
        let address = &entry.recipient.address;
        let state = outcome.state();
        if state == State::Pending {
            self.give_back(&entry);
            if let Outcome::Stop(reason) = outcome {
                self.close(Stopped::Reply { reason, reply });
            }
            return Ok(());
        }
        if state != State::Accepted {
            (self.observe)(Event::Notable { address, state, reply: &reply });
        }
        self.count(state);
        if let Some(reason) = self.refusals.take(outcome, address, &reply) {
            self.close(Stopped::Reply { reason, reply: reply.clone() });
        }
        self.suppress_absent()?;
        if state == State::Deferred {
            self.ledger.defer(&entry, reply);
        } else {
            self.ledger.note(id, state, reply);
        }
        Ok(())
    }

    /// Suppresses those of whom it is certain that their mailbox does not exist.
    fn suppress_absent(&mut self) -> Result<(), Error> {
        for (address, reply) in self.refusals.certain() {
            (self.suppressions.append)(&address, &reply)
                .map_err(|source| Error::Suppress { address, source })?;
        }
        Ok(())
    }

    /// Takes a recipient back from a connection that is gone; `doubt` says why it may have been
    /// served.
    fn come_back(&mut self, entry: &Entry, doubt: Option<&str>) {
        let Some(why) = doubt else { return self.give_back(entry) };
        let address = &entry.recipient.address;
        (self.observe)(Event::Notable { address, state: State::Unknown, reply: why });
        self.count(State::Unknown);
        self.ledger.note(entry.id, State::Unknown, why.to_owned());
    }

    /// Nothing was sent: somebody else may serve the recipient, or a later run.
    fn give_back(&mut self, entry: &Entry) {
        self.ledger.note(entry.id, State::Pending, entry.reply.clone());
        self.tally.claimed = self.tally.claimed.saturating_sub(1);
        self.tally.pending += 1;
        self.dry = false;
    }

    /// Takes everything from a lane.
    fn release(&mut self, lane: Option<usize>) -> Vec<Held> {
        self.held.extract_if(.., |_, held| Some(held.lane) == lane).map(|(_, held)| held).collect()
    }

    /// Makes durable what was noted, and lets the announced messages go.
    async fn commit(&mut self) -> Result<(), Error> {
        if self.ledger.commit().await? {
            (self.observe)(Event::Progress(&self.tally));
        }
        for (id, durable) in self.announced.drain(..) {
            // A recipient that was settled since needs no word, nor does a lane that is gone.
            if let Some(held) = self.held.get_mut(&id) {
                held.attempting = durable.send(()).is_ok();
            }
        }
        Ok(())
    }

    /// A lane has ended: the run did, or the server is not to be talked to, or there is a bug.
    fn lane_ended(
        &mut self,
        ended: Result<(Id, Result<(), transport::Error>), JoinError>,
        numbers: &BTreeMap<Id, usize>,
    ) {
        match ended {
            Ok((_, Ok(()))) => self.survived = true,
            Ok((_, Err(error))) if error.is_permanent() => self.close(Stopped::Server(error)),
            Ok((_, Err(error))) => self.gave_up = Some(Stopped::Server(error)),
            Err(panic) => {
                for held in self.release(numbers.get(&panic.id()).copied()) {
                    let why = "the program failed while the message was sent";
                    self.come_back(&held.entry, held.attempting.then_some(why));
                }
                self.gave_up = Some(Stopped::Panic);
            }
        }
    }

    /// Answers the lanes that ask for work, as far as there is any.
    async fn hand_out(&mut self) -> Result<(), Error> {
        let mut waiting = VecDeque::new();
        while let Some(asker) = self.askers.pop_front() {
            match self.next().await? {
                Some(entry) => self.give(asker, entry),
                None if asker.wait && !*self.closing.borrow() => waiting.push_back(asker),
                // A lane that is gone does not miss the answer.
                None => drop(asker.answer.send(None)),
            }
        }
        self.askers = waiting;
        self.wake = None;
        if self.askers.is_empty() {
            return Ok(());
        }
        match self.ledger.next_due() {
            Some((until, wait)) => {
                self.wake = Some(wait);
                if self.held.is_empty() {
                    (self.observe)(Event::Waiting { until });
                }
            }
            // What others hold may come back; with nothing held, there is nothing left to do.
            None if self.held.is_empty() => self.askers.clear(),
            None => {}
        }
        Ok(())
    }

    fn give(&mut self, asker: Asker, entry: Entry) {
        let held = Held { entry: entry.clone(), lane: asker.lane, attempting: false };
        match asker.answer.send(Some(entry)) {
            Ok(()) => drop(self.held.insert(held.entry.id, held)),
            Err(_) => self.queue.push_front(held.entry),
        }
    }

    /// The next recipient that is not suppressed; `None` when there is nobody, or no more time.
    async fn next(&mut self) -> Result<Option<Entry>, Error> {
        while !*self.closing.borrow() {
            while self.queue.is_empty() && !self.dry {
                self.claim().await?;
            }
            let Some(entry) = self.queue.pop_front().or_else(|| self.last.pop_front()) else {
                break;
            };
            let address = &entry.recipient.address;
            let reason = match (self.suppressions.reason)(address) {
                Ok(Some(reason)) => reason,
                Ok(None) => return Ok(Some(entry)),
                Err(error) => {
                    self.queue.push_front(entry);
                    self.close(Stopped::Suppressions(error));
                    break;
                }
            };
            self.ledger.suppress(entry.id, &reason).await?;
            self.tally.claimed = self.tally.claimed.saturating_sub(1);
            self.tally.suppressed += 1;
            (self.observe)(Event::Suppressed { address, reason: &reason });
        }
        Ok(None)
    }

    async fn claim(&mut self) -> Result<(), Error> {
        let entries = self.ledger.claim(self.batch).await?;
        self.dry = entries.is_empty();
        for entry in entries {
            // The journal does not say what a recipient was before; one that was tried was
            // deferred, or is sent again after doubt. The report counts anew.
            let before = match entry.attempts {
                0 => &mut self.tally.pending,
                _ => &mut self.tally.deferred,
            };
            *before = before.saturating_sub(1);
            self.tally.claimed += 1;
            let queue =
                if self.struck.contains(&entry.id) { &mut self.last } else { &mut self.queue };
            queue.push_back(entry);
        }
        Ok(())
    }

    /// Hands out nothing more. The first reason is the one that is told.
    fn close(&mut self, why: Stopped) {
        self.stopped.get_or_insert(why);
        self.closing.send_replace(true);
    }

    fn count(&mut self, state: State) {
        self.tally.claimed = self.tally.claimed.saturating_sub(1);
        match state {
            State::Accepted => self.tally.accepted += 1,
            State::Deferred => self.tally.deferred += 1,
            State::Rejected => self.tally.rejected += 1,
            State::Unknown => self.tally.unknown += 1,
            State::Pending | State::Claimed | State::Attempting => {}
        }
    }

    /// Gives back what was claimed and not served, and counts.
    async fn finish(mut self) -> Result<Report, Error> {
        self.refusals.end();
        self.suppress_absent()?;
        let unserved: Vec<_> = self.queue.drain(..).chain(self.last.drain(..)).collect();
        for entry in unserved {
            self.give_back(&entry);
        }
        self.commit().await?;
        let tally = self.ledger.close().await?;
        let finished = tally.open() == 0;
        // A lane that gave up left its work to the others; it matters where none of them was left.
        let gave_up = self.gave_up.filter(|_| !finished && !self.survived);
        Ok(Report { tally, finished, stopped: self.stopped.or(gave_up) })
    }
}

/// Whether the run is asked to stop; waits until it is, or until nobody can ask any more.
async fn asked(stop: &mut watch::Receiver<bool>) -> bool {
    stop.wait_for(|stop| *stop).await.is_ok()
}

async fn sleep(wait: Option<Duration>) {
    tokio::time::sleep(wait.unwrap_or_default()).await;
}
