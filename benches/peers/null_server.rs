//! Mail in, nothing out but how much of it there was: a server that costs a sender next to nothing.
//!
//! `null_server [--no-chunking] [--no-pipelining]` takes a free port of loopback and prints it. Each
//! line on standard input is answered with the counts since the line before it, as one line of
//! `name=value`; the end of standard input ends the server.
//!
//! One thread waits for all connections at once: a sender that waits for every reply wakes it once
//! for all that happened meanwhile. Everything is read into one buffer, which stays in the cache.

use std::collections::HashMap;
use std::io::{self, BufRead as _, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd as _;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use memchr::memmem::Finder;
use rustix::event::epoll;
use rustix::time::{ClockId, clock_gettime};

/// How many bytes are read at once.
const ROOM: usize = 256 * 1024;

/// The end of a message that came with DATA (RFC 5321 §4.1.1.4).
static END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\r\n.\r\n"));

/// What is counted. The thread that serves writes, the one that answers standard input takes.
#[derive(Default)]
struct Counts {
    messages: AtomicU64,
    /// Of the messages, without the lines of commands.
    bytes: AtomicU64,
    connections: AtomicU64,
    /// The sum of the hashes of all recipients: one who is missing and one who came twice show.
    recipients: AtomicU64,
    /// Commands that were not understood or not in their place.
    refused: AtomicU64,
    /// When the first message was accepted, in nanoseconds of the monotonic clock; 0 for never.
    first: AtomicU64,
    /// The same of the last one.
    last: AtomicU64,
}

static COUNTS: LazyLock<Counts> = LazyLock::new(Counts::default);

fn add(counter: &AtomicU64, number: u64) {
    counter.fetch_add(number, Ordering::Relaxed);
}

/// Nanoseconds of a clock.
fn now(clock: ClockId) -> u64 {
    let time = clock_gettime(clock);
    let (seconds, nanoseconds) = (time.tv_sec.cast_unsigned(), time.tv_nsec.cast_unsigned());
    seconds * 1_000_000_000 + nanoseconds
}

/// FNV-1a, 64 bits; `run` computes the same of the list.
fn hash(address: &[u8]) -> u64 {
    address.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Where a connection is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Commands,
    /// Within a message that ends with a dot; whether nothing of it has come.
    Data {
        fresh: bool,
    },
    /// Within a message, or a part of it, of which so many bytes are to come.
    Chunk {
        left: usize,
        last: bool,
    },
}

struct Connection {
    stream: TcpStream,
    state: State,
    /// What was read and could not be understood without what follows.
    held: Vec<u8>,
    replies: Vec<u8>,
    mail: bool,
    recipients: u32,
    open: bool,
}

impl Connection {
    fn greet(mut stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.write_all(b"220 null.example.org ESMTP\r\n")?;
        add(&COUNTS.connections, 1);
        Ok(Self {
            stream,
            state: State::Commands,
            held: Vec::new(),
            replies: Vec::new(),
            mail: false,
            recipients: 0,
            open: true,
        })
    }

    /// Reads what has come and answers it, all replies at once.
    fn serve(&mut self, room: &mut [u8], hello: &[u8]) -> io::Result<()> {
        let held = self.held.len();
        room[..held].copy_from_slice(&self.held);
        let read = self.stream.read(&mut room[held..])?;
        if read == 0 {
            self.open = false;
            return Ok(());
        }
        let bytes = &room[..held + read];
        let taken = self.take(bytes, hello);
        self.held.clear();
        self.held.extend_from_slice(&bytes[taken..]);
        if !self.replies.is_empty() {
            self.stream.write_all(&self.replies)?;
            self.replies.clear();
        }
        Ok(())
    }

    /// Goes through what was read; returns how much of it is done with.
    fn take(&mut self, bytes: &[u8], hello: &[u8]) -> usize {
        let mut at = 0;
        while self.open {
            let rest = &bytes[at..];
            match self.state {
                State::Commands => {
                    let Some(end) = memchr::memchr(b'\n', rest) else { break };
                    at += end + 1;
                    self.command(rest[..end].trim_ascii_end(), hello);
                }
                // A message without a byte, or too little to tell.
                State::Data { fresh: true } if b".\r\n".starts_with(&rest[..rest.len().min(3)]) => {
                    if rest.len() < 3 {
                        break;
                    }
                    at += 3;
                    self.accept();
                }
                State::Data { .. } => {
                    self.state = State::Data { fresh: false };
                    let Some(end) = END.find(rest) else {
                        // The end may have begun in the last four bytes.
                        let done = rest.len().saturating_sub(4);
                        add(&COUNTS.bytes, done as u64);
                        return at + done;
                    };
                    add(&COUNTS.bytes, end as u64 + 2);
                    at += end + 5;
                    self.accept();
                }
                State::Chunk { left, last } => {
                    let part = left.min(rest.len());
                    add(&COUNTS.bytes, part as u64);
                    at += part;
                    if part < left {
                        self.state = State::Chunk { left: left - part, last };
                        break;
                    }
                    self.end_chunk(last);
                }
            }
        }
        at
    }

    fn command(&mut self, line: &[u8], hello: &[u8]) {
        let (verb, argument) = line.split_at(line.len().min(4));
        let verb = verb.to_ascii_uppercase();
        let reply: &[u8] = match verb.as_slice() {
            b"EHLO" => hello,
            b"HELO" => b"250 null.example.org\r\n",
            b"MAIL" if !self.mail => {
                self.mail = true;
                b"250 2.1.0 Ok\r\n"
            }
            b"RCPT" if self.mail => {
                self.recipients += 1;
                let start = memchr::memchr(b'<', argument).map_or(0, |at| at + 1);
                let end = memchr::memchr(b'>', argument).unwrap_or(argument.len());
                add(&COUNTS.recipients, hash(&argument[start..end]));
                b"250 2.1.5 Ok\r\n"
            }
            b"DATA" if self.recipients > 0 => {
                self.state = State::Data { fresh: true };
                b"354 End data with <CR><LF>.<CR><LF>\r\n"
            }
            b"BDAT" => match chunk(argument) {
                Some((left, last)) => {
                    self.state = State::Chunk { left, last };
                    b""
                }
                None => refuse(b"501 5.5.4 Syntax: BDAT count [LAST]\r\n"),
            },
            b"NOOP" => b"250 2.0.0 Ok\r\n",
            b"RSET" => {
                (self.mail, self.recipients) = (false, 0);
                b"250 2.0.0 Ok\r\n"
            }
            b"QUIT" => {
                self.open = false;
                b"221 2.0.0 Bye\r\n"
            }
            _ => refuse(b"503 5.5.1 Not now\r\n"),
        };
        self.replies.extend_from_slice(reply);
    }

    fn end_chunk(&mut self, last: bool) {
        if last && self.recipients > 0 {
            self.accept();
            return;
        }
        self.state = State::Commands;
        let reply = if last { refuse(b"503 5.5.1 No recipients\r\n") } else { b"250 2.0.0 Ok\r\n" };
        self.replies.extend_from_slice(reply);
    }

    fn accept(&mut self) {
        let moment = now(ClockId::Monotonic);
        add(&COUNTS.messages, 1);
        if COUNTS.first.load(Ordering::Relaxed) == 0 {
            COUNTS.first.store(moment, Ordering::Relaxed);
        }
        COUNTS.last.store(moment, Ordering::Relaxed);
        (self.state, self.mail, self.recipients) = (State::Commands, false, 0);
        self.replies.extend_from_slice(b"250 2.0.0 Ok: gone\r\n");
    }
}

/// A reply to what should not have come.
fn refuse(reply: &'static [u8]) -> &'static [u8] {
    add(&COUNTS.refused, 1);
    reply
}

/// How many bytes follow a `BDAT`, and whether they are the last of the message (RFC 3030 §2).
fn chunk(argument: &[u8]) -> Option<(usize, bool)> {
    let mut words = std::str::from_utf8(argument).ok()?.split_ascii_whitespace();
    Some((words.next()?.parse().ok()?, words.next().is_some()))
}

/// Prints the counts for each line of standard input, and ends with it.
fn answer() {
    for line in io::stdin().lock().lines() {
        if line.is_err() {
            break;
        }
        let mut report = String::new();
        for (name, counter) in [
            ("messages", &COUNTS.messages),
            ("bytes", &COUNTS.bytes),
            ("connections", &COUNTS.connections),
            ("recipients", &COUNTS.recipients),
            ("refused", &COUNTS.refused),
            ("first", &COUNTS.first),
            ("last", &COUNTS.last),
        ] {
            report += &format!("{name}={} ", counter.swap(0, Ordering::Relaxed));
        }
        println!("{report}cpu={}", now(ClockId::ProcessCPUTime));
    }
    std::process::exit(0);
}

fn main() -> io::Result<()> {
    let mut hello = String::from("250-null.example.org\r\n250-SIZE 104857600\r\n250-8BITMIME\r\n");
    let without: Vec<_> = std::env::args().skip(1).collect();
    for (name, extension) in [("--no-pipelining", "PIPELINING"), ("--no-chunking", "CHUNKING")] {
        if !without.iter().any(|flag| flag == name) {
            hello += &format!("250-{extension}\r\n");
        }
    }
    hello += "250 ENHANCEDSTATUSCODES\r\n";
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?.port());
    std::thread::spawn(answer);

    // Sockets block: one is read only when there is something, and replies are short.
    let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    let door = u64::MAX;
    epoll::add(&poll, &listener, epoll::EventData::new_u64(door), epoll::EventFlags::IN)?;
    let mut connections: HashMap<u64, Connection> = HashMap::new();
    let mut events = Vec::with_capacity(64);
    let mut room = vec![0; ROOM];
    loop {
        events.clear();
        epoll::wait(&poll, rustix::buffer::spare_capacity(&mut events), None)?;
        for event in &events {
            let number = event.data.u64();
            if number == door {
                let connection = Connection::greet(listener.accept()?.0)?;
                let number = u64::from(connection.stream.as_raw_fd().cast_unsigned());
                let data = epoll::EventData::new_u64(number);
                epoll::add(&poll, &connection.stream, data, epoll::EventFlags::IN)?;
                connections.insert(number, connection);
                continue;
            }
            let Some(connection) = connections.get_mut(&number) else { continue };
            let served = connection.serve(&mut room, hello.as_bytes());
            if served.is_err() || !connection.open {
                // Closing a socket takes it out of the poll, too.
                connections.remove(&number);
            }
        }
    }
}
