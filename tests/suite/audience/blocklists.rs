//! Lists of people who left in, the outcome of every row out.

use std::fmt::Write as _;
use std::fs;

use newsletter::audience::{BlockedOutcome, BlocklistOptions, read_blocklist};

use crate::audience::{cases, chain};

/// The outcomes of a file, a line each.
fn outcomes(path: &std::path::Path, options: &BlocklistOptions) -> String {
    let mut lines = String::new();
    let read = read_blocklist(path, options, &mut |row| {
        let line = row.line;
        let outcome = match row.outcome {
            BlockedOutcome::Suppress { address, reason, since, .. } => {
                let since = since.map(|since| since.to_string()).unwrap_or_default();
                format!("suppress {address}: {reason} [{since}]")
            }
            BlockedOutcome::LeftAlone(who, why) => format!("leave {who}: {why}"),
            BlockedOutcome::CameBack(address) => format!("back {address}"),
            BlockedOutcome::Refused(why) => format!("refuse: {why}"),
        };
        writeln!(lines, "{line} {outcome}").unwrap();
    });
    if let Err(error) = read {
        writeln!(lines, "error: {}", chain(&error)).unwrap();
    }
    lines
}

#[test]
#[expect(clippy::disallowed_methods, reason = "`UPDATE=1 cargo test` rewrites what is expected")]
fn lists_of_who_left_are_read_as_the_cases_say() {
    let entries = fs::read_dir(cases().join("blocklists")).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending != "out"));
    paths.sort();
    assert!(paths.len() >= 20, "only {} cases", paths.len());
    let mut wrong = Vec::new();
    for path in paths {
        let found = outcomes(&path, &BlocklistOptions::default());
        let name = format!("{}.out", path.file_name().unwrap().to_string_lossy());
        let expected = path.with_file_name(name);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&expected, found).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(path.display().to_string());
        }
    }
    assert!(wrong.is_empty(), "UPDATE=1 rewrites the cases\n{}", wrong.join("\n"));
}

#[test]
fn a_reason_that_is_given_stands_before_the_words_of_the_row() {
    let options = BlocklistOptions { reason: Some("bounced: SendGrid".to_owned()) };
    let path = cases().join("blocklists/sendgrid-suppression_bounces.csv");
    let found = outcomes(&path, &options);
    let first = found.lines().next().unwrap();
    let expected = "2 suppress una@example.org: bounced: SendGrid: 550 5.1.1 user unknown";
    assert!(first.starts_with(expected), "{found}");
    assert!(found.contains("3 leave dov@example.org"), "{found}");
}
