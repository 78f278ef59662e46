//! What a server has enough of in, how fast and over how many connections it is served out.

use std::time::Duration;

use crate::delivery::outcome::Throttle;
use crate::delivery::pace::burst::Burst;
use crate::delivery::pace::{Moment, SECOND, moment};

/// After how long everything goes a tenth faster again.
const STEP: Moment = 60 * SECOND;

/// The slowest that there is.
const COST_MAX: Moment = 60 * SECOND;

/// From here on, a limit that nobody set is none: a million a second.
const COST_MIN: Moment = SECOND / 1_000_000;

/// How much shorter a pause is when it is only about how fast.
const SHORTER: Moment = 15;

/// How long is looked at to say how fast mail leaves.
const MEASURED: Moment = 5 * SECOND;

/// The rate, and what it is while a server wants less.
#[derive(Debug, Clone)]
pub(super) struct Brake {
    /// What one message takes as it is set, and how many may leave at once.
    set: Option<(Moment, u32)>,
    gate: Option<Burst>,
    lanes_max: usize,
    lanes: usize,
    pause: Moment,
    /// Nothing leaves before.
    paused: Moment,
    /// Since when nothing was made faster; `None` where the server did not complain.
    slow_since: Option<Moment>,
    /// Since when messages are counted.
    counted_since: Moment,
    count: Moment,
    /// What a message took when they were counted last.
    measured: Option<Moment>,
}

impl Brake {
    pub(super) fn new(set: Option<(Moment, u32)>, lanes: usize, pause: Duration) -> Self {
        Self {
            set,
            gate: set.map(|(cost, size)| Burst::new(cost, size)),
            lanes_max: lanes,
            lanes,
            pause: moment(pause),
            paused: 0,
            slow_since: None,
            counted_since: 0,
            count: 0,
            measured: None,
        }
    }

    /// Whether there is nothing to wait for.
    pub(super) fn is_off(&self) -> bool {
        self.gate.is_none() && self.slow_since.is_none()
    }

    /// Until when nothing leaves.
    pub(super) fn paused(&self) -> Moment {
        self.paused
    }

    /// When a message may leave: now, or later.
    pub(super) fn earliest(&self, now: Moment) -> Moment {
        self.gate.map_or(now, |gate| gate.earliest(now))
    }

    /// A message leaves.
    pub(super) fn take(&mut self, now: Moment) {
        if let Some(gate) = &mut self.gate {
            gate.take(now);
        }
        self.count(now);
    }

    /// A message leaves, and there is no limit.
    pub(super) fn count(&mut self, now: Moment) {
        self.count += 1;
        let length = now - self.counted_since;
        if length >= MEASURED {
            self.measured = Some(length / self.count);
            (self.counted_since, self.count) = (now, 0);
        }
    }

    /// What a message takes now.
    fn current(&self, now: Moment) -> Moment {
        let counted = || (self.count > 0).then(|| (now - self.counted_since) / self.count);
        let gate = self.gate.map(|gate| gate.cost);
        gate.or(self.measured).or_else(counted).unwrap_or(SECOND).max(COST_MIN)
    }

    /// The server wants less: half as fast, over half of the connections, after a pause.
    ///
    /// What it says during the pause is about messages that had left before: one complaint.
    pub(super) fn throttled(&mut self, now: Moment, throttle: Throttle) {
        let pause = match throttle {
            Throttle::Reputation => self.pause,
            Throttle::Rate => self.pause / SHORTER,
        };
        if self.slow_since.is_none() || now >= self.paused {
            let cost = (self.current(now) * 2).min(COST_MAX);
            self.gate = Some(Burst::new(cost, 1));
            self.lanes = (self.lanes / 2).max(1);
        }
        self.paused = self.paused.max(now + pause);
        self.slow_since = Some(self.paused);
    }

    /// Makes everything faster, as far as it is time for that.
    pub(super) fn recover(&mut self, now: Moment) {
        while let Some(since) = self.slow_since.filter(|since| since + STEP <= now) {
            self.slow_since = Some(since + STEP);
            self.faster();
        }
    }

    /// A tenth more, and one lane; in the end it is as it was set.
    fn faster(&mut self) {
        let Some(gate) = &mut self.gate else { return };
        let (cost, size) = self.set.unwrap_or((COST_MIN, 1));
        gate.cost = (gate.cost * 10 / 11).max(cost);
        self.lanes = (self.lanes + 1).min(self.lanes_max);
        if gate.cost == cost && self.lanes == self.lanes_max {
            self.gate = self.set.map(|_| gate.resized(size));
            self.slow_since = None;
        }
    }

    /// How many lanes may be used.
    pub(super) fn lanes(&self) -> usize {
        self.lanes
    }
}
