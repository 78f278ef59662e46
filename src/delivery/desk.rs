//! What lanes ask and tell the dispatcher, and what it gives them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use crate::delivery::outcome::Outcome;
use crate::journal::Entry;
use crate::transport;

/// A recipient that is recorded as attempting, on the disk: the message may leave.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) entry: Entry,
    /// Whether the message may have left; it certainly has not before this is set.
    left: AtomicBool,
}

impl Task {
    pub(super) fn new(entry: Entry) -> Arc<Self> {
        Arc::new(Self { entry, left: AtomicBool::new(false) })
    }

    pub(super) fn leave(&self) {
        self.left.store(true, Ordering::Release);
    }

    pub(super) fn has_left(&self) -> bool {
        self.left.load(Ordering::Acquire)
    }
}

/// What a lane has to tell and to ask.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// What became of recipients, and the words.
    pub(super) settled: Vec<(i64, Outcome, String)>,
    /// Certainly not sent: somebody else may serve them.
    pub(super) back: Vec<i64>,
    /// Written and not answered, and why that is not known.
    pub(super) doubt: Vec<(i64, String)>,
    /// Whose commands were met with silence: served when there is nobody else.
    pub(super) struck: Option<i64>,
    /// A connection failed; the next one is made after a while.
    pub(super) trouble: Option<(transport::Error, Duration)>,
    /// How many more recipients the lane can take.
    pub(super) want: usize,
    /// Whether its connection has ended: whom it was given and has said nothing of never reached it.
    pub(super) ended: bool,
    /// Whether it waits for something that a connection is worth.
    pub(super) idle: bool,
}

impl Report {
    fn is_empty(&self) -> bool {
        let Self { settled, back, doubt, struck, trouble, want, ended, idle } = self;
        settled.is_empty()
            && back.is_empty()
            && doubt.is_empty()
            && struck.is_none()
            && trouble.is_none()
            && *want == 0
            && !ended
            && !idle
    }
}

/// What a lane gets.
#[derive(Debug)]
pub(super) enum Work {
    /// There is something to do: a connection is worth it.
    Connect,
    /// Recipients to serve.
    Tasks(Vec<Arc<Task>>),
    /// There is nobody for now, whatever was asked for.
    Nothing,
}

/// A lane's way to the dispatcher.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) lane: usize,
    pub(super) reports: mpsc::Sender<(usize, Report)>,
    pub(super) work: mpsc::UnboundedReceiver<Work>,
    pub(super) closing: watch::Receiver<bool>,
}

impl Desk {
    /// Waits until a connection is worth it; `false` when the run ends.
    ///
    /// Recipients that come instead were sent before the end of the last connection was known, and
    /// have been given to somebody else since.
    pub(super) async fn wait_for_work(&mut self) -> bool {
        self.tell(Report { idle: true, ..Report::default() }).await;
        while let Some(work) = self.work.recv().await {
            if matches!(work, Work::Connect) {
                return true;
            }
        }
        false
    }

    /// Tells something. A dispatcher that is gone has given up the run, and needs to know nothing.
    pub(super) async fn tell(&self, report: Report) {
        if !report.is_empty() {
            drop(self.reports.send((self.lane, report)).await);
        }
    }

    /// Waits until no more work is to be begun.
    pub(super) async fn closing(&self) {
        let mut closing = self.closing.clone();
        // A dispatcher that is gone is closing, too.
        drop(closing.wait_for(|closing| *closing).await);
    }
}
