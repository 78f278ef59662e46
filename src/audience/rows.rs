//! The bytes of a CSV file in, its rows with the line on which each begins out.
//!
//! The `csv` crate reads on past a quote that is left open, to the end of the file if need be, and
//! miscounts the lines of files with CRLF. A list of readers must lose nobody to one missing quote:
//! this reader gives up the row and goes on with the next line.

use std::io::Read;
use std::ops::Range;

use crate::audience::error::{BadRow, Error, Reason};
use crate::audience::scan::{CELL_MAX, Scan, State};

/// How much is read at once, in bytes.
const CHUNK: u64 = 64 * 1024;
/// Within how many bytes the first line is looked for, to tell the delimiter.
const SNIFF_MAX: usize = 64 * 1024;
/// How long the line that names the delimiter can be, in bytes: a spreadsheet may have padded it.
const NAMED_MAX: usize = 256;

/// A row that could be cut into cells.
#[derive(Clone, Copy)]
pub(crate) struct Row<'r> {
    /// The line where it begins, counted from 1.
    pub(crate) line: u64,
    /// How many cells there are in the file.
    pub(crate) count: usize,
    /// The line of an earlier row that left a quote open, where there is one.
    pub(crate) quote: Option<u64>,
    /// Whether a cell that is not kept says something.
    beyond: bool,
    text: &'r str,
    ends: &'r [usize],
}

impl<'r> Row<'r> {
    /// Its cells, without quotes; at most one more than there are columns.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &'r str> {
        let (text, ends) = (self.text, self.ends);
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts.zip(ends).map(move |(start, end)| &text[start..*end])
    }

    /// How many cells it has for a table of so many columns: a spreadsheet pads its rows, and empty
    /// cells beyond the columns are no cells.
    pub(crate) fn width(&self, columns: usize) -> usize {
        let padded = || self.cells().skip(columns).all(|cell| cell.trim().is_empty());
        if self.count > columns && !self.beyond && padded() { columns } else { self.count }
    }

    /// One of its cells.
    pub(crate) fn cell(&self, at: usize) -> Option<&'r str> {
        let start =
            at.checked_sub(1).map_or(0, |before| self.ends.get(before).copied().unwrap_or(0));
        self.ends.get(at).map(|end| &self.text[start..*end])
    }
}

/// A CSV file, read from its beginning to its end, one row after another.
pub(crate) struct Rows<R> {
    reader: R,
    buffer: Vec<u8>,
    /// Where the next row begins in the buffer.
    start: usize,
    /// How many bytes of the file are no longer in the buffer.
    gone: u64,
    /// Where in the file the row that was read last begins.
    began: u64,
    /// The line where the next row begins.
    line: u64,
    columns: usize,
    delimiter: u8,
    /// Whether a row counts as one line, however many lines its cells have.
    numbered: bool,
    quote: Option<u64>,
    /// The line of the last row that could not be cut into cells, as long as a cell at most.
    lost: Vec<u8>,
    /// The row that is read; what it holds is used again for the next one.
    scan: Scan,
}

impl<R: Read> Rows<R> {
    /// Skips the byte order mark and looks at the first line for the delimiter.
    pub(crate) fn new(reader: R) -> Result<Self, Error> {
        let mut rows = Self::begin(reader);
        rows.fill()?;
        if rows.buffer.starts_with("\u{feff}".as_bytes()) {
            rows.start = 3;
        }
        rows.delimiter = match rows.named_delimiter()? {
            Some(delimiter) => delimiter,
            None => rows.sniff()?,
        };
        Ok(rows)
    }

    /// Takes the rows of a spreadsheet as CSV with commas. Each row counts as one line.
    pub(crate) fn of_sheet(reader: R) -> Result<Self, Error> {
        let mut rows = Self::begin(reader);
        rows.numbered = true;
        rows.fill()?;
        Ok(rows)
    }

