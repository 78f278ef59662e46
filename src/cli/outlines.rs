//! The folder of issues in, what there are and which stand beside each out.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::cli::failure::Failure;
use crate::cli::publication::Publication;
use crate::issue::{self, Issue, Outline};
use crate::templates::{Neighbour, Neighbours};

/// What issues said, and what is known of them by that: none is parsed twice while it says the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Outlines(Arc<Mutex<HashMap<PathBuf, (String, Outline)>>>);

impl Outlines {
    fn of(&self, path: &Path, text: String) -> Outline {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, outline)) = known.get(path).filter(|(before, _)| *before == text) {
            return outline.clone();
        }
        let outline = issue::outline(&text);
        known.insert(path.to_path_buf(), (text, outline.clone()));
        outline
    }
}

impl Publication {
    /// The paths of all issues, in the order of their dates.
    pub(super) fn issues(&self) -> Result<Vec<PathBuf>, Failure> {
        Ok(self.outlines()?.into_iter().map(|(path, _)| path).collect())
    }

    /// The paths of all issues, in no order.
    pub(super) fn issue_files(&self) -> Result<Vec<PathBuf>, Failure> {
        let folder = self.folder.root().join("issues");
        let entries = std::fs::read_dir(&folder)
            .map_err(|error| Failure::because("cannot read the folder `issues`", &error))?;
        let is_issue = |entry: &std::fs::DirEntry| {
            let name = entry.file_name();
            entry.path().is_file()
                && Path::new(&name).extension().is_some_and(|ending| ending == "toml")
                && !name.to_string_lossy().starts_with('.')
        };
        let issues = entries.flatten().filter(is_issue);
        Ok(issues.map(|entry| Path::new("issues").join(entry.file_name())).collect())
    }

    /// The paths of all issues and what is known of each, in the order of their dates.
    pub(super) fn outlines(&self) -> Result<Vec<(PathBuf, Outline)>, Failure> {
        let mut dated = Vec::new();
        for path in self.issue_files()? {
            let text = std::fs::read_to_string(self.folder.root().join(&path)).unwrap_or_default();
            let outline = self.known.of(&path, text);
            dated.push((path, outline));
        }
        dated.sort_by(|(a, first), (b, second)| (first.date, a).cmp(&(second.date, b)));
        Ok(dated)
    }

    /// The parts of the issue's series before and after it: no drafts, and none that is sent later
    /// than the issue, whose page is not there when the letter arrives.
    pub(super) fn parts(&self, issue: &Issue) -> Result<Neighbours, Failure> {
        let Some(series) = &issue.series else { return Ok(Neighbours::default()) };
        let (outlines, sent) = (self.outlines()?, issue.sent());
        let there =
            |outline: &Outline| !outline.draft && outline.send_at.is_none_or(|at| at <= sent);
        let part = |number: i64| {
            let is_it = |(_, outline): &&(PathBuf, Outline)| {
                let known = outline.series.as_ref();
                known.is_some_and(|(name, part)| *name == series.name && *part == number)
            };
            let found = outlines.iter().filter(|(_, outline)| there(outline)).find(is_it);
            found.and_then(|(path, outline)| neighbour(path, outline))
        };
        let number = i64::from(series.part);
        Ok(Neighbours { previous: part(number - 1), next: part(number + 1) })
    }

    /// The newest issue.
    pub(super) fn newest(&self) -> Result<PathBuf, Failure> {
        self.issues()?.pop().ok_or_else(|| {
            Failure::usage("the folder `issues` has no issue")
                .hint("`newsletter new TITLE` makes one")
        })
    }

    /// The issue before another, of issues in their order; `None` where there is none, or none that
    /// compiles.
    pub(super) fn before(&self, path: &Path, order: &[PathBuf]) -> Option<Issue> {
        let at = order.iter().position(|known| known == path)?;
        let before = order.get(at.checked_sub(1)?)?;
        issue::load(&self.folder, before, &self.segments()).ok()?.value
    }
}

/// An issue as the letters of others name it; `None` where it has no headline.
pub(super) fn neighbour(path: &Path, outline: &Outline) -> Option<Neighbour> {
    Some(Neighbour { title: outline.title.clone()?, name: name_of(path) })
}

/// The name of an issue: that of its file, without `.toml`.
pub(super) fn name_of(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
