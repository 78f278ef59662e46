//! A publication's folder in, the right to be the only one that sends from it out.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;
use crate::config;
use crate::file;

/// What stands in the file of the lock once there was a journal beside it.
const MARK: &str = "There was a journal here. See \"What to keep\" in docs/cron.md.\n";

/// Held while a run is delivered; the system lets it go when the process ends, however it ends.
#[derive(Debug)]
pub(in crate::cli) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the lock of a publication.
    pub(in crate::cli) fn take(state: &Path) -> Result<Self, Failure> {
        Self::try_take(state, "lock")?.ok_or_else(|| {
            let message = "another `newsletter send` is at work in this publication";
            Failure::new(Exit::Unfinished, message)
                .hint("wait until it is done; `newsletter status` shows how far it is")
        })
    }

    /// Takes the right to be the only `send --due`; `None` where another one has it.
    pub(super) fn take_due(state: &Path) -> Result<Option<Self>, Failure> {
        Self::try_take(state, "due.lock")
    }

    /// Remembers that there is a journal, so that it is missed when it is gone.
    pub(in crate::cli) fn mark(&mut self) -> Result<(), Failure> {
        let marked = self.file.metadata().and_then(|metadata| match metadata.len() {
            // Who loses the mark in a power cut does not miss the journal that is lost with it.
            0 => (self.file.write_all(MARK.as_bytes()))
                .and_then(|()| self.file.sync_all())
                .and_then(|()| file::sync_folder(&self.path)),
            _ => Ok(()),
        });
        marked.map_err(|error| Failure::disk("cannot write to the lock", &error))
    }

    fn try_take(state: &Path, name: &str) -> Result<Option<Self>, Failure> {
        let about = "cannot lock the publication";
        crate::cli::secret::make_private_folder(state)
            .map_err(|error| Failure::disk(about, &error))?;
        let path = state.join(name);
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let file = file.map_err(|error| Failure::disk(about, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file, path })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(Failure::disk(about, &error)),
        }
    }
}

/// Makes sure that there is a journal where there was one once: without it nobody knows who has
/// which issue, and a new one, however it comes about, would have all of them sent again.
pub(in crate::cli) fn check_journal(publication: &Publication) -> Result<(), Failure> {
    let lock = publication.state().join("lock").metadata();
    if !lock.is_ok_and(|lock| lock.len() > 0) || publication.journal().exists() {
        return Ok(());
    }
    let message = format!("the journal, {}, is gone", config::Publication::JOURNAL);
    Err(Failure::new(Exit::World, message)
        .hint("put it back as it was after the last send: it says who has which issue; an older copy is refused")
        .hint("`newsletter adopt` begins anew without it, and names the issues that may be sent again"))
}

impl Drop for Lock {
    /// Lets it go at once: a program that is being started meanwhile (one that says a password)
    /// holds what was open then, and the lock with it, until it is on its own.
    fn drop(&mut self) {
        // Where this fails, the end of the process does it.
        drop(self.file.unlock());
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::send::lock::Lock;

    #[test]
    fn a_lock_that_is_let_go_is_free_whoever_inherited_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let lock = Lock::take(folder.path()).unwrap();
        let inherited = lock.file.try_clone().unwrap();
        assert!(Lock::take(folder.path()).is_err());
        drop(lock);
        assert!(Lock::take(folder.path()).is_ok());
        drop(inherited);
    }
}
