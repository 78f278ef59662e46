//! An export in, one row of it after the other with what becomes of whoever it names out.

use aws_lc_rs::digest::{Context, SHA256};

use crate::address::{AddressError, EmailAddress};
use crate::audience::error::{BadRow, Error, Reason};
use crate::audience::exports::Export;
use crate::audience::exports::cell::{csv_tags, joined, plain, unmarked};
use crate::audience::exports::everyone::Everyone;
use crate::audience::exports::flat::{flat, text};
use crate::audience::exports::format::Format;
use crate::audience::exports::judge::LeaveDate;
use crate::audience::exports::mapping::{Fate, Mapping};
use crate::audience::exports::names::{Full, Names};
use crate::audience::exports::python::python_value;
use crate::audience::exports::verdict::{Verdict, consent, judge};
use crate::audience::mailboxes::CellAddresses;
use crate::audience::rows::Row;
use crate::audience::subscribers::ADDRESS_COLUMNS;
use crate::audience::tags::merged;

/// What is wrong with a row that brings another column than all that came before.
const TOO_MANY: &str = "the list would have more columns than anybody means";
/// How many cells more than columns are kept of a row, to be mended.
const CELLS_MORE: usize = 64;
/// How many addresses can stand side by side in a row of a file without names of columns.
const BARE_CELLS_MAX: usize = 100_000;

/// An address of a row of an export, or the row where it names none.
pub(crate) struct Line<'r> {
    /// Where the row begins, counted from 1.
    pub(crate) number: u64,
    /// What becomes of it.
    pub(crate) outcome: Outcome,
    /// Its cells as the file has them, without those of a list of rejected rows.
    pub(crate) cells: Vec<&'r str>,
    /// What stood in the row, where the address had to be made out of it.
    pub(crate) repaired: Option<String>,
    /// Whether the row named another address before.
    pub(crate) further: bool,
}

/// What becomes of whoever a row names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A reader: the values that the row gives, by the number of their fields.
    Joins(EmailAddress, Vec<(usize, String)>),
    /// Not to be written to: why, and since when, where that is known.
    Leaves(EmailAddress, String, LeaveDate),
    /// It cannot be told: the column, and what is wrong.
    Refused(String, String),
}

