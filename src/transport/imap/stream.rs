//! A socket in, encrypted where the settings want it; lines and bytes, as many as can be meant, out.

use std::fmt;
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};

use crate::config::Imap;
use crate::transport::error::Error;
use crate::transport::imap::error::ImapError;
use crate::transport::tls;

/// How long the server may take for anything.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long a line can be: one that lists a million messages has eight megabytes.
const LINE_MAX: u64 = 16_000_000;

/// How many bytes can come at once: more than was asked for of a message is never meant.
const BYTES_MAX: u64 = 16_000_000;

/// A socket, encrypted or not.
trait Wire: Read + Write + Send {
    /// The socket itself, where it is not encrypted yet.
    fn into_plain(self: Box<Self>) -> Option<TcpStream>;
}

impl Wire for TcpStream {
    fn into_plain(self: Box<Self>) -> Option<TcpStream> {
        Some(*self)
    }
}

impl Wire for StreamOwned<ClientConnection, TcpStream> {
    fn into_plain(self: Box<Self>) -> Option<TcpStream> {
        None
    }
}

/// A connection to a server.
pub(super) struct Stream {
    input: BufReader<Box<dyn Wire>>,
}

impl Stream {
    /// Connects to the first of the host's addresses that answers.
    pub(super) fn connect(settings: &Imap) -> Result<Self, ImapError> {
        let connected = (settings.host.as_str(), settings.port).to_socket_addrs().and_then(|all| {
            let mut failed = io::Error::other("the name has no address");
            for address in all {
                match TcpStream::connect_timeout(&address, PATIENCE) {
                    Ok(socket) => return Ok(socket),
                    Err(error) => failed = error,
                }
            }
            Err(failed)
        });
        let (host, port) = (settings.host.clone(), settings.port);
        let socket = connected.map_err(|source| ImapError::Connect { host, port, source })?;
        let ready = socket
            .set_read_timeout(Some(PATIENCE))
            .and_then(|()| socket.set_write_timeout(Some(PATIENCE)))
            .and_then(|()| socket.set_nodelay(true));
        ready.map_err(ImapError::Lost)?;
        Ok(Self { input: BufReader::new(Box::new(socket)) })
    }

    /// Encrypts a connection that is not encrypted yet.
    pub(super) fn encrypt(self, settings: &Imap) -> Result<Self, ImapError> {
        let host = || settings.host.clone();
        // Text that came before the encryption was put there by somebody on the way.
        if !self.input.buffer().is_empty() {
            return Err(Error::Injected { host: host() }.into());
        }
        let failed = |source| Error::Tls { host: host(), source };
        let name = ServerName::try_from(host()).map_err(|error| failed(error.into()))?;
        let config = tls::trusting(&settings.host, settings.ca_file.as_deref())?;
        let client = ClientConnection::new(Arc::new(config), name);
        let client = client.map_err(|error| failed(error.into()))?;
        let socket = self.input.into_inner().into_plain();
        let socket = socket.ok_or(ImapError::Garbled("it is encrypted already"))?;
        let mut stream = StreamOwned::new(client, socket);
        while stream.conn.is_handshaking() {
            let done = stream.conn.complete_io(&mut stream.sock);
            done.map_err(|error| failed(error.into()))?;
        }
        Ok(Self { input: BufReader::new(Box::new(stream)) })
    }

    pub(super) fn write(&mut self, text: &str) -> Result<(), ImapError> {
        let wire = self.input.get_mut();
        wire.write_all(text.as_bytes()).and_then(|()| wire.flush()).map_err(ImapError::Lost)
    }

    /// The next line, without its end.
    pub(super) fn line(&mut self) -> Result<String, ImapError> {
        let mut line = Vec::new();
        let read = (&mut self.input).take(LINE_MAX).read_until(b'\n', &mut line);
        read.map_err(ImapError::Lost)?;
        if !line.ends_with(b"\n") {
            let ended = line.len() as u64 == LINE_MAX;
            let gone = || ImapError::Lost(io::ErrorKind::UnexpectedEof.into());
            return Err(if ended { ImapError::Garbled("a line without an end") } else { gone() });
        }
        Ok(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned())
    }

    /// So many bytes.
    pub(super) fn bytes(&mut self, number: u64) -> Result<Vec<u8>, ImapError> {
        if number > BYTES_MAX {
            return Err(ImapError::Garbled("more bytes than anybody asked for"));
        }
        let mut bytes = Vec::new();
        (&mut self.input).take(number).read_to_end(&mut bytes).map_err(ImapError::Lost)?;
        match bytes.len() as u64 == number {
            true => Ok(bytes),
            false => Err(ImapError::Lost(io::ErrorKind::UnexpectedEof.into())),
        }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stream(..)")
    }
}
