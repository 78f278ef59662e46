//! What was found in, one JSON object out. It changes only by addition.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::diagnostic::{Diagnostic, Level};

pub(super) fn write(
    found: &Found,
    failure: Option<&Failure>,
    exit: Exit,
) -> Result<String, Failure> {
    let rows = found.bad_rows.iter().map(
        |row| json!({ "file": found.list, "line": row.line, "reason": row.reason.to_string() }),
    );
    let document = json!({
        "diagnostics": found.diagnostics.iter().map(diagnostic).collect::<Vec<_>>(),
        "more": found.more.iter().map(|(code, more)| (code.number(), *more)).collect::<BTreeMap<_, _>>(),
        "rows": rows.collect::<Vec<_>>(),
        "failure": failure.map(|failure| {
            json!({
                "message": failure.message,
                "because": failure.causes,
                "help": failure.hints,
            })
        }),
        "summary": {
            "readers": found.readers,
            "errors": found.count(Level::Error),
            "warnings": found.count(Level::Warning),
            "notes": found.count(Level::Note),
            "bad_rows": found.bad,
            "exit": exit as u8,
        },
    });
    let text = serde_json::to_string_pretty(&document);
    text.map(|text| text + "\n").map_err(|error| Failure::because("cannot write JSON", &error))
}

/// Lines and columns are counted from 1, columns in characters; the end is behind the last one.
fn diagnostic(found: &Diagnostic) -> Value {
    let ((line, column), (end_line, end_column)) = found.place();
    json!({
        "code": found.code.number(),
        "level": found.code.level(),
        "message": found.message,
        "label": Some(&found.label).filter(|label| !label.is_empty()),
        "help": found.help,
        "note": found.note,
        "file": found.source.path,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "explain": format!("newsletter check --explain {}", found.code.number()),
    })
}
