//! Rows of the database in, runs, programs and entries out.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use sqlx::{SqliteConnection, SqlitePool};

use crate::audience::Recipient;
use crate::compile::Program;
use crate::journal::batch::{ROWS, json};
use crate::journal::error::Error;
use crate::journal::event::Event;
use crate::journal::record::{Digests, Entry, Generation, Happened, Run};
use crate::journal::seal;
use crate::journal::standing::{Stand, Standing};

/// `id, issue, key, date, finished`.
type RunRow = (i64, String, String, i64, Option<i64>);

/// `begun, git_commit, issue, theme, settings, list, edition, columns`.
type GenerationRow = (i64, Option<String>, String, String, String, String, i64, String);

/// `id, address, line, fields, edition`.
/// `seq, at, sent, changes, seal`.
type EventRow = (i64, i64, i64, String, Option<i64>);
type EntryRow = (i64, String, i64, String, i64);

/// Runs, oldest first: all of them, or the newest of an issue.
pub(crate) async fn runs(reader: &SqlitePool, issue: Option<&str>) -> Result<Vec<Run>, Error> {
    let during = Error::during("read the runs from");
    let rows: Vec<RunRow> = sqlx::query_as(
        "SELECT id, issue, key, date, finished FROM runs
         WHERE $1 IS NULL OR id = (SELECT MAX(id) FROM runs WHERE issue = $1) ORDER BY id",
    )
    .bind(issue)
    .fetch_all(reader)
    .await
    .map_err(&during)?;
    let mut runs = Vec::new();
    for (id, issue, key, date, finished) in rows {
        let rows: Vec<GenerationRow> = sqlx::query_as(
            "SELECT begun, git_commit, issue, theme, settings, list, edition, columns
             FROM generations WHERE run = $1 ORDER BY generation",
        )
        .bind(id)
        .fetch_all(reader)
        .await
        .map_err(&during)?;
        let generations = rows.into_iter().map(|row| generation(row, id));
        let generations: Vec<_> = generations.collect::<Result<_, _>>()?;
        if generations.is_empty() {
            return Err(Error::stored("the run", id)("it has no generation"));
        }
        let finished = finished.map(|finished| moment(finished, id)).transpose()?;
        runs.push(Run { id, issue, key, date: moment(date, id)?, finished, generations });
    }
    Ok(runs)
}

fn moment(milliseconds: i64, run: i64) -> Result<Timestamp, Error> {
    Timestamp::from_millisecond(milliseconds).map_err(Error::stored("the time of the run", run))
}

fn generation(row: GenerationRow, run: i64) -> Result<Generation, Error> {
    let (begun, commit, issue, theme, settings, list, edition, columns) = row;
    let columns = serde_json::from_str(&columns);
    Ok(Generation {
        begun: moment(begun, run)?,
        commit,
        digests: Digests { issue, theme, settings, list },
        edition: edition.try_into().map_err(Error::stored("the editions of the run", run))?,
        columns: columns.map(Arc::new).map_err(Error::stored("the columns of the run", run))?,
    })
}

/// The entry of a row, with the columns of its generation.
fn entry(row: EntryRow, run: &Run, stand: Stand) -> Result<Entry, Error> {
    let (id, address, line, fields, edition) = row;
    let edition = edition.try_into().map_err(Error::stored("the edition of the entry", id))?;
    let generation = &run.generations[run.generation_of(edition)];
    let recipient = Recipient {
        address: address.parse().map_err(Error::stored("the address of the entry", id))?,
        line: line.try_into().map_err(Error::stored("the line of the entry", id))?,
        columns: Arc::clone(&generation.columns),
        values: serde_json::from_str(&fields)
            .map_err(Error::stored("the fields of the entry", id))?,
    };
    let Stand { id, state, attempts, reply } = stand;
    Ok(Entry { id, recipient, edition, state, attempts, reply })
}

