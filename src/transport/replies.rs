//! Bytes from a server in, whatever they are; its replies, one after the other, out.
//!
//! The words of a reply are for people (RFC 5321 §4.2): they are cut at a length, and what is not
//! printable becomes `?`. A line may end without a carriage return and a code without a space
//! behind it. What is no reply at all is an error, and what a server says without end is cut.

use crate::transport::reply::Reply;

/// How much of a line is kept (RFC 5321 §4.5.3.1.5 allows 512).
const LINE_MAX: usize = 900;

/// How many lines of a reply are kept.
const LINES_MAX: usize = 100;

/// How many lines a reply may have: more are no reply, and no reason to go on listening.
const LINES_END: usize = 10_000;

/// What was heard and not yet taken.
#[derive(Debug, Default)]
pub(super) struct Replies {
    /// The bytes of the line that has not ended, as far as they are kept.
    line: Vec<u8>,
    /// What the lines of the reply said that has not ended, as far as they are kept.
    lines: Vec<String>,
    /// How many lines it has, and the code of the first.
    count: usize,
    code: u16,
    /// Whole replies.
    whole: std::collections::VecDeque<Result<Lines, NotSmtp>>,
}

/// The lines of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lines {
    pub(super) code: u16,
    /// What each line says behind the code; the first hundred.
    pub(super) texts: Vec<String>,
}

/// A line that is no part of a reply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a reply")]
pub(super) struct NotSmtp(String);

impl Replies {
    /// Takes in bytes as they came; returns whether a line has ended.
    pub(super) fn take_in(&mut self, mut bytes: &[u8]) -> bool {
        let mut ended = false;
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            self.add(&bytes[..end]);
            self.end_line();
            bytes = &bytes[end + 1..];
            ended = true;
        }
        self.add(bytes);
        ended
    }

    /// The next reply, if all of it has come.
    pub(super) fn next(&mut self) -> Option<Result<Lines, NotSmtp>> {
        self.whole.pop_front()
    }

    /// Whether nothing was heard that was not taken.
    pub(super) fn is_silent(&self) -> bool {
        self.line.is_empty() && self.lines.is_empty() && self.whole.is_empty()
    }

    fn add(&mut self, bytes: &[u8]) {
        let room = (LINE_MAX + 1).saturating_sub(self.line.len());
        self.line.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn end_line(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        line.truncate(LINE_MAX);
        let digits = line.get(..3).filter(|code| code.iter().all(u8::is_ascii_digit));
        let number = |digits: &[u8]| {
            digits.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'))
        };
        let code = digits.map(number);
        let behind = line.get(3).copied().unwrap_or(b' ');
        self.count += 1;
        if self.count == 1 {
            self.code = code.unwrap_or_default();
        }
        // Every line of a reply has the same code (RFC 5321 §4.2.1).
        let good = code == Some(self.code) && self.count <= LINES_END;
        if !good || !matches!(behind, b' ' | b'-' | b'\t') {
            self.lines.clear();
            self.count = 0;
            self.whole.push_back(Err(NotSmtp(printable(&line))));
            return;
        }
        let continues = behind == b'-';
        if self.lines.len() < LINES_MAX {
            self.lines.push(printable(line.get(4..).unwrap_or_default()));
        }
        if !continues {
            let texts = std::mem::take(&mut self.lines);
            self.count = 0;
            self.whole.push_back(Ok(Lines { code: self.code, texts }));
        }
    }
}

impl From<Lines> for Reply {
    fn from(Lines { code, texts }: Lines) -> Self {
        Self::of_lines(code, texts.iter().map(String::as_str))
    }
}

/// What is kept of bytes.
pub(super) fn printable(bytes: &[u8]) -> String {
    let clean = |byte: &u8| match byte {
        b'\t' => ' ',
        b' '..=b'~' => char::from(*byte),
        _ => '?',
    };
    bytes.iter().map(clean).collect()
}

#[cfg(test)]
mod tests {
    use crate::transport::replies::Replies;
    use crate::transport::reply::Reply;

    /// What is heard, one reply a line; the bytes come in pieces of a length.
    fn heard(bytes: &[u8], piece: usize) -> Vec<String> {
        let mut replies = Replies::default();
        for bytes in bytes.chunks(piece) {
            replies.take_in(bytes);
        }
        let next = || replies.next().map(|reply| reply.map(Reply::from));
        let told = |reply: Result<Reply, _>| {
            reply.map_or_else(|error| format!("{error}"), |reply| reply.to_string())
        };
        std::iter::from_fn(next).map(told).collect()
    }

    #[test]
    fn replies_are_read_however_they_come_and_whatever_is_in_them() {
        let long = [b"250 ".as_slice(), &[b'x'; 9000], b"\r\n"].concat();
        for piece in [1, 2, 3, 7, 10_000] {
            assert_eq!(
                heard(b"354\r\n250-a\n250 b\n220 x\r\n", piece),
                ["354", "250 a b", "220 x"]
            );
            assert_eq!(
                heard("550 5.1.1 f\u{fc}r\tdich\u{1b}[2J\r\n".as_bytes(), piece),
                ["550 5.1.1 f??r dich?[2J"]
            );
            assert_eq!(heard(b"571 no\r\n250 a\rb\r\r\n", piece), ["571 no", "250 a?b?"]);
            assert_eq!(
                heard(b"hello\r\n250 ok\r\n25\r\n", piece),
                ["`hello` is not a reply", "250 ok", "`25` is not a reply"]
            );
            assert_eq!(heard(&long, piece)[0].len(), 900);
            assert_eq!(heard(b"250-5.1.1 a\r\n250 5.1.1 b\r\n", piece), ["250 5.1.1 a b"]);
            assert_eq!(heard(b"250 ok", piece), [""; 0]);
            assert_eq!(
                heard(b"220-a\r\n250 b\r\n221 c\r\n", piece),
                ["`250 b` is not a reply", "221 c"]
            );
        }
        let mut replies = Replies::default();
        replies.take_in(&b"250-and\r\n".repeat(10_000));
        assert!(replies.lines.len() == 100 && replies.whole.is_empty());
        replies.take_in(b"250-and\r\n");
        assert!(replies.lines.is_empty() && matches!(replies.next(), Some(Err(_))));
    }

    proptest::proptest! {
        #[test]
        fn whatever_comes_is_the_same_in_pieces_and_printable(
            bytes in proptest::collection::vec(proptest::prop_oneof![
                proptest::sample::select(b"0123456789 -\r\n".to_vec()), 0_u8..=255,
            ], 0..400),
            piece in 1_usize..50,
        ) {
            let whole = heard(&bytes, 1000);
            proptest::prop_assert!(whole.iter().all(|r| r.bytes().all(|b| (b' '..=b'~').contains(&b))));
            proptest::prop_assert_eq!(whole, heard(&bytes, piece));
        }
    }
}
