//! What prose is once its Markdown is read: blocks, lines and the fields in them.

use crate::field::{Field, Span};
use crate::issue::Link;

/// Text in paragraphs, lists and the like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prose {
    /// What it is made of, in order.
    pub blocks: Vec<Block>,
    /// Where it stands in its file.
    pub span: Span,
}

/// A piece of prose that stands on lines of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A heading inside a story.
    Subhead(Vec<Inline>),
    /// A list.
    List(ListBlock),
    /// Rows and columns.
    Table(TableBlock),
    /// Something that somebody said or wrote.
    Quote(Vec<Block>),
    /// Text whose line breaks and spaces count.
    Code(String),
    /// A rule.
    Rule,
}

/// A list of points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListBlock {
    /// The first number; `None` for bullets.
    pub start: Option<u64>,
    /// The points.
    pub items: Vec<Vec<Block>>,
}

/// Rows and columns; every row has as many cells as there are columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableBlock {
    /// Where the words of each column stand.
    pub columns: Vec<Align>,
    /// What the columns are.
    pub head: Vec<Vec<Inline>>,
    /// The rows, each a list of cells.
    pub rows: Vec<Vec<Vec<Inline>>>,
}

/// Where the words of a column stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Align {
    /// Where lines start.
    #[default]
    Start,
    /// In the middle.
    Centre,
    /// Where lines end: numbers.
    End,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Words.
    Text(String),
    /// A hole.
    Field(Field),
    /// Words in italics.
    Emphasis(Vec<Inline>),
    /// Words in bold.
    Strong(Vec<Inline>),
    /// Words as a machine writes them.
    Code(String),
    /// Words that lead somewhere.
    Link(Link, Vec<Inline>),
    /// The line ends here.
    Break,
}

impl Prose {
    /// Calls `visit` with every field in the text.
    pub fn for_each_field<'p>(&'p self, visit: &mut dyn FnMut(&'p Field)) {
        self.blocks.iter().for_each(|block| block.for_each_field(visit));
    }
}

impl Block {
    fn for_each_field<'p>(&'p self, visit: &mut dyn FnMut(&'p Field)) {
        match self {
            Self::Paragraph(inlines) | Self::Subhead(inlines) => {
                inlines.iter().for_each(|inline| inline.for_each_field(visit));
            }
            Self::List(list) => {
                list.items.iter().flatten().for_each(|block| block.for_each_field(visit));
            }
            Self::Table(table) => {
                let cells = table.head.iter().chain(table.rows.iter().flatten());
                cells.flatten().for_each(|inline| inline.for_each_field(visit));
            }
            Self::Quote(blocks) => blocks.iter().for_each(|block| block.for_each_field(visit)),
            Self::Code(_) | Self::Rule => {}
        }
    }
}

impl Inline {
    fn for_each_field<'p>(&'p self, visit: &mut dyn FnMut(&'p Field)) {
        match self {
            Self::Field(field) => visit(field),
            Self::Emphasis(inlines) | Self::Strong(inlines) => {
                inlines.iter().for_each(|inline| inline.for_each_field(visit));
            }
            Self::Link(link, inlines) => {
                link.template().fields().for_each(&mut *visit);
                inlines.iter().for_each(|inline| inline.for_each_field(visit));
            }
            Self::Text(_) | Self::Code(_) | Self::Break => {}
        }
    }
}
