//! An mbox in, its messages out, one after the other; the file stays as it is.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use crate::cli::bounces::source::{Letter, SIZE_MAX, Spot};

/// What begins a message.
const FROM: &[u8] = b"From ";

/// How much of a line is looked at at once.
const PIECE_MAX: usize = 64 * 1024;

/// An mbox that is being read.
#[derive(Debug)]
pub(super) struct Mbox<R> {
    name: String,
    input: R,
    /// Which message is next, counted from 1.
    number: usize,
    /// Whether a line that begins a message was read.
    begun: bool,
}

impl Mbox<BufReader<File>> {
    /// Opens a file. Whoever locks it in the same way (`flock`) does not write meanwhile; half a
    /// message does no harm either: it is another one when it is whole.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        match file.lock_shared() {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
            locked => locked?,
        }
        Ok(Self::new(path.display().to_string(), BufReader::new(file)))
    }
}

impl<R: BufRead> Mbox<R> {
    /// Whether a file begins as an mbox does.
    pub(super) fn is_one(beginning: &[u8]) -> bool {
        beginning.starts_with(FROM)
    }

    pub(super) fn new(name: String, input: R) -> Self {
        Self { name, input, number: 1, begun: false }
    }

    /// The next message, up to its first ten megabytes.
    pub(super) fn next(&mut self) -> io::Result<Option<Letter>> {
        let mut message = Vec::new();
        // The first line of the file begins a message, and after it each such line behind a blank one.
        let (mut line_starts, mut blank) = (true, true);
        loop {
            let piece = self.piece()?;
            let begins = line_starts && blank && piece.starts_with(FROM);
            let ends = begins || piece.is_empty();
            if ends && !message.is_empty() {
                return Ok(Some(self.letter(message)));
            }
            if piece.is_empty() {
                return Ok(None);
            }
            if begins {
                self.begun = true;
            } else if self.begun {
                append(&piece, line_starts, &mut message);
            }
            blank = line_starts && matches!(piece.as_slice(), b"\n" | b"\r\n");
            line_starts = piece.ends_with(b"\n");
        }
    }

    fn letter(&mut self, message: Vec<u8>) -> Letter {
        let name = format!("{}, message {}", self.name, self.number);
        self.number += 1;
        Letter::new(&name, message, Spot::Nowhere)
    }

    /// The next line, or a piece of one that is too long.
    fn piece(&mut self) -> io::Result<Vec<u8>> {
        let mut piece = Vec::new();
        let limit = u64::try_from(PIECE_MAX).unwrap_or(u64::MAX);
        io::Read::take(&mut self.input, limit).read_until(b'\n', &mut piece)?;
        Ok(piece)
    }
}

/// Adds a line without the mark that keeps it from beginning a message.
fn append(piece: &[u8], line_starts: bool, message: &mut Vec<u8>) {
    let room = usize::try_from(SIZE_MAX).unwrap_or(usize::MAX).saturating_sub(message.len());
    let unmarked = piece.iter().position(|byte| *byte != b'>').unwrap_or_default();
    let marked = line_starts && unmarked > 0 && piece[unmarked..].starts_with(FROM);
    let piece = if marked { &piece[1..] } else { piece };
    message.extend_from_slice(&piece[..piece.len().min(room)]);
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use crate::cli::bounces::mbox::Mbox;

    fn messages(text: &str) -> Vec<String> {
        // A small buffer: lines come in pieces.
        let mut mbox = Mbox::new("m".to_owned(), BufReader::with_capacity(7, text.as_bytes()));
        let mut messages = Vec::new();
        while let Some(letter) = mbox.next().unwrap() {
            messages.push(String::from_utf8(letter.bytes).unwrap());
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
    }

    #[test]
    fn of_a_message_without_an_end_only_the_beginning_is_kept() {
        let long = format!("From a\n{}\n\nFrom b\nSubject: 2\n", "x".repeat(10_100_000));
        let lengths: Vec<usize> = messages(&long).iter().map(String::len).collect();
        assert_eq!(lengths, [10_000_000, 11]);
    }
}
