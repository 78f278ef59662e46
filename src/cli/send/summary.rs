//! How a send of an issue ended in, one line on it out: for people, or as JSON for machines.

use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::journal::{Journal, Tally};

/// What became of an issue. Its fields change only by addition.
#[derive(Debug, serde::Serialize)]
pub(super) struct Summary<'s> {
    issue: &'s str,
    exit: u8,
    /// When its run began; `None` where it did not.
    begun: Option<String>,
    finished: Option<String>,
    recipients: u64,
    accepted: u64,
    rejected: u64,
    unknown: u64,
    open: u64,
    suppressed: u64,
    /// Why it failed; `None` where it did not.
    message: Option<String>,
}

impl<'s> Summary<'s> {
    /// Looks up in the journal, where there is one, what became of an issue.
    pub(super) async fn of(
        journal: Option<&Journal>,
        issue: &'s str,
        result: &Result<Exit, Failure>,
    ) -> Result<Self, Failure> {
        let mut run = None;
        if let Some(journal) = journal
            && let Some(found) = journal.run(issue).await?
        {
            run = Some((journal.ledger(&found).await?.tally(), found));
        }
        let (tally, run) = run.unzip();
        let tally: Tally = tally.unwrap_or_default();
        let (exit, message) = match result {
            Ok(exit) => (*exit, None),
            Err(failure) => (failure.exit, Some(failure.reason())),
        };
        Ok(Self {
            issue,
            exit: exit as u8,
            begun: run.as_ref().map(|run| run.date.to_string()),
            finished: run.and_then(|run| run.finished).map(|moment| moment.to_string()),
            recipients: tally.recipients(),
            accepted: tally.accepted,
            rejected: tally.rejected,
            unknown: tally.unknown,
            open: tally.open(),
            suppressed: tally.suppressed,
            message,
        })
    }

    /// Prints it; people are told nothing where no run has begun, for they know why.
    pub(super) fn print(&self, env: &mut Env, json: bool) -> Result<(), Failure> {
        let Self { issue, recipients, accepted, rejected, unknown, open, suppressed, .. } = self;
        if json {
            let line = serde_json::to_string(self);
            let line = line.map_err(|error| Failure::because("cannot write JSON", &error))?;
            env.print(&(line + "\n"))?;
        } else if self.begun.is_some() {
            env.print(&format!(
                "{issue}: accepted {accepted} of {recipients}; {rejected} rejected, \
                 {unknown} unknown, {open} open; {suppressed} not written to\n"
            ))?;
        }
        Ok(())
    }
}
