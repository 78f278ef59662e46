//! Messages that do not wait for the answers to those before them in, every answer at its own message out.

use std::collections::BTreeMap;

use newsletter::journal::State;

use crate::delivery::is;
use crate::support::smtp::{Act, Point, Server, Setup};
use crate::support::world::World;

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
    // A second connection is for the one who was deferred, if he is due late.
    assert!(server.log(|log| log.connections) <= 2);
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
