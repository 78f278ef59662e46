//! The number of a diagnostic in, its page out.

use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::diagnostic::Code;
use crate::document::closest;

pub(super) fn explain(env: &mut Env, number: &str) -> Result<Exit, Failure> {
    let Some(code) = Code::find(number.trim()) else {
        let failure = Failure::usage(format!("there is no code `{number}`"));
        let known: Vec<_> = Code::ALL.iter().map(|code| code.number()).collect();
        return Err(match closest(number, &known) {
            Some(known) => failure.hint(format!("did you mean `{known}`?")),
            None => failure.hint("codes are as they stand in brackets, such as E022"),
        });
    };
    env.print(code.page())?;
    Ok(Exit::Done)
}
