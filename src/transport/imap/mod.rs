//! A mailbox on an IMAP server in, its unread messages out; what was dealt with is marked.
//!
//! It is the little of IMAP (RFC 3501, RFC 9051) that this takes: one mailbox, one command at a
//! time, every answer bounded. It blocks: nothing else waits meanwhile.

mod error;
mod stream;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::{self, Tls};
use crate::transport::imap::stream::Stream;

pub use error::ImapError;

/// A mailbox that is open.
#[derive(Debug)]
pub struct ImapMailbox {
    stream: Stream,
    tag: u32,
    /// What the server can do, in capitals.
    capabilities: Vec<String>,
    move_to: Option<String>,
}

/// An answer that is not the last one of a command, and the bytes that came within it.
#[derive(Debug, Default)]
struct Answer {
    /// The line, without the bytes.
    line: String,
    /// The first literal of it.
    literal: Option<Vec<u8>>,
}

impl ImapMailbox {
    /// Connects, encrypts as the settings want it and never less, logs in, opens the mailbox.
    ///
    /// # Errors
    /// Anything on the way: the network, TLS, or a server that refuses.
    pub fn open(settings: &config::Imap, password: &SecretString) -> Result<Self, ImapError> {
        Self::open_within(COMMAND_PATIENCE, settings, password)
    }

    /// Opens a mailbox of a server that may take so long for all answers to a command.
    ///
    /// # Errors
    /// Those of [`open`](Self::open), and a server that takes longer.
    pub fn open_within(
        patience: Duration,
        settings: &config::Imap,
        password: &SecretString,
    ) -> Result<Self, ImapError> {
        let mut stream = Stream::connect(settings, patience)?;
        if settings.tls == Tls::Implicit {
            stream = stream.encrypt(settings)?;
        }
        let move_to = settings.move_to.clone();
        let mut mailbox = Self { stream, tag: 0, capabilities: Vec::new(), move_to };
        let greeting = mailbox.stream.line()?;
        if !greeting.to_ascii_uppercase().starts_with("* OK") {
            return Err(ImapError::refused("the connection", &greeting));
        }
        if settings.tls == Tls::StartTls {
            mailbox.command("STARTTLS", "STARTTLS")?;
            mailbox.stream = mailbox.stream.encrypt(settings)?;
        }
        mailbox.log_in(&settings.username, password)?;
        mailbox.capabilities = mailbox.ask_for_capabilities()?;
        mailbox.command("SELECT", &format!("SELECT {}", quoted(&settings.mailbox)))?;
        Ok(mailbox)
    }

    /// The numbers of the messages that nobody has read, in their order.
    ///
    /// # Errors
    /// The connection is lost, or the server refuses.
    pub fn unread(&mut self) -> Result<Vec<u32>, ImapError> {
        let answers = self.command("SEARCH", "UID SEARCH UNSEEN UNDELETED")?;
        let found = answers.iter().filter_map(|answer| answer.line.strip_prefix("* SEARCH"));
        let numbers = found.flat_map(|found| found.split(' ')).filter_map(|uid| uid.parse().ok());
        let mut numbers: Vec<u32> = numbers.collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// The first bytes of a message, which stays unread; `None` where it is gone.
    ///
    /// # Errors
    /// The connection is lost, or the server refuses.
    pub fn fetch(&mut self, uid: u32, size_max: u64) -> Result<Option<Vec<u8>>, ImapError> {
        let command = format!("UID FETCH {uid} (UID BODY.PEEK[]<0.{size_max}>)");
        let answers = self.command("FETCH", &command)?;
        // What else happens to the mailbox comes in between, as a FETCH of flags for one.
        let body = |answer: &Answer| {
            let line = answer.line.to_ascii_uppercase();
            line.contains(" FETCH (") && line.contains("BODY[]")
        };
        let fetched = answers.into_iter().find(body);
        Ok(fetched.map(|answer| answer.literal.unwrap_or_default()))
    }

    /// Marks a message as read, and moves it where the settings say so.
    ///
    /// # Errors
    /// The connection is lost, or the server refuses.
    pub fn mark(&mut self, uid: u32) -> Result<(), ImapError> {
        self.command("STORE", &format!("UID STORE {uid} +FLAGS.SILENT (\\Seen)"))?;
        let Some(target) = self.move_to.as_deref().map(quoted) else { return Ok(()) };
        if self.can("MOVE") {
            self.command("MOVE", &format!("UID MOVE {uid} {target}"))?;
            return Ok(());
        }
        // RFC 6851 §3.3 says what MOVE does where it is not there.
        self.command("COPY", &format!("UID COPY {uid} {target}"))?;
        self.command("STORE", &format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)"))?;
        if self.can("UIDPLUS") {
            self.command("EXPUNGE", &format!("UID EXPUNGE {uid}"))?;
        }
        Ok(())
    }

    /// Says goodbye. Whether the server answers changes nothing.
    pub fn close(mut self) {
        drop(self.command("LOGOUT", "LOGOUT"));
    }

    fn can(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|known| known == capability)
    }

