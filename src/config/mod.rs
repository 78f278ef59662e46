//! newsletter.toml in, one checked struct for each part of the program that has settings out.

mod dkim;
mod measure;
mod network;
mod preset;
mod read;
mod return_path;
mod secret;
mod segment;
mod serve;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::address::EmailAddress;
use crate::diagnostic::Source;
use crate::field::Template;
use crate::language::Language;

pub use dkim::{Dkim, is_dns_name};
pub use measure::Measure;
pub use network::Network;
pub use preset::{PRESETS, Preset};
pub use read::{parse, theme_name};
pub use return_path::ReturnPath;
pub use secret::Secret;
pub use segment::{Condition, Segment};
pub use serve::{ClientField, Listen, Serve};

/// Every setting of a publication.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file it was read from.
    pub source: Arc<Source>,
    /// What the newsletter is.
    pub publication: Publication,
    /// Who it comes from.
    pub sender: Sender,
    /// How a reader leaves.
    pub unsubscribe: Unsubscribe,
    /// Where the readers are.
    pub audience: Audience,
    /// Groups of readers, by name.
    pub segments: BTreeMap<String, Segment>,
    /// The mail server; a publication can be written and checked without one.
    pub smtp: Option<Smtp>,
    /// How mail is sent.
    pub send: Send,
    /// Where mail that came back is.
    pub bounces: Bounces,
    /// The keys that mail is signed with, one signature each; none where the mail server signs.
    pub dkim: Vec<Dkim>,
    /// How the public pages are served.
    pub serve: Serve,
    /// Whether strangers can sign up: `[serve]` is there, and has the form.
    pub sign_up: bool,
    /// What is counted.
    pub measure: Measure,
}

impl Config {
    /// Every reference to a secret, with the name of its setting.
    #[must_use]
    pub fn secrets(&self) -> Vec<(&'static str, &Secret)> {
        let login = self.smtp.as_ref().and_then(|smtp| smtp.login.as_ref());
        let mut secrets = vec![("key", &self.publication.key)];
        secrets.extend(login.map(|login| ("password of [smtp]", &login.password)));
        secrets.extend(self.dkim.iter().map(|dkim| ("key of [[dkim]]", &dkim.key)));
        secrets.extend(self.bounces.imap.iter().map(|imap| ("password of imap", &imap.password)));
        secrets
    }
}

/// What the newsletter is.
#[derive(Debug, Clone)]
pub struct Publication {
    /// Its name, as in the masthead.
    pub name: String,
    /// What it is about, beneath the name.
    pub tagline: Option<String>,
    /// Its home on the web, without a `/` at the end; pictures, files and the archive are below it.
    pub url: String,
    /// Where people sign up for it; its home, unless the settings say otherwise.
    pub subscribe: String,
    /// What it is written in, unless an issue says otherwise.
    pub language: Language,
    /// The time zone of every date that an editor writes.
    pub time_zone: jiff::tz::TimeZone,
    /// The postal address that the law wants in a newsletter.
    pub address: String,
    /// Why the reader gets it; stands above the unsubscribe link. `None` is what the language says.
    pub colophon: Option<String>,
    /// The folder below `templates/` that says how it looks.
    pub theme: String,
    /// RFC 2919 identifier, never changed: `review.tidewater.example.org`.
    pub list_id: String,
    /// The secret behind tokens and Message-IDs.
    pub key: Secret,
}

impl Publication {
    /// Where the journal is.
    pub const JOURNAL: &'static str = ".newsletter/journal.db";
    /// Where the key is kept, unless the settings say otherwise.
    pub const KEY: &'static str = ".newsletter/key";
}

/// Who the newsletter comes from.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The name in `From`; empty when there is none.
    pub name: String,
    /// The address in `From`.
    pub address: EmailAddress,
    /// Where answers go.
    pub reply_to: Option<EmailAddress>,
    /// `MAIL FROM`: where bounces go.
    pub return_path: ReturnPath,
}

/// How a reader leaves.
#[derive(Debug, Clone)]
pub struct Unsubscribe {
    /// An `https` URL with `{token}` in it: RFC 8058 one-click.
    pub url: String,
    /// Where a mail to unsubscribe can be sent.
    pub mailto: Option<EmailAddress>,
}

/// Where the readers are.
#[derive(Debug, Clone)]
pub struct Audience {
    /// The list.
    pub subscribers: PathBuf,
    /// The addresses that are never written to.
    pub suppressions: PathBuf,
    /// The reader's name in `To`; may come out empty.
    pub name: Template,
    /// What stands in place of an empty cell, by the name of the column in lower case.
    pub defaults: BTreeMap<String, String>,
}

/// How the connection to the mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte (RFC 8314), port 465.
    Implicit,
    /// After STARTTLS, which has to be offered (RFC 3207), port 587.
    StartTls,
    /// Not at all: for a server on this machine, port 25.
    None,
}

/// How to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthProtocol {
    /// RFC 4616.
    Plain,
    /// What was used before it.
    Login,
    /// With an access token as the password: what Google and Microsoft want.
    XOauth2,
}

