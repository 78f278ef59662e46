//! A run's journal, cut off anywhere as a power cut does, in; nobody twice out.
//!
//! With `synchronous=FULL` all that a commit has returned for is in the log or in the file. What
//! was being written may be there in part, in any order, or as bytes that mean nothing: SQLite
//! takes the log up to the last commit whose checksums are right. So the legal states are: the
//! file, and the log up to a commit with anything at all behind it; and, while the log is copied
//! into the file, the whole log with any of its pages in the file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use newsletter::clock::Clock;
use newsletter::config::{Smtp, Tls};
use newsletter::journal::{Journal, State};
use tokio::sync::watch;

use crate::support::smtp::{Act, Point, Server, Setup};
use crate::support::world::{World, folder};

const READERS: usize = 120;

/// How many connections the run has that is recorded, and how many messages on each at once.
const LANES: usize = 2;
const IN_FLIGHT: usize = 2;

/// The header of the log, of each of its frames, and a frame's page.
const HEADER: usize = 32;
const FRAME: usize = 24;
const PAGE: usize = 4096;

/// A run that was delivered, and what the disk had of it at each moment.
struct Recording {
    /// The file when the run was planned; nothing was copied into it since.
    file: Vec<u8>,
    log: Vec<u8>,
    /// Who had the message, and how long the log was then.
    received: Vec<(String, usize)>,
}

fn log_of(path: &Path) -> PathBuf {
    path.with_extension("db-wal")
}

/// A server that notes how long the log is when a message has come.
fn watching(
    path: PathBuf,
    received: Arc<Mutex<Vec<(String, usize)>>>,
) -> impl FnMut(&Point<'_>) -> Act + Send {
    move |point| {
        if point.verb == "." {
            let length = log_of(&path).metadata().map_or(0, |log| log.len());
            let length = usize::try_from(length).unwrap();
            received.lock().unwrap().push((point.to.to_owned(), length));
        }
        match point.verb {
            "RCPT" if point.to.ends_with("7@example.org") => Act::Say("550 5.1.1 nobody"),
            _ => Act::Normal,
        }
    }
}

/// Who gets no message, whoever sends it.
fn is_refused(address: &str) -> bool {
    address.ends_with("7@example.org")
}

