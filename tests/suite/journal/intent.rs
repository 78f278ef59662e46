//! A journal that lets nobody write in, a server to which nothing comes that was not recorded out.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use newsletter::config::{Smtp, Tls};
use newsletter::journal::Journal;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::watch;

use crate::support::smtp::{Act, Server, Setup};
use crate::support::world::{World, reader};

const READERS: usize = 400;

/// Another connection to the journal, which keeps the run from writing while it holds the lock.
struct Holder(SqliteConnection);

impl Holder {
    async fn new(path: &Path) -> Self {
        let options = SqliteConnectOptions::new().filename(path).busy_timeout(PATIENCE);
        Self(options.connect().await.unwrap())
    }

    async fn hold(&mut self) {
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut self.0).await.unwrap();
    }

    async fn release(&mut self) {
        sqlx::raw_sql("ROLLBACK").execute(&mut self.0).await.unwrap();
    }

    async fn flushes(&mut self) -> i64 {
        sqlx::query_scalar("SELECT COUNT(*) FROM events").fetch_one(&mut self.0).await.unwrap()
    }

    /// Whose attempt is recorded. Events say so in stretches of neighbours.
    async fn recorded(&mut self) -> BTreeSet<String> {
        let events: Vec<String> =
            sqlx::query_scalar("SELECT changes FROM events").fetch_all(&mut self.0).await.unwrap();
        let mut recorded = BTreeSet::new();
        for event in events {
            let stretches: Vec<(usize, usize, u8, String, Option<i64>)> =
                serde_json::from_str(&event).unwrap();
            let attempting = stretches.iter().filter(|(_, _, state, ..)| *state == 2);
            let ids = attempting.flat_map(|(first, count, ..)| *first..first + count);
            recorded.extend(ids.map(|id| reader(id - 1)));
        }
        recorded
    }
}

const PATIENCE: Duration = Duration::from_secs(30);

/// How often the lock is held in the middle of a run, at most.
const OFTEN: usize = 8;

/// Long enough that what is not kept back arrives, many times over.
const WHILE: Duration = Duration::from_millis(30);

/// Holds the lock again and again while a run is delivered: whoever has a message then, of them it
/// was recorded before. Returns how often that was in the middle.
async fn watch_run(offers: &'static [&'static str]) -> usize {
    let world = World::new(READERS).await;
    let setup = Setup { ehlo: offers, timeout: PATIENCE, ..Setup::default() };
    let server = Server::start_as(setup, |_: &_| Act::Normal).await;
    let path = world.folder.path().join("journal.db");
    let mut holder = Holder::new(&path).await;
    holder.hold().await;
    let (_sender, stop) = watch::channel(false);
    let smtp = Smtp { max_conns: 3, max_in_flight: 4, ..server.smtp(Tls::None) };
    let delivery = world.deliver_until(smtp, stop);
    let guard = async {
        // Nothing is recorded: the lanes are connected, and say nothing of anybody.
        while server.log(|log| log.connections) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let mut middle = 0;
        loop {
            tokio::time::sleep(WHILE).await;
            let recorded = holder.recorded().await;
            let arrived = server.log(|log| log.messages.len());
            let early = server.log(|log| {
                let early = log.messages.iter().find(|(to, _)| !recorded.contains(to));
                early.map(|(to, _)| to.clone())
            });
            assert_eq!(early, None, "a message that was not recorded, of {arrived}");
            middle += usize::from((1..READERS).contains(&arrived));
            // Often enough: the rest may go at its own pace.
            let enough = middle == OFTEN;
            if enough || arrived == READERS {
                holder.release().await;
                return middle;
            }
            let before = holder.flushes().await;
            holder.release().await;
            // A flush or a few, and the lock again.
            while holder.flushes().await == before {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            holder.hold().await;
        }
    };
    let (report, middle) = tokio::join!(delivery, guard);
    assert!(report.finished, "{report:?}");
    holder.0.close().await.unwrap();
    assert_eq!(Journal::open(&path).await.unwrap().runs().await.unwrap().len(), 1);
    middle
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_message_leaves_before_it_is_recorded_that_it_may() {
    for offers in [&["PIPELINING", "CHUNKING"][..], &["PIPELINING"], &[]] {
        let middle = watch_run(offers).await;
        assert!(middle >= 3, "the lock was held in the middle {middle} times: {offers:?}");
    }
}
