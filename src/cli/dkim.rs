//! `newsletter dkim`: the keys that mail is signed with in, their DNS records out.

use std::path::Path;

use secrecy::ExposeSecret as _;

use crate::cli::env::{self, Env};
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;
use crate::cli::{secret, trust};
use crate::config::{self, Dkim};
use crate::dkim::{DkimKey, Signer};

/// Where new keys are kept.
const FOLDER: &str = ".newsletter/dkim";

/// Make the keys that mail is signed with, or print what belongs into the DNS
#[derive(Debug, clap::Args)]
pub(super) struct DkimArgs {
    #[command(subcommand)]
    command: DkimCommand,
}

#[derive(Debug, clap::Subcommand)]
enum DkimCommand {
    Keygen(KeygenArgs),
    Record(RecordArgs),
}

/// Make keys in `.newsletter/dkim/`, and print their DNS records and what to add to the settings
#[derive(Debug, clap::Args)]
struct KeygenArgs {
    /// The name of the key in the DNS; with `both`, what the two names begin with [default: the
    /// year and month]
    #[arg(long, value_name = "NAME")]
    selector: Option<String>,

    /// What keys to make
    #[arg(long = "type", value_name = "TYPE", default_value = "both")]
    kind: Kind,
}

/// Print the DNS records of the keys in the settings
#[derive(Debug, clap::Args)]
struct RecordArgs {}

/// The kinds of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// RSA of 2048 bits, which every receiver can verify
    Rsa,
    /// Ed25519, which is faster, and which not every receiver can verify
    Ed25519,
    /// One of each: a message then has two signatures
    Both,
}

pub(super) fn dkim(env: &mut Env, args: &DkimArgs) -> Result<Exit, Failure> {
    match &args.command {
        DkimCommand::Keygen(args) => keygen(env, args),
        DkimCommand::Record(RecordArgs {}) => record(env),
    }
}

/// What signs the publication's mail; `None` where the settings name no key.
pub(super) fn signer(env: &Env, publication: &Publication) -> Result<Option<Signer>, Failure> {
    let root = publication.folder.root();
    let keys = publication.config.dkim.iter().map(|dkim| load(env, root, dkim));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    Ok((!keys.is_empty()).then(|| Signer::new(keys)))
}

/// What signs letters that are only looked at: nothing where a command may not run.
pub(super) fn signer_to_look(
    env: &Env,
    publication: &Publication,
) -> Result<Option<Signer>, Failure> {
    let root = publication.folder.root();
    match publication.config.dkim.iter().any(|dkim| trust::withholds(env, root, &dkim.key)) {
        true => Ok(None),
        false => signer(env, publication),
    }
}

fn load(env: &Env, root: &Path, dkim: &Dkim) -> Result<DkimKey, Failure> {
    let hint = "`newsletter dkim keygen` makes keys";
    let text = secret::fetch_lines(env, root, &dkim.key).map_err(|failure| failure.hint(hint))?;
    DkimKey::from_pem(&dkim.domain, &dkim.selector, text.expose_secret()).map_err(|error| {
        let message = format!("cannot sign with the key `{}`", dkim.selector);
        let failure = Failure::because(message, &error).exit(Exit::Usage);
        failure.hint(format!("look at {}", secret::place(&dkim.key))).hint(hint)
    })
}

fn record(env: &mut Env) -> Result<Exit, Failure> {
    let publication = Publication::open(env)?;
    let Some(signer) = signer(env, &publication)? else {
        return Err(Failure::usage("newsletter.toml has no `[[dkim]]`")
            .hint("`newsletter dkim keygen` makes keys, and says what to add"));
    };
    for key in signer.keys() {
        env.print(&format!("{}\n", key.record()))?;
    }
    Ok(Exit::Done)
}

fn keygen(env: &mut Env, args: &KeygenArgs) -> Result<Exit, Failure> {
    let publication = Publication::open(env)?;
    let name = args.selector.clone().unwrap_or_else(|| {
        let zone = publication.config.publication.time_zone.clone();
        env.clock.now().to_zoned(zone).strftime("%Y%m").to_string()
    });
    let name = name.to_lowercase();
    let wanted = match args.kind {
        Kind::Both => {
            vec![(Kind::Ed25519, format!("{name}-ed25519")), (Kind::Rsa, format!("{name}-rsa"))]
        }
        kind => vec![(kind, name)],
    };
    let file = |selector: &str| format!("{FOLDER}/{selector}.pem");
    let root = publication.folder.root();
    for (_, selector) in &wanted {
        if !config::is_dns_name(selector) {
            let message = format!("`{selector}` cannot be a name in the DNS");
            return Err(Failure::usage(message).hint("write letters, digits and `-`"));
        }
        if root.join(file(selector)).exists() {
            let message = format!("`{}` is already there", file(selector));
            return Err(Failure::usage(message)
                .hint("`--selector NAME` makes a key of another name beside it"));
        }
    }
    let domain = publication.config.sender.address.domain().to_lowercase();
    let (mut records, mut settings) = (Vec::new(), Vec::new());
    for (kind, selector) in &wanted {
        let (pem, file) = (make(env, *kind)?, file(selector));
        let key = DkimKey::from_pem(&domain, selector, &pem).map_err(|error| {
            Failure::because("the new key is of no use", &error).exit(Exit::Bug)
        })?;
        secret::write(&root.join(&file), &pem)
            .map_err(|error| Failure::because(format!("cannot write `{file}`"), &error))?;
        env.say(format_args!("Made {file}: nobody else may have it."));
        records.push(format!("{}\n", key.record()));
        settings.push(format!(
            "\n[[dkim]]\nselector = \"{selector}\"\nkey      = {{ file = \"{file}\" }}"
        ));
    }
    env.say("To publish in the DNS:");
    env.print(&records.concat())?;
    env.say("When the DNS has that, add to newsletter.toml:");
    env.say(settings.join("\n"));
    Ok(Exit::Done)
}

/// A new key in PEM form.
fn make(env: &Env, kind: Kind) -> Result<String, Failure> {
    if kind == Kind::Ed25519 {
        let mut seed = [0; 32];
        (env.random)(&mut seed);
        return Ok(DkimKey::ed25519_pem(&seed));
    }
    let key = env::rsa_key().ok_or_else(|| Failure::new(Exit::World, "cannot make an RSA key"))?;
    Ok(DkimKey::pem(&key))
}
