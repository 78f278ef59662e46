//! A server that defers in, how often a recipient is tried out.

use std::collections::BTreeMap;
use std::time::Duration;

use newsletter::journal::State;

use crate::support::smtp::{Act, Point, Server};
use crate::support::world::{World, reader};

#[tokio::test]
async fn a_recipient_is_tried_as_often_as_the_settings_say_and_no_more() {
    // The others keep the lane busy for longer than any delay.
    let script = |p: &Point<'_>| match p.verb == "RCPT" && p.to == reader(0) {
        true => Act::Say("451 4.3.0 try again later"),
        false => Act::Normal,
    };
    let (mut world, server) = (World::new(60).await, Server::start(script).await);
    world.retry_delays = vec![Duration::from_millis(1); 2];
    for tries in [3, 6] {
        world.deliver(&server, 1).await;
        let entries = world.entries().await;
        assert_eq!((entries[0].state, entries[0].attempts), (State::Deferred, tries));
    }
}

#[tokio::test]
async fn a_deferred_recipient_is_tried_again_and_then_left_for_another_run() {
    let mut refusals = 0;
    let script = move |p: &Point<'_>| {
        if p.verb == "RCPT" && p.to == reader(0) {
            return Act::Say("451 4.3.0 try again later");
        }
        refusals += usize::from(p.verb == "." && p.to == reader(1));
        if p.verb == "." && p.to == reader(1) && refusals == 1 {
            Act::Say("452 4.3.1 disk full")
        } else {
            Act::Normal
        }
    };
    let expected = [(State::Accepted, 2), (State::Deferred, 1)];
    let (mut world, server) = (World::new(3).await, Server::start(script).await);
    world.retry_delays = vec![Duration::from_millis(200)];
    let report = world.deliver(&server, 1).await;
    assert_eq!(world.check(&server).await, BTreeMap::from(expected));
    assert!(!report.finished && report.stopped.is_none());
    let tries = |log: &crate::support::smtp::Log| {
        log.commands.iter().filter(|(c, _)| c.contains(&format!("RCPT TO:<{}>", reader(0)))).count()
    };
    assert_eq!(server.log(tries), 2);
    tokio::time::sleep(Duration::from_millis(240)).await;
    let kind = Server::start(|_| Act::Normal).await;
    assert!(world.deliver(&kind, 1).await.finished);
    assert_eq!((server.received(&reader(0)), kind.received(&reader(0))), (0, 1));
}
