//! Those who want to sign up in, one mail to each at the mail server out: behind the answers.
//!
//! Who is not written to is looked up here, where nobody waits for it. A mail goes the way of every
//! issue: compiled, planned, delivered, with retries; only the journal is gone afterwards.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use secrecy::SecretString;
use tokio::sync::{mpsc, watch};

use crate::address::EmailAddress;
use crate::audience::{Columns, Recipient};
use crate::cli::failure::Failure;
use crate::cli::publication::Publication;
use crate::cli::secret;
use crate::cli::serve::letter::{Form, TOKEN};
use crate::cli::serve::recorder::Recorder;
use crate::cli::serve::voice::Voice;
use crate::clock::Clock;
use crate::config::{Send, Smtp};
use crate::delivery::{Order, Past, Patience, Report, Suppressions, deliver};
use crate::dkim::Signer;
use crate::journal::{Digests, Journal, Plan, Stamp};
use crate::key::Key;
use crate::web::public::{Counts, Invitation, Mail};

/// How many mails may wait.
pub(super) const WAITING_MAX: usize = 1_000;
/// How many are sent together.
const BATCH_MAX: usize = 50;
/// How many batches are sent at the same time: one server that puts a reader off for a while must
/// not keep the others waiting.
const HANDS: usize = 3;
/// What the names of folders begin with that hold what is being sent.
const FOLDER: &str = "confirming-";
/// The file that is locked while any of those is used.
const LOCK: &str = "serve.lock";

/// What mails are sent with.
pub(super) struct Mailer {
    pub(super) publication: Arc<Publication>,
    pub(super) form: Form,
    pub(super) key: Arc<Key>,
    pub(super) smtp: Smtp,
    pub(super) password: Option<SecretString>,
    pub(super) signer: Option<Signer>,
    pub(super) recorder: Recorder,
    pub(super) counts: Arc<Counts>,
    pub(super) voice: Voice,
    pub(super) clock: Clock,
    pub(super) random: fn(&mut [u8]),
}

/// Mails that wait, and the threads that send them.
pub(super) struct Post {
    hands: Vec<JoinHandle<()>>,
    /// Locked as long as there are threads: what they send is not swept.
    _at_work: File,
}

type Queue = Arc<Mutex<mpsc::Receiver<Invitation>>>;

impl Mailer {
    /// Starts the threads; they end when the queue is closed and empty.
    ///
    /// # Errors
    /// The publication's own folder cannot be written to.
    pub(super) fn start(self, queue: mpsc::Receiver<Invitation>) -> io::Result<Post> {
        let at_work = sweep(&self.publication.state())?;
        let (mailer, queue) = (Arc::new(self), Arc::new(Mutex::new(queue)));
        let hand = |_| {
            let (mailer, queue) = (Arc::clone(&mailer), Arc::clone(&queue));
            thread::spawn(move || mailer.work(&queue))
        };
        Ok(Post { hands: (0..HANDS).map(hand).collect(), _at_work: at_work })
    }

