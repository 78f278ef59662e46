//! A script of misbehaviour in, a mail server on loopback that follows it out.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use newsletter::config::{Smtp, Timeouts, Tls};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::support::link::{Link, Traffic};
pub(crate) use crate::support::script::{Act, Point, when};

/// What the server saw.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// The recipient and the text of each message that it took.
    pub(crate) messages: Vec<(String, String)>,
    /// Every command, and whether it had come together with the one before it.
    pub(crate) commands: Vec<(String, bool)>,
    /// How many connections there were.
    pub(crate) connections: usize,
    /// What went over each of them, where they are links.
    pub(crate) traffic: Vec<Arc<Mutex<Traffic>>>,
}

type Script = Box<dyn FnMut(&Point<'_>) -> Act + Send>;

pub(crate) struct Server {
    address: SocketAddr,
    timeout: Duration,
    log: Arc<Mutex<Log>>,
    task: tokio::task::JoinHandle<()>,
}

pub(crate) struct Setup {
    pub(crate) ehlo: &'static [&'static str],
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) implicit: bool,
    /// Whether an answer goes out at once, and not when the client's system has said that it has
    /// the one before.
    pub(crate) prompt: bool,
    /// How long a client waits for this server: short where the server may fall silent.
    pub(crate) timeout: Duration,
    /// Whether it keeps the transaction of a message that it did not take, until RSET (RFC 3030 §2).
    pub(crate) lingers: bool,
    /// What lies between it and the client on a connection, counted from 1.
    pub(crate) link: Option<Box<dyn Fn(usize) -> Link + Send + Sync>>,
}

impl Default for Setup {
    fn default() -> Self {
        let ehlo = &["PIPELINING", "SIZE 1000000", "8BITMIME"];
        let timeout = Duration::from_millis(400);
        Self {
            ehlo,
            tls: None,
            implicit: false,
            prompt: false,
            timeout,
            lingers: false,
            link: None,
        }
    }
}

