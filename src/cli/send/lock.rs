//! A publication's folder in, the right to be the only one that sends from it out.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::Path;

use crate::cli::failure::{Exit, Failure};

/// What stands in the file of the lock once there was a journal beside it.
const MARK: &str = "There was a journal here. See \"What to keep\" in docs/cron.md.\n";

/// Held while a run is delivered; the system lets it go when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock of a publication.
    pub(super) fn take(state: &Path) -> Result<Self, Failure> {
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
    pub(super) fn mark(&mut self) -> Result<(), Failure> {
        let marked = self.file.metadata().and_then(|metadata| match metadata.len() {
            0 => self.file.write_all(MARK.as_bytes()),
            _ => Ok(()),
        });
        marked.map_err(|error| Failure::because("cannot write to the lock", &error))
    }

    /// Whether there was a journal once.
    pub(super) fn is_marked(&self) -> bool {
        self.file.metadata().is_ok_and(|metadata| metadata.len() > 0)
    }

    fn try_take(state: &Path, name: &str) -> Result<Option<Self>, Failure> {
        let about = "cannot lock the publication";
        crate::cli::secret::make_private_folder(state)
            .map_err(|error| Failure::because(about, &error))?;
        let file = OpenOptions::new().create(true).append(true).open(state.join(name));
        let file = file.map_err(|error| Failure::because(about, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(Failure::because(about, &error)),
        }
    }
}
