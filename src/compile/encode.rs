//! Text in, the bytes that stand for it in a header or a body out.

use std::fmt::Write as _;

use email_encoding::headers::writer::EmailWriter;
use email_encoding::headers::{rfc2047, rfc2231};

use crate::address::EmailAddress;

/// The longest word of a header that is written as it is: longer ones do not fit into a line.
const WORD_MAX: usize = 60;

/// The longest line of quoted-printable text, its line break not counted (RFC 2045 §6.7).
const LINE_MAX: usize = 76;

/// A header line of free text, folded, with encoded words where it is not ASCII (RFC 2047).
#[must_use]
pub fn unstructured(name: &str, text: &str) -> String {
    header(name, |writer| {
        let words = is_plain(text) && text.split(' ').all(|word| word.len() <= WORD_MAX);
        if words { writer.folding().write_str(text) } else { rfc2047::encode(text, writer) }
    })
}

/// A header line with a phrase: a name that people read.
#[must_use]
pub fn phrase(name: &str, text: &str) -> String {
    header(name, |writer| write_phrase(writer, text))
}

/// A quoted string, folded between its words (RFC 5322 §3.2.4); encoded words where the text is not
/// ASCII, or has a word that is longer than a line.
fn write_phrase(writer: &mut EmailWriter<'_>, text: &str) -> std::fmt::Result {
    if !is_plain(text) || text.split(' ').any(|word| word.len() > WORD_MAX) {
        return rfc2047::encode(text, writer);
    }
    writer.write_char('"')?;
    writer.folding().write_str(&text.replace('\\', "\\\\").replace('"', "\\\""))?;
    writer.write_char('"')
}

/// A header line with one mailbox: a name, which may be empty, and an address.
#[must_use]
pub fn mailbox(header_name: &str, name: &str, address: &EmailAddress) -> String {
    header(header_name, |writer| {
        if name.is_empty() {
            return write!(writer, "{}", ascii_mailbox(address));
        }
        write_phrase(writer, name)?;
        writer.space();
        write!(writer.folding(), "<{}>", ascii_mailbox(address))
    })
}

/// A header line of a value and one parameter that may be anything: `attachment; filename="…"`
/// (RFC 2231 where it is long or not ASCII).
#[must_use]
pub fn parameter(header_name: &str, value: &str, name: &str, text: &str) -> String {
    header(header_name, |writer| {
        write!(writer, "{value};")?;
        writer.space();
        rfc2231::encode(name, text, writer)
    })
}

/// Whether a text can stand in a header as it is: printable ASCII that is no encoded word.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && !text.contains("=?")
}

/// The address as headers can hold it: a part before the `@` that is not ASCII would make the whole
/// message need SMTPUTF8, so its characters are percent-encoded. The envelope says where mail goes.
fn ascii_mailbox(address: &EmailAddress) -> String {
    if address.needs_smtputf8() {
        format!("{}@{}", percent(address.local()), address.domain())
    } else {
        address.to_string()
    }
}

/// Writes `Name: value` with a line break at its end; `write` adds the value.
fn header(name: &str, write: impl FnOnce(&mut EmailWriter<'_>) -> std::fmt::Result) -> String {
    let mut line = format!("{name}: ");
    let length = line.len();
    let mut writer = EmailWriter::new(&mut line, length, 0, false);
    write(&mut writer).expect("writing to a string cannot fail");
    drop(writer);
    line.push_str("\r\n");
    line
}

/// Percent-encodes the parts of a path.
#[must_use]
pub fn path(path: &str) -> String {
    let parts: Vec<_> = path.split('/').map(percent).collect();
    parts.join("/")
}

/// Percent-encodes everything that is not unreserved in a URL (RFC 3986 §2.3).
#[must_use]
pub fn percent(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.extend(hex(byte).map(char::from));
        }
    }
    encoded
}

fn hex(byte: u8) -> [u8; 2] {
    let digits = b"0123456789ABCDEF";
    [digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]]
}

/// Base64 in lines of 76 characters, with a line break at the end (RFC 2045 §6.8).
pub fn base64_lines(bytes: &[u8], out: &mut Vec<u8>) {
    use base64::Engine as _;
    for chunk in bytes.chunks(LINE_MAX / 4 * 3) {
        out.extend_from_slice(base64::engine::general_purpose::STANDARD.encode(chunk).as_bytes());
        out.extend_from_slice(b"\r\n");
    }
}

/// Writes quoted-printable text (RFC 2045 §6.7) piece by piece.
///
/// No line begins with a dot, which SMTP would double (RFC 5321 §4.5.2), nor with `From `, which
/// mailbox files escape.
#[derive(Debug, Default)]
pub struct QuotedPrintable {
    column: usize,
}

impl QuotedPrintable {
    /// Writes text; line feeds become line breaks.
    pub fn text(&mut self, text: &str, out: &mut Vec<u8>) {
        let mut rest = text.as_bytes();
        while let Some((byte, behind)) = rest.split_first() {
            let plain = self.plain(rest);
            if plain > 0 {
                out.extend_from_slice(&rest[..plain]);
                self.column += plain;
                rest = &rest[plain..];
                continue;
            }
            match byte {
                b'\n' => {
                    out.extend_from_slice(b"\r\n");
                    self.column = 0;
                }
                b'\r' if behind.first() == Some(&b'\n') => {}
                _ => self.byte(*byte, behind, out),
            }
            rest = behind;
        }
    }

    /// How many bytes fit into the line as they are, whatever comes behind them.
    fn plain(&self, bytes: &[u8]) -> usize {
        if self.column == 0 && matches!(bytes, [b'.' | b'F', ..]) {
            return 0;
        }
        let room = (LINE_MAX - 1).saturating_sub(self.column);
        let plain = bytes.iter().take(room);
        plain.take_while(|byte| matches!(byte, b'!'..=b'<' | b'>'..=b'~')).count()
    }

    /// Ends the line without ending the text's line: what follows starts in the first column, so
    /// that nothing before it has a say in how it is written.
    pub fn boundary(&mut self, out: &mut Vec<u8>) {
        if self.column > 0 {
            out.extend_from_slice(b"=\r\n");
            self.column = 0;
        }
    }

    fn byte(&mut self, byte: u8, rest: &[u8], out: &mut Vec<u8>) {
        let line_ends = matches!(rest, [b'\n', ..] | [b'\r', b'\n', ..]);
        // The last column is for the `=` of a soft break, unless the text's own line ends here.
        let room = if line_ends { LINE_MAX } else { LINE_MAX - 1 };
        if self.column + self.width(byte, rest, line_ends) > room {
            self.boundary(out);
        }
        let width = self.width(byte, rest, line_ends);
        if width == 1 {
            out.push(byte);
        } else {
            out.push(b'=');
            out.extend_from_slice(&hex(byte));
        }
        self.column += width;
    }

    /// How many columns a byte takes where it stands: one as it is, three encoded.
    fn width(&self, byte: u8, rest: &[u8], line_ends: bool) -> usize {
        let literal = match byte {
            b' ' | b'\t' => !line_ends,
            b'.' => self.column > 0,
            b'F' => self.column > 0 || !rest.starts_with(b"rom "),
            b'=' => false,
            other => (b'!'..=b'~').contains(&other),
        };
        if literal { 1 } else { 3 }
    }
}
