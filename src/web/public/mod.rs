//! Requests of readers, mailbox providers and strangers in, a publication's public pages out.
//!
//! 1. `server` takes connections, with a deadline for everything; `site` finds what a request is for
//!    and who has to answer it.
//! 2. `leave` ends subscriptions, or parts of them (RFC 8058); `join` begins them; `archive` hands
//!    out what `build` wrote.
//! 3. `link`, `seal`, `form` and `forwarded` read what strangers send; `gate` stops who asks too often.
//! 4. A [`Desk`] does what outlives a request; `cli` has it. [`Visits`] is told of who reads.

mod archive;
mod counts;
mod form;
mod forwarded;
mod gate;
mod join;
mod leave;
mod limits;
mod link;
mod reply;
mod seal;
mod server;
mod site;
mod stream;

use std::pin::Pin;

use axum::http::HeaderMap;
use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::audience::Entry;

pub use counts::{Counts, Mail};
pub use form::Form;
pub use forwarded::{client, hops};
pub use gate::{Gate, network};
pub use limits::Limits;
pub use link::Link;
pub use seal::{Refusal, Request, is_way_back, request, requested, way_back};
pub use server::{Listener, serve, serve_metrics};
pub use site::{Log, Premises, Site};

/// What will be answered, later.
pub type Later<T> = Pin<Box<dyn Future<Output = Result<T, Trouble>> + Send>>;

/// The answer of a health check, later.
pub type Checkup = Pin<Box<dyn Future<Output = Result<(), Outage>> + Send>>;

/// What is to be sent to somebody who wants to sign up.
pub type Seat = Box<dyn FnOnce(Invitation) + Send>;

/// Does what outlives a request.
pub trait Desk: Send + Sync + 'static {
    /// Writes an act down; is ready when it is on the disk, with how the reader stands then.
    fn record(&self, entry: Entry) -> Later<Standing>;

    /// How a reader stands, by the list of suppressions alone.
    fn standing(&self, address: &EmailAddress) -> Later<Standing>;

    /// The segments that a reader belongs to by the list; none, where nobody has that address.
    fn segments(&self, address: &EmailAddress) -> Later<Vec<String>>;

    /// Puts somebody on the list who is not there yet; is ready when that is on the disk.
    fn enlist(&self, newcomer: Signup) -> Later<()>;

    /// A place in the queue of mails to confirm; `None` where it is full, whoever asks.
    fn seat(&self) -> Option<Seat>;

    /// Says to the operator that the publication's limit of mails to confirm is reached.
    fn overrun(&self) {}

    /// Whether the list and the suppressions can be read and written.
    fn health(&self) -> Checkup;
}

/// How a reader stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whether nothing is sent to the reader.
    pub gone: bool,
    /// Whether the reader's own word does not change that: a complaint, a dead mailbox, the
    /// editor's decision.
    pub barred: bool,
    /// When the latest of what keeps the reader out was written down.
    pub since: Option<Timestamp>,
    /// The segments that the reader left.
    pub left: Vec<String>,
}

/// A mail that asks for a confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Who it goes to.
    pub address: EmailAddress,
    /// The token of the link in it.
    pub token: String,
}

/// Somebody who has confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signup {
    /// The address.
    pub address: EmailAddress,
    /// The tags of the segments that were chosen.
    pub tags: Vec<String>,
    /// The page of the form.
    pub form: String,
    /// When it was confirmed.
    pub at: jiff::Timestamp,
}

/// The disk failed. What it was has been said where an operator reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the disk failed")]
pub struct Trouble;

/// Reason for which readers cannot leave or join at the moment. It names no path and no address:
/// `/healthz` shows it to everyone who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Outage {
    /// The file of suppressions was there and is gone.
    #[error("the file of suppressions is gone")]
    Gone,
    /// The file of suppressions is a link to nothing.
    #[error("the file of suppressions is a link to nothing")]
    Dangling,
    /// The file of suppressions lost rows.
    #[error("the file of suppressions names fewer readers than before")]
    Shrunk,
    /// The file of suppressions has a row that cannot be understood, or cannot be opened.
    #[error("the file of suppressions cannot be read")]
    Unreadable,
    /// The list or the suppressions cannot be written to, or the disk is full.
    #[error("a list cannot be read or written, or the disk is full")]
    Unwritable,
}

/// What is told of a request: as little of who asks as that.
#[derive(Debug, Clone, Copy)]
pub struct Visit<'v> {
    /// GET or HEAD.
    pub method: &'v str,
    /// What stands behind the `?`; empty where nothing does.
    pub query: &'v str,
    /// What was said besides.
    pub headers: &'v HeaderMap,
}

/// Is told of who reads, and may know paths of its own.
///
/// This is the place for whoever counts views: a page is told of before it is sent, and a path that
/// is none of the archive's may lead elsewhere. Nothing is kept here of who asked.
pub trait Visits: Send + Sync + 'static {
    /// Somebody gets a page of the archive: its file below `public/`, such as `first-frost.html`.
    fn page(&self, file: &str, visit: &Visit<'_>) {
        let _: (&str, &Visit<'_>) = (file, visit);
    }

    /// Where a path leads that begins below the base path, with a `/`, and is not the server's own.
    fn leads(&self, path: &str, visit: &Visit<'_>) -> Option<String> {
        let _: (&str, &Visit<'_>) = (path, visit);
        None
    }
}

/// Counts nothing.
#[derive(Debug, Clone, Copy)]
pub struct Uncounted;

impl Visits for Uncounted {}
