//! A list and what is to be changed in it in, a new file in its place out.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::address::EmailAddress;
use crate::audience::disk::{beside, lock};
use crate::audience::error::Error;
use crate::audience::exports::unmarked;
use crate::audience::recipient::Columns;
use crate::audience::roster::reopen;
use crate::audience::roster::sheet::{Sheet, Table, address, check_fit};
use crate::audience::rows::{Row, Rows};
use crate::file;

/// A file that is to take the place of another one, which stays locked meanwhile.
#[derive(Debug)]
pub(crate) struct Replacement {
    /// The list's own file: its name may be a link to it.
    path: PathBuf,
    new: BufWriter<NamedTempFile>,
    old: File,
    /// A second way into the old one, to copy from.
    source: File,
}

/// A list that is written anew with more columns and rows.
#[derive(Debug)]
pub struct Extension {
    replacement: Replacement,
    sheet: Sheet,
}

impl Replacement {
    pub(crate) fn new(path: &Path, old: File) -> Result<Self, Error> {
        let path = path.canonicalize()?;
        let new = beside(&path)?;
        let source = reopen(&path)?;
        Ok(Self { path, new: BufWriter::with_capacity(1 << 16, new), old, source })
    }

    /// Copies the list, with more columns in its first row.
    pub(crate) fn begin(path: &Path, old: File, more: &[String]) -> Result<Extension, Error> {
        let mut replacement = Self::new(path, old)?;
        let length = replacement.old.metadata()?.len();
        let Some(Table { mut rows, sheet }) = Table::read(reopen(&replacement.path)?)? else {
            let sheet = Sheet::new(more);
            replacement.copy(0..length)?;
            replacement.new.write_all(&sheet.row(sheet.columns.names()))?;
            return Ok(Extension { replacement, sheet });
        };
        let extended = sheet.with(more);
        if !more.is_empty() {
            let columns = sheet.columns.names().len();
            check_fit(&mut rows, columns)?;
            replacement.copy(0..sheet.header.end)?;
            replacement.new.write_all(&[sheet.delimiter])?;
            replacement.new.write_all(&sheet.cells(more))?;
            replacement.copy(sheet.header.end..length)?;
        } else {
            replacement.copy(0..length)?;
        }
        let missing = sheet.line_end_missing(&mut replacement.source)?;
        replacement.new.write_all(&missing)?;
        Ok(Extension { replacement, sheet: extended })
    }

    /// Copies a part of the old file.
    pub(crate) fn copy(&mut self, part: Range<u64>) -> Result<(), Error> {
        self.source.seek(SeekFrom::Start(part.start))?;
        let length = part.end.saturating_sub(part.start);
        let copied = io::copy(&mut (&self.source).take(length), &mut self.new)?;
        // Who does not know of the lock may have cut it off.
        if copied == length { Ok(()) } else { Err(Error::Changed) }
    }

    /// Writes bytes in place of a part of the old file, behind what was copied until it.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        Ok(self.new.write_all(bytes)?)
    }

    /// Copies the rest of the old file, and takes its place.
    pub(crate) fn finish_from(mut self, copied: u64) -> Result<(), Error> {
        let length = self.old.metadata()?.len();
        self.copy(copied..length)?;
        self.finish()
    }

    /// What a part of the old file says, as far as it is text; cut off where it is long.
    fn text(&mut self, part: &Range<u64>) -> Result<String, Error> {
        const LENGTH_MAX: u64 = 1 << 20;
        self.source.seek(SeekFrom::Start(part.start))?;
        let mut bytes = Vec::new();
        let length = (part.end - part.start).min(LENGTH_MAX);
        (&self.source).take(length).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).to_lowercase())
    }

    /// Gives the new file the place of the old one; returns when that is on the disk.
    fn finish(self) -> Result<(), Error> {
        let new = self.new.into_inner().map_err(io::IntoInnerError::into_error)?;
        new.as_file().set_permissions(self.old.metadata()?.permissions())?;
        file::replace(new, &self.path)?;
        Ok(())
    }
}

impl Extension {
    /// The columns that a row has now.
    #[must_use]
    pub fn columns(&self) -> &Columns {
        &self.sheet.columns
    }

    /// Which of them holds the address.
    #[must_use]
    pub fn address_column(&self) -> usize {
        self.sheet.email
    }

    pub(crate) fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    /// Adds a row, which has a cell for every column.
    ///
    /// # Errors
    ///
    /// The disk fails.
    pub fn push(&mut self, cells: &[Cow<'_, str>]) -> Result<(), Error> {
        Ok(self.replacement.new.write_all(&self.sheet.row(cells))?)
    }

    pub(crate) fn finish(self) -> Result<(), Error> {
        self.replacement.finish()
    }
}

/// Writes a list anew without the rows of some readers; says how many rows those were.
pub(crate) fn without(path: &Path, old: File, readers: &[EmailAddress]) -> Result<usize, Error> {
    let keys: HashSet<String> = readers.iter().map(EmailAddress::key).collect();
    let Some(Table { rows, sheet }) = Table::read(reopen(path)?)? else { return Ok(0) };
    let meant = |row: Row<'_>| {
        address(row, sheet.email).is_some_and(|address| keys.contains(&address.key()))
    };
    Replacement::new(path, old)?.without(rows, &meant, &|text| names(text, &keys))
}

/// Writes a file of rejected rows anew without those that name somebody, in whatever cell; says how
/// many rows those were.
///
/// # Errors
///
/// The file cannot be locked, read or written. It is as it was then.
pub fn forget_rejected(path: &Path, reader: &EmailAddress) -> Result<usize, Error> {
    let old = lock(path)?;
    let keys = HashSet::from([reader.key(), reader.to_string().to_lowercase()]);
    let is_it = |cell: &str| {
        let parsed = unmarked(cell.trim()).parse::<EmailAddress>();
        parsed.is_ok_and(|address| keys.contains(&address.key()))
            || names(&cell.to_lowercase(), &keys)
    };
    let meant = |row: Row<'_>| row.cells().any(is_it);
    let rows = Rows::new(reopen(path)?)?;
    Replacement::new(path, old)?.without(rows, &meant, &|text| names(text, &keys))
}

/// Whether a text in lower case holds one of the addresses.
fn names(text: &str, keys: &HashSet<String>) -> bool {
    keys.iter().any(|key| text.contains(key.as_str()))
}

impl Replacement {
    /// Leaves out the rows that are meant; of those that cannot be cut into cells the text decides.
    fn without(
        mut self,
        mut rows: Rows<File>,
        meant: &dyn Fn(Row<'_>) -> bool,
        meant_by_text: &dyn Fn(&str) -> bool,
    ) -> Result<usize, Error> {
        let (mut copied, mut removed) = (0, 0);
        while let Some(row) = rows.next_row()? {
            let meant = row.ok().map(meant);
            let span = rows.span();
            let meant = match meant {
                Some(meant) => meant,
                None => meant_by_text(&self.text(&span)?),
            };
            if meant {
                self.copy(copied..span.start)?;
                copied = span.end;
                removed += 1;
            }
        }
        if removed > 0 {
            self.finish_from(copied)?;
        }
        Ok(removed)
    }
}
