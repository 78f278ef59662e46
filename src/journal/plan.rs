//! Readers in, chunk by chunk; a run with its programs and recipients in the database out.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use sqlx::{Sqlite, SqliteConnection, Transaction};

use crate::address::EmailAddress;
use crate::audience::{Columns, Recipient};
use crate::compile::Program;
use crate::journal::batch::{ROWS, json};
use crate::journal::error::Error;
use crate::journal::record::{Digests, Generation, Plan, Run};
use crate::journal::renewal::{self, Merged};
use crate::journal::seal::{self, IssueLabel};

/// Where a generation comes from.
#[derive(Debug, Clone)]
pub struct Origin<'o> {
    /// What the files are.
    pub digests: &'o Digests,
    /// The commit that the folder is at, if it is a git checkout.
    pub commit: Option<&'o str>,
    /// The columns of all of its recipients.
    pub columns: &'o Arc<Columns>,
}

/// A run that is being written: nothing of it is there before [`Planning::commit`], and when it is
/// dropped instead, nothing ever was.
#[derive(Debug)]
pub struct Planning {
    transaction: Transaction<'static, Sqlite>,
    run: Run,
    /// The number of the next program.
    edition: usize,
    /// The number of the next entry.
    entry: i64,
    purpose: Purpose,
    /// By which words its issue is known.
    label: Option<IssueLabel>,
}

/// What the readers that are recorded are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// They begin the run.
    Begin,
    /// They are compared with the run that was begun before, and take its place.
    Renew,
    /// Those of them who are not in the run that was begun before come after the others.
    Add,
}

/// Records the [`Batch`] $3 as the recipients of run $1, the first with the number $2.
const BEGIN: &str = "
    INSERT INTO recipients (run, id, key, address, line, fields, edition)
    SELECT $1, $2 + j.key, j.value->>0, j.value->>1,
           CAST(j.value->>2 AS BIGINT), j.value->3, CAST(j.value->>4 AS BIGINT)
    FROM jsonb_each($3) AS j";

/// Recipients that are recorded together, as the text that hands them to the database.
#[derive(Debug, Default)]
pub struct Batch {
    rows: Vec<u8>,
    length: usize,
}

impl Batch {
    /// As many as one statement takes at once.
    pub const FULL: usize = ROWS;

    /// Adds a recipient who is to get the program of a number.
    pub fn push(&mut self, recipient: &Recipient, edition: usize) {
        let Recipient { address, line, values, .. } = recipient;
        self.rows.push(if self.length == 0 { b'[' } else { b',' });
        let row = (address.key(), address.to_string(), line, values, edition);
        serde_json::to_writer(&mut self.rows, &row).expect("texts and numbers are always JSON");
        self.length += 1;
    }

    /// How many recipients there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.length
    }

    /// The JSON array of all of them.
    pub(crate) fn into_json(mut self) -> String {
        self.rows.push(b']');
        String::from_utf8(self.rows).expect("JSON is text")
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }
}

