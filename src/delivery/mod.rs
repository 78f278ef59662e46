//! A planned run in, its messages at the mail server and their answers in the journal out.
//!
//! Lanes talk to the server, one connection each (`lane`). The dispatcher alone talks to the
//! journal: it hands out work, and writes down intents and answers, many with one flush. What an
//! answer means is a table (`outcome`). No recipient is ever at two places:
//!
//! * in the journal, pending or due again, or
//! * claimed, and held by the dispatcher or one lane, or
//! * attempting: recorded before the message leaves, so that a crash leaves no other doubt, or
//! * settled: accepted, rejected, deferred, or unknown where the answer was lost.

mod account;
mod desk;
mod dispatcher;
mod form;
mod lane;
mod ledger;
mod outcome;
mod pace;
mod plan;
mod refusals;
mod report;
mod retry;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::watch;

use crate::address::EmailAddress;
use crate::clock::Clock;
use crate::compile::Program;
use crate::config;
use crate::delivery::dispatcher::Dispatcher;
use crate::delivery::form::Form;
use crate::delivery::lane::Freight;
use crate::dkim::Signer;
use crate::journal;
use crate::key::Key;
use crate::transport;
use crate::transport::Server;

pub use account::{
    Account, Answers, Classes, Domain, Named, Point, Round, Row, Rows, Said, Series,
};
pub use outcome::{Outcome, Proof, Reason, Throttle, outcome};
pub use pace::{Admission, Cap, Pace, Past, Why, interleave};
pub use plan::{
    Belongs, Gaps, Gate, Passed, Place, Planner, Refused, Suppressed, Unrecorded, record,
};
pub use report::{Event, Report, Stopped};
pub use retry::{Next, Retry, reconnect};

/// What is to be delivered, and by whom.
#[derive(Debug)]
pub struct Order<'o> {
    /// Its programs, by edition.
    pub programs: Vec<Program>,
    /// What seals tokens and Message-IDs.
    pub key: Arc<Key>,
    /// The mail server.
    pub smtp: &'o config::Smtp,
    /// Its password, where there is a login.
    pub password: Option<SecretString>,
    /// `MAIL FROM`.
    pub return_path: &'o config::ReturnPath,
    /// What its tokens are made from.
    pub stamp: journal::Stamp,
    /// What signs the messages, where they are signed.
    pub signer: Option<&'o Signer>,
    /// How fast, and how often a deferred recipient is tried again.
    pub send: &'o config::Send,
    /// What left before, as far as [`Pace::remembers`] asks for it.
    pub past: &'o Past,
    /// What the time in the journal comes from; it has to go on while recipients are deferred.
    pub clock: Clock,
    /// When to give up a server that does not answer.
    pub patience: Patience,
    /// Fills bytes with anything random, so that those who were put off together come back apart.
    pub random: fn(&mut [u8]),
}

/// When to give up a server that cannot be talked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How many connections in a row may fail without one message between them.
    pub failures_max: u32,
    /// How long to wait after the first one; each further wait is twice as long.
    pub delay: Duration,
}

impl Patience {
    /// As patient as with recipients: whoever tries those again sooner than after a second wants
    /// the server to be tried again sooner, too.
    #[must_use]
    pub fn of(send: &config::Send) -> Self {
        let patience = Self::default();
        let first = send.retry_delays.first().copied().unwrap_or(patience.delay);
        Self { delay: patience.delay.min(first), ..patience }
    }
}

impl Default for Patience {
    /// Five connections in about 15 seconds.
    fn default() -> Self {
        Self { failures_max: 5, delay: Duration::from_secs(1) }
    }
}

/// The list of addresses that are never written to, as two questions to whoever keeps it.
pub struct Suppressions<'s> {
    /// Why an address is on the list; `None` where it is not. Where that cannot be told, the run ends.
    pub reason: &'s mut (dyn FnMut(&EmailAddress) -> std::io::Result<Option<String>> + Send),
    /// Puts an address on the list, with what the server said of it.
    pub append: &'s mut (dyn FnMut(&EmailAddress, &str) -> std::io::Result<()> + Send),
}

/// The run cannot go on, for reasons that are neither the server's nor the network's.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The journal failed.
    #[error("cannot record what becomes of the run")]
    Journal(#[from] crate::journal::Error),
    /// The certificates to trust cannot be had.
    #[error("cannot prepare the connection to the mail server")]
    Server(#[source] transport::Error),
}

/// Sends a run to everyone who is selected and still to be served. What a crash left of it has to
/// be recovered.
///
/// Set `stop` to end it early: what is on the wire is finished, the rest stays pending. If the
/// future is dropped instead, `Journal::recover` finds what was on the wire.
///
/// # Errors
/// The journal fails. What the server or the network does is no
/// error: it is in the [`Report`].
pub async fn deliver(
    order: Order<'_>,
    ledger: &mut journal::Ledger,
    suppressions: Suppressions<'_>,
    stop: watch::Receiver<bool>,
    observe: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<Report, Error> {
    let tally = ledger.tally();
    let malformed = order.programs.iter().find_map(|program| Form::of(program, &order.key).err());
    if let Some(reason) = malformed {
        let reply = format!("the journal holds a message with {reason}");
        let stopped = Some(Stopped::Reply { reason: Reason::Message, reply });
        return Ok(Report { tally, finished: false, stopped });
    }
    let lanes = usize::try_from(tally.open()).unwrap_or(usize::MAX).clamp(1, order.smtp.max_conns);
    let programs = &order.programs;
    let stencils = |signer: &Signer| programs.iter().map(|p| signer.stencil(p)).collect();
    let freight = Arc::new(Freight {
        stencils: order.signer.map(stencils).unwrap_or_default(),
        programs: order.programs,
        date: ledger.run().date,
        key: order.key,
        server: Server::new(order.smtp, order.password).map_err(Error::Server)?,
        return_path: order.return_path.clone(),
        stamp: order.stamp,
        patience: order.patience,
        cap: Mutex::new(Cap::new(order.smtp.max_messages_per_connection)),
    });
    let now = order.clock.now();
    let pace = Pace::new(order.send, lanes, now, order.past);
    let retry = Retry::new(order.send, ledger.run().date);
    let ledger = ledger::Ledger::new(ledger, order.clock, retry, order.random);
    Dispatcher::new(ledger, suppressions, observe, pace).run(&freight, lanes, stop).await
}
