//! What can go wrong between this machine and the mail server.

use std::io;
use std::path::PathBuf;

use crate::transport::reply::{Reply, Stage};

/// What a cause can be.
pub(super) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// The connection to the mail server failed. Never holds a password.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The name is not known, or the DNS does not answer.
    #[error("cannot find the mail server `{host}`")]
    Resolve {
        /// The server's name.
        host: String,
        /// What the resolver says.
        source: io::Error,
    },
    /// Nobody answers there.
    #[error("cannot connect to `{host}` port {port}")]
    Connect {
        /// The server's name.
        host: String,
        /// The port.
        port: u16,
        /// What the network says.
        source: io::Error,
    },
    /// The file of trusted certificates is of no use.
    #[error("cannot take the certificates of `{path}`")]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Cause,
    },
    /// TLS could not be agreed on, or the certificate is not to be trusted.
    #[error("cannot encrypt the connection to `{host}`")]
    Tls {
        /// The server's name.
        host: String,
        /// What the TLS library says.
        source: Cause,
    },
    /// STARTTLS is what the settings ask for, and is not offered.
    #[error("`{host}` does not offer STARTTLS")]
    NoStartTls {
        /// The server's name.
        host: String,
    },
    /// There was plain text behind the answer to STARTTLS: somebody on the way put it there.
    #[error(
        "somebody tampers with the connection to `{host}`: there was text behind its answer to STARTTLS"
    )]
    Injected {
        /// The server's name.
        host: String,
    },
    /// The way to log in that the settings name is not offered.
    #[error("`{host}` does not offer `AUTH {mechanism}`")]
    NoLogin {
        /// The server's name.
        host: String,
        /// The mechanism.
        mechanism: String,
    },
    /// The server does not want us: at the greeting, at EHLO, at the login, or by closing.
    #[error("the mail server refused {stage}: {reply}")]
    Refused {
        /// What it refused.
        stage: Stage,
        /// What it said.
        reply: Reply,
    },
    /// There was no answer in time.
    #[error("the mail server did not answer in time")]
    TimedOut,
    /// The connection broke, or was closed without a word.
    #[error("the connection to the mail server was lost")]
    Lost {
        /// What the network says.
        source: io::Error,
    },
    /// What came is not SMTP.
    #[error("the mail server does not speak SMTP as it should")]
    Protocol {
        /// What is wrong.
        source: Cause,
    },
}

impl Error {
    /// Whether trying again is of no use before somebody changes a setting, here or there.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Refused { reply, .. } => reply.code >= 500,
            Self::Tls { source, .. } => is_certificate(source.as_ref()),
            Self::CaFile { .. }
            | Self::NoStartTls { .. }
            | Self::Injected { .. }
            | Self::NoLogin { .. } => true,
            Self::Resolve { .. }
            | Self::Connect { .. }
            | Self::TimedOut
            | Self::Lost { .. }
            | Self::Protocol { .. } => false,
        }
    }

    /// What the network says.
    pub(super) fn lost(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::TimedOut {
            return Self::TimedOut;
        }
        Self::Lost { source: io::Error::new(error.kind(), error.to_string()) }
    }
}

/// Whether TLS failed by what the server showed, not by the network.
fn is_certificate(source: &(dyn std::error::Error + 'static)) -> bool {
    let io = source.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    let tls = io.and_then(|inner| inner.downcast_ref::<rustls::Error>());
    matches!(tls, Some(rustls::Error::InvalidCertificate(_)))
}
