//! Replies late, in pieces, together, of any length and of any bytes in, everyone in one state and an end out.

use std::time::Duration;

use newsletter::delivery::Report;
use newsletter::journal::State;

use crate::delivery::{MODES, deliver, timeless};
use crate::support::hours::Hours;
use crate::support::link::{Link, Way};
use crate::support::smtp::{Act, Point, Server, Setup};
use crate::support::world::{World, reader};

const READERS: usize = 12;

/// Where a server may say something strange.
const STAGES: [&str; 8] = ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", ".", "RSET", "QUIT"];

/// Delivers over ways that do this to what the server says.
async fn play(
    ehlo: &'static [&'static str],
    said: fn() -> Way,
    script: impl FnMut(&Point<'_>) -> Act + Send + 'static,
    hours: Hours,
) -> (World, Server, Report) {
    let mut world = timeless(READERS, &hours).await;
    world.patience.failures_max = 3;
    let link = move |_| Link { said: said(), hours: Some(hours.clone()), ..Link::default() };
    let setup = Setup { ehlo, link: Some(Box::new(link)), ..Setup::default() };
    let server = Server::start_as(setup, script).await;
    let report = deliver(&world, &server, 2).await;
    (world, server, report)
}

fn after(delay: Duration) -> Way {
    Way { delay: Box::new(move || delay), ..Way::default() }
}

#[test]
fn how_replies_come_makes_no_difference() {
    let ways: [fn() -> Way; 4] = [
        || Way { piece: 1, ..after(Duration::from_millis(1)) },
        || Way { merged: true, ..after(Duration::from_secs(2)) },
        || after(Duration::from_mins(1)),
        || Way { bare: true, ..after(Duration::from_millis(1)) },
    ];
    for ehlo in MODES {
        for way in ways {
            Hours::pass(async |hours| {
                let (world, server, report) = play(ehlo, way, |_| Act::Normal, hours).await;
                assert!(report.finished, "{report:?}");
                let states = world.check(&server).await;
                assert_eq!(states.into_iter().collect::<Vec<_>>(), [(State::Accepted, READERS)]);
            });
        }
    }
}

#[test]
fn a_reply_may_be_as_long_as_it_likes() {
    // Lines of 900 bytes, 200 lines, and both.
    let words = "y".repeat(896);
    let lines = |count, words: &str| format!("250-{words}\r\n").repeat(count) + "250 " + words;
    for text in [lines(0, &words), lines(199, "2.0.0 ok"), lines(199, &words)] {
        let text: &'static str = text.leak();
        let script = move |point: &Point<'_>| match point.verb {
            "MAIL" | "RCPT" | "." | "RSET" => Act::Say(text),
            _ => Act::Normal,
        };
        for ehlo in MODES {
            Hours::pass(async |hours| {
                let (world, server, report) = play(ehlo, Way::default, script, hours).await;
                assert!(report.finished, "{report:?}");
                let states = world.check(&server).await;
                assert_eq!(states.into_iter().collect::<Vec<_>>(), [(State::Accepted, READERS)]);
            });
        }
    }
}

#[test]
fn whatever_a_server_says_at_a_stage_everyone_is_in_one_state_and_the_run_ends() {
    let acts = [
        Act::Say("421 4.7.0 closing"),
        Act::Say("\0\0\0"),
        Act::Say("250\0ok"),
        Act::Say("\u{fffd}\u{80}garbage \u{1b}[2J"),
        Act::Say("250 ok\n250 and one that nobody asked for"),
        Act::Say("250 ok\r\n250 and\r\n250 two\r\n250 too many"),
        Act::Say("250-there is more, and it does not come"),
        Act::Say(""),
        Act::Say("999 what?"),
        Act::Mute,
    ];
    let cases = STAGES.iter().flat_map(|stage| acts.iter().map(move |act| (*stage, act.clone())));
    for (stage, act) in cases {
        for ehlo in MODES {
            Hours::pass(async |hours| say_once(ehlo, stage, act.clone(), hours).await);
        }
    }
}

/// Has a server do something once, in the middle of a connection where there is one.
async fn say_once(ehlo: &'static [&'static str], stage: &'static str, act: Act, hours: Hours) {
    let (strange, mut done) = (act.clone(), false);
    let script = move |point: &Point<'_>| {
        let middle = matches!(stage, "CONNECT" | "EHLO" | "RSET" | "QUIT") || point.nth == 3;
        if done || point.verb != stage || !middle {
            return Act::Normal;
        }
        done = true;
        strange.clone()
    };
    let (world, server, report) = play(ehlo, Way::default, script, hours).await;
    let case = format!("{ehlo:?} {stage} {act:?} {report:?}");
    let entries = world.entries().await;
    assert_eq!(entries.len(), READERS, "{case}");
    for (number, entry) in entries.iter().enumerate() {
        let state = entry.state;
        assert!(!matches!(state, State::Claimed | State::Attempting), "{case} {state:?}");
        let received = server.received(&reader(number));
        assert!(received <= 1, "{case}: {number} got it {received} times");
        let taken = matches!(state, State::Accepted | State::Unknown);
        assert!(taken || received == 0, "{case}: {number} is {state:?} and has it");
    }
}
