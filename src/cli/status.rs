//! `newsletter status`: the journal in, what became of each run out.

use std::path::{Path, PathBuf};

use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;
use crate::cli::send::check_journal;
use crate::journal::{Digests, Journal, Run, State, Tally};

/// Show what became of a run
#[derive(Debug, clap::Args)]
pub(super) struct StatusArgs {
    /// The issue; every run, if none is named
    issue: Option<PathBuf>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(serde::Serialize)]
struct Status {
    issue: String,
    begun: String,
    finished: Option<String>,
    commit: Option<String>,
    recipients: u64,
    counts: Tally,
    generations: Vec<Begun>,
    named: Vec<Named>,
}

/// What a run was begun with, or gone on with.
#[derive(serde::Serialize)]
struct Begun {
    begun: String,
    commit: Option<String>,
    digests: Digests,
    counts: Tally,
}

/// A recipient of whom there is something to say.
#[derive(serde::Serialize)]
struct Named {
    address: String,
    state: &'static str,
    /// Which of the generations, counted from 1; none for whoever is not written to.
    generation: Option<usize>,
    attempts: u32,
    reply: String,
}

pub(super) fn status(env: &mut Env, args: &StatusArgs) -> Result<Exit, Failure> {
    let publication = Publication::open(env)?;
    let named = args.issue.as_ref().map(|issue| (name_of(issue), publication.find(env, issue)));
    let issue = named.as_ref().map(|(name, _)| name.clone());
    let path = publication.journal();
    let statuses = if path.exists() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::world(&error))?;
        runtime.block_on(read(&path, issue.as_deref()))?
    } else {
        check_journal(&publication)?;
        Vec::new()
    };
    // A run is remembered when its issue is gone; only a name that neither knows is a mistake.
    if let (true, Some((_, Err(failure)))) = (statuses.is_empty(), named) {
        return Err(failure);
    }
    if args.json {
        let json = serde_json::to_string_pretty(&statuses)
            .map_err(|error| Failure::because("cannot write the status", &error))?;
        env.print(&(json + "\n"))?;
    } else if statuses.is_empty() {
        env.say("Nothing was sent yet.");
    } else {
        let texts: Vec<_> = statuses.iter().map(render).collect();
        env.print(&texts.join("\n"))?;
    }
    let worst = statuses.iter().map(|status| exit(&status.counts)).max_by_key(|exit| *exit as u8);
    Ok(worst.unwrap_or(Exit::Done))
}

/// The name of an issue, by its name or its file.
fn name_of(argument: &Path) -> String {
    let toml = argument.extension().is_some_and(|ending| ending == "toml");
    let name = if toml { argument.file_stem() } else { argument.file_name() };
    name.unwrap_or_default().to_string_lossy().into_owned()
}

async fn read(path: &Path, issue: Option<&str>) -> Result<Vec<Status>, Failure> {
    let journal = Journal::open(path).await?;
    let runs = journal.runs().await?;
    let mut statuses = Vec::new();
    for run in runs.iter().filter(|run| issue.is_none_or(|issue| run.issue == issue)) {
        statuses.push(read_run(&journal, run).await?);
    }
    Ok(statuses)
}

async fn read_run(journal: &Journal, run: &Run) -> Result<Status, Failure> {
    let ledger = journal.ledger(run).await?;
    let counts = ledger.tally();
    let mut named = Vec::new();
    for state in [State::Unknown, State::Attempting, State::Rejected, State::Deferred] {
        for entry in ledger.recipients_in(state).await? {
            named.push(Named {
                address: entry.recipient.address.to_string(),
                state: state.word(),
                generation: Some(run.generation_of(entry.edition) + 1),
                attempts: entry.attempts,
                reply: entry.reply,
            });
        }
    }
    for (address, reply) in ledger.suppressed().await? {
        named.push(Named { address, state: "suppressed", generation: None, attempts: 0, reply });
    }
    let tallies = ledger.tallies().await?;
    let generations = run.generations.iter().zip(tallies).map(|(generation, counts)| Begun {
        begun: generation.begun.to_string(),
        commit: generation.commit.clone(),
        digests: generation.digests.clone(),
        counts,
    });
    Ok(Status {
        issue: run.issue.clone(),
        begun: run.date.to_string(),
        finished: run.finished.map(|moment| moment.to_string()),
        commit: run.generations[0].commit.clone(),
        recipients: counts.recipients(),
        counts,
        generations: generations.collect(),
        named,
    })
}

/// 3 where some were rejected or are unknown, 4 where something is still to be done.
fn exit(counts: &Tally) -> Exit {
    if counts.open() > 0 {
        Exit::Unfinished
    } else if counts.rejected + counts.unknown > 0 {
        Exit::Partly
    } else {
        Exit::Done
    }
}

/// What there is to say of each state, in the order of how much it matters.
fn counts(tally: &Tally) -> [(&'static str, u64); 7] {
    let Tally { pending, claimed, attempting, accepted, deferred, rejected, unknown, suppressed } =
        *tally;
    [
        ("accepted", accepted),
        ("rejected", rejected),
        ("unknown", unknown),
        ("deferred", deferred),
        ("on the way", claimed + attempting),
        ("pending", pending),
        ("suppressed", suppressed),
    ]
}

fn render(status: &Status) -> String {
    let ended = match &status.finished {
        Some(finished) => format!("finished {finished}"),
        None => "not finished".to_owned(),
    };
    let mut text = format!("{}: begun {}, {ended}\n", status.issue, status.begun);
    for (word, number) in counts(&status.counts) {
        if number > 0 || word == "accepted" {
            let line = format!("  {word:<11}{number:>8}\n");
            text.push_str(&line);
        }
    }
    // One generation is the rule, and then it is the run.
    for (number, generation) in
        (1..).zip(&status.generations).filter(|_| status.generations.len() > 1)
    {
        let commit = generation.commit.as_deref().map(|commit| format!(", commit {commit}"));
        let got = counts(&generation.counts).into_iter().filter(|(_, number)| *number > 0);
        let got: Vec<_> = got.map(|(word, number)| format!("{number} {word}")).collect();
        let got = if got.is_empty() { "nobody".to_owned() } else { got.join(", ") };
        let (begun, commit) = (&generation.begun, commit.unwrap_or_default());
        let line = format!("  generation {number}, begun {begun}{commit}: {got}\n");
        text.push_str(&line);
    }
    for named in &status.named {
        let colon = if named.reply.is_empty() { "" } else { ": " };
        text.extend(["  ", &named.address, ": ", named.state, colon, &named.reply, "\n"]);
    }
    text
}
