//! Servers that misbehave: nobody is lost, and nobody gets it twice.

mod chance;
mod chunking;
mod closing;
mod pace;
mod refusals;
mod refused;
mod replies;
mod retries;
mod run;
mod throttled;

use newsletter::delivery::Report;
use newsletter::journal::State;

use crate::support::smtp::{Act, Point, Server};
use crate::support::world::{World, reader};

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
