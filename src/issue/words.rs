//! An issue in, what it says and where its words lead out.

use std::ops::Range;

use crate::diagnostic::Source;
use crate::field::{Field, Template};
use crate::issue::visit::Part;
use crate::issue::{Block, Inline, Issue, Link, Prose};

/// Words that lead somewhere.
#[derive(Debug, Clone)]
pub struct Anchor<'i> {
    /// Where they lead.
    pub link: &'i Link,
    /// What they say, or what a picture shows; fields say their default, or their name. `None` for
    /// the links of an editor's own markup, whose words are in it.
    pub words: Option<String>,
    /// Where they stand in the file.
    pub span: Range<usize>,
}

impl Issue {
    /// Everything that leads somewhere, in the order of the letter.
    #[must_use]
    pub fn anchors(&self) -> Vec<Anchor<'_>> {
        let mut found = Vec::new();
        self.for_each_part(&mut |part| match part {
            Part::Url(link, words) => {
                // Without a heading the letter shows the URL itself.
                let words = words.unwrap_or(link.template());
                let (words, span) = (Some(words.to_default()), words.span.0.clone());
                found.push(Anchor { link, words, span });
            }
            Part::Prose(prose) => {
                prose.for_each_line(&mut |inlines| anchors(inlines, &self.source, &mut found));
            }
            Part::Html(html) => {
                let own = |link| Anchor { link, words: None, span: place(link) };
                found.extend(html.links.iter().map(own));
            }
            Part::Line(_) | Part::Image(_) | Part::File(_) => {}
        });
        found
    }

    /// What the letter says below its title, line by line and paragraph by paragraph, and the place
    /// in the file of the text that each is from. What pictures show is not among it.
    #[must_use]
    pub fn texts(&self) -> Vec<(Range<usize>, String)> {
        let mut texts = Vec::new();
        let above = [Some(&self.title), Some(&self.subject), self.edition.as_ref()];
        let above = above.into_iter().chain([self.preheader.as_ref()]).flatten();
        let mut other: Vec<&Template> = above.collect();
        self.for_each_part(&mut |part| match part {
            Part::Image(image) => other.extend(&image.alt),
            Part::Line(line) if other.iter().any(|known| std::ptr::eq(*known, line)) => {}
            Part::Line(line) => texts.push((line.span.0.clone(), line.to_default())),
            Part::Prose(prose) => {
                let place = &prose.span.0;
                prose.for_each_line(&mut |line| texts.push((place.clone(), words(line))));
            }
            Part::Url(..) | Part::File(_) | Part::Html(_) => {}
        });
        texts
    }
}

impl Prose {
    /// Calls `visit` with what each paragraph, subhead, point and cell says.
    fn for_each_line<'p>(&'p self, visit: &mut dyn FnMut(&'p [Inline])) {
        self.blocks.iter().for_each(|block| block.for_each_line(visit));
    }
}

impl Block {
    fn for_each_line<'p>(&'p self, visit: &mut dyn FnMut(&'p [Inline])) {
        match self {
            Self::Paragraph(inlines) | Self::Subhead(inlines) => visit(inlines),
            Self::List(list) => list.items.iter().flatten().for_each(|b| b.for_each_line(visit)),
            Self::Table(table) => {
                let cells = table.head.iter().chain(table.rows.iter().flatten());
                cells.for_each(|cell| visit(cell));
            }
            Self::Quote(blocks) => blocks.iter().for_each(|block| block.for_each_line(visit)),
            Self::Code(_) | Self::Rule => {}
        }
    }
}

fn anchors<'i>(inlines: &'i [Inline], source: &Source, found: &mut Vec<Anchor<'i>>) {
    for inline in inlines {
        match inline {
            Inline::Emphasis(inner) | Inline::Strong(inner) => anchors(inner, source, found),
            Inline::Link(link, inner) => {
                let span = words_before(source, &place(link));
                found.push(Anchor { link, words: Some(words(inner)), span });
            }
            Inline::Text(_) | Inline::Field(_) | Inline::Code(_) | Inline::Break => {}
        }
    }
}

fn place(link: &Link) -> Range<usize> {
    link.template().span.0.clone()
}

/// What pieces of a line say; a field says its default, or its name.
fn words(inlines: &[Inline]) -> String {
    let mut said = String::new();
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Code(text) => said.push_str(text),
            Inline::Field(Field { name, default, .. }) => {
                said.push_str(default.as_ref().unwrap_or(name));
            }
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Link(_, inner) => {
                said.push_str(&words(inner));
            }
            Inline::Break => said.push(' '),
        }
    }
    said
}

/// Where the words of `[words](url)` stand, by the place of the URL; the URL's own place where it
/// is its own words, or has them elsewhere.
fn words_before(source: &Source, url: &Range<usize>) -> Range<usize> {
    let before = source.text.get(..url.start).unwrap_or_default();
    let inner = before.strip_suffix("](").or_else(|| before.strip_suffix("](<"));
    let Some(inner) = inner else { return url.clone() };
    let mut depth = 1_usize;
    for (at, character) in inner.char_indices().rev() {
        match character {
            ']' => depth += 1,
            '[' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let words = at + 1..inner.len();
            // Without words the brackets are what can be seen.
            return if inner[words.clone()].trim().is_empty() {
                at..inner.len() + 1
            } else {
                words
            };
        }
    }
    url.clone()
}
