//! When messages were asked for and answered in, how many may be under way at once out.
//!
//! As many as fit into the time from asking for a recipient to the answer to the message, and no
//! more: what is under way is what a lost connection or a crash leaves in doubt.

use std::time::Duration;

use tokio::time::Instant;

/// How many are under way at least: one at the server, and the next one on its way.
const MIN: usize = 2;

/// After how many answers the shortest time is looked for anew: routes change.
const MEMORY: u32 = 5_000;

/// How many messages of one connection may be under way.
#[derive(Debug)]
pub(super) struct Window {
    size: usize,
    ceiling: usize,
    /// Whether more would fit than there may be.
    cramped: bool,
    fixed: bool,
    /// The shortest time from asking to the answer, lately; what was asked for before that was
    /// looked for anew waited behind too many others to tell it.
    latency: Option<Duration>,
    anew: Option<Instant>,
    /// The time between two answers, smoothed.
    gap: Duration,
    last: Option<Instant>,
    answers: u32,
}

impl Window {
    pub(super) fn new(ceiling: usize) -> Self {
        let (latency, anew, last) = Default::default();
        let (size, gap, answers) = (MIN.min(ceiling), Duration::ZERO, 0);
        Self { size, ceiling, cramped: false, fixed: false, latency, anew, gap, last, answers }
    }

    /// A window that is as large as it may be once the server has answered: what is ahead of a
    /// connection that has one message on its way at a time says nothing of the way.
    pub(super) fn fixed(ceiling: usize) -> Self {
        Self { fixed: true, ..Self::new(ceiling) }
    }

    /// How many may be under way.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// How many are asked for at once, so that they share a flush. Where more than the ceiling would
    /// fit into the way, each place counts.
    pub(super) fn bite(&self) -> usize {
        let share = if self.cramped { 8 } else { 2 };
        (self.size / share).max(1)
    }

    /// Nothing is under way: the time until the next answer says nothing of the server.
    pub(super) fn rest(&mut self) {
        self.last = None;
    }

    /// A message was answered that was asked for at a time.
    pub(super) fn answered(&mut self, asked: Instant, now: Instant) {
        if self.fixed {
            self.size = self.ceiling;
            return;
        }
        self.answers = self.answers.wrapping_add(1);
        if self.answers.is_multiple_of(MEMORY) {
            (self.latency, self.anew, self.size) = (None, Some(now), MIN.min(self.ceiling));
        }
        if self.anew.is_none_or(|anew| asked >= anew) {
            let latency = now.duration_since(asked);
            self.latency = Some(self.latency.map_or(latency, |before| before.min(latency)));
        }
        if let Some(last) = self.last.replace(now) {
            let gap = now.duration_since(last);
            self.gap = if self.gap.is_zero() { gap } else { (self.gap * 7 + gap) / 8 };
        }
        let (Some(latency), false) = (self.latency, self.gap.is_zero()) else { return };
        // Twice as many as were under way: the next answers show whether there was room for them.
        let fitting = 2 * latency.as_nanos().div_ceil(self.gap.as_nanos());
        let fitting = usize::try_from(fitting).unwrap_or(usize::MAX);
        self.cramped = fitting > self.ceiling;
        self.size = fitting.clamp(MIN, (self.size * 2).max(MIN)).min(self.ceiling);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use crate::delivery::lane::window::Window;

    /// How large the window becomes against a server that takes so long for the way and for each
    /// message, which it takes one after the other.
    fn grown(ceiling: usize, way: Duration, work: Duration) -> usize {
        let mut window = Window::new(ceiling);
        let start = Instant::now();
        let (mut now, mut free) = (Duration::ZERO, Duration::ZERO);
        let mut under_way = std::collections::VecDeque::new();
        for _ in 0..17_000 {
            while under_way.len() < window.size() {
                free = free.max(now + way / 2) + work;
                under_way.push_back((now, free + way / 2));
            }
            let (asked, answer) = under_way.pop_front().unwrap();
            now = answer;
            window.answered(start + asked, start + now);
        }
        window.size()
    }

    #[test]
    fn a_window_grows_as_far_as_the_way_is_long_and_no_further_than_it_may() {
        let ms = Duration::from_millis;
        assert_eq!(grown(16, ms(20), Duration::from_micros(50)), 16);
        assert_eq!(grown(64, ms(20), Duration::from_micros(500)), 64);
        // A server that is busy, and near.
        assert!(grown(16, Duration::from_micros(100), ms(2)) <= 4);
        // Five messages fit into the way: twice as many keep the server busy.
        let fitting = grown(64, ms(20), ms(4));
        assert!((6..=14).contains(&fitting), "{fitting}");
        assert_eq!(grown(1, ms(20), ms(1)), 1);
    }

    #[test]
    fn as_many_are_asked_for_at_once_as_share_a_flush_and_do_not_keep_the_way_empty() {
        let now = Instant::now();
        let mut ahead = Window::fixed(4);
        assert_eq!((ahead.size(), ahead.bite()), (2, 1));
        ahead.answered(now, now + Duration::from_millis(1));
        assert_eq!((ahead.size(), ahead.bite()), (4, 2));
        // A long way, for which the ceiling is too low: each place counts.
        let mut far = Window::new(16);
        for number in 0..100 {
            let answer = now + Duration::from_millis(20 + number);
            far.answered(answer - Duration::from_millis(20), answer);
        }
        assert_eq!((far.size(), far.bite()), (16, 2));
    }
}