impl Planning {
    /// Begins to write a run.
    pub(crate) async fn begin(
        mut transaction: Transaction<'static, Sqlite>,
        issue: &str,
        key: &str,
        date: Timestamp,
        origin: &Origin<'_>,
    ) -> Result<Self, Error> {
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO runs (issue, key, date) VALUES ($1, $2, $3) RETURNING id",
        )
        .bind(issue)
        .bind(key)
        .bind(date.as_millisecond())
        .fetch_one(&mut *transaction)
        .await
        .map_err(|error| match error.as_database_error() {
            Some(violation) if violation.is_unique_violation() => {
                Error::Unfinished { issue: issue.to_owned() }
            }
            _ => Error::during("record a run in")(error),
        })?;
        let date = Timestamp::from_millisecond(date.as_millisecond()).unwrap_or(date);
        let generations = vec![generation(date, origin, 0)];
        insert_generation(&mut transaction, id, 1, &generations[0]).await?;
        let (issue, key) = (issue.to_owned(), key.to_owned());
        let run = Run { id, issue, key, date, finished: None, generations };
        Ok(Self { transaction, run, edition: 0, entry: 1, purpose: Purpose::Begin, label: None })
    }

    /// Begins to write a further generation of a run.
    pub(crate) async fn renew(
        mut transaction: Transaction<'static, Sqlite>,
        run: &Run,
        now: Timestamp,
        origin: &Origin<'_>,
        purpose: Purpose,
    ) -> Result<Self, Error> {
        let during = Error::during("begin a generation of a run in");
        let next: (i64, i64, Option<i64>) = sqlx::query_as(
            "SELECT (SELECT COUNT(*) FROM programs WHERE run = $1),
                    (SELECT COALESCE(MAX(id), 0) + 1 FROM recipients WHERE run = $1),
                    (SELECT finished FROM runs WHERE id = $1)",
        )
        .bind(run.id)
        .fetch_one(&mut *transaction)
        .await
        .map_err(&during)?;
        let (edition, entry, finished) = next;
        if finished.is_some() && purpose == Purpose::Renew {
            return Err(Error::Finished { issue: run.issue.clone() });
        }
        renewal::prepare(&mut transaction).await?;
        let edition = usize::try_from(edition).map_err(Error::stored("the run", run.id))?;
        let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        let mut run = run.clone();
        run.generations.push(generation(now, origin, edition));
        let number = i64::try_from(run.generations.len()).unwrap_or(i64::MAX);
        insert_generation(&mut transaction, run.id, number, run.newest()).await?;
        Ok(Self { transaction, run, edition, entry, purpose, label: None })
    }

    /// Says by which words the issue is known when its file has another name.
    pub fn label(&mut self, label: IssueLabel) {
        self.label = Some(label);
    }

    /// How many programs the run has so far: the number of the next one.
    #[must_use]
    pub fn editions(&self) -> usize {
        self.edition
    }

    /// Says who of a run that was begun before is still to be served (`true`), and who was taken
    /// out of it (`false`), by number. All others stay as they are.
    pub(crate) async fn open_to(
        &mut self,
        entries: impl Iterator<Item = (i64, bool)>,
    ) -> Result<(), Error> {
        renewal::open_to(&mut self.transaction, entries).await
    }

    /// Records the message of an edition; returns its number.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub async fn program(&mut self, program: &Program) -> Result<usize, Error> {
        let (bytes, slots) = program.parts();
        let slots = serde_json::to_string(slots).expect("slots are always JSON");
        let edition = self.edition;
        sqlx::query("INSERT INTO programs (run, edition, bytes, slots) VALUES ($1, $2, $3, $4)")
            .bind(self.run.id)
            .bind(i64::try_from(edition).unwrap_or(i64::MAX))
            .bind(bytes)
            .bind(slots)
            .execute(&mut *self.transaction)
            .await
            .map_err(Error::during("record the programs of a run in"))?;
        self.edition += 1;
        Ok(edition)
    }

    /// Records recipients. Each reader has to be there once, and to have the columns of the origin.
    ///
    /// # Errors
    /// An edition has no program, or the journal cannot be written.
    pub async fn extend(&mut self, batch: Batch) -> Result<(), Error> {
        if batch.is_empty() {
            return Ok(());
        }
        let length = i64::try_from(batch.len()).unwrap_or(i64::MAX);
        let rows = batch.into_json();
        if self.purpose != Purpose::Begin {
            return renewal::arrive(&mut self.transaction, rows).await;
        }
        sqlx::query(BEGIN)
            .bind(self.run.id)
            .bind(self.entry)
            .bind(rows)
            .execute(&mut *self.transaction)
            .await
            .map_err(Error::during("record the recipients of a run in"))?;
        self.entry += length;
        Ok(())
    }

    /// Records who is on the list and is not written to, and why.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub async fn suppress(&mut self, suppressed: &[(EmailAddress, String)]) -> Result<(), Error> {
        for chunk in suppressed.chunks(ROWS) {
            let rows =
                chunk.iter().map(|(address, reason)| (address.key(), address.to_string(), reason));
            let query = match self.purpose != Purpose::Begin {
                true => sqlx::query(
                    "INSERT INTO temp.refused (key, address, reason)
                     SELECT j.value->>0, j.value->>1, j.value->>2
                     FROM json_each($1) AS j WHERE true ON CONFLICT (key) DO NOTHING",
                ),
                false => sqlx::query(
                    "INSERT INTO suppressed (run, key, address, reason)
                     SELECT $2, j.value->>0, j.value->>1, j.value->>2
                     FROM json_each($1) AS j WHERE true ON CONFLICT (run, key) DO NOTHING",
                ),
            };
            let query = query.bind(json(rows));
            let query =
                if self.purpose == Purpose::Begin { query.bind(self.run.id) } else { query };
            query
                .execute(&mut *self.transaction)
                .await
                .map_err(Error::during("record the suppressed recipients of a run in"))?;
        }
        Ok(())
    }

    /// Compares the readers that there are now with a run that was begun before, when all of them
    /// are recorded: those who are still to be served get the new programs, those who are new come
    /// after them, and those who are no longer there are taken out. Whoever was served, or may have
    /// been, stays as before.
    ///
    /// A run that is only begun has nobody to be compared with.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub async fn merge(&mut self) -> Result<Merged, Error> {
        let (first, now) = (self.run.newest().edition, self.run.newest().begun);
        let (transaction, run) = (&mut self.transaction, self.run.id);
        match std::mem::replace(&mut self.purpose, Purpose::Begin) {
            Purpose::Begin => Ok(Merged::default()),
            Purpose::Renew => renewal::merge(transaction, run, first, self.entry, now).await,
            Purpose::Add => renewal::add(transaction, run, self.entry).await,
        }
    }

    /// Puts all of it on the disk, at once.
    ///
    /// # Errors
    /// The journal cannot be written; then nothing is there.
    pub async fn commit(mut self) -> Result<Run, Error> {
        self.merge().await?;
        seal::write(&mut self.transaction, self.run.id, self.label.as_ref()).await?;
        self.transaction.commit().await.map_err(Error::during("record a run in"))?;
        Ok(self.run)
    }

    /// Records all of a plan.
    pub(crate) async fn fill(&mut self, plan: &Plan<'_>) -> Result<(), Error> {
        for program in plan.programs {
            self.program(program).await?;
        }
        for chunk in plan.recipients.chunks(Batch::FULL) {
            let mut batch = Batch::default();
            chunk.iter().for_each(|(recipient, edition)| batch.push(recipient, *edition));
            self.extend(batch).await?;
        }
        self.suppress(plan.suppressed).await
    }
}

