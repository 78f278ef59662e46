//! A connection in, the recipients that were served over it, and how it ended, out.
//!
//! What is asked, written and answered is kept in step by two queues: `flights`, the messages that
//! were begun, and `expected`, what each reply that is still to come answers to. Replies come in
//! the order of the commands (RFC 5321 §4.2, RFC 2920 §3.1), so the first flight is the one that
//! they are about.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};

use tokio::time::Instant;

use crate::delivery::desk::{Desk, Report, Work};
use crate::delivery::lane::Freight;
use crate::delivery::lane::compose::{Letter, Signing, Unfit, compose};
use crate::delivery::lane::window::Window;
use crate::delivery::outcome::Outcome;
use crate::transport::{Connection, Envelope, Error, Reply, Stage};

/// How many recipients a connection has where one message is on the wire at a time: enough that the
/// disk does not keep it waiting.
const AHEAD_MAX: usize = 4;

/// Why a conversation ended before its time.
#[derive(Debug)]
pub(super) enum End {
    /// The connection is gone.
    Lost(Error),
    /// There is no use in going on: the run ends.
    HungUp,
    /// The server refuses an extension that it offers, before it took any message by it. Another
    /// connection does without.
    Unusable,
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        Self::Lost(error)
    }
}

/// How messages are written: as few round trips as the server allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Commands and message in one write, several messages before the first answer (RFC 3030).
    Chunked,
    /// A message and the commands of the next one in one write (RFC 2920).
    Piped,
    /// One command after the answer to the other.
    Plain,
}

/// What a reply answers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// A stage of the first flight.
    Stage(Stage),
    /// RSET, or a message of nothing to nobody: whatever is said to it.
    Tidying,
}

/// An answer that was not a yes, and what it makes of the recipient.
pub(super) type Refusal = (Stage, Reply, Outcome);

/// A message that was begun.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) letter: Letter,
    pub(super) envelope: Envelope,
    /// What is to be written next, once the answers to what was written have come.
    pub(super) next: Option<Stage>,
    /// How many bytes of the connection there were with the last one of the message.
    pub(super) end: Option<u64>,
    /// The first answer that was not a yes.
    pub(super) refusal: Option<Refusal>,
    /// Whether the server did not refuse the recipient.
    pub(super) addressed: bool,
    /// Whether it was written behind one that was refused, of which the server may still think.
    pub(super) ripple: bool,
}

impl Flight {
    /// Whether a reply keeps the server from taking the message, though it has it.
    fn is_refused_by(&self, reply: &Reply) -> bool {
        !self.addressed && (400..600).contains(&reply.code)
    }
}

/// The conversation over one connection.
pub(super) struct Trip<'t> {
    pub(super) freight: &'t Arc<Freight>,
    desk: &'t mut Desk,
    pub(super) connection: Connection,
    pub(super) mode: Mode,
    /// Those whose messages are being signed, one share after the other, and how many they are.
    signing: VecDeque<Signing>,
    unsigned: usize,
    pub(super) ready: VecDeque<(Letter, Envelope)>,
    pub(super) flights: VecDeque<Flight>,
    pub(super) expected: VecDeque<Expected>,
    pub(super) window: Window,
    pub(super) report: Report,
    /// How many recipients were asked for and have not come, and when.
    asked: usize,
    asked_at: Instant,
    /// How many messages were begun, and how many may be.
    pub(super) begun: u32,
    begun_max: u32,
    /// How many messages, or recipients, were answered.
    pub(super) answers: u32,
    /// How many bytes were queued for writing since the connection began.
    pub(super) queued: u64,
    /// The server waits for a message that nobody is to get.
    pub(super) discard_due: bool,
    /// The server may still think of a transaction that came to nothing.
    pub(super) reset_due: bool,
    /// Nothing more is begun.
    pub(super) ending: bool,
    /// Nothing more is sent, as the answer to it is known.
    stopping: bool,
    /// Whether a message was written by BDAT before the server took one in this run.
    pub(super) has_probe: bool,
    /// The server has said that it closes; answers to what was written before may still come.
    pub(super) goodbye: Option<Error>,
}

