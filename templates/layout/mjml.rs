//! A layout in MJML in, the same as HTML out; what is wrong in it is found where it is written.
//!
//! The compiler passes over much in silence and names few places, so that the text is checked
//! before.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use mrml::prelude::parser::Error;
use mrml::prelude::render::RenderOptions;

use crate::diagnostic::{Code, Diagnostic, Source};
use crate::document::{Report, closest, either};
use crate::markup::{Attribute, Tag, Token, tags, tokens};
use crate::templates::layout::grammar::{ELEMENTS, Element, Holds, REFUSED};
use crate::templates::layout::{find, mend};

/// Deeper than any design; the compiler calls itself for each level.
const DEPTH: usize = 64;

/// Compiles a layout; nothing comes out where it has errors.
pub(super) fn compile(report: &Report) -> Option<Arc<Source>> {
    let source = report.source();
    let plain = source.text.clone();
    let mut checker = Checker { report, open: Vec::new(), good: true, plain, inside: Vec::new() };
    checker.document();
    if !checker.good {
        return None;
    }
    match html(&checker.plain, &checker.inside) {
        Ok(html) => Some(Source::new(source.path.as_str(), html)),
        Err((message, place)) => {
            checker.add(place, message, "write it as in XML: `name=\"value\"`, `&lt;` for `<`");
            None
        }
    }
}

/// The first of the characters that stand for what the compiler has not to understand.
const MARK: u32 = 0x10_0000;

/// The HTML as the compiler writes it, mended, around what is `inside` of elements that hold HTML and
/// stays as it is; or what the compiler stumbled over and where.
fn html(text: &str, inside: &[Range<usize>]) -> Result<String, (String, Range<usize>)> {
    let mut marked = text.to_owned();
    for (mark, place) in (MARK..).zip(inside) {
        // Of the same length, so that what is wrong behind it is where the compiler says.
        let filled = "\n".repeat(place.len() - 4);
        let mark = char::from_u32(mark).map(String::from).unwrap_or_default();
        marked.replace_range(place.clone(), &(mark + &filled));
    }
    let framed = mend::letter(&render(&marked)?);
    let mut html = String::new();
    let mut rest = framed.as_str();
    while let Some(at) = rest.find(|character| u32::from(character) >= MARK) {
        html += &rest[..at];
        let mark = rest[at..].chars().next().map_or(0, |mark| u32::from(mark) - MARK);
        let place = usize::try_from(mark).ok().and_then(|mark| inside.get(mark));
        html += place.map_or("", |place| &text[place.clone()]);
        rest = rest[at + 4..].trim_start_matches('\n');
    }
    Ok(html + rest)
}

fn render(text: &str) -> Result<String, (String, Range<usize>)> {
    let mut layout = mrml::parse(text).map_err(|error| explain(&error, text))?.element;
    let attributes = &mut layout.attributes;
    attributes.lang.get_or_insert_with(|| "[[language]]".to_owned());
    attributes.dir.get_or_insert_with(|| "[[direction]]".to_owned());
    // Mail programs fetch no fonts, and who reads what must not be known to a host of fonts.
    let options = RenderOptions { fonts: HashMap::new(), ..RenderOptions::default() };
    layout.render(&options).map_err(|error| (error.to_string(), 0..0))
}

fn explain(error: &Error, text: &str) -> (String, Range<usize>) {
    match error {
        Error::MissingAttribute { name, position, .. } => {
            (format!("`{name}` is missing"), position.start..position.end)
        }
        Error::UnexpectedElement { position, .. }
        | Error::UnexpectedToken { position, .. }
        | Error::InvalidAttribute { position, .. }
        | Error::InvalidFormat { position, .. }
        | Error::IncludeLoaderError { position, .. } => {
            ("this is not MJML".to_owned(), position.start..position.end)
        }
        Error::ParserError { source, .. } => {
            let (row, column) = (source.pos().row as usize, source.pos().col as usize);
            let lines: Vec<_> = text.split_inclusive('\n').take(row).collect();
            let (line, before) = lines.split_last().unwrap_or((&"", &[]));
            let start: usize = before.iter().map(|line| line.len()).sum();
            let inside = line.char_indices().nth(column.saturating_sub(1));
            let start = start + inside.map_or(line.trim_end().len(), |(at, _)| at);
            ("this is not MJML".to_owned(), start..start)
        }
        Error::EndOfStream { .. } | Error::SizeLimit { .. } | Error::NoRootNode => {
            ("this is no whole document of MJML".to_owned(), 0..0)
        }
    }
}

