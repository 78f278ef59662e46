//! Recipients in, their messages over one connection and the server's answers out.

use std::sync::Arc;

use tokio::sync::oneshot;

use crate::address::EmailAddress;
use crate::compile::{Program, Reader};
use crate::delivery::Patience;
use crate::delivery::desk::{Desk, Request};
use crate::delivery::outcome::{Outcome, Reason, outcome};
use crate::journal::Entry;
use crate::key::Key;
use crate::transport::{Connection, Error, Reply, Server, Stage};

/// What all lanes of a run share.
#[derive(Debug)]
pub(super) struct Freight {
    pub(super) programs: Vec<Program>,
    pub(super) key: Arc<Key>,
    pub(super) server: Server,
    pub(super) return_path: EmailAddress,
    pub(super) patience: Patience,
}

/// Serves recipients until there are none, over as many connections as that takes.
///
/// # Errors
/// The server cannot be talked to, and the lane gives up; what it held is given back.
pub(super) async fn run(freight: Arc<Freight>, desk: Desk) -> Result<(), Error> {
    let mut failures = 0;
    while let Some(entry) = desk.wait_for_next().await {
        // A connection is made when there is something to send over it, and not kept for later:
        // servers close those that say nothing for ten seconds.
        let (answered, end) = travel(&freight, &desk, entry).await;
        match end {
            Ok(()) | Err(End::HungUp) => failures = 0,
            // Servers close after so many messages, some without a word: that is no failure.
            Err(End::Lost(_)) if answered => failures = 0,
            Err(End::Lost(error)) => {
                failures += 1;
                if failures >= freight.patience.failures_max || error.is_permanent() {
                    return Err(error);
                }
                let wait = freight.patience.delay * 2_u32.saturating_pow(failures - 1);
                desk.tell(Request::Trouble { error, wait }).await;
                tokio::select! { () = tokio::time::sleep(wait) => {}, () = desk.closing() => {} }
            }
        }
    }
    Ok(())
}

/// Why a conversation ended before its time.
enum End {
    /// The connection is gone.
    Lost(Error),
    /// There is no use in going on: the run ends.
    HungUp,
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        Self::Lost(error)
    }
}

/// One connection from its beginning to its end; returns whether the server answered a message.
async fn travel(freight: &Freight, desk: &Desk, first: Entry) -> (bool, Result<(), End>) {
    let connection = tokio::select! {
        connection = freight.server.connect() => connection.map_err(End::Lost),
        () = desk.closing() => Err(End::HungUp),
    };
    let (mut doubt, mut struck) = (None, None);
    let (answered, end) = match connection {
        Err(end) => (false, Err(end)),
        Ok(connection) => {
            let mut trip =
                Trip { freight, desk, connection, written: None, asked: None, answered: false };
            let end = trip.serve(first).await;
            if let Err(End::Lost(error)) = &end {
                let why = || format!("no answer to the message: {error}");
                doubt = trip.written.map(|id| (id, why()));
                struck = trip.asked;
            }
            if end.is_ok() {
                trip.connection.quit().await;
            }
            (trip.answered, end)
        }
    };
    desk.tell(Request::Ended { doubt, struck }).await;
    (answered, end)
}

/// A message that is ready to go.
struct Letter {
    id: i64,
    /// MAIL, RCPT and DATA.
    commands: [String; 3],
    text: String,
    /// Gets word when the intent to send it is on the disk.
    durable: Option<oneshot::Receiver<()>>,
}

/// What the server said to MAIL, RCPT and DATA.
enum Opened {
    /// It waits for the message.
    Ready,
    /// It refused one of them.
    Refused(Refusal),
}

struct Refusal {
    stage: Stage,
    reply: Reply,
    /// It waits for a message all the same, as DATA was on the way already.
    data_open: bool,
    /// What came instead of further answers.
    lost: Option<Error>,
}

/// The stages of a transaction before the message (RFC 5321 §3.3).
const STAGES: [Stage; 3] = [Stage::Mail, Stage::Recipient, Stage::Data];

/// The conversation over one connection.
struct Trip<'t> {
    freight: &'t Freight,
    desk: &'t Desk,
    connection: Connection,
    /// Whose message was written and is not answered.
    written: Option<i64>,
    /// Whose commands were written and are not answered.
    asked: Option<i64>,
    /// Whether there was an answer to a message, or to a recipient.
    answered: bool,
}