impl Export {
    /// Reads the list from its beginning to its end; returns what tells it from every other one.
    pub(crate) fn read(
        &self,
        names: &mut Names,
        see: &mut dyn FnMut(Line<'_>) -> Result<(), Error>,
    ) -> Result<Vec<u8>, Error> {
        let mut digest = Context::new(&SHA256);
        let mut rows = self.source.rows()?;
        let mapping = &self.mapping;
        for _ in 0..self.skipped {
            rows.next_row()?.ok_or(Error::Changed)?.map_err(Error::Header)?;
        }
        let more = if mapping.bare { BARE_CELLS_MAX } else { CELLS_MORE };
        rows.set_columns(mapping.header.len() + more);
        let delimiter = char::from(rows.delimiter());
        while let Some(row) = rows.next_row()? {
            let bad = match row {
                Err(bad) => bad,
                Ok(row) => {
                    let cells = mapping.cells(row);
                    digest_row(&mut digest, &cells);
                    let read = mapping.addresses(row, delimiter);
                    let pasted = read.as_ref().is_ok_and(|(read, _)| read.side_by_side);
                    let verdict = |names: &mut Names, address| match pasted {
                        true => self.alone(address),
                        false => self.outcome(row, address, names),
                    };
                    self.see_row(row.line, &cells, read, verdict, names, see)?;
                    continue;
                }
            };
            let (line, lost) = (bad.line, rows.lost());
            digest_row(&mut digest, &[&lost]);
            let text = matches!(bad.reason, Reason::TextAfterQuote { .. }) && mapping.bare;
            let read = match CellAddresses::read(&lost) {
                Ok(read) if text => Ok((read, lost.clone())),
                _ => Err(bad),
            };
            let joins = |_: &mut Names, address| self.alone(address);
            self.see_row(line, &[lost.as_str()], read, joins, names, see)?;
        }
        Ok(digest.finish().as_ref().to_vec())
    }

    /// Tells what becomes of each address of a row.
    fn see_row(
        &self,
        number: u64,
        cells: &[&str],
        read: Result<(CellAddresses, String), BadRow>,
        mut outcome: impl FnMut(&mut Names, EmailAddress) -> Outcome,
        names: &mut Names,
        see: &mut dyn FnMut(Line<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mapping = &self.mapping;
        let cells = || cells.to_vec();
        let (read, was) = match read {
            Ok(read) => read,
            Err(bad) => {
                let (column, what) = mapping.place(&bad);
                let outcome = Outcome::Refused(column, what);
                return see(Line {
                    number,
                    outcome,
                    cells: cells(),
                    repaired: None,
                    further: false,
                });
            }
        };
        let CellAddresses { found, name, repaired, .. } = read;
        for (at, found) in found.into_iter().enumerate() {
            let outcome = match found {
                Ok(address) => with_name(outcome(names, address), name.as_deref(), mapping, names),
                Err((text, error)) => {
                    let reason = Reason::NotAnAddress { text, error };
                    let (column, what) = mapping.place(&BadRow { line: number, reason });
                    Outcome::Refused(column, what)
                }
            };
            let repaired = repaired.then(|| was.clone());
            see(Line { number, outcome, cells: cells(), repaired, further: at > 0 })?;
        }
        Ok(())
    }

    /// What becomes of an address of which the row says nothing else.
    fn alone(&self, address: EmailAddress) -> Outcome {
        match self.everyone() {
            None => Outcome::Joins(address, Vec::new()),
            Some(standing) => {
                let reason = standing_reason(standing, self.mapping.format);
                Outcome::Leaves(address, reason, LeaveDate::Absent)
            }
        }
    }

    fn outcome(&self, row: Row<'_>, address: EmailAddress, names: &mut Names) -> Outcome {
        let mapping = &self.mapping;
        let get = |name: &str| mapping.evidence(row, name);
        let verdict = match (judge(mapping.format, &mapping.judge, row, &get), self.everyone()) {
            (Verdict::Joins | Verdict::Doubtful(..), Some(standing)) => {
                Verdict::Leaves(standing_reason(standing, mapping.format), LeaveDate::Absent)
            }
            (verdict, _) => verdict,
        };
        match verdict {
            Verdict::Leaves(reason, since) => Outcome::Leaves(address, reason, since),
            Verdict::Doubtful(column, what) => Outcome::Refused(column, what),
            Verdict::Joins => match mapping.values(row, names, &get) {
                Ok(values) => Outcome::Joins(address, values),
                Err((column, what)) => Outcome::Refused(column, what),
            },
        }
    }
}

/// Gives a reader the name that stands beside the address, where the row gives no other.
fn with_name(
    outcome: Outcome,
    name: Option<&str>,
    mapping: &Mapping,
    names: &mut Names,
) -> Outcome {
    let (Outcome::Joins(address, mut values), Some(name)) = (outcome.clone(), name) else {
        return outcome;
    };
    let named = mapping.header.iter().any(|column| plain(column).contains("name"));
    if let (false, Ok(id)) = (named, names.id("name")) {
        values.push((id, name.to_owned()));
    }
    Outcome::Joins(address, values)
}

/// The addresses of a row in which every cell holds some, or which is a list of names and addresses.
fn side_by_side(row: Row<'_>, delimiter: char) -> Option<(CellAddresses, String)> {
    let filled = || row.cells().filter(|cell| !cell.trim().is_empty());
    filled().nth(1)?;
    let whole = filled().collect::<Vec<_>>().join(&delimiter.to_string());
    let each: Result<Vec<_>, _> = filled().map(CellAddresses::read).collect();
    if let Ok(each) = each.map(|each| each.into_iter().flat_map(|read| read.found).collect()) {
        let read = CellAddresses { found: each, repaired: true, ..CellAddresses::default() };
        return Some((CellAddresses { side_by_side: true, ..read }, whole));
    }
    // `Byron, Ada <ada@example.org>, Turing, Alan <alan@example.org>`: the comma is of the name.
    let read = CellAddresses::read(&whole).ok()?;
    let list = read.bracketed && read.found.len() > 1;
    list.then_some((CellAddresses { side_by_side: true, ..read }, whole))
}

/// Takes a row into the sum of all rows.
fn digest_row(digest: &mut Context, cells: &[&str]) {
    for cell in cells {
        digest.update(cell.as_bytes());
        digest.update(&[0]);
    }
    digest.update(&[1]);
}

fn standing_reason(standing: Everyone, format: Format) -> String {
    let what = match standing {
        Everyone::Unsubscribed
        | Everyone::Never
        | Everyone::Unconfirmed
        | Everyone::Inactive
        | Everyone::Activity => "unsubscribed",
        Everyone::Complained => "complaint",
        Everyone::Bounced if format == Format::Mailchimp => "bounced: cleaned",
        Everyone::Bounced => "bounced",
        Everyone::Blocked => "blocked",
    };
    match format {
        Format::Plain => what.to_owned(),
        format => format!("{what} in {}", format.name()),
    }
}

impl Mapping {
    /// The cells of a row, without those of a list of rejected rows.
    fn cells<'r>(&self, row: Row<'r>) -> Vec<&'r str> {
        let ours = |at: usize| self.fates.get(at) == Some(&Fate::Ours);
        row.cells().enumerate().filter(|(at, _)| !ours(*at)).map(|(_, cell)| cell).collect()
    }

