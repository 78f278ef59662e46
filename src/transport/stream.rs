//! A socket in, what lettre reads and writes out: with deadlines, and with replies that it can read.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// How much of a line is kept: below lettre's limit (RFC 5321 §4.5.3.1.5 asks for 512).
const LINE_MAX: usize = 900;

/// How many lines of a reply are kept besides the last.
const LINES_MAX: usize = 100;

/// A connection on which every wait has an end.
pub(super) struct Stream<S> {
    socket: S,
    peer: SocketAddr,
    heard: Heard,
    deadline: Deadline,
    /// Whether what is written next has been said before, and is not to be said again.
    rehearsing: bool,
}

impl<S> Stream<S> {
    /// Puts a deadline on each step of a socket.
    pub(super) fn new(socket: S, peer: SocketAddr, timeout: Duration) -> Self {
        let deadline =
            Deadline { timeout, sleep: Box::pin(tokio::time::sleep(timeout)), set: false };
        Self { socket, peer, heard: Heard::default(), deadline, rehearsing: false }
    }

    /// The socket, if nothing was heard that nobody asked for.
    pub(super) fn into_socket(self) -> Option<(S, SocketAddr)> {
        self.heard.clean.is_empty().then_some((self.socket, self.peer))
    }

    /// Lets lettre hear a greeting and an answer to its EHLO, which then stays here.
    ///
    /// lettre begins each connection with both, but shows only four of the extensions offered. So
    /// they are done before (`hello`), and not once more on the wire.
    pub(super) fn rehearse(&mut self, script: &str) {
        self.heard.take_in(script.as_bytes());
        self.rehearsing = true;
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while this.heard.is_empty() {
            let mut bytes = [0; 4096];
            let mut raw = ReadBuf::new(&mut bytes);
            let read = Pin::new(&mut this.socket).poll_read(context, &mut raw)?;
            if read.is_ready() && raw.filled().is_empty() {
                return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
            }
            // Only a whole line is progress: a server that drips bytes does not win time.
            if this.heard.take_in(raw.filled()) {
                this.deadline.set = false;
            } else if let Poll::Ready(error) = this.deadline.poll(context) {
                return Poll::Ready(Err(error));
            } else if read.is_pending() {
                return Poll::Pending;
            }
        }
        this.heard.hand_out(buffer);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if std::mem::take(&mut this.rehearsing) {
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = Pin::new(&mut this.socket).poll_write(context, bytes);
        this.deadline.watch(context, written)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.socket).poll_flush(context);
        this.deadline.watch(context, flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let shut = Pin::new(&mut this.socket).poll_shutdown(context);
        this.deadline.watch(context, shut)
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> AsyncTokioStream for Stream<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl<S> fmt::Debug for Stream<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stream({})", self.peer)
    }
}

/// The end of a wait; a wait begins when the first poll of a step has to wait.
struct Deadline {
    timeout: Duration,
    sleep: Pin<Box<Sleep>>,
    set: bool,
}

impl Deadline {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        if !self.set {
            self.sleep.as_mut().reset(Instant::now() + self.timeout);
            self.set = true;
        }
        ready!(self.sleep.as_mut().poll(context));
        Poll::Ready(io::ErrorKind::TimedOut.into())
    }

    fn watch<T>(
        &mut self,
        context: &mut Context<'_>,
        step: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if step.is_pending() {
            return self.poll(context).map(Err);
        }
        self.set = false;
        step
    }
}

/// What was heard and not yet taken, in a form that lettre's parser does not trip over.
///
/// The words of a reply are for people (RFC 5321 §4.2): they are cut at a length, and what is not
/// printable ASCII becomes `?`. The code is for programs, and lettre knows only some of those that
/// servers use: `354` without a space behind it gets one, and `571` becomes `554`, which is what
/// its first digit says and nothing more.
///
/// lettre reads a reply anew for each of its lines, so that only the first ones are kept.
#[derive(Default)]
struct Heard {
    clean: Vec<u8>,
    /// Where the last whole line ends.
    whole: usize,
    taken: usize,
    column: usize,
    /// How many lines the reply has until now.
    lines: usize,
    odd_code: bool,
    carriage_return: bool,
}

impl Heard {
    fn is_empty(&self) -> bool {
        self.taken == self.whole
    }

    /// Adds bytes as they came; returns whether there is a new line to be read.
    fn take_in(&mut self, bytes: &[u8]) -> bool {
        let before = self.whole;
        bytes.iter().for_each(|byte| self.take_in_byte(*byte));
        self.whole > before
    }

    fn take_in_byte(&mut self, byte: u8) {
        let stray = std::mem::replace(&mut self.carriage_return, byte == b'\r');
        if byte == b'\n' {
            return self.end_line();
        }
        if stray {
            self.add(b'?');
        }
        if byte != b'\r' {
            self.add(byte);
        }
    }

    fn end_line(&mut self) {
        let end: &[u8] = if self.column == 3 { b" \r\n" } else { b"\r\n" };
        self.clean.extend_from_slice(end);
        let continues = self.clean.get(self.whole + 3) == Some(&b'-');
        self.lines = if continues { self.lines + 1 } else { 0 };
        if self.lines > LINES_MAX {
            self.clean.truncate(self.whole);
        }
        self.whole = self.clean.len();
        (self.column, self.odd_code) = (0, false);
    }

    fn add(&mut self, byte: u8) {
        let clean = match (self.column, byte) {
            (1, b'6'..=b'9') => {
                self.odd_code = true;
                b'5'
            }
            (2, b'0'..=b'9') if self.odd_code => b'4',
            (_, b'\t') => b' ',
            (_, b' '..=b'~') => byte,
            _ => b'?',
        };
        if self.column < LINE_MAX {
            self.clean.push(clean);
        }
        self.column += 1;
    }

    fn hand_out(&mut self, buffer: &mut ReadBuf<'_>) {
        let count = buffer.remaining().min(self.whole - self.taken);
        buffer.put_slice(&self.clean[self.taken..self.taken + count]);
        self.taken += count;
        if self.is_empty() {
            self.clean.drain(..self.whole);
            (self.taken, self.whole) = (0, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::transport::stream::Heard;

    fn heard(bytes: &[u8]) -> String {
        let mut heard = Heard::default();
        heard.take_in(bytes);
        String::from_utf8(heard.clean).unwrap()
    }

    #[test]
    fn every_reply_becomes_one_that_lettre_can_read() {
        assert_eq!(heard(b"354\r\n"), "354 \r\n");
        assert_eq!(heard(b"250-a\n250 b\n"), "250-a\r\n250 b\r\n");
        assert_eq!(heard(b"571 Delivery denied\r\n"), "554 Delivery denied\r\n");
        assert_eq!(
            heard("550 5.1.1 unzustellbar f\u{fc}r\tdich\u{1b}[2J\r\n".as_bytes()),
            "550 5.1.1 unzustellbar f??r dich?[2J\r\n"
        );
        assert_eq!(heard(b"250 a\rb\r\r\n"), "250 a?b?\r\n");
        assert_eq!(heard(&[b"250 ".as_slice(), &[b'x'; 9000], b"\r\n"].concat()).len(), 902);
    }

    proptest::proptest! {
        #[test]
        fn whatever_comes_is_printable_lines(bytes in proptest::collection::vec(0_u8..=255, 0..400)) {
            let clean = heard(&bytes);
            proptest::prop_assert!(clean.replace("\r\n", "").bytes().all(|b| (b' '..=b'~').contains(&b)));
            drop(clean.parse::<lettre::transport::smtp::response::Response>());
        }
    }
}
