//! Messages that came back in, what is read of them held against what a person wrote down out.

mod frames;
mod hostile;
mod kinds;

use std::collections::BTreeMap;
use std::fs;

use newsletter::bounce::{self, Class, Kind};

use crate::cases;

/// Each sample stands beside what `bounces explain` says of it: kind, rule, recipients, evidence.
#[test]
fn every_sample_is_read_as_it_was_written_down() {
    let mut verdict = cases::Verdict::default();
    for path in cases::list("bounces", ".eml") {
        let message = bounce::read(&fs::read(&path).unwrap());
        verdict.compare(&path.with_extension("txt"), message.to_string().as_bytes());
    }
    verdict.finish(140);
}

/// The names of the samples say what they are, so that a golden file that is wrong is seen.
#[test]
fn every_sample_is_what_its_name_says() {
    let mut verdict = cases::Verdict::default();
    let mut kinds = BTreeMap::new();
    for path in cases::list("bounces", ".eml") {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let message = bounce::read(&fs::read(&path).unwrap());
        let is = match message.kind {
            Kind::Bounce => message.reports[0].class.to_string(),
            kind => kind.to_string(),
        };
        if !name.starts_with(&format!("{is}-")) {
            verdict.fail(&path, format!("it is read as {is}"));
        }
        *kinds.entry(is).or_insert(0) += 1;
    }
    verdict.finish(0);
    assert_eq!(kinds.len(), 9, "a kind or a class has no sample: {kinds:?}");
}

/// Words of servers, each with the class that a person gave them.
#[test]
fn what_servers_say_is_of_the_class_that_was_written_down() {
    let path = cases::folder("bounces/said.txt");
    let text = cases::read(&path);
    let said: Vec<_> = text.lines().filter_map(|line| line.split_once(" | ")).collect();
    let mut verdict = cases::Verdict::default();
    for (class, words) in said.iter().filter(|(class, _)| !class.starts_with('#')) {
        let message = format!(
            "From: mailer-daemon@example.net\nContent-Type: message/delivery-status\n\n\
             Final-Recipient: rfc822; ada@example.org\nAction: failed\n\
             Diagnostic-Code: smtp; {words}\n"
        );
        let report = bounce::read(message.as_bytes()).reports.remove(0);
        if report.class.to_string() != *class {
            verdict.fail(&path, format!("{words}\n  is {}: {}", report.class, report.why));
        }
    }
    verdict.finish(0);
    assert!(said.len() > 190, "{}", said.len());
}

/// What a server says at once and what it says later are judged by two tables: the sender's knows
/// at which command it was said. Of who is not there, they must not say two things.
#[test]
fn who_is_not_there_is_told_alike_at_once_and_later() {
    let path = cases::folder("replies.txt");
    let text = cases::read(&path);
    let mut verdict = cases::Verdict::default();
    let mut count = 0;
    for row in text.lines().filter(|row| row.starts_with("recipient | 5")) {
        let [_, words, outcome] = row.split(" | ").collect::<Vec<_>>()[..] else { continue };
        let message = format!(
            "From: mailer-daemon@example.net\nContent-Type: message/delivery-status\n\n\
             Final-Recipient: rfc822; ada@example.org\nAction: failed\n\
             Diagnostic-Code: smtp; {words}\n"
        );
        let report = bounce::read(message.as_bytes()).reports.remove(0);
        count += 1;
        let (is_hard, is_block) = (report.class == Class::Hard, report.class == Class::Block);
        let is_absent = outcome == "rejected, no mailbox";
        if (is_absent && !is_hard) || (outcome == "unwanted" && !is_block) {
            verdict.fail(&path, format!("{row}\n  is {}: {}", report.class, report.why));
        }
        // Hard here and not there is what the sender's caution leaves to the bounce, and the reverse
        // of that would suppress for good whom the sender takes for a matter of its own.
        if is_hard && outcome.starts_with("stop") {
            verdict.fail(&path, format!("{row}\n  is hard: {}", report.why));
        }
    }
    verdict.finish(0);
    assert!(count > 25, "{count}");
}

/// Whoever sends our letters writes to nobody else.
#[test]
fn whom_a_sample_is_about_is_ada() {
    let mut verdict = cases::Verdict::default();
    for path in cases::list("bounces", ".eml") {
        let message = bounce::read(&fs::read(&path).unwrap());
        let is_silent = matches!(message.kind, Kind::AutoReply | Kind::Other)
            || path.to_string_lossy().contains("-nobody");
        let named: Vec<_> = message.recipients().map(|(address, _)| address).collect();
        if !is_silent && named.first() != Some(&"ada@example.org") {
            verdict.fail(&path, format!("it is read as about {named:?}"));
        }
    }
    verdict.finish(0);
}
