//! `newsletter subscribers`: files, addresses and questions in, the list of readers changed and shown out.

mod check;
mod edit;
mod export;
mod forget;
mod import;
mod list;
mod one;

use std::path::{Path, PathBuf};

use crate::address::EmailAddress;
use crate::audience::{self, Roster, Suppressions};
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;
use crate::cli::{secret, trust};
use crate::key::Hasher;

/// Import, export, change and check the list of readers
#[derive(Debug, clap::Args)]
pub(super) struct SubscribersArgs {
    #[command(subcommand)]
    command: SubscribersCommand,
}

#[derive(Debug, clap::Subcommand)]
enum SubscribersCommand {
    Import(ImportArgs),
    Export(ExportArgs),
    Add(AddArgs),
    Remove(RemoveArgs),
    Forget(ForgetArgs),
    List(ListArgs),
    Check(CheckArgs),
}

/// Take over lists: exports of listmonk, Mailchimp, Substack, Ghost, Buttondown, Keila, beehiiv and
/// Curated, which are known by their columns, and any other CSV
///
/// Shows what becomes of each column and of how many people, and asks. Who left is suppressed, and
/// nobody who is suppressed is added. Rows that are nobody go to `rejected.csv`, to be mended and
/// imported again.
#[derive(Debug, clap::Args)]
struct ImportArgs {
    /// The files: CSV, .xlsx or .ods, or a zip of them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Take a column of the files for a field: `Kontakt=email`, `Vorname=first_name`; `Nr.=` leaves it
    /// out; can be repeated
    #[arg(long, value_name = "COLUMN=FIELD")]
    map: Vec<String>,

    /// Give everyone who is imported, or is there already, a tag; can be repeated
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,

    /// A column that says nothing of leaving, whatever its name and its words; can be repeated
    #[arg(long, value_name = "COLUMN")]
    as_subscribed: Vec<String>,

    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Print the list as CSV, or all that is held on one person
#[derive(Debug, clap::Args)]
struct ExportArgs {
    /// What is held on this person: on the list, in the suppressions and in the journal
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["segment", "raw"])]
    one: Option<EmailAddress>,

    /// With `--one`, as JSON
    #[arg(long, requires = "one")]
    json: bool,

    /// Only who belongs to this segment
    #[arg(long, value_name = "NAME")]
    segment: Option<String>,

    /// Leave cells as they are which a spreadsheet takes for formulas
    #[arg(long)]
    raw: bool,
}

/// Add a reader
#[derive(Debug, clap::Args)]
struct AddArgs {
    /// The address
    address: EmailAddress,

    /// What the row says: `first_name=Ada`, `tags=member;coast`
    #[arg(value_name = "COLUMN=VALUE")]
    values: Vec<String>,
}

/// Take readers off the list; they are not suppressed, so that they can be added again
#[derive(Debug, clap::Args)]
struct RemoveArgs {
    /// The addresses
    #[arg(required = true, value_name = "ADDRESS")]
    addresses: Vec<EmailAddress>,
}

/// Remove a person everywhere: from the list, the suppressions, the rejected rows and the journal
///
/// What stays is a keyed hash that keeps the person out. It names nobody: only the publication's key
/// can tell whether an address is meant.
#[derive(Debug, clap::Args)]
struct ForgetArgs {
    /// The address
    address: EmailAddress,

    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Print who is on the list
#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Only whose row holds these words, in whatever case
    #[arg(value_name = "TEXT")]
    text: Option<String>,

    /// Only who belongs to this segment
    #[arg(long, value_name = "NAME")]
    segment: Option<String>,

    /// As JSON, one object a line
    #[arg(long)]
    json: bool,
}

/// Look for what is wrong with the list: errors, and warnings of what is probably meant otherwise
#[derive(Debug, clap::Args)]
struct CheckArgs {
    /// As JSON, one object a line
    #[arg(long)]
    json: bool,
}

pub(super) fn subscribers(env: &mut Env, args: &SubscribersArgs) -> Result<Exit, Failure> {
    let publication = Publication::open(env)?;
    match &args.command {
        SubscribersCommand::Import(args) => import::import(env, &publication, args),
        SubscribersCommand::Export(args) => match &args.one {
            Some(address) => one::export(env, &publication, address, args.json),
            None => export::export(env, &publication, args),
        },
        SubscribersCommand::Add(args) => edit::add(env, &publication, args),
        SubscribersCommand::Remove(args) => edit::remove(env, &publication, args),
        SubscribersCommand::Forget(args) => forget::forget(env, &publication, args),
        SubscribersCommand::List(args) => list::list(env, &publication, args),
        SubscribersCommand::Check(args) => check::check(env, &publication, args),
    }
}

/// The list, to be changed.
fn roster(publication: &Publication) -> Result<Roster, Failure> {
    let path = publication.folder.root().join(&publication.config.audience.subscribers);
    Roster::open(path).map_err(|error| unreadable(&error))
}

/// The suppressions, of which none is overlooked: who was forgotten is known by the key alone, and by
/// no new one.
fn suppressions(env: &Env, publication: &Publication) -> Result<Suppressions, Failure> {
    let root = publication.folder.root();
    let before = publication.suppressions_before();
    match Suppressions::load(root.join(&publication.config.audience.suppressions), None) {
        Ok(suppressions) => {
            publication.check_suppressions(&suppressions, before)?;
            Ok(suppressions.marked(publication.suppression_mark()))
        }
        // With hashes in it, or not to be read at all: then that is said.
        Err(_) => {
            let key = secret::existing(env, root, &publication.config.publication.key)?;
            publication.suppressions(key.hasher())
        }
    }
}

/// The suppressions, to be looked at: without the key nobody can tell who was forgotten, and everyone
/// else is there.
fn suppressions_shown(env: &mut Env, publication: &Publication) -> Result<Suppressions, Failure> {
    trust::say_withheld(env, publication);
    let key = &publication.config.publication.key;
    let key = secret::existing(env, publication.folder.root(), key);
    publication.suppressions(key.map_or_else(|_| Hasher::unknowing(), |key| key.hasher()))
}

/// A list that is wrong is content, and a disk that fails is not.
fn unreadable(error: &audience::Error) -> Failure {
    let mut cause = error;
    while let audience::Error::List { source, .. } = cause {
        cause = source;
    }
    let exit = match cause {
        audience::Error::Io(_) => Exit::World,
        audience::Error::Changed => Exit::Unfinished,
        _ => Exit::Content,
    };
    Failure::world(error).exit(exit)
}

/// A path as it is named to whoever started the command.
fn shown(publication: &Publication, path: &Path) -> String {
    path.strip_prefix(publication.folder.root()).unwrap_or(path).display().to_string()
}
