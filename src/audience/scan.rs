//! The bytes of one row of a CSV file in, its cells as far as they are read out.

use crate::audience::error::Reason;

/// The longest cell that is read, in bytes.
pub(crate) const CELL_MAX: usize = 32 * 1024;

/// Where in a cell the reader stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Begin,
    Plain,
    Quoted,
    Closed,
}

/// A row as far as it is read.
pub(crate) struct Scan {
    pub(crate) state: State,
    /// How many of the row's bytes are behind the reader.
    pub(crate) at: usize,
    /// The cells that are kept, one behind the other, and the one that is read.
    pub(crate) text: Vec<u8>,
    /// Where each cell that is kept ends.
    pub(crate) ends: Vec<usize>,
    /// Where the cell that is read begins.
    pub(crate) begin: usize,
    pub(crate) count: usize,
    /// Whether a cell that is not kept says something.
    pub(crate) text_beyond: bool,
    /// How many lines end inside the row's quotes.
    pub(crate) breaks: u64,
    /// Where the row's second line begins, if it has one.
    pub(crate) second: Option<usize>,
}

impl Scan {
    pub(crate) fn new() -> Self {
        Self {
            state: State::Begin,
            at: 0,
            text: Vec::new(),
            ends: Vec::new(),
            begin: 0,
            count: 0,
            text_beyond: false,
            breaks: 0,
            second: None,
        }
    }

    pub(crate) fn clear(&mut self) {
        let Self { text, ends, .. } = std::mem::replace(self, Self::new());
        (self.text, self.ends) = (text, ends);
        self.text.clear();
        self.ends.clear();
    }

    pub(crate) fn end_cell(&mut self, columns: usize) {
        if self.count <= columns {
            self.ends.push(self.text.len());
        } else {
            self.text_beyond |= !self.text[self.begin..].trim_ascii().is_empty();
            self.text.truncate(self.begin);
        }
        self.begin = self.text.len();
        self.count += 1;
        self.state = State::Begin;
    }

    /// Says that this row is the last, or that it never ends.
    pub(crate) fn end_file(&mut self, columns: usize) -> Result<bool, Reason> {
        if self.state == State::Quoted {
            return Err(Reason::QuoteNotClosed { cell: self.count + 1 });
        }
        self.end_cell(columns);
        Ok(true)
    }

    pub(crate) fn end_line(&mut self, ends: bool) {
        if ends {
            self.breaks += 1;
            self.second.get_or_insert(self.at);
        }
    }

    /// A long cell of several lines is more likely a quote that somebody forgot to close.
    pub(crate) fn too_long(&self) -> Reason {
        let cell = self.count + 1;
        if self.second.is_some() && self.state == State::Quoted {
            Reason::QuoteNotClosed { cell }
        } else {
            Reason::CellTooLong { cell }
        }
    }
}
