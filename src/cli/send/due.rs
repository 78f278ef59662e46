//! `send --due`: every issue with a `send_at` in, those whose time has come sent out.
//!
//! It is for cron: what nobody has to know is not said, and whatever it is not certain of it leaves
//! alone and says so (docs/decisions/0026-due.md).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::lock_file::LockFile;
use crate::cli::publication::Publication;
use crate::cli::send::home::SenderHome;
use crate::cli::send::lock::Lock;
use crate::cli::send::real::Sender;
use crate::cli::send::signals::Signals;
use crate::cli::send::summary::Summary;
use crate::cli::send::wire::{self, Appointment};
use crate::cli::send::{SendArgs, key, real};
use crate::cli::trust;
use crate::config::Secret;
use crate::diagnostic::{Diagnostic, Source};
use crate::issue::{self, Schedule};
use crate::journal::{Journal, Run};

/// For how long it is said that an issue was not sent in time; then it belongs to the archive.
const SAID_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// An issue that there is something to do about, or to say of.
struct Call {
    path: PathBuf,
    name: String,
    /// When it was to go out; `None` where that cannot be told.
    send_at: Option<Timestamp>,
    verdict: Verdict,
}

enum Verdict {
    /// It is sent, or gone on with, and stopped where it is no longer news.
    Due { until: Option<Timestamp> },
    /// It should have been sent before this.
    Late { begun: bool, deadline: Timestamp },
    /// When it is to go out cannot be told.
    Broken(Vec<Diagnostic>),
}

pub(super) fn due(env: &mut Env, args: &SendArgs) -> Result<Exit, Failure> {
    let mut found = Found::default();
    let opened = Publication::open_above(&env.folder, &mut found);
    let publication = opened.inspect_err(|_| found.say(env))?;
    trust::check_all(env, &publication)?;
    wire::wait(async {
        if look(&publication, env.clock.now()).await?.is_empty() {
            return Ok(Exit::Done);
        }
        let state = publication.state();
        // Whoever else was called by the clock does the same work: there is nothing to say.
        let Some(_alone) = Lock::take_due(&state)? else { return Ok(Exit::Done) };
        let mut lock = Lock::take(&state)?;
        // Meanwhile another one may have done it.
        let calls = look(&publication, env.clock.now()).await?;
        if calls.is_empty() {
            return Ok(Exit::Done);
        }
        found.say(env);
        work(env, &publication, args, &calls, &mut lock).await
    })
}

/// Every issue that there is something to do about, the oldest first.
async fn look(publication: &Publication, now: Timestamp) -> Result<Vec<Call>, Failure> {
    let mut calls = Vec::new();
    // One that cannot be read is refused before anything is sent.
    let lock_file = LockFile::read(publication.folder.root()).ok().flatten().unwrap_or_default();
    let mut runs = None;
    for path in publication.issues()? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = std::fs::read(publication.folder.root().join(&path)).map_err(|error| {
            Failure::because(format!("cannot read `{}`", path.display()), &error)
        })?;
        let source = Source::new(path.to_string_lossy(), String::from_utf8_lossy(&bytes));
        let schedule = issue::schedule(&source, &publication.config.publication.time_zone);
        let send_at = schedule.value.flatten().map(|schedule| schedule.send_at);
        let is_ahead = send_at.map_or(schedule.diagnostics.is_empty(), |at| now < at);
        if is_ahead || issue::outline(&source.text).draft {
            continue;
        }
        if runs.is_none() {
            runs = Some(read_runs(publication).await?);
        }
        let run = runs.as_ref().and_then(|runs| runs.get(&name));
        let verdict = match schedule.value.flatten() {
            _ if run.is_some_and(|run| run.finished.is_some()) => None,
            _ if lock_file.finished_elsewhere(&name) => None,
            Some(schedule) => judge(publication, schedule, run.is_some(), now),
            None => Some(Verdict::Broken(schedule.diagnostics)),
        };
        calls.extend(verdict.map(|verdict| Call { path, name, send_at, verdict }));
    }
    calls.sort_by(|a, b| (a.send_at, &a.path).cmp(&(b.send_at, &b.path)));
    Ok(calls)
}

/// The newest run of each issue. No journal is made for it.
async fn read_runs(publication: &Publication) -> Result<BTreeMap<String, Run>, Failure> {
    let path = publication.journal();
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    let journal = Journal::open(&path).await?;
    let runs = journal.runs().await?;
    journal.close().await;
    Ok(runs.into_iter().map(|run| (run.issue.clone(), run)).collect())
}

/// What to do about an issue whose time has come.
///
/// What the journal knows nothing of may have been sent from elsewhere, or before the journal was
/// lost: it is begun for a while only. What it knows goes on until the issue is no longer news.
fn judge(
    publication: &Publication,
    schedule: Schedule,
    begun: bool,
    now: Timestamp,
) -> Option<Verdict> {
    let Schedule { send_at, not_after } = schedule;
    let within = publication.config.send.due_within;
    let begin_until = not_after.unwrap_or(send_at.saturating_add(within).unwrap_or(send_at));
    let deadline = if begun { not_after } else { Some(begin_until) };
    match deadline.filter(|deadline| now > *deadline) {
        None => Some(Verdict::Due { until: not_after }),
        Some(deadline) if now.duration_since(deadline) > SAID_FOR => None,
        Some(deadline) => Some(Verdict::Late { begun, deadline }),
    }
}

