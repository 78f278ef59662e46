//! A run that has begun and the files as they are now in, what it goes on with out.

use std::collections::BTreeSet;
use std::path::Path;

use crate::address::EmailAddress;
use crate::audience::Recipient;
use crate::cli::count;
use crate::cli::env::Env;
use crate::cli::failure::Failure;
use crate::cli::found::Found;
use crate::cli::publication::Publication;
use crate::cli::readers::Readers;
use crate::cli::send::begin::{EmptyFields, name_set_aside, prove};
use crate::cli::send::provenance::{commit, digests, list_digest};
use crate::cli::send::real::check_key;
use crate::cli::send::renamed::label_of;
use crate::cli::send::{Material, SendArgs, whole_seconds};
use crate::config::LateJoin;
use crate::document::list;
use crate::journal::{Digests, Ledger, ListDifference, Origin, Run};
use crate::key::Key;

/// The name of the list among what may have changed.
const LIST: &str = "the list";

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
    let aside = ledger.set_aside().await?;
    let is_served = ledger.tally().open() == 0;
    // Whoever was served stays so: what changed is of no concern when there is nobody else.
    if is_served && aside.is_empty() {
        return Ok(Goes::On);
    }
    check_key(run, key)?;
    if args.accept_changes && !publication.folder.root().join(path).exists() {
        return Err(Failure::usage(format!("`{}` is gone", path.display()))
            .hint("put it back: there is nothing else to accept")
            .hint("`--as-begun` goes on with what the run was begun with"));
    }
    let mut changed = changed(publication, path, run);
    if is_served && (changed.is_empty() || args.as_begun) {
        return Ok(Goes::On);
    }
    let mut joining = BTreeSet::new();
    if changed.contains(&LIST) && !args.as_begun && !args.accept_changes {
        let list = difference(publication, path, ledger, key).await?;
        if list.as_ref().is_some_and(|list| list.changed + list.removed == 0) {
            changed.retain(|part| *part != LIST);
        }
        if !changed.is_empty() {
            return Err(refusal(&changed, list.as_ref(), run));
        }
        if publication.config.send.new_subscribers == LateJoin::ThisIssue && !is_served {
            joining.extend(list.into_iter().flat_map(|list| list.added));
        }
        return add(env, publication, path, ledger, args, (&joining, &aside)).await;
    }
    if is_served && args.accept_changes {
        return add(env, publication, path, ledger, args, (&joining, &aside)).await;
    }
    if !changed.is_empty() && !args.as_begun && !args.accept_changes {
        return Err(refusal(&changed, None, run));
    }
    if changed.is_empty() || args.as_begun {
        env.say(format_args!("Going on with the run of {}, begun {}.", run.issue, run.date));
        if !changed.is_empty() {
            let changed = sentence(&changed);
            env.say(format_args!("{changed} changed: everyone gets what the run was begun with."));
        }
        return Ok(Goes::On);
    }
    accept(env, publication, path, ledger, args, &changed).await
}

