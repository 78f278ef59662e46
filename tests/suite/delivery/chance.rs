//! Servers that do anything at any moment in, nobody lost and nobody served twice out.

use std::time::Duration;

use newsletter::journal::State;

use crate::support::smtp::{Act, Point, Server, Setup};
use crate::support::world::{World, reader};

/// A generator that gives the same numbers for the same seed (Knuth's MMIX).
pub(super) fn dice(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move |sides| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % sides
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_server_does_nobody_is_lost_and_nobody_gets_it_twice() {
    const REPLIES: [&str; 10] = [
        "250 2.0.0 ok",
        "354 go",
        "421 4.7.0 later",
        "450 4.2.1 busy",
        "451 4.7.1 greylisted",
        "550 5.1.1 who",
        "552 5.2.2 full",
        "554 5.7.1 spam",
        "571 odd",
        "250-never\r\n ended",
    ];
    for seed in 0..32 {
        let mut roll = dice(seed);
        let script = move |_: &Point<'_>| match roll(100) {
            0..=2 => Act::Close,
            3 => Act::TakeAndClose,
            4..=12 => Act::Say(REPLIES[usize::try_from(roll(10)).unwrap()]),
            13..=14 => Act::SayAndClose(REPLIES[usize::try_from(roll(10)).unwrap()]),
            15 if roll(16) == 0 => Act::Hang,
            _ => Act::Normal,
        };
        let ehlo: &[&str] = match seed % 3 {
            0 => &[],
            1 => &["PIPELINING", "SIZE"],
            _ => &["PIPELINING", "CHUNKING", "SIZE"],
        };
        let server = Server::start_as(Setup { ehlo, ..Setup::default() }, script).await;
        let mut world = World::new(30).await;
        world.retry_delays = vec![Duration::from_millis(5); 2];
        world.deliver(&server, 3).await;
        let states = world.check(&server).await;
        assert_eq!(states.values().sum::<usize>(), 30, "seed {seed}");

        // A server that works takes the rest, and nobody of those who had it.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let patient = Setup { timeout: Duration::from_secs(10), ..Setup::default() };
        let kind = Server::start_as(patient, |_| Act::Normal).await;
        let report = world.deliver(&kind, 3).await;
        assert!(report.finished, "seed {seed}: {report:?}");
        for number in 0..30 {
            let received = server.received(&reader(number)) + kind.received(&reader(number));
            let (state, _) = world.state(number).await;
            assert!(received <= 1, "seed {seed}: {} got it twice", reader(number));
            assert!(state != State::Accepted || received == 1, "seed {seed}: lost");
        }
    }
}
