//! A socket in, encrypted where the settings want it; lines and bytes, as many as can be meant, out.

use std::fmt;
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};
use tokio::time::Instant;

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

/// How much the answers to one command may be together.
#[derive(Debug, Clone, Copy)]
struct Budget {
    bytes: u64,
    lines: u32,
    until: Instant,
}

/// How many bytes the answers to one command can have: a list of messages and a message.
const COMMAND_BYTES_MAX: u64 = 40_000_000;

/// How many lines they can have, with those that end in a literal.
const COMMAND_LINES_MAX: u32 = 200_000;

impl Budget {
    fn of(patience: Duration) -> Self {
        let until = Instant::now() + patience;
        Self { bytes: COMMAND_BYTES_MAX, lines: COMMAND_LINES_MAX, until }
    }

    /// Takes bytes that came, or says that they were too many, or came too slowly.
    fn take(&mut self, bytes: usize) -> Result<(), ImapError> {
        let left = self.bytes.checked_sub(bytes as u64);
        self.bytes = left.ok_or(ImapError::Garbled("more bytes than one command can have"))?;
        if Instant::now() >= self.until {
            return Err(ImapError::Lost(io::ErrorKind::TimedOut.into()));
        }
        Ok(())
    }

    fn take_line(&mut self) -> Result<(), ImapError> {
        let left = self.lines.checked_sub(1);
        self.lines = left.ok_or(ImapError::Garbled("more lines than one command can have"))?;
        Ok(())
    }
}

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
    budget: Budget,
    /// How long all answers to one command may take.
    patience: Duration,
}

impl Stream {
    /// Connects to the first of the host's addresses that answers.
    pub(super) fn connect(settings: &Imap, patience: Duration) -> Result<Self, ImapError> {
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
        Ok(Self::over(Box::new(socket), patience))
    }

    fn over(wire: Box<dyn Wire>, patience: Duration) -> Self {
        Self { input: BufReader::new(wire), budget: Budget::of(patience), patience }
    }

    /// Begins a command: its answers have a budget of their own.
    pub(super) fn begin(&mut self) {
        self.budget = Budget::of(self.patience);
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
        let patience = self.patience;
        let socket = self.input.into_inner().into_plain();
        let socket = socket.ok_or(ImapError::Garbled("it is encrypted already"))?;
        let mut stream = StreamOwned::new(client, socket);
        while stream.conn.is_handshaking() {
            let done = stream.conn.complete_io(&mut stream.sock);
            done.map_err(|error| failed(error.into()))?;
        }
        Ok(Self::over(Box::new(stream), patience))
    }

    pub(super) fn write(&mut self, text: &str) -> Result<(), ImapError> {
        let wire = self.input.get_mut();
        wire.write_all(text.as_bytes()).and_then(|()| wire.flush()).map_err(ImapError::Lost)
    }

    /// The next line, without its end.
    pub(super) fn line(&mut self) -> Result<String, ImapError> {
        self.budget.take_line()?;
        let mut line = Vec::new();
        while !line.ends_with(b"\n") {
            if line.len() as u64 > LINE_MAX {
                return Err(ImapError::Garbled("a line without an end"));
            }
            let some = self.some()?;
            let end = memchr::memchr(b'\n', some).map_or(some.len(), |end| end + 1);
            line.extend_from_slice(&some[..end]);
            self.input.consume(end);
            self.budget.take(end)?;
        }
        Ok(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned())
    }

    /// So many bytes.
    pub(super) fn bytes(&mut self, number: u64) -> Result<Vec<u8>, ImapError> {
        if number > BYTES_MAX {
            return Err(ImapError::Garbled("more bytes than anybody asked for"));
        }
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < number {
            let left = usize::try_from(number - bytes.len() as u64).unwrap_or(usize::MAX);
            let some = self.some()?;
            let end = some.len().min(left);
            bytes.extend_from_slice(&some[..end]);
            self.input.consume(end);
            self.budget.take(end)?;
        }
        Ok(bytes)
    }

    /// What has come, at least a byte.
    fn some(&mut self) -> Result<&[u8], ImapError> {
        let some = loop {
            match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ImapError::Lost(error)),
                Ok(_) => break self.input.buffer(),
            }
        };
        match some.is_empty() {
            true => Err(ImapError::Lost(io::ErrorKind::UnexpectedEof.into())),
            false => Ok(some),
        }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stream(..)")
    }
}
