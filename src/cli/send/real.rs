//! `send` in earnest: a run in the journal, begun or gone on with, in; mail at the server out.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::cli::count;
use crate::cli::dkim;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;
use crate::cli::readers::Readers;
use crate::cli::send::begin::{begin, consent};
use crate::cli::send::home::SenderHome;
use crate::cli::send::lock::Lock;
use crate::cli::send::renew::{self, Goes};
use crate::cli::send::summary::Summary;
use crate::cli::send::wire::{self, Appointment, Wire};
use crate::cli::send::{SendArgs, key};
use crate::delivery::{Outcome, Reason, Report, Stopped, outcome};
use crate::journal::{Entry, Journal, Ledger, Run, State, Tally};
use crate::key::Key;
use crate::transport::{self, Reply, Stage};

/// Sends an issue to everyone who has not got it yet.
///
/// A run that has begun needs neither the issue nor the list: the journal has its messages.
pub(super) fn send(
    env: &mut Env,
    publication: &Publication,
    path: &Path,
    args: &SendArgs,
) -> Result<Exit, Failure> {
    let mut lock = Lock::take(&publication.state())?;
    let mut home = SenderHome::open(env, publication)?;
    // Before the journal: where there is one, a key that is missing is lost, and none is made.
    let key = key(env, publication)?;
    wire::wait(async {
        let journal = Journal::open(&publication.journal()).await?;
        lock.mark()?;
        home.verify(publication, &journal, &key).await?;
        let sender = Sender { journal: &journal, home: &mut home, key };
        let ended = serve(env, publication, path, sender, args, None).await;
        let told = match args.json {
            true => tell(env, path, &journal, &ended).await,
            false => Ok(()),
        };
        journal.close().await;
        ended.and_then(|exit| told.map(|()| exit))
    })
}

async fn tell(
    env: &mut Env,
    path: &Path,
    journal: &Journal,
    ended: &Result<Exit, Failure>,
) -> Result<(), Failure> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Summary::of(Some(journal), &name, ended).await?.print(env, true)
}

/// The path of an issue whose file is gone, while the journal has a run of it to go on with.
pub(super) fn begun(publication: &Publication, argument: &Path) -> Option<PathBuf> {
    let path = Path::new("issues").join(argument).with_added_extension("toml");
    if !publication.journal().exists() {
        return None;
    }
    let run = wire::wait(async {
        let journal = Journal::open(&publication.journal()).await?;
        let run = journal.run(&argument.to_string_lossy()).await?;
        journal.close().await;
        Ok(run)
    });
    run.ok().flatten().map(|_| path)
}

/// What a folder sends with, once it is certain that it may.
pub(super) struct Sender<'s> {
    pub(super) journal: &'s Journal,
    pub(super) home: &'s mut SenderHome,
    pub(super) key: Key,
}

/// Sends an issue with the journal at hand; the lock is held.
pub(super) async fn serve(
    env: &mut Env,
    publication: &Publication,
    path: &Path,
    sender: Sender<'_>,
    args: &SendArgs,
    appointment: Option<&Appointment<'_>>,
) -> Result<Exit, Failure> {
    let Sender { journal, home, key } = sender;
    let smtp = wire::smtp(publication)?;
    let signer = dkim::signer(env, publication)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    if home.has_sent_elsewhere(env, &name)? {
        return Ok(Exit::Done);
    }
    let known = journal.run(&name).await?;
    let begun = known.is_some();
    let ledger = match known {
        Some(run) => resume(env, publication, path, journal, &run, args, &key).await?,
        None => begin(env, publication, path, journal, args, smtp).await?,
    };
    let Some(mut ledger) = ledger else { return Ok(Exit::Done) };
    let selected = select(publication, &mut ledger, args).await?;
    let aside = ledger.set_aside().await?.len() as u64;
    if selected == 0 {
        return nothing_to_send(env, &ledger, aside).await;
    }
    check_key(ledger.run(), &key)?;
    if begun && !consent(env, args, &name, smtp, selected)? {
        return Ok(Exit::Done);
    }
    send_again(env, &mut ledger, args).await?;
    let suppressions = publication.suppressions(key.hasher())?;
    let named = suppressions.named();
    let fingerprint = key.fingerprint();
    home.record(publication, journal, &fingerprint, named).await?;
    let past = wire::past(journal, publication, env.clock.now()).await?;
    // Of a run that goes on the issue's file may be gone.
    let checked = publication.check_issue(path, None).ok().and_then(|checked| checked.value);
    let wire = Wire {
        publication,
        smtp,
        key,
        suppressions,
        issue: &name,
        audience: checked.as_ref().and_then(|issue| issue.audience.as_deref()),
        signer,
        past,
        recorded: true,
        appointment,
    };
    let programs = journal.programs(ledger.run()).await?;
    let delivered = wire.deliver(env, programs, &mut ledger).await;
    let named = publication.suppression_mark().read().max(named);
    let recorded = home.record(publication, journal, &fingerprint, named).await;
    let report = delivered?;
    recorded?;
    name_unknown(env, &ledger).await?;
    if appointment.is_none() {
        env.say(totals(&report.tally));
    }
    conclude_without(env, &report, &name, aside)
}

