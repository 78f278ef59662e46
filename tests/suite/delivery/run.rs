//! A run in, what stands in the journal while and after it is delivered out.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use newsletter::config::{Smtp, Tls};
use newsletter::delivery::{Error, Stopped};
use newsletter::journal::{Journal, Run, State};
use tokio::sync::watch;

use crate::delivery::play;
use crate::support::smtp::{Act, Point, Server, Setup};
use crate::support::world::{World, reader};

#[tokio::test]
async fn everyone_gets_it_once_and_a_message_and_the_next_commands_travel_together() {
    let (world, server, report) = play(50, |_| Act::Normal, &[(State::Accepted, 50)]).await;
    assert!(report.finished && report.stopped.is_none());
    let run = world.journal.run("first-frost").await.unwrap().unwrap();
    assert!(run.finished.is_some());
    server.log(|log| {
        assert_eq!(log.connections, 1);
        let mails: Vec<_> = log.commands.iter().filter(|(c, _)| c.starts_with("MAIL")).collect();
        // Now and then a reader comes too late to ride along.
        assert!(mails.iter().filter(|(_, riding)| *riding).count() >= 40);
        assert!(mails[0].0.starts_with("MAIL FROM:<bounce@example.org> SIZE="));
        assert_eq!(log.commands.last().unwrap().0, "QUIT");
        assert!(log.messages[0].1.contains("Dear reader,\nit is cold.\n"));
    });
}

#[tokio::test]
async fn a_journal_that_fails_lets_no_message_leave() {
    let world = World::new(5).await;
    let path = world.folder.path().join("journal.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let full = "CREATE TRIGGER full BEFORE INSERT ON events
                BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    let database = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::raw_sql(full).execute(&database).await.unwrap();
    let server = Server::start(|_| Act::Normal).await;
    let (_sender, stop) = watch::channel(false);
    let error = world.try_deliver(server.smtp(Tls::None), stop).await.unwrap_err();
    assert!(matches!(error, Error::Journal(_)), "{error:?}");
    assert_eq!(server.log(|log| log.messages.len()), 0);
    assert_eq!(world.check(&server).await, BTreeMap::from([(State::Pending, 5)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whose_message_is_being_signed_when_nobody_else_is_left_gets_it() {
    for (readers, lanes) in [(1, 1), (2, 1), (3, 2), (9, 4), (40, 3)] {
        let (world, server) = (World::signed(readers).await, Server::start(|_| Act::Normal).await);
        assert!(world.deliver(&server, lanes).await.finished);
        assert_eq!(world.check(&server).await, BTreeMap::from([(State::Accepted, readers)]));
        server.log(|log| assert!(log.messages[0].1.starts_with("DKIM-Signature:")));
        // Attempting once and accepted once: nobody is handed out, given back and handed out again.
        assert_eq!(world.events().await, BTreeMap::from([(2, readers), (3, readers)]));
    }
}

/// What a crash at this moment would leave on the disk: the recipient's state, and how many would
/// be in doubt.
fn on_the_disk(path: PathBuf, run: Run, address: String) -> (State, usize) {
    let look = async move {
        let journal = Journal::open(&path).await.unwrap();
        let ledger = journal.ledger(&run).await.unwrap();
        let entries = ledger.recipients(0, 100).await.unwrap();
        let attempting = entries.iter().filter(|e| e.state == State::Attempting).count();
        let entry = entries.iter().find(|e| e.recipient.address.to_string() == address);
        (entry.unwrap().state, attempting)
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    std::thread::spawn(move || runtime.block_on(look)).join().unwrap()
}

#[tokio::test]
async fn the_intent_is_on_the_disk_before_the_final_dot_is_on_the_wire() {
    for (ehlo, max_in_flight) in [
        (&["PIPELINING"][..], 2),
        (&["PIPELINING", "CHUNKING"], 2),
        (&["PIPELINING", "CHUNKING"], 5),
        (&[], 2),
    ] {
        let world = World::new(12).await;
        let (path, run) = (world.folder.path().join("journal.db"), world.run.clone());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let states = Arc::clone(&seen);
        let script = move |p: &Point<'_>| {
            let dot = (p.verb == ".").then(|| on_the_disk(path.clone(), run.clone(), p.to.into()));
            states.lock().unwrap().extend(dot);
            Act::Normal
        };
        let server = Server::start_as(Setup { ehlo, ..Setup::default() }, script).await;
        let (_sender, stop) = watch::channel(false);
        world.deliver_until(Smtp { max_in_flight, ..server.smtp(Tls::None) }, stop).await;
        assert_eq!(world.check(&server).await, BTreeMap::from([(State::Accepted, 12)]));
        let seen = seen.lock().unwrap();
        let bounded = |(state, doubtful): &(State, usize)| {
            *state == State::Attempting && *doubtful <= max_in_flight
        };
        assert!(seen.len() == 12 && seen.iter().all(bounded), "{seen:?}");
    }
}

#[tokio::test]
async fn a_run_that_is_asked_to_stop_finishes_what_is_on_the_wire() {
    let (sender, stop) = watch::channel(false);
    let script = move |p: &Point<'_>| {
        if p.verb == "." && p.nth == 5 {
            sender.send_replace(true);
        }
        Act::Normal
    };
    let (world, server) = (World::new(40).await, Server::start(script).await);
    let report = world.deliver_until(server.smtp(Tls::None), stop).await;
    assert!(matches!(report.stopped, Some(Stopped::Asked)), "{report:?}");
    let states = world.check(&server).await;
    assert!((5..=8).contains(&states[&State::Accepted]), "{states:?}");
    assert_eq!(states.len(), 2);
    server.log(|log| assert_eq!(log.commands.last().unwrap().0, "QUIT"));
}

#[tokio::test]
async fn what_is_suppressed_after_planning_is_not_written_to() {
    let world = World::new(5).await;
    world.suppressed.lock().unwrap().insert(reader(2), "complaint".to_owned());
    let server = Server::start(|_| Act::Normal).await;
    assert!(world.deliver(&server, 2).await.finished);
    assert_eq!(world.check(&server).await, BTreeMap::from([(State::Accepted, 4)]));
    let suppressed = world.journal.ledger(&world.run).await.unwrap().suppressed().await.unwrap();
    assert_eq!(suppressed, [(reader(2), "complaint".to_owned())]);
    assert_eq!(server.received(&reader(2)), 0);
}