/// A login at the mail server.
#[derive(Debug, Clone)]
pub struct Login {
    /// The user's name.
    pub username: String,
    /// The password.
    pub password: Secret,
    /// How they are told.
    pub protocol: AuthProtocol,
}

/// The mail server that takes the mail.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// Its name or IP address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// A file of certificates (PEM) to trust besides the machine's own.
    pub ca_file: Option<PathBuf>,
    /// How to log in, where that is needed.
    pub login: Option<Login>,
    /// How this side names itself in EHLO.
    pub hello_hostname: String,
    /// How many connections at once, at most.
    pub max_conns: usize,
    /// How many messages a connection carries, at most; as many as there are, where it is `None`.
    pub max_messages_per_connection: Option<u32>,
    /// How many messages of one connection may be recorded as on their way and not answered, at
    /// most: what a crash can leave in doubt.
    pub max_in_flight: usize,
    /// Whether PIPELINING is used where it is offered (RFC 2920).
    pub pipelining: bool,
    /// Whether CHUNKING is used where it is offered (RFC 3030).
    pub chunking: bool,
    /// Whether the parameters of DSN are used where they are offered (RFC 3461).
    pub dsn: bool,
    /// How long to wait for the server at each step, by what it is.
    pub timeouts: Timeouts,
}

/// How long to wait for an answer, by what it answers to; by default as RFC 5321 §4.5.3.2 wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// The connection itself, up to its greeting.
    pub greeting: Duration,
    /// MAIL, and every command that has no row of its own.
    pub mail: Duration,
    /// RCPT.
    pub recipient: Duration,
    /// DATA.
    pub data: Duration,
    /// A write of a piece of the message.
    pub block: Duration,
    /// The end of the message.
    pub message: Duration,
}

impl Timeouts {
    /// The same for everything.
    #[must_use]
    pub const fn all(timeout: Duration) -> Self {
        Self {
            greeting: timeout,
            mail: timeout,
            recipient: timeout,
            data: timeout,
            block: timeout,
            message: timeout,
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            greeting: Duration::from_mins(5),
            mail: Duration::from_mins(5),
            recipient: Duration::from_mins(5),
            data: Duration::from_mins(2),
            block: Duration::from_mins(3),
            message: Duration::from_mins(10),
        }
    }
}

/// Where mail that came back is; what is not named is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bounces {
    /// A Maildir.
    pub maildir: Option<PathBuf>,
    /// An mbox.
    pub mbox: Option<PathBuf>,
    /// A mailbox on an IMAP server.
    pub imap: Option<Imap>,
}

/// A mailbox on an IMAP server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imap {
    /// The server's name or IP address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted; not at all only on this machine.
    pub tls: Tls,
    /// A file of certificates (PEM) to trust besides the machine's own.
    pub ca_file: Option<PathBuf>,
    /// The user's name.
    pub username: String,
    /// The password.
    pub password: Secret,
    /// The mailbox.
    pub mailbox: String,
    /// Where messages go that were dealt with; they stay where they are, where it is `None`.
    pub move_to: Option<String>,
}

/// So many messages in so long a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many, at least one.
    pub messages: u32,
    /// In how long, at least a second.
    pub per: Duration,
}

/// How mail is sent.
#[derive(Debug, Clone)]
pub struct Send {
    /// How long to wait before each new try of a deferred recipient; its length is how many there are.
    pub retry_delays: Vec<Duration>,
    /// How long after its beginning a run gives up a recipient who is deferred again.
    pub give_up_after: Duration,
    /// How fast, over all connections.
    pub rate: Option<Rate>,
    /// How many messages may leave at once where the rate was not used before.
    pub burst: u32,
    /// How many messages in any stretch of time, over all connections, runs and issues.
    pub window: Option<Rate>,
    /// How fast to the readers of one domain, by its A-labels in lower case.
    pub domains: BTreeMap<String, Rate>,
    /// How many messages on each of the first days of sending; no limit after them.
    pub warm_up: Vec<u32>,
    /// How long to pause when the server has heard too much of us.
    pub throttle_pause: Duration,
    /// For how long after `send_at` an issue without `not_after` is begun.
    pub due_within: Duration,
    /// Which issue the subscribers get first who join while a run is not finished.
    pub new_subscribers: LateJoin,
}

/// The first issue of a subscriber who joins while the run of an issue is not finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LateJoin {
    /// The issue after the one that is being sent.
    #[default]
    NextIssue,
    /// The issue that is being sent.
    ThisIssue,
}

impl Default for Send {
    fn default() -> Self {
        Self {
            retry_delays: [5, 30, 120].map(Duration::from_secs).to_vec(),
            give_up_after: Duration::from_hours(48),
            rate: None,
            burst: 1,
            window: None,
            domains: BTreeMap::new(),
            warm_up: Vec::new(),
            throttle_pause: Duration::from_mins(15),
            due_within: Duration::from_hours(24),
            new_subscribers: LateJoin::default(),
        }
    }
}
