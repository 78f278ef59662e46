//! A run in the database in, its recipients in other states out: every UPDATE of a state is here.

use std::collections::{BTreeSet, HashSet};

use jiff::Timestamp;
use sqlx::{Connection as _, SqliteConnection};

use crate::journal::batch::{ROWS, json};
use crate::journal::error::Error;
use crate::journal::record::{Entry, Recovered, Run, State, Transition};
use crate::journal::stored;

/// What is said of a recipient whose message may have been sent before a crash.
const IN_DOUBT: &str = "the sender stopped before the server's answer was recorded";

/// Claims up to $2 recipients of run $1 at the time $3.
///
/// Both inner selects read no more than $2 rows, of the index `recipients_claimable`.
const CLAIM: &str = "
    UPDATE recipients SET state = 1, due = NULL WHERE run = $1 AND id IN (
        SELECT id FROM (
            SELECT id FROM (
                SELECT id FROM recipients
                WHERE run = $1 AND wanted = 1 AND state = 0 AND due IS NULL
                ORDER BY id LIMIT $2
            ) AS pending
            UNION ALL
            SELECT id FROM (
                SELECT id FROM recipients
                WHERE run = $1 AND wanted = 1 AND state = 4 AND due <= $3
                ORDER BY due, id LIMIT $2
            ) AS deferred
        ) AS claimable
        ORDER BY id LIMIT $2
    )
    RETURNING id, address, line, fields, edition, state, attempts, reply";

/// Finds the first of the [`Row`]s $1 that [`APPLY`] does not make.
const CHECK: &str = "
    SELECT CAST(j.value->>1 AS BIGINT), CAST(j.value->>2 AS BIGINT), recipients.state
    FROM jsonb_each($1) AS j LEFT JOIN recipients
         ON recipients.run = CAST(j.value->>0 AS BIGINT)
        AND recipients.id = CAST(j.value->>1 AS BIGINT)
    WHERE recipients.state IS NULL
       OR (CAST(j.value->>3 AS BIGINT) >> recipients.state) & 1 = 0
    ORDER BY j.key LIMIT 1";

/// Makes those transitions of the [`Row`]s $1 that may be made.
///
/// The run is a part of each row. Were it a parameter of its own, SQLite would look at every
/// recipient of the run and, for each one, at every row. `jsonb_each` gives each row in the form
/// that `->>` reads; of `json_each` each `->>` would parse it anew.
const APPLY: &str = "
    UPDATE recipients
    SET state = CAST(j.value->>2 AS BIGINT),
        attempts = attempts + CAST(j.value->>4 AS BIGINT),
        reply = j.value->>5,
        due = CAST(j.value->>6 AS BIGINT)
    FROM jsonb_each($1) AS j
    WHERE recipients.run = CAST(j.value->>0 AS BIGINT)
      AND recipients.id = CAST(j.value->>1 AS BIGINT)
      AND (CAST(j.value->>3 AS BIGINT) >> recipients.state) & 1 = 1";

/// A transition as [`CHECK`] and [`APPLY`] read it: the run, the entry, the new state, the states
/// that it may come from as bits, the attempts it adds, what the server said, when it is due.
type Row<'t> = (i64, i64, i64, i64, i64, &'t str, Option<i64>);

/// Takes up to `limit` recipients, ordered by their number.
///
/// Of more than `limit` deferred recipients that are due, those who waited longest are taken.
pub(crate) async fn claim(
    connection: &mut SqliteConnection,
    run: &Run,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<Entry>, Error> {
    let rows: Vec<stored::EntryRow> = sqlx::query_as(CLAIM)
        .bind(run.id)
        .bind(limit)
        .bind(now.as_millisecond())
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::during("claim recipients in"))?;
    let mut entries = stored::entries(connection, run, rows).await?;
    entries.sort_unstable_by_key(|entry| entry.id); // RETURNING promises no order
    Ok(entries)
}

