//! A planned run in, a delivery that signals can end and people can watch out.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::address::EmailAddress;
use crate::audience::Suppressions;
use crate::cli::env::Env;
use crate::cli::failure::Failure;
use crate::cli::progress::Progress;
use crate::cli::publication::Publication;
use crate::cli::secret;
use crate::compile::Program;
use crate::config::Smtp;
use crate::delivery::{self, Order, Patience, Report};
use crate::journal::Ledger;
use crate::key::Key;

/// What a delivery needs besides its run.
pub(super) struct Wire<'w> {
    pub(super) publication: &'w Publication,
    pub(super) smtp: &'w Smtp,
    pub(super) key: Key,
    pub(super) suppressions: Suppressions,
    /// Whether addresses that do not exist are put on the list of suppressions.
    pub(super) recorded: bool,
}

impl Wire<'_> {
    /// Delivers a run until it is done, it has to stop, or a signal asks it to.
    pub(super) async fn deliver(
        self,
        env: &mut Env,
        programs: Vec<Program>,
        ledger: &mut Ledger,
    ) -> Result<Report, Failure> {
        let config = &self.publication.config;
        let root = self.publication.folder.root();
        let login = self.smtp.login.as_ref();
        let password = login.map(|login| secret::fetch(env, root, &login.password)).transpose()?;
        let clock = env.clock;
        let order = Order {
            programs,
            key: Arc::new(self.key),
            smtp: self.smtp,
            password,
            return_path: &config.sender.return_path,
            send: &config.send,
            clock,
            patience: Patience::default(),
        };
        let zone = config.publication.time_zone.clone();
        let today = clock.now().to_zoned(zone).date();
        let list = Mutex::new(self.suppressions);
        let mut reason = |address: &EmailAddress| reason_now(&list, address);
        let mut append = |address: &EmailAddress, reply: &str| {
            let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
            let reason = format!("no such mailbox: {reply}");
            let appended = self.recorded.then(|| list.append(address, &reason, "smtp", today));
            appended.transpose().map(|_| ()).map_err(io::Error::other)
        };
        let suppressions = delivery::Suppressions { reason: &mut reason, append: &mut append };
        let (stop, stopped) = watch::channel(false);
        let signals = tokio::spawn(async move {
            signal().await;
            stop.send_replace(true);
            // The receiver has to see a sender that lives as long as the run.
            std::future::pending::<()>().await;
        });
        let mut progress = Progress::new(env, &ledger.tally());
        let mut observe = |event: delivery::Event<'_>| progress.observe(&event);
        let report = delivery::deliver(order, ledger, suppressions, stopped, &mut observe).await;
        signals.abort();
        progress.finish();
        report.map_err(|error| Failure::world(&error))
    }
}

/// Why an address must not be written to now; a list that was changed is read again.
fn reason_now(list: &Mutex<Suppressions>, address: &EmailAddress) -> io::Result<Option<String>> {
    let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
    list.reload_if_changed().map_err(io::Error::other)?;
    Ok(list.reason_for(address).map(str::to_owned))
}

/// Waits for the first signal that asks a program to end.
async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    drop(tokio::signal::ctrl_c().await);
}

/// The mail server of a publication.
pub(super) fn smtp(publication: &Publication) -> Result<&Smtp, Failure> {
    publication.config.smtp.as_ref().ok_or_else(|| {
        Failure::usage("newsletter.toml names no mail server")
            .hint("add `[smtp]` with a `host`; `send --dry-run` needs none")
    })
}

/// Runs what waits for disk and network to its end.
pub(super) fn wait<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| Failure::world(&error))?.block_on(work)
}

impl From<crate::journal::Error> for Failure {
    fn from(error: crate::journal::Error) -> Self {
        Self::world(&error)
    }
}
