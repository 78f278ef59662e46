//! Settings in, a connection that is encrypted and logged in as they say out.

use std::fmt;
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::commands::{Data, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use rustls::pki_types::ServerName;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::address::EmailAddress;
use crate::config::{AuthProtocol, Login, Smtp, Tls};
use crate::transport::error::Error;
use crate::transport::hello::{Offers, greeting, hello, starttls};
use crate::transport::reply::{Reply, Stage};
use crate::transport::stream::Stream;
use crate::transport::tls::connector;

/// How long a server may take to say goodbye.
const QUIT_PATIENCE: Duration = Duration::from_secs(2);

/// A mail server that connections can be made to.
pub struct Server {
    smtp: Smtp,
    password: Option<SecretString>,
    encryption: Encryption,
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
        Ok(Self { smtp: smtp.clone(), password, encryption })
    }

    /// Connects, encrypts, says EHLO and logs in, each as the settings want it and never less.
    ///
    /// # Errors
    /// Anything on the way: the network, TLS, or a server that refuses.
    pub async fn connect(&self) -> Result<Connection, Error> {
        let mut plain = self.reach().await?;
        match &self.encryption {
            Encryption::None => {
                greeting(&mut plain).await?;
                self.enter(plain).await
            }
            Encryption::Implicit(tls) => {
                let mut stream = self.encrypt(tls, plain).await?;
                greeting(&mut stream).await?;
                self.enter(stream).await
            }
            Encryption::StartTls(tls) => {
                greeting(&mut plain).await?;
                self.ask_for_tls(&mut plain).await?;
                // What was offered before is forgotten (RFC 3207 §4.2): `enter` says EHLO again.
                self.enter(self.encrypt(tls, plain).await?).await
            }
        }
    }

    /// Opens the socket at the first of the host's addresses that answers.
    async fn reach(&self) -> Result<Stream<TcpStream>, Error> {
        let Smtp { host, port, timeout, .. } = &self.smtp;
        let addresses = tokio::net::lookup_host((host.as_str(), *port)).await;
        let addresses =
            addresses.map_err(|source| Error::Resolve { host: host.clone(), source })?;
        let mut last = std::io::Error::from(std::io::ErrorKind::NotFound);
        for peer in addresses {
            let socket = tokio::time::timeout(*timeout, TcpStream::connect(peer)).await;
            // A group of commands is one packet: nothing to gain from Nagle, and 40 ms to lose.
            match socket.unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into())) {
                Ok(socket) => match socket.set_nodelay(true) {
                    Ok(()) => return Ok(Stream::new(socket, peer, *timeout)),
                    Err(error) => last = error,
                },
                Err(error) => last = error,
            }
        }
        Err(Error::Connect { host: host.clone(), port: *port, source: last })
    }

    async fn ask_for_tls(&self, plain: &mut Stream<TcpStream>) -> Result<(), Error> {
        if !hello(plain, &self.smtp.hello_hostname).await?.starttls {
            return Err(Error::NoStartTls { host: self.smtp.host.clone() });
        }
        starttls(plain).await
    }

    /// Shakes hands. Text that is there already was not protected by TLS (RFC 3207 §6).
    async fn encrypt(
        &self,
        tls: &TlsConnector,
        plain: Stream<TcpStream>,
    ) -> Result<Stream<TlsStream<TcpStream>>, Error> {
        let host = self.smtp.host.clone();
        let Some((socket, peer)) = plain.into_socket() else {
            return Err(Error::Injected { host });
        };
        let name = match ServerName::try_from(host.clone()) {
            Ok(name) => name,
            Err(error) => return Err(Error::Tls { host, source: error.into() }),
        };
        match tokio::time::timeout(self.smtp.timeout, tls.connect(name, socket)).await {
            Ok(Ok(socket)) => Ok(Stream::new(socket, peer, self.smtp.timeout)),
            Ok(Err(error)) => Err(Error::Tls { host, source: error.into() }),
            Err(_) => Err(Error::TimedOut),
        }
    }

    /// Says EHLO, hands the connection to lettre, and logs in.
    async fn enter<S>(&self, mut stream: Stream<S>) -> Result<Connection, Error>
    where
        S: AsyncRead + AsyncWrite + Send + Sync + Unpin + 'static,
    {
        let offers = hello(&mut stream, &self.smtp.hello_hostname).await?;
        stream.rehearse("220 \r\n250-server\r\n250 AUTH PLAIN LOGIN\r\n");
        let stream: Box<dyn AsyncTokioStream> = Box::new(stream);
        let name = ClientId::Domain(self.smtp.hello_hostname.clone());
        let engine = AsyncSmtpConnection::connect_with_transport(stream, &name).await;
        let mut connection = Connection { engine: engine.map_err(Error::from_lettre)?, offers };
        if let (Some(login), Some(password)) = (&self.smtp.login, &self.password) {
            self.log_in(&mut connection, login, password).await?;
        }
        Ok(connection)
    }

    async fn log_in(
        &self,
        connection: &mut Connection,
        login: &Login,
        password: &SecretString,
    ) -> Result<(), Error> {
        let mechanism = match login.protocol {
            AuthProtocol::Plain => Mechanism::Plain,
            AuthProtocol::Login => Mechanism::Login,
            AuthProtocol::XOauth2 => Mechanism::Xoauth2,
        };
        if !connection.offers.mechanisms.contains(&mechanism) {
            let (host, mechanism) = (self.smtp.host.clone(), mechanism.to_string());
            return Err(Error::NoLogin { host, mechanism });
        }
        let credentials =
            Credentials::new(login.username.clone(), password.expose_secret().to_owned());
        let answer = connection.engine.auth(&[mechanism], &credentials).await;
        let reply = heard(answer)?;
        if reply.is_positive() {
            Ok(())
        } else {
            Err(Error::Refused { stage: Stage::Login, reply })
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({}:{})", self.smtp.host, self.smtp.port)
    }
}

