//! Sends that are killed at random moments in, everyone once or named as unknown out.
#![expect(
    clippy::print_stdout,
    reason = "a seed and figures help where a test fails; `cargo test` shows them then"
)]

mod ordeal;

use std::ffi::OsStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use newsletter::cli::Env;

use crate::real::component::Dice;
use crate::real::crash::ordeal::{Figures, LANES, Moment, Ordeal, share_of};

/// How many runs are under way at once.
const WORKERS: usize = 3;

/// How often each worker tries to end a send, at most, for each time that it did.
const TRIES: usize = 3;

#[test]
#[ignore = "needs two minutes"]
fn three_hundred_kills_lose_nobody_and_mail_nobody_twice() {
    let figures = torment("KILL", 300);
    println!("{figures:?}");
    assert!(figures.planning >= 8, "in planning: {figures:?}");
    assert!(figures.sending >= 150, "in the middle: {figures:?}");
    assert!(figures.settling >= 8, "after the last message: {figures:?}");
    assert!(figures.in_doubt >= 50, "kills with somebody in doubt: {figures:?}");
}

#[test]
#[ignore = "needs half a minute"]
fn sixty_terminations_leave_nobody_in_doubt() {
    let figures = torment("TERM", 60);
    println!("{figures:?}");
    assert!(figures.sending >= 30, "in the middle: {figures:?}");
    assert_eq!(figures.in_doubt, 0);
}

#[test]
#[ignore = "needs a quarter of a minute"]
fn thirty_second_signals_leave_in_doubt_what_was_on_the_wire_at_most() {
    let figures = torment("TERM TERM", 30);
    println!("{figures:?}");
    assert!(figures.sending >= 15, "in the middle: {figures:?}");
}

/// Ends sends at so many random moments by signals, and checks everyone of every run.
fn torment(signals: &'static str, number: usize) -> Figures {
    let seed = seed();
    let left = AtomicUsize::new(number);
    let figures = thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS as u64)
            .map(|worker| {
                let (mut dice, left) = (Dice::new(seed.wrapping_add(worker)), &left);
                scope.spawn(move || work(signals, &mut dice, left))
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    assert_eq!(left.into_inner(), 0);
    figures
}

fn work(signals: &'static str, dice: &mut Dice, left: &AtomicUsize) -> Figures {
    let mut figures = Figures::default();
    let beginning = Ordeal::begin(signals, 0, 0.0).measure();
    for round in 0.. {
        // So many in one run at most.
        let times = 4 + share_of(6, dice.share());
        let taken = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            (left > 0).then(|| left.saturating_sub(times))
        });
        let Ok(before) = taken else { break };
        let times = times.min(before);
        let mut ordeal = Ordeal::begin(signals, round, dice.share());
        let mut ended = 0;
        for attempt in 0..times * TRIES {
            let moment = match times - ended {
                _ if attempt == 0 && dice.share() < 0.6 => {
                    Moment::Planning(beginning.mul_f64(dice.share()))
                }
                1 if dice.share() < 0.7 => Moment::Settling(dice.share()),
                parts => Moment::Sending(dice.share(), dice.share(), parts),
            };
            ended += usize::from(ordeal.interrupt(moment));
            if ended == times || ordeal.is_over() {
                break;
            }
        }
        left.fetch_add(times - ended, Ordering::Relaxed);
        ordeal.finish();
        figures += ordeal.figures();
    }
    figures
}

/// Another one each time; `NEWSLETTER_TEST_SEED` repeats one.
fn seed() -> u64 {
    let env = Env::from_process();
    let given = env.variables.get(OsStr::new("NEWSLETTER_TEST_SEED"));
    let seed = given.map_or_else(
        || {
            let mut bytes = [0; 8];
            (env.random)(&mut bytes);
            u64::from_le_bytes(bytes) >> 1
        },
        |seed| seed.to_str().unwrap().parse().unwrap(),
    );
    println!("NEWSLETTER_TEST_SEED={seed}, {LANES} lanes");
    seed
}
