//! Signals that ask a process to end in, a word for each out.

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::failure::Failure;

/// Listens to what asks the process to end: until somebody does, a signal ends it at once.
#[derive(Debug)]
pub(super) struct End {
    #[cfg(unix)]
    signals: [Signal; 3],
}

impl End {
    /// Begins to listen.
    #[cfg(unix)]
    pub(super) fn listen() -> Result<Self, Failure> {
        let listen = |kind| signal(kind).map_err(|error| Failure::world(&error));
        let hangup = listen(SignalKind::hangup())?;
        let signals = [listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?, hangup];
        Ok(Self { signals })
    }

    /// Waits for the next signal.
    #[cfg(unix)]
    pub(super) async fn asked(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.signals;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }

    #[cfg(not(unix))]
    pub(super) fn listen() -> Result<Self, Failure> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    pub(super) async fn asked(&mut self) {
        let _ended = tokio::signal::ctrl_c().await;
    }
}
