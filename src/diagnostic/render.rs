//! A diagnostic in, what the terminal shows of it out.

use std::ops::Range;

use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level as Colour, Origin, Renderer, Snippet,
};

use crate::diagnostic::{Diagnostic, Level, visible};

impl Diagnostic {
    /// Whether it is about the file as a whole: a note that points at nothing in it.
    fn is_of_file(&self) -> bool {
        self.code.level() == Level::Note && self.span.is_empty()
    }

    /// The diagnostic as the terminal shows it, ending with a line feed.
    #[must_use]
    pub fn render(&self, styled: bool) -> String {
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        let colour = match self.code.level() {
            Level::Error => Colour::ERROR,
            Level::Warning => Colour::WARNING,
            Level::Note => Colour::NOTE,
        };
        let path = visible(&self.source.path).replace('\n', "\\u000a");
        if self.is_of_file() {
            let line = format!("{path}: {}", visible(&self.message));
            let title = colour.primary_title(line.as_str()).id(self.code.number());
            return renderer.render(&[Group::with_title(title)]) + "\n";
        }
        let message = visible(&self.message);
        let title = colour.primary_title(message.as_ref()).id(self.code.number());
        let mut group = if self.hidden {
            title.element(self.origin(&path)).element(Colour::NOTE.message(HIDDEN))
        } else {
            title.element(self.snippet(&path))
        };
        if let Some(note) = &self.note {
            group = group.element(Colour::NOTE.message(visible(note).into_owned()));
        }
        let mut report = vec![group];
        if let Some(help) = &self.help {
            let help = visible(help).into_owned();
            report.push(Group::with_title(Colour::HELP.secondary_title(help)));
        }
        let mut rendered = renderer.render(&report);
        rendered.push('\n');
        rendered
    }

    /// The lines, with the place underlined.
    fn snippet<'s>(&'s self, path: &'s str) -> Snippet<'s, Annotation<'s>> {
        let span = underlined(&self.source.text, &self.span);
        // The lines alone: a look at the whole file for each of many would take too long.
        let lines = self.source.line_range(&span);
        let first = self.source.line(lines.start);
        let text = self.source.text.get(lines.clone()).unwrap_or_default().trim_end_matches('\r');
        let within = |offset: usize| offset.min(text.len());
        let mut annotation = AnnotationKind::Primary
            .span(within(span.start - lines.start)..within(span.end - lines.start));
        if !self.label.is_empty() {
            annotation = annotation.label(self.label.as_str());
        }
        Snippet::source(text).line_start(first).path(path).annotation(annotation)
    }

    /// The place alone.
    fn origin<'s>(&self, path: &'s str) -> Origin<'s> {
        let (line, column) = self.place().0;
        Origin::path(path).line(line).char_column(column)
    }

    /// Where the underlined text begins and where it ends: line and column, counted from 1, the
    /// column in characters; the end is behind the last character.
    #[must_use]
    pub fn place(&self) -> ((usize, usize), (usize, usize)) {
        let span = underlined(&self.source.text, &self.span);
        (self.source.position(span.start), self.source.position(span.end))
    }
}

const HIDDEN: &str = "a secret stands in this line, so that it is not shown";

/// The span, widened to whole characters and kept inside the text, without line breaks at its end.
fn underlined(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start);
    let end = text.ceil_char_boundary(span.end.max(start));
    start..start + text[start..end].trim_end_matches(['\r', '\n']).len()
}
