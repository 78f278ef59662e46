//! A stream in front of a terminal: passes text on with everything that moves the cursor made visible.

use std::io::{self, Write};

use crate::diagnostic::visible;

/// A terminal's stream, which gets no control characters but line feeds and tabs.
#[derive(Debug)]
pub(super) struct SafeOutput<W> {
    inner: W,
    /// The beginning of a character, or a carriage return, whose rest comes with the next bytes.
    pending: Vec<u8>,
}

impl<W: Write> SafeOutput<W> {
    pub(super) fn new(inner: W) -> Self {
        Self { inner, pending: Vec::new() }
    }
}

impl<W: Write> Write for SafeOutput<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.pending) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.pending.len() - usize::from(self.pending.ends_with(b"\r")),
        };
        let rest = self.pending.split_off(whole);
        let text = std::mem::replace(&mut self.pending, rest);
        // Bytes that are no text could be control characters of an older terminal.
        self.inner.write_all(visible(&String::from_utf8_lossy(&text)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let rest = std::mem::take(&mut self.pending);
        self.inner.write_all(visible(&String::from_utf8_lossy(&rest)).as_bytes())?;
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use crate::cli::safe_output::SafeOutput;

    #[test]
    fn text_that_comes_byte_by_byte_is_made_safe_too() {
        let mut stream = SafeOutput::new(Vec::new());
        for byte in "é\r\nx\u{9b}2J\u{1b}[1m\u{202e}\r".bytes() {
            stream.write_all(&[byte]).unwrap();
        }
        stream.write_all(&[0x9b, b'J']).unwrap();
        stream.flush().unwrap();
        let said = String::from_utf8_lossy(&stream.inner);
        assert_eq!(said, "é\r\nx\\u009b2J\\u001b[1m\\u202e\\u000d\u{fffd}J");
    }
}
