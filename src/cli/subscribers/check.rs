//! `subscribers check`: the list in, what is wrong with it or probably meant otherwise out.

use std::io::Write as _;

use serde_json::json;

use crate::address::EmailAddress;
use crate::audience::{BadRow, Doubt, Doubts, List, Reason};
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;
use crate::cli::subscribers::{CheckArgs, suppressions_shown, unreadable};
use crate::diagnostic::visible;
use crate::language::grouped;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grade {
    Error,
    Warning,
}

/// Something about a row.
struct Finding {
    line: u64,
    grade: Grade,
    address: String,
    what: String,
    /// The address that is probably meant.
    suggestion: Option<String>,
}

#[derive(Default)]
struct Totals {
    readers: u64,
    errors: u64,
    warnings: u64,
    fine: u64,
    suppressed: u64,
}

pub(super) fn check(
    env: &mut Env,
    publication: &Publication,
    args: &CheckArgs,
) -> Result<Exit, Failure> {
    let name = publication.config.audience.subscribers.display().to_string();
    let suppressions = suppressions_shown(env, publication)?;
    let list = List::survey(|| publication.open_list()).map_err(|error| {
        Failure::because(format!("cannot read the list `{name}`"), &error).exit(Exit::Content)
    })?;
    let (mut doubts, mut totals) = (Doubts::default(), Totals::default());
    for row in list.subscribers().map_err(|error| unreadable(&error))? {
        let findings = match row.map_err(|error| unreadable(&error))? {
            Ok(reader) => {
                totals.readers += 1;
                let suppressed = suppressions.reason_for(&reader.address).is_some();
                totals.suppressed += u64::from(suppressed);
                let found = doubts.of(&reader.address);
                let found = found.iter().map(|doubt| doubtful(reader.line, &reader.address, doubt));
                found.collect()
            }
            Err(bad) => vec![bad_row(bad)],
        };
        totals.fine += u64::from(findings.is_empty());
        for finding in findings {
            match finding.grade {
                Grade::Error => totals.errors += 1,
                Grade::Warning => totals.warnings += 1,
            }
            writeln!(env.output, "{}", visible(&line(&finding, &name, args.json)))?;
        }
    }
    finish(env, &totals, args.json)?;
    Ok(if totals.errors > 0 { Exit::Content } else { Exit::Done })
}

fn doubtful(line: u64, address: &EmailAddress, doubt: &Doubt) -> Finding {
    let suggestion = match doubt {
        Doubt::Typo { meant, .. } => Some(format!("{}@{meant}", address.local())),
        Doubt::Role(_) => None,
    };
    let (address, what) = (address.to_string(), doubt.to_string());
    Finding { line, grade: Grade::Warning, address, what, suggestion }
}

fn bad_row(bad: BadRow) -> Finding {
    let BadRow { line, reason } = bad;
    let what = match &reason {
        Reason::Duplicate { address, first, other: Some(other) } => {
            format!("`{address}` is on line {first} already, as `{other}`: the same reader")
        }
        reason => reason.to_string(),
    };
    let (grade, address) = match reason {
        Reason::Duplicate { address, .. } => (Grade::Warning, address),
        Reason::NotAnAddress { text, .. } => (Grade::Error, text),
        Reason::NoAddress
        | Reason::SeveralAddresses
        | Reason::TooManyCells { .. }
        | Reason::CellTooLong { .. }
        | Reason::QuoteNotClosed { .. }
        | Reason::TextAfterQuote { .. }
        | Reason::InDoubt { .. } => (Grade::Error, String::new()),
    };
    Finding { line, grade, address, what, suggestion: None }
}

fn line(finding: &Finding, list: &str, as_json: bool) -> String {
    let Finding { line, grade, address, what, suggestion } = finding;
    let grade = match grade {
        Grade::Error => "error",
        Grade::Warning => "warning",
    };
    if as_json {
        let object = json!({
            "line": line, "grade": grade, "address": address, "what": what, "suggestion": suggestion,
        });
        return object.to_string();
    }
    let did = suggestion.as_ref().map(|address| format!("; did they mean `{address}`?"));
    let who = match grade {
        "warning" if !what.contains(address.as_str()) => format!("{address}: "),
        _ => String::new(),
    };
    format!("{list}:{line}: {grade}: {who}{what}{}", did.unwrap_or_default())
}

fn finish(env: &mut Env, totals: &Totals, as_json: bool) -> Result<(), Failure> {
    let Totals { readers, errors, warnings, fine, suppressed } = *totals;
    if as_json {
        let object = json!({
            "readers": readers, "errors": errors, "warnings": warnings, "fine": fine,
            "suppressed": suppressed,
        });
        writeln!(env.output, "{}", visible(&object.to_string()))?;
    }
    env.output.flush()?;
    let counted = |number: u64, noun: &str| crate::cli::count(number, noun);
    env.say(format_args!(
        "{}: {}, {}, {} fine; {} suppressed.",
        counted(readers, "reader"),
        counted(errors, "error"),
        counted(warnings, "warning"),
        grouped(fine),
        grouped(suppressed),
    ));
    Ok(())
}
