//! A socket in, what is written in slices and what is heard as replies out; every wait has an end.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};
use tokio::time::{Instant, Sleep};

use crate::transport::error::Error;
use crate::transport::replies::{Lines, Replies};
use crate::transport::reply::Reply;
use crate::transport::socket::Socket;

/// How much is read at once: many replies, or one.
const READ_MAX: usize = 16 * 1024;

/// How many slices are written at once; the system takes 1024 at most.
const SLICES_MAX: usize = 256;

/// One end of a conversation in SMTP.
pub(super) struct Wire {
    socket: Box<dyn Socket>,
    replies: Replies,
    /// How many bytes the socket has taken since the conversation began.
    written: u64,
    /// Whether something was heard since anything was written, which acknowledges it.
    owing: bool,
    deadline: Deadline,
}

impl Wire {
    pub(super) fn new(socket: Box<dyn Socket>) -> Self {
        let (replies, deadline) = Default::default();
        Self { socket, replies, written: 0, owing: false, deadline }
    }

    /// The socket, if nothing was heard that nobody asked for.
    pub(super) fn into_socket(self) -> Option<Box<dyn Socket>> {
        self.replies.is_silent().then_some(self.socket)
    }

    /// How many bytes the socket has taken: the last ones of them may have left.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// Writes all of the slices, without copying them; takes in what comes meanwhile, so that
    /// neither side can wait for the other to read.
    pub(super) async fn write(
        &mut self,
        slices: &[&[u8]],
        patience: Duration,
    ) -> Result<(), Error> {
        let mut rest: VecDeque<&[u8]> =
            slices.iter().copied().filter(|slice| !slice.is_empty()).collect();
        self.deadline.forget();
        let done = std::future::poll_fn(|context| {
            // A server that has closed meanwhile has not seen any of this.
            if let Poll::Ready(Err(error)) = self.poll_listen_to_all(context) {
                return Poll::Ready(Err(error));
            }
            let written = self.poll_write(&mut rest, patience, context);
            if let Poll::Ready(Err(_)) = &written {
                // What it said before it closed may have come.
                drop(self.poll_listen_to_all(context));
            }
            written
        });
        done.await.map_err(|error| Error::lost(&error))
    }

    fn poll_write(
        &mut self,
        rest: &mut VecDeque<&[u8]>,
        patience: Duration,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while !rest.is_empty() {
            let mut slices = [IoSlice::new(&[]); SLICES_MAX];
            let count = rest.len().min(SLICES_MAX);
            slices.iter_mut().zip(&*rest).for_each(|(to, slice)| *to = IoSlice::new(slice));
            match Pin::new(&mut self.socket).poll_write_vectored(context, &slices[..count])? {
                Poll::Ready(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(taken) => {
                    self.written += taken as u64;
                    self.owing = false;
                    self.deadline.forget();
                    skip(rest, taken);
                }
                Poll::Pending => return self.deadline.poll(patience, context).map(Err),
            }
        }
        match Pin::new(&mut self.socket).poll_flush(context) {
            Poll::Pending => self.deadline.poll(patience, context).map(Err),
            flushed @ Poll::Ready(_) => flushed,
        }
    }

    /// The next reply that has come already.
    pub(super) fn heard(&mut self) -> Option<Result<Reply, Error>> {
        let reply = self.replies.next()?;
        Some(reply.map(Reply::from).map_err(|error| Error::Protocol { source: error.into() }))
    }

    /// Waits for the next reply. Nothing is lost if the future is dropped.
    pub(super) async fn reply(&mut self, patience: Duration) -> Result<Reply, Error> {
        self.lines(patience).await.map(Reply::from)
    }

    /// Waits for the lines of the next reply.
    pub(super) async fn lines(&mut self, patience: Duration) -> Result<Lines, Error> {
        self.deadline.forget();
        loop {
            if let Some(reply) = self.replies.next() {
                return reply.map_err(|error| Error::Protocol { source: error.into() });
            }
            let heard = std::future::poll_fn(|context| self.poll_wait(patience, context));
            heard.await.map_err(|error| Error::lost(&error))?;
        }
    }

    /// Waits for more to be heard. The server may be waiting, too, until what it has said is
    /// acknowledged.
    fn poll_wait(&mut self, patience: Duration, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let heard = self.poll_listen(context);
        if heard.is_ready() {
            return heard;
        }
        if std::mem::take(&mut self.owing) {
            self.socket.acknowledge();
        }
        self.deadline.poll(patience, context).map(Err)
    }

    /// Listens until there is nothing more to be heard for now; ready is an end.
    fn poll_listen_to_all(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            match self.poll_listen(context) {
                Poll::Ready(Ok(())) => {}
                end => return end,
            }
        }
    }

