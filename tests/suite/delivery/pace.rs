//! Settings and moments in, when messages leave and in which order out.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use newsletter::config::{Rate, Send};
use newsletter::delivery::{Admission, Cap, Pace, Past, Throttle, Why, interleave};
use proptest::prelude::*;

const MINUTE: Duration = Duration::from_mins(1);

fn rate(messages: u32, per: Duration) -> Rate {
    Rate { messages, per }
}

fn start() -> Timestamp {
    "2026-11-20T07:00:30Z".parse().unwrap()
}

fn fresh(send: &Send) -> Pace {
    Pace::new(send, 4, start(), &Past::default())
}

/// Asks at each moment; returns when messages left.
fn offered(pace: &mut Pace, moments: impl IntoIterator<Item = Duration>) -> Vec<Duration> {
    let asked = moments.into_iter();
    asked.filter(|now| pace.admit(*now, "example.org") == Admission::Now).collect()
}

/// Sends as fast as it goes for a time; returns when messages left.
fn eager(pace: &mut Pace, from: Duration, to: Duration) -> Vec<Duration> {
    let (mut now, mut left) = (from, Vec::new());
    while now < to {
        match pace.admit(now, "example.org") {
            Admission::Now => left.push(now),
            Admission::Wait { until, .. } => {
                assert!(until > now, "to wait until {until:?} at {now:?} is none");
                now = until;
            }
        }
    }
    left
}

/// Moments that go on by up to `most` milliseconds each.
fn moments(most: u64) -> impl Strategy<Value = Vec<Duration>> {
    prop::collection::vec(0..=most, 1..400).prop_map(|steps| {
        let mut now = Duration::ZERO;
        steps
            .into_iter()
            .map(|step| {
                now += Duration::from_millis(step);
                now
            })
            .collect()
    })
}

/// The most that left in any stretch of this length, which holds its end and not its beginning.
fn densest(left: &[Timestamp], length: Duration) -> usize {
    let length = jiff::SignedDuration::try_from(length).unwrap();
    let inside = |end: &Timestamp| {
        left.iter().filter(|at| *at <= end && end.duration_since(**at) < length).count()
    };
    left.iter().map(inside).max().unwrap_or_default()
}

/// What a journal has of messages that left, in milliseconds.
fn past(left: &[Timestamp]) -> Past {
    let round = |at: &Timestamp| Timestamp::from_millisecond(at.as_millisecond()).unwrap();
    Past { sent: left.iter().map(|at| (round(at), 1)).collect(), days: 0 }
}

proptest! {
    #[test]
    fn no_time_has_more_messages_than_its_rate_and_one_burst(
        messages in 1_u32..50, per in 1_u64..5, burst in 1_u32..20, asked in moments(300),
    ) {
        let limit = rate(messages, Duration::from_secs(per));
        let send = Send { rate: Some(limit), burst, ..Send::default() };
        let left = offered(&mut fresh(&send), asked);
        for (first, from) in left.iter().enumerate() {
            for (count, to) in left[first..].iter().enumerate() {
                let allowed = (*to - *from).as_nanos() * u128::from(messages)
                    / limit.per.as_nanos() + u128::from(burst);
                prop_assert!((count as u128) < allowed, "{count} from {from:?} to {to:?}");
            }
        }
    }

    #[test]
    fn no_stretch_of_time_has_more_messages_than_the_window_also_across_runs(
        messages in 1_u32..30, seconds in 1_u64..400, asked in moments(20_000), restart in 0_usize..400,
    ) {
        let limit = rate(messages, Duration::from_secs(seconds));
        let send = Send { window: Some(limit), ..Send::default() };
        let restart = restart.min(asked.len() - 1);
        let (before, after) = asked.split_at(restart);
        let mut left: Vec<Timestamp> =
            offered(&mut fresh(&send), before.to_vec()).into_iter().map(|at| start() + at).collect();
        let again = start() + after[0];
        let mut pace = Pace::new(&send, 4, again, &past(&left));
        let after = after.iter().map(|at| *at - after[0]);
        left.extend(offered(&mut pace, after).into_iter().map(|at| again + at));
        prop_assert!(densest(&left, limit.per) <= messages as usize);
    }

    #[test]
    fn whoever_waits_as_long_as_told_may_leave(
        messages in 1_u32..30, seconds in 1_u64..100, asked in moments(500),
    ) {
        let limit = Some(rate(messages, Duration::from_secs(seconds)));
        for send in [
            Send { window: limit, ..Send::default() },
            Send { rate: limit, ..Send::default() },
        ] {
            let mut pace = fresh(&send);
            for now in &asked {
                if let Admission::Wait { until, .. } = pace.clone().admit(*now, "example.org") {
                    let early = until - Duration::from_nanos(1);
                    prop_assert_ne!(pace.clone().admit(early, "example.org"), Admission::Now);
                    prop_assert_eq!(pace.clone().admit(until, "example.org"), Admission::Now);
                }
                pace.admit(*now, "example.org");
            }
        }
    }

    #[test]
    fn interleaving_loses_nobody_and_keeps_domains_apart(
        domains in prop::collection::vec(0_usize..12, 0..200),
    ) {
        let name = |domain: usize| format!("{domain}.example.org");
        let items: Vec<_> = domains.into_iter().map(name).enumerate().collect();
        let laid = interleave(items.clone(), |(_, domain)| domain);
        let mut sorted = laid.clone();
        sorted.sort_unstable();
        prop_assert_eq!(&sorted, &items);
        let of = |domain: usize| -> Vec<(usize, usize)> {
            let placed = laid.iter().enumerate().filter(|(_, (_, other))| *other == name(domain));
            placed.map(|(place, (number, _))| (place, *number)).collect()
        };
        let most = (0..12).map(|domain| of(domain).len()).max().unwrap().max(1);
        for pair in (0..12).map(of).flat_map(|of| of.windows(2).map(<[_]>::to_vec).collect::<Vec<_>>()) {
            prop_assert!(pair[0].1 < pair[1].1, "one domain is out of order: {:?}", pair);
            prop_assert!(pair[1].0 - pair[0].0 + 1 >= laid.len() / most, "{:?}", pair);
        }
    }
}

