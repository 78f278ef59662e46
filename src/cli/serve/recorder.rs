//! What readers did in, rows on the disk out: one flush for all who wait at the same time.

use std::thread::{self, JoinHandle};

use tokio::sync::{mpsc, oneshot};

use crate::address::EmailAddress;
use crate::audience::{self, Cause, Entry, Suppressions};
use crate::cli::serve::voice::{Voice, nameless};
use crate::web::public::{Checkup, Later, Outage, Standing, Trouble};

/// How many may wait; more wait until they may.
const WAITING_MAX: usize = 4_096;
/// How many are written with one flush.
const BATCH_MAX: usize = 1_024;

/// What is asked of the file of suppressions.
enum Job {
    /// Write this down, and say how the reader stands then.
    Record(Entry, Answer<Standing, Trouble>),
    /// How does this reader stand?
    Look(EmailAddress, Answer<Standing, Trouble>),
    /// Can the file be read?
    Check(Answer<(), Outage>),
}

type Answer<T, E> = oneshot::Sender<Result<T, E>>;

/// Speaks to the thread that alone has the file.
///
/// A request that is gone before its answer is recorded all the same.
#[derive(Clone)]
pub(super) struct Recorder(mpsc::Sender<Job>);

impl Recorder {
    /// Starts the thread; it ends when nobody can ask it any more.
    pub(super) fn start(list: Suppressions, voice: Voice) -> (Self, JoinHandle<()>) {
        let (sender, jobs) = mpsc::channel(WAITING_MAX);
        (Self(sender), thread::spawn(move || Writer::new(list, voice).run(jobs)))
    }

    pub(super) fn record(&self, entry: Entry) -> Later<Standing> {
        self.ask(|answer| Job::Record(entry, answer))
    }

    pub(super) fn look(&self, address: EmailAddress) -> Later<Standing> {
        self.ask(|answer| Job::Look(address, answer))
    }

    pub(super) fn check(&self) -> Checkup {
        let (answer, answered) = oneshot::channel();
        let sender = self.0.clone();
        Box::pin(async move {
            let sent = sender.send(Job::Check(answer)).await;
            sent.map_err(|_| Outage::Unwritable)?;
            answered.await.map_err(|_| Outage::Unwritable)?
        })
    }

    fn ask<T: Send + 'static>(&self, job: impl FnOnce(Answer<T, Trouble>) -> Job) -> Later<T> {
        let (answer, answered) = oneshot::channel();
        let (sender, job) = (self.0.clone(), job(answer));
        Box::pin(async move {
            sender.send(job).await.map_err(|_| Trouble)?;
            answered.await.map_err(|_| Trouble)?
        })
    }
}

struct Writer {
    list: Suppressions,
    voice: Voice,
    /// Whether the file was there once.
    seen: bool,
    /// The most readers that the file named.
    named: u64,
}

impl Writer {
    fn new(list: Suppressions, voice: Voice) -> Self {
        let named = list.named();
        Self { list, voice, seen: false, named }
    }

    fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut batch = Vec::new();
        while jobs.blocking_recv_many(&mut batch, BATCH_MAX) > 0 {
            let entries: Vec<Entry> = batch.iter().filter_map(Job::entry).cloned().collect();
            let read = self.is_there().and_then(|()| self.reread());
            let read = read.and_then(|()| self.is_whole());
            let appended = read.map_err(|_| Trouble).and_then(|()| self.append(&entries));
            for job in batch.drain(..) {
                self.answer(job, appended, read);
            }
        }
    }

    /// A file that was there and is gone takes nothing: a new one with one row in it would look
    /// like all there is, and have everyone else written to.
    fn is_there(&mut self) -> Result<(), Outage> {
        let path = self.list.path();
        let there = path.exists();
        // A link to nothing was made for a file that is to be there.
        let dangles = !there && path.symlink_metadata().is_ok();
        self.seen |= there || dangles;
        if there || !self.seen {
            return Ok(());
        }
        self.voice.say(match dangles {
            true => "error: the file of suppressions is a link to nothing: put the file back",
            false => "error: the file of suppressions is gone: put it back",
        });
        Err(if dangles { Outage::Dangling } else { Outage::Gone })
    }

    /// Refuses a file that names fewer readers than before: it was cut, or put back from an old copy.
    fn is_whole(&mut self) -> Result<(), Outage> {
        let lost = self.list.lost();
        if lost == 0 || self.list.accept_lost(self.named) {
            self.named = self.list.named();
            return Ok(());
        }
        self.voice.say(&format!(
            "error: {} the file of suppressions had: put the rows back, or say \
             `newsletter suppressions accept` if they were removed on purpose",
            missing(lost)
        ));
        Err(Outage::Shrunk)
    }

    fn append(&mut self, entries: &[Entry]) -> Result<(), Trouble> {
        if entries.is_empty() {
            return Ok(());
        }
        let appended = self.list.append(entries).map(drop);
        self.seen |= appended.is_ok();
        self.named = self.named.max(self.list.named());
        appended.map_err(|error| self.trouble(&error))
    }

    fn reread(&mut self) -> Result<(), Outage> {
        let read = self.list.reload_if_changed().map(drop);
        read.map_err(|error| {
            let Trouble = self.trouble(&error);
            Outage::Unreadable
        })
    }

    fn trouble(&self, error: &audience::Error) -> Trouble {
        self.voice.say(&nameless(error));
        Trouble
    }

    fn answer(&self, job: Job, appended: Result<(), Trouble>, read: Result<(), Outage>) {
        // Whoever asked may be gone.
        match job {
            Job::Record(entry, answer) => {
                drop(answer.send(appended.map(|()| self.standing(&entry.address))));
            }
            Job::Look(address, answer) => {
                let read = read.map_err(|_| Trouble);
                drop(answer.send(read.map(|()| self.standing(&address))));
            }
            Job::Check(answer) => drop(answer.send(read)),
        }
    }

    fn standing(&self, address: &EmailAddress) -> Standing {
        let standing = self.list.standing(address);
        let own = |cause: Cause| matches!(cause, Cause::Unsubscribed | Cause::Forgotten);
        Standing {
            gone: standing.reason.is_some(),
            barred: standing.reason.is_some() && !standing.cause.is_some_and(own),
            since: standing.since,
            left: standing.left.into_iter().map(str::to_owned).collect(),
        }
    }
}

fn missing(lost: usize) -> String {
    match lost {
        1 => "one reader is missing that".to_owned(),
        _ => format!("{lost} readers are missing that"),
    }
}

impl Job {
    fn entry(&self) -> Option<&Entry> {
        match self {
            Self::Record(entry, _) => Some(entry),
            Self::Look(..) | Self::Check(_) => None,
        }
    }
}
