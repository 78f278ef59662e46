//! Readers in, a run that is planned and can be delivered to a scripted server out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use newsletter::address::EmailAddress;
use newsletter::audience::{Columns, Recipient};
use newsletter::clock::Clock;
use newsletter::compile::{Cut, Program, Slot};
use newsletter::config::{ReturnPath, Send, Smtp, Tls};
use newsletter::delivery::{
    Error, Event, Order, Pace, Past, Patience, Report, Suppressions, deliver,
};
use newsletter::dkim::{DkimKey, Signer};
use newsletter::journal::{Digests, Entry, Journal, Plan, Run, Stamp, State};
use newsletter::key::Key;
use secrecy::SecretString;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;
use tokio::sync::watch;

use crate::support::smtp::Server;

/// Stands in a list of suppressions that cannot be read.
pub(crate) const UNREADABLE: &str = "unreadable";

/// Stands in a list of suppressions that cannot be written.
pub(crate) const UNWRITABLE: &str = "unwritable";

const PATIENCE: Patience = Patience { failures_max: 3, delay: Duration::from_millis(5) };

/// A run that is planned, and what is known of it.
pub(crate) struct World {
    pub(crate) journal: Journal,
    pub(crate) run: Run,
    pub(crate) programs: Vec<Program>,
    pub(crate) suppressed: Arc<Mutex<BTreeMap<String, String>>>,
    pub(crate) notes: Arc<Mutex<Vec<String>>>,
    pub(crate) retry_delays: Vec<Duration>,
    /// Everything else of `[send]`.
    pub(crate) send: Send,
    pub(crate) signer: Option<Signer>,
    pub(crate) return_path: ReturnPath,
    /// Asks the run to stop as soon as it waits for anything.
    pub(crate) impatient: Option<watch::Sender<bool>>,
    pub(crate) clock: Clock,
    pub(crate) patience: Patience,
    /// How long a run may take.
    pub(crate) limit: Duration,
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) fn program() -> Program {
    let text = b"Message-ID: <@example.org>\r\nSubject: First frost\r\n\r\nDear reader,\r\nit is cold.\r\n";
    Program::from_parts(text.to_vec(), vec![Cut { at: 13, slot: Slot::MessageId("x".to_owned()) }])
}

pub(crate) fn reader(number: usize) -> String {
    format!("reader{number}@example.org")
}

/// A folder in memory, where the machine has one: no power is lost here, and a disk that writes
/// all it is told to takes ten times as long.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

impl World {
    pub(crate) async fn new(readers: usize) -> Self {
        Self::of((0..readers).map(|n| (reader(n), 0)).collect(), vec![program()]).await
    }

    pub(crate) async fn of(readers: Vec<(String, usize)>, programs: Vec<Program>) -> Self {
        let folder = folder();
        let journal = Journal::open(&folder.path().join("journal.db")).await.unwrap();
        let columns = Arc::new(Columns::new(["email"]));
        let recipients: Vec<_> = readers
            .into_iter()
            .zip(2..)
            .map(|((address, edition), line)| {
                let values = vec![address.clone()];
                let address: EmailAddress = address.parse().unwrap();
                (Recipient { address, line, columns: Arc::clone(&columns), values }, edition)
            })
            .collect();
        let plan = Plan {
            issue: "first-frost",
            digests: &Digests::default(),
            commit: None,
            key: "k",
            date: Clock::System.now(),
            programs: &programs,
            recipients: &recipients,
            suppressed: &[],
        };
        let run = journal.plan(&plan).await.unwrap();
        Self::around(journal, run, programs, folder)
    }

    /// A run and what it is delivered with, unless a test wants something else.
    fn around(
        journal: Journal,
        run: Run,
        programs: Vec<Program>,
        folder: tempfile::TempDir,
    ) -> Self {
        let retry_delays = vec![Duration::from_millis(20)];
        let (suppressed, notes, send, signer, impatient) = Default::default();
        let limit = Duration::from_secs(30);
        let return_path = "bounce@example.org".parse().unwrap();
        let (clock, patience) = (Clock::System, PATIENCE);
        Self {
            journal,
            run,
            programs,
            suppressed,
            notes,
            retry_delays,
            send,
            signer,
            return_path,
            impatient,
            clock,
            patience,
            limit,
            folder,
        }
    }

    /// The run of a journal that is there already, as another process finds it.
    pub(crate) async fn open(folder: tempfile::TempDir) -> Self {
        let journal = Journal::open(&folder.path().join("journal.db")).await.unwrap();
        let run = journal.run("first-frost").await.unwrap().unwrap();
        let programs = journal.programs(&run).await.unwrap();
        Self::around(journal, run, programs, folder)
    }

    /// A run of messages that are signed.
    pub(crate) async fn signed(readers: usize) -> Self {
        let key = DkimKey::from_pem("example.org", "e", &DkimKey::ed25519_pem(&[7; 32])).unwrap();
        Self { signer: Some(Signer::new(vec![key])), ..Self::new(readers).await }
    }

