//! Reads lists in rows: with names of columns, or addresses alone.

use crate::address::AddressError;
use crate::audience::blocklist::{Columns, cause};
use crate::audience::error::{BadRow, Error, Reason};
use crate::audience::exports::{address_rank, plain, unmarked};
use crate::audience::mailboxes::CellAddresses;
use crate::audience::rows::Row;
use crate::audience::source::Source;

/// How many cells of a row are kept beyond the named ones.
const CELLS_MAX: usize = 10_000;

/// Tells each row and its line, or what is wrong with it.
pub(super) fn read(
    source: &Source,
    see: &mut dyn FnMut(Result<(u64, Columns), BadRow>),
) -> Result<(), Error> {
    let mut rows = source.rows()?;
    rows.set_columns(CELLS_MAX);
    let mut header: Option<Vec<String>> = None;
    let mut begun = false;
    loop {
        let row = match rows.next_row()? {
            None => break,
            Some(Ok(row)) => row,
            Some(Err(bad)) => {
                let is_text = matches!(bad.reason, Reason::TextAfterQuote { .. });
                let lost = rows.lost();
                let pasted = is_text && CellAddresses::read(&lost).is_ok();
                let columns = vec![("email".to_owned(), lost)];
                see(if pasted { Ok((bad.line, columns)) } else { Err(bad) });
                begun = true;
                continue;
            }
        };
        if !begun {
            begun = true;
            header = names(row);
            if header.is_some() {
                continue;
            }
            if !row.cells().any(is_one) {
                let columns = row.cells().map(|cell| cell.trim().to_owned()).collect();
                return Err(Error::NoAddressColumn { wanted: "email", columns });
            }
        }
        match &header {
            Some(names) => see(named(row, names)),
            None => bare(row, see),
        }
    }
    Ok(())
}

/// The plain names of the columns, where the first row names them.
fn names(row: Row<'_>) -> Option<Vec<String>> {
    let names: Vec<String> = row.cells().map(|cell| plain(unmarked(cell.trim()))).collect();
    let is_name =
        |name: &String| cause::ADDRESS.contains(&name.as_str()) || address_rank(name).is_some();
    (names.iter().any(is_name) && !row.cells().any(is_one)).then_some(names)
}

/// Whether a cell says whom a row is about.
fn is_one(cell: &str) -> bool {
    let cell = cell.trim().trim_start_matches('\'');
    let marked = ["hash:", "back:", "left:", "joined:", "@", "*@"];
    CellAddresses::read(cell).is_ok() || marked.iter().any(|mark| cell.starts_with(mark))
}

fn named(row: Row<'_>, names: &[String]) -> Result<(u64, Columns), BadRow> {
    let (line, columns) = (row.line, names.len());
    let cells = row.width(columns);
    if let Some(quote) = row.quote.filter(|_| cells != columns) {
        return Err(BadRow { line, reason: Reason::InDoubt { cells, columns, quote } });
    }
    if cells > columns {
        return Err(BadRow { line, reason: Reason::TooManyCells { cells, columns } });
    }
    let cells =
        names.iter().zip(row.cells()).map(|(name, cell)| (name.clone(), unmarked(cell).to_owned()));
    Ok((line, cells.collect()))
}

/// Each address of a row without names; what stands beside a single one is the reason.
fn bare(row: Row<'_>, see: &mut dyn FnMut(Result<(u64, Columns), BadRow>)) {
    let line = row.line;
    if let Some(quote) = row.quote {
        let reason = Reason::InDoubt { cells: row.count, columns: 1, quote };
        return see(Err(BadRow { line, reason }));
    }
    let (ones, others): (Vec<&str>, Vec<&str>) =
        row.cells().filter(|cell| !cell.trim().is_empty()).partition(|cell| is_one(cell));
    if ones.is_empty() {
        let text = others.join(" ");
        let error = AddressError::Form("it is no address".to_owned());
        return see(Err(BadRow { line, reason: Reason::NotAnAddress { text, error } }));
    }
    if ones.len() > 1 && !others.is_empty() {
        return see(Err(BadRow { line, reason: Reason::SeveralAddresses }));
    }
    for one in ones {
        let reason = others.join(" ").trim().to_owned();
        let reason = (!reason.is_empty()).then(|| ("reason".to_owned(), reason));
        let columns = [("email".to_owned(), one.to_owned())].into_iter().chain(reason);
        see(Ok((line, columns.collect())));
    }
}
