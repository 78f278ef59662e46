//! `newsletter unsubscribe`: what a web server, a form or a mailbox was told in, suppressions out.

mod apply;
mod source;
mod tally;

use std::path::PathBuf;

use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};

/// Take people off the list who asked to leave, where no `newsletter serve` answers them
#[derive(Debug, clap::Args)]
pub(super) struct UnsubscribeArgs {
    #[command(subcommand)]
    command: UnsubscribeCommand,
}

#[derive(Debug, clap::Subcommand)]
enum UnsubscribeCommand {
    Apply(ApplyArgs),
}

/// Read logs of web servers, exports of forms and mails, and suppress whoever asks to leave in them
///
/// Logs may be in the combined format of nginx and Apache, in Caddy's or any other JSON, in columns,
/// or compressed with gzip; of the requests in them only POSTs to the unsubscribe link count. Forms
/// may be CSV or JSON; lists may hold tokens or links, one a line. Mails are a Maildir, an mbox or
/// one message. The tokens are verified, and doing it twice changes nothing.
#[derive(Debug, clap::Args)]
struct ApplyArgs {
    /// Files and Maildirs; `-` is standard input
    #[arg(required = true, value_name = "FILE|MAILDIR")]
    sources: Vec<PathBuf>,

    /// Print who would be suppressed, as CSV, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn unsubscribe(env: &mut Env, args: &UnsubscribeArgs) -> Result<Exit, Failure> {
    match &args.command {
        UnsubscribeCommand::Apply(args) => apply::apply(env, args),
    }
}