/// Does what is to be done; the worst that came of it is the exit code.
async fn work(
    env: &mut Env,
    publication: &Publication,
    args: &SendArgs,
    calls: &[Call],
    lock: &mut Lock,
) -> Result<Exit, Failure> {
    let sends = calls.iter().any(|call| matches!(call.verdict, Verdict::Due { .. }));
    let (mut home, journal) = open(env, publication, sends, lock).await?;
    let signals = Signals::listen();
    let mut worst = Exit::Done;
    for call in calls {
        if signals.asked() {
            worst = worse(worst, Exit::Unfinished);
            break;
        }
        let ended = match (&call.verdict, &journal) {
            (Verdict::Due { until }, Some(journal)) => {
                let appointment = Appointment { until: *until, signals: &signals };
                send(env, publication, args, call, journal, &mut home, &appointment).await
            }
            (Verdict::Late { begun, deadline }, _) => Err(call.late(*begun, *deadline)),
            (Verdict::Broken(diagnostics), _) => Err(call.broken(env, diagnostics)),
            (Verdict::Due { .. }, None) => unreachable!("what is sent has a journal"),
        };
        worst = worse(worst, ended.as_ref().map_or_else(|failure| failure.exit, |exit| *exit));
        let summary = Summary::of(journal.as_ref(), &call.name, &ended).await?;
        if let Err(failure) = ended {
            env.say(failure.render().trim_end());
        }
        // Whoever listened is gone: that is no reason not to send what is due.
        if let Err(failure) = summary.print(env, args.json) {
            worst = worse(worst, failure.exit);
        }
    }
    if let Some(journal) = journal {
        journal.close().await;
    }
    Ok(worst)
}

/// Opens the journal, and makes sure that this folder may send where it is to.
async fn open(
    env: &mut Env,
    publication: &Publication,
    sends: bool,
    lock: &mut Lock,
) -> Result<(SenderHome, Option<Journal>), Failure> {
    let home = match sends {
        true => SenderHome::open(env, publication)?,
        false => SenderHome::read(env, publication)?,
    };
    let journal = match publication.journal() {
        path if path.exists() => Some(Journal::open(&path).await?),
        path if sends => {
            check_key_file(publication)?;
            let journal = Journal::open(&path).await?;
            lock.mark()?;
            Some(journal)
        }
        _ => None,
    };
    if let Some(journal) = journal.as_ref().filter(|_| sends) {
        home.verify(publication, journal, &key(env, publication)?).await?;
    }
    Ok((home, journal))
}

fn worse(a: Exit, b: Exit) -> Exit {
    if a as u8 > b as u8 { a } else { b }
}

/// Where there is no journal, an issue is begun only where there is a key.
fn check_key_file(publication: &Publication) -> Result<(), Failure> {
    let Secret::File(path) = &publication.config.publication.key else { return Ok(()) };
    if publication.folder.root().join(path).exists() {
        return Ok(());
    }
    let message = format!("an issue is due, and there is no key, {}", path.display());
    Err(Failure::usage(message)
        .hint("in a copy of the publication, do not send: send from where `.newsletter/` is")
        .hint("in a new publication, `newsletter send --dry-run` makes the key"))
}

async fn send(
    env: &mut Env,
    publication: &Publication,
    args: &SendArgs,
    call: &Call,
    journal: &Journal,
    home: &mut SenderHome,
    appointment: &Appointment<'_>,
) -> Result<Exit, Failure> {
    let sender = Sender { journal, home, key: key(env, publication)? };
    let sent = real::serve(env, publication, &call.path, sender, args, Some(appointment)).await;
    let stopped = matches!(sent, Ok(Exit::Unfinished)) && !appointment.signals.asked();
    match appointment.until {
        Some(until) if stopped && env.clock.now() > until => Err(call.late(true, until)),
        _ => sent,
    }
}

impl Call {
    /// Why it is not sent, and what can be done.
    fn late(&self, begun: bool, deadline: Timestamp) -> Failure {
        let Self { name, .. } = self;
        let what = if begun { "go on with" } else { "begin" };
        Failure::new(Exit::TooLate, format!("too late to {what} {name}: it had until {deadline}"))
            .hint(format!("`newsletter send {name}` sends it all the same"))
            .hint("without a `send_at`, or with a later `not_after`, this is not said again")
    }

    /// What is wrong with its times.
    fn broken(&self, env: &mut Env, diagnostics: &[Diagnostic]) -> Failure {
        let mut found = Found::default();
        found.add(diagnostics.to_vec());
        found.say(env);
        let message = format!("when {} is to be sent cannot be told", self.name);
        Failure::new(Exit::Content, message).hint(format!("mend `{}`", shown(&self.path)))
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
