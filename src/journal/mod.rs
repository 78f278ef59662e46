//! Intents before the wire and answers after it in; what became of every recipient out.
//!
//! A run is planned whole. From then on its recipients are claimed, are attempting before the last
//! byte of their message may leave, and are settled by what the server said. What is on the disk
//! is never behind what was sent: a crash leaves only the attempting ones in doubt.
//!
//! A plan is rows that are written once. What happens then is appended, one row for all that
//! happened since the row before it (`event`), and summed up in memory (`standing`).

mod batch;
mod comparison;
mod error;
mod event;
mod identity;
mod ledger;
mod mark;
mod person;
mod plan;
mod record;
mod renewal;
mod seal;
mod sqlite;
mod standing;
mod stored;
mod traces;
mod verp;

use std::path::Path;

use jiff::Timestamp;

use crate::compile::Program;
use crate::journal::mark::HighWaterMark;
use crate::journal::sqlite::Database;

pub use comparison::{ListDifference, SET_ASIDE};
pub use error::Error;
pub use identity::StateFolder;
pub use ledger::Ledger;
pub use person::{Held, Moment};
pub use plan::{Batch, Origin, Planning};
pub use record::{Digests, Entry, Generation, Happened, Plan, Run, State, Tally, Transition};
pub use renewal::Merged;
pub use seal::IssueLabel;
pub use verp::{Stamp, Token};

/// The durable record of every run of a publication.
///
/// Clones share their connections. Every change is one transaction that is on the disk when the
/// method returns; where it fails, or its future is dropped, nothing of it was done, or all.
#[derive(Debug, Clone)]
pub struct Journal {
    database: Database,
    mark: HighWaterMark,
}

impl Journal {
    /// Opens the journal, creating it where there is none, for its owner alone.
    ///
    /// # Errors
    /// The folder or the file cannot be created or opened, the file is not a journal, or a newer
    /// program wrote it.
    pub async fn open(path: &Path) -> Result<Self, Error> {
        Ok(Self { database: Database::open(path).await?, mark: HighWaterMark::beside(path) })
    }

    /// Closes the journal, its clones too: all of it is then in its one file.
    ///
    /// A journal that is dropped without loses nothing, but may leave a `-wal` file that belongs to it.
    pub async fn close(&self) {
        self.database.close().await;
    }

    /// Whether it was asked for something that it has not answered yet.
    #[must_use]
    pub fn is_at_work(&self) -> bool {
        self.database.is_at_work()
    }

