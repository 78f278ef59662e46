//! A program in, whether the message that it gives each reader is well-formed out.

use crate::address::EmailAddress;
use crate::audience::Recipient;
use crate::compile::{Cut, Filling, Gap, Program, Reader, Slot};
use crate::key::Key;

/// The longest line that RFC 5322 §2.1.1 allows, its line break not counted.
const LINE_MAX: usize = 998;

/// What is known of a program's static bytes, so that only readers' values are looked at again.
///
/// What the key makes of an address (tokens and Message-IDs) differs from reader to reader in its
/// letters and its length, and never in its alphabet. So that of the longest address stands for all
/// of them, and counts as static here.
#[derive(Debug)]
pub(super) struct Form {
    /// The message with holes only where a row has something to say.
    rows: Program,
    stretches: Vec<Stretch>,
    filling: Filling,
}

/// The static bytes between two holes.
#[derive(Debug, Clone, Copy, Default)]
struct Stretch {
    /// Whether they begin with a dot, which must not be the first of a line.
    dot: bool,
    /// How many bytes come before their first line break; all of them, where there is none.
    head: usize,
    /// How many bytes come after their last line break, if there is one.
    tail: Option<usize>,
}

impl Form {
    /// Looks at the static bytes.
    ///
    /// # Errors
    /// What is wrong with them, whatever readers' values are.
    pub(super) fn of(program: &Program, key: &Key) -> Result<Self, &'static str> {
        let (bytes, cuts) = program.parts();
        let order = cuts.iter().map(|cut| cut.at).chain([bytes.len()]);
        if !order.is_sorted() {
            return Err("a hole that is not in it");
        }
        if bytes.first() == Some(&b'.') {
            return Err(DOT);
        }
        let rows = rows_only(program, key);
        let (bytes, cuts) = rows.parts();
        let ends = cuts.iter().map(|cut| cut.at).chain([bytes.len()]);
        let mut start = 0;
        let mut stretches = Vec::new();
        if !bytes.ends_with(b"\r\n") {
            return Err(BREAK);
        }
        for end in ends {
            let stretch = &bytes[start..end];
            // Whether it begins a line, and must not begin with a dot, is known to `fits`.
            let mut line = Line { inside: true, ..Line::default() };
            line.read(stretch)?;
            let breaks = line.first.is_some();
            stretches.push(Stretch {
                dot: stretch.first() == Some(&b'.'),
                head: line.first.unwrap_or(stretch.len()),
                tail: breaks.then_some(line.column),
            });
            start = end;
        }
        Ok(Self { rows, stretches, filling: Filling::default() })
    }

    /// Fills the holes for a reader, and looks at the values and at the lines that they make with
    /// what stands around them; the inner error is what is wrong with the message.
    ///
    /// # Errors
    /// The row lacks something.
    pub(super) fn fits(&mut self, reader: Reader<'_>) -> Result<Result<(), &'static str>, Gap> {
        self.rows.fill(reader, &mut self.filling)?;
        Ok(self.look())
    }

    fn look(&self) -> Result<(), &'static str> {
        let mut line = Line::default();
        let mut values = self.filling.values();
        for stretch in &self.stretches {
            if stretch.dot && line.column == 0 {
                return Err(DOT);
            }
            line.column += stretch.head;
            if let Some(tail) = stretch.tail {
                line.end()?;
                line.column = tail;
            }
            line.read(values.next().unwrap_or_default())?;
        }
        match line.column {
            0 => Ok(()),
            _ => Err(BREAK),
        }
    }
}

/// The program with what the key makes for the longest address in the place of such holes.
fn rows_only(program: &Program, key: &Key) -> Program {
    let recipient =
        Recipient { address: longest(), line: 0, columns: Default::default(), values: Vec::new() };
    let reader = Reader { recipient: &recipient, key };
    let (bytes, cuts) = program.parts();
    let (mut all, mut left) = (Vec::with_capacity(bytes.len()), Vec::new());
    let mut start = 0;
    for Cut { at, slot } in cuts {
        all.extend_from_slice(&bytes[start..*at]);
        start = *at;
        match slot {
            Slot::MessageId(_) | Slot::HeaderToken | Slot::Token => {
                let alone =
                    Program::from_parts(Vec::new(), vec![Cut { at: 0, slot: slot.clone() }]);
                alone.assemble(reader, &mut all).expect("it asks for no field");
            }
            Slot::To(_) | Slot::Header(..) | Slot::Field(..) => {
                left.push(Cut { at: all.len(), slot: slot.clone() });
            }
        }
    }
    all.extend_from_slice(&bytes[start..]);
    Program::from_parts(all, left)
}