struct Checker<'r> {
    report: &'r Report,
    /// The tags that nothing has ended so far.
    open: Vec<Tag>,
    good: bool,
    /// The text as the compiler gets it: of the same length, without comments.
    plain: String,
    /// Where elements hold HTML or a style sheet.
    inside: Vec<Range<usize>>,
}

impl Checker<'_> {
    fn add(&mut self, span: Range<usize>, message: impl Into<String>, help: &str) {
        self.good = false;
        self.report.add(self.report.at(Code::Layout, span, message).help(help));
    }

    fn document(&mut self) {
        let text = &self.report.source().text;
        for (at, mark) in text.char_indices().filter(|(_, mark)| u32::from(*mark) >= 0xf_0000) {
            let message = format!("the character U+{:04X} means nothing here", u32::from(mark));
            self.add(at..at + mark.len_utf8(), message, "delete it");
        }
        for slot in find(text).into_iter().filter(|slot| slot.name == "head") {
            let message = "`[[head]]` stands in a layout of MJML by itself";
            self.add(slot.span, message, "delete it");
        }
        for token in tokens(text) {
            match token {
                Token::Tag(tag) if tag.closing => self.close(&tag),
                Token::Tag(tag) => self.tag(tag),
                Token::Text(words, place) => self.words(&words, place),
                Token::Comment(words, place) if !words.starts_with("[if") => self.blank(place),
                Token::Comment(_, place) | Token::Doctype(_, place) => self.words("-", place),
                Token::Fault(message, place) => {
                    self.add(place, message, "write it as in XML: `&lt;` for `<`");
                }
            }
        }
        for tag in std::mem::take(&mut self.open) {
            self.never_closed(&tag);
        }
        for name in ["mjml", "mj-body"] {
            if tags(text).iter().filter(|tag| tag.name == name && !tag.closing).count() != 1 {
                let message = format!("the layout has not one `<{name}>`");
                self.add(0..0, message, "write `<mjml>…<mj-body>…</mj-body></mjml>`");
            }
        }
    }

    fn close(&mut self, tag: &Tag) {
        let Some(at) = self.open.iter().rposition(|known| known.name == tag.name) else {
            let help = format!("delete it, or open `<{}>` before it", tag.name);
            return self.add(tag.span.clone(), format!("`</{}>` ends nothing", tag.name), &help);
        };
        for inside in self.open.split_off(at + 1) {
            self.never_closed(&inside);
        }
        let Some(opened) = self.open.pop() else { return };
        let holds = Element::find(&opened.name).map(|element| element.holds);
        let inside = opened.span.end..tag.span.start;
        // Shorter than a mark is nothing that the compiler could stumble over.
        if matches!(holds, Some(Holds::Html | Holds::Sheet)) && inside.len() >= 4 {
            self.inside.push(inside);
        }
    }

    fn never_closed(&mut self, tag: &Tag) {
        let help = format!("add `</{}>` where it ends", tag.name);
        self.add(tag.span.clone(), format!("`<{}>` is never closed", tag.name), &help);
    }

    fn tag(&mut self, tag: Tag) {
        let parent = self.parent();
        if self.open.len() == DEPTH {
            let message = format!("more than {DEPTH} elements stand in one another here");
            self.add(tag.span.clone(), message, "take some away");
        }
        if tag.name.starts_with("mj") {
            self.element(&tag, &parent);
        } else if Element::find(&parent).is_some_and(|parent| parent.holds != Holds::Html) {
            let message = format!("`<{}>` cannot stand in {}", tag.name, shown(&parent));
            self.add(tag.span.clone(), message, "put it into `<mj-text>` or `<mj-raw>`");
        }
        if tag.opens() && !tag.self_closing {
            self.open.push(tag);
        }
    }

    /// The name of the element of MJML that holds what comes next.
    fn parent(&self) -> String {
        let parent = self.open.iter().rfind(|tag| tag.name.starts_with("mj"));
        parent.map(|tag| tag.name.clone()).unwrap_or_default()
    }

    fn element(&mut self, tag: &Tag, parent: &str) {
        let name = tag.name.as_str();
        let place = tag.span.clone();
        if let Some((_, why)) = REFUSED.iter().find(|(refused, _)| *refused == name) {
            let message = format!("a layout cannot have `<{name}>`: {why}");
            return self.add(place, message, "delete it");
        }
        let Some(element) = Element::find(name) else {
            let names = ELEMENTS.each_ref().map(|element| element.name);
            let help = closest(name, &names).map_or_else(
                || format!("the elements are {}", either(&names)),
                |known| format!("did you mean `<{known}>`?"),
            );
            return self.add(place, format!("there is no element `<{name}>`"), &help);
        };
        let inside_html = self.open.last().is_some_and(|open| !open.name.starts_with("mj"));
        let known = parent.is_empty() || Element::find(parent).is_some();
        if (known && !element.stands_in(parent)) || inside_html {
            let parents: Vec<_> = element.parents.iter().map(|parent| shown(parent)).collect();
            let message = format!("`<{name}>` cannot stand in {}", shown(parent));
            self.add(place.clone(), message, &format!("put it into {}", parents.join(" or ")));
        }
        let known = element.attributes();
        for attribute in &tag.attributes {
            self.attribute(attribute, name, &known);
        }
        // Without one the compiler names pictures on the host of a company.
        let picture = ["mj-image", "mj-social-element"].contains(&name);
        if picture && parent != "mj-attributes" && tag.attribute("src").is_none() {
            let help = "add `src=\"https://…\"` and `alt=\"what it shows\"`";
            self.add(place, format!("`<{name}>` has no `src`"), help);
        }
    }

    fn attribute(&mut self, attribute: &Attribute, element: &str, known: &[&'static str]) {
        let name = attribute.name.as_str();
        if known.contains(&name) {
            return;
        }
        let help = match closest(name, known) {
            Some(known) => format!("did you mean `{known}`?"),
            None if known.is_empty() => "delete it: it can have none".to_owned(),
            None => format!("it can have {}", either(known)),
        };
        let message = format!("`<{element}>` has no attribute `{name}`");
        self.add(attribute.span.clone(), message, &help);
    }

    /// Words, where there can be some.
    fn words(&mut self, words: &str, place: Range<usize>) {
        let parent = self.parent();
        let holds = match Element::find(&parent) {
            Some(element) => element.holds,
            None if parent.is_empty() => Holds::Elements,
            None => return,
        };
        let inside_html = self.open.last().is_some_and(|open| !open.name.starts_with("mj"));
        match holds {
            Holds::Html | Holds::Sheet => {}
            _ if inside_html => {}
            Holds::Elements | Holds::Nothing if words.trim().is_empty() => self.blank(place),
            Holds::Elements | Holds::Nothing => {
                let help = "put it into `<mj-text>`, or markup into `<mj-raw>` in `<mj-body>`";
                let text = &self.report.source().text[place.clone()];
                let start = place.start + text.len() - text.trim_start().len();
                let message = format!("text cannot stand in {}", shown(&parent));
                self.add(start..start + text.trim().len(), message, help);
            }
        }
    }

    /// Takes out what the compiler would stumble over and readers do not see.
    fn blank(&mut self, place: Range<usize>) {
        let empty = "\n".repeat(place.len());
        self.plain.replace_range(place, &empty);
    }
}