    pub(crate) async fn deliver(&self, server: &Server, lanes: usize) -> Report {
        let (_sender, stop) = watch::channel(false);
        self.deliver_until(Smtp { max_conns: lanes, ..server.smtp(Tls::None) }, stop).await
    }

    pub(crate) async fn deliver_until(&self, smtp: Smtp, stop: watch::Receiver<bool>) -> Report {
        self.try_deliver(smtp, stop).await.unwrap()
    }

    pub(crate) async fn try_deliver(
        &self,
        smtp: Smtp,
        stop: watch::Receiver<bool>,
    ) -> Result<Report, Error> {
        let send = Send { retry_delays: self.retry_delays.clone(), ..self.send.clone() };
        let now = self.clock.now();
        let past = match Pace::remembers(&send, now) {
            Some(since) => Past {
                sent: self.journal.sent_since(since).await.unwrap(),
                days: self.journal.days_of_sending(now).await.unwrap(),
            },
            None => Past::default(),
        };
        let order = Order {
            programs: self.programs.clone(),
            key: Arc::new(Key::new(&[7; 32])),
            smtp: &smtp,
            password: smtp.login.as_ref().map(|_| SecretString::from("sixty four geese")),
            return_path: &self.return_path,
            stamp: Stamp::of("review.example.org", &self.run),
            send: &send,
            signer: self.signer.as_ref(),
            past: &past,
            clock: self.clock,
            patience: self.patience,
            random: |bytes| bytes.fill(7),
        };
        let (list, appended) = (Arc::clone(&self.suppressed), Arc::clone(&self.suppressed));
        let suppressions = Suppressions {
            reason: &mut move |address| {
                let list = list.lock().unwrap();
                match list.contains_key(UNREADABLE) {
                    true => Err(std::io::Error::other("the list cannot be read")),
                    false => Ok(list.get(&address.to_string()).cloned()),
                }
            },
            append: &mut move |address, reply| {
                let mut list = appended.lock().unwrap();
                if list.contains_key(UNWRITABLE) {
                    return Err(std::io::Error::other("the list cannot be written"));
                }
                list.insert(address.to_string(), reply.to_owned());
                Ok(())
            },
        };
        let notes = Arc::clone(&self.notes);
        let impatient = self.impatient.clone();
        let mut observe = move |event: Event<'_>| {
            if let (Event::Waiting { .. }, Some(stop)) = (&event, &impatient) {
                stop.send_replace(true);
            }
            notes.lock().unwrap().push(format!("{event:?}"));
        };
        let mut ledger = self.journal.ledger(&self.run).await.unwrap();
        let report = deliver(order, &mut ledger, suppressions, stop, &mut observe);
        let report = tokio::time::timeout(self.limit, report).await;
        report.expect("the run ends")
    }

    /// Checks that journal and server agree on everyone, and returns how many are in each state.
    pub(crate) async fn check(&self, server: &Server) -> BTreeMap<State, usize> {
        let mut states = BTreeMap::new();
        for entry in self.entries().await {
            let address = entry.recipient.address.to_string();
            let received = server.received(&address);
            let expected = match entry.state {
                State::Accepted => 1..=1,
                State::Unknown => 0..=1,
                State::Pending | State::Deferred | State::Rejected => 0..=0,
                State::Claimed | State::Attempting => {
                    panic!("{address} is still {:?}", entry.state)
                }
            };
            assert!(expected.contains(&received), "{address} {:?}: {received}", entry.state);
            *states.entry(entry.state).or_default() += 1;
        }
        states
    }

    /// How often it was recorded that somebody got into a state, for each state by its number.
    pub(crate) async fn events(&self) -> BTreeMap<u8, usize> {
        let path = self.folder.path().join("journal.db");
        let options = SqliteConnectOptions::new().filename(path).read_only(true);
        let mut database = options.connect().await.unwrap();
        let events: Vec<String> = sqlx::query_scalar("SELECT changes FROM events")
            .fetch_all(&mut database)
            .await
            .unwrap();
        let mut counts = BTreeMap::new();
        for event in events {
            let stretches: Vec<(i64, usize, u8, String, Option<i64>)> =
                serde_json::from_str(&event).unwrap();
            for (_, count, state, ..) in stretches {
                *counts.entry(state).or_default() += count;
            }
        }
        counts
    }

    /// Everyone, as the journal has them.
    pub(crate) async fn entries(&self) -> Vec<Entry> {
        let ledger = self.journal.ledger(&self.run).await.unwrap();
        ledger.recipients(0, 10_000).await.unwrap()
    }

    pub(crate) async fn state(&self, number: usize) -> (State, String) {
        let entries = self.entries().await;
        let entry = entries.iter().find(|e| e.recipient.address.to_string() == reader(number));
        entry.map(|entry| (entry.state, entry.reply.clone())).unwrap()
    }
}
