//! Reads lists of people who are not to be written to: plain ones, other publications', providers'.
//!
//! Mailgun, Postmark, Amazon SES, `SendGrid`, Brevo and Mailjet export theirs as CSV or JSON. What a
//! row means is told by its words and never by the tool's name: a soft bounce suppresses nobody,
//! whoever exports it.

mod cause;
mod json;
mod reply;
mod table;

use std::io;
use std::path::Path;

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::audience::blocklist::cause::{FileCause, Meaning};
use crate::audience::error::Error;
use crate::audience::exports::latest_moment;
use crate::audience::mailboxes::CellAddresses;
use crate::audience::source::{Part, Source, parts};

/// A row of a list of people who are not to be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockedRow {
    /// The list: of a part of a zip, both names.
    pub list: String,
    /// The line where the row begins, or the number of the object in JSON.
    pub line: u64,
    /// What becomes of it.
    pub outcome: BlockedOutcome,
}

/// Outcome of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockedOutcome {
    /// An address is not to be written to.
    Suppress {
        /// Whose it is.
        address: EmailAddress,
        /// Why, in words that begin with the cause.
        reason: String,
        /// Since when, where the row says so.
        since: Option<Timestamp>,
        /// Text of the cell, where the address had to be made out of it.
        repaired: Option<String>,
    },
    /// The row suppresses nobody: the address, and why.
    LeftAlone(String, String),
    /// An address of an earlier row came back.
    CameBack(EmailAddress),
    /// The row cannot be taken: why.
    Refused(String),
}

/// Options of reading such a list.
#[derive(Debug, Clone, Default)]
pub struct BlocklistOptions {
    /// The reason of every row, before the row's own words.
    pub reason: Option<String>,
}

/// Reads a file from its beginning to its end; returns what in it is no list, and why.
///
/// # Errors
///
/// The file cannot be read, or a part of it may be a list and cannot be read as one.
pub fn read_blocklist(
    path: &Path,
    options: &BlocklistOptions,
    see: &mut dyn FnMut(BlockedRow),
) -> Result<Vec<(String, String)>, Error> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a file").into());
    }
    let mut left_out = Vec::new();
    for part in parts(path)? {
        match part {
            Part::LeftOut(name, why) => left_out.push((name, why)),
            Part::Text(source) => {
                let read = read(&source, options, see);
                read.map_err(|error| named(&source, error))?;
            }
        }
    }
    Ok(left_out)
}

/// An error of a part, with the part's name.
fn named(source: &Source, error: Error) -> Error {
    if source.is_part() {
        Error::Part { name: source.name(), source: Box::new(error) }
    } else {
        error
    }
}

fn read(
    source: &Source,
    options: &BlocklistOptions,
    see: &mut dyn FnMut(BlockedRow),
) -> Result<(), Error> {
    let reader = BlocklistReader { list: source.name(), file: FileCause::of(source), options };
    if source.is_json() {
        json::read(source, &mut |line, columns| reader.tell(line, &columns, see))
    } else {
        table::read(source, &mut |row| match row {
            Ok((line, columns)) => reader.tell(line, &columns, see),
            Err(bad) => {
                let outcome = BlockedOutcome::Refused(bad.reason.to_string());
                see(BlockedRow { list: reader.list.clone(), line: bad.line, outcome });
            }
        })
    }
}

/// The columns of a row that say something: their plain names, and texts.
type Columns = Vec<(String, String)>;

/// A list that is read.
struct BlocklistReader<'o> {
    list: String,
    file: Option<FileCause>,
    options: &'o BlocklistOptions,
}

