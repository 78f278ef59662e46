//! A connection, encrypted or not, in; what the conversation over it needs of it out.

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// Anything that bytes go in and out of.
pub(super) trait Socket: AsyncRead + AsyncWrite + Send + Sync + Unpin {
    /// Tells the other end at once that its bytes have come, instead of with the next ones that are
    /// written to it.
    ///
    /// For a server that has more to say, and holds a small packet back until the one before it is
    /// acknowledged (Nagle, RFC 896): who waits for its answer and acknowledges late, as systems do,
    /// stands still for 40 ms.
    fn acknowledge(&self);
}

impl Socket for TcpStream {
    fn acknowledge(&self) {
        // Where the system has no such thing, or fails at it, the answer comes later.
        #[cfg(any(target_os = "linux", target_os = "android"))]
        drop(self.set_quickack(true));
    }
}

impl Socket for TlsStream<Box<dyn Socket>> {
    fn acknowledge(&self) {
        self.get_ref().0.acknowledge();
    }
}