/// An address that comes for the second time.
pub(crate) fn twin(plan: &Plan<'_>) -> Option<String> {
    let mut keys = HashSet::new();
    let mut addresses = plan.recipients.iter().map(|(recipient, _)| &recipient.address);
    addresses.find(|address| !keys.insert(address.key())).map(ToString::to_string)
}

/// The columns that all recipients have; `None` where they differ, as values are stored without names.
pub(crate) fn columns(plan: &Plan<'_>) -> Option<Arc<Columns>> {
    let mut all = plan.recipients.iter().map(|(recipient, _)| &recipient.columns);
    let Some(first) = all.next() else { return Some(Arc::default()) };
    // Two `Arc`s of one list are the same pointer, which is all that is compared for most lists.
    all.all(|other| Arc::ptr_eq(first, other) || first == other).then(|| Arc::clone(first))
}

fn generation(begun: Timestamp, origin: &Origin<'_>, edition: usize) -> Generation {
    Generation {
        begun,
        commit: origin.commit.map(str::to_owned),
        digests: origin.digests.clone(),
        edition,
        columns: Arc::clone(origin.columns),
    }
}

async fn insert_generation(
    connection: &mut SqliteConnection,
    run: i64,
    number: i64,
    generation: &Generation,
) -> Result<(), Error> {
    let Generation { begun, commit, digests, edition, columns } = generation;
    let columns = serde_json::to_string(&**columns).expect("names are always JSON");
    sqlx::query(
        "INSERT INTO generations
         (run, generation, begun, git_commit, issue, theme, settings, list, edition, columns)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(run)
    .bind(number)
    .bind(begun.as_millisecond())
    .bind(commit)
    .bind(&digests.issue)
    .bind(&digests.theme)
    .bind(&digests.settings)
    .bind(&digests.list)
    .bind(i64::try_from(*edition).unwrap_or(i64::MAX))
    .bind(columns)
    .execute(connection)
    .await
    .map_err(Error::during("record a generation of a run in"))?;
    Ok(())
}
