//! Finds the row of a source that names its columns, or tells that there is none.

use crate::audience::error::{BadRow, Error, Reason};
use crate::audience::exports::cell::plain;
use crate::audience::exports::headers::may_be_address;
use crate::audience::exports::mapping::{Mapping, Unfit};
use crate::audience::exports::names::Names;
use crate::audience::exports::options::ImportOptions;
use crate::audience::mailboxes::CellAddresses;
use crate::audience::source::Source;

/// How many rows at the beginning may be titles.
const ROWS_MAX: usize = 12;

/// The columns of a source, and how many rows stand before its first reader.
#[derive(Debug)]
pub(super) struct SourceHead {
    pub(super) mapping: Mapping,
    pub(super) skipped: usize,
    /// Text of the rows before the one that names the columns.
    pub(super) titles: Vec<String>,
}

/// Why a source has no columns.
#[derive(Debug)]
pub(super) enum NoHead {
    Empty,
    Columns,
    NoAddress(Error),
}

impl SourceHead {
    /// Looks at the first rows.
    pub(super) fn of(
        source: &Source,
        options: &ImportOptions,
        names: &mut Names,
    ) -> Result<Result<Self, NoHead>, Error> {
        let rows = match first_rows(source)? {
            Ok(rows) => rows,
            // `"Byron, Ada" <ada@example.org>, …`: recipients of a mail, and no CSV.
            Err((bad, line)) => {
                let read = CellAddresses::read(&line);
                let whole = read.is_ok_and(|read| read.is_whole());
                let mapping = whole.then(|| Mapping::bare(1, 0, options, names));
                let Some(mapping) = mapping else { return Err(Error::Header(bad)) };
                return Ok(mapping.map_err(|_| NoHead::Columns).map(|m| Self::new(m, 0, &[])));
            }
        };
        let Some(first) = rows.first() else { return Ok(Err(NoHead::Empty)) };
        let mut unfit = None;
        for (at, row) in rows.iter().enumerate() {
            if let Some(address) = row.iter().position(|cell| is_address(cell)) {
                let head = Self::without_names(&rows, at, address, options, names);
                return Ok(head
                    .unwrap_or_else(|| Err(no_address(first, Some(&rows[at - 1][..]), address))));
            }
            match Mapping::of(row, options, names) {
                Ok(mapping) => return Ok(Ok(Self::new(mapping, at + 1, &rows[..at]))),
                Err(Unfit::Columns) => unfit = Some(NoHead::Columns),
                Err(Unfit::NoAddress(_)) => {}
            }
        }
        Ok(Err(unfit.unwrap_or_else(|| no_address(first, None, 0))))
    }

    fn new(mapping: Mapping, skipped: usize, titles: &[Vec<String>]) -> Self {
        let titles = titles.iter().map(|row| row.join(" ").trim().to_owned()).collect();
        Self { mapping, skipped, titles }
    }

    /// Takes a file whose first address stands before any row that names the columns as they should
    /// be named; `None` where nobody can tell the column of addresses.
    fn without_names(
        rows: &[Vec<String>],
        at: usize,
        address: usize,
        options: &ImportOptions,
        names: &mut Names,
    ) -> Option<Result<Self, NoHead>> {
        let fit = |mapping: Result<Mapping, Unfit>, skipped, titles: &[Vec<String>]| {
            Some(
                mapping
                    .map_err(|_| NoHead::Columns)
                    .map(|mapping| Self::new(mapping, skipped, titles)),
            )
        };
        let Some(before) = at.checked_sub(1).map(|before| &rows[before]) else {
            return fit(Mapping::bare(rows[at].len(), address, options, names), 0, &[]);
        };
        let name = before.get(address).map(|name| plain(name)).unwrap_or_default();
        let filled = |row: &Vec<String>| row.iter().filter(|cell| !cell.trim().is_empty()).count();
        let alone = rows[at..]
            .iter()
            .all(|row| row.iter().enumerate().all(|(at, cell)| at == address || !is_address(cell)));
        let only = rows.iter().all(|row| filled(row) <= 1);
        if alone && (only || may_be_address(&name)) && !name.is_empty() {
            let mapping = Mapping::with_address(before, address, options, names);
            return fit(mapping, at, &rows[..at - 1]);
        }
        // Titles stand in one cell each, and there are no names below them.
        if rows[..at].iter().all(|row| filled(row) <= 1) && filled(&rows[at]) > 1 {
            return fit(Mapping::bare(rows[at].len(), address, options, names), at, &rows[..at]);
        }
        None
    }
}

fn is_address(cell: &str) -> bool {
    cell.contains(['@', '＠', '%']) && CellAddresses::read(cell).is_ok()
}

fn no_address(first: &[String], names: Option<&[String]>, address: usize) -> NoHead {
    let columns = names.unwrap_or(first).iter().map(|name| name.trim().to_owned()).collect();
    let likely = names.and_then(|names| names.get(address)).map(|name| name.trim().to_owned());
    NoHead::NoAddress(match likely.filter(|name| !name.is_empty()) {
        Some(column) => Error::PerhapsAddresses { column },
        None => Error::NoAddressColumn { wanted: "email", columns },
    })
}

type Head = Result<Vec<Vec<String>>, (BadRow, String)>;

/// The cells of the first rows; the row and its line where the first one is no CSV.
fn first_rows(source: &Source) -> Result<Head, Error> {
    let mut rows = source.rows()?;
    let mut first = Vec::new();
    while first.len() < ROWS_MAX {
        match rows.next_row()? {
            None => break,
            Some(Ok(row)) => first.push(row.cells().map(str::to_owned).collect()),
            Some(Err(bad)) if first.is_empty() => {
                let is_text = matches!(bad.reason, Reason::TextAfterQuote { .. });
                let line = if is_text { rows.lost() } else { String::new() };
                return Ok(Err((bad, line)));
            }
            Some(Err(_)) => break,
        }
    }
    Ok(Ok(first))
}
