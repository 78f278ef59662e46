//! The fields of an issue in, a character that stands for each out.

use crate::field::{Field, Piece, Template};

/// Stands for the fields of an issue, one private-use character for each, until readers' values are
/// known. The reader of strings keeps such characters out of what authors write.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    fields: Vec<Field>,
}

/// What a character of marked text stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark<'m> {
    /// A field inside text.
    Text(&'m Field),
    /// A field inside a URL.
    Url(&'m Field),
    /// The token of the unsubscribe link.
    Token,
}

/// The first mark for a field inside text.
const TEXT_MARKS: u32 = 0xf_1000;
/// The first mark for a field inside a URL.
const URL_MARKS: u32 = 0xf_8000;

impl Marks {
    /// The mark of the unsubscribe link's token.
    pub const TOKEN: char = '\u{f0fff}';

    /// Takes in a field; the same field has one mark, wherever it stands.
    pub fn insert(&mut self, field: &Field) {
        if !self.fields.contains(field) {
            self.fields.push(field.clone());
        }
    }

    /// A template with marks for its fields.
    #[must_use]
    pub fn text(&self, template: &Template) -> String {
        self.write(template, TEXT_MARKS)
    }

    /// A URL with marks for its fields.
    #[must_use]
    pub fn url(&self, template: &Template) -> String {
        self.write(template, URL_MARKS)
    }

    /// The mark of one field inside text.
    #[must_use]
    pub fn field(&self, field: &Field) -> char {
        self.mark(field, TEXT_MARKS)
    }

    /// The mark of one field inside a URL.
    #[must_use]
    pub fn url_field(&self, field: &Field) -> char {
        self.mark(field, URL_MARKS)
    }

    /// What a character stands for; `None` where it is the author's own.
    #[must_use]
    pub fn meaning(&self, character: char) -> Option<Mark<'_>> {
        if character == Self::TOKEN {
            return Some(Mark::Token);
        }
        let number = u32::from(character);
        let at = |first: u32| {
            let offset = usize::try_from(number.checked_sub(first)?).ok()?;
            self.fields.get(offset)
        };
        at(URL_MARKS).map(Mark::Url).or_else(|| at(TEXT_MARKS).map(Mark::Text))
    }

    fn write(&self, template: &Template, first: u32) -> String {
        let mut text = String::new();
        for piece in &template.pieces {
            match piece {
                Piece::Text(literal) => text.push_str(literal),
                Piece::Field(field) => text.push(self.mark(field, first)),
            }
        }
        text
    }

    /// Fields that were never taken in, or are too many to have a mark, are shown as written: no
    /// issue that parses has more than its length allows, far below the 28,000 marks there are.
    fn mark(&self, field: &Field, first: u32) -> char {
        let position = self.fields.iter().position(|known| known == field);
        let number = position.and_then(|position| u32::try_from(position).ok());
        number.and_then(|number| char::from_u32(first + number)).unwrap_or('\u{fffd}')
    }
}
