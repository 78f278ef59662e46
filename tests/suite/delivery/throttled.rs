//! Limits of our own and of servers: what they leave for later, and nobody lost.

use std::collections::BTreeMap;
use std::time::Duration;

use newsletter::config::{Rate, Send, Tls};
use newsletter::delivery::{Report, Stopped};
use newsletter::journal::State;
use tokio::sync::watch;

use crate::support::smtp::{Act, Point, Server};
use crate::support::world::{World, program, reader};

const HOUR: Duration = Duration::from_secs(3_600);

/// Delivers until the run has to wait for anything.
async fn deliver(world: &mut World, server: &Server, lanes: usize) -> Report {
    let (sender, stop) = watch::channel(false);
    world.impatient = Some(sender);
    let smtp = newsletter::config::Smtp { max_conns: lanes, ..server.smtp(Tls::None) };
    world.deliver_until(smtp, stop).await
}

fn counts(accepted: usize, pending: usize) -> BTreeMap<State, usize> {
    BTreeMap::from([(State::Accepted, accepted), (State::Pending, pending)])
}

#[tokio::test]
async fn a_window_is_kept_over_all_lanes_and_remembered_by_the_next_send() {
    let server = Server::start(|_| Act::Normal).await;
    let mut world = World::new(30).await;
    let window = |messages| Send { window: Some(Rate { messages, per: HOUR }), ..Send::default() };
    world.send = window(10);
    let report = deliver(&mut world, &server, 3).await;
    assert!(matches!(report.stopped, Some(Stopped::Asked)), "{report:?}");
    assert_eq!(world.check(&server).await, counts(10, 20));
    // What was sent an instant ago counts.
    deliver(&mut world, &server, 3).await;
    assert_eq!(world.check(&server).await, counts(10, 20));
    world.send = window(14);
    deliver(&mut world, &server, 3).await;
    assert_eq!(world.check(&server).await, counts(14, 16));
}

#[tokio::test]
async fn a_warm_up_ends_the_run_for_the_day() {
    let server = Server::start(|_| Act::Normal).await;
    let mut world = World::new(30).await;
    world.send = Send { warm_up: vec![7, 100], ..Send::default() };
    for _ in 0..2 {
        let (_sender, stop) = watch::channel(false);
        let report = world.deliver_until(server.smtp(Tls::None), stop).await;
        assert!(matches!(report.stopped, Some(Stopped::WarmUp)), "{report:?}");
        assert_eq!(world.check(&server).await, counts(7, 23));
    }
}

#[tokio::test]
async fn a_domain_that_has_had_enough_keeps_nobody_else_waiting() {
    let server = Server::start(|_| Act::Normal).await;
    let readers = |n| if n % 2 == 0 { reader(n) } else { format!("reader{n}@example.com") };
    let readers = (0..20).map(|n| (readers(n), 0)).collect();
    let mut world = World::of(readers, vec![program()]).await;
    let cap = ("example.com".to_owned(), Rate { messages: 1, per: HOUR });
    world.send = Send { domains: BTreeMap::from([cap]), ..Send::default() };
    deliver(&mut world, &server, 2).await;
    assert_eq!(world.check(&server).await, counts(11, 9));
}

#[tokio::test]
async fn readers_of_one_domain_do_not_come_in_a_row() {
    let server = Server::start(|_| Act::Normal).await;
    let domain = |n| if n < 20 { "example.org" } else { "example.com" };
    let readers = (0..40).map(|n| (format!("reader{n}@{}", domain(n)), 0)).collect();
    let world = World::of(readers, vec![program()]).await;
    assert!(world.deliver(&server, 1).await.finished);
    let domains: Vec<bool> =
        server.log(|log| log.messages.iter().map(|(to, _)| to.ends_with(".com")).collect());
    assert!(domains.windows(2).all(|pair| pair[0] != pair[1]), "{domains:?}");
}

#[tokio::test]
async fn a_server_that_wants_less_gets_fewer_connections_and_a_pause() {
    let script = |p: &Point<'_>| match p.to == reader(5) && p.verb == "." {
        true => Act::Say("421 4.7.28 unusual rate of mail"),
        false => Act::Normal,
    };
    let server = Server::start(script).await;
    let mut world = World::new(400).await;
    world.send = Send { throttle_pause: HOUR, ..Send::default() };
    let report = deliver(&mut world, &server, 4).await;
    assert!(matches!(report.stopped, Some(Stopped::Asked)), "{report:?}");
    let states = world.check(&server).await;
    // Only what was handed out before the server said so.
    assert!(states[&State::Accepted] <= 4 * 16, "{states:?}");
    assert!([State::Deferred, State::Pending].contains(&world.state(5).await.0));

    // After the pause it goes on, to everyone, once.
    world.send = Send { throttle_pause: Duration::from_millis(30), ..Send::default() };
    world.impatient = None;
    let kind = Server::start(|_| Act::Normal).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(world.deliver(&kind, 4).await.finished);
    for number in 0..400 {
        let received = server.received(&reader(number)) + kind.received(&reader(number));
        assert_eq!(received, 1, "{}", reader(number));
    }
}

#[tokio::test]
async fn a_pause_ends_by_itself() {
    let mut said = false;
    let script = move |p: &Point<'_>| match p.to == reader(5) && p.verb == "." && !said {
        true => {
            said = true;
            Act::Say("451 4.7.1 too many messages, slow down: rate limited")
        }
        false => Act::Normal,
    };
    let server = Server::start(script).await;
    let mut world = World::new(60).await;
    world.send = Send { throttle_pause: Duration::from_millis(300), ..Send::default() };
    assert!(world.deliver(&server, 3).await.finished);
    assert_eq!(world.check(&server).await, BTreeMap::from([(State::Accepted, 60)]));
}

#[tokio::test]
async fn a_server_that_never_answers_the_last_messages_puts_a_few_in_doubt_and_not_the_list() {
    use crate::support::smtp::Setup;
    for ehlo in [&["PIPELINING", "CHUNKING"][..], &["PIPELINING"], &[]] {
        // Not always after as many messages: that would be a limit, which is learned.
        let script = |p: &Point<'_>| match p.verb == "." && p.nth == 4 + p.connection % 2 {
            true => Act::TakeAndClose,
            false => Act::Normal,
        };
        let server = Server::start_as(Setup { ehlo, ..Setup::default() }, script).await;
        let world = World::new(600).await;
        let (_sender, stop) = watch::channel(false);
        let smtp = newsletter::config::Smtp { max_in_flight: 4, ..server.smtp(Tls::None) };
        let report = world.deliver_until(smtp, stop).await;
        assert!(matches!(report.stopped, Some(Stopped::Doubts)), "{report:?}");
        let states = world.check(&server).await;
        assert!((5..=8).contains(&states[&State::Unknown]), "{states:?}");
        assert!(states[&State::Pending] > 500, "{states:?}");
    }
}
