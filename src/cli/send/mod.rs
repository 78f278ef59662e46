//! `newsletter send`: an issue and the list in, messages in a folder or at the mail server out.

mod begin;
mod dry_run;
mod due;
mod home;
mod lock;
mod provenance;
mod real;
mod renamed;
mod renew;
mod signals;
mod summary;
mod test;
mod wire;

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::audience::{Recipient, Suppressions};
use crate::check;
use crate::cli::count;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::publication::Publication;
use crate::cli::readers::{self, Readers, Stamp};
use crate::cli::trust;
use crate::delivery::{Passed, Planner, Refused};
use crate::diagnostic::Checked;
use crate::issue::Issue;
use crate::key::Key;
use crate::templates::{Neighbours, Theme};

pub(super) use dry_run::date_of_run;
pub(super) use home::SenderHome;
pub(super) use lock::{Lock, check_journal};
pub(super) use test::test;
pub(super) use wire::wait;

/// Send an issue to its readers, or go on with a run that was interrupted
#[derive(Debug, clap::Args)]
pub(super) struct SendArgs {
    /// The issue: its file or its name; a dry run takes the newest, if none is named
    issue: Option<PathBuf>,

    /// Write the exact messages to a folder, and open no connection [default folder:
    /// `.newsletter/dry-run/ISSUE`]
    #[arg(long, value_name = "FOLDER", num_args = 0..=1, require_equals = true, conflicts_with_all = ["test", "resend_unknown", "retry_rejected"])]
    dry_run: Option<Option<PathBuf>>,

    /// Send one copy to this address, and record nothing
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["only", "limit", "resend_unknown", "retry_rejected"])]
    test: Option<EmailAddress>,

    /// Send every issue whose `send_at` has come, and go on with what is not finished; for cron
    #[arg(long, conflicts_with_all = ["issue", "dry_run", "test", "only", "limit", "resend_unknown", "retry_rejected"])]
    due: bool,

    /// Send only to readers in this segment; the others stay pending
    #[arg(long, value_name = "SEGMENT")]
    only: Option<String>,

    /// Send to this many readers at most; the others stay pending
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    limit: Option<u64>,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    /// Go on with a run although its issue, its theme, the settings or the list changed: those who
    /// are still to be served get what there is now, new readers too
    #[arg(long, conflicts_with_all = ["as_begun", "dry_run", "test"])]
    accept_changes: bool,

    /// Go on with a run as it was begun, whatever changed since then
    #[arg(long, conflicts_with_all = ["dry_run", "test"])]
    as_begun: bool,

    /// Send an issue that looks like one whose file is gone: it has another name, and is new
    #[arg(long, conflicts_with_all = ["dry_run", "test", "due"])]
    new_issue: bool,

    /// Send again to those of whom it is not known whether they got it
    #[arg(long)]
    resend_unknown: bool,

    /// Send again to readers whom the server rejected for a reason other than a dead mailbox
    #[arg(long)]
    retry_rejected: bool,

    /// Print what became of each issue as a line of JSON
    #[arg(long, conflicts_with_all = ["dry_run", "test"])]
    json: bool,
}

pub(super) fn send(env: &mut Env, args: &SendArgs) -> Result<Exit, Failure> {
    if args.due {
        return due::due(env, args);
    }
    let publication = Publication::open(env)?;
    let path = match &args.issue {
        Some(issue) => {
            let found = publication.find(env, issue);
            found.or_else(|failure| real::begun(&publication, issue).ok_or(failure))?
        }
        None if args.dry_run.is_some() => publication.newest()?,
        None => {
            let newest = publication.newest()?;
            let name = newest.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            return Err(Failure::usage("a real send wants its issue named").hint(format!(
                "`newsletter send {name}`, or `newsletter send --dry-run` to see what it would do"
            )));
        }
    };
    if let Some(only) = &args.only
        && !publication.config.segments.contains_key(only)
    {
        let known: Vec<&str> = publication.config.segments.keys().map(String::as_str).collect();
        return Err(Failure::usage(format!("there is no segment `{only}`")).hint(format!(
            "the segments of newsletter.toml are {}",
            crate::document::list(&known)
        )));
    }
    if args.dry_run.is_none() {
        trust::check_all(env, &publication)?;
    }
    match (&args.dry_run, &args.test) {
        (Some(folder), _) => dry_run::dry_run(env, &publication, &path, args, folder.as_deref()),
        (None, Some(address)) => test::test(env, &publication, &path, address),
        (None, None) => real::send(env, &publication, &path, args),
    }
}

