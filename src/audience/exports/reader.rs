//! An export in, one row of it after the other with what becomes of whoever it names out.

use aws_lc_rs::digest::{Context, SHA256};
use jiff::Timestamp;

use crate::address::{AddressError, EmailAddress};
use crate::audience::error::{BadRow, Error, Reason};
use crate::audience::exports::Export;
use crate::audience::exports::cell::{csv_tags, joined, plain, unmarked};
use crate::audience::exports::flat::{flat, text};
use crate::audience::exports::format::Format;
use crate::audience::exports::mapping::{Fate, Mapping};
use crate::audience::exports::names::{Full, Names};
use crate::audience::exports::python::python_value;
use crate::audience::exports::verdict::{Everyone, Verdict, consent, judge};
use crate::audience::rows::{Row, Rows};
use crate::audience::subscribers::ADDRESS_COLUMNS;

/// What is wrong with a row that brings another column than all that came before.
const TOO_MANY: &str = "the list would have more columns than anybody means";
/// How many cells more than columns are kept of a row, to be mended.
const CELLS_MORE: usize = 64;

/// A row of an export.
pub(crate) struct Line<'r> {
    /// Where it begins, counted from 1.
    pub(crate) number: u64,
    /// What becomes of it.
    pub(crate) outcome: Outcome,
    /// Its cells as the file has them, without those of a list of rejected rows.
    pub(crate) cells: Vec<&'r str>,
}

/// What becomes of whoever a row names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A reader: the values that the row gives, by the number of their fields.
    Joins(EmailAddress, Vec<(usize, String)>),
    /// Not to be written to: why, and since when, where that is known.
    Leaves(EmailAddress, String, Option<Timestamp>),
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
        let mut rows = Rows::new(self.open()?)?;
        let mapping = &self.mapping;
        rows.set_columns(mapping.header.len() + CELLS_MORE);
        if !mapping.bare {
            rows.next_row()?.ok_or(Error::Changed)?.map_err(Error::Header)?;
        }
        while let Some(row) = rows.next_row()? {
            let bad = match row {
                Err(bad) => bad,
                Ok(row) => {
                    let outcome = self.outcome(row, names);
                    let cells = self.mapping.cells(row);
                    digest_row(&mut digest, &cells);
                    see(Line { number: row.line, outcome, cells })?;
                    continue;
                }
            };
            let (column, what) = mapping.place(&bad);
            let lost = rows.lost();
            digest_row(&mut digest, &[&lost]);
            let outcome = Outcome::Refused(column, what);
            see(Line { number: bad.line, outcome, cells: vec![lost.as_str()] })?;
        }
        Ok(digest.finish().as_ref().to_vec())
    }

    fn outcome(&self, row: Row<'_>, names: &mut Names) -> Outcome {
        let mapping = &self.mapping;
        let address = match mapping.read_address(row) {
            Ok(address) => address,
            Err(bad) => {
                let (column, what) = mapping.place(&bad);
                return Outcome::Refused(column, what);
            }
        };
        let get = |name: &str| mapping.evidence(row, name);
        let verdict = match (judge(mapping.format, &mapping.telling, &get), self.everyone()) {
            (Verdict::Joins | Verdict::Doubtful(..), Some(standing)) => {
                Verdict::Leaves(standing_reason(standing, mapping.format), None)
            }
            (verdict, _) => verdict,
        };
        match verdict {
            Verdict::Leaves(reason, since) => Outcome::Leaves(address, reason, since),
            Verdict::Doubtful(column, what) => {
                Outcome::Refused(mapping.column_called(column), what)
            }
            Verdict::Joins => match mapping.values(row, names, &get) {
                Ok(values) => Outcome::Joins(address, values),
                Err((column, what)) => Outcome::Refused(column, what),
            },
        }
    }
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
        Everyone::Unsubscribed | Everyone::Never | Everyone::Activity => "unsubscribed",
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

    /// The address of a row with no more cells than columns.
    fn read_address(&self, row: Row<'_>) -> Result<EmailAddress, BadRow> {
        let Row { line, count, quote, .. } = row;
        let bad = |reason| BadRow { line, reason };
        let columns = self.header.len();
        if let Some(quote) = quote.filter(|_| count != columns) {
            return Err(bad(Reason::InDoubt { cells: count, columns, quote }));
        }
        if count > columns {
            return Err(bad(Reason::TooManyCells { cells: count, columns }));
        }
        let text = unmarked(row.cell(self.address).unwrap_or_default().trim());
        text.parse().map_err(|error| match error {
            AddressError::Empty => bad(Reason::NoAddress),
            error => bad(Reason::NotAnAddress { text: text.to_owned(), error }),
        })
    }

    /// The column that a row is wrong in, where it is one, and what is wrong.
    fn place(&self, bad: &BadRow) -> (String, String) {
        let at = match bad.reason {
            Reason::NotAnAddress { .. } | Reason::NoAddress => Some(self.address),
            Reason::CellTooLong { cell }
            | Reason::QuoteNotClosed { cell }
            | Reason::TextAfterQuote { cell } => Some(cell - 1),
            Reason::Duplicate { .. } | Reason::TooManyCells { .. } | Reason::InDoubt { .. } => None,
        };
        let column = at.and_then(|at| self.header.get(at)).cloned().unwrap_or_default();
        (column, bad.reason.to_string())
    }

    /// The column with a plain name, as the file calls it.
    fn column_called(&self, name: &str) -> String {
        let is_it = |own: &&String| plain(own) == name;
        self.header.iter().rev().find(is_it).cloned().unwrap_or_else(|| name.to_owned())
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