    /// The addresses of a row, and what stood in the row.
    ///
    /// A row in which every cell holds addresses is no row of columns: they were pasted side by side.
    fn addresses(&self, row: Row<'_>, delimiter: char) -> Result<(CellAddresses, String), BadRow> {
        let Row { line, quote, .. } = row;
        let bad = |reason| BadRow { line, reason };
        let columns = self.header.len();
        let count = row.width(columns);
        if let Some(quote) = quote.filter(|_| count != columns) {
            return Err(bad(Reason::InDoubt { cells: count, columns, quote }));
        }
        if (self.bare || count > columns)
            && let Some(read) = side_by_side(row, delimiter)
        {
            return Ok(read);
        }
        if count > columns {
            return Err(bad(Reason::TooManyCells { cells: count, columns }));
        }
        let cell = row.cell(self.address).unwrap_or_default();
        let text = unmarked(cell.trim_matches(|c: char| c.is_ascii_whitespace()));
        let read = CellAddresses::read(text).map_err(|error| match error {
            AddressError::Empty => bad(Reason::NoAddress),
            error => bad(Reason::NotAnAddress { text: text.to_owned(), error }),
        })?;
        let other =
            |(at, cell): (usize, &str)| at != self.address && CellAddresses::read(cell).is_ok();
        if self.bare && row.cells().enumerate().any(other) {
            return Err(bad(Reason::SeveralAddresses));
        }
        Ok((read, text.to_owned()))
    }

    /// The column that a row is wrong in, where it is one, and what is wrong.
    fn place(&self, bad: &BadRow) -> (String, String) {
        let at = match bad.reason {
            Reason::NotAnAddress { .. } | Reason::NoAddress | Reason::SeveralAddresses => {
                Some(self.address)
            }
            Reason::CellTooLong { cell }
            | Reason::QuoteNotClosed { cell }
            | Reason::TextAfterQuote { cell } => Some(cell - 1),
            Reason::Duplicate { .. } | Reason::TooManyCells { .. } | Reason::InDoubt { .. } => None,
        };
        let column = at.and_then(|at| self.header.get(at)).cloned().unwrap_or_default();
        (column, bad.reason.to_string())
    }

