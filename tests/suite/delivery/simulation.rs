//! Seeds in, hours of a bad network played in a moment, and the same history for the same seed, out.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use newsletter::config::{Smtp, Timeouts, Tls};
use newsletter::journal::State;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::delivery::chance::dice;
use crate::delivery::{MODES, deliver, timeless};
use crate::support::hours::Hours;
use crate::support::link::{Link, Way};
use crate::support::smtp::{Act, Point, Server, Setup};

const SEEDS: u64 = 300;

/// How many of a connection's messages are under way at most.
const IN_FLIGHT: usize = 4;

/// What a server says that it should not, or not now.
const REPLIES: [&str; 8] = [
    "421 4.7.0 later",
    "450 4.2.1 busy",
    "451 4.7.1 greylisted",
    "452 4.5.3 too many recipients",
    "550 5.1.1 who",
    "552 5.2.2 full",
    "571 odd",
    "250-never\r\n ended",
];

/// How long a piece is under way: mostly not long, sometimes for minutes, and now and then the
/// network is in two parts, which may find each other again.
fn delay(roll: &mut impl FnMut(u64) -> u64) -> Duration {
    match roll(1000) {
        0..=899 => Duration::from_millis(1 + roll(80)),
        900..=969 => Duration::from_millis(1 + roll(5_000)),
        970..=989 => Duration::from_secs(1 + roll(240)),
        990..=996 => Duration::from_secs(300 + roll(900)),
        _ => Duration::from_hours(100),
    }
}

fn way(seed: u64, cut: usize) -> Way {
    let mut roll = dice(seed);
    let piece = [1 << 16, 1 << 16, 700, 64][usize::try_from(roll(4)).unwrap()];
    let merged = roll(3) == 0;
    Way { end: cut, piece, merged, delay: Box::new(move || delay(&mut roll)), bare: false }
}

/// What lies between the lanes and the server: other weather for each connection.
fn link(seed: u64, connection: usize, hours: Hours) -> Link {
    let seed = seed * 1_000_000 + connection as u64 * 10;
    let mut roll = dice(seed);
    let mut cut = || match roll(5) {
        0 => usize::try_from(roll(3_000)).unwrap(),
        _ => usize::MAX,
    };
    let (heard, said) = (way(seed + 1, cut()), way(seed + 2, cut()));
    Link { heard, said, reset: roll(2) == 0, hours: Some(hours), name: connection.to_string() }
}

/// A server that now and then is not there for minutes, and forgets its connections over that.
fn script(seed: u64) -> impl FnMut(&Point<'_>) -> Act + Send {
    let mut roll = dice(seed);
    let start = Instant::now();
    let mut down = Duration::from_secs(roll(600));
    let mut up = down + Duration::from_secs(roll(300));
    move |_| {
        let now = start.elapsed();
        if now >= up {
            down = up + Duration::from_secs(30 + roll(1_200));
            up = down + Duration::from_secs(roll(300));
        }
        if now >= down {
            return Act::Close;
        }
        match roll(200) {
            0..=1 => Act::Close,
            2 => Act::TakeAndClose,
            3..=9 => Act::Say(REPLIES[usize::try_from(roll(8)).unwrap()]),
            10 => Act::SayAndClose(REPLIES[usize::try_from(roll(7)).unwrap()]),
            11 if roll(8) == 0 => Act::Hang,
            _ => Act::Normal,
        }
    }
}

/// What a seed came to.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    history: Vec<String>,
    took: Duration,
    unknown: usize,
    connections: usize,
}

async fn play(seed: u64, hours: Hours) -> Outcome {
    let mut roll = dice(seed + 7);
    let readers = usize::try_from(20 + roll(41)).unwrap();
    let lanes = usize::try_from(1 + roll(4)).unwrap();
    let ehlo = MODES[usize::try_from(seed % 3).unwrap()];
    let mut world = timeless(readers, &hours).await;
    world.patience.failures_max = 12;
    world.patience.delay = Duration::from_secs(1);
    let start = Instant::now();
    let weather = hours.clone();
    let weather = move |connection| link(seed, connection, weather.clone());
    let setup = Setup { ehlo, link: Some(Box::new(weather)), ..Setup::default() };
    let server = Server::start_as(setup, script(seed)).await;
    let (_sender, stop) = watch::channel(false);
    let smtp = Smtp {
        host: "127.0.0.1".to_owned(),
        max_conns: lanes,
        max_in_flight: IN_FLIGHT,
        timeouts: Timeouts::default(),
        ..server.smtp(Tls::None)
    };
    let report = world.deliver_until(smtp, stop).await;
    let took = start.elapsed();
    // Whom the server is said to have, it has; and all that a way swallowed came out or is lost.
    let states = world.check(&server).await;
    assert_eq!(states.values().sum::<usize>(), readers, "seed {seed}");
    let unknown = states.get(&State::Unknown).copied().unwrap_or_default();
    let connections = server.log(|log| log.connections);
    assert!(unknown <= connections * IN_FLIGHT, "seed {seed}: {unknown} unknown, {report:?}");

    // A server that works takes the rest, and nobody of those who had it.
    let plain = hours.clone();
    let way = || Way { delay: Box::new(|| Duration::from_millis(10)), ..Way::default() };
    let plain =
        move |_| Link { heard: way(), said: way(), hours: Some(plain.clone()), ..Link::default() };
    let setup = Setup { link: Some(Box::new(plain)), ..Setup::default() };
    let kind = Server::start_as(setup, |_| Act::Normal).await;
    let report = deliver(&world, &kind, lanes).await;
    assert!(report.finished, "seed {seed}: {report:?}");
    for entry in world.entries().await {
        let address = entry.recipient.address.to_string();
        let received = server.received(&address) + kind.received(&address);
        assert!(received <= 1, "seed {seed}: {address} got it twice");
        assert!(entry.state != State::Accepted || received == 1, "seed {seed}: {address} is lost");
        hours.note(&format!("{address} {:?} {}", entry.state, entry.reply));
    }
    Outcome { history: hours.history(), took, unknown, connections }
}

#[test]
fn whatever_the_network_does_nobody_is_lost_and_nobody_gets_it_twice() {
    let outcomes = Arc::new(Mutex::new(Vec::new()));
    let workers = [0, 1].map(|worker| {
        let outcomes = Arc::clone(&outcomes);
        std::thread::spawn(move || {
            for seed in (worker..SEEDS).step_by(2) {
                let outcome = Hours::pass(async |hours| play(seed, hours).await);
                outcomes.lock().unwrap().push((seed, outcome));
            }
        })
    });
    workers.into_iter().for_each(|worker| worker.join().unwrap());
    let outcomes = outcomes.lock().unwrap();
    let sum = |of: fn(&Outcome) -> usize| outcomes.iter().map(|(_, o)| of(o)).sum::<usize>();
    let took: Duration = outcomes.iter().map(|(_, outcome)| outcome.took).sum();
    let (connections, unknown) = (sum(|o| o.connections), sum(|o| o.unknown));
    let case = format!("{connections} connections, {unknown} unknown, {took:?}");
    assert!(unknown > 100 && took > Duration::from_hours(24), "{case}");
}

#[test]
fn the_same_seed_has_the_same_history() {
    for seed in 0..6 {
        let [once, again] = [0, 1].map(|_| Hours::pass(async |hours| play(seed, hours).await));
        let differ = once.history.iter().zip(&again.history).find(|(once, again)| once != again);
        assert_eq!(differ, None, "seed {seed}");
        assert_eq!(once, again, "seed {seed}");
    }
}
