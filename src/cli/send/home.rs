//! Makes sure that a publication is sent from one folder only, and records which one that is.
//!
//! `newsletter.lock` names the key and the journal. A copy of the folder lacks that journal, or has
//! a copy of it, and sends nothing until `newsletter adopt` was called there.

use std::collections::BTreeSet;
use std::path::Path;

use crate::cli::digest;
use crate::cli::env::Env;
use crate::cli::failure::Failure;
use crate::cli::lock_file::{LOCK_FILE, LockFile, SentRun};
use crate::cli::publication::Publication;
use crate::cli::send::lock::check_journal;
use crate::journal::{Journal, StateFolder};
use crate::key::Key;

/// The folder of a publication, as far as it may send.
#[derive(Debug)]
pub(in crate::cli) struct SenderHome {
    lock_file: Option<LockFile>,
    folder: StateFolder,
}

impl SenderHome {
    /// Makes sure that a folder may send, before a key or a journal is made in it.
    pub(super) fn open(env: &Env, publication: &Publication) -> Result<Self, Failure> {
        check_journal(publication)?;
        let home = Self::read(env, publication)?;
        if publication.journal().exists() {
            return Ok(home);
        }
        match &home.lock_file {
            Some(_) => Err(refusal(format!(
                "this folder is a copy: `{LOCK_FILE}` names a journal that is not here"
            ))),
            None if is_clone(publication.folder.root()) => Err(Failure::usage(format!(
                "this folder is a clone, and has neither a journal nor `{LOCK_FILE}`"
            ))
            .hint("if another folder has sent this publication, send from there")
            .hint("`newsletter adopt` makes this folder the one that sends")),
            None => Ok(home),
        }
    }

    /// Reads what identifies a folder, and checks nothing.
    pub(in crate::cli) fn read(env: &Env, publication: &Publication) -> Result<Self, Failure> {
        let lock_file = LockFile::read(publication.folder.root())?;
        Ok(Self { lock_file, folder: state_folder(env, &publication.state()) })
    }

    /// Describes a folder that takes over, where only another journal knows some runs.
    pub(in crate::cli) fn adopting(
        env: &Env,
        publication: &Publication,
        elsewhere: Vec<SentRun>,
    ) -> Self {
        let lock_file = Some(LockFile { runs: elsewhere, ..LockFile::default() });
        Self { lock_file, folder: state_folder(env, &publication.state()) }
    }

    /// Makes sure that the journal and the key are those that the folder sent with before.
    pub(super) async fn verify(
        &self,
        publication: &Publication,
        journal: &Journal,
        key: &Key,
    ) -> Result<(), Failure> {
        if journal.home().await?.is_some_and(|home| self.folder.is_copy_of(&home)) {
            return Err(refusal("this folder is a copy, together with its `.newsletter/`"));
        }
        journal.check_runs().await?;
        journal.check_mark().await?;
        if self.lock_file.is_none() && !publication.suppression_mark().is_there() {
            // A journal from before the lock file knows whom its newest run did not write to.
            let before = journal.suppressions().await?;
            let raised = publication.suppression_mark().raise(before);
            raised.map_err(|error| Failure::disk("cannot write down the suppressions", &error))?;
        }
        let Some(lock_file) = &self.lock_file else { return Ok(()) };
        if journal.id().await? != lock_file.journal {
            return Err(refusal(format!("`{LOCK_FILE}` names another journal than the one here")));
        }
        if key.fingerprint() != lock_file.key {
            return Err(Failure::usage(format!(
                "`{LOCK_FILE}` names another key than the one there is now"
            ))
            .hint("put the key back: every unsubscribe link that was sent depends on it")
            .hint("`newsletter adopt` accepts the key that is here, and says what that risks"));
        }
        check_age(lock_file, journal).await
    }

    /// Returns whether an issue was sent from a folder that this one took over from. Part of its
    /// readers may have it where that run was not finished, and only the other journal knows who.
    pub(super) fn has_sent_elsewhere(&self, env: &mut Env, issue: &str) -> Result<bool, Failure> {
        let Some(run) = self.elsewhere(issue) else { return Ok(false) };
        if run.finished.is_empty() {
            let message =
                format!("the run of {issue} was begun in another folder, and not finished");
            return Err(Failure::usage(message)
                .hint("finish it there; or move that folder's `.newsletter/` here")
                .hint(format!(
                    "to send it to everyone once more, delete its `[[run]]` from `{LOCK_FILE}`"
                )));
        }
        let finished = &run.finished;
        env.say(format_args!(
            "{issue} was sent already, from another folder, until {finished}. There is nothing to do."
        ));
        Ok(true)
    }