#[test]
fn the_most_frequent_domain_is_spread_over_all_the_others() {
    let laid = interleave("aaabbc".chars().collect(), |domain| match domain {
        'a' => "a",
        'b' => "b",
        _ => "c",
    });
    assert_eq!(laid.iter().collect::<String>(), "ababac");
}

#[test]
fn without_a_limit_everything_leaves_at_once() {
    let mut pace = fresh(&Send::default());
    assert!((0..1_000).all(|_| pace.admit(Duration::ZERO, "example.org") == Admission::Now));
    assert_eq!(pace.lanes(Duration::ZERO), 4);
    assert_eq!(Pace::remembers(&Send::default(), start()), None);
}

#[test]
fn a_rate_is_used_up() {
    let send = Send { rate: Some(rate(14, Duration::from_secs(1))), burst: 2, ..Send::default() };
    let left = eager(&mut fresh(&send), Duration::ZERO, Duration::from_secs(100));
    assert!((1_400..=1_401).contains(&left.len()), "{}", left.len());
    let send = Send { window: Some(rate(600, MINUTE)), ..Send::default() };
    let left = eager(&mut fresh(&send), Duration::ZERO, MINUTE * 10 + Duration::from_secs(1));
    assert_eq!(left.len(), 6_600, "the window is longer than it says by a thousandth at most");
}

#[test]
fn a_window_counts_what_left_before() {
    let send = Send { window: Some(rate(100, Duration::from_hours(1))), ..Send::default() };
    let sent = vec![("2026-11-20T06:02:00Z".parse().unwrap(), 90), (start(), 4)];
    let mut pace = Pace::new(&send, 4, start(), &Past { sent, days: 3 });
    let mut admit = |at: Duration| pace.admit(at, "example.org");
    assert!((0..6).all(|_| admit(Duration::ZERO) == Admission::Now));
    // 06:02:00 is an hour before 07:02:00; a thousandth of it is what the window is longer.
    let until = match admit(Duration::ZERO) {
        Admission::Wait { until, why: Why::Window } => until,
        other => panic!("{other:?}"),
    };
    let exact = Duration::from_secs(90);
    assert!((exact..=exact + Duration::from_millis(3_600)).contains(&until), "{until:?}");
    assert_eq!(admit(until), Admission::Now);
    let since = Pace::remembers(&send, start()).unwrap();
    assert_eq!(since.to_string(), "2026-11-20T06:00:30Z");
}

#[test]
fn a_domain_waits_alone() {
    let domains = BTreeMap::from([("example.com".to_owned(), rate(1, Duration::from_secs(10)))]);
    let mut pace = fresh(&Send { domains, ..Send::default() });
    assert_eq!(pace.admit(Duration::ZERO, "example.com"), Admission::Now);
    let until = Duration::from_secs(10);
    let wait = Admission::Wait { until, why: Why::Domain };
    assert_eq!(pace.admit(Duration::from_secs(1), "example.com"), wait);
    assert_eq!(pace.admit(Duration::from_secs(1), "mail.example.com"), Admission::Now);
    assert_eq!(pace.admit(until, "example.com"), Admission::Now);
}