    /// The newest run of an issue.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn run(&self, issue: &str) -> Result<Option<Run>, Error> {
        Ok(stored::runs(&self.database.reader, Some(issue)).await?.pop())
    }

    /// Every run, oldest first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn runs(&self) -> Result<Vec<Run>, Error> {
        stored::runs(&self.database.reader, None).await
    }

    /// Begins to write a run, whose recipients come one batch after the other.
    ///
    /// Until it is committed or dropped, nothing else is written to the journal.
    ///
    /// # Errors
    /// The issue has a run that is not finished, or the journal cannot be written.
    pub async fn begin(
        &self,
        issue: &str,
        key: &str,
        date: Timestamp,
        origin: &Origin<'_>,
    ) -> Result<Planning, Error> {
        let transaction = self.database.begin("begin a run in").await?;
        Planning::begin(transaction, issue, key, date, origin).await
    }

    /// Begins a run whose recipients are all at hand: all of it is recorded, or nothing.
    ///
    /// # Errors
    /// The issue has a run that is not finished, a reader is there twice, the recipients have
    /// different columns, an edition has no program, or the journal cannot be written.
    pub async fn plan(&self, plan: &Plan<'_>) -> Result<Run, Error> {
        let issue = || plan.issue.to_owned();
        if let Some(address) = plan::twin(plan) {
            return Err(Error::Twice { issue: issue(), address });
        }
        let columns = &plan::columns(plan).ok_or_else(|| Error::Columns { issue: issue() })?;
        let origin = Origin { digests: plan.digests, commit: plan.commit, columns };
        let mut planning = self.begin(plan.issue, plan.key, plan.date, &origin).await?;
        planning.fill(plan).await?;
        planning.commit().await
    }

    /// The programs of a run, by edition.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn programs(&self, run: &Run) -> Result<Vec<Program>, Error> {
        stored::programs(&self.database.reader, run).await
    }

    /// What happened to everyone of a run until now.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn ledger(&self, run: &Run) -> Result<Ledger, Error> {
        self.follow(run, &mut |_| ()).await
    }

    /// The same, with everything that happened told to an observer, in its order.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn follow(
        &self,
        run: &Run,
        observe: &mut (dyn FnMut(Happened<'_>) + Send),
    ) -> Result<Ledger, Error> {
        Ledger::open(self, run, observe).await
    }

    /// When the first and the last thing happened in a run; `None` where nothing did.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn span(&self, run: &Run) -> Result<Option<(Timestamp, Timestamp)>, Error> {
        stored::span(&self.database.reader, run).await
    }

    /// Returns the number of the last event, of all runs; 0 where nothing happened yet.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn last_event(&self) -> Result<u64, Error> {
        let seq: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(seq), 0) FROM events")
            .fetch_one(&self.database.reader)
            .await
            .map_err(Error::during("read what happened in"))?;
        Ok(seq.unsigned_abs())
    }

    /// Makes sure that the journal has all that was written to it: an older copy has not.
    ///
    /// # Errors
    /// [`Error::Outdated`], or the journal or its mark cannot be read.
    pub async fn check_mark(&self) -> Result<(), Error> {
        let Some(last) = self.mark.read().map_err(Error::Mark)? else { return Ok(()) };
        let event: Option<(i64, Option<i64>)> =
            sqlx::query_as("SELECT run, seal FROM events WHERE seq = $1")
                .bind(last.seq)
                .fetch_optional(&self.database.reader)
                .await
                .map_err(Error::during("read what happened in"))?;
        let same = event == Some((last.run, Some(last.seal))) || last.seq == 0;
        if same && last.journal == self.id().await? { Ok(()) } else { Err(Error::Outdated) }
    }

    /// Writes down what the last event is, whatever stood there before.
    ///
    /// # Errors
    /// The journal cannot be read, or its mark not be written.
    pub async fn write_mark(&self) -> Result<(), Error> {
        self.mark.open(self.id().await?).map_err(Error::Mark)?;
        let last: Option<(i64, i64, Option<i64>)> =
            sqlx::query_as("SELECT seq, run, seal FROM events ORDER BY seq DESC LIMIT 1")
                .fetch_optional(&self.database.reader)
                .await
                .map_err(Error::during("read what happened in"))?;
        // Events from before there were seals say nothing.
        let (seq, run, seal) = match last {
            Some((seq, run, Some(seal))) => (seq, run, seal),
            _ => (0, 0, 0),
        };
        self.mark.write(seq, run, seal).map_err(Error::Mark)
    }

    /// Appends what happened in a run: it is on the disk when this returns.
    async fn append(
        &self,
        run: &Run,
        (seq, seal): (i64, i64),
        now: Timestamp,
        sent: u32,
        changes: &str,
    ) -> Result<(), Error> {
        if !self.mark.is_open() {
            self.check_mark().await?;
            self.mark.open(self.id().await?).map_err(Error::Mark)?;
        }
        sqlx::query(
            "INSERT INTO events (seq, run, at, sent, changes, seal)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(seq)
        .bind(run.id)
        .bind(now.as_millisecond())
        .bind(sent)
        .bind(changes)
        .bind(seal)
        .execute(&self.database.writer)
        .await
        .map(drop)
        .map_err(|error| match error.as_database_error() {
            Some(violation) if violation.is_unique_violation() => Error::Overtaken { run: run.id },
            _ => Error::during("record the states of recipients in")(error),
        })?;
        self.mark.write(seq, run.id, seal).map_err(Error::Mark)?;
        self.database.check_place()
    }

    /// How many messages were answered since a moment, of all runs: by the moment, in its order.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn sent_since(&self, moment: Timestamp) -> Result<Vec<(Timestamp, u32)>, Error> {
        let rows: Vec<(i64, i64, u32)> = sqlx::query_as(
            "SELECT seq, at, sent FROM events WHERE at >= $1 AND sent > 0 ORDER BY at, seq",
        )
        .bind(moment.as_millisecond())
        .fetch_all(&self.database.reader)
        .await
        .map_err(Error::during("read what was sent from"))?;
        rows.into_iter()
            .map(|(seq, at, sent)| {
                let at = Timestamp::from_millisecond(at);
                Ok((at.map_err(Error::stored("the time of the event", seq))?, sent))
            })
            .collect()
    }

    /// On how many days before that of a moment messages were answered, of all runs; days are of UTC.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn days_of_sending(&self, moment: Timestamp) -> Result<u64, Error> {
        const DAY: i64 = 86_400_000;
        let days: i64 = sqlx::query_scalar(
            "SELECT COUNT(DISTINCT at / $2) FROM events WHERE at < $1 AND sent > 0",
        )
        .bind(moment.as_millisecond().div_euclid(DAY) * DAY)
        .bind(DAY)
        .fetch_one(&self.database.reader)
        .await
        .map_err(Error::during("read on which days mail was sent from"))?;
        Ok(days.unsigned_abs())
    }

    /// Marks a run as one that is not finished.
    async fn reopen(&self, run: &Run) -> Result<(), Error> {
        let mut transaction = self.database.begin("make recipients pending again in").await?;
        sqlx::query("UPDATE runs SET finished = NULL WHERE id = $1")
            .bind(run.id)
            .execute(&mut *transaction)
            .await
            .map_err(|error| match error.as_database_error() {
                Some(violation) if violation.is_unique_violation() => {
                    Error::Unfinished { issue: run.issue.clone() }
                }
                _ => Error::during("make recipients pending again in")(error),
            })?;
        seal::write_facts(&mut transaction, run.id).await?;
        transaction.commit().await.map_err(Error::during("make recipients pending again in"))
    }

    /// Marks a run as finished. The first time that it was stays.
    async fn finish(&self, run: &Run, now: Timestamp) -> Result<(), Error> {
        let during = Error::during("finish a run in");
        let mut transaction = self.database.begin("finish a run in").await?;
        sqlx::query("UPDATE runs SET finished = $2 WHERE id = $1 AND finished IS NULL")
            .bind(run.id)
            .bind(now.as_millisecond())
            .execute(&mut *transaction)
            .await
            .map_err(&during)?;
        seal::write_facts(&mut transaction, run.id).await?;
        transaction.commit().await.map_err(during)
    }
}
