//! Messages that are ready in, the bytes of a group of commands on the wire out.

use std::fmt::Write as _;

use crate::delivery::lane::compose::Letter;
use crate::delivery::lane::trip::{End, Expected, Flight, Mode, Trip};
use crate::transport::{Envelope, Stage};

const DATA: &str = "DATA\r\n";
const RESET: &str = "RSET\r\n";
/// The end of a message; also a message of nothing, which a server without recipients refuses
/// (RFC 2920 §3.1).
const DOT: &str = ".\r\n";

impl Trip<'_> {
    /// Writes what can be written now, at once; says whether there was anything.
    pub(super) async fn write(&mut self) -> Result<bool, End> {
        match self.mode {
            Mode::Chunked => self.write_chunked().await,
            Mode::Piped | Mode::Plain => self.write_data().await,
        }
    }

    /// Everything that is ready, as far as the window has room: no round trip for any of it.
    async fn write_chunked(&mut self) -> Result<bool, End> {
        // Until the server has taken a message by BDAT, none is written behind another: where it does
        // not know the command, the fate of each is certain.
        let works = self.freight.server.trial().chunking_works();
        let window = if works { self.window.size() } else { 1 };
        let room = window.saturating_sub(self.flights.len());
        self.has_probe |= !works;
        let count = room.min(self.ready.len());
        if count == 0 {
            return Ok(false);
        }
        let tidying = self.tidy();
        let first = self.flights.len();
        for (letter, mut envelope) in self.ready.drain(..count) {
            // RFC 3030 §2: after a chunk that failed, nobody knows what the server still holds. The
            // answer to the message before is not known yet, so that each is begun anew.
            let apart = !self.flights.is_empty();
            if apart {
                envelope.commands.insert_str(0, RESET);
                self.expected.push_back(Expected::Tidying);
            }
            let size = letter.size(self.freight);
            write!(envelope.commands, "BDAT {size} LAST\r\n").expect("a string takes everything");
            self.queued += (envelope.commands.len() + size) as u64;
            self.begun += 1;
            let stages = [Stage::Mail, Stage::Recipient, Stage::Message];
            self.expected.extend(stages.map(Expected::Stage));
            let end = Some(self.queued);
            self.flights.push_back(Flight { end, ..Flight::new(letter, envelope) });
        }
        let mut slices = vec![tidying.as_bytes()];
        for flight in self.flights.range(first..) {
            slices.push(flight.envelope.commands.as_bytes());
            slices.extend(flight.letter.slices(self.freight));
        }
        self.flights.range(first..).for_each(|flight| flight.letter.task.leave());
        self.connection.write(&slices).await?;
        Ok(true)
    }

    /// The next step of the transaction: with PIPELINING, the commands of the next message ride
    /// behind each message (the message is the beginning of a group, RFC 2920 §3.1).
    async fn write_data(&mut self) -> Result<bool, End> {
        let next = self.flights.back_mut().map(|flight| (flight.next.take(), flight.end));
        match next.map(|(next, end)| (next, end.is_some() && self.mode == Mode::Piped)) {
            Some((Some(Stage::Message), _)) => self.write_message().await,
            Some((Some(stage), _)) => {
                self.expected.push_back(Expected::Stage(stage));
                let envelope = &self.flights[0].envelope;
                let command =
                    if stage == Stage::Data { DATA } else { &envelope.commands[envelope.mail..] };
                self.queued += command.len() as u64;
                self.connection.write(&[command.as_bytes()]).await?;
                Ok(true)
            }
            // The one before was late to be joined: the commands follow its message.
            Some((None, true)) => self.write_beginning().await,
            Some((None, false)) => Ok(false),
            None if self.mode == Mode::Plain && !self.expected.is_empty() => Ok(false),
            None => self.write_beginning().await,
        }
    }

    /// A message, and what begins the next one.
    async fn write_message(&mut self) -> Result<bool, End> {
        let first = self.flights.len() - 1;
        let size = self.flights[first].letter.size(self.freight) + DOT.len();
        self.queued += size as u64;
        self.flights[first].end = Some(self.queued);
        self.expected.push_back(Expected::Stage(Stage::Message));
        let behind = if self.mode == Mode::Piped { self.begin() } else { String::new() };
        let mut slices: Vec<_> = self.flights[first].letter.slices(self.freight).collect();
        slices.extend([DOT.as_bytes(), behind.as_bytes()]);
        self.flights[first].letter.task.leave();
        self.connection.write(&slices).await?;
        Ok(true)
    }

    /// What begins a message when there is none before it.
    async fn write_beginning(&mut self) -> Result<bool, End> {
        let tidying = self.tidy();
        let wait = self.mode == Mode::Plain && !tidying.is_empty();
        let commands = if wait { String::new() } else { self.begin() };
        if tidying.is_empty() && commands.is_empty() {
            return Ok(false);
        }
        self.connection.write(&[tidying.as_bytes(), commands.as_bytes()]).await?;
        Ok(true)
    }

    /// The commands before the next message that is ready, which has begun with them; none, if
    /// there is none.
    fn begin(&mut self) -> String {
        let Some((letter, envelope)) = self.ready.pop_front() else { return String::new() };
        let (commands, stages): (_, &[Stage]) = match self.mode {
            Mode::Plain => (envelope.commands[..envelope.mail].to_owned(), &[Stage::Mail]),
            Mode::Piped | Mode::Chunked => {
                (envelope.commands.clone() + DATA, &[Stage::Mail, Stage::Recipient, Stage::Data])
            }
        };
        self.expected.extend(stages.iter().copied().map(Expected::Stage));
        self.queued += commands.len() as u64;
        self.begun += 1;
        self.flights.push_back(Flight::new(letter, envelope));
        commands
    }

    /// What makes the server forget a transaction that came to nothing, if there is one.
    fn tidy(&mut self) -> String {
        let due = [(&mut self.discard_due, DOT), (&mut self.reset_due, RESET)];
        let due = due.into_iter().filter_map(|(due, text)| std::mem::take(due).then_some(text));
        let tidying: Vec<&str> = due.collect();
        self.expected.extend(tidying.iter().map(|_| Expected::Tidying));
        let tidying = tidying.concat();
        self.queued += tidying.len() as u64;
        tidying
    }
}

impl Flight {
    fn new(letter: Letter, envelope: Envelope) -> Self {
        Self {
            letter,
            envelope,
            next: None,
            end: None,
            refusal: None,
            addressed: false,
            ripple: false,
        }
    }
}
