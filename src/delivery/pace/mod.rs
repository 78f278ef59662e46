//! Settings, the time and a recipient's domain in, whether a message may leave now or when out.
//!
//! Nothing here knows a clock: all times are since the run of the program began, and never go back.

mod brake;
mod burst;
mod cap;
mod domains;
mod warm_up;
mod window;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::config::Send;
use crate::delivery::outcome::Throttle;
use crate::delivery::pace::brake::Brake;
use crate::delivery::pace::burst::{Burst, cost};
use crate::delivery::pace::warm_up::{DAY, WarmUp};
use crate::delivery::pace::window::Window;

pub use cap::Cap;
pub use domains::interleave;

/// Nanoseconds since the start; what was before it is negative.
type Moment = i64;

const SECOND: Moment = 1_000_000_000;

/// A journal's times are whole milliseconds, and what happened was up to one later.
const MILLISECOND: Moment = SECOND / 1_000;

/// How fast messages leave, over all lanes.
#[derive(Debug, Clone)]
pub struct Pace {
    brake: Brake,
    window: Option<Window>,
    warm_up: Option<WarmUp>,
    domains: BTreeMap<String, Burst>,
    /// Whether there is nothing to look at.
    free: bool,
}

/// What left before, in earlier runs of any issue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// When, and how many then, since [`Pace::remembers`]; the oldest first.
    pub sent: Vec<(Timestamp, u32)>,
    /// On how many days before that of the start (UTC) any did.
    pub days: u64,
}

/// Whether a message may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It may, and is counted.
    Now,
    /// Not before then, since the start; nothing was counted.
    Wait {
        /// When to ask again.
        until: Duration,
        /// What there is to wait for.
        why: Why,
    },
}

/// What a message waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// `rate`, or what a server has left of it.
    Rate,
    /// `window`.
    Window,
    /// `warm_up`: the next day (UTC).
    WarmUp,
    /// The server wants a pause.
    Pause,
    /// The limit of this recipient's domain; others need not wait.
    Domain,
}

impl Pace {
    /// From when on [`Pace::new`] has to know what left; `None` where it need not know anything.
    #[must_use]
    pub fn remembers(send: &Send, start: Timestamp) -> Option<Timestamp> {
        let window = send.window.and_then(|window| SignedDuration::try_from(window.per).ok());
        let window = window.map(|window| start.checked_sub(window).unwrap_or(Timestamp::MIN));
        let day = i128::from(begin(start).div_euclid(DAY) * DAY);
        let today = Timestamp::from_nanosecond(day).ok().filter(|_| !send.warm_up.is_empty());
        window.into_iter().chain(today).min()
    }

    /// Takes the settings, how many lanes there are, when all times begin, and what left before.
    #[must_use]
    pub fn new(send: &Send, lanes: usize, start: Timestamp, past: &Past) -> Self {
        let begin = begin(start);
        // A clock that was put back must not make the past the future.
        let sent = past.sent.iter().map(|(at, count)| {
            ((self::begin(*at) - begin).saturating_add(MILLISECOND).min(0), u64::from(*count))
        });
        let window = send.window.map(|limit| {
            let mut window = Window::new(limit);
            sent.clone().for_each(|(at, count)| window.take(at, count));
            window
        });
        let midnight = begin.div_euclid(DAY) * DAY - begin;
        let today = sent.filter(|(at, _)| *at > midnight).map(|(_, count)| count).sum();
        let warm_up =
            (!send.warm_up.is_empty()).then(|| WarmUp::new(&send.warm_up, begin, past.days, today));
        let set = send.rate.map(|rate| (cost(rate), send.burst));
        let domains = send.domains.iter();
        let domains = domains.map(|(name, rate)| (name.clone(), Burst::new(cost(*rate), 1)));
        let mut pace = Self {
            brake: Brake::new(set, lanes.max(1), send.throttle_pause),
            window,
            warm_up,
            domains: domains.collect(),
            free: false,
        };
        pace.look();
        pace
    }

    /// Whether a message to a domain (A-labels in lower case) may leave; if so, it is counted.
    ///
    /// Without a limit this costs a few nanoseconds.
    pub fn admit(&mut self, now: Duration, domain: &str) -> Admission {
        let now = moment(now);
        if self.free {
            self.brake.count(now);
            return Admission::Now;
        }
        self.recover(now);
        let waits = [
            (self.brake.paused(), Why::Pause),
            (self.brake.earliest(now), Why::Rate),
            (self.window.as_mut().map_or(now, |window| window.earliest(now)), Why::Window),
            (self.warm_up.as_mut().map_or(now, |warm_up| warm_up.earliest(now)), Why::WarmUp),
        ];
        let cap = self.domains.get_mut(domain);
        let own = (cap.as_ref().map_or(now, |cap| cap.earliest(now)), Why::Domain);
        // What holds for everybody is told first.
        let longest =
            waits.into_iter().max_by_key(|(until, _)| *until).filter(|(until, _)| *until > now);
        if let Some((until, why)) = longest.or((own.0 > now).then_some(own)) {
            return Admission::Wait { until: Duration::from_nanos(until.unsigned_abs()), why };
        }
        self.brake.take(now);
        if let Some(window) = &mut self.window {
            window.take(now, 1);
        }
        if let Some(warm_up) = &mut self.warm_up {
            warm_up.take();
        }
        if let Some(cap) = cap {
            cap.take(now);
        }
        Admission::Now
    }

    /// The server wants less.
    pub fn throttled(&mut self, now: Duration, throttle: Throttle) {
        self.recover(moment(now));
        self.brake.throttled(moment(now), throttle);
        self.free = false;
    }

    /// How many lanes may be used now.
    pub fn lanes(&mut self, now: Duration) -> usize {
        self.recover(moment(now));
        self.brake.lanes()
    }

    fn recover(&mut self, now: Moment) {
        if !self.free {
            self.brake.recover(now);
            self.look();
        }
    }

    fn look(&mut self) {
        let others = self.window.is_none() && self.warm_up.is_none() && self.domains.is_empty();
        self.free = others && self.brake.is_off();
    }
}

/// A moment since 1970.
fn begin(moment: Timestamp) -> Moment {
    Moment::try_from(moment.as_nanosecond()).unwrap_or_default()
}

fn moment(duration: Duration) -> Moment {
    Moment::try_from(duration.as_nanos()).unwrap_or(Moment::MAX / 4)
}
