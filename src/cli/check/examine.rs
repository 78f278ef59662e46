//! A publication in, all that is wrong with it out, whatever it is shown as.

use crate::audience::Suppressions;
use crate::check;
use crate::cli::check::{CheckArgs, links};
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::publication::Publication;
use crate::cli::readers::{self, Readers, Stamp};
use crate::compile::Reader;
use crate::delivery::Refused;
use crate::diagnostic::{self, Diagnostic, Source};
use crate::issue::Issue;
use crate::key::Key;
use crate::templates::{Neighbours, Theme};

/// Looks at everything; returns how many issues that were.
pub(super) fn examine(env: &Env, args: &CheckArgs, found: &mut Found) -> Result<usize, Failure> {
    let publication = Publication::open_above(&env.folder, found)?;
    let named: Result<Vec<_>, _> =
        args.issues.iter().map(|issue| publication.find(env, issue)).collect();
    let all = publication.issues();
    let paths = if args.issues.is_empty() { all? } else { named? };
    let theme = publication.theme(found)?;
    let suppressions = publication.suppressions()?;
    let readers = Readers::read(&publication, found)?;
    let desk = Desk {
        publication: &publication,
        theme: &theme,
        suppressions: &suppressions,
        readers: &readers,
        // The key has no part in whether a message can be made, so that none is made for it.
        key: Key::new(&[]),
    };
    let mut issues = Vec::new();
    for path in &paths {
        let checked = publication.check_issue(path, Some(readers.columns.names()))?;
        let mut diagnostics = checked.diagnostics;
        if let Some(issue) = checked.value {
            diagnostics.extend(check::issue(&issue, &publication.config));
            let neighbours = publication.parts(&issue)?;
            diagnostics.extend(desk.gate(&issue, &neighbours, env.clock.now())?);
            diagnostics = desk.letters(&issue, &neighbours, diagnostics);
            let before = publication.before(path);
            diagnostics.extend(before.iter().flat_map(|before| check::twin(&issue, before)));
            diagnostic::sort(&mut diagnostics);
            diagnostics.push(check::length(&issue));
            issues.push(issue);
        }
        found.add(diagnostics);
    }
    if args.links {
        let mut answers = links::check(&issues);
        diagnostic::sort(&mut answers);
        found.add(answers);
    }
    Ok(paths.len())
}

/// What issues are held against.
struct Desk<'d> {
    publication: &'d Publication,
    theme: &'d Theme,
    suppressions: &'d Suppressions,
    readers: &'d Readers,
    key: Key,
}

impl Desk<'_> {
    /// Assembles every reader's message, as a send would before its first connection.
    fn gate(
        &self,
        issue: &Issue,
        neighbours: &Neighbours,
        date: jiff::Timestamp,
    ) -> Result<Vec<Diagnostic>, Failure> {
        let (theme, key) = (self.theme, &self.key);
        let stamp = Stamp { theme, neighbours, key, date, salt: "check" };
        let everyone = self.readers.of(self.publication, issue);
        match readers::prepare(self.publication, issue, self.suppressions, &stamp, everyone) {
            Ok(_) => Ok(Vec::new()),
            Err(Refused::Gaps(gaps)) => Ok(self.publication.empty_fields(issue, &gaps)),
            Err(malformed) => Err(Failure::new(Exit::Bug, malformed.to_string())),
        }
    }

    /// Looks at the largest letter of each edition; what is found already is not shown again.
    fn letters(
        &self,
        issue: &Issue,
        neighbours: &Neighbours,
        mut found: Vec<Diagnostic>,
    ) -> Vec<Diagnostic> {
        let press = self.publication.press(self.theme, neighbours);
        let written = self.readers.of(self.publication, issue);
        let written = written.filter(|r| self.suppressions.reason_for(&r.address).is_none());
        let belongs =
            |reader: &_, segment: &str| Readers::belongs(self.publication, reader, segment);
        let letters = check::largest(issue, &press, &self.key, written, &belongs);
        found.extend(check::size(issue, &letters));
        for letter in &letters {
            let reader = Reader { recipient: &letter.reader, key: &self.key };
            let Ok(html) = letter.draft.html(reader) else { continue };
            let html = Source::new(format!("public/{}.html", issue.name), html);
            let mut new = check::letter(&html, Some(&issue.source));
            let said = |new: &Diagnostic, old: &Diagnostic| {
                (old.code, &old.message) == (new.code, &new.message)
            };
            new.retain(|new| !found.iter().any(|old| said(new, old)));
            found.extend(new);
        }
        found
    }
}
