//! A reply in, what it makes of the recipient that it is about, and of the connection, out.

use tokio::time::Instant;

use crate::delivery::lane::trip::{End, Expected, Flight, Mode, Refusal, Trip};
use crate::delivery::outcome::{Outcome, outcome};
use crate::journal::State;
use crate::transport::{Error, Reply, Stage};

impl Trip<'_> {
    /// Takes in the next reply.
    pub(super) fn take(&mut self, reply: Reply) -> Result<(), End> {
        match self.expected.pop_front() {
            Some(Expected::Stage(stage)) => self.answer(stage, reply),
            Some(Expected::Tidying) if !reply.closes() || self.goodbye.is_some() => Ok(()),
            // It has its answer to a message before the message, and reads no more.
            None if self.flights.front().is_some_and(|flight| flight.next.is_some()) => {
                let error = Error::Refused { stage: Stage::Message, reply: reply.clone() };
                self.answer(Stage::Message, reply)?;
                Err(End::Lost(error))
            }
            // It says goodbye, or something that nobody asked for.
            Some(Expected::Tidying) | None => {
                Err(End::Lost(Error::Refused { stage: Stage::Mail, reply }))
            }
        }
    }

    /// Takes in an answer about the first flight.
    fn answer(&mut self, stage: Stage, reply: Reply) -> Result<(), End> {
        let Some(mut flight) = self.flights.pop_front() else { return Err(End::HungUp) };
        if reply.closes() {
            // Nothing more is written; answers to what was written before may still come.
            self.goodbye.get_or_insert(Error::Refused { stage, reply: reply.clone() });
        }
        let outcome = outcome(stage, &reply);
        let data_open = stage == Stage::Data && reply.code == 354;
        if stage == Stage::Message && (reply.code < 200 || (300..400).contains(&reply.code)) {
            // Neither yes nor no: it stays in doubt.
            self.flights.push_front(flight);
            return Err(End::Lost(Error::Refused { stage, reply }));
        }
        flight.addressed |= stage == Stage::Recipient && !(400..600).contains(&reply.code);
        if stage == Stage::Message && outcome == Outcome::Accepted && flight.addressed {
            // Whatever it said before, it took the message.
            flight.refusal = None;
        } else if flight.refusal.is_none() && outcome != Outcome::Accepted {
            flight.refusal = Some((stage, reply.clone(), outcome));
        }
        let last = match stage {
            Stage::Message => true,
            Stage::Data => flight.refusal.is_some(),
            _ => flight.refusal.is_some() && self.mode == Mode::Plain,
        };
        if !last {
            flight.next = following(self.mode, stage);
            self.flights.push_front(flight);
        } else if let Some(refusal) = flight.refusal.take() {
            self.discard_due |= data_open;
            self.refused(&flight, refusal);
        } else {
            self.done(&flight, outcome, &reply);
        }
        Ok(())
    }

    /// A message has its last answer, and was not refused before.
    fn done(&mut self, flight: &Flight, outcome: Outcome, reply: &Reply) {
        self.answers += 1;
        self.window.answered(flight.letter.asked, Instant::now());
        if self.flights.is_empty() {
            self.window.rest();
        }
        self.settle(flight.letter.task.entry.id, outcome, reply.to_string());
    }

    /// A message is not to be taken; leaves the connection fit for the next.
    pub(super) fn refused(&mut self, flight: &Flight, (stage, reply, outcome): Refusal) {
        if stage == Stage::Message && self.mode != Mode::Chunked {
            // Whatever is said to a message ends its transaction.
            return self.done(flight, outcome, &reply);
        }
        let id = flight.letter.task.entry.id;
        // Who was refused before it may be what the server still thinks of: it asks for the order
        // of commands, and has nothing against this one.
        let ripple = flight.ripple && stage == Stage::Mail && reply.code == 503;
        // Of one at whose MAIL the server closes it has said nothing.
        let closed = outcome.state() == State::Pending && !matches!(outcome, Outcome::Stop(_));
        if ripple || closed {
            self.report.back.push(id);
        } else {
            self.answers += 1;
            self.settle(id, outcome, reply.to_string());
        }
        if self.mode == Mode::Chunked || stage != Stage::Mail {
            self.reset_due = true;
        }
        self.flights.iter_mut().for_each(|behind| behind.ripple = true);
    }
}

/// What is to be written after a yes.
fn following(mode: Mode, stage: Stage) -> Option<Stage> {
    match (mode, stage) {
        (Mode::Plain, Stage::Mail) => Some(Stage::Recipient),
        (Mode::Plain, Stage::Recipient) => Some(Stage::Data),
        (Mode::Plain | Mode::Piped, Stage::Data) => Some(Stage::Message),
        _ => None,
    }
}
