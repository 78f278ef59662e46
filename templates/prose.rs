//! Blocks of prose in, HTML with its styles inline out.

use maud::{Markup, html};

use crate::issue::{Block, Inline, ListBlock};
use crate::templates::letter::Desk;

pub(super) fn blocks(blocks: &[Block], desk: &Desk<'_>) -> Markup {
    html! { @for block in blocks { (one(block, desk)) } }
}

fn one(block: &Block, desk: &Desk<'_>) -> Markup {
    html! {
        @match block {
            Block::Paragraph(words) => {
                p class="ink" style=(desk.style.paragraph) { (inlines(words, desk)) }
            }
            Block::Subhead(words) => {
                h3 class="ink" style=(desk.style.subhead) { (inlines(words, desk)) }
            }
            Block::List(list) => (points(list, desk)),
            Block::Quote(inner) => {
                blockquote class="mark" style=(desk.style.quote) { (blocks(inner, desk)) }
            }
            Block::Code(code) => pre class="ink line" style=(desk.style.code) { (code) },
            Block::Rule => {
                div style="padding:8px 0 24px;" { hr class="line" style=(desk.style.rule); }
            }
        }
    }
}

fn points(list: &ListBlock, desk: &Desk<'_>) -> Markup {
    let items = html! {
        @for item in &list.items {
            li class="ink" style=(desk.style.point) { (point(item, desk)) }
        }
    };
    html! {
        @match list.start {
            None => ul class="ink" style=(desk.style.list) { (items) },
            Some(1) => ol class="ink" style=(desk.style.list) { (items) },
            Some(start) => ol class="ink" start=(start) style=(desk.style.list) { (items) },
        }
    }
}

/// A point of one paragraph needs no paragraph inside, which would only add space.
fn point(item: &[Block], desk: &Desk<'_>) -> Markup {
    match item {
        [Block::Paragraph(words), rest @ ..] => {
            html! { (inlines(words, desk)) (blocks(rest, desk)) }
        }
        other => blocks(other, desk),
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
                    code style="font-family:Consolas,Menlo,monospace;font-size:15px;" { (code) }
                }
                Inline::Link(link, words) => {
                    a class="accent" href=(desk.url(link)) style=(desk.style.link) {
                        (inlines(words, desk))
                    }
                }
                Inline::Break => br;
            }
        }
    }
}
