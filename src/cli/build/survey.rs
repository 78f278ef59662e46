//! The folder of issues in, which of them are published and which stand beside each out.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::cli::build::manifest::Manifest;
use crate::cli::build::parallel;
use crate::cli::digest;
use crate::cli::failure::{Exit, Failure};
use crate::cli::outlines::{name_of, neighbour};
use crate::cli::publication::{Publication, unreadable};
use crate::cli::send::wait;
use crate::issue::{self, Outline};
use crate::journal::Journal;
use crate::templates::Neighbours;

/// An issue as far as it is known without being compiled.
#[derive(Debug)]
pub(super) struct Known {
    /// Its path below the publication's folder.
    pub(super) path: PathBuf,
    /// The name of its file without `.toml`.
    pub(super) name: String,
    /// What it says.
    pub(super) text: String,
    /// The digest of that.
    pub(super) digest: String,
    /// Where it stands among the others.
    pub(super) outline: Outline,
    /// Whether it may be read by now.
    pub(super) published: bool,
}

/// Reads every issue, in the order of their dates. What the manifest knows is not parsed.
pub(super) fn survey(
    publication: &Publication,
    manifest: &Manifest,
    now: Timestamp,
) -> Result<Vec<Known>, Failure> {
    let zone = &publication.config.publication.time_zone;
    let read = |path: &PathBuf| -> Result<Known, Failure> {
        let bytes = std::fs::read(publication.folder.root().join(path))
            .map_err(|error| unreadable(&path.display().to_string(), &error, Exit::Content))?;
        // What is no UTF-8 is said when the issue is compiled: it may be none of those.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let name = name_of(path);
        let digest = digest::of(&bytes);
        let known = manifest.issues.get(&name).filter(|record| record.text == digest);
        let outline = match known {
            Some(record) => Outline::from(&record.standing),
            None => issue::outline(&text),
        };
        let published = outline.is_published(zone, now);
        Ok(Known { path: path.clone(), name, text, digest, outline, published })
    };
    let paths = publication.issue_files()?;
    let mut known =
        parallel::each(&paths, read).into_iter().collect::<Result<Vec<_>, Failure>>()?;
    publish_sent(publication, &mut known)?;
    known.sort_by(|a, b| (a.outline.date, &a.path).cmp(&(b.outline.date, &b.path)));
    Ok(known)
}

/// Publishes issues that were sent before their time: mails lead to their pages.
fn publish_sent(publication: &Publication, known: &mut [Known]) -> Result<(), Failure> {
    let path = publication.journal();
    let ahead = |issue: &&mut Known| !issue.published && !issue.outline.draft;
    if !path.exists() || !known.iter_mut().any(|issue| ahead(&issue)) {
        return Ok(());
    }
    let sent: HashSet<String> = wait(async {
        let journal = Journal::open(&path).await?;
        let runs = journal.runs().await?;
        journal.close().await;
        Ok(runs.into_iter().map(|run| run.issue).collect())
    })?;
    for issue in known.iter_mut().filter(ahead) {
        issue.published = sent.contains(&issue.name);
    }
    Ok(())
}

/// The issues that pages lead to, in the order of their dates.
#[derive(Debug)]
pub(super) struct Around<'k>(pub(super) Vec<&'k Known>);

impl Around<'_> {
    /// The issues before and after one; of a series, its parts.
    pub(super) fn of(&self, issue: &Known) -> Neighbours {
        if issue.outline.series.is_some() {
            return self.parts(issue);
        }
        let place = (issue.outline.date, &issue.path);
        let at = self.0.partition_point(|other| (other.outline.date, &other.path) < place);
        let own = self.0.get(at).is_some_and(|other| other.path == issue.path);
        Neighbours {
            previous: at.checked_sub(1).and_then(|at| shown(self.0[at])),
            next: self.0.get(at + usize::from(own)).and_then(|other| shown(other)),
        }
    }

    /// The parts of its series before and after an issue.
    pub(super) fn parts(&self, issue: &Known) -> Neighbours {
        let Some((series, number)) = &issue.outline.series else { return Neighbours::default() };
        let part = |wanted: i64| {
            let is_it = |other: &&&Known| {
                let known = other.outline.series.as_ref();
                known.is_some_and(|(name, part)| name == series && *part == wanted)
            };
            self.0.iter().find(is_it).and_then(|other| shown(other))
        };
        Neighbours { previous: part(number - 1), next: part(number + 1) }
    }
}

fn shown(issue: &Known) -> Option<crate::templates::Neighbour> {
    neighbour(Path::new(&issue.path), &issue.outline)
}