/// An address as long as they can be: 254 octets (RFC 5321 §4.5.3.1.3, without its brackets).
fn longest() -> EmailAddress {
    let label = "d".repeat(63);
    let address = format!("{}@{label}.{label}.{}.example", "l".repeat(64), "d".repeat(53));
    address.parse().expect("it is an address")
}

const BREAK: &str = "a line that does not end with a carriage return and a line feed";
const DOT: &str = "a line that begins with a dot";
const LONG: &str = "a line of more than 998 bytes";
const BYTE: &str = "a byte that is not printable ASCII";

/// A line as far as it is read.
#[derive(Default)]
struct Line {
    /// How many bytes it has.
    column: usize,
    /// Whether something may come before them.
    inside: bool,
    /// How many bytes came before the first line break.
    first: Option<usize>,
}

impl Line {
    /// Goes on with bytes that hold line breaks whole or not at all.
    fn read(&mut self, bytes: &[u8]) -> Result<(), &'static str> {
        let mut rest = bytes;
        loop {
            let end = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let line = &rest[..end.unwrap_or(rest.len())];
            if self.column == 0 && !self.inside && line.first() == Some(&b'.') {
                return Err(DOT);
            }
            let printable = |byte: &u8| (b' '..=b'~').contains(byte) || *byte == b'\t';
            if !line.iter().all(printable) {
                return Err(BYTE);
            }
            self.column += line.len();
            let Some(end) = end else { return Ok(()) };
            rest = rest[end..].strip_prefix(b"\r\n").ok_or(BREAK)?;
            self.end()?;
            self.first.get_or_insert(end);
            (self.column, self.inside) = (0, false);
        }
    }

    fn end(&self) -> Result<(), &'static str> {
        if self.column > LINE_MAX { Err(LONG) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use crate::audience::Recipient;
    use crate::compile::{Cut, Escape, Program, Reader, Slot};
    use crate::delivery::form::{BREAK, Form, longest};
    use crate::field::{Field, Span};
    use crate::key::Key;

    fn field() -> Slot {
        let name = "name".to_owned();
        Slot::Field(Field { name, default: None, span: Span::default() }, Escape::None)
    }

    /// What is wrong with a message that has the reader's name at `{}`, and a token at `<>`.
    fn wrong(text: &str, name: &str) -> Option<&'static str> {
        let (mut bytes, mut cuts, mut rest) = (Vec::new(), Vec::new(), text);
        while let Some(at) = rest.find(['{', '<']) {
            bytes.extend_from_slice(&rest.as_bytes()[..at]);
            let slot = if rest[at..].starts_with('{') { field() } else { Slot::HeaderToken };
            cuts.push(Cut { at: bytes.len(), slot });
            rest = &rest[at + 2..];
        }
        bytes.extend_from_slice(rest.as_bytes());
        let program = Program::from_parts(bytes, cuts);
        let key = Key::new(&[7; 32]);
        let recipient = Recipient {
            address: "ann@example.org".parse().unwrap(),
            line: 2,
            columns: std::sync::Arc::new(crate::audience::Columns::new(["name"])),
            values: vec![name.to_owned()],
        };
        let reader = Reader { recipient: &recipient, key: &key };
        match Form::of(&program, &key) {
            Ok(mut form) => form.fits(reader).unwrap().err(),
            Err(reason) => Some(reason),
        }
    }

    #[test]
    fn the_longest_address_is_one() {
        assert_eq!(longest().to_string().len(), 254);
    }

    #[test]
    fn a_message_is_looked_at_where_values_meet_what_is_static() {
        assert_eq!(wrong("To: {}\r\n\r\nHello\r\n", "Ann"), None);
        assert_eq!(wrong("{}\r\n{}\r\n", "Ann"), None);
        let dot = Some("a line that begins with a dot");
        assert_eq!(wrong(".x {}\r\n", "Ann"), dot);
        assert_eq!(wrong("x {}\r\n.\r\n", "Ann"), dot);
        assert_eq!(wrong("{}.\r\n", "Ann"), dot, "a value ends with a soft line break");
        let long = Some("a line of more than 998 bytes");
        assert_eq!(wrong(&format!("{}\r\n", "x".repeat(998)), ""), None);
        assert_eq!(wrong(&format!("{}\r\n", "x".repeat(999)), ""), long);
        assert_eq!(wrong(&format!("{}<>\r\n", "x".repeat(998 - 376)), ""), None);
        assert_eq!(wrong(&format!("{}<>{}\r\n", "x".repeat(900), "x".repeat(60)), ""), long);
        assert_eq!(wrong("{} x", "Ann"), Some(BREAK), "the last line has no end");
        assert_eq!(wrong("x\n", ""), Some(BREAK));
        assert_eq!(wrong("\u{e9} {}\r\n", "Ann"), Some("a byte that is not printable ASCII"));
    }
}