/// The entries that stand like this.
///
/// `CROSS` keeps SQLite from looking at every recipient and, for each one, at every number.
pub(crate) async fn entries(
    connection: &mut SqliteConnection,
    run: &Run,
    stands: Vec<Stand>,
) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::with_capacity(stands.len());
    let mut stands = stands.into_iter().peekable();
    while stands.peek().is_some() {
        let chunk: Vec<Stand> = stands.by_ref().take(ROWS).collect();
        let rows: Vec<EntryRow> = sqlx::query_as(
            "SELECT recipients.id, address, line, fields, edition FROM json_each($2) AS j
             CROSS JOIN recipients ON run = $1 AND recipients.id = j.value ORDER BY j.key",
        )
        .bind(run.id)
        .bind(json(chunk.iter().map(|stand| stand.id)))
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::during("read the recipients of a run from"))?;
        if rows.len() != chunk.len() {
            return Err(Error::Altered { issue: run.issue.clone(), part: "the recipients" });
        }
        for (row, stand) in rows.into_iter().zip(chunk) {
            entries.push(entry(row, run, stand)?);
        }
    }
    Ok(entries)
}

/// Where everyone of a run stands, and the number of the last event in the journal; each thing that
/// happened is told on the way.
pub(crate) async fn standing(
    connection: &mut SqliteConnection,
    run: &Run,
    observe: &mut (dyn FnMut(Happened<'_>) + Send),
) -> Result<(Standing, i64, i64), Error> {
    let during = Error::during("read what happened in");
    let unsealed = seal::unsealed(connection).await?;
    let altered = || Error::Altered { issue: run.issue.clone(), part: "what happened" };
    let (count, last): (i64, Option<i64>) =
        sqlx::query_as("SELECT COUNT(*), MAX(id) FROM recipients WHERE run = $1")
            .bind(run.id)
            .fetch_one(&mut *connection)
            .await
            .map_err(&during)?;
    let last = last.unwrap_or_default();
    let gaps: HashSet<i64> =
        if count == last { HashSet::new() } else { gaps(connection, run).await? };
    let mut standing = Standing::new(last, |id| !gaps.contains(&id));
    let seq: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(seq), 0) FROM events")
        .fetch_one(&mut *connection)
        .await
        .map_err(&during)?;
    let (mut after, mut before) = (0, 0);
    loop {
        let events: Vec<EventRow> = sqlx::query_as(
            "SELECT seq, at, sent, changes, seal FROM events WHERE run = $1 AND seq > $2
             ORDER BY seq LIMIT 500",
        )
        .bind(run.id)
        .bind(after)
        .fetch_all(&mut *connection)
        .await
        .map_err(&during)?;
        let Some((last, ..)) = events.last() else { return Ok((standing, seq, before)) };
        if *last <= after {
            return Err(altered());
        }
        after = *last;
        for (seq, at, sent, changes, sealed) in events {
            if seq > unsealed {
                before = seal::event(before, (seq, run.id, at, sent), &changes);
            }
            if seq > unsealed && sealed != Some(before) {
                return Err(altered());
            }
            let at = Timestamp::from_millisecond(at);
            let at = at.map_err(Error::stored("the time of the event", seq))?;
            Event::apply(&changes, (seq, at), &mut standing, observe)?;
        }
    }
}

/// When the first and the last thing happened in a run.
pub(crate) async fn span(
    reader: &SqlitePool,
    run: &Run,
) -> Result<Option<(Timestamp, Timestamp)>, Error> {
    let span: (Option<i64>, Option<i64>) =
        sqlx::query_as("SELECT MIN(at), MAX(at) FROM events WHERE run = $1")
            .bind(run.id)
            .fetch_one(reader)
            .await
            .map_err(Error::during("read what happened in"))?;
    let (Some(first), Some(last)) = span else { return Ok(None) };
    Ok(Some((moment(first, run.id)?, moment(last, run.id)?)))
}

/// The numbers and addresses of a run after a number, so many at most.
pub(crate) async fn addresses(
    connection: &mut SqliteConnection,
    run: &Run,
    after: i64,
    limit: u32,
) -> Result<Vec<(i64, String)>, Error> {
    sqlx::query_as(
        "SELECT id, address FROM recipients WHERE run = $1 AND id > $2 ORDER BY id LIMIT $3",
    )
    .bind(run.id)
    .bind(after)
    .bind(limit)
    .fetch_all(connection)
    .await
    .map_err(Error::during("read the recipients of a run from"))
}

/// The numbers that no recipient has: those of rows that were the same reader as another one.
async fn gaps(connection: &mut SqliteConnection, run: &Run) -> Result<HashSet<i64>, Error> {
    let gaps: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT before + 1, id FROM (
             SELECT id, LAG(id, 1, 0) OVER (ORDER BY id) AS before FROM recipients WHERE run = $1
         ) WHERE id > before + 1",
    )
    .bind(run.id)
    .fetch_all(connection)
    .await
    .map_err(Error::during("read what happened in"))?;
    Ok(gaps.into_iter().flat_map(|(first, end)| first..end).collect())
}

