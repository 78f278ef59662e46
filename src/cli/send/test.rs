//! `send --test`: an issue and an address in, one copy at the mail server out.

use std::path::Path;

use crate::address::EmailAddress;
use crate::audience::Recipient;
use crate::cli::build;
use crate::cli::dkim;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;
use crate::cli::readers;
use crate::cli::send::wire::{self, Wire};
use crate::cli::send::{Material, real, whole_seconds};
use crate::delivery::{Past, Reason, Stopped};
use crate::journal::{Digests, Journal, Plan};

/// Sends one copy of an issue, and records nothing that outlives it.
pub(in crate::cli) fn test(
    env: &mut Env,
    publication: &Publication,
    path: &Path,
    address: &EmailAddress,
) -> Result<Exit, Failure> {
    let smtp = wire::smtp(publication)?;
    let signer = dkim::signer(env, publication)?;
    let material = Material::load(env, publication, path)?;
    let audience = material.issue.audience.as_deref();
    if let Some(reason) = material.suppressions.reason_in(address, audience) {
        return Err(
            Failure::suppressed(address, &reason).hint("a suppressed address is never written to")
        );
    }
    let known = material.readers.find(address)?;
    let reader = known.unwrap_or_else(|| Recipient {
        address: address.clone(),
        ..build::sample(&material.issue)
    });
    let now = whole_seconds(env.clock.now());
    let salt = format!("test {now}");
    let planner = material.planner(now, &salt);
    let one = std::iter::once(Ok(reader.clone()));
    let passed = readers::prove(&planner, &material.issue, one, &mut |_, _| {})?;
    let passed = material.judge(env, passed)?;
    drop(planner);
    let folder = tempfile::tempdir().map_err(|error| Failure::world(&error))?;
    let wire = Wire {
        publication,
        smtp,
        key: material.key,
        suppressions: material.suppressions,
        issue: &material.issue.name,
        audience: None,
        signer,
        // One message more or less is no matter of pace.
        past: Past::default(),
        recorded: false,
        appointment: None,
    };
    wire::wait(async {
        let journal = Journal::open(&folder.path().join("journal.db")).await?;
        let plan = Plan {
            issue: &material.issue.name,
            digests: &Digests::default(),
            commit: None,
            key: "",
            date: now,
            programs: &passed.programs,
            recipients: &[(reader, 0)],
            suppressed: &[],
        };
        let run = journal.plan(&plan).await?;
        let mut ledger = journal.ledger(&run).await?;
        let report = wire.deliver(env, passed.programs, &mut ledger).await?;
        journal.close().await;
        if report.tally.accepted == 1 {
            env.say(format_args!("Sent a test to {address}. Nothing was recorded."));
            return Ok(Exit::Done);
        }
        if let Some(Stopped::Reply { reason: Reason::Everyone, reply }) = &report.stopped {
            env.say(format_args!("{address}: rejected: {reply}"));
            return Ok(Exit::Partly);
        }
        env.say(real::totals(&report.tally));
        real::conclude(env, &report, None)
    })
}
