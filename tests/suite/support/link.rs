//! A socket and what befalls its bytes in, a pipe to the server and what came through out.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream};
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::support::hours::Hours;

/// How much is under way in a pipe.
const ROOM: usize = 64 * 1024;

/// How long a closed connection waits for the other side to close it, too.
const GOODBYE: Duration = Duration::from_secs(60);

/// A way between client and server.
pub(crate) struct Link {
    /// What befalls what the client says.
    pub(crate) heard: Way,
    /// What befalls what the server says.
    pub(crate) said: Way,
    /// Whether it ends by a reset, and not by a goodbye.
    pub(crate) reset: bool,
    /// Whose time it is, and what history calls it.
    pub(crate) hours: Option<Hours>,
    pub(crate) name: String,
}

/// One direction of it.
pub(crate) struct Way {
    /// After how many bytes the connection ends.
    pub(crate) end: usize,
    /// How many bytes go together at most.
    pub(crate) piece: usize,
    /// How long each piece is under way, one after the other.
    pub(crate) delay: Box<dyn FnMut() -> Duration + Send>,
    /// Whether what comes meanwhile goes with it.
    pub(crate) merged: bool,
    /// Whether carriage returns get lost.
    pub(crate) bare: bool,
}

impl Default for Way {
    fn default() -> Self {
        let delay = Box::new(|| Duration::ZERO);
        Self { end: usize::MAX, piece: ROOM, delay, merged: false, bare: false }
    }
}

impl Default for Link {
    fn default() -> Self {
        let (heard, said) = Default::default();
        Self { heard, said, reset: false, hours: None, name: String::new() }
    }
}

/// What came through a link.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    pub(crate) heard: Vec<u8>,
    pub(crate) said: Vec<u8>,
    /// Whether it ended where it was to end.
    pub(crate) cut: bool,
}

/// How a direction ended.
#[derive(PartialEq, Eq)]
enum End {
    /// Its source did.
    Source,
    /// After so many bytes.
    Cut,
}

impl Link {
    /// Puts itself between a socket and the server.
    pub(crate) fn between(self, socket: TcpStream, traffic: Arc<Mutex<Traffic>>) -> DuplexStream {
        let (near, far) = tokio::io::duplex(ROOM);
        tokio::spawn(self.carry(socket, far, traffic));
        near
    }

    async fn carry(self, mut socket: TcpStream, far: DuplexStream, traffic: Arc<Mutex<Traffic>>) {
        socket.set_nodelay(true).unwrap();
        let Self { heard, said, reset, hours, name } = self;
        let (mut client_says, mut client_hears) = socket.split();
        let (mut server_says, mut server_hears) = tokio::io::split(far);
        let note = |bytes: &[u8], of: fn(&mut Traffic) -> &mut Vec<u8>| {
            of(&mut traffic.lock().unwrap()).extend_from_slice(bytes);
            hours.iter().for_each(|hours| hours.note(&format!("{name} {}", bytes.escape_ascii())));
        };
        let in_note = |bytes: &[u8]| note(bytes, |traffic| &mut traffic.heard);
        let out_note = |bytes: &[u8]| note(bytes, |traffic| &mut traffic.said);
        let end = {
            let inward = heard.carry(&mut client_says, &mut server_hears, hours.as_ref(), in_note);
            let outward = said.carry(&mut server_says, &mut client_hears, hours.as_ref(), out_note);
            tokio::pin!(inward, outward);
            tokio::select! {
                biased;
                end = &mut outward => end,
                end = &mut inward => match end {
                    // The client has closed; the server may still have something to say.
                    End::Source => outward.await,
                    End::Cut => {
                        // What the server says to what it has heard, it says.
                        let rest = tokio::time::timeout(Duration::from_millis(1), outward);
                        drop(rest.await);
                        End::Cut
                    }
                },
            }
        };
        traffic.lock().unwrap().cut = end == End::Cut;
        if end == End::Cut && reset {
            socket.set_zero_linger().unwrap();
            return;
        }
        // A socket that is closed with something unread takes back what it said last.
        drop(socket.shutdown().await);
        let mut rest = Vec::new();
        drop(tokio::time::timeout(GOODBYE, socket.read_to_end(&mut rest)).await);
    }
}

impl Way {
    async fn carry(
        mut self,
        from: &mut (impl AsyncRead + Unpin),
        to: &mut (impl AsyncWrite + Unpin),
        hours: Option<&Hours>,
        note: impl Fn(&[u8]),
    ) -> End {
        let mut bytes = Vec::new();
        loop {
            if self.end == 0 {
                return End::Cut;
            }
            bytes.clear();
            let most = self.piece.min(self.end) as u64;
            match (&mut *from).take(most).read_buf(&mut bytes).await {
                Ok(0) | Err(_) => {
                    drop(to.shutdown().await);
                    return End::Source;
                }
                Ok(_) => {}
            }
            let delay = (self.delay)();
            if !delay.is_zero() {
                sleep(delay).await;
                turn(hours).await;
            }
            while self.merged && more(from, &mut bytes).await {}
            self.end = self.end.saturating_sub(bytes.len());
            if self.bare {
                bytes.retain(|byte| *byte != b'\r');
            }
            note(&bytes);
            if to.write_all(&bytes).await.is_err() || to.flush().await.is_err() {
                return End::Source;
            }
        }
    }
}

/// Waits until nothing else moves.
async fn turn(hours: Option<&Hours>) {
    if let Some(hours) = hours {
        hours.turn().await;
    }
}

/// Takes in what has come already; says whether there was any.
async fn more(from: &mut (impl AsyncRead + Unpin), bytes: &mut Vec<u8>) -> bool {
    let mut room = [0; 4096];
    let mut buffer = tokio::io::ReadBuf::new(&mut room);
    let polled = poll_fn(|context| match Pin::new(&mut *from).poll_read(context, &mut buffer) {
        Poll::Ready(end) => Poll::Ready(end.is_ok()),
        Poll::Pending => Poll::Ready(false),
    });
    polled.await && {
        bytes.extend_from_slice(buffer.filled());
        !buffer.filled().is_empty()
    }
}
