//! Bytes and where they belong in, files that are written only where they differ out.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::cli::build::manifest::{Output, Stamp};
use crate::cli::digest;
use crate::cli::failure::{Exit, Failure};
use crate::cli::secret::make_private_folder;

/// What a file is called until it is whole.
const UNTIL: (&str, &str) = (".newsletter-", ".new");

/// Writes a file that appears whole or not at all, readable by everyone.
pub(in crate::cli) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    // Beside its place: to take a file from one folder to another makes a build wait for itself.
    let (prefix, suffix) = UNTIL;
    let mut file = tempfile::Builder::new().prefix(prefix).suffix(suffix).tempfile_in(folder)?;
    file.write_all(bytes)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    // On purpose not synced: `build` makes again what a power cut takes.
    file.persist(path)?;
    Ok(())
}

/// What writes files below `public/`, and only those that differ.
#[derive(Debug)]
pub(super) struct Press {
    public: PathBuf,
    written: AtomicU64,
    /// Only one build is at work in a publication. The system lets it go, however a build ends.
    _lock: File,
}

impl Press {
    /// Waits until no other build is at work, and removes what one that was killed has left.
    pub(super) fn begin(public: PathBuf, state: &Path) -> Result<Self, Failure> {
        if public.is_file() {
            return Err(Failure::new(Exit::World, "`public` is a file, where a folder has to be"));
        }
        let lock =
            lock(state).map_err(|error| Failure::because("cannot lock the publication", &error))?;
        sweep(&public).map_err(|error| {
            Failure::because("cannot remove what an earlier build left in `public`", &error)
        })?;
        Ok(Self { public, written: AtomicU64::new(0), _lock: lock })
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
            write(&file, bytes)?;
            self.written.fetch_add(1, Ordering::Relaxed);
        }
        Ok(Output { stamp: Stamp::of(&self.public, path)?, digest: digest::of(bytes) })
    }
}

fn lock(state: &Path) -> io::Result<File> {
    make_private_folder(state)?;
    let file = File::options().create(true).append(true).open(state.join("build.lock"))?;
    file.lock()?;
    Ok(file)
}

/// Removes files that never became whole, in a folder and those in it.
fn sweep(folder: &Path) -> io::Result<()> {
    let entries = match folder.read_dir() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let (kind, name) = (entry.file_type()?, entry.file_name());
        let name = name.to_string_lossy();
        if kind.is_dir() {
            sweep(&entry.path())?;
        } else if name.starts_with(UNTIL.0) && name.ends_with(UNTIL.1) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
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
