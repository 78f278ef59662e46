//! Markdown in, blocks of prose out.

use std::ops::Range;

use pulldown_cmark::{Alignment, Event, Options, Parser, Tag, TagEnd};

use crate::diagnostic::Code;
use crate::document::{Report, Text};
use crate::field::{Piece, Span};
use crate::issue::marked::Marked;
use crate::issue::{Align, Block, Inline, Link, ListBlock, Prose, TableBlock};

/// How deep quotes and lists may stand inside each other.
const DEPTH_MAX: usize = 8;

/// Parses Markdown; what an issue does not take is reported at its place.
pub(super) fn parse(text: &Text, report: &Report) -> Prose {
    let marked = Marked::new(text, report);
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(&marked.text, options).into_offset_iter();
    let mut builder = Builder {
        marked: &marked,
        report,
        open: vec![Open::default()],
        skipped: 0,
        html: Vec::new(),
    };
    for (event, range) in events {
        builder.event(event, range);
    }
    let blocks = builder.open.into_iter().next().map(|open| open.blocks).unwrap_or_default();
    Prose { blocks, span: Span(text.span.clone()) }
}

/// An element whose end has not come yet.
#[derive(Default)]
struct Open {
    blocks: Vec<Block>,
    inlines: Vec<Inline>,
    items: Vec<Vec<Block>>,
    start: Option<u64>,
    link: Option<Link>,
    code: Option<String>,
    columns: Vec<Align>,
    /// The cells of a table's rows; the first row is its head.
    rows: Vec<Vec<Vec<Inline>>>,
    cells: Vec<Vec<Inline>>,
}

