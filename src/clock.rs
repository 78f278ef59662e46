//! The time, as a value that is handed in.

use jiff::Timestamp;

/// Where the time comes from: the machine, or a test.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A moment at which the clock stands still.
    Fixed(Timestamp),
    /// What a simulation says.
    Told(fn() -> Timestamp),
}

impl Clock {
    /// The time now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Fixed(moment) => *moment,
            Self::Told(now) => now(),
        }
    }
}
