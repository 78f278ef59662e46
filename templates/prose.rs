//! Blocks of prose in, HTML with its styles inline out.

use maud::{Markup, html};

use crate::issue::{Align, Block, Head, Inline, ListBlock, TableBlock};
use crate::templates::letter::Desk;

/// The level of a heading: none is left out between the headline and it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// Below the headline.
    Second,
    /// Below a section's heading.
    Third,
}

impl Level {
    /// The level of headings in a section.
    pub(super) fn below(head: &Head) -> Self {
        if head.heading.is_some() { Self::Third } else { Self::Second }
    }
}

/// A heading inside a section.
pub(super) fn subhead(words: &Markup, level: Level, desk: &Desk<'_>) -> Markup {
    html! {
        @match level {
            Level::Second => h2 class="ink subhead" style=(desk.style.subhead) { (words) },
            Level::Third => h3 class="ink subhead" style=(desk.style.subhead) { (words) },
        }
    }
}

pub(super) fn blocks(blocks: &[Block], level: Level, desk: &Desk<'_>) -> Markup {
    html! { @for block in blocks { (one(block, level, desk)) } }
}

fn one(block: &Block, level: Level, desk: &Desk<'_>) -> Markup {
    html! {
        @match block {
            Block::Paragraph(words) => {
                p class="ink paragraph" style=(desk.style.paragraph) { (inlines(words, desk)) }
            }
            Block::Subhead(words) => (subhead(&inlines(words, desk), level, desk)),
            Block::List(list) => (points(list, level, desk)),
            Block::Table(table) => (self::table(table, desk)),
            Block::Quote(inner) => {
                blockquote class="mark quote" style=(desk.style.quote) { (blocks(inner, level, desk)) }
            }
            Block::Code(code) => pre class="ink line code" style=(desk.style.code) { (code) },
            Block::Rule => {
                div style="padding:8px 0 24px;" { hr class="line rule" style=(desk.style.rule); }
            }
        }
    }
}

fn points(list: &ListBlock, level: Level, desk: &Desk<'_>) -> Markup {
    let items = html! {
        @for item in &list.items {
            li class="ink point" style=(desk.style.point) { (point(item, level, desk)) }
        }
    };
    html! {
        @match list.start {
            None => ul class="ink list" style=(desk.style.list) { (items) },
            Some(1) => ol class="ink list" style=(desk.style.list) { (items) },
            Some(start) => ol class="ink list" start=(start) style=(desk.style.list) { (items) },
        }
    }
}

/// A table of data, which screen readers announce as one.
fn table(table: &TableBlock, desk: &Desk<'_>) -> Markup {
    let side = |column: usize| match table.columns.get(column).copied().unwrap_or_default() {
        Align::Start => desk.style.start,
        Align::Centre => "center",
        Align::End => desk.style.end,
    };
    html! {
        table class="data-table" width="100%" border="0" cellpadding="0" cellspacing="0"
            style=(desk.style.data_table) {
            thead {
                tr {
                    @for (column, words) in table.head.iter().enumerate() {
                        th class="ink line head-cell" scope="col" align=(side(column)) valign="bottom"
                            style=(desk.style.head_cell) { (inlines(words, desk)) }
                    }
                }
            }
            tbody {
                @for row in &table.rows {
                    tr {
                        @for (column, words) in row.iter().enumerate() {
                            td class="ink line cell" align=(side(column)) valign="top"
                                style=(desk.style.cell) { (inlines(words, desk)) }
                        }
                    }
                }
            }
        }
    }
}

/// A point of one paragraph needs no paragraph inside, which would only add space.
fn point(item: &[Block], level: Level, desk: &Desk<'_>) -> Markup {
    match item {
        [Block::Paragraph(words), rest @ ..] => {
            html! { (inlines(words, desk)) (blocks(rest, level, desk)) }
        }
        other => blocks(other, level, desk),
    }
}

pub(super) fn inlines(words: &[Inline], desk: &Desk<'_>) -> Markup {
    html! {
        @for word in words {
            @match word {
                Inline::Text(text) => (text),
                Inline::Field(field) => (desk.letter.marks.field(field)),
                Inline::Emphasis(words) => em { (inlines(words, desk)) },
                Inline::Strong(words) => strong { (inlines(words, desk)) },
                Inline::Code(code) => {
                    code class="inline-code" style=(desk.style.inline_code) { (code) }
                }
                Inline::Link(link, words) => {
                    a class="accent link" href=(desk.url(link)) style=(desk.style.link) {
                        (inlines(words, desk))
                    }
                }
                Inline::Break => br;
            }
        }
    }
}
