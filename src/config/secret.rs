//! A reference to a secret, as it stands in newsletter.toml, in; where to fetch it out.

use std::path::PathBuf;

use crate::diagnostic::Code;
use crate::document::Value;

/// Where a secret is kept; it is fetched when it is needed, and never printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// In a variable of the environment.
    Env(String),
    /// In a file, whose last line feed is not part of it.
    File(PathBuf),
    /// What a command prints on its first line.
    Command(String),
}

impl Secret {
    /// Reads `{ env = "…" }`, `{ file = "…" }` or `{ command = "…" }`.
    pub(super) fn read(value: Value<'_>, report: &crate::document::Report) -> Option<Self> {
        let span = value.span();
        if value.is_string() {
            let diagnostic = report.at(Code::Secret, span, "a secret does not belong in this file");
            report.add(diagnostic.help(
                "name where it is kept: `{ env = \"SMTP_PASSWORD\" }`, `{ file = \"…\" }` or `{ command = \"…\" }`",
            ));
            return None;
        }
        let mut table = value.table("the secret", "{ env = \"…\" }")?;
        let env = table.take("env").and_then(Value::text).map(|text| Self::Env(text.value));
        let file =
            table.take("file").and_then(Value::text).map(|text| Self::File(text.value.into()));
        let command =
            table.take("command").and_then(Value::text).map(|text| Self::Command(text.value));
        table.finish();
        let mut found = [env, file, command].into_iter().flatten();
        let (first, second) = (found.next(), found.next());
        if first.is_none() || second.is_some() {
            let diagnostic = report.at(Code::Secret, span, "a secret is kept in exactly one place");
            report.add(diagnostic.help("keep one of `env`, `file` and `command`"));
            return None;
        }
        first
    }
}
