//! Answers with their moments in, how many there were in each stretch of time out.

use jiff::{SignedDuration, Timestamp};

use crate::journal::State;

/// How long a stretch may be, in milliseconds. Each is at most two and a half times the one before,
/// so that there are 40 stretches at least, but in a run of a few milliseconds.
const STEPS: [i64; 34] = [
    1,
    2,
    5,
    10,
    20,
    50,
    100,
    200,
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    15_000,
    30_000,
    60_000,
    120_000,
    300_000,
    600_000,
    900_000,
    1_800_000,
    3_600_000,
    2 * 3_600_000,
    3 * 3_600_000,
    6 * 3_600_000,
    12 * 3_600_000,
    DAY,
    2 * DAY,
    4 * DAY,
    7 * DAY,
    14 * DAY,
    30 * DAY,
    60 * DAY,
    120 * DAY,
];
const DAY: i64 = 86_400_000;

/// How many stretches there are at most, but for what happens while they are counted.
const MOST: i64 = 100;

/// How many answers there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Answers {
    /// See [`State::Accepted`].
    pub accepted: u64,
    /// See [`State::Deferred`].
    pub deferred: u64,
    /// See [`State::Rejected`].
    pub rejected: u64,
    /// See [`State::Unknown`].
    pub unknown: u64,
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// When it ends.
    pub until: Timestamp,
    /// How many were accepted by then, in all.
    pub accepted: u64,
    /// What was answered in it.
    pub answers: Answers,
}

/// What was answered when, in stretches of the same length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// When the first stretch begins, in milliseconds.
    start: i64,
    /// How long each one is, in milliseconds.
    step: i64,
    stretches: Vec<Answers>,
}

impl Series {
    /// Between two moments, with nothing in it yet.
    #[must_use]
    pub fn over(first: Timestamp, last: Timestamp) -> Self {
        let (first, last) =
            (first.as_millisecond(), last.as_millisecond().max(first.as_millisecond()));
        let fits = |step: &&i64| last.div_euclid(**step) - first.div_euclid(**step) < MOST;
        let longest = STEPS[STEPS.len() - 1].max((last - first) / (MOST - 1) + 1);
        let step = STEPS.iter().find(fits).copied().unwrap_or(longest);
        let start = first.div_euclid(step) * step;
        let mut series = Self { start, step, stretches: Vec::new() };
        let length = series.index(last) + 1;
        series.stretches.resize(length, Answers::default());
        series
    }

    fn index(&self, milliseconds: i64) -> usize {
        // The clock may have been set back.
        usize::try_from((milliseconds - self.start).max(0) / self.step).unwrap_or_default()
    }

    /// Adds what became of a recipient; what is no answer does not count.
    pub fn add(&mut self, at: Timestamp, state: State) {
        let index = self.index(at.as_millisecond());
        if index >= self.stretches.len() {
            self.stretches.resize(index + 1, Answers::default());
        }
        let answers = &mut self.stretches[index];
        match state {
            State::Accepted => answers.accepted += 1,
            State::Deferred => answers.deferred += 1,
            State::Rejected => answers.rejected += 1,
            State::Unknown => answers.unknown += 1,
            State::Pending | State::Claimed | State::Attempting => {}
        }
    }

    /// When the first stretch begins.
    #[must_use]
    pub fn start(&self) -> Timestamp {
        Timestamp::from_millisecond(self.start).unwrap_or_default()
    }

    /// How long each stretch is.
    #[must_use]
    pub fn step(&self) -> SignedDuration {
        SignedDuration::from_millis(self.step)
    }

    /// The stretches, in their order.
    pub fn points(&self) -> impl Iterator<Item = Point> + '_ {
        let mut until = self.start;
        let mut accepted = 0;
        self.stretches.iter().map(move |answers| {
            until += self.step;
            accepted += answers.accepted;
            let until = Timestamp::from_millisecond(until).unwrap_or_default();
            Point { until, accepted, answers: *answers }
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::delivery::account::series::Series;
    use crate::journal::State;
    use jiff::Timestamp;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).expect("a moment")
    }

    proptest::proptest! {
        #[test]
        fn every_answer_is_in_one_stretch_and_there_are_forty_to_a_hundred(
            first in -10_i64.pow(12)..10_i64.pow(13),
            length in 0_i64..10_i64.pow(11),
            shares in proptest::collection::vec((0.0_f64..=1.0, 2..=6_i64), 0..60),
        ) {
            let mut series = Series::over(at(first), at(first + length));
            let mut accepted = 0;
            for (share, state) in shares {
                #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a share of it")]
                let moment = first + (length as f64 * share) as i64;
                let state = State::from_number(state).expect("a state");
                accepted += u64::from(state == State::Accepted);
                series.add(at(moment), state);
            }
            let points: Vec<_> = series.points().collect();
            proptest::prop_assert!(points.len() <= 100, "{}", points.len());
            proptest::prop_assert!(points.len() >= 40 || length < 100, "{} of {length}", points.len());
            proptest::prop_assert_eq!(points.last().map(|point| point.accepted), Some(accepted));
            proptest::prop_assert!(series.start() <= at(first));
            proptest::prop_assert!(points.last().is_some_and(|point| point.until > at(first + length)));
            proptest::prop_assert!(points.windows(2).all(|two| two[0].until + series.step() == two[1].until));
        }
    }

    #[test]
    fn a_clock_that_was_set_back_and_what_happens_meanwhile_lose_no_answer() {
        let mut series = Series::over(at(1_000), at(2_000));
        [900, 1_000, 9_000].iter().for_each(|moment| series.add(at(*moment), State::Accepted));
        assert_eq!(series.points().last().map(|point| point.accepted), Some(3));
    }
}