impl Trip<'_> {
    /// Sends one message after the other while there are any at hand.
    ///
    /// With PIPELINING a message and the commands of the next are one write and cost one round
    /// trip (RFC 2920 §3.1 allows it: the message is the beginning of a group).
    async fn serve(&mut self, first: Entry) -> Result<(), End> {
        let mut at_hand = self.letter(Some(first)).await;
        let mut opened_before = None;
        while let Some(mut letter) = at_hand {
            let opened = match opened_before.take() {
                Some(opened) => opened,
                None => self.open(&mut letter).await?,
            };
            let entry = self.desk.next_at_hand().await;
            at_hand = self.letter(entry).await;
            match opened {
                Opened::Ready => opened_before = self.send(letter, at_hand.as_mut()).await?,
                Opened::Refused(refusal) => self.put_off(&letter, refusal).await?,
            }
        }
        Ok(())
    }

    /// Says MAIL, RCPT and DATA: in one write, or one by one where the server wants that.
    async fn open(&mut self, letter: &mut Letter) -> Result<Opened, End> {
        self.announce(letter).await;
        self.asked = Some(letter.id);
        if self.connection.offers().pipelining {
            let mail = self.connection.command(&letter.commands.concat()).await;
            return self.opened(mail).await;
        }
        for (stage, command) in STAGES.into_iter().zip(&letter.commands) {
            let reply = self.connection.command(command).await?;
            if outcome(stage, &reply) != Outcome::Accepted {
                self.still_open(stage, &reply)?;
                let refusal = Refusal { stage, reply, data_open: false, lost: None };
                return Ok(Opened::Refused(refusal));
            }
        }
        Ok(Opened::Ready)
    }

    /// Sends a message once the intent is on the disk, with the commands of the next one behind
    /// it; returns the answers to those.
    async fn send(
        &mut self,
        letter: Letter,
        next: Option<&mut Letter>,
    ) -> Result<Option<Opened>, End> {
        let next = next.filter(|_| self.connection.offers().pipelining);
        let (mut group, following) = (letter.text, next.as_ref().map(|next| next.id));
        group.push_str(".\r\n");
        if let Some(next) = next {
            self.announce(next).await;
            group.extend(next.commands.iter().map(String::as_str));
        }
        let durable = letter.durable.expect("`open` or `send` announced it with its commands");
        durable.await.map_err(|_| End::HungUp)?;
        (self.written, self.asked) = (Some(letter.id), None);
        let reply = self.connection.command(&group).await?;
        if reply.code < 200 || (300..400).contains(&reply.code) {
            // Neither yes nor no: it stays in doubt.
            return Err(End::Lost(Error::Refused { stage: Stage::Message, reply }));
        }
        self.written = None;
        self.settle(letter.id, Stage::Message, &reply).await?;
        if following.is_none() {
            return Ok(None);
        }
        self.asked = following;
        let mail = self.connection.reply().await;
        self.opened(mail).await.map(Some)
    }

    /// Reads the answers to MAIL, RCPT and DATA: all three, whatever the first one says.
    async fn opened(&mut self, mail: Result<Reply, Error>) -> Result<Opened, End> {
        let mut answer = Some(mail);
        let mut refusal: Option<Refusal> = None;
        for stage in STAGES {
            let reply = match answer.take() {
                Some(mail) => mail,
                None => self.connection.reply().await,
            };
            match (reply, &mut refusal) {
                (Ok(reply), Some(refusal)) => refusal.data_open = reply.code == 354,
                (Err(error), Some(refusal)) => {
                    refusal.lost = Some(error);
                    break;
                }
                (Ok(reply), None) if outcome(stage, &reply) != Outcome::Accepted => {
                    self.still_open(stage, &reply)?;
                    refusal = Some(Refusal { stage, reply, data_open: false, lost: None });
                }
                (Ok(_), None) => {}
                (Err(error), None) => return Err(End::Lost(error)),
            }
        }
        Ok(refusal.map_or(Opened::Ready, Opened::Refused))
    }

    /// Settles a recipient without the message, and leaves the connection fit for the next.
    async fn put_off(&mut self, letter: &Letter, refusal: Refusal) -> Result<(), End> {
        self.asked = None;
        self.settle(letter.id, refusal.stage, &refusal.reply).await?;
        if let Some(error) = refusal.lost {
            return Err(End::Lost(error));
        }
        if refusal.data_open {
            // A message of nothing to nobody: the server refuses it (RFC 2920 §3.1).
            self.connection.command(".\r\n").await?;
        }
        if refusal.data_open || refusal.stage != Stage::Mail {
            self.connection.reset().await?;
        }
        Ok(())
    }

    /// Tells what an answer makes of a recipient, and ends what has no use.
    async fn settle(&mut self, id: i64, stage: Stage, reply: &Reply) -> Result<(), End> {
        let outcome = outcome(stage, reply);
        let text = reply.to_string();
        self.desk.tell(Request::Settle { id, outcome, reply: text }).await;
        if matches!(outcome, Outcome::Stop(_)) {
            return Err(End::HungUp);
        }
        if reply.closes() {
            return Err(End::Lost(Error::Refused { stage, reply: reply.clone() }));
        }
        self.answered = true;
        Ok(())
    }

    /// A server that closes at MAIL has said nothing of the recipient (421, RFC 5321 §3.8).
    fn still_open(&mut self, stage: Stage, reply: &Reply) -> Result<(), End> {
        if stage == Stage::Mail && reply.closes() {
            self.asked = None;
            return Err(End::Lost(Error::Refused { stage, reply: reply.clone() }));
        }
        Ok(())
    }

    async fn announce(&self, letter: &mut Letter) {
        letter.durable = Some(self.desk.attempt(letter.id).await);
    }

    /// Composes the message of a recipient; of the next one, where that is not possible.
    async fn letter(&self, mut entry: Option<Entry>) -> Option<Letter> {
        while let Some(candidate) = entry {
            let id = candidate.id;
            match self.compose(&candidate) {
                Ok(letter) => return Some(letter),
                Err((outcome, reply)) => {
                    self.desk.tell(Request::Settle { id, outcome, reply }).await;
                }
            }
            entry = self.desk.next_at_hand().await;
        }
        None
    }

    fn compose(&self, entry: &Entry) -> Result<Letter, (Outcome, String)> {
        let (to, offers) = (&entry.recipient.address, self.connection.offers());
        let program = self.freight.programs.get(entry.edition);
        let text = program
            .ok_or_else(|| format!("there is no edition {}", entry.edition))
            .and_then(|program| text(program, entry, &self.freight.key))
            .map_err(|why| (Outcome::Stop(Reason::Message), why))?;
        let size = text.len();
        if offers.size_max.is_some_and(|limit| u64::try_from(size).is_ok_and(|size| size > limit)) {
            let why = format!("the message has {size} bytes, which the server does not take");
            return Err((Outcome::Stop(Reason::Size), why));
        }
        if to.needs_smtputf8() && !offers.smtputf8 {
            let why = "the address needs SMTPUTF8, which the server does not offer".to_owned();
            return Err((Outcome::Rejected { no_mailbox: false }, why));
        }
        let commands = self.connection.envelope(&self.freight.return_path, to, size);
        Ok(Letter { id: entry.id, commands, text, durable: None })
    }
}

/// The message as it goes over the wire, without the final dot (RFC 5321 §4.5.2).
fn text(program: &Program, entry: &Entry, key: &Key) -> Result<String, String> {
    let mut message = Vec::new();
    let reader = Reader { recipient: &entry.recipient, key };
    program.assemble(reader, &mut message).map_err(|gap| gap.to_string())?;
    let mut text = String::from_utf8(message).map_err(|error| error.to_string())?;
    if !text.is_ascii() {
        return Err("the message has bytes beyond ASCII".to_owned());
    }
    if !text.ends_with("\r\n") {
        text.push_str("\r\n");
    }
    // Programs have no such lines; one from elsewhere must not end the message half way.
    if text.starts_with('.') || text.contains("\n.") {
        text.insert(0, '\n');
        text = text.replace("\n.", "\n..");
        text.remove(0);
    }
    Ok(text)
}
