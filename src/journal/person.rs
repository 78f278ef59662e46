//! A person in, what the journal holds on them out; or a journal that holds nothing on them any more.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::journal::error::Error;
use crate::journal::record::{Happened, Run, State};
use crate::journal::seal;
use crate::journal::standing::Change;
use crate::journal::{Journal, Ledger};

/// What stands in place of an address that was forgotten: nothing can be sent there (RFC 6761 §6.4).
const NOBODY: &str = "forgotten@forgotten.invalid";
/// What stands in place of an address in a server's words.
const SOMEBODY: &str = "(forgotten)";

/// What a run holds on a person.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Held {
    /// The issue.
    pub issue: String,
    /// When the run began.
    #[serde(serialize_with = "text")]
    pub begun: Timestamp,
    /// The address as the list had it.
    pub address: String,
    /// The row of the list as it was then: the names of the columns, and what it said.
    pub fields: Vec<(String, String)>,
    /// Where the person stands; `None` where they are not in the run.
    pub state: Option<State>,
    /// Why they were left out of the run, if they were.
    pub suppressed: Option<String>,
    /// What happened, in its order.
    pub history: Vec<Moment>,
}

/// What happened to a person at one moment.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Moment {
    /// When it was recorded.
    #[serde(serialize_with = "text")]
    pub at: Timestamp,
    /// The state that came of it; `None` where the person was taken out of the run.
    pub state: Option<State>,
    /// What the server said, or why.
    pub reply: String,
}

fn text<S: serde::Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(moment)
}

/// `id, address, fields, edition`.
type Row = (i64, String, String, i64);

