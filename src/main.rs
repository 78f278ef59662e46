//! The command line in, an exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut env = newsletter::cli::Env::from_process();
    newsletter::cli::run(&mut env).into()
}
