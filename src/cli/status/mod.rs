//! `newsletter status`: the journal in, what became of each run out.

mod counted;
mod csv;
mod html;
mod json;
mod table;

use std::path::{Path, PathBuf};

use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;
use crate::cli::send::check_journal;
use crate::cli::status::counted::Counts;
use crate::delivery::Account;
use crate::journal::{Journal, Run, Tally};

/// Show what became of a run
#[derive(Debug, clap::Args)]
pub(super) struct StatusArgs {
    /// The issue; every run, if none is named, or with `--csv` and `--html` the newest
    issue: Option<PathBuf>,

    /// Print JSON
    #[arg(long, conflicts_with_all = ["csv", "html"])]
    json: bool,

    /// Print a row for everyone on the list of one run, as CSV
    #[arg(long, conflicts_with = "html")]
    csv: bool,

    /// Write a page with the numbers, a chart and the names of one run, which needs nothing but
    /// itself; `-` prints it
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

pub(super) fn status(env: &mut Env, args: &StatusArgs) -> Result<Exit, Failure> {
    let publication = Publication::open(env)?;
    let named = args.issue.as_ref().map(|issue| (name_of(issue), publication.find(env, issue)));
    let issue = named.as_ref().map(|(name, _)| name.clone());
    let path = publication.journal();
    let worst = if path.exists() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::world(&error))?;
        runtime.block_on(show(env, &publication, &path, issue.as_deref(), args))?
    } else {
        check_journal(&publication)?;
        None
    };
    // A run is remembered when its issue is gone; only a name that neither knows is a mistake.
    match (worst, named) {
        (None, Some((_, Err(failure)))) => Err(failure),
        (None, _) if args.html.is_some() => {
            Err(Failure::usage("nothing was sent yet, so that there is no report"))
        }
        (None, _) if args.json => {
            env.print("[]\n")?;
            Ok(Exit::Done)
        }
        (None, _) => {
            env.say("Nothing was sent yet.");
            Ok(Exit::Done)
        }
        (Some(exit), _) => Ok(exit),
    }
}

/// The name of an issue, by its name or its file.
fn name_of(argument: &Path) -> String {
    let toml = argument.extension().is_some_and(|ending| ending == "toml");
    let name = if toml { argument.file_stem() } else { argument.file_name() };
    name.unwrap_or_default().to_string_lossy().into_owned()
}

/// Shows the runs of an issue, or of all; returns the worst exit code of those that were shown, and
/// `None` where there is none.
async fn show(
    env: &mut Env,
    publication: &Publication,
    path: &Path,
    issue: Option<&str>,
    args: &StatusArgs,
) -> Result<Option<Exit>, Failure> {
    let journal = Journal::open(path).await?;
    let mut runs = journal.runs().await?;
    runs.retain(|run| issue.is_none_or(|issue| run.issue == issue));
    let Some(newest) = runs.last() else { return Ok(None) };
    if args.csv {
        return csv::print(env, &journal, newest).await.map(Some);
    }
    let counts = Counts::load(publication)?;
    if let Some(file) = &args.html {
        let account = Account::of(&journal, newest.clone(), html::NAMES).await?;
        let counted = counts.of(&newest.issue);
        html::write(env, publication, &account, &counted, file)?;
        return Ok(Some(exit(&account.tally, account.set_aside)));
    }
    let names = if args.json { usize::MAX } else { table::NAMES };
    let accounts = read(&journal, runs, names).await?;
    let accounts: Vec<_> = accounts
        .into_iter()
        .map(|account| {
            let counted = counts.of(&account.run.issue);
            (account, counted)
        })
        .collect();
    let worst = accounts
        .iter()
        .map(|(account, _)| exit(&account.tally, account.set_aside))
        .max_by_key(|exit| *exit as u8);
    let text = if args.json { json::text(&accounts)? } else { table::text(&accounts) };
    env.print(&text)?;
    Ok(worst)
}

async fn read(journal: &Journal, runs: Vec<Run>, names: usize) -> Result<Vec<Account>, Failure> {
    let mut accounts = Vec::new();
    for run in runs {
        accounts.push(Account::of(journal, run, names).await?);
    }
    Ok(accounts)
}

/// 3 where some were rejected, set aside or are unknown, 4 where something is still to be done.
fn exit(counts: &Tally, set_aside: u64) -> Exit {
    if counts.open() > 0 {
        Exit::Unfinished
    } else if counts.rejected + counts.unknown + set_aside > 0 {
        Exit::Partly
    } else {
        Exit::Done
    }
}
