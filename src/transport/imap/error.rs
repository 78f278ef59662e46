//! What can go wrong between this machine and the IMAP server.

use std::io;

use crate::transport::error::Error;

/// The mailbox cannot be used. Never holds a password.
#[derive(Debug, thiserror::Error)]
pub enum ImapError {
    /// The server cannot be reached.
    #[error("cannot connect to the IMAP server `{host}` port {port}")]
    Connect {
        /// The server's name.
        host: String,
        /// The port.
        port: u16,
        /// What the network says.
        source: io::Error,
    },
    /// The connection cannot be encrypted.
    #[error("cannot trust the IMAP server")]
    Tls(#[from] Error),
    /// The connection broke, or there was no answer in time.
    #[error("the connection to the IMAP server was lost")]
    Lost(#[source] io::Error),
    /// The server does not want to.
    #[error("the IMAP server refused {command}: {reply}")]
    Refused {
        /// What it refused.
        command: &'static str,
        /// What it said.
        reply: String,
    },
    /// What came is not IMAP, or more than can be meant.
    #[error("the IMAP server does not speak IMAP as it should: {0}")]
    Garbled(&'static str),
}

impl ImapError {
    pub(super) fn refused(command: &'static str, reply: &str) -> Self {
        let reply: String = crate::field::clean(reply).chars().take(200).collect();
        Self::Refused { command, reply }
    }
}
