//! `newsletter build`: issues in, a static site in `public/` out.
//!
//! 1. `survey` reads every issue and says which are published; `manifest` knows what the last build
//!    made of them, so that what has not changed is neither compiled nor rendered.
//! 2. `compiled` compiles the others, `pages` renders them, on all cores (`parallel`); `looks` are
//!    their themes.
//! 3. `site` makes the list, the feed and the rest; `output` writes what differs, and removes what
//!    is no longer made.

mod compiled;
mod looks;
mod manifest;
mod output;
mod pages;
mod parallel;
mod presswork;
mod reader;
mod site;
mod survey;
mod work;

use std::path::PathBuf;

use crate::cli::build::survey::Known;
use crate::cli::build::work::{Done, Work};
use crate::cli::count;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;
use crate::issue::Issue;

pub(super) use output::write;
pub(super) use reader::sample;

/// Write the archive into `public/`: a page for each issue, a list of them, a feed
#[derive(Debug, clap::Args)]
pub(super) struct BuildArgs {
    /// Write the files of these issues only, also of drafts; the whole site, if none is named
    issues: Vec<PathBuf>,

    /// Put drafts into the site, too, and issues whose `send_at` or date has not come
    #[arg(long, conflicts_with = "issues")]
    drafts: bool,
}

pub(super) fn build(env: &mut Env, args: &BuildArgs) -> Result<Exit, Failure> {
    let publication = Publication::open(env)?;
    let named: Result<Vec<_>, _> =
        args.issues.iter().map(|issue| publication.find(env, issue)).collect();
    let named = named?;
    let manifest = manifest::Manifest::load(publication.folder.root(), &env.program);
    let known = survey::survey(&publication, &manifest, env.clock.now())?;
    let wanted = |issue: &&Known| match named.as_slice() {
        [] => issue.published || args.drafts,
        named => named.contains(&issue.path),
    };
    let work = Work {
        publication: &publication,
        known: &known,
        wanted: known.iter().filter(wanted).collect(),
        whole: named.is_empty(),
        drafts: args.drafts,
        views: publication.numbers()?.filter(|_| publication.config.measure.views),
    };
    let mut said = Vec::new();
    let done = work.work(&manifest, &mut said);
    said.iter().for_each(|found| found.say(env));
    let done = done?;
    say(env, &work, &done);
    Ok(Exit::Done)
}

/// What was done, for people.
fn say(env: &mut Env, work: &Work<'_>, done: &Done) {
    for path in &done.removed.kept {
        env.say(format_args!("Left public/{path}: nothing makes it any more, but it was changed."));
    }
    let left_out: Vec<_> = work.known.iter().filter(|issue| !issue.published).collect();
    if work.whole && !work.drafts && !left_out.is_empty() {
        let issues = count(left_out.len() as u64, "issue");
        env.say(format_args!("Left out {issues} that readers do not have yet: drafts, and those whose `send_at` or date has not come."));
    }
    let removed = match done.removed.gone {
        0 => String::new(),
        gone => format!(" Removed {}.", count(gone, "file")),
    };
    let issues = count(work.wanted.len() as u64, "issue");
    match done.written {
        0 => env.say(format_args!("Nothing has changed in public/: {issues}.{removed}")),
        written => {
            let files = count(written, "file");
            env.say(format_args!("Built {issues}, wrote {files}, in public/.{removed}"));
        }
    }
}

/// When the issue is sent, or seven in the morning of its date: the same input, the same bytes.
pub(super) fn date(publication: &Publication, issue: &Issue) -> jiff::Timestamp {
    let zoned = issue.sent().to_zoned(publication.config.publication.time_zone.clone());
    zoned.map(|zoned| zoned.timestamp()).unwrap_or_default()
}
