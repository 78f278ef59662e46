//! Messages in, what a mail server or a folder made of them out.
//!
//! The socket, its deadlines and its encryption are ours (`wire`); lettre knows the commands and the
//! ways to log in. What a server answers is a [`Reply`], never an error.

mod connection;
mod error;
mod extensions;
mod hello;
mod imap;
mod login;
mod maildir;
mod race;
mod replies;
mod reply;
mod server;
mod socket;
mod tls;
mod wire;

pub use connection::{Connection, Envelope};
pub use error::Error;
pub use extensions::ExtensionTrial;
pub use hello::Offers;
pub use imap::{ImapError, ImapMailbox};
pub use maildir::{Maildir, MaildirError, file_name};
pub use reply::{Reply, Stage};
pub use server::Server;
