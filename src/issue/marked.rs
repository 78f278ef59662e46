//! A text with fields in, the same with one character for each field out: what parsers of other
//! languages leave alone.

use std::ops::Range;

use crate::document::{Report, Text};
use crate::field::{self, Field, Piece, Template};

/// Stands for the first field while Markdown or HTML is parsed, the next character for the second, and so
/// on: of a private-use plane, which the reader of strings keeps out of the author's text.
const FIRST_MARK: u32 = 0xf_0000;

/// The text with each field replaced by one character.
pub(super) struct Marked<'t> {
    source: &'t Text,
    pub(super) text: String,
    fields: Vec<Field>,
    /// Pairs of offsets, in the marked and in the decoded text; between two both count alike.
    anchors: Vec<(usize, usize)>,
}

impl<'t> Marked<'t> {
    pub(super) fn new(source: &'t Text, report: &Report) -> Self {
        let mut marked =
            Self { source, text: String::new(), fields: Vec::new(), anchors: vec![(0, 0)] };
        for (piece, range) in field::split(source, report) {
            match piece {
                Piece::Text(text) => marked.text.push_str(&text),
                Piece::Field(field) => marked.mark(field, range.end),
            }
        }
        marked
    }

    /// Puts a mark for a field whose place ends at `end` in the decoded text.
    fn mark(&mut self, field: Field, end: usize) {
        let number = u32::try_from(self.fields.len()).unwrap_or(u32::MAX);
        // Plane 15 has marks for 65,000 fields; prose with more of them is not prose.
        let Some(mark) = char::from_u32(FIRST_MARK.saturating_add(number)) else { return };
        self.text.push(mark);
        self.fields.push(field);
        self.anchors.push((self.text.len(), end));
    }

    /// Where a part of the marked text stands in the file.
    pub(super) fn locate(&self, range: Range<usize>) -> Range<usize> {
        let place = |offset: usize| {
            let after = self.anchors.partition_point(|(marked, _)| *marked <= offset);
            let (marked, decoded) = self.anchors[after.saturating_sub(1)];
            decoded + (offset - marked)
        };
        self.source.locate(place(range.start)..place(range.end))
    }

    /// Text with marks as literal pieces and fields.
    pub(super) fn template(&self, text: &str) -> Template {
        let field = |character: char| {
            let number = u32::from(character).checked_sub(FIRST_MARK)?;
            self.fields.get(usize::try_from(number).ok()?)
        };
        let mut pieces = Vec::new();
        for character in text.chars() {
            match (field(character), pieces.last_mut()) {
                (Some(field), _) => pieces.push(Piece::Field(field.clone())),
                (None, Some(Piece::Text(literal))) => literal.push(character),
                (None, _) => pieces.push(Piece::Text(character.to_string())),
            }
        }
        Template { pieces, ..Template::default() }
    }
}
