//! `send --dry-run`: an issue and the list in, the exact messages in a folder out.

use std::path::Path;

use jiff::Timestamp;

use crate::cli::count;
use crate::cli::dkim;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;
use crate::cli::readers::Readers;
use crate::cli::send::begin::nobody;
use crate::cli::send::{Material, SendArgs, whole_seconds, wire};
use crate::compile::{Filling, Reader};
use crate::journal::Journal;
use crate::language::Language;
use crate::transport::{Maildir, file_name};

pub(super) fn dry_run(
    env: &mut Env,
    publication: &Publication,
    path: &Path,
    args: &SendArgs,
    folder: Option<&Path>,
) -> Result<Exit, Failure> {
    let signer = dkim::signer(env, publication)?;
    let material = Material::load(env, publication, path)?;
    let name = &material.issue.name;
    let default = publication.state().join("dry-run").join(name);
    let folder = folder.map_or(default, |folder| env.folder.join(folder));
    // A run that has begun has its date for good: the dry run shows the messages of that run.
    let begun = date_of_run(&publication.journal(), name)?;
    let date = whole_seconds(begun.unwrap_or_else(|| env.clock.now()));
    let prepared = material.prepare(env, date, "", material.everyone())?;
    if prepared.recipients.is_empty() {
        return Err(nobody(publication));
    }
    let maildir = Maildir::create(&folder).map_err(|error| Failure::world(&error))?;
    let selected = prepared.recipients.iter().filter(|(reader, _)| {
        args.only.as_deref().is_none_or(|only| Readers::belongs(publication, reader, only))
    });
    let limit = args.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    let programs = &prepared.programs;
    let stencils: Option<Vec<_>> =
        signer.map(|signer| programs.iter().map(|program| signer.stencil(program)).collect());
    let (mut message, mut filling) = (Vec::new(), Filling::default());
    let (mut written, mut bytes) = (0, 0);
    for (recipient, edition) in selected.take(limit) {
        message.clear();
        let reader = Reader { recipient, key: &material.key };
        let program = &programs[*edition];
        program
            .fill(reader, &mut filling)
            .map_err(|gap| Failure::new(Exit::Bug, gap.to_string()))?;
        if let Some(stencils) = &stencils {
            stencils[*edition].sign(program, &filling, date, &mut message);
        }
        program.slices(&filling).for_each(|slice| message.extend_from_slice(slice));
        written += 1;
        bytes += message.len();
        maildir
            .write(&file_name(written, &recipient.address), &message)
            .map_err(|error| Failure::world(&error))?;
    }
    let editions = count(programs.len() as u64, "edition");
    env.say(format_args!("{name}: \"{}\", {editions}.", material.issue.title));
    for (address, reason) in &prepared.suppressed {
        env.say(format_args!("Not written to: {address} ({reason})."));
    }
    env.say(format_args!(
        "Wrote {} of {} in all, one file for each reader. Nothing was sent. They are in",
        count(written as u64, "message"),
        Language::default().size(bytes)
    ));
    env.print(&format!("{}\n", folder.join("new").display()))?;
    Ok(Exit::Done)
}

/// The `Date` of the run of an issue, if there is one.
pub(in crate::cli) fn date_of_run(
    journal: &Path,
    issue: &str,
) -> Result<Option<Timestamp>, Failure> {
    if !journal.exists() {
        return Ok(None);
    }
    wire::wait(async {
        let journal = Journal::open(journal).await?;
        let date = journal.run(issue).await?.map(|run| run.date);
        journal.close().await;
        Ok(date)
    })
}
