//! Lanes' reports in, recipients for them and records in the journal out.

mod hand_out;
mod settle;
mod supply;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;

use crate::delivery::desk::{Desk, Report, Task, Work};
use crate::delivery::dispatcher::supply::Supply;
use crate::delivery::lane::{self, Freight};
use crate::delivery::ledger::Ledger;
use crate::delivery::pace::Pace;
use crate::delivery::refusals::Refusals;
use crate::delivery::report::{self, Event, Stopped};
use crate::delivery::{Error, Suppressions};
use crate::transport;

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
    supply: Supply,
    held: BTreeMap<i64, Held>,
    lanes: Vec<Lane>,
    /// How many of the lanes the pace allows, the first ones.
    useful: usize,
    /// Whose turn it is.
    turn: usize,
    refusals: Refusals,
    /// Whether the server took messages of this run in an earlier process.
    accepted_before: bool,
    /// How many were put in doubt, and how many may be.
    doubts: usize,
    doubts_max: usize,
    /// How long until there is somebody to serve again.
    wake: Option<Duration>,
    /// Since when acceptances wait for others to be recorded with.
    gathering: Option<Instant>,
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
        pace: Pace,
    ) -> Self {
        Self {
            accepted_before: ledger.tally().accepted > 0,
            ledger,
            suppressions,
            observe,
            supply: Supply::new(pace),
            held: BTreeMap::new(),
            lanes: Vec::new(),
            useful: 0,
            turn: 0,
            refusals: Refusals::default(),
            doubts: 0,
            doubts_max: 0,
            wake: None,
            gathering: None,
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
        self.useful = lanes;
        self.doubts_max = lanes * freight.server.settings().max_in_flight;
        drop(reports);
        let mut news = Vec::new();
        while !crew.is_empty() {
            self.turn_page();
            let (mut ended, pause) = (None, self.pause());
            tokio::select! {
                true = asked(&mut stop), if self.stopped.is_none() => self.close(Stopped::Asked),
                // All that has come in meanwhile shares one flush.
                1.. = inbox.recv_many(&mut news, REPORTS_MAX) => {}
                page = self.supply.read(), if self.supply.is_reading() => self.supply.add(page?),
                Some(lane) = crew.join_next_with_id() => ended = Some(lane),
                () = sleep(pause), if pause.is_some() => self.wake_up(),
            }
            while let Ok(report) = inbox.try_recv() {
                news.push(report);
            }
            for (lane, report) in news.drain(..) {
                self.take(lane, report);
            }
            if let Some(lane) = ended {
                self.lane_ended(lane, &numbers);
            }
            self.hand_out().await?;
        }
        self.finish().await
    }

    /// Takes in what a lane asks and tells.
    fn take(&mut self, lane: usize, report: Report) {
        for (id, outcome, reply) in report.settled {
            self.settle(id, outcome, reply);
        }
        for (id, why) in report.doubt {
            if let Some(Held { task, .. }) = self.held.remove(&id) {
                self.doubt(&task.entry, why);
            }
        }
        self.supply.strike(report.struck);
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

    /// Hands out nothing more. The first reason is the one that is told.
    fn close(&mut self, why: Stopped) {
        self.stopped.get_or_insert(why);
        self.closing.send_replace(true);
    }

    /// Gives back what was claimed and not served, and counts.
    async fn finish(mut self) -> Result<report::Report, Error> {
        self.reopen_unbelieved();
        self.suppress_absent();
        if self.supply.is_reading() {
            let page = self.supply.read().await?;
            self.supply.add(page);
        }
        for entry in self.supply.drain() {
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

/// Whether the run is asked to stop; waits until it is, or until nobody can ask any more.
async fn asked(stop: &mut watch::Receiver<bool>) -> bool {
    stop.wait_for(|stop| *stop).await.is_ok()
}

async fn sleep(wait: Option<Duration>) {
    tokio::time::sleep(wait.unwrap_or_default()).await;
}
