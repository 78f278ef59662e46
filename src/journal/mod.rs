//! Intents before the wire and answers after it in; what became of every recipient out.
//!
//! A run is planned whole. From then on its recipients are claimed, are attempting before the last
//! byte of their message may leave, and are settled by what the server said. What is on the disk
//! is never behind what was sent: a crash leaves only the attempting ones in doubt.

mod batch;
mod error;
mod ledger;
mod plan;
mod record;
mod sqlite;
mod stored;

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;

use crate::compile::Program;
use crate::journal::sqlite::Database;

pub use error::Error;
pub use record::{Entry, Plan, Recovered, Run, State, Tally, Transition};

/// The durable record of every run of a publication.
///
/// Clones share their connections. Every change is one transaction that is on the disk when the
/// method returns; where it fails, or its future is dropped, nothing of it was done, or all.
#[derive(Debug, Clone)]
pub struct Journal {
    database: Database,
}

impl Journal {
    /// Opens the journal, creating it where there is none, for its owner alone.
    ///
    /// # Errors
    /// The folder or the file cannot be created or opened, the file is not a journal, or a newer
    /// program wrote it.
    pub async fn open(path: &Path) -> Result<Self, Error> {
        Ok(Self { database: Database::open(path).await? })
    }

    /// Closes the journal, its clones too: all of it is then in its one file.
    ///
    /// A journal that is dropped without loses nothing, but may leave a `-wal` file that belongs to it.
    pub async fn close(&self) {
        self.database.close().await;
    }