impl<'t> Trip<'t> {
    pub(super) fn new(
        freight: &'t Arc<Freight>,
        desk: &'t mut Desk,
        connection: Connection,
    ) -> Self {
        let offers = connection.offers();
        let mode = match (offers.pipelining, offers.chunking) {
            (true, true) => Mode::Chunked,
            (true, false) => Mode::Piped,
            (false, _) => Mode::Plain,
        };
        let max_in_flight = freight.server.settings().max_in_flight;
        let cap = freight.cap.lock().unwrap_or_else(PoisonError::into_inner);
        let begun_max = cap.most(offers.mail_max).unwrap_or(u32::MAX);
        drop(cap);
        Self {
            begun_max,
            window: match mode {
                Mode::Chunked => Window::new(max_in_flight),
                Mode::Piped | Mode::Plain => Window::fixed(max_in_flight.min(AHEAD_MAX)),
            },
            queued: connection.written(),
            freight,
            desk,
            connection,
            mode,
            signing: VecDeque::new(),
            unsigned: 0,
            ready: VecDeque::new(),
            flights: VecDeque::new(),
            expected: VecDeque::new(),
            report: Report::default(),
            asked: 0,
            asked_at: Instant::now(),
            begun: 0,
            answers: 0,
            discard_due: false,
            reset_due: false,
            ending: false,
            stopping: false,
            has_probe: false,
            goodbye: None,
        }
    }

    /// Serves recipients while there are any.
    pub(super) async fn serve(&mut self) -> Result<(), End> {
        let end = self.converse().await;
        if matches!(end, Err(End::Lost(Error::Lost { .. }))) {
            // What a server says before it closes comes before the end.
            while let Some(Ok(reply)) = self.connection.heard() {
                self.take(reply)?;
            }
        }
        end
    }

    async fn converse(&mut self) -> Result<(), End> {
        loop {
            while let Some(reply) = self.connection.heard() {
                self.take(reply?)?;
            }
            while let Ok(work) = self.desk.work.try_recv() {
                self.receive(work);
            }
            let unsent = self.flights.iter().all(|flight| flight.end.is_none());
            if unsent && (self.stopping || self.goodbye.is_some()) {
                return Err(self.goodbye.take().map_or(End::HungUp, End::Lost));
            }
            self.ask();
            self.desk.tell(std::mem::take(&mut self.report)).await;
            if self.goodbye.is_none() && self.write().await? {
                continue;
            }
            let waiting = self.asked + self.unsigned;
            if self.flights.is_empty() && self.expected.is_empty() && waiting == 0 {
                return Ok(());
            }
            self.wait().await?;
        }
    }

    /// Waits for a reply, a signature or recipients, whichever comes first; none is lost.
    async fn wait(&mut self) -> Result<(), End> {
        let stage = match self.expected.front() {
            Some(Expected::Stage(stage)) => *stage,
            Some(Expected::Tidying) | None => Stage::Mail,
        };
        tokio::select! {
            biased;
            reply = self.connection.reply(stage) => self.take(reply?),
            letters = signed(&mut self.signing), if self.unsigned > 0 => {
                self.unsigned = self.unsigned.saturating_sub(letters.len());
                self.prepare(letters);
                Ok(())
            }
            work = self.desk.work.recv(), if self.asked > 0 => {
                self.receive(work.ok_or(End::HungUp)?);
                Ok(())
            }
        }
    }

    /// Asks for as many recipients as the window has room for; not for each one by itself.
    fn ask(&mut self) {
        let waiting = self.asked + self.unsigned + self.ready.len();
        let under_way = waiting + self.flights.len();
        let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
        let left = self.begun_max.saturating_sub(self.begun.saturating_add(waiting));
        if self.ending || left == 0 {
            return;
        }
        let room = self.window.size().saturating_sub(under_way);
        let room = room.min(usize::try_from(left).unwrap_or(usize::MAX));
        if room >= self.window.bite() || (room > 0 && under_way == 0) {
            self.report.want = room;
            self.asked += room;
            self.asked_at = Instant::now();
        }
    }

