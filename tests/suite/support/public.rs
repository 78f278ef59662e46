//! A publication in, its public pages at work and requests to them out.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead as _, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{ExitStatus, Stdio};

use newsletter::key::Key;

use crate::support::publication::{Publication, Running};
use crate::support::visitor::Answer;

/// Where the messages of the server are, in the publication's folder.
const MESSAGES: &str = "serve.log";

/// `newsletter serve` at work, without a proxy before it.
pub(crate) struct Public<'p> {
    pub(crate) publication: &'p Publication,
    /// Where it listens.
    pub(crate) host: String,
    /// Where its numbers are.
    pub(crate) metrics: String,
    pub(crate) running: Running,
}

impl<'p> Public<'p> {
    /// Starts it as the settings say.
    pub(crate) fn start(publication: &'p Publication) -> Self {
        let messages = File::create(publication.path(MESSAGES)).unwrap();
        let (running, output) = publication.start(&["serve"], Stdio::from(messages));
        let mut lines = output.lines();
        let mut next = || {
            let line = lines.next().unwrap_or_else(|| panic!("{}", publication.read(MESSAGES)));
            line.unwrap().trim_start_matches("http://").trim_end_matches('/').to_owned()
        };
        let (host, metrics) = (next(), next());
        Self { publication, host, metrics, running }
    }

    /// Starts it with lines of `[serve]` beneath the settings; ports are free ones.
    pub(crate) fn with(publication: &'p Publication, lines: &str) -> Self {
        let settings = publication.read("newsletter.toml");
        let own = "[serve]\nlisten = \"127.0.0.1:0\"\nmetrics = \"127.0.0.1:0\"\n";
        publication.write("newsletter.toml", &format!("{settings}\n{own}{lines}\n"));
        Self::start(publication)
    }

    pub(crate) fn of(publication: &'p Publication) -> Self {
        Self::with(publication, "")
    }

    /// The publication's key.
    pub(crate) fn key(&self) -> Key {
        Key::new(self.publication.read(".newsletter/key").trim().as_bytes())
    }

    /// The path of an address's link to unsubscribe.
    pub(crate) fn link(&self, address: &str) -> String {
        format!("/unsubscribe/{}", self.key().seal(address))
    }

    /// Sends bytes as they are, and reads until the server closes.
    pub(crate) fn send(&self, bytes: &[u8]) -> Vec<u8> {
        exchange(&self.host, bytes).unwrap()
    }

    pub(crate) fn ask(&self, method: &str, path: &str, fields: &[&str], body: &str) -> Answer {
        let request = request(&self.host, method, path, fields, body);
        Answer::read(&self.send(request.as_bytes()))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], "")
    }

    /// Submits a form as browsers do.
    pub(crate) fn post(&self, path: &str, form: &str) -> Answer {
        self.ask("POST", path, &["Content-Type: application/x-www-form-urlencoded"], form)
    }

    /// What mailbox providers do.
    pub(crate) fn one_click(&self, path: &str) -> Answer {
        self.post(path, ONE_CLICK)
    }

    /// A number of the metrics, by its name and labels.
    pub(crate) fn count(&self, name: &str) -> u64 {
        let request = request(&self.metrics, "GET", "/metrics", &[], "");
        let answer = exchange(&self.metrics, request.as_bytes()).unwrap();
        let text = String::from_utf8(answer).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("newsletter_{name} ")));
        line.unwrap_or_else(|| panic!("no {name} in {text}")).parse().unwrap()
    }

    /// What it has said so far.
    pub(crate) fn messages(&self) -> String {
        self.publication.read(MESSAGES)
    }

    /// The rows of the file of suppressions that name an address.
    pub(crate) fn rows(&self, address: &str) -> Vec<String> {
        let list = self.publication.read("suppressions.csv");
        list.lines().filter(|row| row.contains(address)).map(str::to_owned).collect()
    }

    /// Waits until it has ended, as it was asked to.
    pub(crate) fn wait(mut self) -> ExitStatus {
        self.running.wait().unwrap()
    }
}

/// The body of a mailbox provider's request (RFC 8058 §3.2).
pub(crate) const ONE_CLICK: &str = "List-Unsubscribe=One-Click";

/// A request whose connection ends with it.
pub(crate) fn request(host: &str, method: &str, path: &str, fields: &[&str], body: &str) -> String {
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    fields.iter().for_each(|field| write!(request, "{field}\r\n").unwrap());
    write!(request, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    request
}

/// Sends bytes, and returns what comes back until the other side closes.
pub(crate) fn exchange(host: &str, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(host)?;
    stream.write_all(bytes)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}