fn shown(element: &str) -> String {
    if element.is_empty() { "the file itself".to_owned() } else { format!("`<{element}>`") }
}

/// Reports what is wrong with the HTML of a layout at the place of the MJML that it comes from.
pub(super) fn carry_back(found: Vec<Diagnostic>, report: &Report) {
    for diagnostic in found {
        let html = &diagnostic.source.text;
        let (place, exact) = origin(html, &diagnostic.span, &report.source().text);
        let mut moved = report.at(diagnostic.code, place, diagnostic.message.clone());
        moved.help = diagnostic.help;
        if !exact {
            let piece: String = html[diagnostic.span].chars().take(80).collect();
            moved = moved.note(format!("in the HTML that this becomes: `{piece}`"));
        }
        report.add(moved);
    }
}

/// Where a piece of HTML comes from, and whether it is written there as it is.
fn origin(html: &str, span: &Range<usize>, mjml: &str) -> (Range<usize>, bool) {
    let piece = &html[span.clone()];
    if piece.is_empty() {
        return (0..0, true);
    }
    let number = html[..span.start].matches(piece).count();
    let places: Vec<_> = mjml.match_indices(piece).map(|(at, _)| at..at + piece.len()).collect();
    let all_there = places.len() == html.matches(piece).count();
    let same = places.get(if all_there { number } else { 0 });
    if let Some(place) = same {
        return (place.clone(), true);
    }
    // A picture or a link is known by its URL.
    let urls: Vec<_> = tags(piece).iter().flat_map(urls).collect();
    let known = tags(mjml).into_iter().find(|tag| urls.iter().any(|url| urls_of(tag, url)));
    (known.map_or(0..0, |tag| tag.span), false)
}

fn urls(tag: &Tag) -> Vec<String> {
    ["src", "href"].iter().filter_map(|name| tag.attribute(name).map(str::to_owned)).collect()
}

fn urls_of(tag: &Tag, url: &str) -> bool {
    urls(tag).iter().any(|known| known == url)
}
