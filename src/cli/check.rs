//! `newsletter check`: files in, everything that is wrong with them out.

use std::path::PathBuf;

use crate::audience::Suppressions;
use crate::cli::count;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::{self, Publication};
use crate::cli::readers::{self, Readers, Stamp};
use crate::delivery::Refused;
use crate::diagnostic::Diagnostic;
use crate::issue::Issue;
use crate::key::Key;

/// Check settings, theme, list and issues, and say where and how to mend them
#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// The issues to check; all of them, if none is named
    issues: Vec<PathBuf>,
}

pub(super) fn check(env: &mut Env, args: &CheckArgs) -> Result<Exit, Failure> {
    let publication = Publication::open(env)?;
    let named: Result<Vec<_>, _> =
        args.issues.iter().map(|issue| publication.find(env, issue)).collect();
    let paths = if args.issues.is_empty() { publication.issues()? } else { named? };
    let theme = publication.theme(env)?;
    let suppressions = publication.suppressions()?;
    let readers = Readers::read(env, &publication)?;
    // The key has no part in whether a message can be made, so that none is made for it.
    let key = Key::new(&[]);
    let mut found = Vec::new();
    for path in &paths {
        let checked = publication.check_issue(path, Some(readers.columns.names()))?;
        let gate = match &checked.value {
            Some(issue) => {
                let neighbours = &publication.parts(issue)?;
                let date = env.clock.now();
                let stamp = Stamp { theme: &theme, neighbours, key: &key, date, salt: "check" };
                gate(&publication, issue, &suppressions, &readers, &stamp)?
            }
            None => Vec::new(),
        };
        let diagnostics = [checked.diagnostics, gate].concat();
        publication::print(env, &diagnostics);
        found.extend(diagnostics);
    }
    let (errors, warnings): (Vec<_>, Vec<_>) = found.iter().partition(|found| found.is_error());
    env.say(format_args!(
        "Checked {} for {}: {}, {}, {}.",
        count(paths.len() as u64, "issue"),
        count(readers.recipients.len() as u64, "reader"),
        count(errors.len() as u64, "error"),
        count(warnings.len() as u64, "warning"),
        count(readers.bad_rows as u64, "bad row")
    ));
    Ok(if errors.is_empty() { Exit::Done } else { Exit::Content })
}

/// Assembles every reader's message, as a send would before its first connection.
fn gate(
    publication: &Publication,
    issue: &Issue,
    suppressions: &Suppressions,
    readers: &Readers,
    stamp: &Stamp<'_>,
) -> Result<Vec<Diagnostic>, Failure> {
    let everyone = readers.of(publication, issue);
    match readers::prepare(publication, issue, suppressions, stamp, everyone) {
        Ok(_) => Ok(Vec::new()),
        Err(Refused::Gaps(gaps)) => Ok(publication.empty_fields(issue, &gaps)),
        Err(malformed) => Err(Failure::new(Exit::Bug, malformed.to_string())),
    }
}
