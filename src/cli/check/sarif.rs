//! What was found in, a log of SARIF 2.1.0 (OASIS) out, which editors and forges can show.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::compile::encode;
use crate::diagnostic::{Code, Diagnostic, Level};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn write(
    found: &Found,
    failure: Option<&Failure>,
    exit: Exit,
) -> Result<String, Failure> {
    let codes: BTreeSet<Code> = found.diagnostics.iter().map(|found| found.code).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let rows = found.bad_rows.iter().map(|row| {
        let region = json!({ "startLine": row.line });
        json!({
            "level": "warning",
            "message": { "text": row.reason.to_string() },
            "locations": [location(&found.list, &region)],
        })
    });
    let failed = failure.map(
        |failure| json!({ "level": "error", "message": { "text": failure.render().trim_end() } }),
    );
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "newsletter",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().copied().map(rule).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                // Errors in the content are what a check is for: it was successful.
                "executionSuccessful": failure.is_none(),
                "exitCode": exit as u8,
                "toolExecutionNotifications": rows.chain(failed).collect::<Vec<_>>(),
            }],
            "results":
                found.diagnostics.iter().map(|found| result(found, &codes)).collect::<Vec<_>>(),
        }],
    });
    let text = serde_json::to_string_pretty(&log);
    text.map(|text| text + "\n").map_err(|error| Failure::because("cannot write SARIF", &error))
}

/// What a code means: its page, and where the rule comes from.
fn rule(code: Code) -> Value {
    let mut rule = json!({
        "id": code.number(),
        "shortDescription": { "text": code.title() },
        "fullDescription": { "text": code.description() },
        "help": { "text": code.page(), "markdown": code.page() },
        "defaultConfiguration": { "level": level(code) },
    });
    if let Some(source) = code.source() {
        rule["helpUri"] = json!(source);
    }
    rule
}

fn result(found: &Diagnostic, codes: &[Code]) -> Value {
    let ((line, column), (end_line, end_column)) = found.place();
    let region = json!({
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
    });
    let parts = [Some(&found.message), found.note.as_ref(), found.help.as_ref()];
    let text: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
    json!({
        "ruleId": found.code.number(),
        "ruleIndex": codes.iter().position(|code| *code == found.code),
        "level": level(found.code),
        "message": { "text": text.join("\n") },
        "locations": [location(&found.source.path, &region)],
    })
}

/// A place in a file, whose path is a relative reference (RFC 3986 §4.2).
fn location(path: &str, region: &Value) -> Value {
    let parts: Vec<_> = path.split('/').map(encode::percent).collect();
    let artifact = json!({ "uri": parts.join("/") });
    json!({ "physicalLocation": { "artifactLocation": artifact, "region": region } })
}

fn level(code: Code) -> &'static str {
    match code.level() {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}
