//! A run in the journal in, a row for everyone on its list out, page by page.

use jiff::Timestamp;

use crate::delivery::account::harmless;
use crate::journal::{Error, Happened, Journal, Ledger, Run, Tally};

/// How many rows are read at once.
const PAGE: u32 = 5_000;

/// Where one recipient stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The address.
    pub address: String,
    /// The word for the state.
    pub state: &'static str,
    /// How often the message was tried.
    pub attempts: u32,
    /// What the server said last, also where it accepted, or why.
    pub reply: String,
    /// Which of the generations, counted from 1; none for whoever is not written to.
    pub generation: Option<usize>,
    /// When that was recorded; none where nothing was answered.
    pub settled: Option<Timestamp>,
}

/// The last answer to a recipient's message.
#[derive(Debug, Clone, Default)]
struct Last {
    at: Option<Timestamp>,
    reply: Option<Box<str>>,
}

/// Everyone of a run in the order of the list, and then those who are not written to.
#[derive(Debug)]
pub struct Rows {
    ledger: Ledger,
    /// By number: entry 1 comes first.
    last: Vec<Last>,
    after: i64,
    ended: bool,
}

impl Rows {
    /// Opens them before the first page.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn open(journal: &Journal, run: &Run) -> Result<Self, Error> {
        let mut last: Vec<Last> = Vec::new();
        let mut observe = |Happened { at, id, to, reply }: Happened<'_>| {
            let index = index(id);
            if index >= last.len() {
                last.resize(index + 1, Last::default());
            }
            // Whoever is sent to again has no answer yet.
            let answered = to.is_some_and(|state| state.is_answer());
            last[index] = Last {
                at: answered.then_some(at),
                reply: (answered && !reply.is_empty()).then(|| reply.into()),
            };
        };
        let ledger = journal.follow(run, &mut observe).await?;
        Ok(Self { ledger, last, after: 0, ended: false })
    }

    /// How many recipients are in each state.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.ledger.tally()
    }

    /// How many readers were set aside, and got nothing since then.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn set_aside(&self) -> Result<u64, Error> {
        Ok(self.ledger.set_aside().await?.len() as u64)
    }

    /// The next page; an empty one after the last.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn page(&mut self) -> Result<Vec<Row>, Error> {
        let page = self.ledger.recipients(self.after, PAGE).await?;
        if let Some(last) = page.last() {
            self.after = last.id;
        } else if !self.ended {
            self.ended = true;
            let suppressed = self.ledger.suppressed().await?;
            return Ok(suppressed.into_iter().map(Row::suppressed).collect());
        }
        let rows = page.into_iter().map(|entry| {
            let last = self.last.get(index(entry.id));
            let said = last.and_then(|last| last.reply.as_deref()).unwrap_or(&entry.reply);
            Row {
                address: entry.recipient.address.to_string(),
                state: entry.state.word(),
                attempts: entry.attempts,
                reply: harmless(said),
                generation: Some(self.ledger.run().generation_of(entry.edition) + 1),
                settled: last.and_then(|last| last.at),
            }
        });
        Ok(rows.collect())
    }
}

impl Row {
    fn suppressed((address, reason): (String, String)) -> Self {
        Self {
            address: harmless(&address),
            state: "suppressed",
            attempts: 0,
            reply: harmless(&reason),
            generation: None,
            settled: None,
        }
    }
}

fn index(id: i64) -> usize {
    usize::try_from(id - 1).unwrap_or_default()
}
