//! Computes and checks the seals of a run, which tell whether a bit of it changed on the disk.
//!
//! A seal is the first eight bytes of a SHA-256: one flipped bit always changes it. It is no
//! protection against a person who edits the journal.

use aws_lc_rs::digest::{Context, SHA256};
use sqlx::SqliteConnection;

use crate::journal::Journal;
use crate::journal::batch::ROWS;
use crate::journal::error::Error;
use crate::journal::record::Run;

/// The words by which an issue is known when its file has another name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssueLabel {
    /// The title.
    pub title: String,
    /// The number.
    pub number: Option<u32>,
    /// The time at which it was to go out, as the file says it.
    pub send_at: Option<String>,
}

/// A seal that is being computed, part by part.
struct Sealing(Context);

impl Sealing {
    fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    fn add(&mut self, part: &[u8]) {
        self.0.update(&(part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    fn finish(self) -> i64 {
        let digest = self.0.finish();
        let bytes = digest.as_ref().first_chunk().copied();
        i64::from_le_bytes(bytes.expect("a SHA-256 has 32 bytes"))
    }
}

/// Returns the seal of an event behind the one with the seal `before`; 0 is before the first.
pub(crate) fn event(before: i64, (seq, run, at, sent): (i64, i64, i64, i64), changes: &str) -> i64 {
    let mut sealing = Sealing::new();
    for number in [before, seq, run, at, sent] {
        sealing.add(&number.to_le_bytes());
    }
    sealing.add(changes.as_bytes());
    sealing.finish()
}

/// Returns the seal of the last event of a run; 0 where it has none.
pub(crate) async fn last_event(connection: &mut SqliteConnection, run: i64) -> Result<i64, Error> {
    let seal: Option<Option<i64>> =
        sqlx::query_scalar("SELECT seal FROM events WHERE run = $1 ORDER BY seq DESC LIMIT 1")
            .bind(run)
            .fetch_optional(connection)
            .await
            .map_err(Error::during("read what happened in"))?;
    Ok(seal.flatten().unwrap_or_default())
}

/// Returns the number of the last event that has no seal.
pub(crate) async fn unsealed(connection: &mut SqliteConnection) -> Result<i64, Error> {
    sqlx::query_scalar("SELECT unsealed FROM identity")
        .fetch_one(connection)
        .await
        .map_err(Error::during("read the identity of"))
}

/// Seals the events of a run anew, after one of them was written over.
pub(crate) async fn write_events(connection: &mut SqliteConnection, run: i64) -> Result<(), Error> {
    let during = Error::during("seal the events of");
    let mut after = unsealed(connection).await?;
    let mut before = 0;
    loop {
        let next: Option<(i64, i64, i64, String)> = sqlx::query_as(
            "SELECT seq, at, sent, changes FROM events WHERE run = $1 AND seq > $2
             ORDER BY seq LIMIT 1",
        )
        .bind(run)
        .bind(after)
        .fetch_optional(&mut *connection)
        .await
        .map_err(&during)?;
        let Some((seq, at, sent, changes)) = next else { return Ok(()) };
        before = event(before, (seq, run, at, sent), &changes);
        sqlx::query("UPDATE events SET seal = $2 WHERE seq = $1")
            .bind(seq)
            .bind(before)
            .execute(&mut *connection)
            .await
            .map_err(&during)?;
        after = seq;
    }
}

/// Seals a run that is written, with all of its parts.
pub(crate) async fn write(
    connection: &mut SqliteConnection,
    run: i64,
    label: Option<&IssueLabel>,
) -> Result<(), Error> {
    let during = Error::during("seal a run in");
    let known = label.is_none();
    let unknown = IssueLabel::default();
    let label = label.unwrap_or(&unknown);
    sqlx::query(
        "INSERT INTO seals (run, title, number, send_at, facts, programs, recipients)
         VALUES ($1, $2, $3, $4, 0, 0, 0)
         ON CONFLICT (run) DO UPDATE SET
             title = CASE WHEN $5 THEN title ELSE excluded.title END,
             number = CASE WHEN $5 THEN number ELSE excluded.number END,
             send_at = CASE WHEN $5 THEN send_at ELSE excluded.send_at END",
    )
    .bind(run)
    .bind(&label.title)
    .bind(label.number)
    .bind(&label.send_at)
    .bind(known)
    .execute(&mut *connection)
    .await
    .map_err(&during)?;
    let programs = programs(connection, run).await?;
    sqlx::query("UPDATE seals SET programs = $2 WHERE run = $1")
        .bind(run)
        .bind(programs)
        .execute(&mut *connection)
        .await
        .map_err(&during)?;
    write_recipients(connection, run).await?;
    write_facts(connection, run).await
}

/// Seals the recipients of a run, where it has seals.
pub(crate) async fn write_recipients(
    connection: &mut SqliteConnection,
    run: i64,
) -> Result<(), Error> {
    let recipients = recipients(connection, run).await?;
    sqlx::query("UPDATE seals SET recipients = $2 WHERE run = $1")
        .bind(run)
        .bind(recipients)
        .execute(connection)
        .await
        .map(drop)
        .map_err(Error::during("seal a run in"))
}

/// Seals the row of a run and its generations, where it has seals.
pub(crate) async fn write_facts(connection: &mut SqliteConnection, run: i64) -> Result<(), Error> {
    let facts = facts(connection, run).await?;
    sqlx::query("UPDATE seals SET facts = $2 WHERE run = $1")
        .bind(run)
        .bind(facts)
        .execute(connection)
        .await
        .map(drop)
        .map_err(Error::during("seal a run in"))
}

/// The columns of a run that decide how it goes on, one row after the other.
const FACTS: [&str; 3] = [
    "SELECT CAST(id || char(31) || issue || char(31) || key || char(31) || date || char(31)
         || COALESCE(finished, '') AS BLOB) FROM runs WHERE id = $1",
    "SELECT CAST(generation || char(31) || begun || char(31) || COALESCE(git_commit, '')
         || char(31) || issue || char(31) || theme || char(31) || settings || char(31) || list
         || char(31) || edition || char(31) || columns AS BLOB)
     FROM generations WHERE run = $1 ORDER BY generation",
    "SELECT CAST(title || char(31) || COALESCE(number, '') || char(31) || COALESCE(send_at, '')
         AS BLOB) FROM seals WHERE run = $1",
];