    /// Listens once.
    fn poll_listen(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut bytes = [std::mem::MaybeUninit::uninit(); READ_MAX];
        let mut buffer = ReadBuf::uninit(&mut bytes);
        match Pin::new(&mut self.socket).poll_read(context, &mut buffer)? {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) if buffer.filled().is_empty() => {
                Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()))
            }
            Poll::Ready(()) => {
                self.owing = true;
                // Only a whole line is progress: a server that drips bytes does not win time.
                if self.replies.take_in(buffer.filled()) {
                    self.deadline.forget();
                }
                Poll::Ready(Ok(()))
            }
        }
    }
}

/// Drops what was written.
fn skip(rest: &mut VecDeque<&[u8]>, mut taken: usize) {
    while let Some(first) = rest.front_mut() {
        if taken < first.len() {
            *first = &first[taken..];
            return;
        }
        taken -= first.len();
        rest.pop_front();
    }
}

/// The end of a wait, which begins when something has to be waited for.
#[derive(Debug, Default)]
struct Deadline {
    sleep: Option<Pin<Box<Sleep>>>,
    set: bool,
}

impl Deadline {
    /// What was waited for has come.
    fn forget(&mut self) {
        self.set = false;
    }

    fn poll(&mut self, patience: Duration, context: &mut Context<'_>) -> Poll<io::Error> {
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        if !self.set {
            sleep.as_mut().reset(Instant::now() + patience);
            self.set = true;
        }
        sleep.as_mut().poll(context).map(|()| io::ErrorKind::TimedOut.into())
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::linux::net::TcpStreamExt as _;
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use crate::transport::wire::Wire;

    const PATIENCE: Duration = Duration::from_secs(10);

    /// A server that has said something and waits for that to be acknowledged before it says more
    /// is not kept waiting: the system would be late with it, as it expects a command to go along.
    #[tokio::test]
    async fn what_is_heard_is_acknowledged_when_more_is_waited_for() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        client.set_nonblocking(true).unwrap();
        let seen = client.try_clone().unwrap();
        let mut wire = Wire::new(Box::new(TcpStream::from_std(client).unwrap()));
        let (mut server, _) = listener.accept().await.unwrap();
        // Question and answer in turn: from now on acknowledgements wait for the next question.
        for _ in 0..10 {
            wire.write(&[b"NOOP\r\n"], PATIENCE).await.unwrap();
            server.read_exact(&mut [0; 6]).await.unwrap();
            server.write_all(b"250 yes\r\n").await.unwrap();
            assert_eq!(wire.reply(PATIENCE).await.unwrap().code, 250);
        }
        assert!(!seen.quickack().unwrap(), "this system acknowledges at once by itself");
        server.write_all(b"250 and\r\n").await.unwrap();
        assert_eq!(wire.reply(PATIENCE).await.unwrap().code, 250);
        let more = async {
            let at_once = seen.quickack().unwrap();
            server.write_all(b"250 more\r\n").await.unwrap();
            at_once
        };
        let (reply, at_once) = tokio::join!(biased; wire.reply(PATIENCE), more);
        assert_eq!(reply.unwrap().code, 250);
        assert!(at_once);
    }
}