/// Says how the send ended where some readers may have been set aside.
fn conclude_without(
    env: &mut Env,
    report: &Report,
    issue: &str,
    aside: u64,
) -> Result<Exit, Failure> {
    let exit = conclude(env, report, Some(issue))?;
    Ok(if exit == Exit::Done && aside > 0 { Exit::Partly } else { exit })
}

/// Makes recipients pending again that the operator asks for.
async fn send_again(env: &mut Env, ledger: &mut Ledger, args: &SendArgs) -> Result<(), Failure> {
    if args.resend_unknown {
        let again = ledger.resend_unknown(env.clock.now()).await?;
        env.say(format_args!("Sending again to {} in doubt.", count(again, "reader")));
    }
    if args.retry_rejected {
        let again = ledger.retry_rejected(may_retry, env.clock.now()).await?;
        env.say(format_args!("Sending again to {} who were rejected.", count(again, "reader")));
    }
    Ok(())
}

/// Makes sure that links and Message-IDs stay what they were.
pub(super) fn check_key(run: &Run, key: &Key) -> Result<(), Failure> {
    if run.key == key.fingerprint() {
        return Ok(());
    }
    Err(Failure::usage("the run was begun with another key than the one there is now")
        .hint("put the key back: links and Message-IDs depend on it"))
}

/// Goes on with a run, as it was begun or in a further generation; `None` where that is refused.
async fn resume(
    env: &mut Env,
    publication: &Publication,
    path: &Path,
    journal: &Journal,
    run: &Run,
    args: &SendArgs,
    key: &Key,
) -> Result<Option<Ledger>, Failure> {
    journal.check_parts(run).await?;
    let mut ledger = journal.ledger(run).await?;
    recover(env, &mut ledger).await?;
    Ok(match renew::renew(env, publication, path, &ledger, args, key).await? {
        Goes::On => Some(ledger),
        Goes::Renewed(run) => Some(journal.ledger(&run).await?),
        Goes::Nowhere => None,
    })
}

/// After a crash: what may have been sent is in doubt.
async fn recover(env: &mut Env, ledger: &mut Ledger) -> Result<(), Failure> {
    let unknown = ledger.recover(env.clock.now()).await?;
    if unknown > 0 {
        env.say(format_args!(
            "The last send stopped before the server's answer for {} was recorded.",
            count(unknown, "reader")
        ));
    }
    Ok(())
}

/// Restricts the run to what `--only` and `--limit` allow; returns how many that leaves to serve.
async fn select(
    publication: &Publication,
    ledger: &mut Ledger,
    args: &SendArgs,
) -> Result<u64, Failure> {
    let tally = ledger.tally();
    if args.only.is_none() && args.limit.is_none() {
        ledger.select(None);
        let unknown = if args.resend_unknown { tally.unknown } else { 0 };
        let rejected = if args.retry_rejected { ledger.count_rejected(may_retry) } else { 0 };
        return Ok(tally.open() + unknown + rejected);
    }
    let limit = args.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    let wanted = |entry: &Entry| {
        let open = match entry.state {
            State::Pending | State::Deferred => true,
            State::Unknown => args.resend_unknown,
            State::Rejected => args.retry_rejected && may_retry(&entry.reply),
            State::Claimed | State::Attempting | State::Accepted => false,
        };
        let only = args.only.as_deref();
        open && only.is_none_or(|only| Readers::belongs(publication, &entry.recipient, only))
    };
    let mut selected = BTreeSet::new();
    let mut after = 0;
    loop {
        let page = ledger.recipients(after, 5_000).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        let room = limit - selected.len();
        selected.extend(page.iter().filter(|entry| wanted(entry)).map(|entry| entry.id).take(room));
    }
    ledger.select(Some(&selected));
    Ok(selected.len() as u64)
}

/// Says why there is nothing to do, and how the run stands.
async fn nothing_to_send(env: &mut Env, ledger: &Ledger, aside: u64) -> Result<Exit, Failure> {
    let tally = ledger.tally();
    if tally.open() > 0 {
        env.say(format_args!(
            "Nobody of those who are still open is selected; {} remain.",
            count(tally.open(), "reader")
        ));
        return Ok(Exit::Unfinished);
    }
    ledger.finish(env.clock.now()).await?;
    let readers = count(tally.accepted, "reader");
    let rejected = match tally.rejected {
        0 => String::new(),
        some => format!(
            "; {some} rejected, whom `newsletter status` names (`--retry-rejected` sends again)"
        ),
    };
    env.say(format_args!(
        "{} was sent already, to {readers}{rejected}. There is nothing to do.",
        ledger.run().issue
    ));
    if aside > 0 {
        env.say(format_args!(
            "{} set aside, whose rows lack what the issue asks for: fill them in and send again; \
             `newsletter status {}` names them.",
            count(aside, "reader"),
            ledger.run().issue
        ));
    }
    name_unknown(env, ledger).await?;
    Ok(if tally.rejected + tally.unknown + aside > 0 { Exit::Partly } else { Exit::Done })
}

