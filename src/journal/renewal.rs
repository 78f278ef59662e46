//! A run and the readers that there are now in, the same run with those of them who were not
//! served before out.
//!
//! The readers of a further generation are put into tables of this connection first; then it takes
//! a handful of statements to compare them with the recipients of the run. Each goes through one
//! side and looks up the other one by its key, in an index that is made when all of it is there.
//! Where everyone stands is the sum of the events, so that it is handed in.

use jiff::Timestamp;
use sqlx::SqliteConnection;

use crate::journal::batch::{ROWS, json};
use crate::journal::error::Error;
use crate::journal::event::Event;
use crate::journal::seal;
use crate::journal::standing::Change;

/// What a further generation changed in a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Merged {
    /// How many recipients who were still to be served get the message as it is now.
    pub kept: u64,
    /// How many readers are new.
    pub added: u64,
    /// How many recipients who were still to be served are no longer written to.
    pub gone: u64,
}

/// Why somebody is taken out of a run who was on the list when it began.
const NO_LONGER: &str = "no longer on the list";

/// The tables of a generation that is being written: its readers, those of them who are not written
/// to, and whom of the run it is about.
const TABLES: [(&str, &str); 3] = [
    (
        "DROP TABLE IF EXISTS temp.arriving",
        "CREATE TEMP TABLE arriving (
             id INTEGER PRIMARY KEY, key TEXT NOT NULL, address TEXT NOT NULL,
             line INTEGER NOT NULL, fields TEXT NOT NULL, edition INTEGER NOT NULL
         ) STRICT",
    ),
    (
        "DROP TABLE IF EXISTS temp.refused",
        "CREATE TEMP TABLE refused (
             key TEXT PRIMARY KEY, address TEXT NOT NULL, reason TEXT NOT NULL
         ) STRICT, WITHOUT ROWID",
    ),
    (
        "DROP TABLE IF EXISTS temp.unserved",
        "CREATE TEMP TABLE unserved (id INTEGER PRIMARY KEY, open INTEGER NOT NULL) STRICT",
    ),
];

/// Makes room for the readers that there are now.
pub(crate) async fn prepare(connection: &mut SqliteConnection) -> Result<(), Error> {
    drop_tables(connection).await?;
    for (_, create) in TABLES {
        let made = sqlx::query(create).execute(&mut *connection).await;
        made.map_err(Error::during("begin a generation of a run in"))?;
    }
    Ok(())
}

async fn drop_tables(connection: &mut SqliteConnection) -> Result<(), Error> {
    for (gone, _) in TABLES {
        let done = sqlx::query(gone).execute(&mut *connection).await;
        done.map_err(Error::during("begin a generation of a run in"))?;
    }
    Ok(())
}

/// Takes down who is still to be served, and who was taken out.
pub(crate) async fn open_to(
    connection: &mut SqliteConnection,
    mut entries: impl Iterator<Item = (i64, bool)>,
) -> Result<(), Error> {
    loop {
        let chunk: Vec<_> = entries.by_ref().take(ROWS).collect();
        if chunk.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "INSERT INTO temp.unserved (id, open)
             SELECT j.value->>0, j.value->>1 FROM json_each($1) AS j",
        )
        .bind(json(chunk))
        .execute(&mut *connection)
        .await
        .map_err(Error::during("begin a generation of a run in"))?;
    }
}

/// Records readers, as a [`Batch`](crate::journal::Batch) has them, who are still to be compared with
/// the recipients of a run.
const ARRIVE: &str = "
    INSERT INTO temp.arriving (key, address, line, fields, edition)
    SELECT j.value->>0, j.value->>1,
           CAST(j.value->>2 AS BIGINT), j.value->3, CAST(j.value->>4 AS BIGINT)
    FROM jsonb_each($1) AS j";

/// Records readers who are still to be compared with the recipients of a run.
pub(crate) async fn arrive(connection: &mut SqliteConnection, rows: String) -> Result<(), Error> {
    let done = sqlx::query(ARRIVE).bind(rows).execute(connection).await;
    done.map(drop).map_err(Error::during("record the recipients of a run in"))
}

/// Makes the index by which readers are found, when all of them are there.
pub(crate) async fn index(connection: &mut SqliteConnection) -> Result<(), Error> {
    let made = sqlx::query("CREATE INDEX temp.arriving_key ON arriving (key)").execute(connection);
    made.await.map(drop).map_err(Error::during("begin a generation of a run in"))
}

/// Gives those who are still to be served what there is now.
const KEEP: &str = "
    UPDATE recipients
    SET address = a.address, line = a.line, fields = a.fields, edition = a.edition
    FROM temp.arriving AS a
    WHERE recipients.run = $1 AND a.key = recipients.key
      AND recipients.id IN (SELECT id FROM temp.unserved WHERE open = 1)";

/// Those still to be served who got no program of number `$2` or later, and why they are taken out.
const GONE: &str = "
    SELECT u.id, COALESCE(x.reason, $3) FROM temp.unserved AS u
    CROSS JOIN recipients AS r ON r.run = $1 AND r.id = u.id
    LEFT JOIN temp.refused AS x ON x.key = r.key
    WHERE u.open = 1 AND r.edition < $2 ORDER BY u.id";

