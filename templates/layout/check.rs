//! The HTML of a layout in, what mail programs and screen readers would stumble over out.
//!
//! The rules are those of the letters that the project writes itself (docs/html.md), and among them
//! the ten faults that the Email Markup Consortium finds most often.

use std::ops::Range;

use crate::diagnostic::Code;
use crate::document::{Report, either};
use crate::markup::{Tag, Token, VOID, faults, tokens};
use crate::templates::css;

/// Elements that mail programs take out, or that a letter has elsewhere.
const REFUSED: [(&str, &str); 17] = [
    ("audio", "mail programs play nothing"),
    ("base", "every URL has to be whole by itself"),
    ("button", "write a link: forms do not work in mails"),
    ("embed", "mail programs take it out"),
    ("form", "mail programs take forms out, or warn of them"),
    ("frame", "mail programs take it out"),
    ("h1", "`[[opening]]` has the one of a letter"),
    ("iframe", "mail programs take it out"),
    ("input", "forms do not work in mails"),
    ("link", "mail programs fetch no style sheets"),
    ("object", "mail programs take it out"),
    ("script", "mail programs take it out"),
    ("select", "forms do not work in mails"),
    ("svg", "Gmail, Outlook and Yahoo show none"),
    ("textarea", "forms do not work in mails"),
    ("title", "`[[head]]` has the one of a letter"),
    ("video", "mail programs play nothing"),
];

struct Checker<'r> {
    report: &'r Report,
}

/// Reports what is wrong with a document; returns how many characters of style sheets it has.
pub(super) fn document(report: &Report) -> usize {
    let text = &report.source().text;
    let checker = Checker { report };
    for fault in faults(text) {
        checker.add(fault.span, fault.message, &fault.help);
    }
    let tokens = tokens(text);
    checker.frame(&tokens);
    let mut styles = 0;
    let mut open: Vec<&Tag> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Tag(tag) if tag.closing => {
                let opened = open.iter().rposition(|known| known.name == tag.name);
                open.truncate(opened.unwrap_or(open.len()));
            }
            Token::Tag(tag) => {
                checker.tag(tag, open.last().copied());
                if tag.name == "a" {
                    checker.says_something(tag, &tokens[at + 1..]);
                }
                if tag.opens() && !VOID.contains(&tag.name.as_str()) {
                    open.push(tag);
                }
            }
            Token::Text(sheet, span) if open.last().is_some_and(|tag| tag.name == "style") => {
                styles += sheet.chars().count();
                checker.sheet(sheet, span);
            }
            Token::Text(_, span) => checker.characters(&text[span.clone()], span),
            Token::Comment(..) | Token::Doctype(..) | Token::Fault(..) => {}
        }
    }
    styles
}

