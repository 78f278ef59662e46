//! Servers that misbehave: nobody is lost, and nobody gets it twice.

mod pace;
mod refusals;
mod replies;
mod retries;
mod throttled;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use newsletter::compile::{Cut, Program, Slot};
use newsletter::config::{Smtp, Tls};
use newsletter::delivery::{Error, Proof, Reason, Report, Stopped};
use newsletter::journal::{Journal, Run, State};
use tokio::sync::watch;

use crate::support::smtp::{Act, Point, Server, Setup, when};
use crate::support::world::{World, program, reader};

/// Runs one script against so many readers, and checks the states of all.
async fn play(
    readers: usize,
    script: impl FnMut(&Point<'_>) -> Act + Send + 'static,
    expected: &[(State, usize)],
) -> (World, Server, Report) {
    let (world, server) = (World::new(readers).await, Server::start(script).await);
    let report = world.deliver(&server, 1).await;
    let states = world.check(&server).await;
    assert_eq!(states, expected.iter().copied().collect(), "{report:?}");
    (world, server, report)
}

fn is(point: &Point<'_>, verb: &str, number: usize) -> bool {
    point.verb == verb && point.to == reader(number)
}

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
async fn with_chunking_messages_do_not_wait_for_the_answers_to_those_before_them() {
    let setup = Setup { ehlo: &["PIPELINING", "CHUNKING", "SIZE"], ..Setup::default() };
    let server = Server::start_as(setup, |_| Act::Normal).await;
    let world = World::new(60).await;
    assert!(world.deliver(&server, 1).await.finished);
    assert_eq!(world.check(&server).await, BTreeMap::from([(State::Accepted, 60)]));
    server.log(|log| {
        let chunks = log.commands.iter().filter(|(c, _)| c.starts_with("BDAT"));
        assert_eq!((log.connections, chunks.count()), (1, 60));
        let together = log.commands.iter().filter(|(c, riding)| c.starts_with("MAIL") && *riding);
        assert!(together.count() > 10, "{:?}", log.commands);
        assert!(log.messages[0].1.contains("Dear reader,\nit is cold.\n"));
    });
}

#[tokio::test]
async fn with_chunking_a_refusal_is_of_nobody_but_the_one_it_is_about() {
    let script = |p: &Point<'_>| match () {
        () if is(p, "RCPT", 3) => Act::Say("550 5.1.1 no such user"),
        () if is(p, ".", 5) => Act::Say("554 5.7.1 it looks like spam"),
        () if is(p, "RCPT", 20) => Act::Say("451 4.7.1 greylisted"),
        () => Act::Normal,
    };
    let setup = Setup { ehlo: &["PIPELINING", "CHUNKING"], ..Setup::default() };
    let server = Server::start_as(setup, script).await;
    let world = World::new(40).await;
    world.deliver(&server, 1).await;
    let expected = [(State::Accepted, 37), (State::Deferred, 1), (State::Rejected, 2)];
    assert_eq!(world.check(&server).await, BTreeMap::from(expected));
    // The second connection is for the one who was deferred.
    assert_eq!(server.log(|log| log.connections), 2);
}

#[tokio::test]
async fn a_server_that_thinks_of_a_refused_transaction_is_told_to_forget_it() {
    // The one behind the refused one is told `503 nested MAIL`, until a RSET has come.
    let mut confused = false;
    let script = move |p: &Point<'_>| {
        let refused = is(p, "RCPT", 3);
        confused = (confused || refused) && p.verb != "RSET";
        match p.verb {
            _ if refused => Act::Say("550 5.1.1 no such user"),
            "MAIL" if confused => Act::Say("503 5.5.1 nested MAIL command"),
            "RCPT" | "." if confused => Act::Say("503 5.5.1 bad sequence"),
            _ => Act::Normal,
        }
    };
    let setup = Setup { ehlo: &["PIPELINING", "CHUNKING"], ..Setup::default() };
    let server = Server::start_as(setup, script).await;
    let world = World::new(40).await;
    let report = world.deliver(&server, 1).await;
    let expected = [(State::Accepted, 39), (State::Rejected, 1)];
    assert_eq!(world.check(&server).await, BTreeMap::from(expected), "{report:?}");
}

