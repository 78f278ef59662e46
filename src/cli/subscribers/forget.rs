//! `subscribers forget`: somebody in, files in which nothing names them and a keyed hash keeps them out.

use std::path::{Path, PathBuf};

use crate::address::EmailAddress;
use crate::audience::{Roster, Suppressions, forget_rejected};
use crate::cli::count;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;
use crate::cli::secret;
use crate::cli::send::{Lock, check_journal};
use crate::cli::subscribers::{ForgetArgs, roster, unreadable};
use crate::journal::Journal;
use crate::key::Key;
use crate::returns::Log;

pub(super) fn forget(
    env: &mut Env,
    publication: &Publication,
    args: &ForgetArgs,
) -> Result<Exit, Failure> {
    let (root, address) = (publication.folder.root(), &args.address);
    if !args.yes {
        if !env.terminal {
            return Err(Failure::usage("nobody was forgotten: there is nobody to be asked")
                .hint("with `--yes` it is done unasked"));
        }
        if !env.confirm(&format!("Forget {address}? It cannot be undone.")) {
            env.say("Nobody was forgotten.");
            return Ok(Exit::Done);
        }
    }
    check_journal(publication)?;
    let key = key(env, publication)?;
    // A send that goes on would write the address down again.
    let _lock = Lock::take(&publication.state())?;
    let now = env.clock.now();
    let mut suppressions = publication.suppressions(key.hasher())?;
    let rows = suppressions.forget(address, now).map_err(|error| Failure::world(&error))?;
    said(env, &publication.config.audience.suppressions, rows as u64);
    let rows = remove(roster(publication)?, address)?;
    said(env, &publication.config.audience.subscribers, rows);
    for path in rejected(root) {
        let rows = forget_rejected(&path, address).map_err(|error| unreadable(&error))?;
        said(env, path.strip_prefix(root).unwrap_or(&path), rows as u64);
    }
    let messages = forget_messages(&publication.state().join("dry-run"), address)?;
    if messages > 0 {
        env.say(format_args!("Removed {} of dry runs.", count(messages, "message")));
    }
    let hash = key.hasher().hash(&address.key());
    let log = Path::new(Log::PATH);
    let rows = Log::forget(&root.join(log), &hash).map_err(|error| Failure::world(&error))?;
    said(env, log, rows as u64);
    if publication.journal().exists() {
        let runs = forget_in_journal(publication, address, &hash, now)?;
        env.say(format_args!("The journal named them in {}.", count(runs, "run")));
    }
    env.say(format_args!("Forgot {address}: a keyed hash keeps them out."));
    env.say(
        "What git, backups and the mail server's logs hold is not in the hands of this program.",
    );
    Ok(Exit::Done)
}

/// The key that hashes are made with: where there are some already, the one that they were made with.
fn key(env: &mut Env, publication: &Publication) -> Result<Key, Failure> {
    let (root, key) = (publication.folder.root(), &publication.config.publication.key);
    match Suppressions::load(root.join(&publication.config.audience.suppressions), None) {
        Ok(_) => publication.key(env),
        Err(_) => secret::existing(env, root, key),
    }
}

fn said(env: &mut Env, file: &Path, rows: u64) {
    if rows > 0 {
        env.say(format_args!("Removed {} of {}.", count(rows, "row"), file.display()));
    }
}

fn remove(mut roster: Roster, address: &EmailAddress) -> Result<u64, Failure> {
    let rows = roster.remove(std::slice::from_ref(address)).map_err(|error| unreadable(&error))?;
    Ok(rows as u64)
}

/// The files of rejected rows.
fn rejected(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = root.read_dir() else { return Vec::new() };
    let is_it = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("rejected") && name.ends_with(".csv") && path.is_file()
    };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(is_it).collect();
    paths.sort();
    paths
}

/// Removes the messages that dry runs wrote for somebody.
fn forget_messages(folder: &Path, address: &EmailAddress) -> Result<u64, Failure> {
    let Ok(entries) = folder.read_dir() else { return Ok(0) };
    let names = [address.to_string().to_lowercase(), address.key()];
    let mut removed = 0;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            removed += forget_messages(&path, address)?;
            continue;
        }
        let message = std::fs::read(&path).unwrap_or_default();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let text = String::from_utf8_lossy(&message).to_lowercase();
        if names.iter().any(|own| text.contains(own.as_str()) || name.contains(own.as_str())) {
            std::fs::remove_file(&path)
                .map_err(|error| Failure::because("cannot remove a message", &error))?;
            removed += 1;
        }
    }
    Ok(removed)
}

fn forget_in_journal(
    publication: &Publication,
    address: &EmailAddress,
    hash: &str,
    now: jiff::Timestamp,
) -> Result<u64, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::world(&error))?;
    runtime.block_on(async {
        let journal = Journal::open(&publication.journal()).await?;
        let runs = journal.forget(address, hash, now).await?;
        journal.close().await;
        Ok(runs)
    })
}