    /// What the row says in each field that it says something in.
    fn values<'r>(
        &self,
        row: Row<'r>,
        names: &mut Names,
        get: &dyn Fn(&str) -> &'r str,
    ) -> Result<Vec<(usize, String)>, (String, String)> {
        let mut values: Vec<(usize, String)> = Vec::new();
        let mut tags = String::new();
        for (at, cell) in row.cells().enumerate() {
            let cell = unmarked(cell);
            match self.fates.get(at) {
                _ if cell.trim().is_empty() => {}
                Some(Fate::Field(id)) => values.push((*id, cell.to_owned())),
                Some(Fate::Tags) => tags = self.tags(cell),
                Some(Fate::Attributes) => self
                    .take_attributes(cell, names, &mut values, &mut tags)
                    .map_err(|what| (self.header[at].clone(), what))?,
                _ => {}
            }
        }
        let evidence = ["consent_when", "consent_where", "consent_how"];
        let evidence = evidence.into_iter().zip(consent(self.format, get));
        for (name, value) in [("tags", tags)].into_iter().chain(evidence) {
            if !value.is_empty() {
                let id = names.id(name).map_err(|Full| (String::new(), TOO_MANY.to_owned()))?;
                values.push((id, value));
            }
        }
        if !self.tags.is_empty() {
            let id = names.id("tags").map_err(|Full| (String::new(), TOO_MANY.to_owned()))?;
            // Of several columns that are called so the last one counts.
            let own = values.iter().rfind(|(field, _)| *field == id);
            let own = own.map_or("", |(_, value)| value.as_str());
            values.extend(merged(own, &self.tags.join(";")).map(|tags| (id, tags)));
        }
        Ok(values)
    }

    /// Takes the values of a dict in, and its tags.
    fn take_attributes(
        &self,
        cell: &str,
        names: &mut Names,
        values: &mut Vec<(usize, String)>,
        tags: &mut String,
    ) -> Result<(), String> {
        for (name, value) in self.attributes(cell)? {
            if name.eq_ignore_ascii_case("tags") {
                *tags = joined([tags.as_str(), &value].iter().flat_map(|tags| tags.split(';')));
                continue;
            }
            let id = self.attribute(&name, names).ok_or(TOO_MANY)?;
            values.push((id, value));
        }
        Ok(())
    }

    fn tags(&self, cell: &str) -> String {
        match self.format {
            Format::Mailchimp => csv_tags(cell),
            _ => joined(cell.split([';', ','])),
        }
    }

    fn attributes(&self, cell: &str) -> Result<Vec<(String, String)>, String> {
        let json = serde_json::from_str(cell);
        let value = match (json, self.format) {
            (Ok(value), _) => value,
            (Err(_), Format::Buttondown) => python_value(cell)
                .map_err(|error| format!("it is neither JSON nor a dict of Python: {error}"))?,
            (Err(error), _) => return Err(format!("it is not JSON: {error}")),
        };
        let none = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        match flat(&value) {
            Some(columns) => Ok(columns),
            None if none => Ok(Vec::new()),
            None => {
                Err(format!("`{}` is no dict", text(&value).chars().take(40).collect::<String>()))
            }
        }
    }

    /// The field of an attribute. One that is called like a column of the file is another one.
    fn attribute(&self, name: &str, names: &mut Names) -> Option<usize> {
        let name = match plain(name) {
            name if name.is_empty() => "attribute".to_owned(),
            name => name,
        };
        let taken = self.header.iter().any(|own| plain(own) == name)
            || name.starts_with("consent_")
            || ADDRESS_COLUMNS.contains(&name.as_str());
        names.id(&if taken { format!("attribute_{name}") } else { name }).ok()
    }
}
