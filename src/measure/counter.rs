//! What is counted in, the file of numbers with that added out.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::file;
use crate::measure::Numbers;

/// The file, below the publication's folder.
pub const FILE: &str = ".newsletter/measure.csv";

/// Why numbers cannot be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read, or is none of this tool's; it stays as it is.
    #[error("cannot read the numbers in `{}`", .0.display())]
    Read(PathBuf, #[source] io::Error),
    /// The file cannot be written; what was counted is kept for the next time.
    #[error("cannot add to the numbers in `{}`", .0.display())]
    Write(PathBuf, #[source] io::Error),
}

/// Counts, and writes down what was counted from time to time: whoever holds it calls
/// [`Counter::flush`] every few seconds and at the end.
///
/// What was counted since is lost with the process, and nothing else. Several processes may count
/// into one file.
#[derive(Debug)]
pub struct Counter {
    path: PathBuf,
    /// What is not in the file yet.
    pending: Mutex<Numbers>,
}

impl Numbers {
    /// The numbers of a publication's folder; none, where nothing was counted.
    ///
    /// # Errors
    ///
    /// [`Error::Read`].
    pub fn load(root: &Path) -> Result<Self, Error> {
        let path = root.join(FILE);
        read(&path).map_err(|error| Error::Read(path, error))
    }
}

impl Counter {
    /// A counter for a publication's folder.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self { path: root.join(FILE), pending: Mutex::default() }
    }

    /// Counts that an issue's page was read.
    pub fn view(&self, issue: &str) {
        self.count(issue, "");
    }

    /// Counts that a link of an issue was followed.
    pub fn click(&self, issue: &str, link: &str) {
        self.count(issue, link);
    }

    fn count(&self, issue: &str, link: &str) {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).count(issue, link);
    }

    /// Adds what was counted to the file, and returns when it is on the disk. It blocks, also while
    /// another process does the same.
    ///
    /// # Errors
    ///
    /// The file cannot be read or written: it is as it was, and what was counted is still to be
    /// added.
    pub fn flush(&self) -> Result<(), Error> {
        let counted = mem::take(&mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner));
        if counted.is_empty() {
            return Ok(());
        }
        let flushed = self.add(&counted);
        if flushed.is_err() {
            self.pending.lock().unwrap_or_else(PoisonError::into_inner).add_all(counted);
        }
        flushed
    }

    fn add(&self, counted: &Numbers) -> Result<(), Error> {
        let failed = |error| Error::Write(self.path.clone(), error);
        let folder = self.path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(failed)?;
        // The file is replaced each time: the lock is on one that stays.
        let _lock = lock(&self.path.with_extension("lock")).map_err(failed)?;
        let mut numbers =
            read(&self.path).map_err(|error| Error::Read(self.path.clone(), error))?;
        numbers.add_all(counted.clone());
        let written = numbers.write().and_then(|bytes| {
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(&bytes)?;
            file::replace(file, &self.path)
        });
        written.map(drop).map_err(failed)
    }
}

fn read(path: &Path) -> io::Result<Numbers> {
    match std::fs::read(path) {
        Ok(bytes) => Numbers::read(&bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Numbers::default()),
        Err(error) => Err(error),
    }
}

/// Holds a lock until it is dropped; where files cannot be locked there is one process, one hopes.
fn lock(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    match file.lock() {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
        locked => locked?,
    }
    Ok(file)
}
