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

#[tokio::test]
async fn nobody_gets_the_message_of_a_transaction_that_the_server_kept() {
    let mut deferred = 0;
    let script = move |p: &Point<'_>| {
        let here = p.verb == "." && (is(p, ".", 7) || is(p, ".", 8)) && deferred < 2;
        deferred += usize::from(here);
        if here { Act::Say("451 4.3.0 later") } else { Act::Normal }
    };
    let ehlo = &["PIPELINING", "CHUNKING"];
    let setup = Setup { ehlo, lingers: true, ..Setup::default() };
    let server = Server::start_as(setup, script).await;
    let world = World::new(30).await;
    world.deliver(&server, 1).await;
    world.check(&server).await;
    // Each message has an identifier of its own: no text comes twice.
    let texts = server.log(|log| {
        log.messages.iter().map(|(_, text)| text.clone()).collect::<std::collections::BTreeSet<_>>()
    });
    assert_eq!(texts.len(), server.log(|log| log.messages.len()));
}

#[tokio::test]
async fn chunking_that_is_offered_and_not_understood_is_given_up_for_the_run() {
    for refusal in ["500 5.5.1 unknown command", "502 5.5.1 not implemented"] {
        let script = move |p: &Point<'_>| match p.verb == "." && p.connection == 1 {
            true => Act::Say(refusal),
            false => Act::Normal,
        };
        let ehlo = &["PIPELINING", "CHUNKING"];
        let server = Server::start_as(Setup { ehlo, ..Setup::default() }, script).await;
        let world = World::new(40).await;
        let report = world.deliver(&server, 1).await;
        assert!(report.finished, "{report:?}");
        assert_eq!(world.check(&server).await, BTreeMap::from([(State::Accepted, 40)]));
        let chunks =
            server.log(|log| log.commands.iter().filter(|(c, _)| c.starts_with("BDAT")).count());
        assert_eq!(chunks, 1);
    }
}

#[tokio::test]
async fn parameters_of_dsn_that_are_offered_and_refused_are_given_up_for_the_run() {
    for (verb, refusal) in [
        ("MAIL", "555 5.5.4 Unsupported option: RET=HDRS"),
        ("MAIL", "501 5.5.4 Syntax error"),
        ("RCPT", "501 5.5.4 unknown parameter NOTIFY"),
    ] {
        for ehlo in [&["PIPELINING", "CHUNKING", "DSN"][..], &["PIPELINING", "DSN"], &["DSN"]] {
            let script = move |p: &Point<'_>| match p.verb == verb && p.dsn {
                true => Act::Say(refusal),
                false => Act::Normal,
            };
            let setup = Setup { ehlo: ehlo.to_vec().leak(), ..Setup::default() };
            let server = Server::start_as(setup, script).await;
            let world = World::new(20).await;
            let report = world.deliver(&server, 1).await;
            assert!(report.finished, "{verb} {refusal} {ehlo:?} {report:?}");
            assert_eq!(world.check(&server).await, BTreeMap::from([(State::Accepted, 20)]));
        }
    }
}

#[tokio::test]
async fn an_extension_that_the_settings_turn_off_is_not_used() {
    let ehlo = &["PIPELINING", "CHUNKING", "DSN"];
    let server = Server::start_as(Setup { ehlo, ..Setup::default() }, |_| Act::Normal).await;
    let world = World::new(4).await;
    let (_sender, stop) = tokio::sync::watch::channel(false);
    let smtp = server.smtp(newsletter::config::Tls::None);
    let smtp = newsletter::config::Smtp { chunking: false, dsn: false, pipelining: false, ..smtp };
    assert!(world.deliver_until(smtp, stop).await.finished);
    server.log(|log| {
        let uses = |what: &str| log.commands.iter().any(|(command, _)| command.contains(what));
        assert!(!uses("BDAT") && !uses("RET=") && !uses("NOTIFY="), "{:?}", log.commands);
        let riding = log.commands.iter().any(|(c, riding)| c.starts_with("RCPT") && *riding);
        assert!(!riding, "{:?}", log.commands);
    });
}

#[tokio::test]
async fn a_message_that_may_have_been_taken_after_a_strange_answer_is_in_doubt() {
    let script = |p: &Point<'_>| match (p.connection, p.verb) {
        (1, "MAIL") => Act::Say("354 go"),
        (1, "RCPT") => Act::Mute,
        (1, ".") => Act::TakeAndClose,
        _ => Act::Normal,
    };
    let ehlo = &["PIPELINING", "CHUNKING"];
    let server = Server::start_as(Setup { ehlo, ..Setup::default() }, script).await;
    let world = World::new(1).await;
    world.deliver(&server, 1).await;
    assert_eq!(world.check(&server).await, BTreeMap::from([(State::Unknown, 1)]));
}
