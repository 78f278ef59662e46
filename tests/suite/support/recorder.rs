//! Who is put off and who is refused in, a mail server on loopback that remembers each message out.
//!
//! It is quick, for runs of thousands against the program itself, and it takes what a client that
//! was killed had handed to the network: whether it may be sent again is what those runs are about.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

/// What a server makes of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    Accept,
    /// It says this to the first RCPT.
    PutOff(&'static str),
    /// It says this to the first message.
    PutOffMessage(&'static str),
    /// It says this to every RCPT.
    Refuse(&'static str),
    /// It says this to every message.
    RefuseMessage(&'static str),
}

impl Manner {
    /// Whether the address gets a message in the end.
    pub(crate) fn is_served(self) -> bool {
        !matches!(self, Self::Refuse(_) | Self::RefuseMessage(_))
    }
}

/// How a server talks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Speech {
    /// What it says to EHLO.
    pub(crate) offers: &'static [&'static str],
    /// How long its answers take.
    pub(crate) delay: Duration,
    /// What it makes of an address.
    pub(crate) manner: fn(&str) -> Manner,
}

/// What a server has seen.
#[derive(Debug, Default)]
pub(crate) struct Record {
    /// Every message that it took, by the envelope's recipient.
    pub(crate) messages: BTreeMap<String, Vec<Vec<u8>>>,
    /// The envelope's sender of each of them.
    pub(crate) senders: BTreeMap<String, Vec<String>>,
    /// How many there are.
    pub(crate) count: usize,
    /// How many commands and messages it has obeyed.
    pub(crate) steps: usize,
    /// Who was put off.
    put_off: BTreeMap<String, u32>,
    connections: usize,
}

#[derive(Debug, Default)]
struct Shared {
    record: Mutex<Record>,
    changed: Condvar,
}

/// A server; its threads end with its clients.
pub(crate) struct Recorder {
    port: u16,
    shared: Arc<Shared>,
}

impl Recorder {
    pub(crate) fn start(speech: Speech) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared::default());
        let server = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                server.change(|record| record.connections += 1);
                let shared = Arc::clone(&server);
                thread::spawn(move || serve(stream, speech, &shared));
            }
        });
        Self { port, shared }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn record(&self) -> MutexGuard<'_, Record> {
        self.shared.record.lock().unwrap()
    }

    /// Waits until something is so; `false` where it is not so for as long as `patience`.
    pub(crate) fn wait(&self, patience: Duration, is_so: impl Fn(&Record) -> bool) -> bool {
        let record = self.shared.record.lock().unwrap();
        let waiting = |record: &mut Record| !is_so(record);
        let waited = self.shared.changed.wait_timeout_while(record, patience, waiting).unwrap();
        !waited.1.timed_out()
    }

    /// Waits until all that clients who are gone left behind is read.
    pub(crate) fn wait_until_idle(&self) {
        let idle = self.wait(Duration::from_secs(30), |record| record.connections == 0);
        assert!(idle, "somebody is still connected");
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // The thread that listens keeps the rest until the tests end.
        if let Ok(mut record) = self.shared.record.lock() {
            record.messages.clear();
        }
    }
}

impl Shared {
    fn change<T>(&self, change: impl FnOnce(&mut Record) -> T) -> T {
        let changed = change(&mut self.record.lock().unwrap());
        self.changed.notify_all();
        changed
    }
}

fn serve(stream: TcpStream, speech: Speech, shared: &Shared) {
    // A client that is killed is what this is for.
    drop(Peer::new(stream, speech, shared).and_then(|mut peer| peer.talk()));
    shared.change(|record| record.connections -= 1);
}

/// One client.
struct Peer<'p> {
    input: BufReader<TcpStream>,
    output: TcpStream,
    answers: Vec<u8>,
    speech: Speech,
    shared: &'p Shared,
    from: String,
    to: Option<String>,
}

impl<'p> Peer<'p> {
    fn new(output: TcpStream, speech: Speech, shared: &'p Shared) -> io::Result<Self> {
        output.set_nodelay(true)?;
        let input = BufReader::with_capacity(1 << 16, output.try_clone()?);
        Ok(Self {
            input,
            output,
            answers: Vec::new(),
            speech,
            shared,
            from: String::new(),
            to: None,
        })
    }

