//! `newsletter adopt`: makes the folder that it is called in the one that sends a publication.

use std::path::Path;

use crate::cli::count;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::lock_file::{LOCK_FILE, LockFile, SentRun};
use crate::cli::publication::Publication;
use crate::cli::secret;
use crate::cli::send::{Lock, SenderHome, wait};
use crate::config::Secret;
use crate::journal::{Journal, Run};

/// Make this folder the one that sends the publication: after moving house, or restoring a backup
#[derive(Debug, clap::Args)]
pub(super) struct AdoptArgs {
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

pub(super) fn adopt(env: &mut Env, args: &AdoptArgs) -> Result<Exit, Failure> {
    let publication = Publication::open(env)?;
    let mut lock = Lock::take(&publication.state())?;
    let root = publication.folder.root();
    // A lock file that cannot be read names nothing that could be warned of.
    let (before, unreadable) = match LockFile::read(root) {
        Ok(before) => (before.unwrap_or_default(), None),
        Err(failure) => (LockFile::default(), Some(failure)),
    };
    if let Some(failure) = unreadable {
        env.say(format_args!("{}; which runs it names is not known.", failure.reason()));
    }
    wait(async {
        let path = publication.journal();
        let (runs, old) = look(&path, &before).await?;
        say_risks(env, &publication, &before, &runs)?;
        say_unfinished(env, &runs, old);
        if !agrees(env, args)? {
            env.say("Nothing was changed.");
            return Ok(Exit::Done);
        }
        let key = publication.new_key(env)?;
        let suppressions = publication.suppressions(key.hasher())?;
        let journal = Journal::open(&path).await?;
        lock.mark()?;
        journal.take_new_id().await?;
        journal.write_mark().await?;
        let mut home = SenderHome::adopting(env, &publication, elsewhere(before, &runs, old));
        let named = suppressions.named();
        home.record(&publication, &journal, &key.fingerprint(), named).await?;
        journal.close().await;
        env.say(format_args!(
            "This folder sends the publication now. Commit `{LOCK_FILE}`, and send from nowhere else."
        ));
        Ok(Exit::Done)
    })
}

/// Returns the runs of the journal here, and whether it is older than what was sent.
async fn look(path: &Path, before: &LockFile) -> Result<(Vec<Run>, bool), Failure> {
    if !path.exists() {
        return Ok((Vec::new(), false));
    }
    let journal = Journal::open(path).await?;
    let runs = journal.runs().await?;
    let old = journal.last_event().await? < before.events || journal.check_mark().await.is_err();
    journal.close().await;
    Ok((runs, old))
}

/// Returns the runs that only the journal of another folder knows, or knows to their end.
fn elsewhere(before: LockFile, runs: &[Run], old: bool) -> Vec<SentRun> {
    let known = |run: &SentRun| {
        let known = runs.iter().find(|known| known.issue == run.issue);
        known.is_some_and(|known| known.finished.is_some() || (run.finished.is_empty() && !old))
    };
    let unknown = before.runs.into_iter().filter(|run| !known(run));
    unknown.map(|run| SentRun { elsewhere: true, ..run }).collect()
}

/// Says what may go wrong where this folder sends from now on.
fn say_risks(
    env: &mut Env,
    publication: &Publication,
    before: &LockFile,
    runs: &[Run],
) -> Result<(), Failure> {
    let root = publication.folder.root();
    env.say("This folder becomes the one that sends; every other copy has to stop sending.");
    match runs.len() as u64 {
        0 => env.say("There is no run in its journal: it does not know who got any issue."),
        some => env.say(format_args!("Its journal knows {}.", count(some, "run"))),
    }
    for run in &before.runs {
        let SentRun { issue, begun, finished, .. } = run;
        let known = runs.iter().any(|known| known.issue == *issue);
        match (known, finished.is_empty()) {
            (true, _) => {}
            (false, false) => env.say(format_args!(
                "{issue} was sent elsewhere until {finished}; it is not sent again under that name."
            )),
            (false, true) => env.say(format_args!(
                "{issue} was begun elsewhere at {begun} and not finished: finish it there first."
            )),
        }
    }
    let secret = &publication.config.publication.key;
    if !secret::is_there(root, secret) {
        let Secret::File(path) = secret else { return Ok(()) };
        env.say(format_args!(
            "There is no key, {}: a new one is made, and every unsubscribe link that was sent stops \
             working. Copy the old one here first, if you have it.",
            path.display()
        ));
        return Ok(());
    }
    let key = secret::existing(env, root, secret)?;
    if !before.key.is_empty() && before.key != key.fingerprint() {
        env.say(format_args!(
            "The key here is another than `{LOCK_FILE}` names: every unsubscribe link that was sent \
             with the other one stops working."
        ));
    }
    Ok(())
}

/// Names the runs whose recipients may have got the issue after this journal was copied.
fn say_unfinished(env: &mut Env, runs: &[Run], old: bool) {
    for run in runs.iter().filter(|run| run.finished.is_none()) {
        let issue = &run.issue;
        match old {
            true => env.say(format_args!(
                "{issue} went on after this copy of the journal was made: it does not go on here."
            )),
            false => env.say(format_args!(
                "{issue} is not finished in this journal: if it went on elsewhere since then, those \
                 readers get it twice."
            )),
        }
    }
}

fn agrees(env: &mut Env, args: &AdoptArgs) -> Result<bool, Failure> {
    if args.yes {
        return Ok(true);
    }
    if !env.terminal {
        return Err(Failure::usage("nothing was changed: there is nobody to be asked")
            .hint("add `--yes` where nobody can be asked"));
    }
    Ok(env.confirm("Send from this folder from now on?"))
}
