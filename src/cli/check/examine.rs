//! A publication in, all that is wrong with it out, whatever it is shown as.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::audience::{Recipient, Suppressions};
use crate::check;
use crate::cli::check::{CheckArgs, links};
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::publication::Publication;
use crate::cli::readers::{self, Readers, Stamp};
use crate::cli::{secret, trust};
use crate::delivery::{Place, Refused};
use crate::diagnostic::{self, Diagnostic};
use crate::issue::Issue;
use crate::key::Key;
use crate::templates::Theme;

/// Looks at everything; returns how many issues that were.
pub(super) fn examine(
    env: &mut Env,
    args: &CheckArgs,
    found: &mut Found,
) -> Result<usize, Failure> {
    let publication = Publication::open_above(&env.folder, found)?;
    trust::say_withheld(env, &publication);
    let named: Result<Vec<_>, _> =
        args.issues.iter().map(|issue| publication.find(env, issue)).collect();
    let all = publication.issues();
    let paths = if args.issues.is_empty() { all? } else { named? };
    // That of the publication is looked at even where no issue has it.
    found.add(publication.check_theme(&publication.config.publication.theme)?.diagnostics);
    publication.check_key_of_forgotten()?;
    // Without the key nobody can tell who was forgotten, and everything else can be looked at.
    let key = secret::existing(env, publication.folder.root(), &publication.config.publication.key);
    let key = key.unwrap_or_else(|_| Key::new(&[]));
    let suppressions = publication.suppressions(key.hasher())?;
    if args.issues.is_empty() {
        found.add(check::placeholder_settings(&publication.config).into_iter().collect());
    }
    let readers = Readers::read(&publication, found)?;
    let examiner = Examiner::new(&publication, &suppressions, &readers);
    let mut issues = Vec::new();
    for path in &paths {
        issues.extend(examiner.examine(path, env.clock.now(), found, &mut |_, _| {})?);
    }
    if args.links {
        let mut answers = links::check(&issues);
        diagnostic::sort(&mut answers);
        found.add(answers);
    }
    Ok(paths.len())
}

/// What issues are held against.
pub(in crate::cli) struct Examiner<'e> {
    publication: &'e Publication,
    suppressions: &'e Suppressions,
    readers: &'e Readers<'e>,
    /// The paths of all issues, in the order of their dates.
    order: Vec<PathBuf>,
    key: Key,
}

impl<'e> Examiner<'e> {
    pub(in crate::cli) fn new(
        publication: &'e Publication,
        suppressions: &'e Suppressions,
        readers: &'e Readers<'e>,
    ) -> Self {
        let order = publication.issues().unwrap_or_default();
        // The key has no part in whether a message can be made, so that none is made for it.
        Self { publication, suppressions, readers, order, key: Key::new(&[]) }
    }

    /// Looks at one issue and at every reader's letter, and tells `see` where each reader goes;
    /// returns the issue, if it compiles.
    pub(in crate::cli) fn examine(
        &self,
        path: &Path,
        now: Timestamp,
        found: &mut Found,
        see: &mut dyn FnMut(&Recipient, Place),
    ) -> Result<Option<Issue>, Failure> {
        let Self { publication, readers, .. } = self;
        let checked = publication.check_issue(path, Some(readers.columns()))?;
        let mut diagnostics = checked.diagnostics;
        if let Some(issue) = &checked.value {
            diagnostics.extend(check::issue(issue, &publication.config));
            diagnostics.extend(check::placeholder_words(issue));
            diagnostics.extend(check::sign_up(issue, &publication.config));
            let theme = publication.check_theme(publication.theme_name(issue))?;
            found.add(theme.diagnostics);
            if let Some(theme) = &theme.value {
                diagnostics.extend(self.gate(issue, theme, &diagnostics, now, see)?);
            }
            let before = publication.before(path, &self.order);
            diagnostics.extend(before.iter().flat_map(|before| check::twin(issue, before)));
            diagnostic::sort(&mut diagnostics);
            diagnostics.push(check::length(issue));
        }
        found.add(diagnostics);
        Ok(checked.value)
    }

    /// Assembles every reader's message, as a send would before its first connection, and looks at
    /// the letters in them; what is known already is not said again.
    fn gate(
        &self,
        issue: &Issue,
        theme: &Theme,
        known: &[Diagnostic],
        date: Timestamp,
        see: &mut dyn FnMut(&Recipient, Place),
    ) -> Result<Vec<Diagnostic>, Failure> {
        let Self { publication, suppressions, key, .. } = self;
        let neighbours = &publication.parts(issue)?;
        let stamp = Stamp { theme, neighbours, key, date, salt: "check" };
        let planner =
            readers::planner(publication, suppressions, issue.audience.as_deref(), &stamp);
        match readers::prove(&planner, issue, self.readers.of(issue)?, see)? {
            Ok(passed) => Ok(readers::judge(issue, key, &passed.letters, known)),
            Err(Refused::Gaps(gaps)) => Ok(publication.empty_fields(issue, &gaps)),
            Err(malformed) => Err(Failure::new(Exit::Bug, malformed.to_string())),
        }
    }
}
