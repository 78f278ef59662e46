//! The HTML of a letter in, what readers, screen readers and filters hold against it out.
//!
//! The built-in templates pass all of this. Layouts, style sheets and sections of HTML are written
//! by others, and what is wrong with them is shown in the finished letter, where it can be seen.

use std::ops::Range;
use std::sync::Arc;

use crate::check::{links, style};
use crate::diagnostic::{self, Code, Diagnostic, Source};
use crate::markup::{Tag, Token, tokens};

/// Words smaller than this, in pixels, are not there to be read.
const FONT_MIN: f64 = 4.0;
/// Looks at a finished letter; what stands in the issue word for word is shown there.
#[must_use]
pub fn letter(html: &Arc<Source>, issue: Option<&Arc<Source>>) -> Vec<Diagnostic> {
    let mut proof = Proof::new(html, issue);
    proof.read();
    if proof.headings == 0 {
        let message = "the letter has no `<h1>`";
        proof.add(Code::LetterHeading, 0..0, message, "make its headline one");
    }
    proof.finish()
}

/// Looks at markup that an editor brings into a letter.
pub(super) fn fragment(html: &Arc<Source>, issue: &Arc<Source>) -> Vec<Diagnostic> {
    let mut proof = Proof::new(html, Some(issue));
    proof.read();
    proof.finish()
}

/// A letter while it is read.
struct Proof<'p> {
    html: &'p Arc<Source>,
    issue: Option<&'p Arc<Source>>,
    open: Vec<Element>,
    headings: usize,
    found: Vec<Diagnostic>,
}

/// An element whose end has not come yet.
struct Element {
    tag: Tag,
    /// What it says so far, with the alternatives of its pictures.
    words: String,
    /// Whether it has cells that head others, or a caption: a table of data.
    data: bool,
    hidden: bool,
    /// A link in it that only its colour tells from the words around it, and the link's length.
    unmarked: Option<(Range<usize>, usize)>,
    /// Whether its own words have no size; those inside may have one.
    tiny: bool,
}

impl<'p> Proof<'p> {
    fn new(html: &'p Arc<Source>, issue: Option<&'p Arc<Source>>) -> Self {
        Self { html, issue, open: Vec::new(), headings: 0, found: Vec::new() }
    }

    /// What is in comments, also in those that Outlook reads, is not there for anybody else.
    fn read(&mut self) {
        let mut sheets = Vec::new();
        for token in tokens(&self.html.text) {
            match token {
                Token::Tag(tag) if tag.closing => self.close(&tag.name),
                Token::Tag(tag) => self.open(tag),
                Token::Text(_, span) if self.is_inside("style") => sheets.push(span),
                Token::Text(..) if self.is_inside("script") => {}
                Token::Text(text, _) => self.text(&text),
                Token::Comment(..) | Token::Doctype(..) | Token::Fault(..) => {}
            }
        }
        self.sheets(&sheets);
        while let Some(element) = self.open.pop() {
            self.end(&element);
        }
    }

    fn finish(mut self) -> Vec<Diagnostic> {
        diagnostic::sort(&mut self.found);
        self.found
    }

    fn open(&mut self, tag: Tag) {
        self.check_tag(&tag);
        if let Some(style) = tag.attribute("style") {
            for dropped in style::declarations(style) {
                self.dropped(&dropped, tag.span.clone());
            }
        }
        if self.open.last().is_some_and(|parent| parent.tag.name == "body")
            && !(tag.attribute("lang").is_some() && tag.attribute("dir").is_some())
        {
            let message = format!("`<{}>` right inside `<body>` lacks `lang` or `dir`", tag.name);
            let help = "give it both: web mail drops those of `<html>`";
            self.add(Code::LetterLanguage, tag.span.clone(), message, help);
        }
        if ["th", "caption"].contains(&tag.name.as_str())
            && let Some(table) = self.open.iter_mut().rfind(|open| open.tag.name == "table")
        {
            table.data = true;
        }
        if let Some(alt) = tag.attribute("alt") {
            let alt = alt.to_owned();
            self.say(&alt);
        }
        if tag.opens() {
            let (hidden, tiny) = (is_hidden(&tag), is_tiny(&tag));
            let (words, unmarked) = (String::new(), None);
            self.open.push(Element { tag, words, data: false, unmarked, hidden, tiny });
        }
    }

    /// What can be seen from the tag alone.
    fn check_tag(&mut self, tag: &Tag) {
        match tag.name.as_str() {
            "html" if tag.attribute("lang").is_none() || tag.attribute("dir").is_none() => {
                let message = "the letter does not say its language and direction";
                let help = "write `<html lang=\"…\" dir=\"…\">`";
                self.add(Code::LetterLanguage, tag.span.clone(), message, help);
            }
            "img" => self.check_image(tag),
            "h1" => {
                self.headings += 1;
                if self.headings > 1 {
                    let message = "the letter has a second `<h1>`";
                    self.add(Code::LetterHeading, tag.span.clone(), message, "make it an `<h2>`");
                }
            }
            name => {
                if let Some((_, programs)) = ELEMENTS.iter().find(|(known, _)| *known == name) {
                    let message = format!("`<{name}>` is dropped by {programs}");
                    let help = "say it without: a link to a page on the web can do it";
                    self.add(Code::Element, tag.span.clone(), message, help);
                }
            }
        }
    }