/// One connection, ready for messages. After an error it is of no use.
pub struct Connection {
    engine: AsyncSmtpConnection,
    offers: Offers,
}

impl Connection {
    /// What the server offers.
    #[must_use]
    pub fn offers(&self) -> &Offers {
        &self.offers
    }

    /// The three commands that come before a message of `size` bytes: MAIL, RCPT and DATA.
    #[must_use]
    pub fn envelope(&self, from: &EmailAddress, to: &EmailAddress, size: usize) -> [String; 3] {
        let mut mail = format!("MAIL FROM:<{from}>");
        if self.offers.size {
            mail.extend([" SIZE=", &size.to_string()]);
        }
        if to.needs_smtputf8() || from.needs_smtputf8() {
            mail.push_str(" SMTPUTF8");
        }
        mail.push_str("\r\n");
        [mail, format!("RCPT TO:<{to}>\r\n"), Data.to_string()]
    }

    /// Writes commands, with or without a message before them, at once; waits for the first reply.
    ///
    /// # Errors
    /// The connection is lost: how much was written is not known.
    pub async fn command(&mut self, group: &str) -> Result<Reply, Error> {
        heard(self.engine.command(group).await)
    }

    /// Waits for the reply to the next command of a group.
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn reply(&mut self) -> Result<Reply, Error> {
        heard(self.engine.read_response().await)
    }

    /// Forgets the transaction that was begun (RFC 5321 §4.1.1.5).
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn reset(&mut self) -> Result<Reply, Error> {
        self.command(&Rset.to_string()).await
    }

    /// Says goodbye, and does not wait long for an answer.
    pub async fn quit(mut self) {
        // Every message has its answer: whether the goodbye is answered changes nothing.
        drop(tokio::time::timeout(QUIT_PATIENCE, self.engine.quit()).await);
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("offers", &self.offers).finish_non_exhaustive()
    }
}

/// lettre takes a refusal for an error; here it is an answer as any other.
fn heard(answer: Result<Response, lettre::transport::smtp::Error>) -> Result<Reply, Error> {
    match answer {
        Ok(response) => Ok(Reply::from(&response)),
        Err(error) => match error.status() {
            Some(code) => {
                let words = std::error::Error::source(&error).map(ToString::to_string);
                Ok(Reply::new(code.into(), &words.unwrap_or_default()))
            }
            None => Err(Error::from_lettre(error)),
        },
    }
}
