//! An editor's own markup in, the same with its fields and links found, fit to stand in a letter, out.

use std::ops::Range;

use crate::diagnostic::Code;
use crate::document::{Report, Table, Value, closest};
use crate::field::{Field, Piece};
use crate::issue::allowed::{ATTRIBUTES, BLOCKS, ELEMENTS, HOLDERS, fault, tiny};
use crate::issue::marked::Marked;
use crate::issue::parse::Context;
use crate::issue::{Link, Prose};
use crate::markup::{self, Attribute, Tag, Token};

/// Markup that an editor brings, and what it says in plain text.
#[derive(Debug, Clone)]
pub struct Html {
    /// The markup, cut at its fields.
    pub pieces: Vec<HtmlPiece>,
    /// Where its words lead.
    pub links: Vec<Link>,
    /// What it says to those who read plain text.
    pub text: Prose,
}

/// A stretch of an editor's markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HtmlPiece {
    /// Markup as it is.
    Markup(String),
    /// A field in text, or in an attribute that people read.
    Text(Field),
    /// A field in a URL.
    Url(Field),
}

impl Html {
    /// The fields of the markup, in order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.pieces.iter().filter_map(|piece| match piece {
            HtmlPiece::Markup(_) => None,
            HtmlPiece::Text(field) | HtmlPiece::Url(field) => Some(field),
        })
    }
}

/// Attributes that a field may stand in as text.
const READ: [&str; 3] = ["alt", "aria-label", "title"];

/// Reads a section of HTML; `None` when there is an error.
pub(super) fn read(table: &mut Table<'_>, context: &Context<'_>) -> Option<Html> {
    let html = table.require("html", "\"\"\"<table role=\"presentation\">…</table>\"\"\"");
    let html = html.and_then(Value::text);
    let text = table.require("text", "\"what it says, for those who read plain text\"");
    let text = text.and_then(Value::text).map(|text| context.prose(&text));
    let html = html?;
    let marked = Marked::new(&html, context.report);
    let mut reader = Reader {
        marked: &marked,
        report: context.report,
        open: Vec::new(),
        urls: Vec::new(),
        read: Vec::new(),
        links: Vec::new(),
    };
    for fault in markup::faults(&marked.text) {
        reader.refuse(fault.span, &fault.message, &fault.help);
    }
    for token in markup::tokens(&marked.text) {
        // That is said already: it is a fault.
        if reader.open.len() > markup::NESTED_MAX {
            break;
        }
        reader.token(token);
    }
    let pieces = reader.pieces();
    Some(Html { pieces, links: reader.links, text: text? })
}

/// An element whose end has not come yet.
struct Open {
    name: String,
    span: Range<usize>,
    /// Whether it has a name for those who do not see it: words, or a picture's.
    named: bool,
}

struct Reader<'h> {
    marked: &'h Marked<'h>,
    report: &'h Report,
    open: Vec<Open>,
    /// Where URLs stand, and where text that people read.
    urls: Vec<Range<usize>>,
    read: Vec<Range<usize>>,
    links: Vec<Link>,
}

