//! Bytes that nobody wrote for it in, no panic and no more work than is bounded out.

use std::fs;

use newsletter::bounce::{self, Message, RECIPIENTS_MAX};
use proptest::prelude::{Just, Strategy, any, prop};
use proptest::{prop_assert, prop_assert_eq, proptest};

use crate::cases;

fn samples() -> Vec<Vec<u8>> {
    cases::list("bounces", ".eml").iter().map(|path| fs::read(path).unwrap()).collect()
}

/// What holds of whatever was read.
fn is_bounded(message: &Message) -> bool {
    let reports = message.reports.iter().all(|report| {
        report.diagnostic.len() <= 1_000
            && !report.diagnostic.chars().any(char::is_control)
            && report.also.len() < 4
    });
    let lines = message.explain();
    reports
        && message.reports.len() <= RECIPIENTS_MAX
        && message.named.len() <= RECIPIENTS_MAX
        && message.evidence.text.len() <= 10_000
        && message.evidence.addresses.len() <= 100
        && lines.iter().all(|line| !line.chars().any(char::is_control))
}

/// A sample, cut somewhere and gone on with another one, with some bytes that are others.
fn spliced() -> impl Strategy<Value = Vec<u8>> {
    let samples = Just(samples());
    let places = (any::<prop::sample::Index>(), any::<prop::sample::Index>());
    let cuts = (any::<prop::sample::Index>(), any::<prop::sample::Index>());
    let bytes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..20);
    (samples, places, cuts, bytes).prop_map(|(samples, places, cuts, bytes)| {
        let (one, other) = (places.0.get(&samples), places.1.get(&samples));
        let (head, tail) = (cuts.0.index(one.len() + 1), cuts.1.index(other.len() + 1));
        let mut spliced = [&one[..head], &other[tail..]].concat();
        for (at, byte) in bytes {
            if !spliced.is_empty() {
                let at = at.index(spliced.len());
                spliced[at] = byte;
            }
        }
        spliced
    })
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        prop_assert!(is_bounded(&bounce::read(&bytes)));
    }

    #[test]
    fn any_splice_of_samples_is_read(bytes in spliced()) {
        prop_assert!(is_bounded(&bounce::read(&bytes)));
    }

    #[test]
    fn the_ends_of_lines_do_not_matter(place in any::<prop::sample::Index>()) {
        let sample = place.get(&samples()).clone();
        let with = |end: &[u8]| -> Vec<u8> {
            sample.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(end)
        };
        let message = bounce::read(&sample);
        prop_assert_eq!(&bounce::read(&with(b"\r\n")), &message);
        prop_assert_eq!(&bounce::read(&with(b"\r")), &message);
    }
}

#[test]
fn nothing_nests_or_repeats_without_an_end() {
    let nested = "Content-Type: message/rfc822\n\n".repeat(60_000);
    let multipart = "Content-Type: multipart/mixed; boundary=a\n\n--a\n".repeat(40_000);
    let groups = "Final-Recipient: rfc822; a@example.org\nAction: failed\n\n".repeat(30_000);
    let status = format!("Content-Type: message/delivery-status\n\n{groups}");
    let addresses = "From: mailer-daemon@example.net\nSubject: failure notice\n\n<a@example.org>:\n"
        .to_owned() + &"user a@example.net 550 5.1.1 no\n\n".repeat(50_000);
    let fields = "X-A: b\n".repeat(200_000);
    let ats = format!("Subject: failure notice\n\n{}", "@".repeat(1_000_000));
    let locals = format!("Subject: failure notice\n\n{}", "a@".repeat(1_000_000));
    let html = format!("Content-Type: text/html\n\n{}", "<".repeat(1_000_000));
    let long = format!("Subject: {}\n\n", "=?utf-8?q?".repeat(100_000));
    let listed: String = (0..500).map(|at| format!("<a{at}@e.org>\n")).collect();
    let list = format!("Subject: failure notice\n\n{listed}{}", "x y z w\n\n".repeat(3_000));
    let all = [list, nested, multipart, status, addresses, fields, ats, locals, html, long];
    for (at, text) in all.iter().enumerate() {
        assert!(is_bounded(&bounce::read(text.as_bytes())), "{at}");
    }
}
