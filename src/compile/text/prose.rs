//! Blocks of prose in, wrapped lines of plain text and numbered links out.

use crate::compile::text::notes::Notes;
use crate::compile::text::{table, wrap};
use crate::field::Marks;
use crate::issue::{Block, Inline, ListBlock};

/// Writes blocks with an empty line between them.
pub(super) fn write(blocks: &[Block], marks: &Marks, columns: usize, notes: &mut Notes) -> String {
    let written: Vec<_> = blocks.iter().map(|block| one(block, marks, columns, notes)).collect();
    written.join("\n")
}

fn one(block: &Block, marks: &Marks, columns: usize, notes: &mut Notes) -> String {
    match block {
        Block::Paragraph(words) => wrap::fill(&inlines(words, marks, notes), columns, marks),
        Block::Subhead(words) => {
            wrap::fill(&format!("### {}", inlines(words, marks, notes)), columns, marks)
        }
        Block::List(list) => points(list, marks, columns, notes),
        Block::Table(block) => table::write(block, marks, columns, notes),
        Block::Quote(inner) => {
            prefix(&write(inner, marks, columns.saturating_sub(2).max(20), notes), "> ")
        }
        Block::Code(code) => code.lines().map(|line| format!("    {line}\n")).collect(),
        Block::Rule => "* * *\n".to_owned(),
    }
}

fn points(list: &ListBlock, marks: &Marks, columns: usize, notes: &mut Notes) -> String {
    let mut text = String::new();
    for (number, item) in (list.start.unwrap_or(1)..).zip(&list.items) {
        let bullet = match list.start {
            None => "- ".to_owned(),
            Some(_) => format!("{number}. "),
        };
        let inner = columns.saturating_sub(bullet.len()).max(20);
        let written = point(item, marks, inner, notes);
        let indent = " ".repeat(bullet.len());
        for (at, line) in written.lines().enumerate() {
            let lead = if at == 0 { &bullet } else { &indent };
            text.push_str(format!("{lead}{line}").trim_end());
            text.push('\n');
        }
        // A point of several paragraphs stands apart from the next.
        if written.contains("\n\n") {
            text.push('\n');
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// The blocks of a point; a list stands right below the words that it belongs to.
fn point(item: &[Block], marks: &Marks, columns: usize, notes: &mut Notes) -> String {
    let mut text = String::new();
    for (at, block) in item.iter().enumerate() {
        let words = at > 0 && matches!(item[at - 1], Block::Paragraph(_));
        if at > 0 && !(words && matches!(block, Block::List(_))) {
            text.push('\n');
        }
        text.push_str(&one(block, marks, columns, notes));
    }
    text
}

/// The lines with something before each.
pub(super) fn prefix(text: &str, lead: &str) -> String {
    let lines = text.lines().map(|line| format!("{lead}{line}").trim_end().to_owned() + "\n");
    lines.collect()
}

pub(super) fn inlines(words: &[Inline], marks: &Marks, notes: &mut Notes) -> String {
    let mut text = String::new();
    for word in words {
        match word {
            Inline::Text(words) => text.push_str(words),
            Inline::Field(field) => text.push(marks.field(field)),
            Inline::Emphasis(inner) => {
                text.extend(["_", &inlines(inner, marks, notes), "_"]);
            }
            Inline::Strong(inner) => text.extend(["*", &inlines(inner, marks, notes), "*"]),
            Inline::Code(code) => text.push_str(code),
            Inline::Link(link, inner) => {
                let words = inlines(inner, marks, notes);
                let url = marks.url(link.template());
                // A link that shows its own URL needs no note.
                let shown = words == url || url.strip_prefix("mailto:") == Some(&words);
                text.push_str(&words);
                if !shown {
                    text.push_str(&notes.behind(url));
                }
            }
            Inline::Break => text.push('\n'),
        }
    }
    text
}
