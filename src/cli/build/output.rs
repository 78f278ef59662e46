//! Bytes and where they belong in, files that are written only where they differ out.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::cli::build::manifest::{Output, Stamp};
use crate::cli::digest;
use crate::cli::failure::Failure;
use crate::cli::secret::make_private_folder;

/// Writes a file that appears whole or not at all, readable by everyone.
pub(in crate::cli) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    write_by(folder, path, bytes)
}

/// Writes a file that appears whole or not at all; until then it is in another folder.
fn write_by(other: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    let mut file = tempfile::NamedTempFile::new_in(other)?;
    file.write_all(bytes)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    file.persist(path)?;
    Ok(())
}

/// What writes files below `public/`, and only those that differ.
#[derive(Debug)]
pub(super) struct Press {
    public: PathBuf,
    /// Where files are until they are whole: what a build that is killed leaves is not published.
    state: PathBuf,
    written: AtomicU64,
}

impl Press {
    pub(super) fn new(public: PathBuf, state: PathBuf) -> Self {
        Self { public, state, written: AtomicU64::new(0) }
    }

    /// The folder.
    pub(super) fn public(&self) -> &Path {
        &self.public
    }

    /// How many files were written.
    pub(super) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Makes sure that a file holds these bytes.
    pub(super) fn keep(&self, path: &str, bytes: &[u8]) -> Result<Output, Failure> {
        self.try_keep(path, bytes)
            .map_err(|error| Failure::because(format!("cannot write `public/{path}`"), &error))
    }

    fn try_keep(&self, path: &str, bytes: &[u8]) -> io::Result<Output> {
        let file = self.public.join(path);
        let length = bytes.len() as u64;
        let same = std::fs::metadata(&file).is_ok_and(|known| known.len() == length)
            && std::fs::read(&file).is_ok_and(|known| known == bytes);
        if !same {
            self.write(&file, bytes)?;
            self.written.fetch_add(1, Ordering::Relaxed);
        }
        Ok(Output { stamp: Stamp::of(&self.public, path)?, digest: digest::of(bytes) })
    }
}

impl Press {
    fn write(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        make_private_folder(&self.state)?;
        match write_by(&self.state, file, bytes) {
            // `public/` may be a folder of another disk.
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => write(file, bytes),
            written => written,
        }
    }
}

/// What became of files that are no longer made.
#[derive(Debug, Default)]
pub(super) struct Removed {
    /// How many are gone.
    pub(super) gone: u64,
    /// Those that are no longer as they were written, and stay.
    pub(super) kept: Vec<String>,
}

/// Removes files that an earlier build wrote and this one does not make, and folders that are empty
/// then.
pub(super) fn remove<'o>(
    public: &Path,
    earlier: impl Iterator<Item = &'o Output>,
    made: &BTreeSet<String>,
) -> io::Result<Removed> {
    let mut removed = Removed::default();
    let stale: BTreeSet<(&str, &str)> = earlier
        .filter_map(|output| Some((output.stamp.path()?, output.digest.as_str())))
        .filter(|(path, _)| !made.contains(*path))
        .collect();
    for (path, known) in stale {
        let file = public.join(path);
        let Ok(bytes) = std::fs::read(&file) else { continue };
        if digest::of(&bytes) != known {
            removed.kept.push(path.to_owned());
            continue;
        }
        std::fs::remove_file(&file)?;
        removed.gone += 1;
        let folders = Path::new(path).ancestors().skip(1);
        for folder in folders.filter(|folder| !folder.as_os_str().is_empty()) {
            // A folder with anything in it stays, which is all that this can fail for.
            drop(std::fs::remove_dir(public.join(folder)));
        }
    }
    Ok(removed)
}