    /// Returns the run of an issue whose recipients only the journal of another folder knows.
    fn elsewhere(&self, issue: &str) -> Option<&SentRun> {
        let runs = self.lock_file.iter().flat_map(|lock_file| &lock_file.runs);
        runs.rev().find(|run| run.elsewhere && run.issue == issue)
    }

    /// Records that this folder sends: in the journal, and in `newsletter.lock`.
    pub(in crate::cli) async fn record(
        &mut self,
        publication: &Publication,
        journal: &Journal,
        fingerprint: &str,
        suppressions: u64,
    ) -> Result<(), Failure> {
        let before = self.lock_file.take().unwrap_or_default();
        let mut runs: Vec<_> = before.runs.into_iter().filter(|run| run.elsewhere).collect();
        let own: Vec<_> = journal.runs().await?.iter().map(SentRun::of).collect();
        let other: BTreeSet<_> = runs.iter().map(|run| run.issue.clone()).collect();
        runs.extend(own.into_iter().filter(|run| !other.contains(&run.issue)));
        let lock_file = LockFile {
            key: fingerprint.to_owned(),
            journal: journal.id().await?,
            events: journal.last_event().await?,
            suppressions,
            runs,
        };
        let mark = publication.suppression_mark().raise(suppressions);
        mark.map_err(|error| Failure::disk("cannot write down the suppressions", &error))?;
        let lock_file = self.lock_file.insert(lock_file);
        if journal.home().await?.as_ref() != Some(&self.folder) {
            journal.set_home(&self.folder).await?;
        }
        lock_file.write(publication.folder.root())
    }
}

/// Makes sure that the journal is no older than the lock file.
async fn check_age(lock_file: &LockFile, journal: &Journal) -> Result<(), Failure> {
    let runs = journal.runs().await?;
    let known = |run: &SentRun| run.elsewhere || runs.iter().any(|known| known.issue == run.issue);
    let unknown = lock_file.runs.iter().find(|run| !known(run));
    if journal.last_event().await? >= lock_file.events && unknown.is_none() {
        return Ok(());
    }
    let what = match unknown {
        Some(run) => format!("it does not know the run of `{}`", run.issue),
        None => "it ends before the last send".to_owned(),
    };
    Err(outdated(&what))
}

/// The journal is an old copy.
pub(in crate::cli) fn outdated(why: &str) -> Failure {
    Failure::usage(format!("the journal is older than what was sent: {why}"))
        .hint("put back the newest copy of `.newsletter/journal.db`; nothing was sent")
        .hint("`newsletter adopt` goes on with this one, and names who may get an issue twice")
}

fn refusal(message: impl Into<String>) -> Failure {
    Failure::usage(message)
        .hint("send from the folder that sent before, or move its `.newsletter/` here")
        .hint("`newsletter adopt` makes this folder the one that sends, and says what that risks")
}

/// Returns what identifies the state folder, which need not be there yet.
fn state_folder(env: &Env, state: &Path) -> StateFolder {
    let path = state.canonicalize().unwrap_or_else(|_| state.to_path_buf());
    let machine = match env.machine.as_str() {
        "" => String::new(),
        // The number of a system is not to be handed on as it is (machine-id(5)).
        machine => digest::of(machine.as_bytes())[..16].to_owned(),
    };
    StateFolder { number: number(state), path: path.display().to_string(), machine }
}

#[cfg(unix)]
fn number(folder: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt as _;
    folder.metadata().ok().map(|metadata| metadata.ino())
}

#[cfg(not(unix))]
fn number(_: &Path) -> Option<u64> {
    None
}

/// Returns whether the history of a folder came from elsewhere, by `git clone`, or by `git fetch` as in
/// a forge's checkout: then another folder may have sent it, and not committed its lock file yet.
///
/// The first line of the log of HEAD says so for as long as the log is kept.
fn is_clone(root: &Path) -> bool {
    let Some(git) = root.ancestors().map(|folder| folder.join(".git")).find(|git| git.exists())
    else {
        return false;
    };
    // In a worktree or a submodule it is a file that says where the folder is.
    let git = match std::fs::read_to_string(&git) {
        Ok(text) => {
            let named = text.trim().strip_prefix("gitdir:").unwrap_or_default().trim().to_owned();
            git.parent().unwrap_or(root).join(named)
        }
        Err(_) => git,
    };
    let common = std::fs::read_to_string(git.join("commondir"));
    let common = common.map(|common| git.join(common.trim())).unwrap_or(git);
    let log = std::fs::read_to_string(common.join("logs/HEAD")).unwrap_or_default();
    let first = log.lines().next().and_then(|line| line.split_once('\t'));
    first.is_some_and(|(moved, message)| {
        // From nothing to a commit that was not made here.
        let begun = moved.split(' ').next().is_some_and(|from| from.bytes().all(|b| b == b'0'));
        message.starts_with("clone:") || (begun && !message.starts_with("commit"))
    })
}