impl Reader<'_> {
    fn token(&mut self, token: Token) {
        match token {
            Token::Tag(tag) if tag.closing => self.end(&tag.name),
            Token::Tag(tag) => self.start(&tag),
            Token::Text(text, span) => {
                if !text.trim().is_empty() {
                    self.check_words(&span);
                    self.name_all();
                }
                self.read.push(span);
            }
            Token::Comment(comment, span) if comment.starts_with("[if") => self.refuse(
                span,
                "what only Outlook reads cannot be checked here",
                "write it into a theme's `layout.html`, or show everyone the same",
            ),
            Token::Comment(_, span) => {
                self.refuse(span, "a comment goes to every reader", "delete it");
            }
            Token::Doctype(_, span) => self.refuse(
                span,
                "a section is not a whole document",
                "keep what stands inside `<body>`",
            ),
            Token::Fault(..) => {}
        }
    }

    fn start(&mut self, tag: &Tag) {
        let name = tag.name.as_str();
        if !ELEMENTS.contains(&name) {
            let help = match name {
                "h1" => "the headline is the one `<h1>` of a letter; write `<h2>`",
                "html" | "head" | "body" => "keep what stands inside `<body>`",
                "style" | "link" => "write `style` attributes: many programs drop style sheets",
                _ => {
                    "mail programs drop it, or take the mail for an attack; show it with other elements"
                }
            };
            self.refuse(tag.span.clone(), &format!("`<{name}>` is not possible in a letter"), help);
        }
        self.check_place(tag);
        tag.attributes.iter().for_each(|attribute| self.attribute(name, attribute));
        self.check_accessible(tag);
        let says = |name: &str| tag.attribute(name).is_some_and(|value| !value.trim().is_empty());
        if name == "img" && says("alt") {
            self.name_all();
        }
        if tag.opens() {
            let (name, span) = (name.to_owned(), tag.span.clone());
            self.open.push(Open { name, span, named: says("aria-label") });
        }
    }

    /// Words between the rows of a table are moved out of it.
    fn check_words(&self, span: &Range<usize>) {
        let parent = self.open.last().map_or("", |open| open.name.as_str());
        if HOLDERS.contains(&parent) {
            let message = format!("words cannot stand directly inside `<{parent}>`");
            self.refuse(span.clone(), &message, "put them into a cell, or into an item");
        }
    }

    fn attribute(&mut self, element: &str, attribute: &Attribute) {
        let Attribute { name, value, span } = attribute;
        if !ATTRIBUTES.contains(&name.as_str()) {
            // To look for the one that is meant takes time, and a hundred are shown.
            let full = self.report.is_full(Code::Html);
            let meant = || if full { None } else { closest(name, &ATTRIBUTES) };
            let help = meant().map_or_else(
                || "delete it: what it does is no part of a letter".to_owned(),
                |known| format!("did you mean `{known}`?"),
            );
            self.refuse(span.clone(), &format!("`{name}` is not possible in a letter"), &help);
            return;
        }
        if let Some(fault) = fault(name, value) {
            self.refuse(span.clone(), &format!("`{name}=\"{value}\"` is not possible"), fault);
        }
        // Only in quotes is a value safe, whatever a reader's row brings.
        let quoted = self.marked.text.get(span.clone()).is_some_and(|text| text.contains("=\""));
        if matches!(name.as_str(), "href" | "src") {
            let place = self.marked.locate(span.clone());
            let template = self.marked.template(value);
            if let Some(link) = Link::check(&template, &place, self.report) {
                self.check_source(element, &link, span);
                self.links.extend((name == "href").then_some(link));
            }
            if quoted {
                self.urls.push(span.clone());
            }
        } else if quoted && READ.contains(&name.as_str()) {
            self.read.push(span.clone());
        }
    }

    /// Elements that programs move elsewhere, or show in their own way, where they stand.
    fn check_place(&self, tag: &Tag) {
        let name = tag.name.as_str();
        let parent = self.open.last().map_or("", |open| open.name.as_str());
        let inside = |name: &str| self.open.iter().any(|open| open.name == name);
        let wanted = match name {
            "td" | "th" => Some(["tr"].as_slice()),
            "tr" => Some(["table", "thead", "tbody", "tfoot"].as_slice()),
            "thead" | "tbody" | "tfoot" | "caption" => Some(["table"].as_slice()),
            "li" => Some(["ul", "ol"].as_slice()),
            _ => None,
        };
        let wrong = match wanted {
            Some(parents) => !parents.contains(&parent),
            None => {
                HOLDERS.contains(&parent)
                    || name == "a" && inside("a")
                    || BLOCKS.contains(&name) && inside("p")
            }
        };
        if wrong {
            let whose =
                if parent.is_empty() { "alone".to_owned() } else { format!("inside `<{parent}>`") };
            let message = format!("`<{name}>` cannot stand {whose}");
            let help = wanted.map_or_else(
                || "close what is open before it".to_owned(),
                |parents| format!("put it into `<{}>`", parents[0]),
            );
            self.refuse(tag.span.clone(), &message, &help);
        }
    }

    /// A picture has to be on the web: there is no page that a path could start from.
    fn check_source(&self, element: &str, link: &Link, span: &Range<usize>) {
        if element == "img" && !link.template().to_default().starts_with("https://") {
            self.refuse(
                span.clone(),
                "mail programs fetch pictures by `https:` only",
                "write the whole URL: `https://example.org/picture.png`",
            );
        }
    }

    /// What the Email Markup Consortium counts as faults (its report of 2025).
    fn check_accessible(&self, tag: &Tag) {
        let has = |attribute: &str| tag.attribute(attribute).is_some();
        let fault = match tag.name.as_str() {
            "img" if !has("alt") => (
                "the picture has no `alt`",
                "say what it shows, or write `alt=\"\"` if it says nothing",
            ),
            "img" if !has("width") || !has("height") => (
                "the picture has no `width` and `height`",
                "write both: Outlook shows it in its own size, and others keep no room for it",
            ),
            "img" if tiny(tag) => (
                "nobody sees a picture this small",
                "delete it: filters take it for one that counts who opens the mail",
            ),
            "a" if !has("href") => ("the link leads nowhere", "write an `href`"),
            "table" if !has("role") => (
                "the table does not say what it is",
                "write `role=\"presentation\"` if it only lays out, `role=\"table\"` if it holds data",
            ),
            _ => return,
        };
        self.refuse(tag.span.clone(), fault.0, fault.1);
    }

    fn end(&mut self, name: &str) {
        let Some(at) = self.open.iter().rposition(|open| open.name == name) else { return };
        for open in self.open.split_off(at) {
            if open.name == "a" && !open.named {
                self.refuse(
                    open.span,
                    "the link has no words",
                    "write words between `<a>` and `</a>`, or an `alt` for the picture there",
                );
            }
        }
    }

    fn name_all(&mut self) {
        self.open.iter_mut().for_each(|open| open.named = true);
    }

    /// The markup cut at its fields; one that stands where it cannot be escaped is reported.
    fn pieces(&self) -> Vec<HtmlPiece> {
        let mut pieces = Vec::new();
        for (at, character) in self.marked.text.char_indices() {
            let range = at..at + character.len_utf8();
            let mut template = self.marked.template(character.encode_utf8(&mut [0; 4]));
            match (template.pieces.pop(), pieces.last_mut()) {
                (Some(Piece::Field(field)), _) => pieces.push(self.hole(field, range)),
                (_, Some(HtmlPiece::Markup(markup))) => markup.push(character),
                (_, _) => pieces.push(HtmlPiece::Markup(character.to_string())),
            }
        }
        pieces
    }

    fn hole(&self, field: Field, range: Range<usize>) -> HtmlPiece {
        let inside = |place: &Range<usize>| place.start <= range.start && range.end <= place.end;
        if self.urls.iter().any(inside) {
            return HtmlPiece::Url(field);
        }
        if !self.read.iter().any(inside) {
            self.refuse(range, "a field cannot stand here", FIELD_HELP);
        }
        HtmlPiece::Text(field)
    }

    fn refuse(&self, range: Range<usize>, message: &str, help: &str) {
        let end = range.end.min(self.marked.text.len());
        let span = self.marked.locate(range.start.min(end)..end);
        self.report.add(self.report.at(Code::Html, span, message).help(help));
    }
}

const FIELD_HELP: &str =
    "put it between two tags, or into an `href`, `src`, `alt` or `title` with quotes around it";