impl Journal {
    /// Everything that is held on the reader of an address, by run, oldest first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn held(&self, address: &EmailAddress) -> Result<Vec<Held>, Error> {
        let key = address.key();
        let mut held = Vec::new();
        for run in self.runs().await? {
            held.extend(self.held_by(&run, &key).await?);
        }
        Ok(held)
    }

    async fn held_by(&self, run: &Run, key: &str) -> Result<Option<Held>, Error> {
        let row = self.row_of(run, key).await?;
        let suppressed: Option<(String, String)> =
            sqlx::query_as("SELECT address, reason FROM suppressed WHERE run = $1 AND key = $2")
                .bind(run.id)
                .bind(key)
                .fetch_optional(&self.database.reader)
                .await
                .map_err(Error::during("read what is held on a person from"))?;
        let (issue, begun) = (run.issue.clone(), run.date);
        let Some((id, address, fields, edition)) = row else {
            return Ok(suppressed.map(|(address, reason)| Held {
                issue,
                begun,
                address,
                fields: Vec::new(),
                state: None,
                suppressed: Some(reason),
                history: Vec::new(),
            }));
        };
        let mut history = Vec::new();
        let mut observe = |happened: Happened<'_>| {
            if happened.id == id {
                let Happened { at, to, reply, .. } = happened;
                history.push(Moment { at, state: to, reply: reply.to_owned() });
            }
        };
        let ledger = self.follow(run, &mut observe).await?;
        let values: Vec<String> =
            serde_json::from_str(&fields).map_err(Error::stored("the fields of the entry", id))?;
        let edition = usize::try_from(edition).map_err(Error::stored("the entry", id))?;
        let columns = &run.generations[run.generation_of(edition)].columns;
        let fields = columns.names().iter().cloned().zip(values).collect();
        let state = ledger.state(id);
        let suppressed = match state {
            Some(_) => None,
            None => history.last().map(|last| last.reply.clone()),
        };
        Ok(Some(Held { issue, begun, address, fields, state, suppressed, history }))
    }

    async fn row_of(&self, run: &Run, key: &str) -> Result<Option<Row>, Error> {
        sqlx::query_as(
            "SELECT id, address, fields, edition FROM recipients WHERE run = $1 AND key = $2",
        )
        .bind(run.id)
        .bind(key)
        .fetch_optional(&self.database.reader)
        .await
        .map_err(Error::during("read what is held on a person from"))
    }

    /// Takes everything out that names the reader of an address, who has this keyed hash from now
    /// on; says in how many runs that was.
    ///
    /// The numbers of a run stay: somebody was written to, and nobody knows who. Whoever was still
    /// to be served is taken out of the run. The file is written anew, so that nothing is left of
    /// what it said before.
    ///
    /// Only for the one process that holds the lock.
    ///
    /// # Errors
    /// The journal cannot be written; what was forgotten by then stays so.
    pub async fn forget(
        &self,
        address: &EmailAddress,
        hash: &str,
        now: Timestamp,
    ) -> Result<u64, Error> {
        let key = address.key();
        self.check_mark().await?;
        let mut names = vec![address.to_string(), key.clone()];
        let mut runs = 0;
        for run in self.runs().await? {
            let row = self.row_of(&run, &key).await?;
            if let Some((id, written, ..)) = &row {
                let mut ledger = self.ledger(&run).await?;
                ledger.recover(now).await?;
                leave(&mut ledger, *id, now).await?;
                names.push(written.clone());
            }
            runs += u64::from(row.is_some() | self.rename(&run, &key, hash).await?);
        }
        let replies = self.forget_in_replies(&names).await?;
        if runs > 0 || replies {
            self.write_anew().await?;
            self.write_mark().await?;
        }
        Ok(runs)
    }

    /// Puts nobody in the place of somebody; says whether they were suppressed in the run.
    async fn rename(&self, run: &Run, key: &str, hash: &str) -> Result<bool, Error> {
        let during = Error::during("forget somebody in");
        let mut transaction = self.database.begin("forget somebody in").await?;
        let renamed = sqlx::query(
            "UPDATE recipients SET key = $3, address = $4, line = 0, fields = '[]'
             WHERE run = $1 AND key = $2",
        )
        .bind(run.id)
        .bind(key)
        .bind(format!("hash:{hash}"))
        .bind(NOBODY)
        .execute(&mut *transaction)
        .await
        .map_err(&during)?;
        let suppressed = sqlx::query(
            "UPDATE OR REPLACE suppressed SET key = $3, address = $4, reason = 'forgotten'
             WHERE run = $1 AND key = $2",
        )
        .bind(run.id)
        .bind(key)
        .bind(format!("hash:{hash}"))
        .bind(NOBODY)
        .execute(&mut *transaction)
        .await
        .map_err(&during)?;
        if renamed.rows_affected() > 0 {
            seal::write_recipients(&mut transaction, run.id).await?;
        }
        transaction.commit().await.map_err(&during)?;
        Ok(suppressed.rows_affected() > 0)
    }

    /// Takes an address out of what servers said; says whether it was there.
    async fn forget_in_replies(&self, names: &[String]) -> Result<bool, Error> {
        let during = Error::during("forget somebody in");
        let mut any = false;
        for name in names {
            // As it stands in JSON, without the quotation marks.
            let name = serde_json::Value::from(name.as_str()).to_string();
            let name = name.trim_matches('"');
            let rows: Vec<(i64, i64, String)> = sqlx::query_as(
                "SELECT seq, run, changes FROM events WHERE instr(lower(changes), lower($1)) > 0",
            )
            .bind(name)
            .fetch_all(&self.database.reader)
            .await
            .map_err(&during)?;
            if rows.is_empty() {
                continue;
            }
            any = true;
            let runs: BTreeSet<i64> = rows.iter().map(|(_, run, _)| *run).collect();
            let mut transaction = self.database.begin("forget somebody in").await?;
            for (seq, _, changes) in rows {
                sqlx::query("UPDATE events SET changes = $2 WHERE seq = $1")
                    .bind(seq)
                    .bind(without(&changes, name))
                    .execute(&mut *transaction)
                    .await
                    .map_err(&during)?;
            }
            for run in runs {
                seal::write_events(&mut transaction, run).await?;
            }
            transaction.commit().await.map_err(&during)?;
        }
        Ok(any)
    }

    /// Writes the file anew: what was deleted or written over stays on its pages until then.
    async fn write_anew(&self) -> Result<(), Error> {
        for statement in ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"] {
            sqlx::query(statement)
                .execute(&self.database.writer)
                .await
                .map_err(Error::during("write anew"))?;
        }
        Ok(())
    }
}

/// Takes an entry out of its run where a message could still be sent to it.
async fn leave(ledger: &mut Ledger, id: i64, now: Timestamp) -> Result<(), Error> {
    let open = [State::Pending, State::Claimed, State::Deferred, State::Unknown];
    if ledger.state(id).is_some_and(|state| open.contains(&state)) {
        ledger.append(&[(id, Change::Suppressed, "forgotten")], now).await?;
    }
    Ok(())
}

/// A text with something else in place of a name, in whatever case that is.
fn without(text: &str, name: &str) -> String {
    // ASCII alone changes case here, so that every place stays where it is.
    let (lower, name) = (text.to_ascii_lowercase(), name.to_ascii_lowercase());
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for (found, _) in lower.match_indices(&name) {
        result.push_str(&text[at..found]);
        result.push_str(SOMEBODY);
        at = found + name.len();
    }
    result + &text[at..]
}
