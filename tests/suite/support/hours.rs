//! A scene in, the same with time that passes only when everything in it waits out.
//!
//! tokio's paused clock jumps to the next timer whenever no task can go on. SQLite works in
//! threads of its own, of which that clock knows nothing: it would jump ahead while the disk works,
//! and how far things have come by then would be chance. So a conductor is woken in place of each
//! jump. It lets the sockets speak, and the clock jump only when nothing has moved since and no
//! journal has been asked for something that it has not answered.

use std::cell::Cell;
use std::collections::VecDeque;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use newsletter::journal::Journal;
use tokio::sync::{Notify, oneshot};
use tokio::task::yield_now;
use tokio::time::Instant;

/// How often in a row nothing may move before the clock does.
const STILL: u32 = 3;

/// What the clock waits for.
#[derive(Clone, Default)]
pub(crate) struct Hours(Arc<Inner>);

#[derive(Default)]
struct Inner {
    idle: Notify,
    jump: AtomicBool,
    moves: AtomicU64,
    journal: Mutex<Option<Journal>>,
    history: Mutex<Vec<String>>,
    start: OnceLock<Instant>,
    /// Who waits for a turn.
    turns: Mutex<VecDeque<oneshot::Sender<()>>>,
}

thread_local! {
    /// When the scene of this thread began.
    static BEGINNING: Cell<Option<Instant>> = const { Cell::new(None) };
}

impl Hours {
    /// The time in the scene of this thread.
    pub(crate) fn now() -> Timestamp {
        let beginning = BEGINNING.get().unwrap();
        Timestamp::UNIX_EPOCH.checked_add(beginning.elapsed()).unwrap()
    }

    /// Plays a scene. Time stands still in it until [`Hours::begin`].
    pub(crate) fn pass<T>(scene: impl AsyncFnOnce(Self) -> T) -> T {
        let hours = Self::default();
        let parking = hours.clone();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            // Sockets are looked at after each task.
            .event_interval(1)
            .on_thread_park(move || parking.park())
            .build()
            .unwrap();
        let conductor = hours.clone();
        runtime.block_on(async move {
            BEGINNING.set(Some(Instant::now()));
            tokio::spawn(async move { conductor.conduct().await });
            let mut scene = pin!(scene(hours.clone()));
            std::future::poll_fn(|context| {
                hours.stir();
                scene.as_mut().poll(context)
            })
            .await
        })
    }

    /// From now on time passes, but not while this journal is at work.
    pub(crate) fn begin(&self, journal: &Journal) {
        *self.0.journal.lock().unwrap() = Some(journal.clone());
        self.0.start.get_or_init(Instant::now);
    }

    /// Waits until nothing moves. Of those who wait at the same time one goes after the other, so
    /// that how fast the disk is makes no difference.
    pub(crate) async fn turn(&self) {
        let (sender, turn) = oneshot::channel();
        self.0.turns.lock().unwrap().push_back(sender);
        drop(turn.await);
    }

    /// Something has happened.
    pub(crate) fn stir(&self) {
        self.0.moves.fetch_add(1, Ordering::Relaxed);
    }

    /// Something has happened that is a part of history, with the time.
    pub(crate) fn note(&self, what: &str) {
        self.stir();
        let start = *self.0.start.get_or_init(Instant::now);
        let what = format!("{:?} {what}", start.elapsed());
        self.0.history.lock().unwrap().push(what);
    }

    /// What has happened so far.
    pub(crate) fn history(&self) -> Vec<String> {
        self.0.history.lock().unwrap().clone()
    }

    fn is_busy(&self) -> bool {
        self.0.journal.lock().unwrap().as_ref().is_none_or(Journal::is_at_work)
    }

    #[expect(clippy::disallowed_methods, reason = "SQLite's thread goes on meanwhile")]
    /// No task can go on: the thread is about to wait, and the clock to jump.
    fn park(&self) {
        if self.0.jump.swap(false, Ordering::Relaxed) {
            return;
        }
        if self.is_busy() {
            std::thread::sleep(Duration::from_micros(50));
        }
        self.0.idle.notify_one();
    }

    async fn conduct(&self) {
        let (mut still, mut before) = (0, 0);
        loop {
            self.0.idle.notified().await;
            if self.is_busy() {
                still = 0;
                yield_now().await;
                continue;
            }
            let moves = self.0.moves.load(Ordering::Relaxed);
            still = if moves == before { still + 1 } else { 0 };
            before = moves;
            if still == STILL {
                still = 0;
                let next = self.0.turns.lock().unwrap().pop_front();
                match next {
                    Some(turn) => drop(turn.send(())),
                    None => self.0.jump.store(true, Ordering::Relaxed),
                }
                continue;
            }
            for _ in 0..STILL {
                yield_now().await;
            }
        }
    }
}
