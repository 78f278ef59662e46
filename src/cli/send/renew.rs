//! A run that has begun and the files as they are now in, what it goes on with out.

use std::path::Path;

use crate::cli::count;
use crate::cli::env::Env;
use crate::cli::failure::Failure;
use crate::cli::publication::Publication;
use crate::cli::send::begin::prove;
use crate::cli::send::provenance::{commit, digests, list_digest};
use crate::cli::send::real::check_key;
use crate::cli::send::{Material, SendArgs, whole_seconds};
use crate::document::list;
use crate::journal::{Digests, Ledger, Origin, Run};
use crate::key::Key;

/// How a run goes on.
pub(super) enum Goes {
    /// As it was begun.
    On,
    /// In a further generation.
    Renewed(Run),
    /// Not at all: the operator did not agree.
    Nowhere,
}

/// Holds a run against the files as they are now. Where they changed, it is for the operator to say
/// with which it goes on.
pub(super) async fn renew(
    env: &mut Env,
    publication: &Publication,
    path: &Path,
    ledger: &Ledger,
    args: &SendArgs,
    key: &Key,
) -> Result<Goes, Failure> {
    let run = ledger.run();
    // Whoever was served stays so: what changed is of no concern when there is nobody else.
    if ledger.tally().open() == 0 {
        return Ok(Goes::On);
    }
    check_key(run, key)?;
    if args.accept_changes && !publication.folder.root().join(path).exists() {
        return Err(Failure::usage(format!("`{}` is gone", path.display()))
            .hint("put it back: there is nothing else to accept")
            .hint("`--as-begun` goes on with what the run was begun with"));
    }
    let changed = changed(publication, path, run);
    if !changed.is_empty() && !args.as_begun && !args.accept_changes {
        return Err(refusal(&changed, run));
    }
    if changed.is_empty() || args.as_begun {
        env.say(format_args!("Going on with the run of {}, begun {}.", run.issue, run.date));
        if !changed.is_empty() {
            let changed = sentence(&changed);
            env.say(format_args!("{changed} changed: everyone gets what the run was begun with."));
        }
        return Ok(Goes::On);
    }
    let material = Material::load(env, publication, path)?.finished()?;
    let readers = material.readers.list();
    let digests = Digests { list: readers.digest().to_owned(), ..digests(publication, path) };
    let commit = commit(publication.folder.root());
    let origin =
        Origin { digests: &digests, commit: commit.as_deref(), columns: readers.columns() };
    let now = whole_seconds(env.clock.now());
    let mut planning = ledger.renew(now, &origin).await?;
    prove(env, &material, &mut planning, run.date, args).await?;
    let merged = planning.merge().await?;
    let what = format!(
        "{} changed. {} still to be served will get what there is now, {} added, {} taken out",
        sentence(&changed),
        count(merged.kept, "reader"),
        merged.added,
        merged.gone
    );
    if args.yes {
        env.say(format_args!("{what}."));
    } else if !env.terminal {
        return Err(Failure::usage(what).hint("add `--yes` where nobody can be asked"));
    } else if !env.confirm(&format!("{what}. Go on with that?")) {
        env.say("Nothing was changed, and nothing was sent.");
        return Ok(Goes::Nowhere);
    }
    Ok(Goes::Renewed(planning.commit().await?))
}

/// What is no longer as it was when the run's newest generation was begun.
fn changed(publication: &Publication, path: &Path, run: &Run) -> Vec<&'static str> {
    // An issue whose file is gone cannot be gone on with in any other way than as it was begun.
    if !publication.folder.root().join(path).exists() {
        return Vec::new();
    }
    let Digests { issue, theme, settings, list } = &run.newest().digests;
    let now = digests(publication, path);
    let same_list = list_digest(publication).is_some_and(|now| now == *list);
    let parts = [
        ("the issue", now.issue == *issue),
        ("its theme", now.theme == *theme),
        ("the settings", now.settings == *settings),
        ("the list", same_list),
    ];
    parts.into_iter().filter(|(_, same)| !same).map(|(part, _)| part).collect()
}

fn refusal(changed: &[&str], run: &Run) -> Failure {
    let message =
        format!("{} changed since the run was begun, {}", joined(changed), run.newest().begun);
    Failure::usage(message)
        .hint("`--accept-changes` sends what there is now to those who are still to be served")
        .hint("`--as-begun` goes on with what the run was begun with")
        .hint("nothing was sent")
}

/// Some parts, as a sentence begins with them.
fn sentence(parts: &[&str]) -> String {
    let text = joined(parts);
    let (first, rest) = text.split_at(text.len().min(1));
    first.to_uppercase() + rest
}

fn joined(parts: &[&str]) -> String {
    list(parts).replace('`', "")
}
