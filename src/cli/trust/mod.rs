//! `newsletter trust`: lets the commands of a publication's settings run, and says whether they may.

mod store;

use std::path::{Path, PathBuf};

use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;
use crate::cli::trust::store::{Answer, TrustStore};
use crate::config::{Config, Secret};

/// The variable that keeps every command from running, as `--no-commands` does.
pub(super) const NO_COMMANDS: &str = "NEWSLETTER_NO_COMMANDS";

/// Let the commands of newsletter.toml run: show them, and record that this folder is trusted
///
/// No `{ command = … }` runs before that, nor after one of them has changed. The record is outside of
/// the folder, in `$XDG_STATE_HOME/newsletter/trusted`, so that no copy of the folder brings it along.
#[derive(Debug, clap::Args)]
pub(super) struct TrustArgs {
    /// Only show the commands, and whether each may run
    #[arg(long, conflicts_with_all = ["list", "remove", "yes"])]
    show: bool,

    /// Print the folders that are trusted
    #[arg(long, conflicts_with_all = ["remove", "yes"])]
    list: bool,

    /// Trust this folder no more
    #[arg(long, conflicts_with = "yes")]
    remove: bool,

    /// Do not ask
    #[arg(long)]
    yes: bool,
}

pub(super) fn trust(env: &mut Env, args: &TrustArgs) -> Result<Exit, Failure> {
    if args.list {
        let folders = TrustStore::open(env)?.folders().join("\n");
        match folders.is_empty() {
            true => env.say("No folder is trusted."),
            false => env.print(&(folders + "\n"))?,
        }
        return Ok(Exit::Done);
    }
    if args.remove {
        let root = Publication::root(&env.folder)?;
        let removed = TrustStore::open(env)?.remove(&root)?;
        let said = if removed {
            "This folder is trusted no more."
        } else {
            "This folder was not trusted."
        };
        env.say(said);
        return Ok(Exit::Done);
    }
    let publication = Publication::open(env)?;
    let root = publication.folder.root();
    let commands: Vec<_> = commands(&publication.config).collect();
    if commands.is_empty() {
        env.say("newsletter.toml names no command: there is nothing to trust.");
        return Ok(Exit::Done);
    }
    let mut store = TrustStore::open(env)?;
    for (setting, line) in &commands {
        let may =
            if store.answer(root, line) == Answer::Trusted { "trusted" } else { "not trusted" };
        env.say(format_args!("{setting} ({may}): {line}"));
        for file in store::files(root, line) {
            env.say(format_args!("  with the file {file} as it is now"));
        }
    }
    if args.show {
        return Ok(Exit::Done);
    }
    if env.terminal && !args.yes && !env.confirm("May they run, with your rights?") {
        env.say("Nothing was trusted.");
        return Ok(Exit::Done);
    }
    let lines: Vec<&str> = commands.iter().map(|(_, line)| *line).collect();
    store.trust(root, &lines)?;
    env.say("This folder is trusted, until one of its commands or their files changes.");
    Ok(Exit::Done)
}

/// The commands that the settings name.
fn commands(config: &Config) -> impl Iterator<Item = (&'static str, &str)> {
    config.secrets().into_iter().filter_map(|(setting, secret)| match secret {
        Secret::Command(line) => Some((setting, line.as_str())),
        Secret::Env(_) | Secret::File(_) => None,
    })
}

/// Fails where a command of the settings may not run.
pub(super) fn check(env: &Env, root: &Path, line: &str) -> Result<(), Failure> {
    let not_run = format!("the command `{line}` of newsletter.toml does not run");
    if is_forbidden(env) {
        return Err(Failure::usage(format!("{not_run}: `--no-commands` forbids it"))
            .hint(format!("leave out `--no-commands`, or unset `{NO_COMMANDS}`")));
    }
    let why = match TrustStore::open(env)?.answer(root, line) {
        Answer::Trusted => return Ok(()),
        Answer::Unknown => "this folder is not trusted",
        Answer::Changed => "it, or a file that it names, changed since this folder was trusted",
    };
    Err(Failure::usage(format!("{not_run}: {why}"))
        .hint("`newsletter trust` shows the commands and lets them run"))
}

/// Fails where any command of the settings may not run.
pub(super) fn check_all(env: &Env, publication: &Publication) -> Result<(), Failure> {
    let root = publication.folder.root();
    commands(&publication.config).try_for_each(|(_, line)| check(env, root, line))
}

/// Whether a secret is what a command prints that may not run.
pub(super) fn withholds(env: &Env, root: &Path, secret: &Secret) -> bool {
    matches!(secret, Secret::Command(line) if check(env, root, line).is_err())
}

/// Says in one line which commands do not run, where the caller does without their secrets.
pub(super) fn say_withheld(env: &mut Env, publication: &Publication) {
    let root = publication.folder.root();
    let settings: Vec<_> = commands(&publication.config)
        .filter(|(_, line)| check(env, root, line).is_err())
        .map(|(setting, _)| setting)
        .collect();
    if settings.is_empty() {
        return;
    }
    let settings = settings.join(", ");
    env.say(match is_forbidden(env) {
        true => format!("Ran no command of newsletter.toml ({settings}), as `--no-commands` says."),
        false => format!(
            "Ran no command of newsletter.toml ({settings}): the folder is not trusted. \
             `newsletter trust` shows them and lets them run."
        ),
    });
}

/// The files of a folder that a command names.
pub(super) fn files(root: &Path, line: &str) -> impl Iterator<Item = PathBuf> {
    store::files(root, line).into_iter().map(PathBuf::from)
}

fn is_forbidden(env: &Env) -> bool {
    env.variables
        .get(std::ffi::OsStr::new(NO_COMMANDS))
        .is_some_and(|value| !value.is_empty() && value != "0")
}