#[tokio::test]
async fn a_421_leaves_nobody_in_doubt_who_is_behind_it() {
    let script = |p: &Point<'_>| match () {
        () if p.connection == 1 && is(p, ".", 9) => Act::SayAndClose("421 4.7.0 enough for now"),
        () => Act::Normal,
    };
    let setup = Setup { ehlo: &["PIPELINING", "CHUNKING"], ..Setup::default() };
    let server = Server::start_as(setup, script).await;
    let world = World::new(40).await;
    world.deliver(&server, 1).await;
    assert_eq!(world.check(&server).await, BTreeMap::from([(State::Accepted, 40)]));
    assert!((2..=3).contains(&server.log(|log| log.connections)));
}

#[tokio::test]
async fn a_server_without_pipelining_gets_one_command_at_a_time() {
    let setup = Setup { ehlo: &["x-unknown", ""], ..Setup::default() };
    let server = Server::start_as(setup, |_| Act::Normal).await;
    let world = World::new(5).await;
    world.deliver(&server, 1).await;
    assert_eq!(world.check(&server).await, BTreeMap::from([(State::Accepted, 5)]));
    server.log(|log| assert!(log.commands.iter().all(|(_, riding)| !riding), "{log:?}"));
    server.log(|log| assert!(log.commands.iter().all(|(c, _)| !c.contains("SIZE"))));
}

#[tokio::test]
async fn a_connection_that_is_lost_after_the_dot_leaves_exactly_one_in_doubt() {
    for act in [Act::TakeAndClose, Act::Close, Act::Hang, Act::Say("garbage")] {
        let script = move |p: &Point<'_>| if is(p, ".", 3) { act.clone() } else { Act::Normal };
        let expected = [(State::Accepted, 9), (State::Unknown, 1)];
        let (world, server, report) = play(10, script, &expected).await;
        assert!(report.finished);
        assert_eq!(world.state(3).await.0, State::Unknown);
        let notes = world.notes.lock().unwrap().join("\n");
        assert!(notes.contains("reader3") && notes.contains("no answer to the message"), "{notes}");
        assert_eq!(server.log(|log| log.connections), 2);
    }
}

#[tokio::test]
async fn a_connection_that_is_lost_before_the_message_leaves_nobody_in_doubt() {
    for verb in ["MAIL", "RCPT"] {
        for act in [Act::Close, Act::Hang, Act::SayAndClose("421 4.7.0 enough for now")] {
            let here = move |p: &Point<'_>| p.connection == 1 && p.verb == verb && p.nth == 4;
            let script = when(here, act);
            let (world, server) = (World::new(10).await, Server::start(script).await);
            let report = world.deliver(&server, 1).await;
            let states = world.check(&server).await;
            assert_eq!(states, BTreeMap::from([(State::Accepted, 10)]), "{verb} {report:?}");
        }
    }
}

#[tokio::test]
async fn a_server_that_closes_before_the_message_was_written_leaves_nobody_in_doubt() {
    let script = |p: &Point<'_>| match p.connection {
        1 if is(p, "DATA", 2) => Act::SayAndClose("354 go"),
        _ => Act::Normal,
    };
    play(5, script, &[(State::Accepted, 5)]).await;
}

#[tokio::test]
async fn a_refused_recipient_does_not_cost_the_connection() {
    let script = |p: &Point<'_>| match () {
        () if is(p, "RCPT", 0) => Act::Say("550 5.1.1 no such user"),
        () if is(p, "RCPT", 2) => Act::Say("550 5.7.1 blocked by policy"),
        () if is(p, ".", 3) => Act::Say("554 5.7.1 it looks like spam"),
        () if is(p, "DATA", 4) => Act::Say("554 5.7.1 not now, not ever"),
        () => Act::Normal,
    };
    let expected = [(State::Accepted, 2), (State::Rejected, 4)];
    let (world, server, report) = play(6, script, &expected).await;
    assert!(report.finished);
    assert_eq!(world.state(0).await, (State::Rejected, "550 5.1.1 no such user".to_owned()));
    let suppressed = world.suppressed.lock().unwrap().clone();
    assert_eq!(suppressed.into_keys().collect::<Vec<_>>(), [reader(0)]);
    assert_eq!(server.log(|log| log.connections), 1);
}

