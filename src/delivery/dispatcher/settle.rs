//! What a server made of recipients in, what the journal and a person are told of it out.

use crate::delivery::Error;
use crate::delivery::dispatcher::{Dispatcher, Held};
use crate::delivery::outcome::Outcome;
use crate::delivery::report::{Event, Stopped};
use crate::journal::{Entry, State};

impl Dispatcher<'_, '_> {
    /// Notes what the server made of a recipient.
    pub(super) fn settle(&mut self, id: i64, outcome: Outcome, reply: String) -> Result<(), Error> {
        let Some(Held { task, .. }) = self.held.remove(&id) else { return Ok(()) };
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
            return Ok(());
        }
        if let Some(reason) = self.refusals.take(outcome, &entry.recipient.address, &reply) {
            self.close(Stopped::Reply { reason, reply: reply.clone() });
        }
        self.suppress_absent()?;
        if state == State::Deferred {
            state = self.ledger.put_off(entry, outcome, reply.clone());
        } else {
            self.ledger.note(id, state, reply.clone());
        }
        if state != State::Accepted {
            let address = &entry.recipient.address;
            (self.observe)(Event::Notable { address, state, reply: &reply });
        }
        Ok(())
    }

    /// Suppresses those of whom it is certain that their mailbox does not exist.
    pub(super) fn suppress_absent(&mut self) -> Result<(), Error> {
        for (address, reply) in self.refusals.certain() {
            (self.suppressions.append)(&address, &reply)
                .map_err(|source| Error::Suppress { address, source })?;
        }
        Ok(())
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