impl BlocklistReader<'_> {
    /// Tells the outcomes of a row: one for each address in it.
    fn tell(&self, line: u64, columns: &Columns, see: &mut dyn FnMut(BlockedRow)) {
        for outcome in self.outcomes(columns) {
            see(BlockedRow { list: self.list.clone(), line, outcome });
        }
    }

    fn outcomes(&self, columns: &Columns) -> Vec<BlockedOutcome> {
        let refused = |why: String| vec![BlockedOutcome::Refused(why)];
        let Some(cell) = address_cell(columns) else {
            return refused("no cell of it is an address".to_owned());
        };
        let bare = cell.trim().trim_start_matches('\'');
        if let Some(outcome) = marked(bare) {
            return vec![outcome];
        }
        if bare.starts_with('@') || bare.starts_with("*@") {
            return vec![self.whole_domain(bare, columns)];
        }
        let read = match CellAddresses::read(cell) {
            Ok(read) => read,
            Err(error) => {
                return refused(format!("`{}` is not an email address: {error}", cell.trim()));
            }
        };
        let meaning = Meaning::of(columns, self.file, self.options.reason.as_deref());
        let since = cause::DATES.iter().find_map(|name| moment(columns, name));
        let outcome = |found: Result<EmailAddress, (String, _)>| match (found, &meaning) {
            (Err((text, error)), _) => {
                BlockedOutcome::Refused(format!("`{text}` is not an email address: {error}"))
            }
            (Ok(address), Meaning::Suppress(reason)) => BlockedOutcome::Suppress {
                address,
                reason: reason.clone(),
                since,
                repaired: read.repaired.then(|| cell.trim().to_owned()),
            },
            (Ok(address), Meaning::LeftAlone(why)) => {
                BlockedOutcome::LeftAlone(address.to_string(), why.clone())
            }
            (Ok(address), Meaning::Unclear(why)) => {
                BlockedOutcome::Refused(format!("{address}: {why}"))
            }
        };
        read.found.iter().cloned().map(outcome).collect()
    }

    /// Returns the outcome of a row about a whole domain, as `*@example.org` or `@example.org`.
    fn whole_domain(&self, cell: &str, columns: &Columns) -> BlockedOutcome {
        let domain = match EmailAddress::parse_suppressed(cell.trim()) {
            Ok(domain) => domain,
            Err(error) => {
                return BlockedOutcome::Refused(format!("`{cell}` is no whole domain: {error}"));
            }
        };
        match Meaning::of(columns, self.file, self.options.reason.as_deref()) {
            Meaning::Suppress(reason) => {
                let since = cause::DATES.iter().find_map(|name| moment(columns, name));
                BlockedOutcome::Suppress { address: domain, reason, since, repaired: None }
            }
            Meaning::LeftAlone(why) => BlockedOutcome::LeftAlone(domain.to_string(), why),
            Meaning::Unclear(why) => BlockedOutcome::Refused(format!("{domain}: {why}")),
        }
    }
}

/// The cell of the address: of a column that is called so, or else the first that holds one.
fn address_cell(columns: &Columns) -> Option<&str> {
    let called = columns.iter().find(|(name, _)| cause::ADDRESS.contains(&name.as_str()));
    let ranked = || {
        let ranks = columns.iter().filter_map(|column| {
            Some((crate::audience::exports::address_rank(&column.0)?, column))
        });
        ranks.min_by_key(|(rank, _)| *rank).map(|(_, column)| column)
    };
    called.or_else(ranked).map(|(_, cell)| cell.as_str())
}

/// The outcome of a cell that another publication wrote for something else than an address.
fn marked(cell: &str) -> Option<BlockedOutcome> {
    let refused = |why: &str| Some(BlockedOutcome::Refused(why.to_owned()));
    let alone =
        |who: &str, why: &str| Some(BlockedOutcome::LeftAlone(who.to_owned(), why.to_owned()));
    let (mark, rest) = cell.split_once(':').unwrap_or(("", cell));
    match mark {
        "hash" => {
            return refused(
                "a hash of another publication's key: only that publication can tell who was forgotten",
            );
        }
        "back" => return rest.parse().ok().map(BlockedOutcome::CameBack),
        "left" | "joined" => return alone(rest, "left or joined a part of that publication alone"),
        _ => {}
    }
    None
}

/// The moment that a column names.
fn moment(columns: &Columns, name: &str) -> Option<Timestamp> {
    let (_, text) = columns.iter().find(|(own, _)| own == name)?;
    let rfc2822 = || jiff::fmt::rfc2822::parse(text.trim()).ok().map(|zoned| zoned.timestamp());
    latest_moment(text).or_else(rfc2822)
}
