//! A planned run in, a delivery that signals can end and people can watch out.

use std::borrow::Cow;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use crate::address::EmailAddress;
use crate::audience::{Act, Entry, Suppressions};
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::progress::Progress;
use crate::cli::publication::Publication;
use crate::cli::secret;
use crate::cli::send::signals::Signals;
use crate::clock::Clock;
use crate::compile::Program;
use crate::config::Smtp;
use crate::delivery::{self, Order, Pace, Past, Patience, Report};
use crate::dkim::Signer;
use crate::journal::{self, Journal, Ledger, Stamp};
use crate::key::Key;

/// How long a look at the file of suppressions is good for.
const SUPPRESSIONS_FRESH: SignedDuration = SignedDuration::from_millis(100);

/// What `--due` adds to a send: nobody watches, and it may have to end.
pub(super) struct Appointment<'a> {
    /// After this moment the issue is no longer news, and the send stops.
    pub(super) until: Option<Timestamp>,
    /// The signals of the whole command, which may send several issues.
    pub(super) signals: &'a Signals,
}

/// What a delivery needs besides its run.
pub(super) struct Wire<'w> {
    pub(super) publication: &'w Publication,
    pub(super) smtp: &'w Smtp,
    pub(super) key: Key,
    pub(super) suppressions: Suppressions,
    /// The issue's name.
    pub(super) issue: &'w str,
    /// The segment that the issue is for; `None` where it is for everyone.
    pub(super) audience: Option<&'w str>,
    /// What signs the messages, where they are signed.
    pub(super) signer: Option<Signer>,
    /// What left before, as far as the pace has to know.
    pub(super) past: Past,
    /// Whether addresses that do not exist are put on the list of suppressions.
    pub(super) recorded: bool,
    /// What `--due` adds.
    pub(super) appointment: Option<&'w Appointment<'w>>,
}

impl Wire<'_> {
    /// What the tokens of return paths are made from: a test is in no journal.
    fn stamp(&self, ledger: &Ledger) -> Stamp {
        let list_id = &self.publication.config.publication.list_id;
        match self.recorded {
            true => Stamp::of(list_id, ledger.run()),
            false => Stamp::test(list_id),
        }
    }

    /// Delivers a run until it is done, it has to stop, or a signal asks it to.
    pub(super) async fn deliver(
        self,
        env: &mut Env,
        programs: Vec<Program>,
        ledger: &mut Ledger,
    ) -> Result<Report, Failure> {
        let config = &self.publication.config;
        let root = self.publication.folder.root();
        let (stamp, login) = (self.stamp(ledger), self.smtp.login.as_ref());
        let password = login.map(|login| secret::fetch(env, root, &login.password)).transpose()?;
        let clock = env.clock;
        let order = Order {
            programs,
            key: Arc::new(self.key),
            smtp: self.smtp,
            password,
            return_path: &config.sender.return_path,
            stamp,
            signer: self.signer.as_ref(),
            send: &config.send,
            past: &self.past,
            clock,
            patience: Patience::of(&config.send),
            random: env.random,
        };
        let (list, audience) = (Mutex::new(self.suppressions), self.audience);
        let mut stale = stale(clock);
        let mut reason = |address: &EmailAddress| reason_now(&list, address, audience, stale());
        let mut append = |address: &EmailAddress, reply: &str| {
            let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
            let entry = absent(address, reply, clock.now(), self.issue);
            let appended = self.recorded.then(|| list.append(&[entry]));
            appended.transpose().map(|_| ()).map_err(io::Error::other)
        };
        let suppressions = delivery::Suppressions { reason: &mut reason, append: &mut append };
        let own;
        let signals = match self.appointment {
            Some(appointment) => appointment.signals,
            None => {
                own = Signals::listen();
                &own
            }
        };
        let until = self.appointment.and_then(|appointment| appointment.until);
        let (stop, stopped) = watch::channel(false);
        let asked = signals.wait_for(1);
        let watch = tokio::spawn(async move {
            tokio::select! {
                () = asked => {}
                () = passed(clock, until) => {}
            }
            stop.send_replace(true);
            // The receiver has to see a sender that lives as long as the run.
            std::future::pending::<()>().await;
        });
        let mut progress = Progress::new(env, &ledger.tally());
        let quiet = self.appointment.is_some();
        let mut observe = |event: delivery::Event<'_>| {
            if !quiet {
                progress.observe(&event);
            }
        };
        let report = tokio::select! {
            report = delivery::deliver(order, ledger, suppressions, stopped, &mut observe) => {
                report.map_err(unrecorded)
            }
            // What is on the wire is left there, and the journal as it is: the next send recovers it.
            () = signals.wait_for(2) => Err(Signals::insisted()),
        };
        watch.abort();
        progress.finish();
        report
    }
}