    fn work(&self, queue: &Queue) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(error) => return self.voice.say(&format!("error: no mail is sent: {error}")),
        };
        loop {
            let mut batch = Vec::new();
            // One hand waits for mails, the others for that hand.
            let mut waiting = queue.lock().unwrap_or_else(PoisonError::into_inner);
            if waiting.blocking_recv_many(&mut batch, BATCH_MAX) == 0 {
                return;
            }
            drop(waiting);
            runtime.block_on(self.send(batch));
        }
    }

    async fn send(&self, batch: Vec<Invitation>) {
        let mut wanted = Vec::new();
        for invitation in batch {
            match self.recorder.look(invitation.address.clone()).await {
                Ok(standing) if !standing.barred => wanted.push(invitation),
                // Whether somebody may be written to is not known: nobody is.
                Ok(_) | Err(_) => self.counts.mail(Mail::Withheld),
            }
        }
        if wanted.is_empty() {
            return;
        }
        let wanted = unique(wanted);
        let number = wanted.len() as u64;
        let accepted = match self.deliver(&wanted).await {
            Ok(report) => {
                self.tell(&report);
                report.tally.accepted
            }
            Err(failure) => {
                self.voice.say(&format!("error: a mail to confirm: {}", failure.reason()));
                0
            }
        };
        (0..accepted).for_each(|_| self.counts.mail(Mail::Sent));
        (accepted..number).for_each(|_| self.counts.mail(Mail::Failed));
    }

    /// Says why a batch was given up. What a server said of one mailbox may name it, and stays unsaid.
    fn tell(&self, report: &Report) {
        if report.stopped.is_some() {
            self.voice
                .say("error: mails to confirm were given up: the mail server does not take them");
        }
    }

    async fn deliver(&self, wanted: &[Invitation]) -> Result<Report, Failure> {
        let folder = tempfile::Builder::new().prefix(FOLDER).tempdir_in(self.publication.state());
        let folder = folder.map_err(|error| Failure::world(&error))?;
        let journal = Journal::open(&folder.path().join("journal.db")).await?;
        let date = self.clock.now();
        let programs = [self.form.program(&self.publication, date)];
        let columns = Arc::new(Columns::new(["email", TOKEN]));
        let recipient = |invitation: &Invitation| {
            let Invitation { address, token } = invitation;
            let values = vec![address.to_string(), token.clone()];
            let (address, columns) = (address.clone(), Arc::clone(&columns));
            (Recipient { address, line: 0, columns, values }, 0)
        };
        let recipients: Vec<_> = wanted.iter().map(recipient).collect();
        let plan = Plan {
            issue: "confirmation",
            digests: &Digests::default(),
            commit: None,
            key: "",
            date,
            programs: &programs,
            recipients: &recipients,
            suppressed: &[],
        };
        let run = journal.plan(&plan).await?;
        let mut ledger = journal.ledger(&run).await?;
        // What the settings say of the pace is for issues: a mail that somebody waits for is sent.
        let send = Send { retry_delays: self.retries(), ..Send::default() };
        let past = Past::default();
        let order = Order {
            programs: programs.to_vec(),
            key: Arc::clone(&self.key),
            smtp: &self.smtp,
            password: self.password.clone(),
            return_path: &self.publication.config.sender.return_path,
            // No journal that stays knows these: what comes back suppresses nobody.
            stamp: Stamp::test(&self.publication.config.publication.list_id),
            signer: self.signer.as_ref(),
            send: &send,
            past: &past,
            clock: self.clock,
            patience: Patience::of(&send),
            random: self.random,
        };
        // Who asks for a mailbox that does not exist suppresses nobody.
        let suppressions = Suppressions {
            reason: &mut |_: &EmailAddress| Ok::<_, io::Error>(None),
            append: &mut |_: &EmailAddress, _: &str| Ok::<_, io::Error>(()),
        };
        let (_stop, stopped) = watch::channel(false);
        let delivered = deliver(order, &mut ledger, suppressions, stopped, &mut |_| {}).await;
        journal.close().await;
        delivered.map_err(|error| Failure::world(&error))
    }

    fn retries(&self) -> Vec<std::time::Duration> {
        self.publication.config.send.retry_delays.clone()
    }
}

impl Post {
    /// Waits until all that waited was sent; blocks.
    pub(super) fn finish(self) {
        // A thread that failed has said why.
        self.hands.into_iter().for_each(|hand| drop(hand.join()));
    }
}

/// Each reader once: the last who asked has the link that is newest.
fn unique(wanted: Vec<Invitation>) -> Vec<Invitation> {
    let mut known = HashSet::new();
    let mut unique: Vec<_> =
        wanted.into_iter().rev().filter(|one| known.insert(one.address.key())).collect();
    unique.reverse();
    unique
}

/// Removes what a server that was killed left, unless another one is at work; returns the lock that
/// tells the next one that this one is.
fn sweep(state: &Path) -> io::Result<File> {
    secret::make_private_folder(state)?;
    // It holds no bytes: a lock that a power cut takes is made anew.
    let lock = OpenOptions::new().create(true).append(true).open(state.join(LOCK))?;
    if lock.try_lock().is_ok() {
        let left = state.read_dir()?.flatten();
        let left = left.filter(|entry| entry.file_name().to_string_lossy().starts_with(FOLDER));
        left.for_each(|entry| drop(std::fs::remove_dir_all(entry.path())));
        lock.unlock()?;
    }
    match lock.lock_shared() {
        // Where files cannot be locked, whoever starts a second server knows.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
        locked => locked?,
    }
    Ok(lock)
}
