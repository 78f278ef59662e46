//! The bytes of a list in, how its rows are made out.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::ops::Range;

use crate::address::EmailAddress;
use crate::audience::error::{BadRow, Error, Reason};
use crate::audience::recipient::Columns;
use crate::audience::rows::{Row, Rows};
use crate::audience::subscribers::{ADDRESS_COLUMNS, no_name_twice};

/// How the rows of a list are made.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    /// The names of its columns.
    pub(crate) columns: Columns,
    /// Which of them holds the address.
    pub(crate) email: usize,
    /// Which bytes of the file are the row that names the columns, without the end of its line.
    pub(crate) header: Range<u64>,
    pub(crate) delimiter: u8,
    pub(crate) line_end: &'static str,
}

impl Sheet {
    /// Looks at the first row of a list; `None` where there is not even that.
    pub(crate) fn read(file: File) -> Result<Option<Self>, Error> {
        Ok(Table::read(file)?.map(|table| table.sheet))
    }

    /// A list that is begun with these columns besides the address.
    pub(crate) fn new(columns: &[String]) -> Self {
        let names = [ADDRESS_COLUMNS[0]].into_iter().chain(columns.iter().map(String::as_str));
        let columns = Columns::new(names);
        Self { columns, email: 0, header: 0..0, delimiter: b',', line_end: "\n" }
    }

    /// The same with more columns.
    pub(crate) fn with(&self, more: &[String]) -> Self {
        let names = self.columns.names().iter().chain(more).map(String::as_str);
        Self { columns: Columns::new(names), ..self.clone() }
    }

    /// The bytes of a row, with the end of its line.
    pub(crate) fn row(&self, cells: &[impl AsRef<str>]) -> Vec<u8> {
        let mut bytes = self.cells(cells);
        bytes.extend(self.line_end.as_bytes());
        bytes
    }

    /// The bytes of cells, without the end of a line (RFC 4180 §2).
    pub(crate) fn cells(&self, cells: &[impl AsRef<str>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                bytes.push(self.delimiter);
            }
            let cell = cell.as_ref().as_bytes();
            let plain =
                |byte: &u8| *byte != self.delimiter && !matches!(byte, b'"' | b'\n' | b'\r');
            if cell.iter().all(plain) {
                bytes.extend(cell);
                continue;
            }
            bytes.push(b'"');
            for byte in cell {
                bytes.extend(std::iter::repeat_n(*byte, 1 + usize::from(*byte == b'"')));
            }
            bytes.push(b'"');
        }
        bytes
    }

    /// What has to come before another row: a file's last line may have no end.
    pub(crate) fn line_end_missing(&self, file: &mut File) -> Result<Vec<u8>, Error> {
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(1)))?;
        let mut last = Vec::new();
        file.read_to_end(&mut last)?;
        let ended = last.is_empty() || last == b"\n" || last == b"\r";
        Ok(if ended { Vec::new() } else { self.line_end.into() })
    }
}

/// A list whose columns are known, and whose rows are still to be read.
pub(crate) struct Table {
    pub(crate) rows: Rows<File>,
    pub(crate) sheet: Sheet,
}

impl Table {
    /// Reads the row that names the columns; `None` where there is none.
    pub(crate) fn read(file: File) -> Result<Option<Self>, Error> {
        let mut ends = file.try_clone()?;
        let mut rows = Rows::new(file)?;
        let Some(header) = rows.next_row()? else { return Ok(None) };
        let columns = Columns::new(header.map_err(Error::Header)?.cells());
        let names = columns.names();
        let Some(email) = ADDRESS_COLUMNS.into_iter().find_map(|name| columns.position(name))
        else {
            let columns = names.to_vec();
            return Err(Error::NoAddressColumn { wanted: ADDRESS_COLUMNS[0], columns });
        };
        no_name_twice(names)?;
        rows.set_columns(names.len());
        let (span, delimiter) = (rows.span(), rows.delimiter());
        let line_end = line_end(&mut ends, span.end)?;
        let header = span.start..span.end - line_end.len() as u64;
        let line_end = if line_end.is_empty() { "\n" } else { line_end };
        let sheet = Sheet { columns, email, header, delimiter, line_end };
        Ok(Some(Self { rows, sheet }))
    }
}

/// The end of the line that ends at a place of a file. The place where the file is read stays.
fn line_end(file: &mut File, at: u64) -> io::Result<&'static str> {
    let place = file.stream_position()?;
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(at.saturating_sub(2)))?;
    file.by_ref().take(at.min(2)).read_to_end(&mut bytes)?;
    file.seek(SeekFrom::Start(place))?;
    Ok(match bytes.as_slice() {
        b"\r\n" => "\r\n",
        [.., b'\n'] => "\n",
        [.., b'\r'] => "\r",
        _ => "",
    })
}

/// A look at every row of a list.
pub(crate) struct Survey;

impl Survey {
    /// Tells the key of everyone on the list; returns how its rows are made, `None` where there
    /// is not even a row that names its columns.
    pub(crate) fn of(
        file: File,
        see: &mut dyn FnMut(&str) -> io::Result<()>,
    ) -> Result<Option<Sheet>, Error> {
        let Some(Table { mut rows, sheet }) = Table::read(file)? else { return Ok(None) };
        while let Some(row) = rows.next_row()? {
            let address = row.ok().and_then(|row| address(row, sheet.email));
            if let Some(address) = address {
                see(&address.key())?;
            }
        }
        Ok(Some(sheet))
    }
}

/// The address of a row, whatever else is wrong with it: who may be meant is on the list.
pub(crate) fn address(row: Row<'_>, email: usize) -> Option<EmailAddress> {
    row.cell(email).and_then(|text| text.parse().ok())
}

/// Makes sure that no row would become a reader if there were more columns.
pub(crate) fn check_fit(rows: &mut Rows<File>, columns: usize) -> Result<(), Error> {
    while let Some(row) = rows.next_row()? {
        let row = row.map_err(Error::Row)?;
        let cells = row.width(columns);
        if cells > columns {
            let reason = Reason::TooManyCells { cells, columns };
            return Err(Error::Row(BadRow { line: row.line, reason }));
        }
    }
    Ok(())
}
