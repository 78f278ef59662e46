//! The columns of a file of suppressions in, the bytes of a new row out.

use std::io;

use crate::audience::recipient::Columns;
use crate::audience::subscribers::ADDRESS_COLUMNS;

/// The columns of a new file; of a file without a row that names them, as many as it may have had
/// when there were four.
pub(super) const COLUMNS: [&str; 5] = ["address", "reason", "source", "date", "issue"];

/// A row, one cell for each of [`COLUMNS`].
pub(super) type Cells = [String; 5];

/// How the rows of a file are made.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) columns: Columns,
    pub(super) delimiter: u8,
    /// Whether a row is in the file already; if not, one that names the columns has to be first.
    pub(super) begun: bool,
}

impl Layout {
    /// A file with nothing in it.
    pub(super) fn new(delimiter: u8) -> Self {
        Self { columns: Columns::new(COLUMNS), delimiter, begun: false }
    }

    /// Which column holds the addresses.
    pub(super) fn address(&self) -> Option<usize> {
        let known = [COLUMNS[0]].into_iter().chain(ADDRESS_COLUMNS);
        known.into_iter().find_map(|name| self.columns.position(name))
    }

    /// Which of a row's cells a column holds.
    fn holds(&self, column: &str) -> Option<usize> {
        let is_address = self.address() == self.columns.position(column);
        let wanted = if is_address { COLUMNS[0] } else { column };
        COLUMNS.iter().position(|known| *known == wanted)
    }

    /// The bytes that add rows to a file which ends with `tail`.
    pub(super) fn rows(&self, rows: &[Cells], tail: &[u8]) -> Result<Vec<u8>, io::Error> {
        let line_end = if tail == b"\r\n" { "\r\n" } else { "\n" };
        let mut bytes = Vec::new();
        if self.begun && !tail.ends_with(b"\n") && !tail.ends_with(b"\r") {
            bytes.extend(line_end.as_bytes());
        }
        let crlf = line_end.len() == 2;
        let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new()
            .delimiter(self.delimiter)
            .terminator(terminator)
            .from_writer(&mut bytes);
        if !self.begun {
            writer.write_record(self.columns.names())?;
        }
        let columns: Vec<_> = self.columns.names().iter().map(|name| self.holds(name)).collect();
        for cells in rows {
            writer.write_record(columns.iter().map(|at| at.map_or("", |at| &cells[at])))?;
        }
        writer.flush()?;
        drop(writer);
        Ok(bytes)
    }
}
