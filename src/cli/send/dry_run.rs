//! `send --dry-run`: an issue and the list in, the exact messages in a folder out.

use std::path::Path;

use jiff::Timestamp;

use crate::audience::Recipient;
use crate::cli::count;
use crate::cli::dkim;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;
use crate::cli::readers::{self, Readers};
use crate::cli::send::begin::nobody;
use crate::cli::send::{Material, SendArgs, whole_seconds, wire};
use crate::cli::trust;
use crate::compile::{Filling, Reader};
use crate::delivery::{Place, Planner};
use crate::dkim::Signer;
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
    trust::say_withheld(env, publication);
    let signer = dkim::signer_to_look(env, publication)?;
    let material = Material::load_with(env, publication, path, Publication::key_to_look)?;
    let name = &material.issue.name;
    let default = publication.state().join("dry-run").join(name);
    let folder = folder.map_or(default, |folder| env.folder.join(folder));
    // A run that has begun has its date for good: the dry run shows the messages of that run.
    let begun = date_of_run(&publication.journal(), name)?;
    let date = whole_seconds(begun.unwrap_or_else(|| env.clock.now()));
    let planner = material.planner(date, "");
    let mut suppressed = Vec::new();
    let mut see = |reader: &Recipient, place| {
        if let Place::Suppressed(reason) = place {
            suppressed.push((reader.address.to_string(), reason));
        }
    };
    let passed = readers::prove(&planner, &material.issue, material.everyone()?, &mut see)?;
    let passed = material.judge(env, passed)?;
    if passed.recipients == 0 {
        return Err(nobody(publication));
    }
    let maildir = Maildir::create(&folder).map_err(|error| Failure::world(&error))?;
    let (written, bytes) = write(&material, &planner, args, signer.as_ref(), &maildir)?;
    let editions = count(passed.programs.len() as u64, "edition");
    env.say(format_args!("{name}: \"{}\", {editions}.", material.issue.title));
    for (address, reason) in &suppressed {
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

/// Writes the messages of those who are selected; returns how many there are, and how many bytes.
fn write(
    material: &Material<'_>,
    planner: &Planner<'_>,
    args: &SendArgs,
    signer: Option<&Signer>,
    maildir: &Maildir,
) -> Result<(usize, usize), Failure> {
    let limit = args.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    let mut gate = planner.gate(&material.issue);
    let (mut message, mut filling, mut stencils) = (Vec::new(), Filling::default(), Vec::new());
    let (mut written, mut bytes) = (0, 0);
    let wanted = |reader: &Recipient| {
        args.only.as_deref().is_none_or(|only| Readers::belongs(material.publication, reader, only))
    };
    for recipient in material.everyone()? {
        let recipient = recipient?;
        if written == limit || !wanted(&recipient) {
            continue;
        }
        let place = gate.admit(&recipient);
        let place = place.map_err(|refused| Failure::new(Exit::Bug, refused.to_string()))?;
        let Place::Edition(edition) = place else { continue };
        let Some(program) = gate.program(edition) else { continue };
        message.clear();
        let reader = Reader { recipient: &recipient, key: &material.key };
        program
            .fill(reader, &mut filling)
            .map_err(|gap| Failure::new(Exit::Bug, gap.to_string()))?;
        if let Some(signer) = signer {
            // Editions come with their first readers.
            stencils.extend(gate.programs().skip(stencils.len()).map(|new| signer.stencil(new)));
            stencils[edition].sign(program, &filling, planner.date, &mut message);
        }
        program.slices(&filling).for_each(|slice| message.extend_from_slice(slice));
        written += 1;
        bytes += message.len();
        maildir
            .write(&file_name(written, &recipient.address), &message)
            .map_err(|error| Failure::world(&error))?;
    }
    Ok((written, bytes))
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
