//! Requests as bytes in, what a preview answers out.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::support::publication::{Publication, Running};

/// A preview, and how it is spoken to.
pub(crate) struct Preview {
    /// Where it listens.
    pub(crate) host: String,
    /// What its paths begin with.
    pub(crate) secret: String,
    _running: Running,
}

/// An answer: the number, and all that was sent.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let status = text.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, text }
    }

    /// What follows the header fields.
    pub(crate) fn body(&self) -> &str {
        self.text.split_once("\r\n\r\n").unwrap().1
    }
}

impl Preview {
    pub(crate) fn of(publication: &Publication) -> Self {
        Self::from(publication.preview())
    }

    pub(crate) fn from((running, address): (Running, String)) -> Self {
        let (host, secret) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
        Self { host: host.to_owned(), secret: format!("/{secret}"), _running: running }
    }

    /// Sends a request as it is.
    fn send(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        Answer::read(&bytes)
    }

    /// Asks with further header fields; without one for the host, the right one.
    pub(crate) fn ask(&self, method: &str, path: &str, fields: &[&str], body: &str) -> Answer {
        let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !fields.iter().any(|field| field.starts_with("Host")) {
            write!(request, "Host: {}\r\n", self.host).unwrap();
        }
        fields.iter().for_each(|field| write!(request, "{field}\r\n").unwrap());
        let length = body.len();
        write!(request, "Content-Length: {length}\r\n\r\n{body}").unwrap();
        self.send(&request)
    }

    pub(crate) fn get(&self, query: &str) -> Answer {
        self.ask("GET", &format!("{}{query}", self.secret), &[], "")
    }
}
