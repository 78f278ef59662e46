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
            // The server closes between two messages; it obeys none of the commands behind.
            Some(Expected::Tidying) if !self.flights.is_empty() => {
                self.goodbye = Some(Error::Refused { stage: Stage::Mail, reply });
                Ok(())
            }
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
        if self.mode == Mode::Chunked && stage == Stage::Message && flight.refusal.is_none() {
            let trial = self.freight.server.trial();
            match reply.code {
                // RFC 5321 §4.2.4: the command is not known, or does nothing.
                500 | 502 | 504 if !trial.chunking_works() => {
                    trial.give_up_chunking();
                    self.flights.push_front(flight);
                    return Err(End::Unusable);
                }
                200..300 => trial.chunking_worked(),
                _ => {}
            }
        }
        let mut outcome = outcome(stage, &reply);
        if flight.envelope.dsn && refuses_dsn(stage, &reply) {
            self.freight.server.trial().give_up_dsn();
            self.connection.give_up_dsn();
            // Nothing was said of the recipient, who is served without the parameters.
            outcome = Outcome::Closed;
        }
        let data_open = stage == Stage::Data && reply.code == 354;
        if stage == Stage::Message && !matches!(reply.code / 100, 2 | 4 | 5) {
            // RFC 5321 §4.2.1 knows no other answer to a message: the recipient stays in doubt.
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

/// Returns whether a reply refuses the parameters of RFC 3461: its codes are those of RFC 5321
/// §4.1.1.11. At RCPT they may be about the address, too: the words decide.
fn refuses_dsn(stage: Stage, reply: &Reply) -> bool {
    let text = reply.text.to_lowercase();
    let names =
        || ["notify", "dsn", "option", "param", "argument"].iter().any(|w| text.contains(w));
    matches!(reply.code, 501 | 504 | 555)
        && (stage == Stage::Mail || (stage == Stage::Recipient && names()))
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
