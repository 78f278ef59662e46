//! The outside world as one value in, an exit code out: one thin file for each command.

mod adopt;
mod blocklist;
mod bounces;
mod build;
mod check;
mod digest;
mod dkim;
mod end;
mod env;
mod failure;
mod found;
mod init;
mod lock_file;
mod manual;
mod mbox;
mod new;
mod outlines;
mod preview;
mod private_paths;
mod progress;
mod publication;
mod readers;
mod render;
mod safe_output;
mod secret;
mod send;
mod serve;
mod status;
mod subscribers;
mod suppressed;
mod suppressions;
mod theme;
mod trust;
mod unsubscribe;

use std::path::PathBuf;

use clap::Parser as _;

use crate::language;

pub use env::Env;
pub use failure::Exit;

/// Compose a newsletter from plain files and deliver it by email
#[derive(Debug, clap::Parser)]
#[command(name = "newsletter", version, arg_required_else_help = true, after_help = CODES)]
struct Cli {
    /// Run as if started in this folder
    #[arg(short = 'C', long, global = true, value_name = "FOLDER")]
    directory: Option<PathBuf>,

    /// Run no command of newsletter.toml, whatever is trusted; for forges
    #[arg(long, global = true)]
    no_commands: bool,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Init(init::InitArgs),
    New(new::NewArgs),
    Check(check::CheckArgs),
    Build(build::BuildArgs),
    Preview(preview::PreviewArgs),
    Render(render::RenderArgs),
    Send(send::SendArgs),
    Serve(serve::ServeArgs),
    Status(status::StatusArgs),
    Adopt(adopt::AdoptArgs),
    Subscribers(subscribers::SubscribersArgs),
    Suppressions(suppressions::SuppressionsArgs),
    Unsubscribe(unsubscribe::UnsubscribeArgs),
    Bounces(bounces::BouncesArgs),
    Dkim(dkim::DkimArgs),
    Trust(trust::TrustArgs),
    Completions(manual::CompletionsArgs),
    Man(manual::ManArgs),
}

const CODES: &str = "Exit codes: 0 done; 1 the content has errors; 2 usage or settings; \
3 finished, but some were rejected or are unknown; 4 not finished, run it again; \
5 the disk, the database or the server failed; 6 too late; 70 a bug; 75 for a mail server: try again";

/// Runs one command; everything it asks of the world it asks of `env`.
pub fn run(env: &mut Env) -> Exit {
    let cli = match Cli::try_parse_from(env.arguments.clone()) {
        Ok(cli) => cli,
        Err(error) => return explain(env, &error),
    };
    if let Some(folder) = &cli.directory {
        env.folder = env.folder.join(folder);
    }
    if cli.no_commands {
        env.variables.insert(trust::NO_COMMANDS.into(), "1".into());
    }
    let result = match cli.command {
        Command::Init(args) => init::init(env, &args),
        Command::New(args) => new::new(env, &args),
        Command::Check(args) => check::check(env, &args),
        Command::Build(args) => build::build(env, &args),
        Command::Preview(args) => preview::preview(env, &args),
        Command::Render(args) => render::render(env, &args),
        Command::Send(args) => send::send(env, &args),
        Command::Serve(args) => serve::serve(env, &args),
        Command::Adopt(args) => adopt::adopt(env, &args),
        Command::Status(args) => status::status(env, &args),
        Command::Subscribers(args) => subscribers::subscribers(env, &args),
        Command::Suppressions(args) => suppressions::suppressions(env, &args),
        Command::Unsubscribe(args) => unsubscribe::unsubscribe(env, &args),
        Command::Bounces(args) => bounces::bounces(env, &args),
        Command::Dkim(args) => dkim::dkim(env, &args),
        Command::Trust(args) => trust::trust(env, &args),
        Command::Completions(args) => manual::completions(env, &args),
        Command::Man(args) => manual::man(env, &args),
    };
    match result {
        Ok(exit) => exit,
        Err(failure) => {
            let text = failure.render();
            if !text.is_empty() {
                env.say(text.trim_end());
            }
            failure.exit
        }
    }
}

/// Help and the version are data that was asked for; anything else was a mistake.
fn explain(env: &mut Env, error: &clap::Error) -> Exit {
    let rendered = error.render();
    let text = if env.coloured { rendered.ansi().to_string() } else { rendered.to_string() };
    if error.use_stderr() {
        env.say_coloured(text.trim_end());
        return Exit::Usage;
    }
    match env.print_exactly(&text) {
        Ok(()) => Exit::Done,
        Err(_) => Exit::World,
    }
}

/// A number and the noun it counts: `1 reader`, `1,204 readers`.
fn count(number: u64, noun: &str) -> String {
    let grouped = language::grouped(number);
    let plural = if number == 1 { "" } else { "s" };
    format!("{grouped} {noun}{plural}")
}
