//! Signals that ask the process to end in, how often it was asked out.

use std::io::Write as _;

use tokio::sync::watch;
use tokio::task::JoinHandle;

#[cfg(unix)]
use crate::cli::end::is_ignored;
use crate::cli::failure::{Exit, Failure};

/// Listens to the signals that ask a process to end: SIGINT, SIGTERM and SIGHUP.
///
/// The first one asks, the second one insists. A terminal that goes away may say so several times:
/// SIGHUP only ever asks. Until somebody listens a signal ends the process at once.
#[derive(Debug)]
pub(super) struct Signals {
    asked: watch::Receiver<u32>,
    task: JoinHandle<()>,
}

impl Signals {
    /// Begins to listen.
    pub(super) fn listen() -> Self {
        let (count, asked) = watch::channel(0);
        let task = tokio::spawn(count_signals(count));
        Self { asked, task }
    }

    /// Whether there was a signal.
    pub(super) fn asked(&self) -> bool {
        *self.asked.borrow() > 0
    }

    /// Waits until there were this many signals.
    pub(super) fn wait_for(&self, number: u32) -> impl Future<Output = ()> + use<> {
        let mut asked = self.asked.clone();
        async move {
            if asked.wait_for(|asked| *asked >= number).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// What is said when a second signal came.
    pub(super) fn insisted() -> Failure {
        Failure::new(Exit::Unfinished, "stopped at once, by a second signal")
            .hint("the next send names those whose answer was not waited for as unknown")
            .hint("everyone else is where the journal says: run it again to go on")
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn count_signals(count: watch::Sender<u32>) {
    let mut signals = Sources::new();
    loop {
        let insists = signals.next().await;
        let first = *count.borrow() == 0;
        if first {
            // This task cannot wait for whoever shows progress.
            let line = "Stopping: what is on the wire is finished first; \
                        a second signal stops at once.";
            drop(writeln!(std::io::stderr(), "{line}"));
        }
        if first || insists {
            count.send_modify(|count| *count += 1);
        }
    }
}

#[cfg(unix)]
struct Sources {
    insisting: Vec<tokio::signal::unix::Signal>,
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Sources {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let insisting = [SignalKind::interrupt(), SignalKind::terminate()];
        let insisting = insisting.into_iter().filter_map(|kind| signal(kind).ok()).collect();
        // Under `nohup` the end of the terminal is no reason to stop.
        let hangup = Some(SignalKind::hangup()).filter(|kind| !is_ignored(kind.as_raw_value()));
        Self { insisting, hangup: hangup.and_then(|kind| signal(kind).ok()) }
    }

    /// Waits for the next signal; returns whether it insists, if it is not the first.
    async fn next(&mut self) -> bool {
        std::future::poll_fn(|context| {
            if self.insisting.iter_mut().any(|signal| signal.poll_recv(context).is_ready()) {
                return std::task::Poll::Ready(true);
            }
            match self.hangup.as_mut().is_some_and(|hangup| hangup.poll_recv(context).is_ready()) {
                true => std::task::Poll::Ready(false),
                false => std::task::Poll::Pending,
            }
        })
        .await
    }
}

#[cfg(not(unix))]
struct Sources;

#[cfg(not(unix))]
impl Sources {
    fn new() -> Self {
        Self
    }

    async fn next(&mut self) -> bool {
        drop(tokio::signal::ctrl_c().await);
        true
    }
}
