//! The finished message, cut into static bytes and holes, in; one reader's message out.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt::Write as _;

use crate::audience::Recipient;
use crate::compile::encode;
use crate::field::{Field, Piece, Template};
use crate::key::Key;

/// A message that is complete but for what each reader's row and address bring.
///
/// Its lines never begin with a dot, whatever the reader's values: it needs no dot-stuffing
/// (RFC 5321 §4.5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    pub(super) bytes: Vec<u8>,
    pub(super) slots: Vec<Cut>,
}

/// A hole and the place in the static bytes where it is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Cut {
    /// How many static bytes come before it.
    pub at: usize,
    /// What fills it.
    pub slot: Slot,
}

/// What is put into a hole, and how it is written there.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Slot {
    /// The reader's name and address, as the value of `To`.
    To(Template),
    /// A header whose value holds fields: its name and its text.
    Header(String, Template),
    /// The part of the Message-ID before the `@`, made from the issue's name and the address.
    MessageId(String),
    /// The token of the unsubscribe link, in a header.
    HeaderToken,
    /// The token of the unsubscribe link, in a body.
    Token,
    /// The reader's value of a field, in a body.
    Field(Field, Escape),
}

/// How a value is escaped before it is encoded for the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Escape {
    /// Not at all: plain text.
    None,
    /// As text or a quoted attribute of HTML.
    Html,
    /// Percent-encoded, as a part of a URL.
    Url,
}

/// Who a message is for.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'r> {
    /// The address and the row.
    pub recipient: &'r Recipient,
    /// What seals tokens and Message-IDs.
    pub key: &'r Key,
}

/// A field that has neither a value in the reader's row nor a default.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` has no value for {address}, and no default")]
pub struct Gap {
    /// The field's name.
    pub field: String,
    /// Whose row it is.
    pub address: String,
    /// The line of the list.
    pub line: u64,
}

impl Reader<'_> {
    /// The token of the reader's unsubscribe link.
    #[must_use]
    pub fn token(&self) -> String {
        self.key.seal(&self.recipient.address.key())
    }

    /// The value of a field, made fit for a line.
    ///
    /// # Errors
    /// The field has neither a value nor a default.
    pub fn fill<'f>(&'f self, field: &'f Field) -> Result<Cow<'f, str>, Gap> {
        field.fill(self.recipient.value(&field.name)).ok_or_else(|| self.gap(field))
    }

    /// The reader's name; a reader without one, or without a part of it, still has an address.
    fn name(&self, template: &Template) -> String {
        let pieces = template.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => Cow::Borrowed(text.as_str()),
            Piece::Field(field) => self.fill(field).unwrap_or_default(),
        });
        pieces.collect()
    }

    /// The text of a template, made fit for a line.
    ///
    /// # Errors
    /// One of its fields has neither a value nor a default.
    pub fn fill_all(&self, template: &Template) -> Result<String, Gap> {
        template.fill(|column| self.recipient.value(column)).map_err(|field| self.gap(field))
    }

    fn gap(&self, field: &Field) -> Gap {
        let Recipient { address, line, .. } = self.recipient;
        Gap { field: field.name.clone(), address: address.to_string(), line: *line }
    }
}

impl Program {
    /// Puts a program together again from what was stored of it.
    #[must_use]
    pub fn from_parts(bytes: Vec<u8>, slots: Vec<Cut>) -> Self {
        Self { bytes, slots }
    }

    /// The static bytes and the holes in them, to be stored.
    #[must_use]
    pub fn parts(&self) -> (&[u8], &[Cut]) {
        (&self.bytes, &self.slots)
    }

    /// Writes one reader's whole message to the end of `message`.
    ///
    /// # Errors
    /// A field has neither a value nor a default; what `message` then holds is of no use.
    pub fn assemble(&self, reader: Reader<'_>, message: &mut Vec<u8>) -> Result<(), Gap> {
        let mut filling = Filling::default();
        self.fill(reader, &mut filling)?;
        message.reserve(self.size(&filling));
        self.slices(&filling).for_each(|slice| message.extend_from_slice(slice));
        Ok(())
    }

