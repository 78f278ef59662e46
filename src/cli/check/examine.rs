//! A publication in, all that is wrong with it out, whatever it is shown as.

use crate::audience::Suppressions;
use crate::check;
use crate::cli::check::{CheckArgs, links};
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::publication::Publication;
use crate::cli::readers::{self, Readers, Stamp};
use crate::delivery::Refused;
use crate::diagnostic::{self, Diagnostic};
use crate::issue::Issue;
use crate::key::Key;
use crate::templates::Theme;

/// Looks at everything; returns how many issues that were.
pub(super) fn examine(env: &Env, args: &CheckArgs, found: &mut Found) -> Result<usize, Failure> {
    let publication = Publication::open_above(&env.folder, found)?;
    let named: Result<Vec<_>, _> =
        args.issues.iter().map(|issue| publication.find(env, issue)).collect();
    let all = publication.issues();
    let paths = if args.issues.is_empty() { all? } else { named? };
    // That of the publication is looked at even where no issue has it.
    found.add(publication.check_theme(&publication.config.publication.theme)?.diagnostics);
    let suppressions = publication.suppressions()?;
    let readers = Readers::read(&publication, found)?;
    let desk = Desk {
        publication: &publication,
        suppressions: &suppressions,
        readers: &readers,
        // The key has no part in whether a message can be made, so that none is made for it.
        key: Key::new(&[]),
    };
    let mut issues = Vec::new();
    for path in &paths {
        let checked = publication.check_issue(path, Some(readers.columns()))?;
        let mut diagnostics = checked.diagnostics;
        if let Some(issue) = checked.value {
            diagnostics.extend(check::issue(&issue, &publication.config));
            let theme = publication.check_theme(publication.theme_name(&issue))?;
            found.add(theme.diagnostics);
            if let Some(theme) = &theme.value {
                let letters = desk.gate(&issue, theme, &diagnostics, env.clock.now())?;
                diagnostics.extend(letters);
            }
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
    suppressions: &'d Suppressions,
    readers: &'d Readers<'d>,
    key: Key,
}

impl Desk<'_> {
    /// Assembles every reader's message, as a send would before its first connection, and looks at
    /// the letters in them; what is known already is not said again.
    fn gate(
        &self,
        issue: &Issue,
        theme: &Theme,
        known: &[Diagnostic],
        date: jiff::Timestamp,
    ) -> Result<Vec<Diagnostic>, Failure> {
        let Self { publication, suppressions, key, .. } = self;
        let neighbours = &publication.parts(issue)?;
        let stamp = Stamp { theme, neighbours, key, date, salt: "check" };
        let planner = readers::planner(publication, suppressions, &stamp);
        match readers::prove(&planner, issue, self.readers.of(issue)?, &mut |_, _| {})? {
            Ok(passed) => Ok(readers::judge(issue, key, &passed.letters, known)),
            Err(Refused::Gaps(gaps)) => Ok(publication.empty_fields(issue, &gaps)),
            Err(malformed) => Err(Failure::new(Exit::Bug, malformed.to_string())),
        }
    }
}
