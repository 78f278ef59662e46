//! A plan in, a run with its programs and recipients in the database out.

use sqlx::SqliteConnection;

use crate::audience::{Columns, Recipient};
use crate::journal::batch::{ROWS, json};
use crate::journal::error::Error;
use crate::journal::record::{Plan, Run};
use crate::journal::stored;

/// Writes all of a plan. Nothing of it is there until the caller's transaction is committed.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    plan: &Plan<'_>,
) -> Result<Run, Error> {
    let run = insert_run(connection, plan).await?;
    insert_programs(connection, run.id, plan).await?;
    insert_recipients(connection, run.id, plan.recipients).await?;
    insert_suppressed(connection, run.id, plan.suppressed).await?;
    Ok(run)
}

async fn insert_run(connection: &mut SqliteConnection, plan: &Plan<'_>) -> Result<Run, Error> {
    let issue = || plan.issue.to_owned();
    let columns = columns(plan).ok_or_else(|| Error::Columns { issue: issue() })?;
    let columns = serde_json::to_string(&columns).expect("names are always JSON");
    let row: stored::RunRow = sqlx::query_as(
        "INSERT INTO runs (issue, digest, git_commit, key, date, columns)
         VALUES ($1, $2, $3, $4, $5, $6)
         RETURNING id, issue, digest, git_commit, key, date, finished",
    )
    .bind(plan.issue)
    .bind(plan.digest)
    .bind(plan.commit)
    .bind(plan.key)
    .bind(plan.date.as_millisecond())
    .bind(columns)
    .fetch_one(connection)
    .await
    .map_err(|error| match error.as_database_error() {
        Some(violation) if violation.is_unique_violation() => Error::Unfinished { issue: issue() },
        _ => Error::during("record a run in")(error),
    })?;
    stored::run(row)
}

/// The columns that all recipients have; `None` where they differ, as values are stored without names.
fn columns(plan: &Plan<'_>) -> Option<Columns> {
    let mut all = plan.recipients.iter().map(|(recipient, _)| &recipient.columns);
    let Some(first) = all.next() else { return Some(Columns::default()) };
    // Two `Arc`s of one list are the same pointer, which is all that is compared for most lists.
    all.all(|other| std::sync::Arc::ptr_eq(first, other) || first == other)
        .then(|| Columns::clone(first))
}

async fn insert_programs(
    connection: &mut SqliteConnection,
    run: i64,
    plan: &Plan<'_>,
) -> Result<(), Error> {
    for (edition, program) in (0_i64..).zip(plan.programs) {
        let (bytes, slots) = program.parts();
        let slots = serde_json::to_string(slots).expect("slots are always JSON");
        sqlx::query("INSERT INTO programs (run, edition, bytes, slots) VALUES ($1, $2, $3, $4)")
            .bind(run)
            .bind(edition)
            .bind(bytes)
            .bind(slots)
            .execute(&mut *connection)
            .await
            .map_err(Error::during("record the programs of a run in"))?;
    }
    Ok(())
}

async fn insert_recipients(
    connection: &mut SqliteConnection,
    run: i64,
    recipients: &[(Recipient, usize)],
) -> Result<(), Error> {
    for (chunk, first) in recipients.chunks(ROWS).zip((1_i64..).step_by(ROWS)) {
        let rows = json((first..).zip(chunk).map(|(id, (recipient, edition))| {
            let address = &recipient.address;
            (id, address.key(), address.to_string(), recipient.line, &recipient.values, edition)
        }));
        // `WHERE true`: without it SQLite takes ON CONFLICT for the ON of a join.
        sqlx::query(
            "INSERT INTO recipients (run, id, key, address, line, fields, edition)
             SELECT $1, CAST(j.value->>0 AS BIGINT), j.value->>1, j.value->>2,
                    CAST(j.value->>3 AS BIGINT), j.value->4, CAST(j.value->>5 AS BIGINT)
             FROM jsonb_each($2) AS j WHERE true
             ON CONFLICT (run, key) DO NOTHING",
        )
        .bind(run)
        .bind(rows)
        .execute(&mut *connection)
        .await
        .map_err(Error::during("record the recipients of a run in"))?;
    }
    Ok(())
}

async fn insert_suppressed(
    connection: &mut SqliteConnection,
    run: i64,
    suppressed: &[(String, String)],
) -> Result<(), Error> {
    for chunk in suppressed.chunks(ROWS) {
        sqlx::query(
            "INSERT INTO suppressed (run, address, reason)
             SELECT $1, j.value->>0, j.value->>1 FROM json_each($2) AS j WHERE true
             ON CONFLICT (run, address) DO NOTHING",
        )
        .bind(run)
        .bind(json(chunk))
        .execute(&mut *connection)
        .await
        .map_err(Error::during("record the suppressed recipients of a run in"))?;
    }
    Ok(())
}