    /// Writes what fills the holes for one reader, in place of what `filling` held.
    ///
    /// # Errors
    /// A field has neither a value nor a default; what `filling` then holds is of no use.
    pub fn fill(&self, reader: Reader<'_>, filling: &mut Filling) -> Result<(), Gap> {
        filling.values.clear();
        filling.ends.clear();
        let made = Made::default();
        for cut in &self.slots {
            cut.slot.write(reader, &made, &mut filling.values)?;
            filling.ends.push(filling.values.len());
        }
        Ok(())
    }

    /// One reader's message in slices, none of which is copied: static bytes and values in turn,
    /// static bytes first and last.
    pub fn slices<'p>(&'p self, filling: &'p Filling) -> impl Iterator<Item = &'p [u8]> {
        let starts = std::iter::once(0).chain(self.slots.iter().map(|cut| cut.at));
        let ends = self.slots.iter().map(|cut| cut.at).chain([self.bytes.len()]);
        let mut values = filling.values();
        let values = std::iter::from_fn(move || Some(values.next().unwrap_or_default()));
        starts
            .zip(ends)
            .zip(values)
            .flat_map(|((start, end), value)| [&self.bytes[start..end], value])
    }

    /// How many bytes one reader's message has.
    #[must_use]
    pub fn size(&self, filling: &Filling) -> usize {
        self.bytes.len() + filling.values.len()
    }
}

/// What fills the holes of a program for one reader. It can be used for one reader after the other,
/// and allocates no more when it is large enough.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filling {
    values: Vec<u8>,
    /// Where each value ends.
    ends: Vec<usize>,
}

impl Filling {
    /// The values, in the order of the holes.
    pub fn values(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.values[start..*end])
    }
}

/// What was made for a reader already, and is not made again for the next hole.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// What makes two addresses the same reader.
    key: OnceCell<String>,
    token: OnceCell<String>,
    /// The token as it stands in a body.
    body_token: OnceCell<Vec<u8>>,
}

impl Slot {
    /// Writes the reader's value, with what was `made` for the same reader before.
    pub(super) fn write(
        &self,
        reader: Reader<'_>,
        made: &Made,
        message: &mut Vec<u8>,
    ) -> Result<(), Gap> {
        let address = &reader.recipient.address;
        let key = || made.key.get_or_init(|| address.key());
        let token = || made.token.get_or_init(|| reader.key.seal(key()));
        match self {
            Self::To(name) => {
                let name = reader.name(name);
                message.extend_from_slice(encode::mailbox("To", name.trim(), address).as_bytes());
            }
            Self::Header(header, text) => {
                let text = reader.fill_all(text)?;
                message.extend_from_slice(encode::unstructured(header, text.trim()).as_bytes());
            }
            Self::MessageId(issue) => {
                let id = reader.key.message_id(issue, key());
                message.extend_from_slice(id.as_bytes());
            }
            Self::HeaderToken => {
                message.extend_from_slice(token().as_bytes());
            }
            Self::Token => {
                let token = made.body_token.get_or_init(|| {
                    let mut encoded = Vec::new();
                    body_value(token(), &mut encoded);
                    encoded
                });
                message.extend_from_slice(token);
            }
            Self::Field(field, escape) => {
                let value = reader.fill(field)?;
                body_value(&escape.apply(&value), message);
            }
        }
        Ok(())
    }
}

/// Encodes a value that fills a hole: it begins in the first column, and a soft line break ends it,
/// so that its length moves nothing of what stands around it.
fn body_value(value: &str, message: &mut Vec<u8>) {
    let mut encoder = encode::QuotedPrintable::default();
    encoder.text(value, message);
    encoder.boundary(message);
}

impl Escape {
    /// The value as it has to stand in the body.
    #[must_use]
    pub fn apply(self, value: &str) -> String {
        match self {
            Self::None => value.to_owned(),
            Self::Html => {
                let mut escaped = String::new();
                maud::Escaper::new(&mut escaped)
                    .write_str(value)
                    .expect("writing to a string cannot fail");
                escaped
            }
            Self::Url => encode::percent(value),
        }
    }
}