async fn facts(connection: &mut SqliteConnection, run: i64) -> Result<i64, Error> {
    let mut sealing = Sealing::new();
    for sql in FACTS {
        let rows: Vec<Option<Vec<u8>>> = sqlx::query_scalar(sql)
            .bind(run)
            .fetch_all(&mut *connection)
            .await
            .map_err(Error::during("read the runs from"))?;
        sealing.add(&(rows.len() as u64).to_le_bytes());
        rows.iter().for_each(|row| sealing.add(row.as_deref().unwrap_or_default()));
    }
    Ok(sealing.finish())
}

async fn programs(connection: &mut SqliteConnection, run: i64) -> Result<i64, Error> {
    let rows: Vec<(i64, Vec<u8>, Vec<u8>)> = sqlx::query_as(
        "SELECT edition, bytes, CAST(slots AS BLOB) FROM programs WHERE run = $1 ORDER BY edition",
    )
    .bind(run)
    .fetch_all(connection)
    .await
    .map_err(Error::during("read the programs of a run from"))?;
    let mut sealing = Sealing::new();
    for (edition, bytes, slots) in rows {
        sealing.add(&edition.to_le_bytes());
        sealing.add(&bytes);
        sealing.add(&slots);
    }
    Ok(sealing.finish())
}

/// Reads a page of recipients as one text: a row each would cost more than all the rest.
const PAGE: &str = "
    SELECT MAX(id), COUNT(*), CAST(group_concat(words, char(30)) AS BLOB) FROM (
        SELECT id, id || char(31) || key || char(31) || address || char(31) || line || char(31)
            || fields || char(31) || edition AS words
        FROM recipients WHERE run = $1 AND id > $2 ORDER BY id LIMIT $3
    )";

