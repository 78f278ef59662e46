//! The time of each message in, when the next one may leave at a rate out.

use crate::config::Rate;
use crate::delivery::pace::{Moment, moment};

/// Messages at a rate, some of them at once after a rest: the generic cell rate algorithm (ITU-T
/// I.371 Annex A). In any time `t` it lets `t * rate + burst` through at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Burst {
    /// What one message takes, in nanoseconds.
    pub(super) cost: Moment,
    /// How many may leave at once.
    size: Moment,
    /// When the next one had its turn if all left evenly.
    turn: Moment,
}

impl Burst {
    pub(super) fn new(cost: Moment, size: u32) -> Self {
        Self { cost, size: size.max(1).into(), turn: Moment::MIN }
    }

    /// The same, with more or fewer at once.
    pub(super) fn resized(self, size: u32) -> Self {
        Self { size: size.max(1).into(), ..self }
    }

    /// When a message may leave: now, or later.
    pub(super) fn earliest(&self, now: Moment) -> Moment {
        now.max(self.turn.saturating_sub((self.size - 1).saturating_mul(self.cost)))
    }

    /// A message leaves.
    pub(super) fn take(&mut self, now: Moment) {
        self.turn = self.turn.max(now) + self.cost;
    }
}

/// What one message takes at a rate, in nanoseconds: rather too much than too little.
pub(super) fn cost(rate: Rate) -> Moment {
    let messages = Moment::from(rate.messages.max(1));
    (moment(rate.per) + messages - 1) / messages
}
