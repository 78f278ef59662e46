//! `newsletter suppressions`: addresses in, rows of suppressions.csv out; and who is on it.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::audience::{Act, Entry, Suppressions};
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::lock_file::LockFile;
use crate::cli::publication::Publication;
use crate::cli::{blocklist, count, secret, trust};
use crate::field::clean;
use crate::key::Hasher;

/// See who is never written to, and add to them
#[derive(Debug, clap::Args)]
#[command(after_help = NO_REMOVE)]
pub(super) struct SuppressionsArgs {
    #[command(subcommand)]
    command: SuppressionsCommand,
}

const NO_REMOVE: &str = "\
Nobody is taken off by a command: readers come back by their own act, through the page of their \
unsubscribe link or by subscribing again. To undo a slip, delete the row in suppressions.csv.";

#[derive(Debug, clap::Subcommand)]
enum SuppressionsCommand {
    Add(AddArgs),
    Import(ImportArgs),
    List(ListArgs),
    Accept(AcceptArgs),
}

/// Never write to these addresses
#[derive(Debug, clap::Args)]
struct AddArgs {
    /// The addresses; `*@example.org` is every address of that domain, without its subdomains
    #[arg(required = true, value_name = "ADDRESS", value_parser = EmailAddress::parse_suppressed)]
    addresses: Vec<EmailAddress>,

    /// Why; a reader takes back what begins with `unsubscribed`, and nothing else
    #[arg(long, value_name = "WORDS", default_value = "by the editor")]
    reason: String,
}

/// Never write to anyone on a list: addresses alone, CSV, JSON, a spreadsheet, or a zip of them
///
/// The exports of Mailgun, Postmark, Amazon SES, Twilio Sendgrid, Brevo and Mailjet are read, and
/// another publication's suppressions.csv. Soft bounces suppress nobody, and are named.
#[derive(Debug, clap::Args)]
struct ImportArgs {
    /// The lists
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// The reason of every row, before the row's own words; without it a row's words tell the reason,
    /// and one that says nothing is `unsubscribed`
    #[arg(long, value_name = "WORDS")]
    reason: Option<String>,
}

/// Print who is never written to, and why
#[derive(Debug, clap::Args)]
struct ListArgs {
    /// These addresses only
    #[arg(value_name = "ADDRESS", value_parser = EmailAddress::parse_suppressed)]
    addresses: Vec<EmailAddress>,

    /// As JSON, one object a line
    #[arg(long)]
    json: bool,
}

