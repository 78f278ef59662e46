//! Compiled issues in, their files in `public/` out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::cli::build::compiled::Compiled;
use crate::cli::build::looks::Look;
use crate::cli::build::manifest::{Output, Stamp};
use crate::cli::build::output::Press;
use crate::cli::build::pages::{self, Edited};
use crate::cli::build::parallel;
use crate::cli::build::survey::Around;
use crate::cli::build::work::Work;
use crate::cli::failure::{Exit, Failure};
use crate::issue::Asset;
use crate::web::archive::{self, Entry};

/// What issues are made with.
pub(super) struct Presswork<'w> {
    pub(super) work: &'w Work<'w>,
    pub(super) looks: &'w BTreeMap<String, Look>,
    pub(super) around: &'w Around<'w>,
    pub(super) press: &'w Press,
}

/// What was read and written for an issue, and what the archive knows of it.
pub(super) struct Made {
    pub(super) read: Vec<Stamp>,
    pub(super) written: Vec<Output>,
    pub(super) entry: Entry,
}

/// An issue, its public edition, and the pictures and files that have to be on the web for it.
struct Job<'c> {
    compiled: &'c Compiled<'c>,
    edited: Edited<'c>,
    assets: Vec<Asset>,
}

impl Presswork<'_> {
    /// Renders and writes issues.
    pub(super) fn print(
        &self,
        issues: &[&Compiled<'_>],
    ) -> Result<BTreeMap<String, Made>, Failure> {
        let jobs = parallel::each(issues, |compiled| {
            let edited = self.edited(compiled);
            let assets = edited.assets(&compiled.issue);
            Job { compiled, edited, assets }
        });
        let assets = self.gather(jobs.iter().flat_map(|job| &job.assets))?;
        let assets: Vec<_> = assets.into_iter().collect();
        let kept = parallel::each(&assets, |(path, bytes)| {
            self.press.keep(path, bytes).map(|output| (*path, output))
        });
        let kept: BTreeMap<&str, Output> = kept.into_iter().collect::<Result<_, _>>()?;
        let made = parallel::each(&jobs, |job| {
            self.one(job, &kept).map(|made| (job.compiled.known.name.clone(), made))
        });
        made.into_iter().collect()
    }

    /// What an issue says, for the feed.
    pub(super) fn content(&self, compiled: &Compiled<'_>) -> Result<String, Failure> {
        self.edited(compiled).content(compiled, self.around)
    }

    fn look(&self, compiled: &Compiled<'_>) -> &Look {
        &self.looks[self.work.publication.theme_name(&compiled.issue)]
    }

    fn edited(&self, compiled: &Compiled<'_>) -> Edited<'_> {
        Edited::new(self.work.publication, &self.look(compiled).theme, &compiled.issue)
    }

    fn one(&self, job: &Job<'_>, kept: &BTreeMap<&str, Output>) -> Result<Made, Failure> {
        let pages = job.edited.pages(job.compiled, self.around)?;
        let written = pages.files.iter().map(|(path, bytes)| self.press.keep(path, bytes));
        let mut written = written.collect::<Result<Vec<_>, Failure>>()?;
        let paths: BTreeSet<_> = job.assets.iter().map(|asset| asset.path.as_str()).collect();
        written.extend(paths.into_iter().map(|path| kept[path].clone()));
        let read = job.compiled.read.iter().chain(&self.look(job.compiled).read);
        let root = self.work.publication.folder.root();
        let read = read.map(|path| Stamp::of(root, path).map_err(|error| unread(path, &error)));
        Ok(Made { read: read.collect::<Result<_, _>>()?, written, entry: pages.entry })
    }

    /// Pictures and files by where they go. Nothing else may be there, and nothing of the site.
    fn gather<'a>(
        &self,
        assets: impl Iterator<Item = &'a Asset>,
    ) -> Result<BTreeMap<&'a str, Arc<[u8]>>, Failure> {
        let own = [archive::INDEX, archive::FEED, archive::SITEMAP, archive::ROBOTS];
        let mut taken: BTreeSet<String> = own.map(str::to_owned).into();
        for name in self.work.known.iter().map(|issue| &issue.name) {
            let other = pages::paths(name).into_iter().find(|page| !taken.insert(page.clone()));
            if let Some(page) = other {
                return Err(clash(&page).hint(format!("give the issue `{name}` another name")));
            }
        }
        let mut gathered: BTreeMap<&str, Arc<[u8]>> = BTreeMap::new();
        for asset in assets {
            let other = gathered.insert(&asset.path, Arc::clone(&asset.bytes));
            if other.is_some_and(|other| other != asset.bytes) || taken.contains(&asset.path) {
                return Err(clash(&asset.path).hint(CLASH));
            }
        }
        Ok(gathered)
    }
}

/// What to do where one issue shows a picture, resized, and another links to the file itself.
const CLASH: &str = "copy the file to another name to link to it";

fn clash(path: &str) -> Failure {
    Failure::new(Exit::Content, format!("two different files would be `public/{path}`"))
}

/// A file that was read a moment ago cannot be looked at.
pub(super) fn unread(path: &str, error: &std::io::Error) -> Failure {
    Failure::because(format!("cannot read `{path}`"), error)
}