/// What messages are made from: all that a run which has begun does without.
struct Material<'m> {
    publication: &'m Publication,
    theme: Theme,
    issue: Issue,
    neighbours: Neighbours,
    readers: Readers<'m>,
    suppressions: Suppressions,
    key: Key,
}

impl<'m> Material<'m> {
    /// Reads an issue, and the list once.
    fn load(env: &mut Env, publication: &'m Publication, path: &Path) -> Result<Self, Failure> {
        Self::load_with(env, publication, path, Publication::key)
    }

    /// The same with the key that `key` fetches when everything else is read.
    fn load_with(
        env: &mut Env,
        publication: &'m Publication,
        path: &Path,
        key: impl FnOnce(&Publication, &mut Env) -> Result<Key, Failure>,
    ) -> Result<Self, Failure> {
        let readers = Found::said(env, |found| Readers::read(publication, found))?;
        let issue = publication.issue(env, path, Some(readers.columns()))?;
        let theme = Found::said(env, |found| publication.theme(&issue, found))?;
        let neighbours = publication.parts(&issue)?;
        let key = key(publication, env)?;
        let suppressions = publication.suppressions(key.hasher())?;
        Ok(Self { publication, theme, issue, neighbours, readers, suppressions, key })
    }

    /// The same for readers, who get no drafts, and nothing that the starter wrote.
    fn finished(self, env: &mut Env) -> Result<Self, Failure> {
        let settings = check::placeholder_settings(&self.publication.config);
        let words = check::placeholder_words(&self.issue);
        let placeholders: Vec<_> = settings.into_iter().chain(words).collect();
        match self.issue.draft {
            false if placeholders.is_empty() => Ok(self),
            false => {
                let mut found = Found::default();
                found.add(placeholders);
                found.say(env);
                let message = "the starter's words are still there; nothing was sent to anyone";
                Err(Failure::new(Exit::Content, message)
                    .hint("`--test ADDRESS` and `--dry-run` take them, too"))
            }
            true => Err(Failure::new(
                Exit::Content,
                format!("{} is a draft; nothing was sent to anyone", self.issue.name),
            )
            .hint("delete `draft = true` from it to send it")
            .hint("`--test ADDRESS` and `--dry-run` take drafts, too")),
        }
    }

    /// What the messages are planned with.
    fn planner<'p>(&'p self, date: Timestamp, salt: &'p str) -> Planner<'p> {
        let Self { theme, neighbours, key, .. } = self;
        let stamp = Stamp { theme, neighbours, key, date, salt };
        let audience = self.issue.audience.as_deref();
        readers::planner(self.publication, &self.suppressions, audience, &stamp)
    }

    /// The readers of the issue.
    fn everyone(&self) -> Result<impl Iterator<Item = Result<Recipient, Failure>>, Failure> {
        self.readers.of(&self.issue)
    }

    /// Says what the render gate has against the messages, and what is wrong with the letters in
    /// those that passed it.
    fn judge(&self, env: &mut Env, passed: Result<Passed, Refused>) -> Result<Passed, Failure> {
        let passed = passed.map_err(|refused| match refused {
            Refused::Gaps(gaps) => {
                let mut found = Found::default();
                found.add(self.publication.empty_fields(&self.issue, &gaps));
                found.say(env);
                let readers = count(gaps.readers, "reader");
                let message = format!("the issue asks for more than the rows of {readers} hold");
                Failure::new(Exit::Content, message).hint("nothing was sent to anyone")
            }
            Refused::Malformed { .. } => Failure::new(Exit::Bug, refused.to_string())
                .hint("this is a bug of newsletter; nothing was sent to anyone"),
        })?;
        let known = check::issue(&self.issue, &self.publication.config);
        let letters = readers::judge(&self.issue, &self.key, &passed.letters, &known);
        let judged = Checked::new(Some(passed), letters);
        Found::said(env, |found| found.accept(judged, Exit::Content))
    }
}

/// What seals a publication's tokens and Message-IDs.
fn key(env: &mut Env, publication: &Publication) -> Result<Key, Failure> {
    publication.key(env)
}

/// The moment that a message's `Date` can hold: without fractions of a second.
fn whole_seconds(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment)
}
