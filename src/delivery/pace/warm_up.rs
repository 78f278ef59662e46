//! The time of each message in, when the next one is within what a young sender sends on a day out.

use crate::delivery::pace::{Moment, SECOND};

/// The length of a day.
pub(super) const DAY: Moment = 86_400 * SECOND;

/// At most so many messages on each of the first days on which any leave; days are of UTC.
#[derive(Debug, Clone)]
pub(super) struct WarmUp {
    /// For each day.
    most: Vec<u32>,
    /// When moments begin, since 1970.
    start: Moment,
    /// Which day it is, since 1970.
    today: i64,
    /// On how many days before it messages left.
    before: usize,
    /// How many left today.
    sent: u64,
}

impl WarmUp {
    /// `before` is on how many days before the start messages left, `sent` how many on its day.
    pub(super) fn new(most: &[u32], start: Moment, before: u64, sent: u64) -> Self {
        let before = usize::try_from(before).unwrap_or(usize::MAX);
        Self { most: most.to_vec(), start, today: start.div_euclid(DAY), before, sent }
    }

    /// When a message may leave: now, or on the next day.
    pub(super) fn earliest(&mut self, now: Moment) -> Moment {
        let day = (self.start + now).div_euclid(DAY);
        if day > self.today {
            self.before += usize::from(self.sent > 0);
            (self.today, self.sent) = (day, 0);
        }
        match self.most.get(self.before) {
            Some(most) if self.sent >= u64::from(*most) => (self.today + 1) * DAY - self.start,
            _ => now,
        }
    }

    /// A message leaves.
    pub(super) fn take(&mut self) {
        self.sent += 1;
    }
}
