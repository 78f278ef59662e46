//! What lanes ask and tell the dispatcher.

use tokio::sync::{mpsc, oneshot, watch};

use crate::delivery::outcome::Outcome;
use crate::journal::Entry;
use crate::transport;

/// What a lane wants, or has to tell.
#[derive(Debug)]
pub(super) enum Request {
    /// The next recipient: now or never if `wait` is not set; `None` when there is none.
    Next { wait: bool, answer: oneshot::Sender<Option<Entry>> },
    /// The message is about to leave: answered when that is on the disk.
    Attempt { id: i64, durable: oneshot::Sender<()> },
    /// What became of a recipient, and the words.
    Settle { id: i64, outcome: Outcome, reply: String },
    /// The connection is gone, and everything that the lane still holds comes back.
    ///
    /// `doubt` is the recipient whose message was written and not answered, and why that is not
    /// known; `struck` the one whose commands were not answered.
    Ended { doubt: Option<(i64, String)>, struck: Option<i64> },
    /// A connection failed; it is tried again after a while.
    Trouble { error: transport::Error, wait: std::time::Duration },
}

/// A lane's way to the dispatcher.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) lane: usize,
    pub(super) requests: mpsc::Sender<(usize, Request)>,
    pub(super) closing: watch::Receiver<bool>,
}

impl Desk {
    /// Waits for a recipient to serve; `None` when the run ends.
    pub(super) async fn wait_for_next(&self) -> Option<Entry> {
        self.next(true).await
    }

    /// A recipient to serve, if there is one at hand.
    pub(super) async fn next_at_hand(&self) -> Option<Entry> {
        self.next(false).await
    }

    async fn next(&self, wait: bool) -> Option<Entry> {
        let (answer, next) = oneshot::channel();
        self.tell(Request::Next { wait, answer }).await;
        next.await.ok().flatten()
    }

    /// Announces a message; the receiver gets word when the intent is on the disk, and fails when
    /// it will never be.
    pub(super) async fn attempt(&self, id: i64) -> oneshot::Receiver<()> {
        let (durable, word) = oneshot::channel();
        self.tell(Request::Attempt { id, durable }).await;
        word
    }

    /// Tells something. A dispatcher that is gone has given up the run, and needs to know nothing.
    pub(super) async fn tell(&self, request: Request) {
        drop(self.requests.send((self.lane, request)).await);
    }

    /// Waits until no more work is to be begun.
    pub(super) async fn closing(&self) {
        let mut closing = self.closing.clone();
        // A dispatcher that is gone is closing, too.
        drop(closing.wait_for(|closing| *closing).await);
    }
}
