//! The table `[rules]` in, where a letter has lines and how thick they are out.

use crate::diagnostic::Code;
use crate::document::{Report, Table};

/// The lines of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// How the line beneath the masthead is drawn.
    pub line: Line,
    /// How thick that line is, in pixels.
    pub thickness: u32,
    /// Which of the theme's colours that line has.
    pub colour: LineColour,
    /// Whether a thin line stands above each section, where others have only space.
    pub sections: bool,
}

/// The colour of the line beneath the masthead, as the schemes name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineColour {
    /// That of running text.
    Text,
    /// That of kickers and links.
    Accent,
    /// That of other rules.
    Rule,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Not at all.
    None,
    /// In one stroke.
    Solid,
    /// In two.
    Double,
    /// In dots.
    Dotted,
}

impl Line {
    /// The word that CSS has for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Solid => "solid",
            Self::Double => "double",
            Self::Dotted => "dotted",
        }
    }
}

/// Reads the table, or says what holds without one.
pub(super) fn read(table: Option<Table<'_>>, report: &Report) -> Rules {
    let plain =
        Rules { line: Line::Solid, thickness: 1, colour: LineColour::Rule, sections: false };
    let Some(mut table) = table else { return plain };
    let lines = [Line::Solid, Line::Double, Line::Dotted, Line::None];
    let lines = lines.map(|line| (line.as_str(), line));
    let line = table.take("masthead").and_then(|value| value.one_of(&lines));
    let line = line.unwrap_or(plain.line);
    let least = if line == Line::Double { 3 } else { 1 };
    let thickness = table.take("thickness");
    let span = thickness.as_ref().map(|value| value.span());
    let thickness = thickness.and_then(|value| value.integer(1..13));
    let thickness = thickness.and_then(|value| u32::try_from(value).ok()).unwrap_or(least);
    if let Some(span) = span.filter(|_| thickness < least) {
        let message = format!("{thickness} px is not enough for two lines and what is between");
        let diagnostic = report.at(Code::Range, span, message);
        report.add(diagnostic.help("write `thickness = 3` or more, or `masthead = \"solid\"`"));
    }
    let colours =
        [("rule", LineColour::Rule), ("text", LineColour::Text), ("accent", LineColour::Accent)];
    let colour = table.take("colour").and_then(|value| value.one_of(&colours));
    let sections = table.take("sections");
    let sections = sections.and_then(|value| value.one_of(&[("space", false), ("rule", true)]));
    table.finish();
    Rules {
        line,
        thickness,
        colour: colour.unwrap_or(plain.colour),
        sections: sections.unwrap_or(plain.sections),
    }
}
