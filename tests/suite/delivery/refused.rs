//! Servers that refuse in, nobody else touched and no connection lost out.

use std::collections::BTreeMap;

use newsletter::compile::{Cut, Program, Slot};
use newsletter::delivery::{Proof, Reason, Stopped};
use newsletter::journal::State;

use crate::delivery::{is, play};
use crate::support::smtp::{Act, Point, Server, Setup};
use crate::support::world::{World, program, reader};

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
