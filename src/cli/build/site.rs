//! What is known of the published issues in, the files around their pages out.

use crate::cli::build::looks::{self, Look};
use crate::cli::build::manifest::{Built, Manifest, Stamp};
use crate::cli::build::output::Press;
use crate::cli::build::presswork::unread;
use crate::cli::build::work::Work;
use crate::cli::digest::Parts;
use crate::cli::failure::Failure;
use crate::web::archive::{self, Entry, Site};

/// The digest of what the site is made from; `issues` are those of the issues.
pub(super) fn inputs<'i>(work: &Work<'_>, issues: impl Iterator<Item = &'i str>) -> String {
    let config = &work.publication.config;
    let mut parts = Parts::default();
    parts.add(config.source.text.as_bytes());
    parts.add(looks::digest(work.publication, &config.publication.theme).as_bytes());
    issues.for_each(|digest| parts.add(digest.as_bytes()));
    // Only the list shows them: to count must not make a thousand pages anew.
    if let Some(views) = &work.views {
        let numbers = work.wanted.iter().map(|issue| views.views(&issue.name).to_string());
        numbers.for_each(|number| parts.add(number.as_bytes()));
    }
    parts.finish()
}

/// What is around the pages of issues.
pub(super) struct Front<'f> {
    pub(super) work: &'f Work<'f>,
    pub(super) look: &'f Look,
    /// What the newest issues say, the newest first.
    pub(super) contents: &'f [String],
    pub(super) press: &'f Press,
}

impl Front<'_> {
    /// Writes the list, the feed and what robots read, and the logo that the list shows.
    pub(super) fn write(&self, inputs: String, known: &Manifest) -> Result<Built, Failure> {
        let Self { work, look, contents, press } = self;
        let views = work.views.as_ref();
        let records = work.wanted.iter().rev().filter_map(|issue| known.issues.get(&issue.name));
        let entries: Vec<Entry> = records.filter_map(|record| record.entry.clone()).collect();
        let publication = &work.publication.config.publication;
        let site = Site { publication, theme: &look.theme, entries: &entries, contents, views };
        let mut written = Vec::new();
        for (path, bytes) in archive::files(&site) {
            written.push(press.keep(&path, &bytes)?);
        }
        for asset in look.theme.assets() {
            written.push(press.keep(&asset.path, &asset.bytes)?);
        }
        let root = work.publication.folder.root();
        let stamp = |path: &String| Stamp::of(root, path).map_err(|error| unread(path, &error));
        let read = look.read.iter().map(stamp).collect::<Result<_, _>>()?;
        Ok(Built { inputs, read, written })
    }
}
