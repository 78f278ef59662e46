//! Remembers how many readers a file of suppressions named, so that a file that is gone is noticed.

use std::fs::DirBuilder;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The number of readers that a file of suppressions named, kept in a file of its own.
///
/// It rises with each row that is appended, and falls only where a person says so.
#[derive(Debug, Clone)]
pub struct SuppressionMark {
    path: PathBuf,
}

impl SuppressionMark {
    /// The mark in the state folder of a publication.
    #[must_use]
    pub fn in_folder(state: &Path) -> Self {
        Self { path: state.join("suppressions.mark") }
    }

    /// Returns whether a number was ever written down.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.path.exists()
    }

    /// Returns the number; 0 where none is known.
    #[must_use]
    pub fn read(&self) -> u64 {
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        text.trim().parse().unwrap_or_default()
    }

    /// Raises the number, where it is lower.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn raise(&self, number: u64) -> io::Result<()> {
        if number > self.read() { self.set(number) } else { Ok(()) }
    }

    /// Sets the number, whatever it was. The file is replaced as a whole.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn set(&self, number: u64) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let mut folders = DirBuilder::new();
        folders.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folders, 0o700);
        folders.create(folder)?;
        // Not flushed: after a power cut a lower number stays, and no row is lost with it.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        writeln!(file, "{number}")?;
        file.persist(&self.path)?;
        Ok(())
    }
}
