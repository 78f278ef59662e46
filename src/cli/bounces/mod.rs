//! `newsletter bounces`: what came back in, who is not written to any more out.

mod desk;
mod explain;
mod lines;
mod maildir;
mod mbox;
mod remote;
mod source;

use std::path::{Path, PathBuf};

use crate::cli::bounces::desk::Desk;
use crate::cli::bounces::lines::Summary;
use crate::cli::bounces::source::{Place, Source};
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::returns::{Item, Verdict};

/// How many messages are decided about at once, and made sure of with one flush of the disk.
const BATCH: usize = 200;

/// Messages, and where each of them was.
type Batch = (Vec<Place>, Vec<Item>);

/// Take in what came back: bounces, complaints, mails to unsubscribe
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct BouncesArgs {
    #[command(subcommand)]
    command: Option<BouncesCommand>,

    /// A Maildir, an mbox, a file with one message, or `-`: the one that a mail server pipes in
    /// [default: what `[bounces]` in newsletter.toml names]
    #[arg(value_name = "SOURCE")]
    sources: Vec<PathBuf>,

    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,

    /// Print a line of JSON for each message
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum BouncesCommand {
    Explain(explain::ExplainArgs),
}

pub(super) fn bounces(env: &mut Env, args: &BouncesArgs) -> Result<Exit, Failure> {
    if let Some(BouncesCommand::Explain(args)) = &args.command {
        return explain::explain(env, args);
    }
    let piped = args.sources.iter().any(|source| source == Path::new("-"));
    match take_in(env, args) {
        // What a mail server pipes in is kept by it, and tried again.
        Err(failure) if piped => Err(failure.exit(Exit::TryAgain)),
        ended => ended,
    }
}

fn take_in(env: &mut Env, args: &BouncesArgs) -> Result<Exit, Failure> {
    let mut desk = Desk::open(env, args.dry_run)?;
    let sources = named(env, &desk, args)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::world(&error))?;
    let mut summary = Summary::new(args.json, args.dry_run);
    for mut source in sources {
        while let Some((places, items)) = batch(&mut source)? {
            let verdicts = runtime.block_on(desk.settle(&items))?;
            for ((place, item), verdict) in places.iter().zip(&items).zip(&verdicts) {
                summary.add(env, place, item, verdict)?;
            }
            // Only now: what is marked is on the disk.
            let dealt_with = |verdict: &Verdict| verdict.decision.is_final() && !args.dry_run;
            let done = places.iter().zip(&verdicts).filter(|(_, verdict)| dealt_with(verdict));
            done.map(|(place, _)| place).try_for_each(|place| source.mark(place))?;
        }
        source.close();
    }
    summary.say(env);
    Ok(Exit::Done)
}

/// The sources that the command line names, or else the settings.
fn named(env: &mut Env, desk: &Desk, args: &BouncesArgs) -> Result<Vec<Source>, Failure> {
    let named = args.sources.iter().map(|source| Source::open(env, source));
    let mut sources: Vec<Source> = named.collect::<Result<_, _>>()?;
    if args.sources.is_empty() {
        sources = desk.sources(env)?;
    }
    if sources.is_empty() {
        return Err(Failure::usage("nothing says where mail comes back to").hint(
            "name a Maildir, an mbox or `-`, or write `[bounces]` into newsletter.toml (docs/bounces.md)",
        ));
    }
    Ok(sources)
}

/// The next messages; `None` when there are no more.
fn batch(source: &mut Source) -> Result<Option<Batch>, Failure> {
    let (mut places, mut items) = (Vec::new(), Vec::new());
    while items.len() < BATCH {
        let Some(letter) = source.next()? else { break };
        let (place, item) = letter.read();
        places.push(place);
        items.push(item);
    }
    Ok((!items.is_empty()).then_some((places, items)))
}
