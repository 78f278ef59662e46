//! An entry's number or a reader's key in, who that is and in which runs out: what bounces are matched with.

use crate::journal::Journal;
use crate::journal::batch::json;
use crate::journal::error::Error;
use crate::journal::record::{Run, State};

impl Journal {
    /// The address of an entry; `None` where the run has no such entry, or whose it was is forgotten.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn address(&self, run: &Run, entry: i64) -> Result<Option<String>, Error> {
        let found: Option<(String, String)> =
            sqlx::query_as("SELECT key, address FROM recipients WHERE run = $1 AND id = $2")
                .bind(run.id)
                .bind(entry)
                .fetch_optional(&self.database.reader)
                .await
                .map_err(Error::during("read a recipient of a run from"))?;
        // In place of somebody who was forgotten there is a hash, which no address can be.
        Ok(found.filter(|(key, _)| !key.starts_with("hash:")).map(|(_, address)| address))
    }

    /// The numbers and keys of a run's entries after a number, so many at most.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn keys(
        &self,
        run: &Run,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(i64, String)>, Error> {
        sqlx::query_as(
            "SELECT id, key FROM recipients WHERE run = $1 AND id > $2 ORDER BY id LIMIT $3",
        )
        .bind(run.id)
        .bind(after)
        .bind(limit)
        .fetch_all(&self.database.reader)
        .await
        .map_err(Error::during("read the recipients of a run from"))
    }

    /// Which of some readers the server accepted a run's message for.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn accepted(&self, run: &Run, keys: &[&str]) -> Result<Vec<String>, Error> {
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "SELECT id, key FROM recipients
             WHERE run = $1 AND key IN (SELECT value FROM json_each($2)) ORDER BY id",
        )
        .bind(run.id)
        .bind(json(keys.iter()))
        .fetch_all(&self.database.reader)
        .await
        .map_err(Error::during("read the recipients of a run from"))?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ledger = self.ledger(run).await?;
        let accepted = |id: &i64| ledger.state(*id) == Some(State::Accepted);
        Ok(rows.into_iter().filter(|(id, _)| accepted(id)).map(|(_, key)| key).collect())
    }
}