    fn begin(reader: R) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            start: 0,
            gone: 0,
            began: 0,
            line: 1,
            columns: usize::MAX - 1,
            delimiter: b',',
            numbered: false,
            quote: None,
            lost: Vec::new(),
            scan: Scan::new(),
        }
    }

    /// What stands between two cells.
    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// From now on, cells beyond this many and one more are counted and not kept.
    pub(crate) fn set_columns(&mut self, columns: usize) {
        self.columns = columns;
    }

    /// What stands in the line of the last row that could not be cut into cells; cut off where it is
    /// longer than a cell can be.
    pub(crate) fn lost(&self) -> String {
        String::from_utf8_lossy(&self.lost).trim_end_matches(['\r', '\n']).to_owned()
    }

    /// What the rows are read from.
    pub(crate) fn reader(&self) -> &R {
        &self.reader
    }

    /// Which bytes of the file are the row that was read last, good or bad, with the end of its line.
    pub(crate) fn span(&self) -> Range<u64> {
        self.began..self.gone + self.start as u64
    }

    /// The next row that is not blank.
    pub(crate) fn next_row(&mut self) -> Result<Option<Result<Row<'_>, BadRow>>, Error> {
        let line = match self.advance()? {
            None => return Ok(None),
            Some(Err(bad)) => return Ok(Some(Err(bad))),
            Some(Ok(line)) => line,
        };
        let (quote, Scan { text, ends, count, .. }) = (self.quote, &self.scan);
        let beyond = self.scan.text_beyond;
        // Looked at once for all cells, and found to be good.
        let text = std::str::from_utf8(text).map_err(|_| Error::NotUtf8 { line })?;
        Ok(Some(Ok(Row { line, count: *count, quote, beyond, text, ends })))
    }

    /// Reads the next row that is not blank; returns its line.
    fn advance(&mut self) -> Result<Option<Result<u64, BadRow>>, Error> {
        loop {
            let line = self.line;
            self.began = self.gone + self.start as u64;
            self.scan.clear();
            let ended = match self.scan()? {
                Ok(ended) => ended,
                Err(reason) => {
                    self.recover()?;
                    return Ok(Some(Err(BadRow { line, reason })));
                }
            };
            let blank = self.is_blank()?;
            self.start += self.scan.at;
            self.line += if self.numbered { 1 } else { self.scan.breaks + 1 };
            if !blank {
                return Ok(Some(Ok(line)));
            }
            if ended {
                return Ok(None);
            }
        }
    }

    /// Whether the row says nothing.
    fn is_blank(&self) -> Result<bool, Error> {
        let Scan { text, ends, .. } = &self.scan;
        // A cell that ends inside a character and one that goes on with it are both no text.
        let text = std::str::from_utf8(text)
            .ok()
            .filter(|text| text.is_ascii() || ends.iter().all(|end| text.is_char_boundary(*end)));
        let Some(text) = text else {
            let row = &self.buffer[self.start..self.start + self.scan.at];
            let valid = std::str::from_utf8(row).map_or_else(|e| e.valid_up_to(), str::len);
            return Err(Error::NotUtf8 { line: self.line + line_breaks(&row[..valid]) });
        };
        Ok(!self.scan.text_beyond && text.trim().is_empty())
    }

    /// Reads to the end of the row; says whether that is the end of the file.
    fn scan(&mut self) -> Result<Result<bool, Reason>, Error> {
        loop {
            self.stretch();
            if self.scan.text.len() - self.scan.begin > CELL_MAX {
                return Ok(Err(self.scan.too_long()));
            }
            let Some(byte) = self.byte(self.scan.at)? else {
                return Ok(self.scan.end_file(self.columns));
            };
            self.scan.at += 1;
            match (self.scan.state, byte) {
                (State::Quoted, b'"') if self.byte(self.scan.at)? == Some(b'"') => {
                    self.scan.at += 1;
                    self.scan.text.push(b'"');
                }
                (State::Quoted, b'"') => self.scan.state = State::Closed,
                (State::Quoted, byte) => {
                    self.scan.text.push(byte);
                    let crlf = byte == b'\r' && self.byte(self.scan.at)? == Some(b'\n');
                    self.scan.end_line(matches!(byte, b'\n' | b'\r') && !crlf);
                }
                (_, b'\n' | b'\r') => {
                    let crlf = byte == b'\r' && self.byte(self.scan.at)? == Some(b'\n');
                    self.scan.at += usize::from(crlf);
                    self.scan.end_cell(self.columns);
                    return Ok(Ok(false));
                }
                (_, byte) if byte == self.delimiter => self.scan.end_cell(self.columns),
                // `a, "b"`, as people write it: the space before the quote is not the cell's.
                (State::Begin, b'"') => {
                    self.scan.text.truncate(self.scan.begin);
                    self.scan.state = State::Quoted;
                }
                (State::Begin, b' ') | (State::Plain, _) => self.scan.text.push(byte),
                (State::Begin, _) => {
                    self.scan.text.push(byte);
                    self.scan.state = State::Plain;
                }
                (State::Closed, b' ' | b'\t') => {}
                (State::Closed, _) => {
                    return Ok(Err(Reason::TextAfterQuote { cell: self.scan.count + 1 }));
                }
            }
            if self.scan.text.len() - self.scan.begin > CELL_MAX {
                return Ok(Err(self.scan.too_long()));
            }
        }
    }

    /// Takes the bytes at hand that mean nothing but themselves, all at once.
    fn stretch(&mut self) {
        let Self { buffer, start, scan, delimiter, .. } = self;
        let room = (CELL_MAX + 1).saturating_sub(scan.text.len() - scan.begin);
        let rest = buffer.get(*start + scan.at..).unwrap_or_default();
        let rest = &rest[..rest.len().min(room)];
        let ends = |byte: &u8| match scan.state {
            State::Plain => *byte == *delimiter || matches!(byte, b'\n' | b'\r'),
            State::Quoted => matches!(byte, b'"' | b'\n' | b'\r'),
            State::Begin | State::Closed => true,
        };
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        scan.text.extend_from_slice(&rest[..length]);
        scan.at += length;
    }

    /// After a row that cannot be read, goes on with the line after the one where it begins.
    ///
    /// That line may be one of a long cell, not a row. So from here on a row has to have a cell for
    /// every column: a list of addresses that somebody pasted into a note is not written to.
    fn recover(&mut self) -> Result<(), Error> {
        let line = self.line;
        self.line += 1;
        self.lost.clear();
        let seen = self.start + self.scan.second.unwrap_or(self.scan.at).min(CELL_MAX);
        self.lost.extend_from_slice(&self.buffer[self.start..seen]);
        if let Some(second) = self.scan.second {
            self.start += second;
            self.quote = Some(line);
            return Ok(());
        }
        // What cannot be used is not kept: each byte is let go as soon as it is seen.
        let mut open = self.scan.state == State::Quoted;
        self.start += self.scan.at;
        while let Some(byte) = self.byte(0)? {
            self.start += 1;
            if self.lost.len() < CELL_MAX {
                self.lost.push(byte);
            }
            match byte {
                b'"' => open = !open,
                b'\r' if self.byte(0)? == Some(b'\n') => {}
                b'\r' | b'\n' => {
                    self.quote = open.then_some(line).or(self.quote);
                    return Ok(());
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Skips the line with which Excel names the delimiter, and returns that: `sep=;`.
    fn named_delimiter(&mut self) -> Result<Option<u8>, Error> {
        let mut line = Vec::new();
        let mut at = 0;
        while let Some(byte) = self.byte(at)?.filter(|_| at < NAMED_MAX) {
            at += 1;
            if byte == b'\n' || byte == b'\r' {
                let crlf = byte == b'\r' && self.byte(at)? == Some(b'\n');
                at += usize::from(crlf);
                break;
            }
            line.push(byte);
        }
        let delimiter = match line.trim_ascii_end() {
            // `trim_ascii_end` takes a tab away.
            [b's' | b'S', b'e' | b'E', b'p' | b'P', b'='] if line.get(4) == Some(&b'\t') => b'\t',
            // Some programs quote the line, as if it were a cell.
            [b'"', b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter, b'"'] => *delimiter,
            [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter, rest @ ..]
                if rest.iter().all(|byte| b",;\t".contains(byte)) =>
            {
                *delimiter
            }
            _ => return Ok(None),
        };
        if !delimiter.is_ascii_punctuation() && delimiter != b'\t' || b"\"'@".contains(&delimiter) {
            return Ok(None);
        }
        self.start += at;
        self.line += 1;
        Ok(Some(delimiter))
    }

    /// The delimiter that the first line has most of outside quotes.
    fn sniff(&mut self) -> Result<u8, Error> {
        let mut found = [(b',', 0_usize), (b';', 0), (b'\t', 0), (b'|', 0)];
        let (mut quoted, mut blank) = (false, true);
        for at in 0..SNIFF_MAX {
            let Some(byte) = self.byte(at)? else { break };
            match byte {
                b'\n' | b'\r' if !quoted && !blank => break,
                b'"' => quoted = !quoted,
                _ => {}
            }
            blank = blank && byte.is_ascii_whitespace();
            let count = found.iter_mut().find(|(delimiter, _)| !quoted && *delimiter == byte);
            if let Some((_, count)) = count {
                *count += 1;
            }
        }
        // `max_by_key` takes the last of equals, and the comma is to win.
        Ok(found.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(byte, _)| byte))
    }

    /// A byte of what is not consumed yet; `None` at the end of the file.
    fn byte(&mut self, at: usize) -> Result<Option<u8>, Error> {
        if self.start + at >= self.buffer.len() {
            self.fill()?;
        }
        Ok(self.buffer.get(self.start + at).copied())
    }

    fn fill(&mut self) -> Result<(), Error> {
        self.buffer.drain(..self.start);
        self.gone += self.start as u64;
        self.start = 0;
        self.reader.by_ref().take(CHUNK).read_to_end(&mut self.buffer)?;
        Ok(())
    }
}

/// How many lines end in some bytes: with LF, CRLF, or CR alone.
fn line_breaks(bytes: &[u8]) -> u64 {
    let mut breaks = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let crlf = *byte == b'\r' && bytes.get(at + 1) == Some(&b'\n');
        breaks += u64::from(matches!(byte, b'\n' | b'\r') && !crlf);
    }
    breaks
}