/// Returns whether a rejected recipient may be sent to again: the reply does not say that the
/// mailbox is dead. Replies that the program itself wrote have no code.
fn may_retry(reply: &str) -> bool {
    let reply = reply.parse::<Reply>().ok();
    reply.is_some_and(|reply| {
        outcome(Stage::Recipient, &reply) != Outcome::Rejected { no_mailbox: true }
    })
}

/// Names everyone of whom it is not known whether they got the issue.
async fn name_unknown(env: &mut Env, ledger: &Ledger) -> Result<(), Failure> {
    let unknown = ledger.recipients_in(State::Unknown).await?;
    for entry in &unknown {
        env.say(format_args!("{}: unknown: {}", entry.recipient.address, entry.reply));
    }
    if !unknown.is_empty() {
        env.say(
            "Whether they got it nobody can tell. `--resend-unknown` sends it to them again, with \
             the same Message-ID.",
        );
    }
    Ok(())
}

/// How many recipients came to what, in one line.
pub(super) fn totals(tally: &Tally) -> String {
    let Tally { accepted, rejected, unknown, suppressed, .. } = tally;
    let (recipients, open) = (tally.recipients(), tally.open());
    format!(
        "Accepted {accepted} of {recipients}; {rejected} rejected, {unknown} unknown, {open} open; \
         {suppressed} not written to."
    )
}

/// Says how the send ended, and turns that into an exit code.
pub(super) fn conclude(
    env: &mut Env,
    report: &Report,
    issue: Option<&str>,
) -> Result<Exit, Failure> {
    let Tally { rejected, unknown, .. } = report.tally;
    let go_on = issue.map(|issue| format!("nobody is lost: `newsletter send {issue}` goes on"));
    let failure = match &report.stopped {
        Some(Stopped::Server(error)) if error.is_permanent() => {
            Some(hinted(Failure::world(error).exit(Exit::Usage), error))
        }
        Some(Stopped::Server(error)) => Some(hinted(Failure::world(error), error)),
        Some(Stopped::Suppressions(error)) => Some(
            Failure::because("the suppressions cannot be read any more", error)
                .exit(Exit::Content)
                .hint("mend the file: it says who must not be written to"),
        ),
        Some(Stopped::Unsuppressed { address, error }) => {
            Some(Failure::because(format!("cannot suppress {address}"), error).hint(
                "add it to `suppressions.csv` by hand, and let newsletter write to that file",
            ))
        }
        Some(Stopped::Reply { reason, reply }) => {
            let exit = if *reason == Reason::Quota { Exit::Unfinished } else { Exit::Usage };
            Some(Failure::new(exit, format!("{reason}: {reply}")).hint(reason.help()))
        }
        Some(Stopped::Doubts) => Some(
            Failure::new(Exit::World, "the mail server closes again and again without an answer")
                .hint("ask its operator; each further try would put more readers in doubt"),
        ),
        Some(Stopped::Panic) => {
            Some(Failure::new(Exit::Bug, "a connection ended with a bug of newsletter"))
        }
        Some(Stopped::WarmUp) => {
            env.say("Today's share of `warm_up` was sent; the next one is tomorrow's (UTC).");
            None
        }
        Some(Stopped::Asked) | None => None,
    };
    match (failure, go_on) {
        (Some(failure), Some(go_on)) => Err(failure.hint(go_on)),
        (Some(failure), None) => Err(failure),
        (None, Some(go_on)) if report.tally.open() > 0 => {
            env.say(format_args!("Not finished; {go_on}."));
            Ok(Exit::Unfinished)
        }
        (None, None) if report.tally.open() > 0 => Ok(Exit::Unfinished),
        (None, _) if rejected + unknown > 0 => Ok(Exit::Partly),
        (None, _) => Ok(Exit::Done),
    }
}

/// The failure with what in the settings it may be about.
fn hinted(failure: Failure, error: &transport::Error) -> Failure {
    use transport::Error::{CaFile, Connect, NoLogin, NoStartTls, Refused, Resolve, Tls};
    match error {
        Refused { stage: Stage::Login, .. } | NoLogin { .. } => failure.hint(Reason::Login.help()),
        Resolve { .. } | Connect { .. } => failure.hint("check `host` and `port` in `[smtp]`"),
        Tls { .. } | CaFile { .. } | NoStartTls { .. } => failure.hint(
            "check `tls_type`, `host`, `port` and `ca_file` in `[smtp]`: \"TLS\" is usually on port 465, \
             \"STARTTLS\" on 587; certificates are always verified",
        ),
        _ => failure,
    }
}
