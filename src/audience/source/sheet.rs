//! Writes the cells of a spreadsheet as CSV into a temporary file.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::sync::Arc;

use crate::audience::source::Mentions;

/// How many rows a sheet can have in any program.
pub(super) const ROWS_MAX: u32 = 1 << 20;
/// How many columns a sheet can have: a list has some dozens.
const COLUMNS_MAX: u32 = 1000;
/// How long the CSV of a sheet can be, in bytes.
const LENGTH_MAX: u64 = 1 << 30;

/// A sheet that is written as CSV with commas: row 7 of the sheet is the seventh row.
pub(super) struct SheetWriter {
    file: BufWriter<File>,
    mentions: Mentions,
    /// Place of the next cell, counted from 0.
    row: u32,
    column: u32,
    length: u64,
    blank: bool,
}

/// A sheet as CSV.
#[derive(Debug)]
pub(super) struct SheetText {
    pub(super) file: Arc<File>,
    pub(super) mentions: bool,
    pub(super) blank: bool,
}

impl SheetWriter {
    pub(super) fn new() -> io::Result<Self> {
        let file = BufWriter::new(tempfile::tempfile()?);
        let mentions = Mentions::default();
        Ok(Self { file, mentions, row: 0, column: 0, length: 0, blank: true })
    }

    /// Writes a cell. Cells come row by row, from left to right; an empty one need not come.
    pub(super) fn cell(&mut self, row: u32, column: u32, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        if row >= ROWS_MAX {
            return Err(wrong("it has more rows than a sheet can have"));
        }
        if column >= COLUMNS_MAX {
            return Err(wrong("it has more than 1,000 columns"));
        }
        if row < self.row || (row == self.row && column < self.column) {
            return Err(wrong("its cells are not in order"));
        }
        for _ in self.row..row {
            self.write(b"\n")?;
            self.column = 0;
        }
        self.row = row;
        for _ in self.column..column {
            self.write(b",")?;
        }
        self.column = column;
        self.blank &= text.trim().is_empty();
        let plain =
            |byte: &u8| byte.is_ascii_alphanumeric() || b" @.-_".contains(byte) || *byte > 127;
        if text.as_bytes().iter().all(plain) {
            self.write(text.as_bytes())?;
        } else {
            let quoted = format!("\"{}\"", text.replace('"', "\"\""));
            self.write(quoted.as_bytes())?;
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.length += bytes.len() as u64;
        if self.length > LENGTH_MAX {
            return Err(wrong("it is longer than 1 GiB"));
        }
        self.mentions.see(bytes);
        self.file.write_all(bytes)
    }

    pub(super) fn finish(mut self) -> io::Result<SheetText> {
        self.write(b"\n")?;
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(SheetText { file: Arc::new(file), mentions: self.mentions.found(), blank: self.blank })
    }
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the sheet cannot be read: {what}"))
}
