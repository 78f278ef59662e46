//! Finds what people who sign up by the form leave empty, or get though it is not for them.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::config::{Config, Segment};
use crate::diagnostic::{Code, Diagnostic};
use crate::field::Field;
use crate::issue::Issue;

/// The columns that the form fills in.
const FILLED: [&str; 4] = ["email", "consent_when", "consent_where", "consent_how"];

/// Reports the fields that nobody fills in who signs up by the form, where there is one.
#[must_use]
pub fn sign_up(issue: &Issue, config: &Config) -> Vec<Diagnostic> {
    if !config.sign_up || !gets(issue.audience.as_deref(), config) {
        return Vec::new();
    }
    let mut closed: Vec<Range<usize>> = Vec::new();
    for section in issue.sections.iter().filter(|s| !gets(s.audience.as_deref(), config)) {
        section.for_each_field(&mut |field| closed.push(field.span.0.clone()));
    }
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    issue.for_each_field(&mut |field| {
        let open = field.default.is_none() && !FILLED.contains(&field.name.as_str());
        if open && !closed.contains(&field.span.0) && seen.insert(field.name.clone()) {
            found.push(diagnostic(field, issue));
        }
    });
    found
}

fn diagnostic(field: &Field, issue: &Issue) -> Diagnostic {
    let name = &field.name;
    let message = format!("`{name}` is empty for everyone who signs up by the form");
    let help = format!(
        "write a default here, `{{{{{name}|…}}}}`, or one for the column in newsletter.toml: \
         `[audience.defaults]` with `{name} = \"…\"`"
    );
    Diagnostic::new(Code::OpenField, &issue.source, field.span.0.clone(), message).help(help)
}

/// Whether people who sign up by the form may get what is for an audience.
fn gets(audience: Option<&str>, config: &Config) -> bool {
    let tags: Vec<&str> = config.segments.values().filter_map(Segment::join_tag).collect();
    let tags = tags.join(";");
    let row = |column: &str| (column == "tags").then_some(tags.as_str());
    audience
        .is_none_or(|name| config.segments.get(name).is_none_or(|segment| segment.contains(row)))
}