impl Server {
    pub(crate) async fn start(script: impl FnMut(&Point<'_>) -> Act + Send + 'static) -> Self {
        Self::start_as(Setup::default(), script).await
    }

    pub(crate) async fn start_as(
        setup: Setup,
        script: impl FnMut(&Point<'_>) -> Act + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Log::default()));
        let timeout = setup.timeout;
        let (setup, shared) = (Arc::new(setup), Arc::clone(&log));
        let script: Arc<Mutex<Script>> = Arc::new(Mutex::new(Box::new(script)));
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                drop(socket.set_nodelay(setup.prompt));
                let (setup, log) = (Arc::clone(&setup), Arc::clone(&shared));
                tokio::spawn(Peer::new(socket, setup, log, Arc::clone(&script)).serve());
            }
        });
        Self { address, timeout, log, task }
    }

    pub(crate) fn smtp(&self, tls: Tls) -> Smtp {
        Smtp {
            host: "localhost".to_owned(),
            port: self.address.port(),
            tls,
            ca_file: None,
            login: None,
            hello_hostname: "client.example.org".to_owned(),
            max_conns: 1,
            max_messages_per_connection: None,
            max_in_flight: 16,
            pipelining: true,
            chunking: true,
            dsn: true,
            timeouts: Timeouts::all(self.timeout),
        }
    }

    pub(crate) fn log<T>(&self, look: impl FnOnce(&Log) -> T) -> T {
        look(&self.log.lock().unwrap())
    }

    pub(crate) fn received(&self, address: &str) -> usize {
        self.log(|log| log.messages.iter().filter(|(to, _)| to == address).count())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

struct Peer {
    io: Option<Box<dyn Io>>,
    buffer: Vec<u8>,
    connection: usize,
    setup: Arc<Setup>,
    log: Arc<Mutex<Log>>,
    script: Arc<Mutex<Script>>,
    verbs: Vec<String>,
    mail: bool,
    to: Option<String>,
    /// Recipients of the transaction before the last one.
    lingering: Vec<String>,
    asked_for: String,
    dsn: bool,
}

/// The connection ends.
struct Closed;

impl From<std::io::Error> for Closed {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

impl Peer {
    fn new(
        socket: TcpStream,
        setup: Arc<Setup>,
        log: Arc<Mutex<Log>>,
        script: Arc<Mutex<Script>>,
    ) -> Self {
        log.lock().unwrap().connections += 1;
        let connection = log.lock().unwrap().connections;
        let io: Box<dyn Io> = match &setup.link {
            None => Box::new(socket),
            Some(link) => {
                let traffic = Arc::default();
                log.lock().unwrap().traffic.push(Arc::clone(&traffic));
                Box::new(link(connection).between(socket, traffic))
            }
        };
        Self {
            io: Some(io),
            buffer: Vec::new(),
            connection,
            setup,
            log,
            script,
            verbs: Vec::new(),
            mail: false,
            to: None,
            lingering: Vec::new(),
            asked_for: String::new(),
            dsn: false,
        }
    }

    async fn serve(mut self) {
        // The end of a connection is no news to the server.
        drop(self.talk().await);
    }

    async fn talk(&mut self) -> Result<(), Closed> {
        if self.setup.implicit {
            self.encrypt().await?;
        }
        self.answer("CONNECT", "220 mail.example.org ESMTP").await?;
        loop {
            let (line, riding) = self.line().await?;
            self.log.lock().unwrap().commands.push((line.clone(), riding));
            self.obey(&line).await?;
        }
    }

    async fn obey(&mut self, line: &str) -> Result<(), Closed> {
        self.dsn = line.contains(" RET=") || line.contains(" NOTIFY=");
        match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => drop(self.answer("EHLO", &self.offers()).await?),
            "STARTTLS" => {
                self.answer("STARTTLS", "220 2.0.0 go ahead").await?;
                self.encrypt().await?;
            }
            "MAIL" if self.setup.lingers && self.mail => {
                self.answer("MAIL", "503 5.5.1 nested MAIL command").await?;
            }
            "MAIL" => {
                self.reset();
                self.mail = self.answer("MAIL", "250 2.1.0 ok").await?;
            }
            "RCPT" => self.recipient(line).await?,
            "DATA" => self.data().await?,
            "BDAT" => self.chunk(line).await?,
            "RSET" => {
                self.reset();
                self.answer("RSET", "250 2.0.0 ok").await?;
            }
            "QUIT" => {
                self.answer("QUIT", "221 2.0.0 bye").await?;
                return Err(Closed);
            }
            "AUTH" => drop(self.answer("AUTH", "235 2.7.0 welcome").await?),
            // The answer to a challenge.
            _ => drop(self.answer("?", "235 2.7.0 welcome").await?),
        }
        Ok(())
    }

    fn offers(&self) -> String {
        let mut lines = vec!["250-mail.example.org".to_owned()];
        lines.extend(self.setup.ehlo.iter().map(|offer| format!("250-{offer}")));
        let last = lines.last_mut().unwrap();
        last.replace_range(3..4, " ");
        lines.join("\r\n")
    }

    async fn recipient(&mut self, line: &str) -> Result<(), Closed> {
        let to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        self.asked_for.clone_from(&to);
        self.lingering.extend(self.to.take().filter(|_| self.setup.lingers));
        let normal = if self.mail { "250 2.1.5 ok" } else { "503 5.5.1 MAIL first" };
        self.to = self.answer("RCPT", normal).await?.then_some(to);
        Ok(())
    }

    async fn data(&mut self) -> Result<(), Closed> {
        let normal = if self.to.is_some() { "354 go ahead" } else { "554 5.5.1 no recipients" };
        if !self.answer("DATA", normal).await? {
            return Ok(());
        }
        let mut text = String::new();
        loop {
            let (line, _) = self.line().await?;
            if line == "." {
                break;
            }
            text.push_str(line.strip_prefix('.').unwrap_or(&line));
            text.push('\n');
        }
        self.message(text).await
    }

    /// A message with its length before it (RFC 3030).
    async fn chunk(&mut self, line: &str) -> Result<(), Closed> {
        let mut words = line.split(' ');
        let size: usize = words.nth(1).unwrap().parse().unwrap();
        assert_eq!(words.next(), Some("LAST"));
        while self.buffer.len() < size {
            if self.io.as_mut().unwrap().read_buf(&mut self.buffer).await? == 0 {
                return Err(Closed);
            }
        }
        let text: Vec<u8> = self.buffer.drain(..size).collect();
        self.message(String::from_utf8(text).unwrap().replace("\r\n", "\n")).await
    }

    async fn message(&mut self, text: String) -> Result<(), Closed> {
        let normal = if self.to.is_some() { "250 2.0.0 queued" } else { "554 5.5.1 no recipients" };
        let act = self.act(".");
        // Before the answer, as a client that has it may end the test.
        let yes = match &act {
            Act::Normal | Act::Mute | Act::TakeAndClose => true,
            // Nothing says of a code beyond 599 that the message was not taken.
            Act::Say(text) | Act::SayAndClose(text) => text.starts_with(['2', '3', '6', '9']),
            Act::Close | Act::Hang => false,
        };
        let all = self.to.iter().chain(&self.lingering).filter(|_| yes);
        let taken: Vec<_> = all.map(|to| (to.clone(), text.clone())).collect();
        self.log.lock().unwrap().messages.extend(taken);
        let answered = self.perform(act, normal).await;
        if yes || !self.setup.lingers {
            self.reset();
        }
        answered.map(drop)
    }

    fn reset(&mut self) {
        (self.mail, self.to) = (false, None);
        self.lingering.clear();
        self.asked_for.clear();
    }

    fn act(&mut self, verb: &str) -> Act {
        self.verbs.push(verb.to_owned());
        let nth = self.verbs.iter().filter(|said| *said == verb).count();
        let (connection, to, dsn) = (self.connection, self.asked_for.as_str(), self.dsn);
        let point = Point { connection, verb, to, dsn, nth };
        let mut script = self.script.lock().unwrap();
        script(&point)
    }

    async fn answer(&mut self, verb: &str, normal: &str) -> Result<bool, Closed> {
        let act = self.act(verb);
        self.perform(act, normal).await
    }

    /// Returns whether it said yes.
    async fn perform(&mut self, act: Act, normal: &str) -> Result<bool, Closed> {
        let (text, close) = match act {
            Act::Normal => (normal, false),
            // No server goes on after that (RFC 5321 §3.8).
            Act::Say(text) => (text, text.starts_with("421")),
            Act::SayAndClose(text) => (text, true),
            Act::Close | Act::TakeAndClose => return Err(Closed),
            Act::Hang => std::future::pending().await,
            Act::Mute => return Ok(normal.starts_with(['2', '3'])),
        };
        let io = self.io.as_mut().unwrap();
        io.write_all(format!("{text}\r\n").as_bytes()).await?;
        io.flush().await?;
        if close {
            // A socket that is closed with something unread takes back what it said last.
            io.shutdown().await?;
            let mut rest = Vec::new();
            drop(tokio::time::timeout(Duration::from_secs(1), io.read_to_end(&mut rest)).await);
            return Err(Closed);
        }
        Ok(text.starts_with('2') || text.starts_with("354"))
    }

    async fn line(&mut self) -> Result<(String, bool), Closed> {
        let mut riding = true;
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                let line = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
                self.buffer.drain(..end + 2);
                return Ok((line, riding));
            }
            riding = !self.buffer.is_empty();
            if self.io.as_mut().unwrap().read_buf(&mut self.buffer).await? == 0 {
                return Err(Closed);
            }
        }
    }

    async fn encrypt(&mut self) -> Result<(), Closed> {
        let io = self.io.take().unwrap();
        let acceptor = self.setup.tls.clone().ok_or(Closed)?;
        self.io = Some(Box::new(acceptor.accept(io).await?));
        Ok(())
    }
}
