//! Replies that put somebody off in, when and how often there is another try out.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use newsletter::config::Send;
use newsletter::delivery::{Next, Outcome, Patience, Retry, Throttle, reconnect};
use newsletter::journal::State;
use newsletter::transport::{Error, Stage};

use crate::support::smtp::{Act, Point, Server};
use crate::support::world::{World, reader};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_deferred_recipient_waits_longer_each_time_and_is_given_up_after_two_days() {
    let begun = at("2026-11-20T07:00:00Z");
    let retry = Retry::new(&Send::default(), begun);
    // 200 of 0 to 400 is the middle.
    let next = |outcome, tries, now: &str| {
        let now = at(now);
        retry.next(outcome, (tries, retry.is_late(9, now)), now, 200)
    };
    let noon = "2026-11-20T12:00:00Z";
    let (permanent, temporary) =
        (Outcome::Again { permanent: true }, Outcome::Again { permanent: false });
    for (outcome, tries, expected) in [
        (Outcome::Deferred, 0, Next::At(at("2026-11-20T12:00:05Z"))),
        (Outcome::Deferred, 1, Next::At(at("2026-11-20T12:00:30Z"))),
        (Outcome::Throttled(Throttle::Rate), 2, Next::At(at("2026-11-20T12:02:00Z"))),
        (Outcome::Deferred, 3, Next::Later(at("2026-11-20T12:02:00Z"))),
        (temporary, 0, Next::At(at(noon))),
        (temporary, 1, Next::At(at("2026-11-20T12:00:30Z"))),
        (permanent, 0, Next::At(at(noon))),
        (permanent, 1, Next::GiveUp),
    ] {
        assert_eq!(next(outcome, tries, noon), expected, "{outcome:?} {tries}");
    }
    let last = "2026-11-22T06:59:59Z";
    assert_eq!(next(Outcome::Deferred, 3, last), Next::Later(at("2026-11-22T07:01:59Z")));
    for tries in 0..5 {
        assert_eq!(next(Outcome::Deferred, tries, "2026-11-22T07:00:00Z"), Next::GiveUp);
    }
    let none = Retry::new(&Send { retry_delays: Vec::new(), ..Send::default() }, begun);
    assert_eq!(none.next(Outcome::Deferred, (0, false), at(noon), 1), Next::Later(at(noon)));
}

#[test]
fn a_clock_that_jumps_ahead_gives_nobody_up() {
    let begun = at("2026-11-20T07:00:00Z");
    let retry = Retry::new(&Send::default(), begun);
    let ahead = at("2026-11-23T07:00:00Z");
    for (attempts, given_up) in [(0, false), (1, false), (2, false), (3, true), (9, true)] {
        assert_eq!(retry.is_late(attempts, ahead), given_up, "{attempts}");
    }
}

/// Moments of the clock that was 40 hours ahead while recipients were put off.
static JUMPING: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

#[tokio::test]
async fn a_clock_that_was_ahead_for_a_moment_keeps_nobody_waiting() {
    use std::sync::atomic::Ordering;
    fn now() -> Timestamp {
        let ahead = if JUMPING.load(Ordering::SeqCst) { 40 } else { 0 };
        newsletter::clock::Clock::System.now() + jiff::SignedDuration::from_hours(ahead)
    }
    let script = |p: &Point<'_>| match (p.verb, p.connection) {
        ("RCPT", _) if p.to == reader(0) && !JUMPING.swap(true, Ordering::SeqCst) => {
            Act::Say("451 4.7.1 later")
        }
        ("RCPT", _) => {
            JUMPING.store(p.to == reader(1), Ordering::SeqCst);
            Act::Say(if p.to == reader(1) { "451 4.7.1 later" } else { "250 ok" })
        }
        _ => Act::Normal,
    };
    let mut world = World::new(3).await;
    world.clock = newsletter::clock::Clock::Told(now);
    let server = Server::start(script).await;
    let report = world.deliver(&server, 1).await;
    assert!(report.tally.rejected == 0, "{report:?}");
}

#[test]
fn those_who_were_deferred_together_do_not_come_back_together() {
    let send = Send { retry_delays: vec![Duration::from_secs(100)], ..Send::default() };
    let now = at("2026-11-20T07:00:00Z");
    let retry = Retry::new(&send, now);
    let delays: std::collections::BTreeSet<_> = (0..u64::MAX)
        .step_by(usize::MAX / 1_000)
        .map(|chance| match retry.next(Outcome::Deferred, (0, false), now, chance) {
            Next::At(due) => due.duration_since(now).as_millis(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(delays.len() > 300, "{}", delays.len());
    assert_eq!((delays.first(), delays.last()), (Some(&80_000), Some(&120_000)));
}

#[test]
fn a_server_that_does_not_answer_is_left_alone_for_longer_each_time() {
    let patience = Patience { failures_max: 5, delay: Duration::from_secs(1) };
    let refused = |stage, reply: &str| Error::Refused { stage, reply: reply.parse().unwrap() };
    let minutes = |minutes: [u64; 4]| minutes.map(|m| (m > 0).then(|| Duration::from_mins(m)));
    let seconds = |seconds: [u64; 4]| seconds.map(|s| (s > 0).then(|| Duration::from_secs(s)));
    for (error, expected) in [
        (Error::TimedOut, seconds([1, 2, 4, 8])),
        (refused(Stage::Greeting, "421 too busy"), minutes([1, 2, 4, 8])),
        (refused(Stage::Mail, "421 too busy"), minutes([1, 2, 4, 8])),
        (refused(Stage::Login, "454 4.7.0 try later"), minutes([1, 4, 0, 0])),
        (refused(Stage::Login, "535 5.7.8 wrong password"), minutes([0, 0, 0, 0])),
    ] {
        let waits = [1, 2, 3, 4].map(|failures| reconnect(patience, &error, failures));
        assert_eq!(waits, expected, "{error}");
        assert_eq!(reconnect(patience, &error, 5), None, "{error}");
    }
    // Yahoo closes without a word after so many messages: no failure.
    assert_eq!(reconnect(patience, &Error::TimedOut, 0), Some(Duration::ZERO));
}

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
