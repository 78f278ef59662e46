//! A run with a history made up in, a publication with that run in its journal out.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use newsletter::audience::{Columns, Recipient};
use newsletter::compile::Program;
use newsletter::journal::{Digests, Entry, Journal, Ledger, Plan, State, Transition};

use crate::support::publication::{ISSUE, Publication};

/// A publication whose newest issue has a run in its journal.
pub(crate) struct History {
    pub(crate) publication: Publication,
    pub(crate) journal: Journal,
    pub(crate) ledger: Ledger,
}

/// A moment, so many milliseconds after the run was begun.
pub(crate) fn after(milliseconds: i64) -> Timestamp {
    let begun: Timestamp = "2026-11-20T07:00:02.250Z".parse().unwrap();
    begun + SignedDuration::from_millis(milliseconds)
}

impl History {
    /// A run that was begun for these addresses; nothing was sent yet.
    pub(crate) async fn begun(addresses: &[String], suppressed: &[(&str, &str)]) -> Self {
        let publication = Publication::sample();
        std::fs::create_dir_all(publication.path(".newsletter")).unwrap();
        let journal = Journal::open(&publication.path(".newsletter/journal.db")).await.unwrap();
        let ledger = Self::plan(&journal, ISSUE, addresses, suppressed).await;
        Self { publication, journal, ledger }
    }

    /// Begins a run of an issue.
    pub(crate) async fn plan(
        journal: &Journal,
        issue: &str,
        addresses: &[String],
        suppressed: &[(&str, &str)],
    ) -> Ledger {
        let columns = Arc::new(Columns::new(["email"]));
        let person = |(line, address): (u64, &String)| {
            let (columns, values) = (Arc::clone(&columns), vec![address.clone()]);
            (Recipient { address: address.parse().unwrap(), line, columns, values }, 0)
        };
        let recipients: Vec<_> = (2..).zip(addresses).map(person).collect();
        let suppressed: Vec<_> = suppressed
            .iter()
            .map(|(address, why)| (address.parse().unwrap(), (*why).to_owned()))
            .collect();
        let plan = Plan {
            issue,
            digests: &Digests::default(),
            commit: Some("4f0c2a91d7"),
            key: "k",
            date: after(0),
            programs: &[Program::from_parts(b"Subject: x\r\n\r\nHello\r\n".to_vec(), Vec::new())],
            recipients: &recipients,
            suppressed: &suppressed,
        };
        let run = journal.plan(&plan).await.unwrap();
        journal.ledger(&run).await.unwrap()
    }

    /// Sends to so many at most, at a moment, and takes the answers a moment later; `answer` says
    /// what the server makes of each. Returns how many there were.
    pub(crate) async fn send(
        &mut self,
        limit: usize,
        moments: [i64; 2],
        mut answer: impl FnMut(&Entry) -> (State, String),
    ) -> usize {
        let batch = self.ledger.claim(limit, after(moments[0])).await.unwrap();
        let to = |id, to, reply| {
            let due = (to == State::Deferred).then(|| after(moments[1] + 300_000));
            Transition { id, to, reply, due }
        };
        let attempting: Vec<_> =
            batch.iter().map(|entry| to(entry.id, State::Attempting, String::new())).collect();
        self.ledger.record(&attempting, after(moments[0])).await.unwrap();
        let answers = batch.iter().map(|entry| {
            let (state, reply) = answer(entry);
            to(entry.id, state, reply)
        });
        self.ledger.record(&answers.collect::<Vec<_>>(), after(moments[1])).await.unwrap();
        batch.len()
    }

    /// Lets go of the journal.
    pub(crate) async fn closed(self) -> Publication {
        self.journal.close().await;
        self.publication
    }
}
