//! A theme's own layout in, a document with slots for a letter's parts out.
//!
//! A slot is `[[name]]`: unlike `{{name}}` it is the same for every reader. `check` finds what mail
//! programs and screen readers would stumble over.

mod check;
mod grammar;
mod mend;
mod mjml;

use std::ops::Range;

use maud::{Markup, PreEscaped, Render};

use crate::diagnostic::Code;
use crate::document::{Report, closest, either};
use crate::markup::{Attribute, Token, tokens};

/// A layout: what stands around the parts of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pieces: Vec<Piece>,
    /// How many characters of style sheets it has itself.
    pub(super) styles: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Slot(Slot),
}

/// What fills a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// What belongs into `<head>`: title, colour schemes, style sheet.
    Head,
    /// The line above the letter, with the link to the web version.
    Preheader,
    /// The publication's name or logo, and the lines beneath it.
    Masthead,
    /// Byline, headline, deck and lede.
    Opening,
    /// The sections.
    Sections,
    /// Why the reader gets it, how to leave, the address.
    Colophon,
    /// The language of the letter.
    Language,
    /// `ltr` or `rtl`.
    Direction,
    /// The subject.
    Subject,
    /// The publication's name.
    Publication,
    /// Edition, number and date.
    Folio,
    /// The URL of the publication.
    Url,
    /// The URL of the issue.
    Permalink,
    /// The URL that unsubscribes the reader.
    Unsubscribe,
}

/// Where a slot can stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In `<head>`.
    Head,
    /// Between tags of `<body>`.
    Body,
    /// Between tags, and in an attribute that is text.
    Words,
    /// As the whole of a `href`.
    Link,
}

const SLOTS: [(&str, Slot, Place); 14] = [
    ("head", Slot::Head, Place::Head),
    ("preheader", Slot::Preheader, Place::Body),
    ("masthead", Slot::Masthead, Place::Body),
    ("opening", Slot::Opening, Place::Body),
    ("sections", Slot::Sections, Place::Body),
    ("colophon", Slot::Colophon, Place::Body),
    ("language", Slot::Language, Place::Words),
    ("direction", Slot::Direction, Place::Words),
    ("subject", Slot::Subject, Place::Words),
    ("publication", Slot::Publication, Place::Words),
    ("folio", Slot::Folio, Place::Words),
    ("url", Slot::Url, Place::Link),
    ("permalink", Slot::Permalink, Place::Link),
    ("unsubscribe", Slot::Unsubscribe, Place::Link),
];

/// What every letter needs, and why.
const REQUIRED: [(Slot, &str, &str); 4] = [
    (Slot::Head, "head", "it holds the title and the dark colours"),
    (Slot::Opening, "opening", "it holds the headline"),
    (Slot::Sections, "sections", "it holds what the issue says"),
    (Slot::Colophon, "colophon", "it holds the unsubscribe link and the address"),
];

/// A slot and where it stands.
struct Found {
    name: String,
    span: Range<usize>,
}

impl Layout {
    /// Reads a layout, in MJML if the name of its file says so; what is wrong goes into `report`,
    /// which is on the same source.
    pub(super) fn parse(report: &Report) -> Option<Self> {
        if !report.source().path.ends_with(".mjml") {
            return Some(Self::read(report));
        }
        let html = Report::new(mjml::compile(report)?);
        let layout = Self::read(&html);
        mjml::carry_back(html.into_diagnostics(), report);
        Some(layout)
    }

    fn read(report: &Report) -> Self {
        let text = &report.source().text;
        let mut pieces = Vec::new();
        let mut end = 0;
        for found in find(text) {
            pieces.push(Piece::Text(text[end..found.span.start].to_owned()));
            pieces.extend(slot(&found, report).map(Piece::Slot));
            end = found.span.end;
        }
        pieces.push(Piece::Text(text[end..].to_owned()));
        let layout = Self { pieces, styles: check::document(report) };
        for (wanted, name, why) in REQUIRED {
            let number = layout.pieces.iter().filter(|p| **p == Piece::Slot(wanted)).count();
            let times = match number {
                1 => continue,
                0 => "nowhere".to_owned(),
                many => format!("{many} times"),
            };
            let message = format!("`[[{name}]]` stands {times} in the layout: {why}");
            let diagnostic = report.at(Code::Layout, 0..0, message);
            report.add(diagnostic.help(format!("write `[[{name}]]` once, where it belongs")));
        }
        layout
    }

