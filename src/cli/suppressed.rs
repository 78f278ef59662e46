//! Reads the suppressions of a publication, and makes sure that none of them got lost.

use crate::audience::{SuppressionMark, Suppressions};
use crate::cli::count;
use crate::cli::failure::{Exit, Failure};
use crate::cli::lock_file::LockFile;
use crate::cli::publication::{Publication, SETTINGS};
use crate::config::Secret;
use crate::key::Hasher;

impl Publication {
    /// The addresses that are never written to; whoever was forgotten is known by the hasher of the
    /// publication's key, and by no other.
    pub(super) fn suppressions(&self, hasher: Hasher) -> Result<Suppressions, Failure> {
        // Before the file: another process may append to it, and raise the number, meanwhile.
        let before = self.suppressions_before();
        let suppressions = self.suppressions_as_they_are(hasher)?;
        self.check_suppressions(&suppressions, before)?;
        Ok(suppressions)
    }

    /// The same file, whether or not it holds all that it held before.
    pub(super) fn suppressions_as_they_are(&self, hasher: Hasher) -> Result<Suppressions, Failure> {
        let path = &self.config.audience.suppressions;
        let loaded = Suppressions::load(self.folder.root().join(path), Some(hasher));
        let loaded = loaded.map_err(|error| {
            Failure::world(&error)
                .exit(Exit::Content)
                .hint("nothing is sent until it can be read: it says who must not be written to")
        })?;
        Ok(loaded.marked(self.suppression_mark()))
    }

    /// What remembers how many readers the file of suppressions named.
    pub(super) fn suppression_mark(&self) -> SuppressionMark {
        SuppressionMark::in_folder(&self.state())
    }

    /// Checks that the key is there which made the hashes of forgotten readers. A fresh clone has none,
    /// and can be looked at without it: only a folder that has letters or runs misses its key.
    pub(super) fn check_key_of_forgotten(&self) -> Result<(), Failure> {
        match &self.config.publication.key {
            Secret::File(path) if self.state().exists() => {
                let is_there = self.folder.root().join(path).exists();
                if is_there { Ok(()) } else { self.check_nobody_forgotten(path) }
            }
            _ => Ok(()),
        }
    }

    /// Returns how many readers the file of suppressions is known to have named.
    pub(super) fn suppressions_before(&self) -> u64 {
        let lock_file = LockFile::read(self.folder.root()).ok().flatten().unwrap_or_default();
        self.suppression_mark().read().max(lock_file.suppressions)
    }

    /// Makes sure that the file of suppressions names as many readers as it did before.
    pub(super) fn check_suppressions(
        &self,
        now: &Suppressions,
        before: u64,
    ) -> Result<(), Failure> {
        let root = self.folder.root();
        let list = root.join(&self.config.audience.subscribers);
        // Where the lists are not in version control, a clone has neither: it writes to nobody.
        if now.named() >= before || (!now.path().exists() && !list.exists()) {
            return Ok(());
        }
        let path = self.config.audience.suppressions.display();
        let message = match now.path().exists() {
            true => format!(
                "`{path}` names {}, and named {} before",
                count(now.named(), "reader"),
                count(before, "reader")
            ),
            false => format!("`{path}` is not there, and named {}", count(before, "reader")),
        };
        Err(Failure::new(Exit::Content, message)
            .hint("put the file back: it says who must not be written to")
            .hint(format!("`suppressions` in `[audience]` of {SETTINGS} says where it is"))
            .hint("where rows were taken out on purpose, `newsletter suppressions accept` says so"))
    }
}
