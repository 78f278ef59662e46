//! An issue that was never sent in, a run that is planned, with the operator's consent, out.

use std::path::Path;

use crate::cli::count;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;
use crate::cli::readers::Readers;
use crate::cli::send::provenance::{commit, digest};
use crate::cli::send::{Material, SendArgs, whole_seconds};
use crate::config::Smtp;
use crate::journal::{Journal, Plan, Run};

/// Plans a run: every message is proven, and the operator agrees. `None` where that is refused.
pub(super) async fn begin(
    env: &mut Env,
    publication: &Publication,
    path: &Path,
    journal: &Journal,
    args: &SendArgs,
    smtp: &Smtp,
) -> Result<Option<Run>, Failure> {
    let material = Material::load(env, publication, path)?;
    let date = whole_seconds(env.clock.now());
    let prepared = material.prepare(env, date, "", material.everyone())?;
    let readers = prepared.recipients.iter().filter(|(reader, _)| {
        args.only.as_deref().is_none_or(|only| Readers::belongs(publication, reader, only))
    });
    let readers = (readers.count() as u64).min(args.limit.unwrap_or(u64::MAX));
    if readers == 0 {
        return Err(nobody(publication));
    }
    if !consent(env, args, &material.issue.subject.to_string(), smtp, readers)? {
        return Ok(None);
    }
    let digest = digest(publication, path)?;
    let commit = commit(publication.folder.root());
    let plan = Plan {
        issue: &material.issue.name,
        digest: &digest,
        commit: commit.as_deref(),
        key: &material.key.fingerprint(),
        date,
        programs: &prepared.programs,
        recipients: &prepared.recipients,
        suppressed: &prepared.suppressed,
    };
    Ok(Some(journal.plan(&plan).await?))
}

/// There is nobody to send to.
pub(super) fn nobody(publication: &Publication) -> Failure {
    let list = publication.config.audience.subscribers.display();
    Failure::new(Exit::Content, "the issue has no reader to be sent to")
        .hint(format!("`{list}` has none, or all of them are suppressed or in no segment of it"))
}

/// Shows what is about to happen and asks; elsewhere than on a terminal `--yes` has to be there.
pub(super) fn consent(
    env: &mut Env,
    args: &SendArgs,
    what: &str,
    smtp: &Smtp,
    readers: u64,
) -> Result<bool, Failure> {
    let readers = count(readers, "reader");
    let what = format!("\"{what}\" to {readers} through {}:{}", smtp.host, smtp.port);
    if args.yes {
        env.say(format_args!("Sending {what}."));
        return Ok(true);
    }
    if !env.terminal {
        return Err(Failure::usage(format!("this would send {what}"))
            .hint("add `--yes` where nobody can be asked"));
    }
    let agreed = env.confirm(&format!("Send {what}?"));
    if !agreed {
        env.say("Nothing was sent.");
    }
    Ok(agreed)
}
