//! The publication's folder in, its settings and what issues there are out.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::found::Found;
use crate::cli::outlines::name_of;
use crate::cli::publication::Publication;
use crate::issue::Outline;
use crate::web::preview::Known;

/// The settings as they were read last.
#[derive(Default)]
pub(super) struct Settings {
    /// Whether a file has changed since.
    pub(super) stale: bool,
    /// The newest version without an error.
    pub(super) publication: Option<Arc<Publication>>,
    pub(super) outlines: Vec<(PathBuf, Outline)>,
    pub(super) found: Found,
    pub(super) trouble: Option<String>,
}

impl Settings {
    /// Reads the settings and what issues there are, where a file has changed.
    pub(super) fn refresh(&mut self, root: &Path) {
        if !std::mem::take(&mut self.stale) {
            return;
        }
        (self.found, self.trouble) = (Found::default(), None);
        let opened = Publication::open_above(root, &mut self.found).and_then(|publication| {
            let publication = match &self.publication {
                Some(before) => publication.knowing(before),
                None => publication,
            };
            self.outlines = publication.outlines()?;
            self.publication = Some(Arc::new(publication));
            Ok(())
        });
        self.trouble = opened.err().map(|failure| match self.found.diagnostics.is_empty() {
            true => failure.sentence(),
            false => String::new(),
        });
    }

    pub(super) fn is_good(&self) -> bool {
        self.trouble.is_none()
    }

    /// What is known of an issue by its file.
    pub(super) fn outline(&self, issue: &str) -> Option<&Outline> {
        let found = self.outlines.iter().find(|(path, _)| name_of(path) == issue);
        found.map(|(_, outline)| outline)
    }

    pub(super) fn title(&self, issue: &str) -> Option<String> {
        self.outline(issue).and_then(|outline| outline.title.clone())
    }

    /// The files that letters depend on, wherever they are.
    pub(super) fn elsewhere(&self) -> Vec<PathBuf> {
        let Some(publication) = &self.publication else { return Vec::new() };
        let audience = &publication.config.audience;
        let files = [&audience.subscribers, &audience.suppressions];
        files.map(|path| publication.folder.root().join(path)).into()
    }

    /// All issues, the newest first.
    pub(super) fn known(&self) -> Vec<Known> {
        let known = |(path, outline): &(PathBuf, Outline)| Known {
            name: name_of(path),
            title: outline.title.clone().unwrap_or_default(),
            date: outline.date.map(|date| date.to_string()).unwrap_or_default(),
        };
        self.outlines.iter().rev().map(known).collect()
    }
}
