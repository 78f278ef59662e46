//! `subscribers add` and `remove`: addresses in, the list with or without them out.

use crate::audience::Newcomer;
use crate::cli::count;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;
use crate::cli::subscribers::{AddArgs, RemoveArgs, roster, suppressions, unreadable};
use crate::document::closest;

/// Columns that need not be there: where consent is recorded.
const EVIDENCE: [&str; 3] = ["consent_when", "consent_where", "consent_how"];

pub(super) fn add(
    env: &mut Env,
    publication: &Publication,
    args: &AddArgs,
) -> Result<Exit, Failure> {
    let mut roster = roster(publication)?;
    let columns = roster.columns().map_err(|error| unreadable(&error))?;
    let mut values = Vec::new();
    for value in &args.values {
        let Some((name, value)) = value.split_once('=') else {
            let message = format!("`{value}` is no value of a column");
            return Err(Failure::usage(message).hint("write `first_name=Ada`"));
        };
        let name = name.trim().to_lowercase();
        if columns.position(&name).is_none() && !EVIDENCE.contains(&name.as_str()) {
            return Err(unknown(&name, columns.names()));
        }
        values.push((name, value.to_owned()));
    }
    let suppressions = suppressions(env, publication)?;
    if let Some(reason) = suppressions.reason_for(&args.address) {
        return Err(Failure::suppressed(&args.address, reason)
            .hint("who comes back does it by their own act: the page of their link, or the form"));
    }
    let newcomer = Newcomer { address: args.address.clone(), values };
    match roster.add(&[newcomer]).map_err(|error| unreadable(&error))? {
        0 => env.say(format_args!("{} is on the list already.", args.address)),
        _ => env.say(format_args!("Added {}.", args.address)),
    }
    Ok(Exit::Done)
}

fn unknown(name: &str, columns: &[String]) -> Failure {
    let names: Vec<&str> = columns.iter().map(String::as_str).collect();
    let failure = Failure::usage(format!("the list has no column `{name}`"));
    match closest(name, &names) {
        Some(close) => failure.hint(format!("did you mean `{close}`?")),
        None => failure.hint("a new column is begun by its name in the list's first row"),
    }
}

pub(super) fn remove(
    env: &mut Env,
    publication: &Publication,
    args: &RemoveArgs,
) -> Result<Exit, Failure> {
    let mut roster = roster(publication)?;
    let rows = roster.remove(&args.addresses).map_err(|error| unreadable(&error))?;
    if rows == 0 {
        return Err(Failure::usage("none of them is on the list"));
    }
    env.say(format_args!("Removed {}.", count(rows as u64, "row")));
    env.say("To keep them out, too: `newsletter suppressions add`.");
    Ok(Exit::Done)
}
