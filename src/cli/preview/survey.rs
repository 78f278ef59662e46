//! An issue and the whole list in, what `check` finds and who gets which edition out.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::audience::{Recipient, Suppressions};
use crate::cli::check::Examiner;
use crate::cli::failure::Failure;
use crate::cli::found::Found;
use crate::cli::publication::Publication;
use crate::cli::readers::Readers;
use crate::delivery::Place;
use crate::diagnostic::Diagnostic;
use crate::issue::Issue;
use crate::key::Hasher;

/// A list up to this size, in bytes, is read while the page waits; a longer one beside it.
const AT_ONCE: u64 = 1_000_000;

/// How many rows that are no readers are shown one by one.
const ROWS_MAX: usize = 20;

/// What the list and an issue say of each other.
#[derive(Debug, Clone, Default)]
pub(super) struct Survey {
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Rows that are no readers: their lines, and why.
    pub(super) rows: Vec<(u64, String)>,
    /// How many such rows there are.
    pub(super) bad: u64,
    pub(super) trouble: Option<String>,
    /// The editions that have readers; `None` where nobody can say, since the issue has errors.
    editions: Option<Vec<Group>>,
}

/// The readers of one edition.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// The segments whose sections they get.
    pub(super) segments: Vec<String>,
    /// How many they are.
    pub(super) readers: u64,
    /// The first of them.
    pub(super) first: Recipient,
}

impl Survey {
    /// The editions that have readers.
    pub(super) fn editions(&self) -> &[Group] {
        self.editions.as_deref().unwrap_or_default()
    }

    /// Reads the whole list.
    fn take(publication: &Publication, path: &Path, now: Timestamp, hasher: Hasher) -> Self {
        let suppressions = match publication.suppressions(hasher) {
            Ok(suppressions) => suppressions,
            Err(failure) => return Self { trouble: Some(failure.sentence()), ..Self::default() },
        };
        let mut found = Found::default();
        let mut groups = Vec::new();
        let mut see = |reader: &Recipient, place| {
            if let Place::Edition(edition) = place {
                count(&mut groups, edition, reader);
            }
        };
        let examined = examine(publication, path, now, &suppressions, &mut found, &mut see);
        let (issue, failure) = match examined {
            Ok(issue) => (issue, None),
            Err(failure) => (None, Some(failure.sentence())),
        };
        let group = |(readers, first): (u64, Recipient)| {
            let of = |issue| segments(publication, &suppressions, issue, &first);
            let segments = issue.as_ref().map(of);
            Group { segments: segments.unwrap_or_default(), readers, first }
        };
        let mut editions: Vec<_> = groups.into_iter().map(group).collect();
        editions.sort_by(|a, b| b.segments.cmp(&a.segments));
        let editions = issue.is_some().then_some(editions);
        Self {
            diagnostics: found.diagnostics,
            bad: found.bad,
            rows: found
                .bad_rows
                .iter()
                .take(ROWS_MAX)
                .map(|row| (row.line, row.reason.to_string()))
                .collect(),
            trouble: failure,
            editions,
        }
    }
}

fn count(groups: &mut Vec<(u64, Recipient)>, edition: usize, reader: &Recipient) {
    match groups.get_mut(edition) {
        Some((readers, _)) => *readers += 1,
        // Editions are numbered in the order in which the first reader of each comes.
        None => groups.push((1, reader.clone())),
    }
}

fn examine(
    publication: &Publication,
    path: &Path,
    now: Timestamp,
    suppressions: &Suppressions,
    found: &mut Found,
    see: &mut dyn FnMut(&Recipient, Place),
) -> Result<Option<Issue>, Failure> {
    let readers = Readers::read(publication, found)?;
    Examiner::new(publication, suppressions, &readers).examine(path, now, found, see)
}

/// The segments whose sections a reader gets.
fn segments(
    publication: &Publication,
    suppressions: &Suppressions,
    issue: &Issue,
    reader: &Recipient,
) -> Vec<String> {
    let all = issue.section_audiences().into_iter();
    let theirs = all.filter(|name| Readers::gets(publication, suppressions, reader, name));
    theirs.map(str::to_owned).collect()
}

/// Takes surveys of one issue: at once of a short list, and of a long one on a thread of its own,
/// one at a time.
#[derive(Clone, Default)]
pub(super) struct Surveyor(Arc<Mutex<Work>>);

#[derive(Default)]
struct Work {
    survey: Survey,
    next: Option<Order>,
    running: bool,
}

/// What is surveyed.
struct Order {
    publication: Arc<Publication>,
    path: PathBuf,
    now: Timestamp,
    hasher: Hasher,
}

impl Surveyor {
    /// The newest survey there is.
    pub(super) fn survey(&self) -> Survey {
        self.lock().survey.clone()
    }

    /// Takes a survey; `nudge` says when one that took longer is done.
    pub(super) fn order(
        &self,
        publication: &Arc<Publication>,
        path: &Path,
        now: Timestamp,
        hasher: Hasher,
        nudge: &Arc<dyn Fn() + Send + Sync>,
    ) {
        if is_short(publication) {
            let survey = Survey::take(publication, path, now, hasher);
            self.lock().keep(survey);
            return;
        }
        let mut work = self.lock();
        let (publication, path) = (Arc::clone(publication), path.to_path_buf());
        work.next = Some(Order { publication, path, now, hasher });
        if !std::mem::replace(&mut work.running, true) {
            let (surveyor, nudge) = (self.clone(), Arc::clone(nudge));
            std::thread::spawn(move || surveyor.work(&*nudge));
        }
    }

    /// Whether a survey is being taken.
    pub(super) fn is_at_work(&self) -> bool {
        self.lock().running
    }

    fn work(&self, nudge: &dyn Fn()) {
        while let Some(Order { publication, path, now, hasher }) = self.next() {
            let survey = Survey::take(&publication, &path, now, hasher);
            self.lock().keep(survey);
        }
        nudge();
    }

    fn next(&self) -> Option<Order> {
        let mut work = self.lock();
        let next = work.next.take();
        work.running = next.is_some();
        next
    }

    fn lock(&self) -> MutexGuard<'_, Work> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Work {
    /// Of an issue that does not compile nobody can say who gets which edition: it stays as it was.
    fn keep(&mut self, mut survey: Survey) {
        if survey.editions.is_none() {
            survey.editions = self.survey.editions.take();
        }
        self.survey = survey;
    }
}

/// Whether reading the list takes no time that anybody notices.
pub(super) fn is_short(publication: &Publication) -> bool {
    let list = publication.folder.root().join(&publication.config.audience.subscribers);
    fs::metadata(list).is_ok_and(|list| list.len() <= AT_ONCE)
}
