//! The time of each message in, when the next one fits into a sliding window out.

use std::collections::VecDeque;

use crate::config::Rate;
use crate::delivery::pace::{Moment, moment};

/// Into how many spans a window is cut: so much longer than it says, at most, is it.
const SPANS: Moment = 1_000;

/// At most so many messages in any stretch of time of a length.
///
/// Messages are counted by spans, and each as if it had left at the end of its span: never too
/// early is one forgotten.
#[derive(Debug, Clone)]
pub(super) struct Window {
    most: u64,
    length: Moment,
    /// The end of a span, and how many left in it; the oldest first.
    spans: VecDeque<(Moment, u64)>,
    sum: u64,
}

impl Window {
    pub(super) fn new(limit: Rate) -> Self {
        let (most, length) = (limit.messages.into(), moment(limit.per));
        Self { most, length, spans: VecDeque::new(), sum: 0 }
    }

    /// When a message may leave: now, or later.
    pub(super) fn earliest(&mut self, now: Moment) -> Moment {
        while let Some((_, count)) = self.spans.front().filter(|(end, _)| end + self.length <= now)
        {
            self.sum -= count;
            self.spans.pop_front();
        }
        let mut sum = self.sum;
        let mut earliest = now;
        for (end, count) in &self.spans {
            if sum < self.most {
                break;
            }
            sum -= count;
            earliest = end + self.length;
        }
        earliest
    }

    /// Messages leave; the moment is not before that of others.
    pub(super) fn take(&mut self, now: Moment, messages: u64) {
        let span = (self.length / SPANS).max(1);
        let end = (now.div_euclid(span) + 1) * span;
        self.sum += messages;
        match self.spans.back_mut() {
            Some((last, count)) if *last >= end => *count += messages,
            _ => self.spans.push_back((end, messages)),
        }
    }
}
