//! The time, as a value that is handed in.

use std::time::Instant;

use jiff::Timestamp;

/// Where the time comes from: the machine, or a test.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A moment at which the clock stands still.
    Fixed(Timestamp),
    /// The machine's clock as it was at a moment, carried on by one that nobody sets.
    Steady(Timestamp, Instant),
    /// What a simulation says.
    Told(fn() -> Timestamp),
}

impl Clock {
    /// Returns a clock that shows the same time now, and goes on when the machine's clock is set.
    ///
    /// It stands still while the machine is suspended.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    pub fn steady(self) -> Self {
        match self {
            Self::System => Self::Steady(Timestamp::now(), Instant::now()),
            other => other,
        }
    }

    /// The time now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Fixed(moment) => *moment,
            Self::Steady(began, since) => began.saturating_add(since.elapsed()).unwrap_or(*began),
            Self::Told(now) => now(),
        }
    }
}
