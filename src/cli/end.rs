//! Signals that ask a process to end in, a word for each out.

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::failure::Failure;

/// Listens to what asks the process to end: until somebody does, a signal ends it at once.
#[derive(Debug)]
pub(super) struct End {
    #[cfg(unix)]
    signals: [Signal; 2],
    /// SIGHUP; `None` where it was ignored when the process began, as `nohup` has it.
    #[cfg(unix)]
    hangup: Option<Signal>,
}

impl End {
    /// Begins to listen.
    #[cfg(unix)]
    pub(super) fn listen() -> Result<Self, Failure> {
        let listen = |kind| signal(kind).map_err(|error| Failure::world(&error));
        let hangup = SignalKind::hangup();
        let heard = !is_ignored(hangup.as_raw_value());
        let hangup = heard.then(|| listen(hangup)).transpose()?;
        let signals = [listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?];
        Ok(Self { signals, hangup })
    }

    /// Waits for the next signal.
    #[cfg(unix)]
    pub(super) async fn asked(&mut self) {
        let [interrupt, terminate] = &mut self.signals;
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup => {}
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

/// Whether a signal was to be ignored when the process began; where that cannot be told, it was.
#[cfg(unix)]
pub(super) fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_none_or(|mask| mask & (1 << (signal - 1)) != 0)
}
