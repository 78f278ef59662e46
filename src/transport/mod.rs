//! Messages in, what a mail server or a folder made of them out.
//!
//! lettre speaks SMTP; the socket beneath it, its deadlines and its encryption are ours (`stream`).
//! What a server answers is a [`Reply`], never an error.

mod error;
mod hello;
mod maildir;
mod reply;
mod smtp;
mod stream;
mod tls;

pub use error::Error;
pub use hello::Offers;
pub use maildir::{Maildir, MaildirError, file_name};
pub use reply::{Reply, Stage};
pub use smtp::{Connection, Server};
