//! Names of themes in, how letters look out, each read once.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::digest::Parts;
use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::publication::Publication;
use crate::templates::Theme;

/// A theme and the files that it reads besides its texts.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) theme: Theme,
    pub(super) read: BTreeSet<String>,
}

/// The digest of a theme's texts; what cannot be read has none, and is said when it is needed.
pub(super) fn digest(publication: &Publication, name: &str) -> String {
    let mut parts = Parts::default();
    if let Ok(files) = publication.theme_files(name) {
        files.texts().for_each(|text| parts.add(text.as_bytes()));
    }
    parts.finish()
}

/// Reads and checks themes.
pub(super) fn read<'n>(
    publication: &Publication,
    names: impl Iterator<Item = &'n str>,
    said: &mut Vec<Found>,
) -> Result<BTreeMap<String, Look>, Failure> {
    let mut looks = BTreeMap::new();
    for name in names.collect::<BTreeSet<_>>() {
        let folder = publication.folder.noting();
        let checked = Theme::parse(&publication.theme_files(name)?, &folder);
        let mut found = Found::default();
        let theme = found.accept(checked, Exit::Usage);
        said.push(found);
        let theme = theme?;
        looks.insert(name.to_owned(), Look { theme, read: folder.noted() });
    }
    Ok(looks)
}
