//! Knows the files of a publication that nothing publishes, by whatever path they are named.

use std::path::{Path, PathBuf};

use crate::config::Publication;

/// What says that a dry run made a folder.
const DRY_RUN: &str = ".newsletter-dry-run";

/// Files that are not for readers: settings, issues, lists, secrets, journals.
#[derive(Debug, Clone, Default)]
pub(super) struct PrivateFiles {
    /// Files and folders, as the settings name them, below the publication's folder.
    named: Vec<PathBuf>,
}

impl PrivateFiles {
    /// The files and folders that the settings name, and those that are always the program's own.
    pub(super) fn new(named: impl IntoIterator<Item = PathBuf>) -> Self {
        let own = [Publication::KEY, Publication::JOURNAL].map(PathBuf::from);
        Self { named: named.into_iter().chain(own).collect() }
    }

    /// Whether a file is private; `root` and `real` are canonical, the second below the first.
    pub(super) fn hold(&self, root: &Path, real: &Path) -> bool {
        let inside = real.strip_prefix(root).unwrap_or(real);
        is_own(inside) || is_dry_run(root, real) || self.is_named(root, real)
    }

    fn is_named(&self, root: &Path, real: &Path) -> bool {
        self.named.iter().any(|named| {
            // Looked at each time: a list may come after the folder was opened.
            let path = root.join(named);
            let known = path.canonicalize().unwrap_or(path);
            real.starts_with(&known) || is_same(&known, real) || is_copy(&known, real)
        })
    }
}

/// Whether a path below the folder is the publication's own by its name, on file systems too that
/// take capital letters and small ones for the same.
fn is_own(inside: &Path) -> bool {
    let lower = |name: Option<&std::ffi::OsStr>| {
        name.map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default()
    };
    let first = lower(inside.components().next().map(|part| part.as_os_str()));
    let last = lower(inside.file_name());
    first == "issues"
        || last == "newsletter.toml"
        || last.starts_with("newsletter.lock")
        || last.starts_with("rejected") && last.ends_with(".csv")
}

/// Whether a dry run made the folder: each file in it holds a reader's row and unsubscribe link.
fn is_dry_run(root: &Path, real: &Path) -> bool {
    let folders = real.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
    folders.into_iter().any(|folder| folder.join(DRY_RUN).exists())
}

/// Whether two paths are one file: a hard link, or another spelling.
fn is_same(known: &Path, real: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let (Ok(known), Ok(real)) = (known.metadata(), real.metadata()) else { return false };
        (known.dev(), known.ino()) == (real.dev(), real.ino())
    }
    #[cfg(not(unix))]
    {
        known.to_string_lossy().to_lowercase() == real.to_string_lossy().to_lowercase()
    }
}

/// Whether a file is what an editor or a person put beside a private one: `list.csv~`, `list.csv.bak`.
fn is_copy(known: &Path, real: &Path) -> bool {
    let (Some(name), Some(copy)) = (known.file_name(), real.file_name()) else { return false };
    let rest = copy.as_encoded_bytes().strip_prefix(name.as_encoded_bytes());
    known.parent() == real.parent() && rest.is_some_and(|rest| matches!(rest, [b'~' | b'.', ..]))
}