/// Somebody whose mailbox does not exist, as the server said to an issue.
fn absent(address: &EmailAddress, reply: &str, at: Timestamp, issue: &str) -> Entry {
    let (reason, source) = (format!("no such mailbox: {reply}"), "smtp".to_owned());
    Entry {
        address: address.clone(),
        act: Act::Suppress,
        reason,
        source,
        at,
        issue: issue.to_owned(),
    }
}

/// Waits until a moment has passed, for ever where there is none.
async fn passed(clock: Clock, moment: Option<Timestamp>) {
    let Some(moment) = moment else { return std::future::pending().await };
    // A clock that is set meanwhile is asked again.
    while let Ok(left) = Duration::try_from(moment.duration_since(clock.now())) {
        tokio::time::sleep(left.clamp(Duration::from_millis(1), Duration::from_mins(1))).await;
    }
}

/// What left before, as far as the pace has to know it.
pub(super) async fn past(
    journal: &Journal,
    publication: &Publication,
    now: Timestamp,
) -> Result<Past, Failure> {
    let Some(since) = Pace::remembers(&publication.config.send, now) else {
        return Ok(Past::default());
    };
    let (sent, days) = (journal.sent_since(since).await?, journal.days_of_sending(now).await?);
    Ok(Past { sent, days })
}

/// Says whether the file of suppressions is to be looked at again: a look for each reader would
/// cost more than the message.
fn stale(clock: Clock) -> impl FnMut() -> bool {
    let mut looked = Timestamp::MIN;
    move || {
        let now = clock.now();
        let stale = now.duration_since(looked).abs() >= SUPPRESSIONS_FRESH;
        if stale {
            looked = now;
        }
        stale
    }
}

/// Why an address must not be written to now; a list that was changed is read again, where it is
/// looked at `again`.
fn reason_now(
    list: &Mutex<Suppressions>,
    address: &EmailAddress,
    audience: Option<&str>,
    again: bool,
) -> io::Result<Option<String>> {
    let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
    if again {
        list.reload_if_changed().map_err(io::Error::other)?;
    }
    Ok(list.reason_in(address, audience).map(Cow::into_owned))
}

/// The mail server of a publication.
pub(super) fn smtp(publication: &Publication) -> Result<&Smtp, Failure> {
    publication.config.smtp.as_ref().ok_or_else(|| {
        Failure::usage("newsletter.toml names no mail server")
            .hint("add `[smtp]` with a `host`; `send --dry-run` needs none")
    })
}

/// Runs what waits for disk and network to its end.
pub(in crate::cli) fn wait<T>(
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::world(&error))?;
    let result = runtime.block_on(work);
    // What was left behind on purpose is not waited for.
    runtime.shutdown_background();
    result
}

/// A run that ended early, with what to do about its journal.
fn unrecorded(error: delivery::Error) -> Failure {
    let message = error.to_string();
    match error {
        delivery::Error::Journal(error) => {
            let mut failure = Failure::from(error);
            failure.causes.insert(0, std::mem::replace(&mut failure.message, message));
            failure
        }
        server @ delivery::Error::Server(_) => Failure::world(&server),
    }
}

impl From<journal::Error> for Failure {
    fn from(error: journal::Error) -> Self {
        let failure = Self::world(&error);
        match error {
            journal::Error::Newer { .. } => {
                failure.hint("use the newsletter that wrote it, or a newer one")
            }
            journal::Error::Outdated => failure
                .exit(Exit::Usage)
                .hint("put back the newest copy of `.newsletter/journal.db`; nothing was sent")
                .hint(
                    "`newsletter adopt` goes on with this one, and names who may get an issue twice",
                ),
            damaged if damaged.is_damage() => failure
                .hint("put back a copy that was made after the last send: an older one is refused")
                .hint("`newsletter adopt` begins anew without it, once it is moved away"),
            // SQLite had the file open, and put what was in it into the journal.
            journal::Error::LogGone { .. } => failure
                .hint(
                    "keep what cleans up away from `.newsletter/`, and run it again: it names who \
                     is in doubt",
                ),
            journal::Error::Open { .. }
            | journal::Error::Create { .. }
            | journal::Error::Folder { .. }
            | journal::Error::Mark(_)
            | journal::Error::Database { .. } => failure.hint(
                "see that the disk has room and that `.newsletter/` can be written to, and run it again",
            ),
            _ => failure,
        }
    }
}
