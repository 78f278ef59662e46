//! A mailbox on an IMAP server in, the messages in it that nobody has read out.

use std::path::Path;

use secrecy::SecretString;

use crate::cli::bounces::source::{Letter, SIZE_MAX, Spot};
use crate::cli::failure::{Exit, Failure};
use crate::config::Imap;
use crate::transport::{self, ImapError, ImapMailbox};

/// A mailbox, and what is still to be read of it.
#[derive(Debug)]
pub(super) struct Remote {
    name: String,
    mailbox: ImapMailbox,
    /// Numbers, the last of them next.
    unread: Vec<u32>,
}

impl Remote {
    pub(super) fn open(root: &Path, imap: &Imap, password: &SecretString) -> Result<Self, Failure> {
        let ca_file = imap.ca_file.as_ref().map(|file| root.join(file));
        let settings = Imap { ca_file, ..imap.clone() };
        let mut mailbox = ImapMailbox::open(&settings, password)?;
        let mut unread = mailbox.unread()?;
        unread.reverse();
        let name = format!("{}/{}", imap.host, imap.mailbox);
        Ok(Self { name, mailbox, unread })
    }

    /// The next message; one that is gone meanwhile is passed over.
    pub(super) fn next(&mut self) -> Result<Option<Letter>, Failure> {
        while let Some(uid) = self.unread.pop() {
            if let Some(bytes) = self.mailbox.fetch(uid, SIZE_MAX)? {
                let name = format!("{}, message {uid}", self.name);
                return Ok(Some(Letter::new(&name, bytes, Spot::Uid(uid))));
            }
        }
        Ok(None)
    }

    pub(super) fn mark(&mut self, uid: u32) -> Result<(), Failure> {
        Ok(self.mailbox.mark(uid)?)
    }

    pub(super) fn close(self) {
        self.mailbox.close();
    }
}

impl From<ImapError> for Failure {
    fn from(error: ImapError) -> Self {
        let failure = Self::world(&error);
        match error {
            ImapError::Refused { .. } => failure.exit(Exit::Usage).hint(
                "check `username`, `password`, `mailbox` and `move_to` of `imap` in `[bounces]`",
            ),
            ImapError::Tls(transport::Error::CaFile { .. }) => failure.exit(Exit::Usage),
            ImapError::Tls(_) | ImapError::Connect { .. } => failure
                .hint("check `host`, `port`, `tls_type` and `ca_file` of `imap` in `[bounces]`"),
            ImapError::Lost(_) | ImapError::Garbled(_) => failure,
        }
    }
}