#[tokio::test]
async fn data_that_is_taken_though_nobody_is_to_get_it_ends_with_an_empty_message() {
    let script = |p: &Point<'_>| match () {
        () if is(p, "RCPT", 1) => Act::Say("550 5.1.1 no such user"),
        () if is(p, "DATA", 1) => Act::Say("354 go ahead all the same"),
        () => Act::Normal,
    };
    let expected = [(State::Accepted, 3), (State::Rejected, 1)];
    let (_, server, _) = play(4, script, &expected).await;
    assert_eq!(server.log(|log| (log.connections, log.messages.len())), (1, 3));
}

#[tokio::test]
async fn what_every_message_would_be_told_stops_the_run_and_counts_for_nobody() {
    let said = "550 5.7.26 this mail is unauthenticated";
    let script = move |p: &Point<'_>| if is(p, ".", 2) { Act::Say(said) } else { Act::Normal };
    let expected = [(State::Accepted, 2), (State::Pending, 18)];
    let (world, server, report) = play(20, script, &expected).await;
    let Some(Stopped::Reply { reason, reply }) = report.stopped else { panic!("{report:?}") };
    assert_eq!((reason, reply.as_str()), (Reason::Authentication(Proof::Any), said));
    let entries = world.entries().await;
    assert!(entries.iter().skip(2).all(|entry| entry.attempts == 0));
    assert_eq!(server.log(|log| log.messages.len()), 2);
}

#[tokio::test]
async fn a_server_that_is_not_there_ends_the_run_with_everyone_pending() {
    let world = World::new(3).await;
    let server = Server::start(|_| Act::Close).await;
    let report = world.deliver(&server, 2).await;
    assert_eq!(world.check(&server).await, BTreeMap::from([(State::Pending, 3)]));
    assert!(matches!(report.stopped, Some(Stopped::Server(_))), "{report:?}");
    assert!((3..=6).contains(&server.log(|log| log.connections)));
    let smtp = Smtp { port: 1, ..server.smtp(Tls::None) };
    let (_sender, stop) = watch::channel(false);
    let report = world.deliver_until(smtp, stop).await;
    assert!(matches!(report.stopped, Some(Stopped::Server(_))), "{report:?}");
}

#[tokio::test]
async fn a_server_that_wants_no_mail_is_asked_once() {
    let (_, server, report) =
        play(3, |_| Act::SayAndClose("554 5.7.1 go away"), &[(State::Pending, 3)]).await;
    assert!(matches!(report.stopped, Some(Stopped::Server(_))), "{report:?}");
    assert_eq!(server.log(|log| log.connections), 1);
}

#[tokio::test]
async fn a_server_that_closes_after_every_second_message_is_no_trouble() {
    for act in [Act::Close, Act::SayAndClose("421 4.7.0 two a connection")] {
        let script = when(|p| p.verb == "MAIL" && p.nth == 3, act);
        let (_, server, report) = play(20, script, &[(State::Accepted, 20)]).await;
        assert!(report.finished);
        assert_eq!(server.log(|log| log.connections), 10);
    }
}

