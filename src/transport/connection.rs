//! A conversation that has begun in, messages written to it and the replies to them out.

use std::fmt;
use std::fmt::Write as _;
use std::time::Duration;

use lettre::transport::smtp::commands::Quit;

use crate::address::EmailAddress;
use crate::config::Timeouts;
use crate::transport::error::Error;
use crate::transport::hello::Offers;
use crate::transport::reply::{Reply, Stage};
use crate::transport::wire::Wire;

/// How long a server may take to say goodbye.
const QUIT_PATIENCE: Duration = Duration::from_secs(2);

/// One connection, ready for messages. After an error it is of no use.
pub struct Connection {
    pub(super) wire: Wire,
    pub(super) offers: Offers,
    pub(super) timeouts: Timeouts,
}

/// The two commands that say who a message is from and who it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// MAIL and RCPT, each with its line break.
    pub commands: String,
    /// How many bytes of them are MAIL.
    pub mail: usize,
    /// Whether they have parameters of RFC 3461.
    pub dsn: bool,
}

impl Connection {
    /// What the server offers.
    #[must_use]
    pub fn offers(&self) -> &Offers {
        &self.offers
    }

    /// Asks for no more reports in the way of RFC 3461: the server offers it and refuses it.
    pub fn give_up_dsn(&mut self) {
        self.offers.dsn = false;
    }

    /// The commands before a message of `size` bytes; `from` is an address in ASCII.
    ///
    /// Where that can be said, only a failure is to be reported, with the header of the message and
    /// the token that it is known by (RFC 3461 §4): digits, letters and dots.
    #[must_use]
    pub fn envelope(
        &self,
        from: impl fmt::Display,
        to: &EmailAddress,
        size: usize,
        token: &str,
    ) -> Envelope {
        let mut commands = format!("MAIL FROM:<{from}>");
        let written = if self.offers.size { write!(commands, " SIZE={size}") } else { Ok(()) };
        written.expect("writing to a string cannot fail");
        if to.needs_smtputf8() {
            commands.push_str(" SMTPUTF8");
        }
        if self.offers.dsn {
            commands.extend([" RET=HDRS ENVID=", token]);
        }
        commands.push_str("\r\n");
        let mail = commands.len();
        let notify = if self.offers.dsn { " NOTIFY=FAILURE" } else { "" };
        write!(commands, "RCPT TO:<{to}>{notify}\r\n").expect("writing to a string cannot fail");
        Envelope { commands, mail, dsn: self.offers.dsn }
    }

    /// Writes all of the slices at once, and takes in the replies that come meanwhile.
    ///
    /// # Errors
    /// The connection is lost: [`Connection::written`] says how much may have left.
    pub async fn write(&mut self, slices: &[&[u8]]) -> Result<(), Error> {
        self.wire.write(slices, self.timeouts.block).await
    }

    /// How many bytes were handed to the network since the connection began.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.wire.written()
    }

    /// Waits for the next reply, as long as the settings say for what it answers to. Nothing is
    /// lost if the future is dropped.
    ///
    /// # Errors
    /// The connection is lost, or what came is no reply.
    pub async fn reply(&mut self, stage: Stage) -> Result<Reply, Error> {
        let patience = match stage {
            Stage::Greeting => self.timeouts.greeting,
            Stage::Hello | Stage::StartTls | Stage::Login | Stage::Mail => self.timeouts.mail,
            Stage::Recipient => self.timeouts.recipient,
            Stage::Data => self.timeouts.data,
            Stage::Message => self.timeouts.message,
        };
        self.wire.reply(patience).await
    }

    /// The next reply that has come already.
    pub fn heard(&mut self) -> Option<Result<Reply, Error>> {
        self.wire.heard()
    }

    /// Writes a command and waits for its reply.
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn command(&mut self, command: &str) -> Result<Reply, Error> {
        self.write(&[command.as_bytes()]).await?;
        self.reply(Stage::Mail).await
    }

    /// Says goodbye, and does not wait long for an answer.
    pub async fn quit(mut self) {
        // Every message has its answer: whether the goodbye is answered changes nothing.
        drop(tokio::time::timeout(QUIT_PATIENCE, self.command(&Quit.to_string())).await);
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("offers", &self.offers).finish_non_exhaustive()
    }
}