async fn recipients(connection: &mut SqliteConnection, run: i64) -> Result<i64, Error> {
    let mut sealing = Sealing::new();
    let mut after = 0;
    loop {
        let page: (Option<i64>, i64, Option<Vec<u8>>) = sqlx::query_as(PAGE)
            .bind(run)
            .bind(after)
            .bind(i64::try_from(ROWS).unwrap_or(i64::MAX))
            .fetch_one(&mut *connection)
            .await
            .map_err(Error::during("read the recipients of a run from"))?;
        let (last, count, words) = page;
        // A number that does not rise is damage, and would never end.
        let Some(last) = last.filter(|last| *last > after) else { return Ok(sealing.finish()) };
        after = last;
        sealing.add(&count.to_le_bytes());
        sealing.add(words.as_deref().unwrap_or_default());
    }
}

impl Journal {
    /// Makes sure that every run is there and is the one that was begun: a run that got lost, or
    /// another name, would be begun again.
    ///
    /// # Errors
    /// The journal cannot be read, or [`Error::Altered`].
    pub async fn check_runs(&self) -> Result<(), Error> {
        let mut connection = self.database.read("read the runs from").await?;
        let rows: Vec<(i64, String, Option<i64>)> = sqlx::query_as(
            "SELECT runs.id, issue, facts FROM runs LEFT JOIN seals ON run = runs.id
             ORDER BY runs.id",
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::during("read the runs from"))?;
        // Runs are numbered from 1 and never deleted; those with seals come after those without.
        let mut sealed = false;
        for (expected, (id, issue, seal)) in (1..).zip(&rows) {
            let altered = || Error::Altered { issue: issue.clone(), part: "the row" };
            if *id != expected || (sealed && seal.is_none()) {
                return Err(altered());
            }
            sealed |= seal.is_some();
            if let Some(seal) = seal
                && *seal != facts(&mut connection, *id).await?
            {
                return Err(altered());
            }
        }
        let (last, sealed): (i64, i64) = sqlx::query_as(
            "SELECT COALESCE((SELECT MAX(run) FROM events), 0),
                    COALESCE((SELECT MAX(run) FROM seals), 0)",
        )
        .fetch_one(&mut *connection)
        .await
        .map_err(Error::during("read what happened in"))?;
        match rows.last() {
            Some((id, ..)) if last.max(sealed) <= *id => Ok(()),
            None if last.max(sealed) == 0 => Ok(()),
            _ => Err(Error::Altered { issue: "the newest issue".to_owned(), part: "the row" }),
        }
    }

    /// Makes sure that the messages and the recipients of a run are those that were written.
    ///
    /// # Errors
    /// The journal cannot be read, or [`Error::Altered`].
    pub async fn check_parts(&self, run: &Run) -> Result<(), Error> {
        let mut connection = self.database.read("read a run from").await?;
        let seals: Option<(i64, i64)> =
            sqlx::query_as("SELECT programs, recipients FROM seals WHERE run = $1")
                .bind(run.id)
                .fetch_optional(&mut *connection)
                .await
                .map_err(Error::during("read the runs from"))?;
        // A run from before there were seals.
        let Some((messages, people)) = seals else { return Ok(()) };
        let altered = |part| Error::Altered { issue: run.issue.clone(), part };
        if messages != programs(&mut connection, run.id).await? {
            return Err(altered("the messages"));
        }
        if people != recipients(&mut connection, run.id).await? {
            return Err(altered("the recipients"));
        }
        Ok(())
    }

    /// Returns the issues of runs and the words by which each is known; `None` for runs from before
    /// these were kept.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn labels(&self) -> Result<Vec<(String, Option<IssueLabel>)>, Error> {
        type Row = (String, Option<String>, Option<u32>, Option<String>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT issue, title, number, send_at FROM runs LEFT JOIN seals ON run = id ORDER BY id",
        )
        .fetch_all(&self.database.reader)
        .await
        .map_err(Error::during("read the runs from"))?;
        let labels = rows.into_iter().map(|(issue, title, number, send_at)| {
            (
                issue,
                title.filter(|title| !title.is_empty()).map(|title| IssueLabel {
                    title,
                    number,
                    send_at,
                }),
            )
        });
        Ok(labels.collect())
    }
}
