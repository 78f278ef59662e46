//! An mbox (RFC 4155) in, its messages out, one after the other and each cut where it becomes long.

use std::io::{self, BufRead, Read};

/// What begins a message.
const FROM: &[u8] = b"From ";

/// How much of a line is looked at at once.
const PIECE_MAX: u64 = 64 * 1024;

/// An mbox that is being read. A file with one message alone is read as one, too.
#[derive(Debug)]
pub(super) struct Mbox<R> {
    input: R,
    /// How many bytes of a message are kept.
    size_max: usize,
    /// Whether the line that begins the next message was read.
    begun: bool,
}

impl<R: BufRead> Mbox<R> {
    /// Whether a file begins as an mbox does.
    pub(super) fn is_one(beginning: &[u8]) -> bool {
        beginning.starts_with(FROM)
    }

    pub(super) fn new(input: R, size_max: usize) -> Self {
        Self { input, size_max, begun: false }
    }

    /// The next message.
    pub(super) fn next_message(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut message = Vec::new();
        // The first line of the file begins a message, and after it each such line behind a blank one.
        let (mut line_starts, mut blank) = (true, !self.begun);
        loop {
            let piece = self.piece()?;
            let begins = line_starts && blank && piece.starts_with(FROM);
            self.begun |= begins;
            if (begins || piece.is_empty()) && !message.is_empty() {
                return Ok(Some(message));
            }
            if piece.is_empty() {
                return Ok(None);
            }
            if !begins {
                append(&piece, line_starts, self.size_max, &mut message);
            }
            blank = line_starts && matches!(piece.as_slice(), b"\n" | b"\r\n");
            line_starts = piece.ends_with(b"\n");
        }
    }

    /// The next line, or a piece of one that is too long.
    fn piece(&mut self) -> io::Result<Vec<u8>> {
        let mut piece = Vec::new();
        self.input.by_ref().take(PIECE_MAX).read_until(b'\n', &mut piece)?;
        Ok(piece)
    }
}

/// Adds a line without the mark that keeps it from beginning a message.
fn append(piece: &[u8], line_starts: bool, size_max: usize, message: &mut Vec<u8>) {
    let room = size_max.saturating_sub(message.len());
    let unmarked = piece.iter().position(|byte| *byte != b'>').unwrap_or_default();
    let marked = line_starts && unmarked > 0 && piece[unmarked..].starts_with(FROM);
    let piece = if marked { &piece[1..] } else { piece };
    message.extend_from_slice(&piece[..piece.len().min(room)]);
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use crate::cli::mbox::Mbox;

    fn messages(text: &str) -> Vec<String> {
        // A small buffer: lines come in pieces.
        let mut mbox = Mbox::new(BufReader::with_capacity(7, text.as_bytes()), 10_000_000);
        let mut messages = Vec::new();
        while let Some(message) = mbox.next_message().unwrap() {
            messages.push(String::from_utf8(message).unwrap());
        }
        messages
    }

    #[test]
    fn messages_begin_behind_a_blank_line() {
        let text = "From a Thu\nSubject: 1\n\nx\nFrom here\n>From there\n>>From x\n>Fro\n\n\
                    From b Thu\r\nSubject: 2\r\n\r\nx\r\n\r\nFrom c\nSubject: 3\n\nno end";
        let expected = [
            "Subject: 1\n\nx\nFrom here\nFrom there\n>From x\n>Fro\n\n",
            "Subject: 2\r\n\r\nx\r\n\r\n",
            "Subject: 3\n\nno end",
        ];
        assert_eq!(messages(text), expected);
        assert_eq!(messages(""), [""; 0]);
        assert_eq!(messages("From a\n"), [""; 0]);
        assert_eq!(messages("Subject: alone\n\nx\n"), ["Subject: alone\n\nx\n"]);
    }

    #[test]
    fn of_a_message_without_an_end_only_the_beginning_is_kept() {
        let long = format!("From a\n{}\n\nFrom b\nSubject: 2\n", "x".repeat(10_100_000));
        let lengths: Vec<usize> = messages(&long).iter().map(String::len).collect();
        assert_eq!(lengths, [10_000_000, 11]);
    }
}