/// How many were on the list and suppressed when the run was planned.
pub(crate) async fn suppressed_before(
    connection: &mut SqliteConnection,
    run: &Run,
) -> Result<u64, Error> {
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM suppressed WHERE run = $1")
        .bind(run.id)
        .fetch_one(connection)
        .await
        .map_err(Error::during("count the suppressed in"))?;
    Ok(count.unsigned_abs())
}

/// The addresses that were on the list and are not written to, with the reason; by address.
/// `later` are those who were taken out of the run.
pub(crate) async fn suppressed(
    connection: &mut SqliteConnection,
    run: &Run,
    later: &BTreeMap<i64, String>,
) -> Result<Vec<(String, String)>, Error> {
    let later: Vec<_> = later.iter().collect();
    sqlx::query_as(
        "SELECT address, reason FROM suppressed WHERE run = $1
         UNION
         SELECT address, j.value->>1 FROM json_each($2) AS j
         CROSS JOIN recipients ON run = $1 AND recipients.id = j.value->>0
         ORDER BY address",
    )
    .bind(run.id)
    .bind(json(later))
    .fetch_all(connection)
    .await
    .map_err(Error::during("read the suppressed recipients of a run from"))
}

/// Which generation those of a run are of, as an index into them, by the first number of each
/// stretch of neighbours that are of the same.
pub(crate) async fn generations(
    reader: &SqlitePool,
    run: &Run,
) -> Result<Vec<(i64, usize)>, Error> {
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT id, generation FROM (
             SELECT id, generation, LAG(generation, 1, 0) OVER (ORDER BY id) AS before FROM (
                 SELECT id, (SELECT MAX(generation) FROM generations
                             WHERE generations.run = $1 AND generations.edition <= r.edition)
                     AS generation
                 FROM recipients AS r WHERE r.run = $1
             )
         ) WHERE generation <> before ORDER BY id",
    )
    .bind(run.id)
    .fetch_all(reader)
    .await
    .map_err(Error::during("count the recipients of a run in"))?;
    rows.into_iter()
        .map(|(id, generation)| {
            let generation = usize::try_from(generation - 1);
            Ok((id, generation.map_err(Error::stored("the generation of the entry", id))?))
        })
        .collect()
}

/// The programs of a run, by edition.
pub(crate) async fn programs(reader: &SqlitePool, run: &Run) -> Result<Vec<Program>, Error> {
    let rows: Vec<(Vec<u8>, String)> =
        sqlx::query_as("SELECT bytes, slots FROM programs WHERE run = $1 ORDER BY edition")
            .bind(run.id)
            .fetch_all(reader)
            .await
            .map_err(Error::during("read the programs of a run from"))?;
    rows.into_iter()
        .map(|(bytes, slots)| {
            let slots = serde_json::from_str(&slots)
                .map_err(Error::stored("the programs of the run", run.id))?;
            Ok(Program::from_parts(bytes, slots))
        })
        .collect()
}
