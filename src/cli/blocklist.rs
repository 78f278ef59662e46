//! `suppressions import`: lists of people who left in, rows of suppressions.csv out.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::audience::{
    BlockedOutcome, BlockedRow, BlocklistOptions, Cause, Entry, Error, Suppressions, read_blocklist,
};
use crate::cli::count;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::suppressions::{append, said, suppressed};
use crate::field::clean;

/// How many rows are written and flushed together.
const BATCH: usize = 10_000;
/// How many rows of a kind are named one by one.
const NAMED_MAX: u64 = 100;

/// The rows of all files by their outcome.
#[derive(Default)]
struct BlocklistTotals {
    entries: Vec<Entry>,
    /// How many are suppressed already, or came back since.
    known: usize,
    left_alone: u64,
    refused: u64,
    repaired: u64,
}

/// Suppresses everyone on some lists. A list that cannot be read suppresses nobody of any.
pub(super) fn import(
    env: &mut Env,
    mut list: Suppressions,
    files: &[PathBuf],
    reason: Option<&str>,
) -> Result<Exit, Failure> {
    let options = BlocklistOptions { reason: reason.map(str::to_owned) };
    let mut totals = BlocklistTotals::default();
    for file in files {
        let path = env.folder.join(file);
        let mut see = |row| totals.take(env, &list, row);
        let left_out = read_blocklist(&path, &options, &mut see).map_err(|error| {
            let about = format!("cannot read `{}`", file.display());
            failed(about, &error)
        })?;
        for (name, why) in left_out {
            env.say(format_args!("{}: left out, {why}", clean(&name)));
        }
    }
    let mut rows = 0;
    for batch in totals.entries.chunks(BATCH) {
        let new = append(&mut list, batch)?;
        rows += new;
        totals.known += batch.len() - new;
    }
    env.say(said(rows, totals.known));
    if totals.left_alone > 0 {
        let rows = count(totals.left_alone, "row");
        env.say(format_args!("{rows} suppressed nobody."));
    }
    if totals.refused == 0 {
        return Ok(Exit::Done);
    }
    // A row that cannot be read may be somebody who must not be written to.
    let message = format!("{} could not be taken over", count(totals.refused, "row"));
    Err(Failure::new(Exit::Content, message).hint("mend them and import the file again"))
}

fn failed(about: String, error: &Error) -> Failure {
    let exit = match error {
        Error::Io(error) if error.kind() == std::io::ErrorKind::NotFound => Exit::Usage,
        Error::Io(_) => Exit::World,
        _ => Exit::Content,
    };
    let mut inner = error;
    while let Error::Part { source, .. } = inner {
        inner = source;
    }
    let failure = match error {
        Error::Io(error) => Failure::because(about, error),
        error => Failure::because(about, error),
    };
    let failure = failure.exit(exit);
    match inner {
        Error::NoList { help, .. } => failure.hint(*help),
        Error::NoAddressColumn { .. } => {
            failure.hint("the first row names the columns, or each line is an address")
        }
        _ => failure,
    }
}

impl BlocklistTotals {
    /// Takes a row in, and names it where it is not simply suppressed.
    fn take(&mut self, env: &mut Env, list: &Suppressions, row: BlockedRow) {
        let BlockedRow { list: name, line, outcome } = row;
        let place = format!("{}, line {line}", clean(&name));
        match outcome {
            BlockedOutcome::Suppress { address, reason, since, repaired } => {
                if let Some(was) = repaired {
                    self.repaired += 1;
                    let text = format!("`{}` is read as `{address}`", clean(&was));
                    say(env, self.repaired, &place, &text);
                }
                self.suppress(list, address, reason, since, env.clock.now());
            }
            BlockedOutcome::LeftAlone(who, why) => {
                self.left_alone += 1;
                let text = format!("{} is not suppressed: {}", clean(&who), clean(&why));
                say(env, self.left_alone, &place, &text);
            }
            BlockedOutcome::CameBack(address) => {
                let key = address.key();
                let lifted = |entry: &Entry| Cause::of(&entry.reason).is_liftable();
                self.entries.retain(|entry| entry.address.key() != key || !lifted(entry));
            }
            BlockedOutcome::Refused(why) => {
                self.refused += 1;
                say(env, self.refused, &place, &clean(&why));
            }
        }
    }

    fn suppress(
        &mut self,
        list: &Suppressions,
        address: EmailAddress,
        reason: String,
        since: Option<Timestamp>,
        now: Timestamp,
    ) {
        // Who came back by their own act since then does not leave again by an old list.
        let back = list.returned(&address).filter(|_| Cause::of(&reason).is_liftable());
        if back.is_some_and(|back| since.is_some_and(|since| since <= back)) {
            self.known += 1;
            return;
        }
        let at = since.filter(|since| *since <= now).unwrap_or(now);
        self.entries.push(suppressed(address, reason, "import", at));
    }
}

/// Names a row; of many of a kind only the first ones.
fn say(env: &mut Env, number: u64, place: &str, text: &str) {
    if number <= NAMED_MAX {
        env.say(format_args!("{place}: {text}"));
    }
    if number == NAMED_MAX {
        env.say("More rows of this kind are counted, and not named.");
    }
}