/// Records transitions, in their order.
pub(crate) async fn record(
    connection: &mut SqliteConnection,
    run: &Run,
    transitions: &[Transition],
    now: Timestamp,
) -> Result<(), Error> {
    let during = Error::during("record the states of recipients in");
    for wave in waves(transitions) {
        for chunk in wave.chunks(ROWS) {
            let rows = json(chunk.iter().map(|transition| row(run.id, transition, now)));
            let mut attempt = connection.begin().await.map_err(&during)?;
            let made = sqlx::query(APPLY).bind(&rows).execute(&mut *attempt).await;
            if made.map_err(&during)?.rows_affected() == chunk.len() as u64 {
                attempt.commit().await.map_err(&during)?;
            } else {
                attempt.rollback().await.map_err(&during)?;
                return Err(refusal(connection, run, &rows).await?);
            }
        }
    }
    Ok(())
}

/// Cuts the transitions where an entry comes again, as one statement changes a row once.
fn waves(transitions: &[Transition]) -> Vec<&[Transition]> {
    let mut seen = HashSet::new();
    let wave = transitions.chunk_by(|before, next| {
        seen.insert(before.id);
        let again = seen.contains(&next.id);
        if again {
            seen.clear();
        }
        !again
    });
    wave.collect()
}

fn row(run: i64, transition: &Transition, now: Timestamp) -> Row<'_> {
    let to = transition.to;
    let from = State::ALL.into_iter().filter(|from| from.may_become(to));
    let due = (to == State::Deferred).then(|| transition.due.unwrap_or(now).as_millisecond());
    let allowed = from.fold(0, |bits, from| bits | 1 << from as i64);
    (run, transition.id, to as i64, allowed, i64::from(to.is_answer()), &transition.reply, due)
}

/// Says which of the transitions must not be made, the first one.
async fn refusal(connection: &mut SqliteConnection, run: &Run, rows: &str) -> Result<Error, Error> {
    let (entry, to, from): (i64, i64, Option<i64>) = sqlx::query_as(CHECK)
        .bind(rows)
        .fetch_one(connection)
        .await
        .map_err(Error::during("check the states of recipients in"))?;
    let to = stored::state(to, entry)?;
    Ok(match from {
        Some(from) => Error::Transition { entry, from: stored::state(from, entry)?, to },
        None => Error::NoEntry { run: run.id, entry, to },
    })
}

/// Puts recipients that a crash left on the way where they belong.
pub(crate) async fn recover(
    connection: &mut SqliteConnection,
    run: &Run,
) -> Result<Recovered, Error> {
    let during = Error::during("recover the recipients of a run in");
    let released = sqlx::query("UPDATE recipients SET state = 0 WHERE run = $1 AND state = 1")
        .bind(run.id)
        .execute(&mut *connection)
        .await
        .map_err(&during)?;
    let unknown = sqlx::query(
        "UPDATE recipients SET state = 6, attempts = attempts + 1, reply = $2
         WHERE run = $1 AND state = 2",
    )
    .bind(run.id)
    .bind(IN_DOUBT)
    .execute(connection)
    .await
    .map_err(&during)?;
    Ok(Recovered { released: released.rows_affected(), unknown: unknown.rows_affected() })
}

/// Makes only some recipients claimable, or all.
pub(crate) async fn select(
    connection: &mut SqliteConnection,
    run: &Run,
    only: Option<&BTreeSet<i64>>,
) -> Result<(), Error> {
    let during = Error::during("select recipients in");
    let wanted = i64::from(only.is_none());
    sqlx::query("UPDATE recipients SET wanted = $2 WHERE run = $1 AND wanted <> $2")
        .bind(run.id)
        .bind(wanted)
        .execute(&mut *connection)
        .await
        .map_err(&during)?;
    let only: Vec<i64> = only.into_iter().flatten().copied().collect();
    for chunk in only.chunks(ROWS) {
        sqlx::query(
            "UPDATE recipients SET wanted = 1 WHERE run = $1
             AND id IN (SELECT CAST(j.value AS BIGINT) FROM json_each($2) AS j)",
        )
        .bind(run.id)
        .bind(json(chunk))
        .execute(&mut *connection)
        .await
        .map_err(&during)?;
    }
    Ok(())
}