#[tokio::test]
async fn a_recipient_at_whom_the_server_hangs_up_comes_last_and_stops_nobody_else() {
    let script = |p: &Point<'_>| if is(p, "RCPT", 0) { Act::Close } else { Act::Normal };
    let expected = [(State::Accepted, 79), (State::Pending, 1)];
    let (_, server, report) = play(80, script, &expected).await;
    assert!(matches!(report.stopped, Some(Stopped::Server(_))), "{report:?}");
    // Once at the beginning, once behind everyone else, and then until the patience ends.
    assert_eq!(server.log(|log| log.connections), 2 + 3);
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

#[tokio::test]
async fn what_the_server_cannot_do_is_known_before_it_is_asked() {
    let world =
        World::of(vec![("jörg@example.org".to_owned(), 0), (reader(1), 0)], vec![program()]);
    let (world, server) = (world.await, Server::start(|_| Act::Normal).await);
    world.deliver(&server, 1).await;
    let states = world.check(&server).await;
    assert_eq!(states, BTreeMap::from([(State::Accepted, 1), (State::Rejected, 1)]));
    assert!(world.suppressed.lock().unwrap().is_empty());

    let setup = Setup { ehlo: &["PIPELINING", "SMTPUTF8", "SIZE"], ..Setup::default() };
    let server = Server::start_as(setup, |_| Act::Normal).await;
    let world = World::of(vec![("jörg@example.org".to_owned(), 0)], vec![program()]).await;
    assert!(world.deliver(&server, 1).await.finished);
    server.log(|log| assert!(log.commands.iter().any(|(c, _)| c.ends_with(" SMTPUTF8"))));

    let setup = Setup { ehlo: &["PIPELINING", "SIZE 20"], ..Setup::default() };
    let server = Server::start_as(setup, |_| Act::Normal).await;
    let world = World::new(3).await;
    let report = world.deliver(&server, 1).await;
    assert!(matches!(report.stopped, Some(Stopped::Reply { reason: Reason::Size, .. })));
    assert_eq!(world.check(&server).await, BTreeMap::from([(State::Pending, 3)]));
}

#[tokio::test]
async fn a_message_that_would_end_half_way_is_not_sent() {
    let hole = |at| vec![Cut { at, slot: Slot::Token }];
    for (bytes, slots) in [
        (&b"first\r\n"[..], hole(8)),
        (b".first\r\n\r\nhello\r\n", vec![]),
        (b"first\r\n\r\nhello\r\n.\r\nMAIL FROM:<x@example.org>\r\n", vec![]),
        (b"first\r\n\r\nhello\n.\r\n", vec![]),
        (b"first\r\n\r\nhello", vec![]),
        (b"first: \xc3\xa4\r\n\r\nhello\r\n", vec![]),
    ] {
        let programs = vec![Program::from_parts(bytes.to_vec(), slots)];
        let world = World::of(vec![(reader(0), 0)], programs).await;
        let server = Server::start(|_| Act::Normal).await;
        let report = world.deliver(&server, 1).await;
        let stopped = report.stopped.as_ref();
        assert!(
            matches!(stopped, Some(Stopped::Reply { reason: Reason::Message, .. })),
            "{report:?}"
        );
        assert_eq!(server.log(|log| log.connections), 0);
    }
}

/// A generator that gives the same numbers for the same seed (Knuth's MMIX).
fn dice(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move |sides| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % sides
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_server_does_nobody_is_lost_and_nobody_gets_it_twice() {
    const REPLIES: [&str; 10] = [
        "250 2.0.0 ok",
        "354 go",
        "421 4.7.0 later",
        "450 4.2.1 busy",
        "451 4.7.1 greylisted",
        "550 5.1.1 who",
        "552 5.2.2 full",
        "554 5.7.1 spam",
        "571 odd",
        "250-never\r\n ended",
    ];
    for seed in 0..32 {
        let mut roll = dice(seed);
        let script = move |_: &Point<'_>| match roll(100) {
            0..=2 => Act::Close,
            3 => Act::TakeAndClose,
            4..=12 => Act::Say(REPLIES[usize::try_from(roll(10)).unwrap()]),
            13..=14 => Act::SayAndClose(REPLIES[usize::try_from(roll(10)).unwrap()]),
            15 if roll(16) == 0 => Act::Hang,
            _ => Act::Normal,
        };
        let ehlo: &[&str] = match seed % 3 {
            0 => &[],
            1 => &["PIPELINING", "SIZE"],
            _ => &["PIPELINING", "CHUNKING", "SIZE"],
        };
        let server = Server::start_as(Setup { ehlo, ..Setup::default() }, script).await;
        let mut world = World::new(30).await;
        world.retry_delays = vec![Duration::from_millis(5); 2];
        world.deliver(&server, 3).await;
        let states = world.check(&server).await;
        assert_eq!(states.values().sum::<usize>(), 30, "seed {seed}");

        // A server that works takes the rest, and nobody of those who had it.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let patient = Setup { timeout: Duration::from_secs(10), ..Setup::default() };
        let kind = Server::start_as(patient, |_| Act::Normal).await;
        let report = world.deliver(&kind, 3).await;
        assert!(report.finished, "seed {seed}: {report:?}");
        for number in 0..30 {
            let received = server.received(&reader(number)) + kind.received(&reader(number));
            let (state, _) = world.state(number).await;
            assert!(received <= 1, "seed {seed}: {} got it twice", reader(number));
            assert!(state != State::Accepted || received == 1, "seed {seed}: lost");
        }
    }
}