/// Takes the files as they are now for those who are still to be served, where the operator agrees.
async fn accept(
    env: &mut Env,
    publication: &Publication,
    path: &Path,
    ledger: &Ledger,
    args: &SendArgs,
    changed: &[&str],
) -> Result<Goes, Failure> {
    let run = ledger.run();
    let material = Material::load(env, publication, path)?.finished(env)?;
    let readers = material.readers.list();
    let digests = Digests { list: readers.digest().to_owned(), ..digests(publication, path) };
    let commit = commit(publication.folder.root());
    let origin =
        Origin { digests: &digests, commit: commit.as_deref(), columns: readers.columns() };
    let now = whole_seconds(env.clock.now());
    let mut planning = ledger.renew(now, &origin).await?;
    planning.label(label_of(&material.issue));
    let empty = EmptyFields::of(args);
    let proven = prove(env, &material, &mut planning, run.date, args, empty, &|_| true).await?;
    name_set_aside(env, &material, &proven.aside);
    let merged = planning.merge().await?;
    let what = format!(
        "{} changed. {} still to be served will get what there is now, {} added, {} taken out",
        sentence(changed),
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

/// Adds readers to a run who joined the list since it was begun, and those who were set aside and
/// whose rows are filled in now; everyone else stays as they are.
async fn add(
    env: &mut Env,
    publication: &Publication,
    path: &Path,
    ledger: &Ledger,
    args: &SendArgs,
    (joining, aside): (&BTreeSet<String>, &BTreeSet<String>),
) -> Result<Goes, Failure> {
    let on =
        format!("Going on with the run of {}, begun {}.", ledger.run().issue, ledger.run().date);
    if joining.is_empty() && aside.is_empty() {
        env.say(on);
        return Ok(Goes::On);
    }
    let material = Material::load(env, publication, path)?.finished(env)?;
    let readers = material.readers.list();
    let digests = Digests { list: readers.digest().to_owned(), ..digests(publication, path) };
    let commit = commit(publication.folder.root());
    let origin =
        Origin { digests: &digests, commit: commit.as_deref(), columns: readers.columns() };
    let now = whole_seconds(env.clock.now());
    let mut planning = ledger.extend(now, &origin).await?;
    let is_new = |reader: &Recipient| {
        let key = reader.address.key();
        joining.contains(&*key) || aside.contains(&*key)
    };
    let (date, empty) = (ledger.run().date, EmptyFields::SetAllAside);
    let proven = prove(env, &material, &mut planning, date, args, empty, &is_new).await?;
    let added = planning.merge().await?.added;
    // Those who were set aside before and still are were named then.
    if added == 0 && joining.is_empty() {
        return Ok(Goes::On);
    }
    env.say(on);
    env.say(format_args!("{} will get it, too.", count(added, "more reader")));
    name_set_aside(env, &material, &proven.aside);
    Ok(Goes::Renewed(planning.commit().await?))
}

/// How the list differs from those of a run who are still to be served; `None` where the list
/// cannot be read.
async fn difference(
    publication: &Publication,
    path: &Path,
    ledger: &Ledger,
    key: &Key,
) -> Result<Option<ListDifference>, Failure> {
    let Ok(readers) = Readers::read(publication, &mut Found::default()) else { return Ok(None) };
    let suppressions = publication.suppressions(key.hasher())?;
    let checked = publication.check_issue(path, None).ok().and_then(|checked| checked.value);
    let audience = checked.as_ref().and_then(|issue| issue.audience.as_deref());
    let is_for = |reader: &Recipient| {
        audience.is_none_or(|name| Readers::belongs(publication, reader, name))
            && suppressions.reason_in(&reader.address, audience).is_none()
    };
    let mut rows = readers.all()?.map(|reader| {
        let reader = reader?;
        let is_for = is_for(&reader);
        Ok((reader, is_for))
    });
    let is_suppressed =
        |address: &EmailAddress| suppressions.reason_in(address, audience).is_some();
    let columns = readers.list().columns();
    ledger.compare::<Failure>(columns, &mut rows, &is_suppressed).await.map(Some)
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
        (LIST, same_list),
    ];
    parts.into_iter().filter(|(_, same)| !same).map(|(part, _)| part).collect()
}

fn refusal(changed: &[&str], list: Option<&ListDifference>, run: &Run) -> Failure {
    let message =
        format!("{} changed since the run was begun, {}", joined(changed), run.newest().begun);
    let failure = Failure::usage(message);
    let failure = match list.filter(|_| changed.contains(&LIST)) {
        Some(ListDifference { changed, removed, added }) => failure.hint(format!(
            "of the readers still to be served, {} changed and {} removed; {} new",
            count(*changed, "row"),
            be(*removed),
            be(added.len() as u64),
        )),
        None => failure,
    };
    failure
        .hint("`--accept-changes` sends what there is now to those who are still to be served")
        .hint("`--as-begun` goes on with what the run was begun with")
        .hint("nothing was sent")
}

/// A number with its verb.
fn be(number: u64) -> String {
    if number == 1 { "1 is".to_owned() } else { format!("{number} are") }
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
