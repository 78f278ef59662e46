//! A publication's folder in, the right to be the only one that sends from it out.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::cli::failure::{Exit, Failure};

/// Held while a run is delivered; the system lets it go when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a publication.
    pub(super) fn take(state: &Path) -> Result<Self, Failure> {
        let about = "cannot lock the publication";
        crate::cli::secret::make_private_folder(state)
            .map_err(|error| Failure::because(about, &error))?;
        let file = OpenOptions::new().create(true).append(true).open(state.join("lock"));
        let file = file.map_err(|error| Failure::because(about, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => {
                let message = "another `newsletter send` is at work in this publication";
                Err(Failure::new(Exit::Unfinished, message)
                    .hint("wait until it is done; `newsletter status` shows how far it is"))
            }
            Err(TryLockError::Error(error)) => Err(Failure::because(about, &error)),
        }
    }
}