    fn receive(&mut self, work: Work) {
        match work {
            Work::Connect => {}
            Work::Nothing => (self.asked, self.ending) = (0, true),
            Work::Tasks(tasks) => {
                self.asked = self.asked.saturating_sub(tasks.len());
                let count = tasks.len();
                match compose(self.freight, tasks, self.asked_at) {
                    Ok(letters) => self.prepare(letters),
                    Err(signing) => {
                        self.signing.extend(signing);
                        self.unsigned += count;
                    }
                }
            }
        }
    }

    /// Takes in messages that are composed.
    fn prepare(&mut self, letters: Vec<Result<Letter, Unfit>>) {
        for letter in letters {
            let addressed =
                letter.and_then(|letter| match letter.envelope(self.freight, &self.connection) {
                    Ok(envelope) => Ok((letter, envelope)),
                    Err(refused) => Err((letter.task, refused)),
                });
            match addressed {
                Ok((letter, _)) if self.stopping => self.report.back.push(letter.task.entry.id),
                Ok(addressed) => self.ready.push_back(addressed),
                Err((task, (outcome, why))) => self.settle(task.entry.id, outcome, why),
            }
        }
    }

    /// Notes what became of a recipient.
    pub(super) fn settle(&mut self, id: i64, outcome: Outcome, reply: String) {
        self.report.settled.push((id, outcome, reply));
        if matches!(outcome, Outcome::Stop(_)) {
            (self.ending, self.stopping) = (true, true);
            let ready = self.ready.drain(..);
            self.report.back.extend(ready.map(|(letter, _)| letter.task.entry.id));
        }
    }

    /// Whether the server answered a message, or to a recipient.
    pub(super) fn has_answers(&self) -> bool {
        self.answers > 0
    }

    /// Gives back what was not served, and says goodbye where there is somebody to say it to.
    pub(super) async fn end(mut self, end: Option<&End>) {
        let written = self.connection.written();
        let silent = matches!(
            self.expected.front(),
            Some(Expected::Stage(Stage::Mail | Stage::Recipient) | Expected::Tidying)
        );
        let front = self.flights.front().map(|flight| flight.letter.task.entry.id);
        for mut flight in std::mem::take(&mut self.flights) {
            let id = flight.letter.task.entry.id;
            let whole = flight.end.is_some_and(|end| end <= written);
            match (end, flight.refusal.take()) {
                // It has the message, and refused neither the sender nor the recipient in the way of
                // RFC 5321 §4.2.1: whatever it said before, it may have taken it.
                (Some(End::Lost(error)), Some((_, reply, _)))
                    if whole && self.goodbye.is_none() && !flight.is_refused_by(&reply) =>
                {
                    self.report.doubt.push((id, format!("no answer to the message: {error}")));
                }
                (_, Some(refusal)) => self.refused(&flight, refusal),
                // Who says goodbye and closes took none of what it did not answer: a server obeys
                // in the order of the commands (RFC 5321 §3.8).
                (Some(End::Lost(Error::Lost { .. })), None) if self.goodbye.is_some() => {
                    self.report.back.push(id);
                }
                (Some(End::Lost(error)), None) if whole => {
                    self.report.doubt.push((id, format!("no answer to the message: {error}")));
                }
                _ => self.report.back.push(id),
            }
        }
        if matches!(end, Some(End::Lost(_))) {
            if self.mode == Mode::Chunked && self.has_probe {
                self.freight.server.trial().give_up_chunking();
            }
            self.learn_limit();
            self.report.struck = front.filter(|id| silent && self.report.back.contains(id));
        }
        let rest = self.ready.drain(..).map(|(letter, _)| letter.task.entry.id);
        self.report.back.extend(rest);
        self.report.want = 0;
        self.report.ended = true;
        self.desk.tell(self.report).await;
        if end.is_none() {
            self.connection.quit().await;
        }
    }

    /// A server that closes twice after the same number of messages has a limit there.
    fn learn_limit(&self) {
        let mut cap = self.freight.cap.lock().unwrap_or_else(PoisonError::into_inner);
        cap.closed_after(self.answers);
    }
}

/// Waits for the next share that is being signed.
async fn signed(signing: &mut VecDeque<Signing>) -> Vec<Result<Letter, Unfit>> {
    let Some(first) = signing.front_mut() else { return Vec::new() };
    // A panic in there is one here.
    let letters = first.await.expect("signing does not panic");
    signing.pop_front();
    letters
}