/// Whoever was taken out, or never in the run, and is on the list now, begins anew.
const FORGIVE: [&str; 2] = [
    "DELETE FROM recipients WHERE run = $1 AND id IN (SELECT id FROM temp.unserved WHERE open = 0)
         AND key IN (SELECT key FROM temp.arriving)",
    "DELETE FROM suppressed WHERE run = $1 AND key IN (SELECT key FROM temp.arriving)",
];

/// Leaves only those readers who are not in the run, and those who are not written to and never
/// were in it.
const LEAVE_NEW: [&str; 2] = [
    "DELETE FROM temp.arriving WHERE id IN (
         SELECT a.id FROM recipients AS r CROSS JOIN temp.arriving AS a ON a.key = r.key
         WHERE r.run = $1
     )",
    "DELETE FROM temp.refused WHERE key IN (
         SELECT x.key FROM recipients AS r CROSS JOIN temp.refused AS x ON x.key = r.key
         WHERE r.run = $1
     )",
];

/// Adds the new readers behind the others, the first with the number `$2`.
const ADD: &str = "
    INSERT INTO recipients (run, id, key, address, line, fields, edition)
    SELECT $1, $2 - 1 + ROW_NUMBER() OVER (ORDER BY id), key, address, line, fields, edition
    FROM temp.arriving ORDER BY id";

/// Adds those who are not written to.
const REFUSE: &str = "
    INSERT INTO suppressed (run, key, address, reason)
    SELECT $1, key, address, reason FROM temp.refused WHERE true
    ON CONFLICT (run, key) DO UPDATE SET address = excluded.address, reason = excluded.reason";

/// Compares the readers that there are now with the run: its new programs begin with `edition`, its
/// new entries with `entry`.
pub(crate) async fn merge(
    connection: &mut SqliteConnection,
    run: i64,
    edition: usize,
    entry: i64,
    now: Timestamp,
) -> Result<Merged, Error> {
    let during = Error::during("begin a generation of a run in");
    index(connection).await?;
    let kept = sqlx::query(KEEP).bind(run).execute(&mut *connection).await.map_err(&during)?;
    let gone = take_out(connection, run, edition, now).await?;
    for sql in FORGIVE {
        sqlx::query(sql).bind(run).execute(&mut *connection).await.map_err(&during)?;
    }
    let added = append(connection, run, entry).await?;
    Ok(Merged { kept: kept.rows_affected(), added, gone })
}

/// Adds the readers to the run who are not part of it, and changes nobody else: its new entries
/// begin with `entry`.
pub(crate) async fn add(
    connection: &mut SqliteConnection,
    run: i64,
    entry: i64,
) -> Result<Merged, Error> {
    index(connection).await?;
    // A reader who was set aside is written to now, also where the run was finished without.
    let reopen = "UPDATE runs SET finished = NULL WHERE id = $1";
    for sql in FORGIVE.into_iter().chain([reopen]) {
        let done = sqlx::query(sql).bind(run).execute(&mut *connection).await;
        done.map_err(Error::during("begin a generation of a run in"))?;
    }
    Ok(Merged { added: append(connection, run, entry).await?, ..Merged::default() })
}

/// Adds the readers who are not part of the run; returns how many.
async fn append(connection: &mut SqliteConnection, run: i64, entry: i64) -> Result<u64, Error> {
    let during = Error::during("begin a generation of a run in");
    for sql in LEAVE_NEW {
        sqlx::query(sql).bind(run).execute(&mut *connection).await.map_err(&during)?;
    }
    let added = sqlx::query(ADD).bind(run).bind(entry).execute(&mut *connection).await;
    let added = added.map_err(&during)?.rows_affected();
    sqlx::query(REFUSE).bind(run).execute(&mut *connection).await.map_err(&during)?;
    drop_tables(connection).await?;
    Ok(added)
}

/// Takes those out of the run who are no longer written to; returns how many.
async fn take_out(
    connection: &mut SqliteConnection,
    run: i64,
    edition: usize,
    now: Timestamp,
) -> Result<u64, Error> {
    let during = Error::during("begin a generation of a run in");
    let gone: Vec<(i64, String)> = sqlx::query_as(GONE)
        .bind(run)
        .bind(i64::try_from(edition).unwrap_or(i64::MAX))
        .bind(NO_LONGER)
        .fetch_all(&mut *connection)
        .await
        .map_err(&during)?;
    if gone.is_empty() {
        return Ok(0);
    }
    let mut event = Event::default();
    gone.iter().for_each(|(id, reason)| event.add(*id, Change::Suppressed, reason));
    let seq: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(seq), 0) + 1 FROM events")
        .fetch_one(&mut *connection)
        .await
        .map_err(&during)?;
    let (at, changes) = (now.as_millisecond(), event.to_json());
    let before = seal::last_event(connection, run).await?;
    sqlx::query(
        "INSERT INTO events (seq, run, at, sent, changes, seal) VALUES ($4, $1, $2, 0, $3, $5)",
    )
    .bind(run)
    .bind(at)
    .bind(&changes)
    .bind(seq)
    .bind(seal::event(before, (seq, run, at, 0), &changes))
    .execute(connection)
    .await
    .map_err(&during)?;
    Ok(gone.len() as u64)
}
