//! Issues as they were read in, compiled ones with everything that is wrong in them out.

use std::collections::BTreeSet;

use crate::check;
use crate::cli::build::parallel;
use crate::cli::build::survey::Known;
use crate::cli::count;
use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::publication::Publication;
use crate::diagnostic::{Checked, Source};
use crate::issue::Issue;

/// An issue that compiles.
#[derive(Debug)]
pub(super) struct Compiled<'k> {
    pub(super) known: &'k Known,
    pub(super) issue: Issue,
    /// The pictures and files that were read for it.
    pub(super) read: BTreeSet<String>,
}

/// Compiles issues; what is wrong in any of them is said of all of them. What is said of an issue
/// that is not in `new` was said when it was.
pub(super) fn compile<'k>(
    publication: &Publication,
    issues: &[&'k Known],
    new: &BTreeSet<&str>,
    said: &mut Vec<Found>,
) -> Result<Vec<Compiled<'k>>, Failure> {
    let read = |known: &&'k Known| one(publication, known);
    let mut compiled = Vec::new();
    let mut errors = 0;
    for result in parallel::each(issues, read) {
        let (checked, read, known) = result?;
        errors += checked.diagnostics.iter().filter(|found| found.is_error()).count() as u64;
        let mut found = Found::default();
        if checked.value.is_none() || new.contains(known.name.as_str()) {
            found.add(checked.diagnostics);
        }
        said.push(found);
        compiled.extend(checked.value.map(|issue| Compiled { known, issue, read }));
    }
    if errors > 0 {
        let errors = count(errors, "error");
        let message = format!("{errors} in the files above; nothing was done");
        return Err(Failure::new(Exit::Content, message));
    }
    Ok(compiled)
}

type Read<'k> = (Checked<Issue>, BTreeSet<String>, &'k Known);

fn one<'k>(publication: &Publication, known: &'k Known) -> Result<Read<'k>, Failure> {
    let folder = publication.folder.noting();
    if known.text.contains(char::REPLACEMENT_CHARACTER) {
        // It may be that of an editor, or stand for what is no UTF-8.
        publication.check_issue(&known.path, None)?;
    }
    let shown = known.path.to_string_lossy().replace('\\', "/");
    let checked = publication.check_text(&Source::new(shown, known.text.as_str()), &folder, None);
    let mut diagnostics = checked.diagnostics;
    if let Some(issue) = &checked.value {
        diagnostics.extend(check::issue(issue, &publication.config));
    }
    Ok((Checked::new(checked.value, diagnostics), folder.noted(), known))
}
