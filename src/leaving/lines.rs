//! A stream of bytes in, its lines out: long ones cut, and none of them kept.

use std::io::{self, BufRead};

/// How many bytes of a line are looked at; what is behind them is passed over.
pub const LINE_MAX: usize = 64 * 1024;

/// The lines of a stream, in memory that does not grow with it.
#[derive(Debug)]
pub struct Lines<R> {
    input: R,
    line: Vec<u8>,
    /// How many there were.
    number: u64,
}

impl<R: BufRead> Lines<R> {
    /// The lines of a log.
    pub fn new(input: R) -> Self {
        Self { input, line: Vec::new(), number: 0 }
    }

    /// The number of the line that was read last, counted from 1.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The next line without its line feed; `None` at the end.
    ///
    /// # Errors
    ///
    /// The stream cannot be read on.
    pub fn next_line(&mut self) -> io::Result<Option<&[u8]>> {
        self.line.clear();
        let mut begun = false;
        loop {
            let bytes = match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                filled => filled?,
            };
            if bytes.is_empty() {
                break;
            }
            begun = true;
            let end = memchr::memchr(b'\n', bytes);
            let piece = &bytes[..end.unwrap_or(bytes.len())];
            let room = LINE_MAX - self.line.len();
            self.line.extend_from_slice(&piece[..piece.len().min(room)]);
            let used = piece.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                break;
            }
        }
        self.number += u64::from(begun);
        Ok(begun.then_some(self.line.as_slice()))
    }
}
