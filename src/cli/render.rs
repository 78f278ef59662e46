//! `newsletter render`: an issue and a reader in, that reader's letter on stdout out.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::audience::{Recipient, Suppressions};
use crate::cli::build;
use crate::cli::dkim;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::publication::Publication;
use crate::cli::readers::Readers;
use crate::cli::{send, trust};
use crate::compile::{self, Edition, Reader};
use crate::issue::Issue;

/// Print one reader's letter: as a whole message, as HTML or as plain text
#[derive(Debug, clap::Args)]
pub(super) struct RenderArgs {
    /// The issue; the newest, if none is named
    issue: Option<PathBuf>,

    /// The reader, who has to be on the list; without it, fields show their defaults
    #[arg(long = "for", value_name = "ADDRESS")]
    reader: Option<EmailAddress>,

    /// What to print
    #[arg(long = "as", value_name = "FORM", default_value = "eml")]
    form: Form,
}

/// The forms of a letter.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Form {
    /// The whole message, as the mail server gets it
    Eml,
    /// The HTML body
    Html,
    /// The plain text body
    Text,
}

pub(super) fn render(env: &mut Env, args: &RenderArgs) -> Result<Exit, Failure> {
    let publication = Publication::open(env)?;
    let path = match &args.issue {
        Some(issue) => publication.find(env, issue)?,
        None => publication.newest()?,
    };
    trust::say_withheld(env, &publication);
    let key = publication.key_to_look(env)?;
    let (issue, recipient, edition) = match &args.reader {
        Some(address) => {
            let suppressions = publication.suppressions(key.hasher())?;
            let readers = Found::said(env, |found| Readers::read(&publication, found))?;
            let issue = publication.issue(env, &path, Some(readers.columns()))?;
            let recipient = find(&publication, &suppressions, &readers, &issue, address)?;
            let belongs = |name: &str| Readers::gets(&publication, &suppressions, &recipient, name);
            let edition = Edition::of(&issue, belongs);
            (issue, recipient, edition)
        }
        None => {
            let issue = publication.issue(env, &path, None)?;
            let (recipient, edition) = (build::sample(&issue), Edition::public(&issue));
            (issue, recipient, edition)
        }
    };
    let theme = Found::said(env, |found| publication.theme(&issue, found))?;
    let neighbours = publication.parts(&issue)?;
    let press = publication.press(&theme, &neighbours, Some(&key));
    let date = date(&publication, &issue)?;
    let draft = compile::draft(&issue, &press, &edition, date, "");
    let reader = Reader { recipient: &recipient, key: &key };
    let printed = match args.form {
        Form::Eml => {
            let mut message = Vec::new();
            let assembled = draft.program().assemble(reader, &mut message);
            let mut signed = Vec::new();
            if let Some(signer) = dkim::signer_to_look(env, &publication)? {
                signer.sign(&message, date, &mut signed);
            }
            signed.append(&mut message);
            assembled.map(|()| String::from_utf8_lossy(&signed).into_owned())
        }
        Form::Html => draft.html(reader),
        Form::Text => draft.text(reader),
    };
    let printed = printed.map_err(|gap| Failure::new(Exit::Content, gap.to_string()))?;
    env.print_exactly(&printed)?;
    Ok(Exit::Done)
}

/// The reader with an address, who gets the issue.
fn find(
    publication: &Publication,
    suppressions: &Suppressions,
    readers: &Readers<'_>,
    issue: &Issue,
    address: &EmailAddress,
) -> Result<Recipient, Failure> {
    let Some(reader) = readers.find(address)? else {
        let list = publication.config.audience.subscribers.display();
        let failure = Failure::usage(format!("{address} is not on the list"));
        return Err(failure.hint(format!("add a row to `{list}`, or leave out `--for`")));
    };
    if let Some(reason) = suppressions.reason_for(address) {
        let failure = Failure::suppressed(address, reason);
        return Err(failure.hint("a suppressed address gets no letter"));
    }
    let everyone = issue.audience.as_deref();
    if let Some(segment) =
        everyone.filter(|name| !Readers::gets(publication, suppressions, &reader, name))
    {
        let failure = Failure::usage(format!("{address} does not get this issue"));
        return Err(failure.hint(format!("its `audience` is the segment `{segment}`")));
    }
    Ok(reader)
}

/// The `Date` of the message: that of the run if it has begun, so that this is what readers got.
fn date(publication: &Publication, issue: &Issue) -> Result<Timestamp, Failure> {
    let begun = send::date_of_run(&publication.journal(), &issue.name)?;
    Ok(begun.unwrap_or_else(|| build::date(publication, issue)))
}
