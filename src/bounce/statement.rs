//! The parts of a message in, the statements about recipients that RFC 3464 §2.3 calls groups out.

use crate::bounce::fields::{self, Fields};
use crate::bounce::notice;
use crate::bounce::part::Part;

/// How many statements of one message are read.
const STATEMENTS_MAX: usize = 100;

/// The fields that only a delivery status has, in lower case.
const OWN: &[&str] = &[
    "action",
    "diagnostic-code",
    "final-log-id",
    "final-recipient",
    "last-attempt-date",
    "original-recipient",
    "remote-mta",
    "status",
    "will-retry-until",
    "x-actual-recipient",
];

/// What is said of one recipient.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub(super) fields: Fields,
    /// Whether it stood in a part of its own type, or in text.
    pub(super) is_typed: bool,
}

/// Every statement of the outermost message.
pub(super) fn statements(parts: &[Part]) -> Vec<Statement> {
    let own = || parts.iter().filter(|part| part.level == 0 && !part.is_header);
    let mut found = Vec::new();
    for part in own().filter(|part| part.is_delivery_status()) {
        take(&part.text, true, &mut found);
    }
    if let Some(groups) = notice::statements(parts) {
        take(&groups, true, &mut found);
    }
    if found.is_empty() {
        for part in own().filter(|part| part.kind.starts_with("text/") || part.kind.is_empty()) {
            take(&part.halves.said, false, &mut found);
        }
    }
    found.truncate(STATEMENTS_MAX);
    found
}

/// Appends the statements of a text: one for each group of lines, or several where empty lines
/// between them were forgotten.
fn take(text: &str, is_typed: bool, found: &mut Vec<Statement>) {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().chain([""]) {
        let line = if is_typed { line } else { unquoted(line) };
        if !line.trim().is_empty() {
            lines.push(line);
            continue;
        }
        for fields in statements_of(&lines) {
            if is_statement(&fields) && found.len() < STATEMENTS_MAX {
                found.push(Statement { fields, is_typed });
            }
        }
        lines.clear();
    }
}

/// The statements of one group. The order of the fields is free (RFC 3464 §2.3), so that only a
/// recipient that comes again tells that another statement has begun: with the field that each of
/// them begins with.
fn statements_of(lines: &[&str]) -> Vec<Fields> {
    let name = |line: &&str| fields::field(line).map(|(name, _)| name.to_ascii_lowercase());
    let names: Vec<String> = lines.iter().map(|line| name(line).unwrap_or_default()).collect();
    let count = |mark: &str| names.iter().filter(|name| *name == mark).count();
    let (finals, originals) = (count("final-recipient"), count("original-recipient"));
    let number = finals.max(originals);
    let is_own = |name: &&String| OWN.contains(&name.as_str()) && count(name) == number;
    let mark = names.iter().find(is_own).filter(|_| number > 1);
    // Where only some have an `Original-Recipient`, it stands before the mark.
    let has_before = originals > 0 && originals < finals;
    let is_mark = |at: usize| names.get(at).is_some_and(|name| Some(name) == mark);
    let is_before = |at: usize| has_before && names[at] == "original-recipient" && is_mark(at + 1);
    let mut statements = vec![Fields::default()];
    for (at, line) in lines.iter().enumerate() {
        let begins = is_before(at) || is_mark(at) && !(at > 0 && is_before(at - 1));
        let has_one = statements.last().is_some_and(|fields| fields.iter().next().is_some());
        if begins && has_one {
            statements.push(Fields::default());
        }
        if let Some(fields) = statements.last_mut() {
            fields.line(line);
        }
    }
    statements
}

/// A field of a statement without what it is quoted or indented with.
fn unquoted(line: &str) -> &str {
    let plain = line.trim_start_matches([' ', '\t', '>']);
    let name = fields::field(plain).map(|(name, _)| name.to_ascii_lowercase());
    if name.is_some_and(|name| OWN.contains(&name.as_str())) { plain } else { line }
}

fn is_statement(fields: &Fields) -> bool {
    let names_one = fields.has("final-recipient") || fields.has("original-recipient");
    let says = fields.iter().filter(|(name, _)| OWN.contains(name)).count();
    says >= 2 && (names_one || fields.has("action") || fields.has("status"))
}
