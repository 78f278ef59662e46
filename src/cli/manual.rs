//! `newsletter completions` and `newsletter man`: the command line in, files about it out.

use clap::CommandFactory as _;

use crate::cli::Cli;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};

/// Print a script that completes commands in a shell
#[derive(Debug, clap::Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: clap_complete::Shell,
}

/// Print the manual page
#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// The command to print the page of; the whole program's, if none is named
    command: Option<String>,
}

pub(super) fn completions(env: &mut Env, args: &CompletionsArgs) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "newsletter", &mut script);
    env.print_exactly(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

pub(super) fn man(env: &mut Env, args: &ManArgs) -> Result<Exit, Failure> {
    let mut program = Cli::command();
    program.build();
    let command = match &args.command {
        None => program,
        Some(name) => {
            let found = program.find_subcommand(name).cloned();
            found.ok_or_else(|| Failure::usage(format!("there is no command `{name}`")))?
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    env.print_exactly(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Done)
}
