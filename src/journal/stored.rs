//! Rows of the database in, runs, programs and entries out.

use std::sync::Arc;

use jiff::Timestamp;
use sqlx::{SqliteConnection, SqlitePool};

use crate::audience::{Columns, Recipient};
use crate::compile::Program;
use crate::journal::error::Error;
use crate::journal::record::{Entry, Run, State, Tally};

/// `id, issue, digest, git_commit, key, date, finished`.
pub(crate) type RunRow = (i64, String, String, Option<String>, String, i64, Option<i64>);

/// `id, address, line, fields, edition, state, attempts, reply`.
pub(crate) type EntryRow = (i64, String, i64, String, i64, i64, i64, String);

/// The run of a row.
pub(crate) fn run(row: RunRow) -> Result<Run, Error> {
    let (id, issue, digest, commit, key, date, finished) = row;
    let moment =
        |ms| Timestamp::from_millisecond(ms).map_err(Error::stored("the time of the run", id));
    let (date, finished) = (moment(date)?, finished.map(moment).transpose()?);
    Ok(Run { id, issue, digest, commit, key, date, finished })
}

/// The entry of a row, with the columns of its run.
fn entry(row: EntryRow, columns: &Arc<Columns>) -> Result<Entry, Error> {
    let (id, address, line, fields, edition, state, attempts, reply) = row;
    let recipient = Recipient {
        address: address.parse().map_err(Error::stored("the address of the entry", id))?,
        line: line.try_into().map_err(Error::stored("the line of the entry", id))?,
        columns: Arc::clone(columns),
        values: serde_json::from_str(&fields)
            .map_err(Error::stored("the fields of the entry", id))?,
    };
    Ok(Entry {
        id,
        recipient,
        edition: edition.try_into().map_err(Error::stored("the edition of the entry", id))?,
        state: self::state(state, id)?,
        attempts: attempts.try_into().map_err(Error::stored("the attempts of the entry", id))?,
        reply,
    })
}

/// The entries of rows of one run.
pub(crate) async fn entries(
    connection: &mut SqliteConnection,
    run: &Run,
    rows: Vec<EntryRow>,
) -> Result<Vec<Entry>, Error> {
    let columns = columns(connection, run).await?;
    rows.into_iter().map(|row| entry(row, &columns)).collect()
}

/// The state of a number, of an entry or a run.
pub(crate) fn state(number: i64, id: i64) -> Result<State, Error> {
    State::from_number(number)
        .ok_or_else(|| format!("there is no state {number}"))
        .map_err(Error::stored("the state of the entry", id))
}

/// The names of the columns of a run's recipients.
async fn columns(connection: &mut SqliteConnection, run: &Run) -> Result<Arc<Columns>, Error> {
    let columns: String = sqlx::query_scalar("SELECT columns FROM runs WHERE id = $1")
        .bind(run.id)
        .fetch_one(connection)
        .await
        .map_err(Error::during("read the columns of a run from"))?;
    serde_json::from_str(&columns)
        .map(Arc::new)
        .map_err(Error::stored("the columns of the run", run.id))
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

/// How many recipients of a run are in each state.
pub(crate) async fn tally(reader: &SqlitePool, run: &Run) -> Result<Tally, Error> {
    let during = Error::during("count the recipients of a run in");
    let counts: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT state, COUNT(*) FROM recipients WHERE run = $1 GROUP BY state
         UNION ALL SELECT -1, COUNT(*) FROM suppressed WHERE run = $1",
    )
    .bind(run.id)
    .fetch_all(reader)
    .await
    .map_err(during)?;
    let mut tally = Tally::default();
    for (number, count) in counts {
        let count = count.unsigned_abs();
        if number == -1 {
            tally.suppressed = count;
            continue;
        }
        *match state(number, run.id)? {
            State::Pending => &mut tally.pending,
            State::Claimed => &mut tally.claimed,
            State::Attempting => &mut tally.attempting,
            State::Accepted => &mut tally.accepted,
            State::Deferred => &mut tally.deferred,
            State::Rejected => &mut tally.rejected,
            State::Unknown => &mut tally.unknown,
        } = count;
    }
    Ok(tally)
}
