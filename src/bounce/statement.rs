//! The parts of a message in, the statements about recipients that RFC 3464 §2.3 calls groups out.

use crate::bounce::fields::{self, Fields};
use crate::bounce::notice;
use crate::bounce::part::Part;
use crate::bounce::prose;

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
            take(prose::before_original(&part.text).0, false, &mut found);
        }
    }
    found.truncate(STATEMENTS_MAX);
    found
}

/// Appends the statements of a text. A field that comes again begins another one, as some forget
/// the empty line between them.
fn take(text: &str, is_typed: bool, found: &mut Vec<Statement>) {
    let mut fields = Fields::default();
    for line in text.lines().chain([""]) {
        let line = if is_typed { line } else { unquoted(line) };
        let ends = line.trim().is_empty();
        if ends || begins_another(line, &fields) {
            let whole = std::mem::take(&mut fields);
            if is_statement(&whole) && found.len() < STATEMENTS_MAX {
                found.push(Statement { fields: whole, is_typed });
            }
        }
        if !ends {
            fields.line(line);
        }
    }
}

/// A field of a statement without what it is quoted or indented with.
fn unquoted(line: &str) -> &str {
    let plain = line.trim_start_matches([' ', '\t', '>']);
    let name = fields::field(plain).map(|(name, _)| name.to_ascii_lowercase());
    if name.is_some_and(|name| OWN.contains(&name.as_str())) { plain } else { line }
}

fn begins_another(line: &str, so_far: &Fields) -> bool {
    let Some((name, _)) = fields::field(line) else { return false };
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "original-recipient" => so_far.has("final-recipient") || so_far.has(&name),
        "final-recipient" => so_far.has(&name),
        _ => false,
    }
}

fn is_statement(fields: &Fields) -> bool {
    let names_one = fields.has("final-recipient") || fields.has("original-recipient");
    let says = fields.iter().filter(|(name, _)| OWN.contains(name)).count();
    says >= 2 && (names_one || fields.has("action") || fields.has("status"))
}