/// Accept that the file names fewer readers than before: rows were taken out on purpose
#[derive(Debug, clap::Args)]
struct AcceptArgs {
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

pub(super) fn suppressions(env: &mut Env, args: &SuppressionsArgs) -> Result<Exit, Failure> {
    let publication = Publication::open(env)?;
    if let SuppressionsCommand::Accept(args) = &args.command {
        return accept(env, &publication, args);
    }
    let list = match &args.command {
        SuppressionsCommand::List(_) => open_to_show(env, &publication)?,
        _ => open(env, &publication)?,
    };
    match &args.command {
        SuppressionsCommand::Add(args) => add(env, list, args),
        SuppressionsCommand::Import(args) => {
            blocklist::import(env, list, &args.files, args.reason.as_deref())
        }
        SuppressionsCommand::List(args) => print(env, &list, args),
        SuppressionsCommand::Accept(args) => accept(env, &publication, args),
    }
}

/// Takes the number of readers that the file has to name down to those whom it names now.
fn accept(env: &mut Env, publication: &Publication, args: &AcceptArgs) -> Result<Exit, Failure> {
    let key = &publication.config.publication.key;
    let key = secret::existing(env, publication.folder.root(), key);
    let hasher = key.map_or_else(|_| Hasher::unknowing(), |key| key.hasher());
    let before = publication.suppressions_before();
    let list = publication.suppressions_as_they_are(hasher)?;
    let lock_file = LockFile::read(publication.folder.root())?;
    let mark = publication.suppression_mark();
    let path = publication.config.audience.suppressions.display().to_string();
    let named = count(list.named(), "reader");
    if list.named() >= before {
        env.say(format_args!("`{path}` names {named}: there is nothing to accept."));
        return Ok(Exit::Done);
    }
    let before = count(before, "reader");
    env.say(format_args!(
        "`{path}` names {named}, and named {before} before. Those who are gone from it are written to."
    ));
    if !args.yes {
        if !env.terminal {
            return Err(Failure::usage("nothing was changed: there is nobody to be asked")
                .hint("add `--yes` where nobody can be asked"));
        }
        if !env.confirm("Write to them from now on?") {
            env.say("Nothing was changed.");
            return Ok(Exit::Done);
        }
    }
    if let Some(lock_file) = lock_file {
        let lock_file = LockFile { suppressions: list.named(), ..lock_file };
        lock_file.write(publication.folder.root())?;
    }
    let set = mark.set(list.named());
    set.map_err(|error| Failure::because("cannot write down how many there are", &error))?;
    Ok(Exit::Done)
}

/// Opens the suppressions to show them: without the key nobody can tell who was forgotten, and
/// everyone else is there.
fn open_to_show(env: &mut Env, publication: &Publication) -> Result<Suppressions, Failure> {
    trust::say_withheld(env, publication);
    let key = &publication.config.publication.key;
    let key = secret::existing(env, publication.folder.root(), key);
    publication.suppressions(key.map_or_else(|_| Hasher::unknowing(), |key| key.hasher()))
}

/// Opens the suppressions to add to them: the address of a reader who was forgotten must not be
/// written there again, and only the key knows which that is.
fn open(env: &mut Env, publication: &Publication) -> Result<Suppressions, Failure> {
    trust::say_withheld(env, publication);
    let root = publication.folder.root();
    let key = secret::existing(env, root, &publication.config.publication.key);
    match key {
        Ok(key) => publication.suppressions(key.hasher()),
        Err(keyless) => {
            let path = root.join(&publication.config.audience.suppressions);
            match Suppressions::load(path, None) {
                Ok(_) => publication.suppressions(Hasher::unknowing()),
                Err(_) => Err(keyless.hint(
                    "only the publication's key knows who asked to be forgotten: put it back",
                )),
            }
        }
    }
}

fn add(env: &mut Env, mut list: Suppressions, args: &AddArgs) -> Result<Exit, Failure> {
    let entries: Vec<Entry> = args
        .addresses
        .iter()
        .map(|address| suppressed(address.clone(), args.reason.clone(), "editor", env.clock.now()))
        .collect();
    let rows = append(&mut list, &entries)?;
    let known = entries.len() - rows;
    env.say(said(rows, known));
    Ok(Exit::Done)
}

fn print(env: &mut Env, list: &Suppressions, args: &ListArgs) -> Result<Exit, Failure> {
    if args.addresses.is_empty() {
        for (whom, reason) in list.all() {
            print_one(env, args.json, &whom, Some(reason), &[])?;
        }
        return Ok(Exit::Done);
    }
    for address in &args.addresses {
        let standing = list.standing(address);
        let whom = address.to_string();
        print_one(env, args.json, &whom, standing.reason, &standing.left)?;
    }
    Ok(Exit::Done)
}

fn print_one(
    env: &mut Env,
    json: bool,
    whom: &str,
    reason: Option<&str>,
    left: &[&str],
) -> Result<(), Failure> {
    if json {
        let suppressed = reason.is_some();
        let object = serde_json::json!({
            "address": whom, "suppressed": suppressed, "reason": reason, "left": left,
        });
        return Ok(env.print(&format!("{object}\n"))?);
    }
    let said = match reason {
        None => "is written to".to_owned(),
        Some("") => "suppressed".to_owned(),
        Some(reason) => clean(reason).into_owned(),
    };
    let left: String = left.iter().map(|name| format!("; left `{}`", clean(name))).collect();
    Ok(env.print(&format!("{whom}  {said}{left}\n"))?)
}

/// An address that is not to be written to.
pub(super) fn suppressed(
    address: EmailAddress,
    reason: String,
    source: &str,
    at: Timestamp,
) -> Entry {
    let (source, issue) = (source.to_owned(), String::new());
    Entry { address, act: Act::Suppress, reason, source, at, issue }
}

pub(super) fn append(list: &mut Suppressions, entries: &[Entry]) -> Result<usize, Failure> {
    list.append(entries).map_err(|error| Failure::world(&error))
}

pub(super) fn said(rows: usize, known: usize) -> String {
    let rows = count(rows as u64, "reader");
    match known {
        0 => format!("Suppressed {rows}."),
        known => format!("Suppressed {rows}; suppressed already: {known}."),
    }
}