struct Builder<'t> {
    marked: &'t Marked<'t>,
    report: &'t Report,
    open: Vec<Open>,
    /// How many elements are open whose content is left out.
    skipped: usize,
    /// The ends of refused HTML elements that are still to come.
    html: Vec<String>,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        if self.skipped > 0 {
            match event {
                Event::Start(_) => self.skipped += 1,
                Event::End(_) => self.skipped -= 1,
                _ => {}
            }
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => {
                self.check_brackets(&range);
                self.text(&text);
            }
            Event::Code(text) => self.inline(Inline::Code(self.marked.template(&text).to_string())),
            Event::SoftBreak => self.text(" "),
            Event::HardBreak => self.inline(Inline::Break),
            Event::Rule => self.block(Block::Rule),
            Event::InlineHtml(tag) => self.html(&tag, range),
            Event::Html(_) => self.refuse("HTML", HTML_HELP, range),
            Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::HtmlBlock => self.skip("HTML", HTML_HELP, range),
            Tag::Image { .. } => self.skip("a picture inside Markdown", IMAGE_HELP, range),
            Tag::Strikethrough => self.skip("struck-out text", STRIKE_HELP, range),
            _ if self.open.len() > DEPTH_MAX * 2 => {
                self.skip("text nested this deep", "use at most 8 levels", range);
            }
            Tag::Link { dest_url, .. } => {
                let link = self.link(&dest_url, range);
                self.open.push(Open { link, ..Open::default() });
            }
            Tag::List(start) => self.open.push(Open { start, ..Open::default() }),
            Tag::Table(alignments) => {
                let columns = alignments.into_iter().map(align).collect();
                self.open.push(Open { columns, ..Open::default() });
            }
            Tag::CodeBlock(_) => {
                self.open.push(Open { code: Some(String::new()), ..Open::default() });
            }
            Tag::Item => {
                // A tight list's words come without a paragraph around them.
                self.open.push(Open::default());
            }
            _ => self.open.push(Open::default()),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        let Some(mut done) = self.open.pop() else { return };
        match tag {
            TagEnd::Paragraph => self.block(Block::Paragraph(done.inlines)),
            TagEnd::Heading(_) => self.block(Block::Subhead(done.inlines)),
            TagEnd::BlockQuote(_) => self.block(Block::Quote(done.blocks)),
            TagEnd::CodeBlock => self.block(Block::Code(done.code.unwrap_or_default())),
            TagEnd::List(_) => {
                self.block(Block::List(ListBlock { start: done.start, items: done.items }));
            }
            TagEnd::Item => {
                if !done.inlines.is_empty() {
                    done.blocks.insert(0, Block::Paragraph(done.inlines));
                }
                self.top().items.push(done.blocks);
            }
            TagEnd::TableCell => self.top().cells.push(done.inlines),
            TagEnd::TableHead | TagEnd::TableRow => self.top().rows.push(done.cells),
            TagEnd::Table => self.table(done),
            TagEnd::Emphasis => self.inline(Inline::Emphasis(done.inlines)),
            TagEnd::Strong => self.inline(Inline::Strong(done.inlines)),
            TagEnd::Link => match done.link {
                Some(link) => self.inline(Inline::Link(link, done.inlines)),
                None => self.top().inlines.append(&mut done.inlines),
            },
            _ => {
                self.top().blocks.append(&mut done.blocks);
                self.top().inlines.append(&mut done.inlines);
            }
        }
    }

    fn table(&mut self, done: Open) {
        let mut rows = done.rows.into_iter();
        let head = rows.next().unwrap_or_default();
        let rows = rows.collect();
        self.block(Block::Table(TableBlock { columns: done.columns, head, rows }));
    }

    fn text(&mut self, text: &str) {
        if let Some(code) = self.open.last_mut().and_then(|open| open.code.as_mut()) {
            code.push_str(&self.marked.template(text).to_string());
            return;
        }
        for piece in self.marked.template(text).pieces {
            match (piece, self.top().inlines.last_mut()) {
                (Piece::Text(more), Some(Inline::Text(last))) => last.push_str(&more),
                (Piece::Text(text), _) => self.inline(Inline::Text(text)),
                (Piece::Field(field), _) => self.inline(Inline::Field(field)),
            }
        }
    }

    fn link(&self, url: &str, range: Range<usize>) -> Option<Link> {
        // The URL alone is underlined, where it stands as it was written.
        let written = self.marked.text.get(range.clone()).unwrap_or_default();
        let place = written.rfind(url).filter(|_| !url.is_empty()).map(|at| range.start + at);
        let span = self.marked.locate(place.map_or(range, |start| start..start + url.len()));
        Link::check(&self.marked.template(url), &span, self.report)
    }

    /// Refuses an HTML element once, not its end too.
    fn html(&mut self, tag: &str, range: Range<usize>) {
        let name = tag.trim_start_matches(['<', '/']);
        let end = name.find(|c: char| !c.is_alphanumeric()).unwrap_or(name.len());
        let name = name[..end].to_lowercase();
        if tag.starts_with("</") {
            if let Some(at) = self.html.iter().position(|open| *open == name) {
                self.html.remove(at);
                return;
            }
        } else {
            self.html.push(name);
        }
        self.refuse("HTML", HTML_HELP, range);
    }

    /// Reports `[words](…` that Markdown does not take for a link: readers would see the brackets.
    fn check_brackets(&self, range: &Range<usize>) {
        let (before, after) = self.marked.text.split_at(range.end);
        let escaped = before.ends_with("\\]");
        let code = self.open.last().is_some_and(|open| open.code.is_some());
        if !before.ends_with(']') || !after.starts_with('(') || escaped || code {
            return;
        }
        let line = after.lines().next().unwrap_or_default();
        let length = line.find(')').map_or(line.trim_end().len(), |at| at + 1);
        let span = self.marked.locate(range.end..range.end + length);
        let diagnostic = self.report.at(Code::Link, span, "this does not make a link");
        self.report.add(diagnostic.help(BRACKETS_HELP));
    }

    fn top(&mut self) -> &mut Open {
        if self.open.is_empty() {
            self.open.push(Open::default());
        }
        self.open.last_mut().expect("one element is always open")
    }

    fn inline(&mut self, inline: Inline) {
        self.top().inlines.push(inline);
    }

    fn block(&mut self, block: Block) {
        let top = self.top();
        // In a tight list a nested list follows bare words: they become a paragraph before it.
        if !top.inlines.is_empty() {
            let words = std::mem::take(&mut top.inlines);
            top.blocks.push(Block::Paragraph(words));
        }
        top.blocks.push(block);
    }

    fn skip(&mut self, what: &str, help: &str, range: Range<usize>) {
        self.skipped = 1;
        self.refuse(what, help, range);
    }

    fn refuse(&self, what: &str, help: &str, range: Range<usize>) {
        let span = self.marked.locate(range);
        let message = format!("{what} is not possible in an issue's prose");
        self.report.add(self.report.at(Code::Markdown, span, message).help(help));
    }
}

fn align(alignment: Alignment) -> Align {
    match alignment {
        Alignment::None | Alignment::Left => Align::Start,
        Alignment::Center => Align::Centre,
        Alignment::Right => Align::End,
    }
}

const HTML_HELP: &str =
    "write Markdown: `**bold**`, `[words](https://…)`, a blank line between paragraphs";
const BRACKETS_HELP: &str =
    "write `[words](https://example.org/page)`, without spaces in the URL (`%20` stands for one)";
const IMAGE_HELP: &str = "give the section an `image = { src = \"…\", alt = \"…\" }`";
const STRIKE_HELP: &str = "delete the words";
