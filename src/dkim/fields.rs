//! The header of a message in, the fields that a signature covers out.

use crate::dkim::relaxed;

/// What a signature covers, each once more often than the message has it, so that nobody can add
/// another (RFC 6376 §8.15): what readers see, what mail programs act on, what filters go by.
///
/// RFC 6376 §5.4.1 has most of them; RFC 8058 §4 wants the two of one-click unsubscribing.
pub const SIGNED: [&str; 16] = [
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Archive",
    "List-Post",
    "Precedence",
    "Feedback-ID",
    "MIME-Version",
    "Content-Type",
];

/// Of these, what a mail service may add to a message that has none: unsigned it counts for nothing
/// (<https://support.google.com/mail/answer/6254652>), so nobody gains by adding one.
pub(super) const ADDED_BY_OTHERS: &str = "Feedback-ID";

/// The signed fields of a message, in relaxed form.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// One after the other as they are signed, each with a line break at its end.
    pub(super) signed: Vec<u8>,
    /// How often the message has each of [`SIGNED`].
    pub(super) counts: [usize; SIGNED.len()],
}

impl Fields {
    /// Reads the header of a message, which ends at the first empty line, and says where the body
    /// begins behind that; at the end, where there is no empty line.
    pub(super) fn read(message: &[u8]) -> (Self, usize) {
        let mut found = Vec::with_capacity(SIGNED.len());
        let mut rest = message;
        while !rest.is_empty() {
            if let Some(body) = rest.strip_prefix(b"\r\n") {
                rest = body;
                break;
            }
            let (field, after) = rest.split_at(end_of_field(rest));
            rest = after;
            found.extend(signed(field).map(|name| (name, field)));
        }
        let body = message.len() - rest.len();
        let mut fields = Self { signed: Vec::with_capacity(body), counts: [0; SIGNED.len()] };
        for name in 0..SIGNED.len() {
            // Of several of a name, the lowest is the first to be signed (RFC 6376 §5.4.2).
            for (_, field) in found.iter().rev().filter(|(known, _)| *known == name) {
                fields.counts[name] += 1;
                relaxed::field(field, &mut fields.signed);
                fields.signed.extend_from_slice(b"\r\n");
            }
        }
        (fields, body)
    }
}

/// How long the first field is, with the lines that go on with it and the last line break.
fn end_of_field(header: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = header[at..].iter().position(|byte| *byte == b'\n') {
        at += found + 1;
        let goes_on = matches!(header.get(at), Some(b' ' | b'\t'));
        if header[..at].ends_with(b"\r\n") && !goes_on {
            return at;
        }
    }
    header.len()
}

/// Which of [`SIGNED`] a field is.
fn signed(field: &[u8]) -> Option<usize> {
    let colon = field.iter().position(|byte| *byte == b':')?;
    let name = relaxed::without_space(&field[..colon]);
    SIGNED.iter().position(|known| known.as_bytes().eq_ignore_ascii_case(name))
}
