//! A mailbox in one file in, its messages out, each cut where it becomes long.

use std::io::{self, BufRead};
use std::mem;

use crate::leaving::{LINE_MAX, Lines};

/// How many bytes of a message are looked at.
pub const MAIL_MAX: usize = 1024 * 1024;

/// The messages of an mbox (RFC 4155), which a file of one message is, too.
#[derive(Debug)]
pub struct Messages<R> {
    lines: Lines<R>,
    message: Vec<u8>,
    ended: bool,
}

impl<R: BufRead> Messages<R> {
    /// The messages of a stream.
    pub fn new(input: R) -> Self {
        Self { lines: Lines::cut_at(input, LINE_MAX), message: Vec::new(), ended: false }
    }

    /// The next message; `None` at the end. A line that begins with `From ` begins another one.
    ///
    /// # Errors
    ///
    /// The stream cannot be read on.
    pub fn next_message(&mut self) -> io::Result<Option<Vec<u8>>> {
        while !self.ended {
            let line = self.lines.next_line()?;
            self.ended = line.is_none();
            let line = line.unwrap_or_default();
            if line.starts_with(b"From ") && !self.message.is_empty() {
                return Ok(Some(mem::take(&mut self.message)));
            }
            let fits = self.message.len() + line.len() < MAIL_MAX;
            if !self.ended && fits && !line.starts_with(b"From ") {
                self.message.extend_from_slice(line);
                self.message.push(b'\n');
            }
        }
        let last = mem::take(&mut self.message);
        Ok((!last.is_empty()).then_some(last))
    }
}