    fn talk(&mut self) -> io::Result<()> {
        self.say("220 mail.example.org ESMTP");
        loop {
            let line = self.line()?;
            self.shared.change(|record| record.steps += 1);
            let line = String::from_utf8(line).map_err(io::Error::other)?;
            let verb = line.split([' ', ':', '\r']).next().unwrap_or_default();
            match verb {
                "EHLO" => self.say(&self.offers()),
                "RCPT" => self.recipient(line.split(['<', '>']).nth(1).unwrap_or_default()),
                "DATA" => self.data()?,
                "BDAT" => self.chunk(line.split(' ').nth(1).unwrap_or_default())?,
                "QUIT" => {
                    self.say("221 2.0.0 bye");
                    return self.flush();
                }
                _ => {
                    self.to = None; // MAIL, RSET
                    line.split(['<', '>']).nth(1).unwrap_or_default().clone_into(&mut self.from);
                    self.say("250 2.0.0 ok");
                }
            }
        }
    }

    fn offers(&self) -> String {
        let offers = self.speech.offers.iter().map(|offer| format!("250-{offer}\r\n"));
        format!("250-mail.example.org\r\n{}250 SIZE 1000000", offers.collect::<String>())
    }

    fn recipient(&mut self, to: &str) {
        let said = match (self.speech.manner)(to) {
            Manner::Refuse(said) => Some(said),
            Manner::PutOff(said) => self.first_time(to).then_some(said),
            Manner::Accept | Manner::PutOffMessage(_) | Manner::RefuseMessage(_) => None,
        };
        self.to = said.is_none().then(|| to.to_owned());
        self.say(said.unwrap_or("250 2.1.5 ok"));
    }

    fn first_time(&self, to: &str) -> bool {
        self.shared.change(|record| {
            let times = record.put_off.entry(to.to_owned()).or_default();
            *times += 1;
            *times == 1
        })
    }

    fn data(&mut self) -> io::Result<()> {
        if self.to.is_none() {
            self.say("554 5.5.1 no recipients");
            return Ok(());
        }
        self.say("354 go ahead");
        let mut message = Vec::new();
        loop {
            let start = message.len();
            self.line_into(&mut message)?;
            match &message[start..] {
                b".\r\n" => break message.truncate(start),
                [b'.', ..] => drop(message.remove(start)),
                _ => {}
            }
        }
        self.take(message);
        Ok(())
    }

    fn chunk(&mut self, size: &str) -> io::Result<()> {
        let mut message = vec![0; size.parse().map_err(io::Error::other)?];
        self.flush_before_waiting()?;
        self.input.read_exact(&mut message)?;
        self.take(message);
        Ok(())
    }

    /// Takes a message that has come whole.
    fn take(&mut self, message: Vec<u8>) {
        let Some(to) = self.to.take() else { return self.say("503 5.5.1 no recipients") };
        let said = match (self.speech.manner)(&to) {
            Manner::RefuseMessage(said) => Some(said),
            Manner::PutOffMessage(said) => self.first_time(&to).then_some(said),
            Manner::Accept | Manner::PutOff(_) | Manner::Refuse(_) => None,
        };
        let from = std::mem::take(&mut self.from);
        self.shared.change(|record| {
            record.steps += 1;
            if said.is_none() {
                record.count += 1;
                record.senders.entry(to.clone()).or_default().push(from);
                record.messages.entry(to).or_default().push(message);
            }
        });
        self.say(said.unwrap_or("250 2.0.0 queued"));
    }

    fn say(&mut self, reply: &str) {
        self.answers.extend_from_slice(reply.as_bytes());
        self.answers.extend_from_slice(b"\r\n");
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.speech.delay.is_zero() {
            pause(self.speech.delay);
        }
        self.output.write_all(&std::mem::take(&mut self.answers))
    }

    /// What came together is answered together.
    fn flush_before_waiting(&mut self) -> io::Result<()> {
        if self.input.buffer().is_empty() && !self.answers.is_empty() {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// A whole line, with its end.
    fn line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        self.line_into(&mut line)?;
        Ok(line)
    }

    fn line_into(&mut self, text: &mut Vec<u8>) -> io::Result<()> {
        self.flush_before_waiting()?;
        self.input.read_until(b'\n', text)?;
        if text.ends_with(b"\r\n") { Ok(()) } else { Err(ErrorKind::UnexpectedEof.into()) }
    }
}

#[expect(clippy::disallowed_methods, reason = "a server that is far away")]
fn pause(time: Duration) {
    thread::sleep(time);
}