    /// The newest run of an issue.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn run(&self, issue: &str) -> Result<Option<Run>, Error> {
        let row: Option<stored::RunRow> = sqlx::query_as(
            "SELECT id, issue, digest, git_commit, key, date, finished FROM runs
             WHERE issue = $1 ORDER BY id DESC LIMIT 1",
        )
        .bind(issue)
        .fetch_optional(&self.database.reader)
        .await
        .map_err(Error::during("read the run of an issue from"))?;
        row.map(stored::run).transpose()
    }

    /// Every run, oldest first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn runs(&self) -> Result<Vec<Run>, Error> {
        let rows: Vec<stored::RunRow> = sqlx::query_as(
            "SELECT id, issue, digest, git_commit, key, date, finished FROM runs ORDER BY id",
        )
        .fetch_all(&self.database.reader)
        .await
        .map_err(Error::during("read the runs from"))?;
        rows.into_iter().map(stored::run).collect()
    }

    /// Begins a run: all of it is recorded, or nothing. Of recipients with the same key the first counts.
    ///
    /// # Errors
    /// The issue has a run that is not finished, the recipients have different columns, an edition
    /// has no program, or the journal cannot be written.
    pub async fn plan(&self, plan: &Plan<'_>) -> Result<Run, Error> {
        let mut transaction = self.database.begin("begin a run in").await?;
        let run = plan::insert(&mut transaction, plan).await?;
        transaction.commit().await.map_err(Error::during("record a run in"))?;
        Ok(run)
    }

    /// The programs of a run, by edition.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn programs(&self, run: &Run) -> Result<Vec<Program>, Error> {
        stored::programs(&self.database.reader, run).await
    }

    /// A page of a run's recipients in the order of the list: those after the entry `after`, `limit` at most.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn recipients(&self, run: &Run, after: i64, limit: u32) -> Result<Vec<Entry>, Error> {
        let mut connection = self.database.read("read the recipients of a run from").await?;
        let rows: Vec<stored::EntryRow> = sqlx::query_as(
            "SELECT id, address, line, fields, edition, state, attempts, reply FROM recipients
             WHERE run = $1 AND id > $2 ORDER BY id LIMIT $3",
        )
        .bind(run.id)
        .bind(after)
        .bind(limit)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::during("read the recipients of a run from"))?;
        stored::entries(&mut connection, run, rows).await
    }

    /// The recipients in a state, in the order of the list.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn recipients_in(&self, run: &Run, state: State) -> Result<Vec<Entry>, Error> {
        let mut connection = self.database.read("read the recipients of a run from").await?;
        let rows: Vec<stored::EntryRow> = sqlx::query_as(
            "SELECT id, address, line, fields, edition, state, attempts, reply FROM recipients
             WHERE run = $1 AND state = $2 ORDER BY id",
        )
        .bind(run.id)
        .bind(state as i64)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::during("read the recipients of a run from"))?;
        stored::entries(&mut connection, run, rows).await
    }

    /// The addresses that were on the list and are not written to, with the reason; by address.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn suppressed(&self, run: &Run) -> Result<Vec<(String, String)>, Error> {
        sqlx::query_as("SELECT address, reason FROM suppressed WHERE run = $1 ORDER BY address")
            .bind(run.id)
            .fetch_all(&self.database.reader)
            .await
            .map_err(Error::during("read the suppressed recipients of a run from"))
    }

    /// After a crash: claimed is pending again, attempting becomes unknown. Only for the one process that holds the lock.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub async fn recover(&self, run: &Run) -> Result<Recovered, Error> {
        let mut transaction = self.database.begin("recover a run in").await?;
        let recovered = ledger::recover(&mut transaction, run).await?;
        transaction.commit().await.map_err(Error::during("recover a run in"))?;
        Ok(recovered)
    }

    /// Restricts what [`Journal::claim`] hands out to these entries; `None` lifts the restriction.
    ///
    /// It is a part of the journal: it holds for every process, and until it is changed.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub async fn select(&self, run: &Run, only: Option<&BTreeSet<i64>>) -> Result<(), Error> {
        let mut transaction = self.database.begin("select recipients in").await?;
        ledger::select(&mut transaction, run, only).await?;
        transaction.commit().await.map_err(Error::during("select recipients in"))
    }

    /// Keeps [`Journal::claim`] from handing out these entries, until the next [`Journal::select`].
    ///
    /// # Errors
    ///
    /// The database cannot be written.
    pub async fn leave(&self, run: &Run, entries: &[i64]) -> Result<(), Error> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut transaction = self.database.begin("leave recipients in").await?;
        ledger::leave(&mut transaction, run, entries).await?;
        transaction.commit().await.map_err(Error::during("leave recipients in"))
    }

    /// Makes unknown recipients pending again, among the selected; returns how many.
    ///
    /// Where there are any, the run is no longer finished.
    ///
    /// # Errors
    /// The journal cannot be written, or the issue has a newer run that is not finished.
    pub async fn resend_unknown(&self, run: &Run) -> Result<u64, Error> {
        let mut transaction = self.database.begin("make unknown recipients pending in").await?;
        let again = ledger::resend_unknown(&mut transaction, run).await?;
        transaction.commit().await.map_err(Error::during("make unknown recipients pending in"))?;
        Ok(again)
    }

    /// Claims up to `limit` selected recipients that are pending, or deferred and due.
    ///
    /// They come in the order of the list. Nobody else gets them: not another clone, handle or
    /// process. Should the future be dropped while it commits, they stay claimed until
    /// [`Journal::recover`].
    ///
    /// # Errors
    /// The journal cannot be written; then nobody was claimed.
    pub async fn claim(&self, run: &Run, limit: u32, now: Timestamp) -> Result<Vec<Entry>, Error> {
        let mut transaction = self.database.begin("claim recipients in").await?;
        let entries = ledger::claim(&mut transaction, run, limit, now).await?;
        transaction.commit().await.map_err(Error::during("claim recipients in"))?;
        Ok(entries)
    }

    /// When the next selected deferred recipient is due; `None` when there is none.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn next_due(&self, run: &Run) -> Result<Option<Timestamp>, Error> {
        let due: Option<i64> = sqlx::query_scalar(
            "SELECT MIN(due) FROM recipients WHERE run = $1 AND wanted = 1 AND state = 4",
        )
        .bind(run.id)
        .fetch_one(&self.database.reader)
        .await
        .map_err(Error::during("read when a recipient is due from"))?;
        due.map(Timestamp::from_millisecond)
            .transpose()
            .map_err(Error::stored("the next time of the run", run.id))
    }

    /// Records what became of recipients, in one transaction that is on the disk when this returns.
    ///
    /// The transitions are made in their order; [`State::may_become`] says which ones there are.
    ///
    /// # Errors
    /// A transition is not one that may be made, the run has no such entry, or the journal cannot
    /// be written; then none of the transitions was made.
    pub async fn record(
        &self,
        run: &Run,
        transitions: &[Transition],
        now: Timestamp,
    ) -> Result<(), Error> {
        if transitions.is_empty() {
            return Ok(());
        }
        let mut transaction = self.database.begin("record the states of recipients in").await?;
        ledger::record(&mut transaction, run, transitions, now).await?;
        transaction.commit().await.map_err(Error::during("record the states of recipients in"))
    }

    /// Takes a recipient out of the run: the address was suppressed since it was planned.
    ///
    /// # Errors
    /// The recipient is not pending, claimed or deferred, or the journal cannot be written.
    pub async fn suppress(&self, run: &Run, entry: i64, reason: &str) -> Result<(), Error> {
        let mut transaction = self.database.begin("suppress a recipient in").await?;
        ledger::suppress(&mut transaction, run, entry, reason).await?;
        transaction.commit().await.map_err(Error::during("suppress a recipient in"))
    }

    /// How many recipients are in each state.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn tally(&self, run: &Run) -> Result<Tally, Error> {
        stored::tally(&self.database.reader, run).await
    }

    /// Marks the run as finished. The first time that it was stays.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub async fn finish(&self, run: &Run, now: Timestamp) -> Result<(), Error> {
        let mut transaction = self.database.begin("finish a run in").await?;
        sqlx::query("UPDATE runs SET finished = $2 WHERE id = $1 AND finished IS NULL")
            .bind(run.id)
            .bind(now.as_millisecond())
            .execute(&mut *transaction)
            .await
            .map_err(Error::during("finish a run in"))?;
        transaction.commit().await.map_err(Error::during("finish a run in"))
    }
}
