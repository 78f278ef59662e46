//! `newsletter check`: files in, everything that is wrong with them out.

mod examine;
mod explain;
mod json;
mod links;
mod sarif;

use std::path::PathBuf;

use crate::cli::count;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::diagnostic::{Diagnostic, Level};

pub(super) use examine::Examiner;

/// Check settings, theme, list and issues, and say where and how to mend them
#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// The issues to check; all of them, if none is named
    issues: Vec<PathBuf>,

    /// Ask the web whether each link of the issues is answered
    #[arg(long)]
    links: bool,

    /// Say it to people, as one JSON object, or as SARIF 2.1.0, which editors and forges show
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    /// Say what a code means, why it matters and how to mend it, such as E022
    #[arg(long, value_name = "CODE", conflicts_with_all = ["issues", "links", "format"])]
    explain: Option<String>,
}

/// How what was found is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Human,
    Json,
    Sarif,
}

pub(super) fn check(env: &mut Env, args: &CheckArgs) -> Result<Exit, Failure> {
    if let Some(code) = &args.explain {
        return explain::explain(env, code);
    }
    let mut found = Found::default();
    let result = examine::examine(env, args, &mut found);
    let exit = match &result {
        Ok(_) if found.count(Level::Error) > 0 => Exit::Content,
        Ok(_) => Exit::Done,
        Err(failure) => failure.exit,
    };
    let failure = result.as_ref().err();
    match args.format {
        Format::Human => say(env, &found, result.as_ref().ok()),
        Format::Json => env.print(&json::write(&found, failure, exit)?)?,
        Format::Sarif => env.print(&sarif::write(&found, failure, exit)?)?,
    }
    result.map(|_| exit)
}

/// Says it to people: every diagnostic, then how many there are.
fn say(env: &mut Env, found: &Found, issues: Option<&usize>) {
    found.say(env);
    let Some(issues) = issues else { return };
    env.say(format_args!(
        "Checked {} for {}: {}, {}, {}.",
        count(*issues as u64, "issue"),
        count(found.readers, "reader"),
        count(found.count(Level::Error) as u64, "error"),
        count(found.count(Level::Warning) as u64, "warning"),
        count(found.bad, "bad row")
    ));
    let wrong = |found: &&Diagnostic| found.code.level() != Level::Note;
    if let Some(first) = found.diagnostics.iter().find(wrong) {
        env.say(format_args!(
            "`newsletter check --explain {}` says more of it.",
            first.code.number()
        ));
    }
}
