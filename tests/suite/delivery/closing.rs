//! Servers that close or are not there in, everyone served once and nobody in doubt without a reason out.

use std::collections::BTreeMap;

use newsletter::config::{Smtp, Tls};
use newsletter::delivery::Stopped;
use newsletter::journal::State;
use tokio::sync::watch;

use crate::delivery::{is, play};
use crate::support::smtp::{Act, Point, Server, Setup, when};
use crate::support::world::World;

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
