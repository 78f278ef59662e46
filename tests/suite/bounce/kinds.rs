//! Bounces of the kinds that are easily misread in, their recipients and classes held to a table out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use newsletter::bounce::{self, Kind, Message};
use newsletter::returns::{Class, Failing};

use crate::cases;

/// The letter of a failure: `h` hard, `d` the domain, `s` soft, `b` block; `l` is late.
fn letter(message: &Message, at: usize) -> char {
    if message.kind == Kind::Delayed {
        return 'l';
    }
    let one = Message { reports: vec![message.reports[at].clone()], ..message.clone() };
    match Failing::of(&one, None).map(|failing| failing.class) {
        Some(Class::Hard) => 'h',
        Some(Class::Domain) => 'd',
        Some(Class::Soft) => 's',
        Some(Class::Block) => 'b',
        None => '-',
    }
}

/// What a row of the table says of a message: `bounce ada@example.org=h ben@example.org=sb`.
fn differs(message: &Message, expected: &str) -> Option<String> {
    let mut words = expected.split_whitespace();
    let kind = words.next().unwrap_or_default();
    let wanted: Vec<_> = words.filter_map(|word| word.rsplit_once('=')).collect();
    let named = |report: &bounce::Report| report.recipient.clone().unwrap_or_default();
    let mut is = message.kind.to_string();
    for (at, report) in message.reports.iter().enumerate() {
        let _ = write!(is, " {}={}", named(report), letter(message, at));
    }
    let is_right = message.kind.to_string() == kind
        && message.reports.len() == wanted.len()
        && wanted.iter().enumerate().all(|(at, (address, classes))| {
            named(&message.reports[at]) == *address && classes.contains(letter(message, at))
        });
    (!is_right).then(|| format!("expected {expected}, is {is}\n{message}"))
}

#[test]
fn every_kind_that_is_easily_misread_is_read_right() {
    let path = cases::folder("bounces/kinds.txt");
    let table = cases::read(&path);
    let rows: BTreeMap<_, _> = table.lines().filter_map(|row| row.split_once(" | ")).collect();
    let mut verdict = cases::Verdict::default();
    for sample in cases::list("bounces/kinds", ".eml") {
        let name = sample.file_stem().unwrap().to_string_lossy().into_owned();
        let Some(expected) = rows.get(name.as_str()) else {
            verdict.fail(&sample, "it has no row in kinds.txt");
            continue;
        };
        let message = bounce::read(&fs::read(&sample).unwrap());
        if let Some(difference) = differs(&message, expected) {
            verdict.fail(&sample, difference);
        }
    }
    verdict.finish(0);
    assert!(rows.len() >= 44, "{}", rows.len());
}

#[test]
fn the_document_lists_every_wish_to_leave_and_no_other() {
    let text = cases::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/bounces.md"));
    let (_, table) = text.split_once("| language | phrases |\n|---|---|\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let told: BTreeSet<&str> = rows.flat_map(|row| row.split('`').skip(1).step_by(2)).collect();
    assert_eq!(told, bounce::wishes().iter().copied().collect::<BTreeSet<_>>());
}