    fn check_image(&mut self, tag: &Tag) {
        let help = "add `alt=\"what the picture shows\"`, or `alt=\"\"` where it says nothing";
        if tag.attribute("alt").is_none() {
            let message = "the picture has no alternative";
            self.add(Code::LetterAlt, tag.span.clone(), message, help);
        }
        let src = tag.attribute("src").unwrap_or_default().to_lowercase();
        let path = src.split(['?', '#']).next().unwrap_or_default();
        let format = [".webp", ".avif", ".svg"].into_iter().find(|end| path.ends_with(end));
        let what = if src.starts_with("data:") { Some("data:") } else { format };
        if let Some(what) = what {
            let message = format!("`{what}` pictures are not shown by Gmail or Outlook");
            let help = "save it as JPEG, PNG or GIF, in a file";
            self.add(Code::Element, tag.span.clone(), message, help);
        }
    }

    fn close(&mut self, name: &str) {
        let Some(at) = self.open.iter().rposition(|open| open.tag.name == name) else { return };
        for element in self.open.split_off(at).into_iter().rev() {
            self.end(&element);
        }
    }

    /// What can be seen once an element is complete.
    fn end(&mut self, Element { tag, words, data, unmarked, .. }: &Element) {
        match tag.name.as_str() {
            "table" if !data && !is_presentation(tag) => {
                let message = "screen readers read this layout table out as one of data";
                let help = "write `<table role=\"presentation\">`, or give a table of data `<th>`";
                self.add(Code::TableRole, tag.span.clone(), message, help);
            }
            "title" if words.trim().is_empty() => {
                let help = "write the subject into `<title>`";
                self.add(Code::LetterHeading, tag.span.clone(), "the letter has no title", help);
            }
            "p" | "li" => {
                let link = unmarked.as_ref().filter(|(_, length)| words.trim().len() > *length);
                if let Some((span, _)) = link {
                    let message = "only its colour tells this link from the words around it";
                    let help = "leave links in text underlined";
                    self.add(Code::UnmarkedLink, span.clone(), message, help);
                }
            }
            "a" => {
                if is_unmarked(tag)
                    && let Some(text) = self
                        .open
                        .iter_mut()
                        .rfind(|open| matches!(open.tag.name.as_str(), "p" | "li"))
                {
                    text.unmarked = Some((tag.span.clone(), words.trim().len()));
                }
                if let Some(href) = tag.attribute("href") {
                    let (source, span) = self.place(tag.span.clone());
                    self.found.extend(links::anchor(&source, &span, words, href));
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        self.say(text);
        let seen = text.chars().any(char::is_alphanumeric);
        let tiny = self.open.len().saturating_sub(1);
        let elements = self.open.iter_mut().enumerate();
        let hidden = elements.map(|(at, element)| (at == tiny, element));
        let mut hidden = hidden.filter(|(own, element)| element.hidden || *own && element.tiny);
        if let Some((_, element)) = hidden.next().filter(|_| seen) {
            (element.hidden, element.tiny) = (false, false);
            let span = element.tag.span.clone();
            let help = "show the text, or delete it";
            self.add(Code::HiddenText, span, "readers do not see the text in here", help);
        }
    }

    fn say(&mut self, words: &str) {
        self.open.iter_mut().for_each(|element| element.words.push_str(words));
    }

    fn is_inside(&self, name: &str) -> bool {
        self.open.last().is_some_and(|open| open.tag.name == name)
    }

    fn sheets(&mut self, sheets: &[Range<usize>]) {
        let length = |span: &Range<usize>| self.html.text[span.clone()].chars().count();
        let length: usize = sheets.iter().map(length).sum();
        let (first, html) = (sheets.first().cloned().unwrap_or(0..0), Arc::clone(self.html));
        // The style sheet's first line is enough to find it by.
        let line = html.text[first.clone()].trim_start();
        let start = first.end - line.len();
        let first = start..start + line.lines().next().unwrap_or_default().len();
        let message = format!("the style sheets have {length} characters");
        if length > style::SHEETS_MAX {
            let message = format!("{message}, and Gmail drops what is beyond 16,384");
            let help = "write what matters into `style` attributes";
            self.add(Code::StyleTooLong, first, message, help);
        } else if length > style::SHEETS_LONG {
            let message = format!("{message}; Gmail drops what is beyond 16,384");
            self.add(Code::LongStyle, first, message, "delete rules that no letter needs");
        }
        for sheet in sheets {
            let css = &html.text[sheet.clone()];
            for dropped in style::sheet(css) {
                let span = sheet.start + dropped.span.start..sheet.start + dropped.span.end;
                self.dropped(&dropped, span);
            }
            if let Some(span) = style::nested(css) {
                let message = "Gmail drops a style sheet with an at-rule inside another";
                let span = sheet.start + span.start..sheet.start + span.end;
                self.add(Code::NestedAtRule, span, message, "move it out of the braces");
            }
        }
    }

    /// A feature is shown once, where it comes first.
    fn dropped(&mut self, dropped: &style::Dropped, span: Range<usize>) {
        let message = format!("{} is dropped by {}", dropped.what, dropped.programs);
        if !self.found.iter().any(|found| found.message == message) {
            self.add(Code::Css, span, message, dropped.help);
        }
    }

    fn add(&mut self, code: Code, span: Range<usize>, message: impl Into<String>, help: &str) {
        let (source, span) = self.place(span);
        self.found.push(Diagnostic::new(code, &source, span, message).help(help));
    }

    /// A place of the letter, or that of the same words in the issue.
    fn place(&self, span: Range<usize>) -> (Arc<Source>, Range<usize>) {
        let words = &self.html.text[span.clone()];
        if let Some(issue) = self.issue.filter(|_| !words.is_empty())
            && let Some(at) = issue.text.find(words)
        {
            return (Arc::clone(issue), at..at + words.len());
        }
        (Arc::clone(self.html), span)
    }
}

/// Elements that mail programs drop, by caniemail's tables.
const ELEMENTS: [(&str, &str); 16] = [
    ("script", "all mail programs"),
    ("iframe", "all mail programs"),
    ("object", "all mail programs"),
    ("embed", "all mail programs"),
    ("canvas", "all mail programs"),
    ("base", "most mail programs"),
    ("link", "Gmail and Outlook"),
    ("form", "Outlook and others"),
    ("input", "Outlook and others"),
    ("select", "Outlook and others"),
    ("textarea", "Outlook and others"),
    ("button", "Outlook and others"),
    ("svg", "Gmail, Outlook and Yahoo"),
    ("video", "Gmail, Outlook and Yahoo"),
    ("audio", "Gmail, Outlook and Yahoo"),
    ("math", "Gmail and Outlook"),
];

fn is_presentation(table: &Tag) -> bool {
    let role = table.attribute("role").unwrap_or_default();
    ["presentation", "none", "table", "grid"].contains(&role.trim())
}

/// Whether an element's style keeps what it and all inside it says from being seen.
fn is_hidden(tag: &Tag) -> bool {
    tag.attribute("hidden").is_some()
        || is_zero(tag, &["opacity", "max-height", "max-width"])
        || declarations(tag).iter().any(|(property, value)| match property.as_str() {
            "display" => value == "none",
            "visibility" => value == "hidden",
            "mso-hide" => value == "all",
            "color" => value == "transparent",
            // Far outside of what is shown.
            "text-indent" | "left" | "top" => value.starts_with('-') && value.len() > "-99px".len(),
            _ => false,
        })
        || is_zero(tag, &["height"]) && declarations(tag).iter().any(|(_, value)| value == "hidden")
}

/// Whether a link has neither an underline nor a border beneath it.
fn is_unmarked(tag: &Tag) -> bool {
    let style = declarations(tag);
    let says = |name: &str, value: fn(&str) -> bool| {
        style.iter().any(|(property, text)| property.starts_with(name) && value(text))
    };
    says("text-decoration", |text| text == "none") && !says("border", |text| text != "none")
}

/// Whether an element's own words are too small to be read.
fn is_tiny(tag: &Tag) -> bool {
    let pixels = |value: &str| value.strip_suffix("px").and_then(|n| n.trim().parse::<f64>().ok());
    let sizes = declarations(tag).into_iter().filter(|(property, _)| property == "font-size");
    let small = |value: &str| pixels(value).is_some_and(|size| size < FONT_MIN);
    is_zero(tag, &["font-size"]) || sizes.into_iter().any(|(_, value)| small(&value))
}

/// Whether an element's style sets one of some properties to nothing.
fn is_zero(tag: &Tag, properties: &[&str]) -> bool {
    declarations(tag).iter().any(|(property, value)| {
        let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
        properties.contains(&property.as_str()) && number.parse::<f64>().is_ok_and(|n| n == 0.0)
    })
}

/// What an element's `style` says: properties and values in lower case.
fn declarations(tag: &Tag) -> Vec<(String, String)> {
    let style = tag.attribute("style").unwrap_or_default().to_lowercase();
    let declarations = style.split(';').filter_map(|declaration| declaration.split_once(':'));
    let value = |value: &str| value.replace("!important", "").trim().to_owned();
    declarations.map(|(name, text)| (name.trim().to_owned(), value(text))).collect()
}
