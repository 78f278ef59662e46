//! Adds tags to the rows of subscribers who are on the list.

use std::borrow::Cow;
use std::fs::File;
use std::path::Path;

use crate::audience::error::Error;
use crate::audience::roster::reopen;
use crate::audience::roster::replace::Replacement;
use crate::audience::roster::sheet::{Sheet, Table, address};
use crate::audience::rows::Row;
use crate::audience::tags::TagGrants;

/// Name of the column of tags.
const TAGS: &str = "tags";

/// Counts the rows that would change.
pub(crate) fn count(file: File, grants: &TagGrants) -> Result<u64, Error> {
    let Some(Table { mut rows, sheet }) = Table::read(file)? else { return Ok(0) };
    let mut count = 0;
    while let Some(row) = rows.next_row()? {
        count += u64::from(row.is_ok_and(|row| new_tags(row, &sheet, grants).is_some()));
    }
    Ok(count)
}

/// Changes the rows, in a new file that takes the place of the old one; returns how many those are.
pub(crate) fn apply(path: &Path, old: File, grants: &TagGrants) -> Result<u64, Error> {
    let Some(Table { mut rows, sheet }) = Table::read(reopen(path)?)? else { return Ok(0) };
    let mut replacement = Replacement::new(path, old)?;
    let (mut copied, mut changed) = (0, 0);
    while let Some(row) = rows.next_row()? {
        let new = row.ok().and_then(|row| new_row(row, &sheet, grants));
        let span = rows.span();
        if let Some(new) = new {
            replacement.copy(copied..span.start)?;
            replacement.write(&new)?;
            copied = span.end;
            changed += 1;
        }
    }
    if changed > 0 {
        replacement.finish_from(copied)?;
    }
    Ok(changed)
}

/// Returns the cell of tags that a row would have; `None` where it stays as it is.
fn new_tags(row: Row<'_>, sheet: &Sheet, grants: &TagGrants) -> Option<String> {
    let columns = sheet.columns.names().len();
    // A row that has to be mended is no subscriber.
    let address = address(row, sheet.email).filter(|_| row.width(columns) <= columns)?;
    let own = sheet.columns.position(TAGS).and_then(|tags| row.cell(tags)).unwrap_or_default();
    grants.cell(&address.key(), own)
}

fn new_row(row: Row<'_>, sheet: &Sheet, grants: &TagGrants) -> Option<Vec<u8>> {
    let (tags, cell) = (sheet.columns.position(TAGS)?, new_tags(row, sheet, grants)?);
    let columns = 0..sheet.columns.names().len();
    let cells: Vec<Cow<'_, str>> = columns
        .map(|at| match at == tags {
            true => Cow::Borrowed(cell.as_str()),
            false => Cow::Borrowed(row.cell(at).unwrap_or_default()),
        })
        .collect();
    Some(sheet.row(&cells))
}
