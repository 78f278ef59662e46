//! An issue that was never sent in, a run that is planned, with the operator's consent, out.

use std::path::Path;

use jiff::Timestamp;

use crate::audience::Recipient;
use crate::cli::count;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;
use crate::cli::readers::Readers;
use crate::cli::send::provenance::{commit, digests};
use crate::cli::send::renamed::{check_renamed, label_of};
use crate::cli::send::{Material, SendArgs, whole_seconds};
use crate::config::Smtp;
use crate::delivery::{Gaps, Passed, Refused, Unrecorded, record};
use crate::journal::{Digests, Journal, Ledger, Origin, Planning, Run};

/// Plans a run: every message is proven, and the operator agrees. `None` where that is refused.
pub(super) async fn begin(
    env: &mut Env,
    publication: &Publication,
    path: &Path,
    journal: &Journal,
    args: &SendArgs,
    smtp: &Smtp,
) -> Result<Option<Ledger>, Failure> {
    let material = Material::load(env, publication, path)?.finished(env)?;
    let date = whole_seconds(env.clock.now());
    let list = material.readers.list();
    let digests = Digests { list: list.digest().to_owned(), ..digests(publication, path) };
    check_twin(journal, &material.issue.name, &digests).await?;
    let label = label_of(&material.issue);
    if !args.new_issue {
        check_renamed(publication, journal, &material.issue, &label).await?;
    }
    let commit = commit(publication.folder.root());
    let origin = Origin { digests: &digests, commit: commit.as_deref(), columns: list.columns() };
    let fingerprint = material.key.fingerprint();
    // From here on it is one transaction: whatever ends it before its last line leaves nothing.
    let mut planning = journal.begin(&material.issue.name, &fingerprint, date, &origin).await?;
    planning.label(label);
    let empty = EmptyFields::of(args);
    let proven = prove(env, &material, &mut planning, date, args, empty, &|_| true).await?;
    let readers = proven.selected;
    if readers == 0 {
        return Err(nobody(publication));
    }
    name_set_aside(env, &material, &proven.aside);
    if !consent(env, args, &material.issue.subject.to_string(), smtp, readers)? {
        return Ok(None);
    }
    Ok(Some(journal.ledger(&planning.commit().await?).await?))
}

/// Makes sure that the issue was not sent under another name: a file that is renamed would be sent
/// to everyone again.
async fn check_twin(journal: &Journal, name: &str, digests: &Digests) -> Result<(), Failure> {
    let runs = journal.runs().await?;
    let twin = runs.iter().find(|run| {
        run.issue != name && run.generations.iter().any(|g| g.digests.issue == digests.issue)
    });
    let Some(Run { issue, .. }) = twin else { return Ok(()) };
    Err(Failure::usage(format!("`{name}` was sent before, under the name `{issue}`"))
        .hint("give the file its old name back; to send the same once more, change a word of it"))
}

/// What becomes of readers whose rows lack what their message asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EmptyFields {
    /// Nothing is sent to anyone.
    Refuse,
    /// They are set aside, and the others get the issue; where there are no others, nothing is sent.
    SetAside,
    /// They are set aside, also where there are no others.
    SetAllAside,
}

impl EmptyFields {
    /// A person can fill in the rows before the others are written to; cron cannot.
    pub(super) fn of(args: &SendArgs) -> Self {
        if args.due { Self::SetAside } else { Self::Refuse }
    }
}

/// Readers who went through the gate.
pub(super) struct Proven {
    /// How many of them this send is for.
    pub(super) selected: u64,
    /// Who was set aside.
    pub(super) aside: Gaps,
}

/// Takes the readers that are `included` through the gate and into the journal.
pub(super) async fn prove(
    env: &mut Env,
    material: &Material<'_>,
    planning: &mut Planning,
    date: Timestamp,
    args: &SendArgs,
    empty: EmptyFields,
    included: &dyn Fn(&Recipient) -> bool,
) -> Result<Proven, Failure> {
    let planner = material.planner(date, "");
    let gate = planner.gate(&material.issue);
    let mut gate = if empty == EmptyFields::Refuse { gate } else { gate.setting_aside() };
    let audience = material.issue.audience.as_deref();
    let mut selected = 0;
    let wanted = |reader: &Recipient| {
        let only = args.only.as_deref();
        only.is_none_or(|only| Readers::belongs(material.publication, reader, only))
            && material.suppressions.reason_in(&reader.address, audience).is_none()
    };
    let count = |reader: &Result<Recipient, Failure>| {
        selected += u64::from(reader.as_ref().is_ok_and(wanted));
    };
    let readers = material.everyone()?;
    let readers = readers.filter(|reader| reader.as_ref().map_or(true, included));
    let recorded = record(planning, &mut gate, &mut readers.inspect(count)).await;
    let passed = match recorded {
        Ok(()) => gate.close(),
        Err(Unrecorded::Refused(refused)) => Err(refused),
        Err(Unrecorded::List(failure)) => return Err(failure),
        Err(Unrecorded::Journal(error)) => return Err(error.into()),
    };
    // Where every row lacks something, it is the issue that asks for too much.
    let passed = match passed {
        Ok(Passed { recipients: 0, aside, .. })
            if empty == EmptyFields::SetAside && aside.readers > 0 =>
        {
            Err(Refused::Gaps(aside))
        }
        other => other,
    };
    let Passed { aside, .. } = material.judge(env, passed)?;
    Ok(Proven { selected: selected.min(args.limit.unwrap_or(u64::MAX)), aside })
}

/// Names the readers who were set aside, and says how they get the issue.
pub(super) fn name_set_aside(env: &mut Env, material: &Material<'_>, aside: &Gaps) {
    if aside.readers == 0 {
        return;
    }
    for (field, (shown, readers)) in &aside.fields {
        let mut names: Vec<_> = shown.iter().map(|gap| gap.address.clone()).collect();
        let more = readers.saturating_sub(shown.len() as u64);
        names.extend((more > 0).then(|| format!("and {more} more")));
        env.say(format_args!("warning: `{field}` is empty for {}", names.join(", ")));
    }
    env.say(format_args!(
        "Set aside {}: fill in the rows, then `newsletter send {}` sends it to them.",
        count(aside.readers, "reader"),
        material.issue.name
    ));
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
    if args.due {
        return Ok(true);
    }
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
