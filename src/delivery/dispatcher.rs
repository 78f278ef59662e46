//! Lanes' reports in, recipients for them and records in the journal out.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::{Id, JoinError, JoinHandle, JoinSet};

use crate::delivery::desk::{Desk, Report, Task, Work};
use crate::delivery::lane::{self, Freight};
use crate::delivery::ledger::Ledger;
use crate::delivery::outcome::Outcome;
use crate::delivery::refusals::Refusals;
use crate::delivery::report::{self, Event, Stopped};
use crate::delivery::{Error, Suppressions};
use crate::journal;
use crate::journal::{Entry, State, Tally};
use crate::transport;

/// How many recipients are claimed at once: enough that a claim costs little, and little memory.
const PAGE: usize = 1024;

/// How many reports are taken in before they are recorded.
const REPORTS_MAX: usize = 256;

/// A recipient that a lane has: recorded as attempting.
struct Held {
    task: Arc<Task>,
    lane: usize,
}

/// What is known of a lane.
struct Lane {
    work: mpsc::UnboundedSender<Work>,
    /// How many more recipients it has asked for.
    wants: usize,
    /// Whether it has no connection.
    idle: bool,
    /// What it gets once that is on the disk.
    next: Vec<Arc<Task>>,
}

/// The owner of a run while it is delivered.
pub(super) struct Dispatcher<'d, 's> {
    ledger: Ledger<'d>,
    suppressions: Suppressions<'s>,
    observe: &'d mut (dyn FnMut(Event<'_>) + Send),
    tally: Tally,
    /// Claimed, to be served next.
    queue: VecDeque<Entry>,
    /// Claimed, and their commands were met with silence: served when there is nobody else.
    last: VecDeque<Entry>,
    struck: BTreeSet<i64>,
    /// Who was claimed and is being read.
    page: Option<JoinHandle<Result<Vec<Entry>, journal::Error>>>,
    /// Whether the journal has nobody to claim for now.
    dry: bool,
    held: BTreeMap<i64, Held>,
    lanes: Vec<Lane>,
    /// Whose turn it is.
    turn: usize,
    refusals: Refusals,
    /// When there is somebody to claim again.
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
            queue: VecDeque::new(),
            last: VecDeque::new(),
            struck: BTreeSet::new(),
            page: None,
            dry: false,
            held: BTreeMap::new(),
            lanes: Vec::new(),
            turn: 0,
            refusals: Refusals::default(),
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
    ) -> Result<report::Report, Error> {
        let (reports, mut inbox) = mpsc::channel(REPORTS_MAX);
        let mut crew = JoinSet::new();
        let mut numbers: BTreeMap<Id, usize> = BTreeMap::new();
        for lane in 0..lanes {
            let (work, receiver) = mpsc::unbounded_channel();
            let closing = self.closing.subscribe();
            let desk = Desk { lane, reports: reports.clone(), work: receiver, closing };
            self.lanes.push(Lane { work, wants: 0, idle: false, next: Vec::new() });
            numbers.insert(crew.spawn(lane::run(Arc::clone(freight), desk)).id(), lane);
        }
        drop(reports);
        let mut news = Vec::new();
        while !crew.is_empty() {
            self.turn_page();
            let mut ended = None;
            tokio::select! {
                true = asked(&mut stop), if self.stopped.is_none() => self.close(Stopped::Asked),
                // All that has come in meanwhile shares one flush.
                1.. = inbox.recv_many(&mut news, REPORTS_MAX) => {}
                page = read(&mut self.page), if self.page.is_some() => self.take_page(page)?,
                Some(lane) = crew.join_next_with_id() => ended = Some(lane),
                () = sleep(self.wake), if self.wake.is_some() => self.dry = false,
            }
            while let Ok(report) = inbox.try_recv() {
                news.push(report);
            }
            for (lane, report) in news.drain(..) {
                self.take(lane, report)?;
            }
            if let Some(lane) = ended {
                self.lane_ended(lane, &numbers);
            }
            self.hand_out().await?;
        }
        self.finish().await
    }

    /// Takes in what a lane asks and tells.
    fn take(&mut self, lane: usize, report: Report) -> Result<(), Error> {
        for (id, outcome, reply) in report.settled {
            self.settle(id, outcome, reply)?;
        }
        for (id, why) in report.doubt {
            if let Some(Held { task, .. }) = self.held.remove(&id) {
                self.doubt(&task.entry, why);
            }
        }
        self.struck.extend(report.struck);
        for id in report.back {
            if let Some(Held { task, .. }) = self.held.remove(&id) {
                self.give_back(&task.entry);
            }
        }
        if let Some((error, wait)) = report.trouble {
            (self.observe)(Event::Trouble { error: &error, wait });
        }
        self.lanes[lane].wants += report.want;
        self.lanes[lane].idle |= report.idle;
        if report.ended {
            self.take_back(lane);
        }
        Ok(())
    }

    /// Takes back whom a lane was given and never saw.
    fn take_back(&mut self, lane: usize) {
        self.lanes[lane].wants = 0;
        let held: Vec<_> = self.held.extract_if(.., |_, held| held.lane == lane).collect();
        for (_, Held { task, .. }) in held {
            if task.has_left() {
                // Only a lane that panicked has said nothing of it.
                let why = "the program failed while the message was sent";
                self.doubt(&task.entry, why.to_owned());
            } else {
                self.give_back(&task.entry);
            }
        }
    }

    /// Notes what the server made of a recipient.
    fn settle(&mut self, id: i64, outcome: Outcome, reply: String) -> Result<(), Error> {
        let Some(Held { task, .. }) = self.held.remove(&id) else { return Ok(()) };
        let address = &task.entry.recipient.address;
        let state = outcome.state();
        if state == State::Pending {
            self.give_back(&task.entry);
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
            self.ledger.defer(&task.entry, reply);
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

    /// Nobody knows whether the message was taken.
    fn doubt(&mut self, entry: &Entry, why: String) {
        let address = &entry.recipient.address;
        (self.observe)(Event::Notable { address, state: State::Unknown, reply: &why });
        self.count(State::Unknown);
        self.ledger.note(entry.id, State::Unknown, why);
    }

    /// Nothing was sent: somebody else may serve the recipient, or a later run.
    fn give_back(&mut self, entry: &Entry) {
        self.ledger.note(entry.id, State::Pending, entry.reply.clone());
        self.tally.claimed = self.tally.claimed.saturating_sub(1);
        self.tally.pending += 1;
        self.dry = false;
    }

    /// A lane has ended: the run did, or the server is not to be talked to, or there is a bug.
    fn lane_ended(
        &mut self,
        ended: Result<(Id, Result<(), transport::Error>), JoinError>,
        numbers: &BTreeMap<Id, usize>,
    ) {
        let id = match &ended {
            Ok((id, _)) => *id,
            Err(panic) => panic.id(),
        };
        if let Some(lane) = numbers.get(&id) {
            self.take_back(*lane);
            self.lanes[*lane].idle = false;
        }
        match ended {
            Ok((_, Ok(()))) => self.survived = true,
            Ok((_, Err(error))) if error.is_permanent() => self.close(Stopped::Server(error)),
            Ok((_, Err(error))) => self.gave_up = Some(Stopped::Server(error)),
            Err(_) => self.gave_up = Some(Stopped::Panic),
        }
    }

    /// Has the next recipients read before the last ones are handed out.
    fn turn_page(&mut self) {
        let short = self.queue.len() < PAGE / 2;
        if short && self.page.is_none() && !self.dry && !*self.closing.borrow() {
            self.page = Some(tokio::spawn(self.ledger.claim(PAGE)));
        }
    }

    fn take_page(&mut self, page: Result<Vec<Entry>, journal::Error>) -> Result<(), Error> {
        self.page = None;
        let page = page?;
        self.dry = page.is_empty();
        for entry in page {
            // One that was tried was deferred, or is sent again after doubt. The report counts anew.
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

    /// Gives the lanes that ask what they ask for, as far as there is any: one each in turn.
    async fn hand_out(&mut self) -> Result<(), Error> {
        self.wake = None;
        if !*self.closing.borrow() {
            self.assign().await?;
        }
        self.commit().await?;
        // Who waits for nobody goes; who is needed comes.
        let closing = *self.closing.borrow();
        let nobody = self.queue.is_empty() && self.last.is_empty();
        let over = nobody && self.page.is_none() && self.dry;
        let mut work = self.queue.len() + self.last.len();
        for lane in &mut self.lanes {
            if lane.wants > 0 && (closing || over) {
                lane.wants = 0;
                drop(lane.work.send(Work::Nothing));
            }
            if lane.idle && !closing && work > 0 {
                lane.idle = false;
                work = work.saturating_sub(1);
                drop(lane.work.send(Work::Connect));
            }
        }
        if !closing && over {
            match self.ledger.next_due() {
                Some((until, wait)) => {
                    self.wake = Some(wait);
                    if self.held.is_empty() {
                        (self.observe)(Event::Waiting { until });
                    }
                }
                // What others hold may come back; with nothing held, there is nothing left to do.
                None if self.held.is_empty() => self.dismiss(),
                None => {}
            }
        } else if closing {
            self.dismiss();
        }
        Ok(())
    }

    /// Lets the idle lanes end.
    fn dismiss(&mut self) {
        for lane in self.lanes.iter_mut().filter(|lane| lane.idle) {
            // Without a sender there is no more work.
            lane.work = mpsc::unbounded_channel().0;
        }
    }

    /// Finds recipients for the lanes, and notes that they are attempting.
    async fn assign(&mut self) -> Result<(), Error> {
        let mut wanting: usize = self.lanes.iter().map(|lane| lane.wants).sum();
        while wanting > 0 {
            let Some(entry) = self.next().await? else { return Ok(()) };
            while self.lanes[self.turn].wants == 0 {
                self.turn = (self.turn + 1) % self.lanes.len();
            }
            let number = self.turn;
            self.turn = (self.turn + 1) % self.lanes.len();
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
    async fn commit(&mut self) -> Result<(), Error> {
        if self.ledger.commit().await? {
            (self.observe)(Event::Progress(&self.tally));
        }
        for lane in self.lanes.iter_mut().filter(|lane| !lane.next.is_empty()) {
            // What a lane that is gone held comes back when its end is noticed.
            drop(lane.work.send(Work::Tasks(std::mem::take(&mut lane.next))));
        }
        Ok(())
    }

    /// The next recipient that is not suppressed; `None` when there is nobody, or no more time.
    async fn next(&mut self) -> Result<Option<Entry>, Error> {
        while let Some(entry) = self.queue.pop_front().or_else(|| self.last()) {
            let address = &entry.recipient.address;
            let reason = match (self.suppressions.reason)(address) {
                Ok(Some(reason)) => reason,
                Ok(None) => return Ok(Some(entry)),
                Err(error) => {
                    self.queue.push_front(entry);
                    self.close(Stopped::Suppressions(error));
                    return Ok(None);
                }
            };
            self.ledger.suppress(entry.id, &reason).await?;
            self.tally.claimed = self.tally.claimed.saturating_sub(1);
            self.tally.suppressed += 1;
            (self.observe)(Event::Suppressed { address, reason: &reason });
        }
        Ok(None)
    }

    /// Who comes last, once there is nobody else.
    fn last(&mut self) -> Option<Entry> {
        let others = !self.dry || self.page.is_some() || !self.held.is_empty();
        if others { None } else { self.last.pop_front() }
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
    async fn finish(mut self) -> Result<report::Report, Error> {
        self.refusals.end();
        self.suppress_absent()?;
        if self.page.is_some() {
            let page = read(&mut self.page).await;
            self.take_page(page)?;
        }
        let unserved: Vec<_> = self.queue.drain(..).chain(self.last.drain(..)).collect();
        for entry in unserved {
            self.give_back(&entry);
        }
        self.commit().await?;
        let tally = self.ledger.close().await?;
        let finished = tally.open() == 0;
        // A lane that gave up left its work to the others; it matters where none of them was left.
        let gave_up = self.gave_up.filter(|_| !finished && !self.survived);
        Ok(report::Report { tally, finished, stopped: self.stopped.or(gave_up) })
    }
}

/// Waits for the recipients that are being read.
async fn read(
    page: &mut Option<JoinHandle<Result<Vec<Entry>, journal::Error>>>,
) -> Result<Vec<Entry>, journal::Error> {
    match page {
        // A panic in there is one here.
        Some(page) => page.await.expect("reading does not panic"),
        None => Ok(Vec::new()),
    }
}

/// Whether the run is asked to stop; waits until it is, or until nobody can ask any more.
async fn asked(stop: &mut watch::Receiver<bool>) -> bool {
    stop.wait_for(|stop| *stop).await.is_ok()
}

async fn sleep(wait: Option<Duration>) {
    tokio::time::sleep(wait.unwrap_or_default()).await;
}