#[test]
fn a_young_sender_sends_more_each_day_on_which_it_sends() {
    let send = Send { warm_up: vec![3, 5, 8], ..Send::default() };
    let midnight = "2026-11-20T00:00:00Z".parse().unwrap();
    assert_eq!(Pace::remembers(&send, start()), Some(midnight));
    let left_on = |pace: &mut Pace, day: u32| {
        // 07:00:30 is when the first day begins here; the others begin at midnight.
        let midnight = Duration::from_secs(86_400 - 7 * 3_600 - 30);
        let from = day.checked_sub(1).map_or(Duration::ZERO, |d| midnight + 1_440 * MINUTE * d);
        let mut count = 0;
        while count < 20 && pace.admit(from, "example.org") == Admission::Now {
            count += 1;
        }
        if count < 20 {
            let until = midnight + 1_440 * MINUTE * day;
            let wait = Admission::Wait { until, why: Why::WarmUp };
            assert_eq!(pace.admit(from, "example.org"), wait);
        }
        count
    };
    let mut pace = fresh(&send);
    assert_eq!([0, 1, 5, 6].map(|day| left_on(&mut pace, day)), [3, 5, 8, 20]);
    // Another run on the second day on which mail is sent, and two have left.
    let sent = vec![("2026-11-19T23:59:59.998Z".parse().unwrap(), 9), (midnight, 2)];
    let past = Past { sent, days: 1 };
    let mut pace = Pace::new(&send, 4, start(), &past);
    assert_eq!([0, 1, 2].map(|day| left_on(&mut pace, day)), [3, 8, 20]);
}

#[test]
fn a_server_that_wants_less_gets_half_after_a_pause_and_more_each_minute() {
    let send = Send { rate: Some(rate(10, Duration::from_secs(1))), burst: 5, ..Send::default() };
    let mut pace = fresh(&send);
    eager(&mut pace, Duration::ZERO, MINUTE);
    pace.throttled(MINUTE, Throttle::Reputation);
    // Those on the wire get the same answer: it is one complaint.
    pace.throttled(MINUTE + Duration::from_millis(20), Throttle::Reputation);
    let go = MINUTE * 16 + Duration::from_millis(20);
    let wait = Admission::Wait { until: go, why: Why::Pause };
    assert_eq!(pace.admit(MINUTE * 2, "example.org"), wait);
    assert_eq!(pace.lanes(MINUTE * 2), 2);
    let lanes = |minutes| pace.clone().lanes(go + MINUTE * minutes);
    assert_eq!([0, 1, 2, 9].map(lanes), [2, 3, 4, 4]);
    let each: Vec<_> =
        (0..9).map(|m| eager(&mut pace, go + MINUTE * m, go + MINUTE * (m + 1)).len()).collect();
    assert_eq!(each[0], 300);
    assert!(each.windows(2).all(|pair| pair[1] >= pair[0] && pair[1] * 10 <= pair[0] * 11 + 30));
    assert!((600..=605).contains(&each[8]), "as set, and the burst: {each:?}");
}

#[test]
fn a_server_that_is_only_too_slow_gets_a_short_pause() {
    let mut pace = fresh(&Send { throttle_pause: Duration::from_millis(1_500), ..Send::default() });
    // A thousand a second, though no rate is set.
    let left = offered(&mut pace, (0..10_000).map(Duration::from_millis));
    assert_eq!(left.len(), 10_000);
    let now = Duration::from_secs(10);
    pace.throttled(now, Throttle::Rate);
    let go = now + Duration::from_millis(100);
    let left = eager(&mut pace, now, go + Duration::from_secs(10));
    assert_eq!(left[0], go);
    assert!((4_995..=5_005).contains(&left.len()), "{}", left.len());
    // Complaint after complaint: never slower than one a minute, over one lane.
    let mut now = go + Duration::from_secs(20);
    for _ in 0..40 {
        pace.throttled(now, Throttle::Rate);
        now += Duration::from_millis(100);
    }
    assert_eq!(pace.lanes(now), 1);
    assert_eq!(eager(&mut pace, now, now + MINUTE / 2).len(), 1);
    // Six hours on, nothing is left of it.
    let later = go + Duration::from_hours(6);
    assert_eq!(pace.lanes(later), 4);
    assert!((0..1_000).all(|_| pace.admit(later, "example.org") == Admission::Now));
}

#[test]
fn a_server_that_closes_twice_after_as_many_messages_is_believed() {
    let mut cap = Cap::new(None);
    for (answered, most) in [(7, None), (20, None), (0, None), (20, Some(20)), (3, Some(20))] {
        cap.closed_after(answered);
        assert_eq!(cap.most(None), most, "{answered}");
    }
    assert_eq!(Cap::new(Some(50)).most(Some(10)), Some(10));
    assert_eq!(Cap::new(Some(50)).most(None), Some(50));
}
