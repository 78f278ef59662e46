//! Moments at which something happened in, the stretches of sending between pauses out.

use jiff::{SignedDuration, Timestamp};

use crate::journal::State;

/// No shorter gap is a pause: a server takes its time, and so does a `rate`.
const SHORTEST: i64 = 60_000;
/// A gap that is no larger part of the whole is none either: nobody would see it.
const PARTS: i64 = 20;

/// A stretch of time in which messages were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// When the first thing happened in it.
    pub begun: Timestamp,
    /// When the last one did.
    pub ended: Timestamp,
    /// How many messages the server answered.
    pub answers: u64,
}

impl Round {
    /// How long it was.
    #[must_use]
    pub fn length(&self) -> SignedDuration {
        self.ended.duration_since(self.begun)
    }
}

/// Rounds that are being counted.
#[derive(Debug)]
pub(super) struct Rounds {
    pause: SignedDuration,
    rounds: Vec<Round>,
}

impl Rounds {
    /// Of a run whose first and last moment these are.
    pub(super) fn over(span: Option<(Timestamp, Timestamp)>) -> Self {
        let length = span.map_or(0, |(first, last)| last.duration_since(first).as_millis());
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        let pause = SignedDuration::from_millis((length / PARTS).max(SHORTEST));
        Self { pause, rounds: Vec::new() }
    }

    pub(super) fn add(&mut self, at: Timestamp, state: Option<State>) {
        let answers =
            matches!(state, Some(State::Accepted | State::Deferred | State::Rejected)).into();
        match self.rounds.last_mut() {
            Some(round) if at.duration_since(round.ended) <= self.pause => {
                round.ended = round.ended.max(at);
                round.answers += answers;
            }
            _ => self.rounds.push(Round { begun: at, ended: at, answers }),
        }
    }

    pub(super) fn into_rounds(self) -> Vec<Round> {
        self.rounds
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use crate::delivery::account::rounds::Rounds;
    use crate::journal::State;

    #[test]
    fn a_gap_that_is_long_for_the_run_is_a_pause_and_a_shorter_one_is_not() {
        let at = |second| Timestamp::from_second(second).expect("a moment");
        let count = |moments: &[i64]| {
            let mut rounds = Rounds::over(Some((at(0), at(*moments.last().expect("one")))));
            moments.iter().for_each(|moment| rounds.add(at(*moment), Some(State::Accepted)));
            let rounds = rounds.into_rounds();
            rounds.iter().map(|round| (round.length().as_secs(), round.answers)).collect::<Vec<_>>()
        };
        assert_eq!(count(&[0, 30, 61, 121]), [(121, 4)]);
        assert_eq!(count(&[0, 30, 91, 100]), [(30, 2), (9, 2)]);
        assert_eq!(count(&[0, 300, 7_200, 7_500]), [(300, 2), (300, 2)]);
    }
}
