//! Settings in, a connection that is encrypted and logged in as they say out.

use std::fmt;
use std::io;
use std::time::Duration;

use rustls::pki_types::ServerName;
use secrecy::SecretString;
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;

use crate::config::{Smtp, Tls};
use crate::transport::connection::Connection;
use crate::transport::error::Error;
use crate::transport::extensions::ExtensionTrial;
use crate::transport::hello::{greeting, hello, starttls};
use crate::transport::login::log_in;
use crate::transport::race;
use crate::transport::tls::connector;
use crate::transport::wire::Wire;

/// A mail server that connections can be made to.
pub struct Server {
    smtp: Smtp,
    password: Option<SecretString>,
    encryption: Encryption,
    trial: ExtensionTrial,
}

/// What the settings say of TLS, with what it takes.
enum Encryption {
    Implicit(TlsConnector),
    StartTls(TlsConnector),
    None,
}

impl Server {
    /// Takes the settings, and the password where they name a login.
    ///
    /// # Errors
    /// The certificates to trust cannot be had.
    pub fn new(smtp: &Smtp, password: Option<SecretString>) -> Result<Self, Error> {
        let encryption = match smtp.tls {
            Tls::Implicit => Encryption::Implicit(connector(smtp)?),
            Tls::StartTls => Encryption::StartTls(connector(smtp)?),
            Tls::None => Encryption::None,
        };
        let trial = ExtensionTrial::default();
        Ok(Self { smtp: smtp.clone(), password, encryption, trial })
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Smtp {
        &self.smtp
    }

    /// Returns what this run has learned of the server's extensions.
    #[must_use]
    pub fn trial(&self) -> &ExtensionTrial {
        &self.trial
    }

    /// Connects, encrypts, says EHLO and logs in, each as the settings want it and never less.
    ///
    /// # Errors
    /// Anything on the way: the network, TLS, or a server that refuses.
    pub async fn connect(&self) -> Result<Connection, Error> {
        let timeouts = &self.smtp.timeouts;
        let mut plain = Wire::new(Box::new(self.reach().await?));
        match &self.encryption {
            Encryption::None => {
                greeting(&mut plain, timeouts).await?;
                self.enter(plain).await
            }
            Encryption::Implicit(tls) => {
                let mut wire = self.encrypt(tls, plain).await?;
                greeting(&mut wire, timeouts).await?;
                self.enter(wire).await
            }
            Encryption::StartTls(tls) => {
                greeting(&mut plain, timeouts).await?;
                self.ask_for_tls(&mut plain).await?;
                // What was offered before is forgotten (RFC 3207 §4.2): `enter` says EHLO again.
                self.enter(self.encrypt(tls, plain).await?).await
            }
        }
    }

    /// Opens the socket at the first of the host's addresses that answers.
    async fn reach(&self) -> Result<TcpStream, Error> {
        let Smtp { host, port, timeouts, .. } = &self.smtp;
        let addresses = tokio::net::lookup_host((host.as_str(), *port)).await;
        let addresses =
            addresses.map_err(|source| Error::Resolve { host: host.clone(), source })?;
        let patience = timeouts.greeting;
        let connected = race::connect(addresses, |peer| dial(peer, patience)).await;
        connected.map_err(|source| Error::Connect { host: host.clone(), port: *port, source })
    }

    async fn ask_for_tls(&self, plain: &mut Wire) -> Result<(), Error> {
        let timeouts = &self.smtp.timeouts;
        if !hello(plain, &self.smtp.hello_hostname, timeouts).await?.starttls {
            return Err(Error::NoStartTls { host: self.smtp.host.clone() });
        }
        starttls(plain, timeouts).await
    }

    /// Shakes hands. Text that is there already was not protected by TLS (RFC 3207 §6).
    async fn encrypt(&self, tls: &TlsConnector, plain: Wire) -> Result<Wire, Error> {
        let host = self.smtp.host.clone();
        let Some(socket) = plain.into_socket() else { return Err(Error::Injected { host }) };
        let name = match ServerName::try_from(host.clone()) {
            Ok(name) => name,
            Err(error) => return Err(Error::Tls { host, source: error.into() }),
        };
        let patience = self.smtp.timeouts.greeting;
        match tokio::time::timeout(patience, tls.connect(name, socket)).await {
            Ok(Ok(socket)) => Ok(Wire::new(Box::new(socket))),
            Ok(Err(error)) => Err(Error::Tls { host, source: error.into() }),
            Err(_) => Err(Error::TimedOut),
        }
    }

    /// Says EHLO and logs in.
    async fn enter(&self, mut wire: Wire) -> Result<Connection, Error> {
        let Smtp { host, hello_hostname, login, timeouts, .. } = &self.smtp;
        let offers = hello(&mut wire, hello_hostname, timeouts).await?;
        if let (Some(login), Some(password)) = (login, &self.password) {
            log_in(&mut wire, host, &offers, (login, password), timeouts).await?;
        }
        let offers = self.trial.restrict(offers, &self.smtp);
        Ok(Connection { wire, offers, timeouts: *timeouts })
    }
}

/// Connects a socket. A group of commands is one packet, so Nagle has nothing to gain and 40 ms to
/// lose; keepalive finds out about a server that is gone while a long answer is waited for.
async fn dial(peer: std::net::SocketAddr, patience: Duration) -> io::Result<TcpStream> {
    let socket = if peer.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_nodelay(true)?;
    socket.set_keepalive(true)?;
    let connected = tokio::time::timeout(patience, socket.connect(peer)).await;
    connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({}:{})", self.smtp.host, self.smtp.port)
    }
}
