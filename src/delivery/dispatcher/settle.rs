//! What a server made of recipients in, what the journal and a person are told of it out.

use crate::delivery::dispatcher::{Dispatcher, Held};
use crate::delivery::outcome::{Outcome, Reason};
use crate::delivery::report::{Event, Stopped};
use crate::journal::{Entry, State};

impl Dispatcher<'_, '_> {
    /// Notes what the server made of a recipient.
    pub(super) fn settle(&mut self, id: i64, outcome: Outcome, reply: String) {
        let Some(Held { task, .. }) = self.held.remove(&id) else { return };
        let entry = &task.entry;
        if let Outcome::Throttled(throttle) = outcome {
            let now = self.supply.now();
            self.supply.pace.throttled(now, throttle);
        }
        let mut state = outcome.state();
        if state == State::Pending {
            self.give_back(entry);
            if let Outcome::Stop(reason) = outcome {
                self.close(Stopped::Reply { reason, reply });
            }
            return;
        }
        let mut final_outcome = outcome;
        if state == State::Deferred {
            state = self.ledger.put_off(entry, outcome, reply.clone());
            if state == State::Rejected {
                // Given up: a server that puts everyone off for ever refuses the sender.
                final_outcome = Outcome::Rejected { no_mailbox: false };
            }
        } else {
            self.ledger.note(id, state, reply.clone());
        }
        if let Some(reason) = self.refusals.take(final_outcome, entry, &reply) {
            self.close(Stopped::Reply { reason, reply: reply.clone() });
        }
        if state != State::Accepted {
            let address = &entry.recipient.address;
            (self.observe)(Event::Notable { address, state, reply: &reply });
        }
    }

    /// Suppresses those of whom it is certain that their mailbox does not exist. Where that fails
    /// the run ends, and what the server has said until then is recorded.
    pub(super) fn suppress_absent(&mut self) {
        for (address, reply) in self.refusals.certain() {
            if let Err(error) = (self.suppressions.append)(&address, &reply) {
                self.close(Stopped::Unsuppressed { address, error });
            }
        }
    }

    /// Gives back the recipients whose refusal is not believed: nothing was said of them.
    ///
    /// Where the run has not stopped before, it stops for that.
    pub(super) fn reopen_unbelieved(&mut self) {
        let stopped = match &self.stopped {
            Some(Stopped::Reply { reason, .. }) => Some(*reason),
            _ => None,
        };
        let reason = self.refusals.reason().unwrap_or(Reason::Everyone);
        for (id, reply) in self.refusals.end(stopped, self.accepted_before) {
            self.ledger.note(id, State::Pending, reply.clone());
            self.close(Stopped::Reply { reason, reply });
        }
    }

    /// Nobody knows whether the message was taken.
    pub(super) fn doubt(&mut self, entry: &Entry, why: String) {
        let address = &entry.recipient.address;
        (self.observe)(Event::Notable { address, state: State::Unknown, reply: &why });
        self.ledger.note(entry.id, State::Unknown, why);
        // A server that takes messages and never says so would put the whole list in doubt.
        self.doubts += 1;
        if self.doubts > self.doubts_max {
            self.close(Stopped::Doubts);
        }
    }

    /// Takes back whom a lane was given and never saw.
    pub(super) fn take_back(&mut self, lane: usize) {
        self.lanes[lane].wants = 0;
        let held: Vec<_> = self.held.extract_if(.., |_, held| held.lane == lane).collect();
        for (_, Held { task, .. }) in held {
            if task.has_left() {
                // Only a lane that panicked has said nothing of it.
                let why = "the program failed while the message was sent";
                self.doubt(&task.entry, why.to_owned());
            } else {
                self.give_back(&task.entry);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use tokio::sync::mpsc;
    use tokio::task::JoinSet;

    use crate::audience::{Columns, Recipient};
    use crate::clock::Clock;
    use crate::compile::Program;
    use crate::config::Send;
    use crate::delivery::Suppressions;
    use crate::delivery::desk::Work;
    use crate::delivery::dispatcher::{Dispatcher, Lane};
    use crate::delivery::ledger::Ledger;
    use crate::delivery::pace::{Pace, Past};
    use crate::delivery::report::Stopped;
    use crate::delivery::retry::Retry;
    use crate::journal::{Digests, Journal, Plan, Tally};
    use crate::transport;

    /// A journal with a run of three readers.
    async fn journal(folder: &tempfile::TempDir) -> Journal {
        let journal = Journal::open(&folder.path().join("journal.db")).await.unwrap();
        let columns = Arc::new(Columns::new(["email"]));
        let recipient = |line| {
            let address = format!("reader{line}@example.org").parse().unwrap();
            (Recipient { address, line, columns: Arc::clone(&columns), values: Vec::new() }, 0)
        };
        let plan = Plan {
            issue: "first-frost",
            digests: &Digests::default(),
            commit: None,
            key: "k",
            date: Clock::System.now(),
            programs: &[Program::from_parts(b"Subject: x\r\n\r\n".to_vec(), Vec::new())],
            recipients: &[2, 3, 4].map(recipient),
            suppressed: &[],
        };
        journal.plan(&plan).await.unwrap();
        journal
    }

    #[tokio::test]
    async fn what_a_lane_had_when_it_panicked_is_in_doubt_only_where_it_had_left() {
        let folder = tempfile::tempdir().unwrap();
        let journal = journal(&folder).await;
        let run = journal.run("first-frost").await.unwrap().unwrap();
        let mut ledger = journal.ledger(&run).await.unwrap();
        let send = Send::default();
        let retry = Retry::new(&send, run.date);
        let ledger = Ledger::new(&mut ledger, Clock::System, retry, |bytes| bytes.fill(0));
        let (mut reason, mut append) = (|_: &_| Ok(None), |_: &_, _: &_| Ok(()));
        let suppressions = Suppressions { reason: &mut reason, append: &mut append };
        let pace = Pace::new(&send, 1, run.date, &Past::default());
        let mut observe = |_: crate::delivery::Event<'_>| {};
        let mut dispatcher = Dispatcher::new(ledger, suppressions, &mut observe, pace);
        let (work, mut desk) = mpsc::unbounded_channel();
        dispatcher.lanes.push(Lane { work, wants: 2, idle: false, next: Vec::new() });
        (dispatcher.useful, dispatcher.doubts_max) = (1, 16);
        dispatcher.turn_page();
        let page = dispatcher.supply.read().await.unwrap();
        dispatcher.supply.add(page);
        dispatcher.hand_out().await.unwrap();
        let Some(Work::Tasks(tasks)) = desk.recv().await else { panic!("nobody was handed out") };
        assert_eq!(tasks.len(), 2);
        tasks[0].leave();

        let mut crew = JoinSet::<Result<(), transport::Error>>::new();
        let id = crew.spawn(async { panic!("a bug in a lane") }).id();
        let ended = crew.join_next_with_id().await.unwrap();
        dispatcher.lane_ended(ended, &BTreeMap::from([(id, 0)]));
        let report = dispatcher.finish().await.unwrap();
        assert!(matches!(report.stopped, Some(Stopped::Panic)), "{report:?}");
        assert_eq!(report.tally, Tally { pending: 2, unknown: 1, ..Tally::default() });
    }
}
