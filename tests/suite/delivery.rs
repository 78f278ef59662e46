//! Servers that misbehave: nobody is lost, and nobody gets it twice.

mod chance;
mod chunking;
mod closing;
mod dialogues;
mod drops;
mod envelope;
mod pace;
mod refusals;
mod refused;
mod replies;
mod retries;
mod run;
mod simulation;
mod strange;
mod throttled;

use std::time::Duration;

use newsletter::clock::Clock;
use newsletter::config::{Smtp, Timeouts, Tls};
use newsletter::delivery::{Patience, Report};
use newsletter::journal::State;
use tokio::sync::watch;

use crate::support::hours::Hours;
use crate::support::smtp::{Act, Point, Server};
use crate::support::world::{World, reader};

/// The three ways to talk to a server, by what it offers.
const MODES: [&[&str]; 3] = [&["PIPELINING", "CHUNKING", "SIZE"], &["PIPELINING"], &[]];

/// A world for time that passes as fast as it can.
async fn timeless(readers: usize, hours: &Hours) -> World {
    let mut world = World::new(readers).await;
    world.clock = Clock::Told(Hours::now);
    world.retry_delays = vec![Duration::ZERO; 2];
    world.patience = Patience { failures_max: u32::MAX, delay: Duration::ZERO };
    world.limit = Duration::from_hours(1_000);
    hours.begin(&world.journal);
    world
}

/// Delivers in it, with the deadlines that people have.
async fn deliver(world: &World, server: &Server, lanes: usize) -> Report {
    let (_sender, stop) = watch::channel(false);
    let host = "127.0.0.1".to_owned();
    let timeouts = Timeouts::default();
    // So high that a server may lose its connections as often as a test wants.
    let max_in_flight = 256;
    let smtp = Smtp { host, max_conns: lanes, max_in_flight, timeouts, ..server.smtp(Tls::None) };
    world.deliver_until(smtp, stop).await
}

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
