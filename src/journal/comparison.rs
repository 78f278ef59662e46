//! Compares the list as it is now with the recipients of a run who are still to be served.
//!
//! The journal keeps the row of every recipient, so that runs of any age can be compared row by
//! row. The rows of the list are put into a table of this connection, in a transaction that is
//! never committed.

use std::collections::BTreeSet;

use sqlx::SqliteConnection;

use crate::address::EmailAddress;
use crate::audience::{Columns, Recipient};
use crate::journal::batch::{ROWS, json};
use crate::journal::error::Error;
use crate::journal::plan::Batch;
use crate::journal::record::Run;
use crate::journal::{Ledger, renewal};

/// The differences between the list and the recipients of a run who are still to be served.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListDifference {
    /// Number of recipients whose row says something else than when the run was begun.
    pub changed: u64,
    /// Number of recipients whose row was removed, and whose address is not suppressed.
    pub removed: u64,
    /// The [keys](EmailAddress::key) of subscribers who are in no way part of the run.
    pub added: BTreeSet<String>,
}

/// The beginning of the reason why a reader is not written to whose row lacks what the message asks
/// for. Such readers are written to when their rows are filled in.
pub const SET_ASIDE: &str = "set aside: ";

/// `id, address, fields, edition`, and the fields of the list's row.
type Candidate = (i64, String, String, i64, Option<String>);

/// Finds recipients after the number `$2` who are still to be served and whose row may have
/// changed; all of them where `$3` is 1.
const CANDIDATES: &str = "
    SELECT r.id, r.address, r.fields, r.edition, a.fields FROM temp.unserved AS u
    CROSS JOIN recipients AS r ON r.run = $1 AND r.id = u.id
    LEFT JOIN temp.arriving AS a ON a.key = r.key
    WHERE u.open = 1 AND u.id > $2 AND ($3 = 1 OR a.fields IS NULL OR a.fields <> r.fields)
    ORDER BY u.id LIMIT $4";

/// Leaves only the rows of subscribers that the run knows nothing of.
const LEAVE_UNKNOWN: [&str; 2] = [
    "DELETE FROM temp.arriving WHERE id IN (
         SELECT a.id FROM recipients AS r CROSS JOIN temp.arriving AS a ON a.key = r.key
         WHERE r.run = $1
     )",
    "DELETE FROM temp.arriving WHERE id IN (
         SELECT a.id FROM suppressed AS s CROSS JOIN temp.arriving AS a ON a.key = s.key
         WHERE s.run = $1
     )",
];

impl Ledger {
    /// Compares the rows of the list with the recipients who are still to be served.
    ///
    /// `rows` are all subscribers, each with whether the issue is for them. The order of rows and
    /// columns, and new columns that are empty, are no difference.
    ///
    /// # Errors
    /// The list or the journal cannot be read.
    pub async fn compare<E: From<Error>>(
        &self,
        columns: &Columns,
        rows: &mut dyn Iterator<Item = Result<(Recipient, bool), E>>,
        is_suppressed: &dyn Fn(&EmailAddress) -> bool,
    ) -> Result<ListDifference, E> {
        let during = "compare the list with a run in";
        let mut transaction = self.journal().database.begin(during).await?;
        renewal::prepare(&mut transaction).await?;
        renewal::open_to(&mut transaction, self.open_entries().map(|id| (id, true))).await?;
        loop {
            let mut batch = Batch::default();
            for row in (&mut *rows).take(Batch::FULL) {
                let (recipient, is_for) = row?;
                batch.push(&recipient, usize::from(is_for));
            }
            if batch.is_empty() {
                break;
            }
            renewal::arrive(&mut transaction, batch.into_json()).await?;
        }
        renewal::index(&mut transaction).await?;
        let mut difference = ListDifference::default();
        count(&mut transaction, self.run(), columns, is_suppressed, &mut difference).await?;
        difference.added = unknown(&mut transaction, self.run()).await?;
        transaction.rollback().await.map_err(Error::during(during))?;
        Ok(difference)
    }
}

impl Ledger {
    /// The [keys](EmailAddress::key) of the readers who were set aside and got nothing since then.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn set_aside(&self) -> Result<BTreeSet<String>, Error> {
        let during = "read who was set aside from";
        let mut connection = self.journal().database.read(during).await?;
        let keys: Vec<String> = sqlx::query_scalar(
            "SELECT key FROM suppressed WHERE run = $1 AND substr(reason, 1, length($2)) = $2
             UNION
             SELECT recipients.key FROM json_each($3) AS j
             CROSS JOIN recipients ON run = $1 AND recipients.id = j.value",
        )
        .bind(self.run().id)
        .bind(SET_ASIDE)
        .bind(json(
            self.taken_out().filter(|(_, why)| why.starts_with(SET_ASIDE)).map(|(id, _)| id),
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::during(during))?;
        Ok(keys.into_iter().collect())
    }
}

/// Counts the recipients whose row changed or was removed.
async fn count(
    connection: &mut SqliteConnection,
    run: &Run,
    columns: &Columns,
    is_suppressed: &dyn Fn(&EmailAddress) -> bool,
    difference: &mut ListDifference,
) -> Result<(), Error> {
    // The same values below other names are another row.
    let every = run.generations.iter().any(|generation| *generation.columns != *columns);
    let mut after = 0;
    loop {
        let page: Vec<Candidate> = sqlx::query_as(CANDIDATES)
            .bind(run.id)
            .bind(after)
            .bind(i64::from(every))
            .bind(i64::try_from(ROWS).unwrap_or(i64::MAX))
            .fetch_all(&mut *connection)
            .await
            .map_err(Error::during("compare the list with a run in"))?;
        let Some((last, ..)) = page.last() else { return Ok(()) };
        after = *last;
        for (id, address, old, edition, new) in page {
            let Some(new) = new else {
                let address: EmailAddress =
                    address.parse().map_err(Error::stored("the address of the entry", id))?;
                difference.removed += u64::from(!is_suppressed(&address));
                continue;
            };
            let values = |fields: &str| {
                serde_json::from_str::<Vec<String>>(fields)
                    .map_err(Error::stored("the fields of the entry", id))
            };
            let edition =
                edition.try_into().map_err(Error::stored("the edition of the entry", id))?;
            let begun_with = &run.generations[run.generation_of(edition)].columns;
            let same = is_same((begun_with, &values(&old)?), (columns, &values(&new)?));
            difference.changed += u64::from(!same);
        }
    }
}

/// Whether two rows say the same in every column that has a name.
fn is_same(a: (&Columns, &[String]), b: (&Columns, &[String])) -> bool {
    let names = a.0.names().iter().chain(b.0.names()).filter(|name| !name.is_empty());
    let value = |(columns, values): (&Columns, &[String]), name: &str| {
        let position = columns.position(name)?;
        values.get(position).cloned()
    };
    names
        .into_iter()
        .all(|name| value(a, name).unwrap_or_default() == value(b, name).unwrap_or_default())
}

/// The keys of the subscribers that the issue is for and the run knows nothing of.
async fn unknown(connection: &mut SqliteConnection, run: &Run) -> Result<BTreeSet<String>, Error> {
    let during = Error::during("compare the list with a run in");
    for sql in LEAVE_UNKNOWN {
        sqlx::query(sql).bind(run.id).execute(&mut *connection).await.map_err(&during)?;
    }
    let keys: Vec<String> = sqlx::query_scalar("SELECT key FROM temp.arriving WHERE edition = 1")
        .fetch_all(connection)
        .await
        .map_err(&during)?;
    Ok(keys.into_iter().collect())
}