/// Makes some recipients no longer claimable.
pub(crate) async fn leave(
    connection: &mut SqliteConnection,
    run: &Run,
    entries: &[i64],
) -> Result<(), Error> {
    for chunk in entries.chunks(ROWS) {
        sqlx::query(
            "UPDATE recipients SET wanted = 0 WHERE run = $1
             AND id IN (SELECT CAST(j.value AS BIGINT) FROM json_each($2) AS j)",
        )
        .bind(run.id)
        .bind(json(chunk))
        .execute(&mut *connection)
        .await
        .map_err(Error::during("leave recipients in"))?;
    }
    Ok(())
}

/// Makes unknown recipients pending, and the run one that is not finished.
pub(crate) async fn resend_unknown(
    connection: &mut SqliteConnection,
    run: &Run,
) -> Result<u64, Error> {
    let during = Error::during("make unknown recipients pending in");
    let again =
        sqlx::query("UPDATE recipients SET state = 0 WHERE run = $1 AND state = 6 AND wanted = 1")
            .bind(run.id)
            .execute(&mut *connection)
            .await
            .map_err(&during)?
            .rows_affected();
    if again > 0 {
        sqlx::query("UPDATE runs SET finished = NULL WHERE id = $1")
            .bind(run.id)
            .execute(connection)
            .await
            .map_err(|error| match error.as_database_error() {
                Some(violation) if violation.is_unique_violation() => {
                    Error::Unfinished { issue: run.issue.clone() }
                }
                _ => during(error),
            })?;
    }
    Ok(again)
}

/// Moves a recipient to those that are not written to.
pub(crate) async fn suppress(
    connection: &mut SqliteConnection,
    run: &Run,
    entry: i64,
    reason: &str,
) -> Result<(), Error> {
    let during = Error::during("suppress a recipient in");
    let row: Option<(i64, String)> =
        sqlx::query_as("SELECT state, address FROM recipients WHERE run = $1 AND id = $2")
            .bind(run.id)
            .bind(entry)
            .fetch_optional(&mut *connection)
            .await
            .map_err(&during)?;
    let Some((number, address)) = row else { return Err(Error::Suppress { entry, state: None }) };
    let state = stored::state(number, entry)?;
    if !matches!(state, State::Pending | State::Claimed | State::Deferred) {
        return Err(Error::Suppress { entry, state: Some(state) });
    }
    sqlx::query("DELETE FROM recipients WHERE run = $1 AND id = $2")
        .bind(run.id)
        .bind(entry)
        .execute(&mut *connection)
        .await
        .map_err(&during)?;
    sqlx::query(
        "INSERT INTO suppressed (run, address, reason) VALUES ($1, $2, $3)
         ON CONFLICT (run, address) DO NOTHING",
    )
    .bind(run.id)
    .bind(address)
    .bind(reason)
    .execute(connection)
    .await
    .map_err(&during)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::journal::Journal;
    use crate::journal::ledger::{APPLY, CHECK, CLAIM};

    /// How SQLite would go about a statement.
    async fn explain(sql: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(&folder.path().join("journal.db")).await.unwrap();
        let sql = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let steps: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(sql).fetch_all(&journal.database.reader).await.unwrap();
        steps.into_iter().fold(String::new(), |mut text, step| {
            writeln!(text, "{}", step.3).unwrap();
            text
        })
    }

    #[tokio::test]
    async fn no_statement_looks_at_more_recipients_than_it_is_about() {
        let by_number = "SEARCH recipients USING PRIMARY KEY (run=? AND id=?)";
        let index = "SEARCH recipients USING COVERING INDEX recipients_claimable";
        let claim = explain(CLAIM).await;
        assert!(claim.contains(by_number), "{claim}");
        for range in ["due=?", "due<?"] {
            let search = format!("{index} (run=? AND wanted=? AND state=? AND {range})");
            assert!(claim.contains(&search), "{claim}");
        }
        for sql in [CHECK, APPLY] {
            let plan = explain(sql).await;
            assert!(plan.contains("SCAN j") && plan.contains(by_number), "{plan}");
        }
    }
}