    fn ask_for_capabilities(&mut self) -> Result<Vec<String>, ImapError> {
        let answers = self.command("CAPABILITY", "CAPABILITY")?;
        let line = answers.iter().find_map(|answer| answer.line.strip_prefix("* CAPABILITY "));
        Ok(line.unwrap_or_default().split(' ').map(str::to_ascii_uppercase).collect())
    }

    /// PLAIN (RFC 4616): any name and password can be said with it.
    fn log_in(&mut self, username: &str, password: &SecretString) -> Result<(), ImapError> {
        let tag = self.begin("AUTHENTICATE PLAIN")?;
        let said = self.stream.line()?;
        if !said.starts_with('+') {
            return Err(ImapError::refused("AUTHENTICATE", &said));
        }
        let secret = format!("\0{username}\0{}", password.expose_secret());
        self.stream.write(&format!("{}\r\n", STANDARD.encode(secret)))?;
        self.end("AUTHENTICATE", &tag).map(drop)
    }

    /// Sends a command and reads all answers to it; `name` is what errors call it.
    fn command(&mut self, name: &'static str, line: &str) -> Result<Vec<Answer>, ImapError> {
        let tag = self.begin(line)?;
        self.end(name, &tag)
    }

    fn begin(&mut self, line: &str) -> Result<String, ImapError> {
        self.tag += 1;
        self.stream.begin();
        let tag = format!("a{}", self.tag);
        self.stream.write(&format!("{tag} {line}\r\n"))?;
        Ok(tag)
    }

    /// Reads answers until the one that ends a command.
    fn end(&mut self, name: &'static str, tag: &str) -> Result<Vec<Answer>, ImapError> {
        let mut answers = Vec::new();
        loop {
            let answer = self.answer()?;
            let end = answer.line.strip_prefix(tag).and_then(|end| end.strip_prefix(' '));
            match end.map(|end| (end, end.get(..2))) {
                Some((_, Some(word))) if word.eq_ignore_ascii_case("OK") => return Ok(answers),
                Some((end, _)) => return Err(ImapError::refused(name, end)),
                None => answers.push(answer),
            }
            if answers.len() > ANSWERS_MAX {
                return Err(ImapError::Garbled("more answers than anybody asked for"));
            }
        }
    }

    /// One answer, with all its literals; only the first of them is kept.
    fn answer(&mut self) -> Result<Answer, ImapError> {
        let mut answer = Answer::default();
        loop {
            let line = self.stream.line()?;
            answer.line.push_str(&line);
            let Some(length) = literal(&line) else { return Ok(answer) };
            let bytes = self.stream.bytes(length)?;
            answer.literal.get_or_insert(bytes);
        }
    }
}

/// How long all answers to one command may take: a slow line brings ten megabytes in it.
const COMMAND_PATIENCE: Duration = Duration::from_mins(10);

/// How many answers one command can have: what else happens to a mailbox meanwhile comes in between.
const ANSWERS_MAX: usize = 100_000;

/// How many bytes come behind a line (RFC 9051 §4.3).
fn literal(line: &str) -> Option<u64> {
    let (_, number) = line.strip_suffix('}')?.rsplit_once('{')?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    // A number that is too large for this machine is too large in any case.
    digits.then(|| number.parse().unwrap_or(u64::MAX))
}

/// A quoted string (RFC 9051 §4.3): a line break in it would begin another command.
fn quoted(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
