//! An issue in, a reader of no list for it out.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::EmailAddress;
use crate::audience::{Columns, Recipient};
use crate::field::Field;
use crate::issue::Issue;
use crate::language::Language;

/// A reader of whom nothing is known: every field shows its default, or its own name.
pub(in crate::cli) fn sample(issue: &Issue) -> Recipient {
    reader(issue, |field| format!("[{}]", field.name))
}

/// Everyone who reads the public edition: a field without a default is the word for a reader where
/// it is about a name, and left out with a `…` where it is about something else.
pub(super) fn anyone(issue: &Issue, language: &Language) -> Recipient {
    let word = language.words().archive.reader;
    reader(issue, |field| if field.name.contains("name") { word } else { "…" }.to_owned())
}

fn reader(issue: &Issue, shown: impl Fn(&Field) -> String) -> Recipient {
    let mut fields = BTreeMap::new();
    issue.for_each_field(&mut |field| {
        let shown = field.default.is_none().then(|| shown(field));
        let value: &mut Option<String> = fields.entry(field.name.clone()).or_default();
        *value = value.take().or(shown);
    });
    let address: EmailAddress = "reader@example.org".parse().expect("it is an address");
    Recipient {
        address,
        line: 0,
        columns: Arc::new(Columns::new(fields.keys().map(String::as_str))),
        values: fields.into_values().map(Option::unwrap_or_default).collect(),
    }
}