    /// The document, with every slot filled.
    pub(super) fn fill(&self, content: impl Fn(Slot) -> Markup) -> Markup {
        let mut document = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => document += text,
                Piece::Slot(slot) => content(*slot).render_to(&mut document),
            }
        }
        PreEscaped(document)
    }
}

/// Every `[[…]]` of a text.
fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find("[[").map(|at| from + at) {
        let Some(end) = text[start..].find("]]").map(|at| start + at + 2) else { break };
        let name = text[start + 2..end - 2].trim().to_owned();
        found.push(Found { name, span: start..end });
        from = end;
    }
    found
}

/// The slot of a name, if it can stand where it does.
fn slot(found: &Found, report: &Report) -> Option<Slot> {
    let Found { name, span } = found;
    let Some((_, slot, place)) = SLOTS.iter().find(|(known, ..)| known == name) else {
        let names = SLOTS.map(|(name, ..)| name);
        let help = closest(name, &names).map_or_else(
            || format!("the slots are {}", either(&names)),
            |known| format!("did you mean `[[{known}]]`?"),
        );
        let message = format!("there is no slot `{name}`");
        report.add(report.at(Code::Layout, span.clone(), message).help(help));
        return None;
    };
    let (what, help) = match (place, surroundings(&report.source().text, span)) {
        (Place::Head, Around::Head)
        | (Place::Body, Around::Body)
        | (Place::Link, Around::Link)
        | (Place::Words, Around::Head | Around::Body | Around::Value) => return Some(*slot),
        (Place::Link, _) => {
            ("is a URL", "write it as the whole of a link: `href=\"[[permalink]]\"`")
        }
        (Place::Head, _) => ("belongs into `<head>`", "put it behind `<head>`"),
        (Place::Body, _) => ("is markup", "put it between two tags of `<body>`"),
        (Place::Words, _) => {
            ("is text", "put it between tags, or into the `\"` of an attribute that is text")
        }
    };
    let message = format!("`[[{name}]]` {what}, and cannot stand here");
    report.add(report.at(Code::Layout, span.clone(), message).help(help));
    None
}

/// What a slot stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Around {
    /// Before `<body>`, between tags.
    Head,
    /// Between tags.
    Body,
    /// In an attribute that is text.
    Value,
    /// It is all of a `href`.
    Link,
    /// In a tag, a comment or a style sheet.
    Elsewhere,
}

/// Attributes that are no text: what a reader's row brings must not get into them.
const CODE: [&str; 5] = ["src", "srcset", "style", "background", "class"];

fn surroundings(text: &str, span: &Range<usize>) -> Around {
    let holds = |place: &Range<usize>| place.start <= span.start && span.end <= place.end;
    let mut inside = String::new();
    let mut around = Around::Head;
    for token in tokens(text) {
        match token {
            Token::Text(_, place) if holds(&place) => {
                let raw = matches!(inside.as_str(), "style" | "script" | "title");
                return if raw { Around::Elsewhere } else { around };
            }
            Token::Tag(tag) if holds(&tag.span) => {
                let attribute = tag.attributes.iter().find(|attribute| holds(&attribute.span));
                return attribute.map_or(Around::Elsewhere, |it| within(it, text, span));
            }
            Token::Tag(tag) => {
                if tag.name == "body" {
                    around = Around::Body;
                }
                inside = if tag.closing { String::new() } else { tag.name };
            }
            _ => {}
        }
    }
    Around::Elsewhere
}

/// What a slot in an attribute stands in. What fills it is escaped for `"` alone.
fn within(attribute: &Attribute, text: &str, span: &Range<usize>) -> Around {
    let quoted = text[attribute.span.clone()].ends_with('"');
    let named = attribute.span.start + attribute.name.len() <= span.start;
    let (name, whole) = (attribute.name.as_str(), attribute.value == text[span.clone()]);
    match name {
        _ if !quoted || !named => Around::Elsewhere,
        "href" if whole => Around::Link,
        "href" => Around::Elsewhere,
        _ if CODE.contains(&name) || name.starts_with("on") => Around::Elsewhere,
        _ => Around::Value,
    }
}