impl Checker<'_> {
    fn add(&self, span: Range<usize>, message: impl Into<String>, help: &str) {
        self.report.add(self.report.at(Code::Markup, span, message).help(help));
    }

    /// Doctype, `<html>`, `<head>` and `<body>`.
    fn frame(&self, tokens: &[Token]) {
        let first = tokens.iter().find(|token| match token {
            Token::Text(text, _) => !text.trim().is_empty(),
            _ => true,
        });
        if !matches!(first, Some(Token::Doctype(name, _)) if name == "html") {
            let help =
                "begin the file with `<!doctype html>`: without it programs measure as in 1998";
            self.add(0..0, "the layout has no doctype", help);
        }
        for name in ["html", "head", "body"] {
            let number = tokens
                .iter()
                .filter(
                    |token| matches!(token, Token::Tag(tag) if tag.name == name && !tag.closing),
                )
                .count();
            if number != 1 {
                let message = format!("the layout has {number} `<{name}>`, not one");
                self.add(0..0, message, "write a whole document: `<html>`, `<head>`, `<body>`");
            }
        }
    }

    fn tag(&self, tag: &Tag, parent: Option<&Tag>) {
        let name = tag.name.as_str();
        if let Some((_, why)) = REFUSED.iter().find(|(refused, _)| *refused == name) {
            self.add(
                tag.span.clone(),
                format!("a layout cannot have `<{name}>`: {why}"),
                "delete it",
            );
        }
        if name == "html" || parent.is_some_and(|parent| parent.name == "body") {
            self.says_its_language(tag);
        }
        if name == "table" && !matches!(tag.attribute("role"), Some("presentation" | "none")) {
            let help = "add `role=\"presentation\"`, so that screen readers pass over it";
            self.add(tag.span.clone(), "a table that lays out says nothing of it", help);
        }
        if name == "img" {
            self.image(tag);
        }
        for (attribute, required) in [("href", name == "a"), ("src", name == "img")] {
            self.url(tag, attribute, required);
        }
        for attribute in tag.attributes.iter().filter(|known| known.name.starts_with("on")) {
            let message = format!("`{}` runs code, and mail programs take it out", attribute.name);
            self.add(attribute.span.clone(), message, "delete it");
        }
    }

    fn says_its_language(&self, tag: &Tag) {
        for (attribute, slot) in [("lang", "language"), ("dir", "direction")] {
            if tag.attribute(attribute).is_some_and(|value| !value.trim().is_empty()) {
                continue;
            }
            let message = format!("`<{}>` has no `{attribute}`", tag.name);
            let help = format!(
                "add `{attribute}=\"[[{slot}]]\"`: web mail drops `<html>`, and screen readers have to know"
            );
            self.add(tag.span.clone(), message, &help);
        }
    }

    fn image(&self, tag: &Tag) {
        if tag.attribute("alt").is_none() {
            let help = "add `alt=\"what it shows\"`, or `alt=\"\"` if it only decorates";
            self.add(tag.span.clone(), "a picture has no `alt`", help);
        }
        if tag.attribute("width").is_none_or(|width| width.parse::<u32>().is_err()) {
            let help = "add `width=\"…\"` in pixels: Outlook for Windows shows it in its own size";
            self.add(tag.span.clone(), "a picture has no `width`", help);
        }
    }

    /// A mail stands at no address, so that nothing leads somewhere from there.
    fn url(&self, tag: &Tag, name: &str, required: bool) {
        let Some(attribute) = tag.attributes.iter().find(|known| known.name == name) else {
            if required {
                let help = format!("add `{name}=\"https://…\"`");
                self.add(tag.span.clone(), format!("`<{}>` has no `{name}`", tag.name), &help);
            }
            return;
        };
        let known: &[&str] = match name {
            "src" => &["https://"],
            _ => &["https://", "http://", "mailto:", "tel:", "[["],
        };
        let value = attribute.value.trim().to_ascii_lowercase();
        if !known.iter().any(|scheme| value.starts_with(scheme)) {
            let message = format!("`{}` leads nowhere from a mail", attribute.value);
            let schemes: Vec<_> = known.iter().copied().filter(|known| *known != "[[").collect();
            let help = format!("begin it with {}", either(&schemes));
            self.add(attribute.span.clone(), message, &help);
        }
    }

    /// A link without words is announced as its URL.
    fn says_something(&self, tag: &Tag, after: &[Token]) {
        let ends =
            |token: &Token| matches!(token, Token::Tag(tag) if tag.closing && tag.name == "a");
        let inside = after.iter().take_while(|token| !ends(token));
        let says = tag.attribute("aria-label").is_some_and(|label| !label.trim().is_empty())
            || inside.into_iter().any(|token| match token {
                Token::Text(text, _) => !text.trim().is_empty(),
                Token::Tag(tag) => tag.attribute("alt").is_some_and(|alt| !alt.trim().is_empty()),
                _ => false,
            });
        if !says {
            let help = "write where it leads between `<a>` and `</a>`";
            self.add(tag.span.clone(), "a link says nothing", help);
        }
    }

    /// An at-rule inside another makes Gmail drop the sheet.
    fn sheet(&self, sheet: &str, span: &Range<usize>) {
        for nested in css::nested_at_rules(sheet) {
            let place = span.start + nested.start..span.start + nested.end;
            let message = format!(
                "`{}` inside another at-rule makes Gmail drop the whole sheet",
                &sheet[nested]
            );
            self.add(place, message, "put it behind the block, or delete it");
        }
    }

    /// Marks stand for readers' values in a letter.
    fn characters(&self, text: &str, span: &Range<usize>) {
        for (at, character) in text.char_indices().filter(|(_, c)| *c >= '\u{f0000}') {
            let place = span.start + at..span.start + at + character.len_utf8();
            let message =
                format!("the character U+{:04X} means nothing here", u32::from(character));
            self.add(place, message, "delete it");
        }
    }
}
