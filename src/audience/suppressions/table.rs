//! The file of suppressions in, how its rows are made and how each reader stands out.

use std::fs::File;

use crate::audience::error::{BadRow, Error};
use crate::audience::recipient::Columns;
use crate::audience::rows::{Row, Rows};
use crate::audience::subscribers::no_name_twice;
use crate::audience::suppressions::cell::Mark;
use crate::audience::suppressions::known::{Known, Moment};
use crate::audience::suppressions::layout::{COLUMNS, Layout};
use crate::key::Hasher;

/// How a file's rows are made, and what they say.
pub(super) fn read(file: &File, hasher: Option<&Hasher>) -> Result<(Layout, Known), Error> {
    let mut rows = Rows::new(file)?;
    let mut layout = Layout::new(rows.delimiter());
    let mut known = Known::default();
    while let Some(row) = rows.next_row()? {
        let row = row.map_err(Error::Row)?;
        if !layout.begun {
            layout.begun = true;
            if Mark::read(row.cell(0).unwrap_or_default()).is_err() {
                layout.columns = Columns::new(row.cells());
                no_name_twice(layout.columns.names())?;
                continue;
            }
        }
        let Some(at) = layout.address() else { break };
        take_row(row, at, &layout, hasher, &mut known)?;
    }
    if layout.address().is_none() {
        let columns = layout.columns.names().to_vec();
        return Err(Error::NoAddressColumn { wanted: COLUMNS[0], columns });
    }
    if known.has_hashes() && hasher.is_none() {
        return Err(Error::Keyless);
    }
    Ok((layout, known))
}

/// Takes in what a row says.
fn take_row(
    row: Row<'_>,
    address: usize,
    layout: &Layout,
    hasher: Option<&Hasher>,
    known: &mut Known,
) -> Result<(), Error> {
    let cell = |name| layout.columns.position(name).and_then(|at| row.cell(at)).unwrap_or_default();
    let mark = match Mark::read(row.cell(address).unwrap_or_default()) {
        Ok(mark) => mark,
        // Two branches that both began the file have its first row twice when they are joined.
        Err(_) if Columns::new(row.cells()) == layout.columns => return Ok(()),
        Err(reason) => return Err(Error::Row(BadRow { line: row.line, reason })),
    };
    let (reason, at) = (cell("reason"), Moment::read(cell("date")));
    match mark {
        Mark::Out(key, other) => {
            known.suppress(key, reason, at);
            other.into_iter().for_each(|other| known.suppress_guessed(other, reason, at));
        }
        Mark::Hash(hash, made) => {
            let own = hasher.and_then(Hasher::mark);
            if let (Some(made), Some(own)) = (made.as_deref(), own)
                && made != own
            {
                return Err(Error::OtherKey { made: made.to_owned(), own: own.to_owned() });
            }
            known.suppress_hash(hash, reason, at);
        }
        Mark::Back(key) => {
            let hash = hasher.filter(|_| known.has_hashes()).map(|hasher| hasher.hash(&key));
            known.lift(&key, hash.as_deref(), at);
        }
        Mark::Left(key) => known.leave(key, reason, at),
        Mark::Joined(key) => {
            known.join(&key, reason, at);
        }
    }
    Ok(())
}
