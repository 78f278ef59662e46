//! Tells one journal from another, and the folder that it sends from from a copy of that folder.

use crate::journal::Journal;
use crate::journal::error::Error;

/// The state folder of a publication as one machine sees it.
///
/// A copy has another number and another path or machine. A folder that is moved keeps its number,
/// and a folder that is restored in place keeps its path and machine.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StateFolder {
    /// Number of the folder on its disk; `None` where folders have none.
    pub number: Option<u64>,
    /// Path of the folder.
    pub path: String,
    /// Digest of what identifies the machine; empty where nothing does.
    pub machine: String,
}

impl StateFolder {
    /// Returns whether this folder is a copy of another one.
    ///
    /// One difference is not enough. Numbers change on some network disks and after a restore,
    /// paths change when a folder is moved, and a container has a new name each time.
    #[must_use]
    pub fn is_copy_of(&self, other: &Self) -> bool {
        let (Some(number), Some(before)) = (self.number, other.number) else { return false };
        number != before && (self.path != other.path || self.machine != other.machine)
    }
}

impl Journal {
    /// Returns the random name of this journal.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn id(&self) -> Result<String, Error> {
        sqlx::query_scalar("SELECT id FROM identity")
            .fetch_one(&self.database.reader)
            .await
            .map_err(Error::during("read the identity of"))
    }

    /// Returns the folder that the last send went out from; `None` before the first one.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn home(&self) -> Result<Option<StateFolder>, Error> {
        let home: String = sqlx::query_scalar("SELECT home FROM identity")
            .fetch_one(&self.database.reader)
            .await
            .map_err(Error::during("read the identity of"))?;
        if home.is_empty() {
            return Ok(None);
        }
        serde_json::from_str(&home).map(Some).map_err(Error::stored("the home", 1))
    }

    /// Records the folder that a send goes out from.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub async fn set_home(&self, home: &StateFolder) -> Result<(), Error> {
        let home = serde_json::to_string(home).expect("texts and numbers are always JSON");
        sqlx::query("UPDATE identity SET home = $1")
            .bind(home)
            .execute(&self.database.writer)
            .await
            .map(drop)
            .map_err(Error::during("record the identity of"))
    }

    /// Gives the journal a new random name, so that no other folder's lock file matches it.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub async fn take_new_id(&self) -> Result<String, Error> {
        sqlx::query_scalar("UPDATE identity SET id = lower(hex(randomblob(16))) RETURNING id")
            .fetch_one(&self.database.writer)
            .await
            .map_err(Error::during("record the identity of"))
    }

    /// Returns how many readers the newest run did not write to, where the journal is from before
    /// the number was kept elsewhere.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn suppressions(&self) -> Result<u64, Error> {
        let count: i64 = sqlx::query_scalar("SELECT suppressions FROM identity")
            .fetch_one(&self.database.reader)
            .await
            .map_err(Error::during("read the identity of"))?;
        Ok(count.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use crate::journal::identity::StateFolder;

    #[test]
    fn a_folder_that_is_moved_or_restored_in_place_is_no_copy() {
        let folder = |number, path: &str, machine: &str| StateFolder {
            number,
            path: path.to_owned(),
            machine: machine.to_owned(),
        };
        let home = folder(Some(7), "/srv/review/.newsletter", "a");
        let moved = folder(Some(7), "/srv/other/.newsletter", "a");
        let restored = folder(Some(8), "/srv/review/.newsletter", "a");
        let container = folder(Some(7), "/srv/review/.newsletter", "b");
        let nameless = folder(None, "/srv/other/.newsletter", "b");
        for same in [&home, &moved, &restored, &container, &nameless] {
            assert!(!same.is_copy_of(&home), "{same:?}");
        }
        let beside = folder(Some(8), "/srv/copy/.newsletter", "a");
        let elsewhere = folder(Some(9), "/srv/review/.newsletter", "b");
        assert!(beside.is_copy_of(&home) && elsewhere.is_copy_of(&home));
    }
}