/// A server that answers at once: there are many runs, and nothing here is about its pace.
async fn prompt(script: impl FnMut(&Point<'_>) -> Act + Send + 'static) -> Server {
    Server::start_as(Setup { prompt: true, ..Setup::default() }, script).await
}

impl Recording {
    async fn new() -> Self {
        let mut world = World::new(READERS).await;
        let path = world.folder.path().join("journal.db");
        world.journal.close().await;
        let file = fs::read(&path).unwrap();
        assert!(!log_of(&path).exists(), "all of the plan is in the file");
        world.journal = Journal::open(&path).await.unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let server = prompt(watching(path.clone(), Arc::clone(&received))).await;
        // Few at once, and so many commits.
        let (_sender, stop) = watch::channel(false);
        let smtp = Smtp { max_conns: LANES, max_in_flight: IN_FLIGHT, ..server.smtp(Tls::None) };
        let report = world.deliver_until(smtp, stop).await;
        assert!(report.finished, "{report:?}");
        assert_eq!(fs::read(&path).unwrap(), file, "nothing was copied into the file yet");
        let log = fs::read(log_of(&path)).unwrap();
        let received = std::mem::take(&mut *received.lock().unwrap());
        Self { file, log, received }
    }

    /// Where each commit ends in the log.
    fn commits(&self) -> Vec<usize> {
        let frames = (HEADER..self.log.len()).step_by(FRAME + PAGE);
        // How many pages the file has then: only the last frame of a commit says so.
        let commits = frames.filter(|at| self.log[at + 4..at + 8] != [0; 4]);
        commits.map(|at| at + FRAME + PAGE).collect()
    }

    /// Who had the message when the log ended there.
    fn received_by(&self, commit: usize) -> BTreeSet<&str> {
        let by_then = self.received.iter().filter(|(_, length)| *length <= commit);
        by_then.map(|(address, _)| address.as_str()).collect()
    }

    /// The pages of the log up to a commit, as they would be in the file.
    fn pages(&self, commit: usize) -> BTreeMap<usize, &[u8]> {
        let frames = (HEADER..commit).step_by(FRAME + PAGE);
        let page = |at: usize| {
            let number = u32::from_be_bytes(self.log[at..at + 4].try_into().unwrap());
            let number = usize::try_from(number).unwrap();
            (number, &self.log[at + FRAME..at + FRAME + PAGE])
        };
        frames.map(page).collect()
    }
}

/// What is on the disk when the power comes back.
struct Remains {
    what: &'static str,
    file: Vec<u8>,
    log: Vec<u8>,
    /// The last commit that is whole.
    commit: usize,
}

/// Every commit, and what a power cut during the next one may leave of it.
fn remains(recording: &Recording) -> Vec<Remains> {
    let commits = recording.commits();
    let whole = |what, commit: usize, log: Vec<u8>| Remains {
        what,
        file: recording.file.clone(),
        log,
        commit,
    };
    let mut all = vec![whole("no log", 0, Vec::new())];
    let starts = std::iter::once(HEADER).chain(commits.iter().copied());
    for (number, (start, end)) in starts.zip(&commits).enumerate() {
        let log = |length: usize| recording.log[..length].to_vec();
        all.push(whole("a commit", start, log(start)));
        // Two of what can become of the rest, in turn.
        let zeros = || [log(start), vec![0; end - start]].concat();
        all.extend([number, number + 2].map(|number| match number % 5 {
            0 => whole("a part of a frame", start, log(start + 1_000)),
            1 => whole("the head of a frame", start, log(start + FRAME)),
            2 => whole("all but the last byte", start, log(end - 1)),
            3 => whole("length without content", start, zeros()),
            _ => {
                let mut torn = log(*end);
                torn[start + FRAME + 512..start + FRAME + 1_024].fill(0);
                whole("a commit without one of its sectors", start, torn)
            }
        }));
    }
    for (number, commit) in commits.iter().enumerate().step_by(7) {
        let mut copied = whole("half a checkpoint", *commit, recording.log[..*commit].to_vec());
        for (page, bytes) in recording.pages(*commit) {
            if (page + number).is_multiple_of(2) {
                let end = page * PAGE;
                copied.file.resize(copied.file.len().max(end), 0);
                copied.file[end - PAGE..end].copy_from_slice(bytes);
            }
        }
        all.push(copied);
    }
    all
}

/// Goes on from what is left, and holds what comes of it against what had arrived before.
async fn go_on(recording: &Recording, remains: Remains) -> usize {
    let Remains { what, file, log, commit } = remains;
    let folder = folder();
    let path = folder.path().join("journal.db");
    fs::write(&path, file).unwrap();
    fs::write(log_of(&path), log).unwrap();
    let world = World::open(folder).await;
    let mut ledger = world.journal.ledger(&world.run).await.unwrap();
    let doubts = ledger.recover(Clock::System.now()).await.unwrap();
    let received = Arc::default();
    let server = prompt(watching(path, received)).await;
    let report = world.deliver(&server, 4).await;
    assert!(report.finished, "{what} at {commit}: {report:?}");
    let before = recording.received_by(commit);
    let mut unknown = 0;
    for entry in world.entries().await {
        let address = entry.recipient.address.to_string();
        let copies = usize::from(before.contains(address.as_str())) + server.received(&address);
        let expected = match entry.state {
            State::Accepted => 1..=1,
            State::Rejected => 0..=0,
            State::Unknown => 0..=1,
            state => panic!("{address} is {state:?} after {what} at {commit}"),
        };
        unknown += u64::from(entry.state == State::Unknown);
        assert!(
            expected.contains(&copies),
            "{address} {:?} has {copies} after {what} at {commit}",
            entry.state
        );
        assert!(!is_refused(&address) || copies == 0, "{address}");
    }
    assert_eq!(unknown, doubts, "those in doubt are those of the power cut");
    usize::try_from(unknown).unwrap()
}

/// Tries one in so many of the states that there are; returns how many these were.
async fn cut(step: usize) -> usize {
    let recording = Recording::new().await;
    assert_eq!(recording.received.len(), READERS - READERS / 10);
    let remains = remains(&recording);
    let (mut number, mut doubtful) = (0, 0);
    for remains in remains.into_iter().step_by(step) {
        let doubts = go_on(&recording, remains).await;
        assert!(doubts <= LANES * IN_FLIGHT, "{doubts} in doubt");
        doubtful += usize::from(doubts > 0);
        number += 1;
    }
    assert!(doubtful * 2 > number, "{doubtful} of {number} left somebody in doubt");
    number
}

#[tokio::test]
async fn a_power_cut_at_some_moments_mails_nobody_twice_and_loses_nobody() {
    assert!(cut(23).await >= 8);
}

#[tokio::test]
#[ignore = "needs a quarter of a minute"]
async fn a_power_cut_at_any_moment_mails_nobody_twice_and_loses_nobody() {
    let number = cut(1).await;
    assert!(number >= 200, "{number} states of the disk");
}
