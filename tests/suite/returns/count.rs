//! Bounces of several issues over several weeks in, the issue with which a reader is given up out.

use jiff::{SignedDuration, Timestamp};
use newsletter::returns::{Bounced, Class, Weight, weigh};

use crate::returns::{Bounce, HARD, Paper, SOFT, complaint, letter, reader, week};

/// Sends the issues of some weeks, has each of them bounce as `bounce` says or not at all, and
/// returns what became of each bounce.
fn outcomes(weeks: &[(i64, Option<Bounce<'_>>)]) -> Vec<String> {
    let paper = Paper::new(3);
    let mut outcomes = Vec::new();
    for (number, bounce) in weeks {
        paper.send(*number);
        let Some(bounce) = bounce else { continue };
        let (mail, id) = (paper.mail(&reader(1)), number.to_string());
        let text = Bounce { to: &mail.sender, id: &id, ..bounce.clone() }.text();
        let came = paper.take_in(*number, &text);
        outcomes.push(came["outcome"].as_str().unwrap().to_owned());
    }
    let gone = outcomes.iter().any(|outcome| outcome == "suppressed");
    assert_eq!(paper.suppressed().len(), usize::from(gone));
    outcomes
}

const LASTING: Bounce<'_> =
    Bounce { status: "5.3.0", diagnostic: "554 5.3.0 something is wrong", ..HARD };
const BLOCK: Bounce<'_> = Bounce {
    status: "5.7.1",
    diagnostic: "550 5.7.1 your IP address is listed at a blocklist",
    ..HARD
};
const DOMAIN: Bounce<'_> =
    Bounce { status: "5.1.2", diagnostic: "550 5.1.2 Host or domain name not found", ..HARD };
const DELAYED: Bounce<'_> = Bounce { action: "delayed", ..SOFT };

#[test]
fn hard_is_at_once() {
    assert_eq!(outcomes(&[(1, Some(HARD))]), ["suppressed"]);
}

#[test]
fn soft_is_after_three_issues_over_two_weeks() {
    for bounce in [SOFT, LASTING] {
        let some = || Some(bounce.clone());
        let weekly = outcomes(&[(1, some()), (2, some()), (3, some())]);
        assert_eq!(weekly, ["counted", "counted", "suppressed"], "{bounce:?}");
    }
    // Two issues are too few, however far apart they are.
    assert_eq!(outcomes(&[(1, Some(SOFT)), (30, Some(SOFT))]), ["counted", "counted"]);
}

#[test]
fn an_issue_that_did_not_come_back_begins_the_count_anew() {
    let soft = || Some(SOFT);
    let broken =
        outcomes(&[(1, soft()), (2, soft()), (3, None), (4, soft()), (5, soft()), (6, soft())]);
    assert_eq!(broken, ["counted", "counted", "counted", "counted", "suppressed"]);
}

#[test]
fn a_block_counts_for_nothing_and_breaks_nothing() {
    let blocks: Vec<_> = (1..=5).map(|number| (number, Some(BLOCK))).collect();
    assert_eq!(outcomes(&blocks), ["nothing"; 5]);
    let between = [(1, Some(SOFT)), (2, Some(BLOCK)), (3, Some(SOFT)), (4, Some(SOFT))];
    assert_eq!(outcomes(&between), ["counted", "nothing", "counted", "suppressed"]);
}

#[test]
fn a_domain_counts_the_second_time() {
    assert_eq!(outcomes(&[(1, Some(DOMAIN)), (2, Some(DOMAIN))]), ["counted", "suppressed"]);
    assert_eq!(
        outcomes(&[(1, Some(DOMAIN)), (2, None), (3, Some(DOMAIN))]),
        ["counted", "counted"]
    );
    let null_mx = Bounce { status: "5.1.10", diagnostic: "556 5.1.10 null MX", ..HARD };
    assert_eq!(outcomes(&[(1, Some(null_mx))]), ["suppressed"]);
}

#[test]
fn what_is_late_is_no_bounce() {
    let late: Vec<_> = (1..=4).map(|number| (number, Some(DELAYED))).collect();
    assert_eq!(outcomes(&late), ["nothing"; 4]);
}

#[test]
fn many_bounces_of_one_issue_are_one() {
    let paper = Paper::new(3);
    paper.send(1);
    let mail = paper.mail(&reader(1));
    for number in 1..=6 {
        let id = number.to_string();
        let text = Bounce { to: &mail.sender, id: &id, ..SOFT }.text();
        assert_eq!(paper.take_in(number, &text)["outcome"], "counted");
    }
}

#[test]
fn the_same_bounce_twice_counts_once() {
    let paper = Paper::new(3);
    paper.send(1);
    let mail = paper.mail(&reader(1));
    let text = Bounce { to: &mail.sender, ..HARD }.text();
    assert_eq!(paper.take_in(1, &text)["outcome"], "suppressed");
    // The reader comes back; the same message found again, by another way, is no news.
    let rows = paper.publication.read("suppressions.csv");
    let back = format!("{rows}back:{},subscribed,subscribe,2026-01-10T00:00:00.000Z,\n", reader(1));
    paper.publication.write("suppressions.csv", &back);
    let again = format!("Delivered-To: x@example.org\n{}", text.replace('\n', "\r\n"));
    assert_eq!(paper.take_in(3, &again)["outcome"], "repeated");
    paper.send(3);
    assert_eq!(paper.mails(&reader(1)), 2);
    // A new one is.
    let mail = paper.mail(&reader(1));
    let text = Bounce { to: &mail.sender, id: "2", ..HARD }.text();
    assert_eq!(paper.take_in(3, &text)["outcome"], "suppressed");
}

#[test]
fn who_came_back_is_counted_anew() {
    let paper = Paper::new(3);
    let bounce = |number: i64| {
        paper.send(number);
        let (mail, id) = (paper.mail(&reader(1)), number.to_string());
        let text = Bounce { to: &mail.sender, id: &id, ..SOFT }.text();
        paper.take_in(number, &text)["outcome"].as_str().unwrap().to_owned()
    };
    assert_eq!([1, 2, 3].map(bounce), ["counted", "counted", "suppressed"]);
    let rows = paper.publication.read("suppressions.csv");
    let back = format!("{rows}back:{},subscribed,subscribe,2026-01-20T00:00:00.000Z,\n", reader(1));
    paper.publication.write("suppressions.csv", &back);
    assert_eq!([4, 5, 6].map(bounce), ["counted", "counted", "suppressed"]);
}

#[test]
fn a_complaint_is_for_good_and_a_report_of_no_complaint_is_nothing() {
    let paper = Paper::new(3);
    paper.send(1);
    let mail = paper.mail(&reader(1));
    let came = paper.take_in(1, &complaint(&mail.sender, "not-spam", "Subject: x\n\nx"));
    assert_eq!(came["outcome"], "left");
    // That the reader left already changes nothing: who leaves may come back.
    let subject = format!("unsubscribe {}", mail.token());
    paper.take_in(1, &letter(&reader(1), "u@tidewater.example.org", &subject));
    let came = paper.take_in(1, &complaint(&mail.sender, "abuse", "Subject: x\n\nx"));
    assert_eq!(came["outcome"], "suppressed");
    let rows = paper.publication.read("suppressions.csv");
    let back = format!("{rows}back:{},subscribed,subscribe,2026-03-20T00:00:00.000Z,\n", reader(1));
    paper.publication.write("suppressions.csv", &back);
    paper.send(2);
    assert_eq!(paper.mails(&reader(1)), 1);
}

#[test]
fn the_span_is_measured_between_the_issues_and_not_between_their_bounces() {
    let first: Timestamp = "2026-01-02T07:00:00Z".parse().unwrap();
    let bounced = |hours: &[i64]| {
        let bounce = |(number, hours): (usize, &i64)| Bounced {
            issue: number.to_string(),
            sent: first + SignedDuration::from_hours(*hours),
            class: Class::Soft,
        };
        hours.iter().enumerate().map(bounce).collect::<Vec<_>>()
    };
    let enough =
        |hours: &[i64]| matches!(weigh(Class::Soft, &bounced(hours), &[]), Weight::Enough(_));
    assert!(enough(&[0, 24, 14 * 24]));
    assert!(enough(&[14 * 24, 0, 24]), "in whatever order they come");
    assert!(!enough(&[0, 24, 14 * 24 - 1]));
    assert!(!enough(&[0, 14 * 24]));
    assert!(enough(&[0, 24, 48, 72, 400]));
    let week = |number| week(number).now();
    let arrived = weigh(Class::Soft, &bounced(&[0, 24, 14 * 24]), &[week(2)]);
    assert!(matches!(arrived, Weight::Counted(streak) if streak.issues == 1), "{arrived:?}");
}
