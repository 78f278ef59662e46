//! A style.css in, rules for parts and everything that would not work in a mail out.

use std::ops::Range;

use cssparser::Token;

use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Report, closest, either};
use crate::templates::colour::Colour;
use crate::templates::css::nodes::{Node, nodes, span, text};
use crate::templates::css::property::{self, Support};
use crate::templates::css::{Css, Declaration, Media, Query, Rule};
use crate::templates::style::PARTS;

/// No text is smaller, in pixels.
const SIZE_MIN: f32 = 14.0;

/// The parts whose ground is a colour of theme.toml, and its name there.
const GROUNDS: [(&str, &str); 4] =
    [("page", "page"), ("paper", "paper"), ("band", "band"), ("button-cell", "button")];

struct Reader<'r> {
    report: &'r Report,
}

/// Reads a whole style sheet.
pub(super) fn sheet(report: &Report) -> Css {
    let source = report.source();
    let reader = Reader { report };
    let mut css = Css { source: source.clone(), rules: Vec::new(), media: Vec::new() };
    reader.characters(&source.text);
    let nodes = nodes(&source.text);
    let mut rest = nodes.as_slice();
    while let Some(at) = rest.iter().position(|node| !node.is_space()) {
        let end = rest.iter().skip(at).position(ends_rule).map_or(rest.len(), |end| at + end + 1);
        let (rule, after) = rest[at..].split_at(end - at);
        rest = after;
        match &rule[0].token {
            Token::AtKeyword(name) if name.eq_ignore_ascii_case("media") => {
                css.media.extend(reader.media(rule));
            }
            Token::AtKeyword(name) => reader.at_rule(name, &rule[0]),
            _ => css.rules.extend(reader.rule(rule)),
        }
    }
    css
}

/// Whether a rule ends with a token.
fn ends_rule(node: &Node<'_>) -> bool {
    matches!(node.token, Token::CurlyBracketBlock | Token::Semicolon)
}

impl Reader<'_> {
    fn error(&self, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        self.report.at(Code::Style, span, message)
    }

    /// Marks stand for readers' values in a letter, and `<` could end a style sheet.
    fn characters(&self, text: &str) {
        for (at, character) in text.char_indices() {
            if character >= '\u{f0000}'
                || character == '<'
                || character.is_control() && !character.is_ascii_whitespace()
            {
                let span = at..at + character.len_utf8();
                let message = format!(
                    "the character U+{:04X} has no business in a style sheet",
                    u32::from(character)
                );
                self.report.add(self.error(span, message).help("delete it"));
            }
        }
    }

    fn at_rule(&self, name: &str, node: &Node<'_>) {
        let help = match name.to_ascii_lowercase().as_str() {
            "import" => "copy the rules here: no mail program fetches a style sheet",
            "font-face" => {
                "name fonts that readers have in `[type]`: most programs fetch none, and Gmail drops the sheet"
            }
            "keyframes" => "delete it: only Apple Mail animates",
            _ => "delete it: of at-rules, only `@media` is read",
        };
        let message = format!("`@{name}` does not work in a mail");
        self.report.add(self.error(node.span.clone(), message).help(help));
    }

    /// `@media (…) { … }`.
    fn media(&self, nodes: &[Node<'_>]) -> Option<Media> {
        let (block, head) = nodes.split_last()?;
        let prelude = &head[1.min(head.len())..];
        let place = span(prelude, nodes[0].span.end);
        let query = query(prelude);
        if query.is_none() {
            let message =
                format!("`{}` is no query that mail programs answer alike", text(prelude));
            let help = "write `(max-width: 599px)` or `(prefers-color-scheme: dark)`";
            self.report.add(self.error(place, message).help(help));
        }
        let mut rules = Vec::new();
        let mut rest = block.inside.as_slice();
        while let Some(at) = rest.iter().position(|node| !node.is_space()) {
            let end = rest.iter().skip(at).position(ends_rule);
            let end = end.map_or(rest.len(), |end| at + end + 1);
            let (rule, after) = rest[at..].split_at(end - at);
            rest = after;
            if let Token::AtKeyword(name) = &rule[0].token {
                let message = format!("`@{name}` inside `@media` makes Gmail drop the whole sheet");
                let diagnostic = self.error(rule[0].span.clone(), message);
                self.report.add(diagnostic.help("put it behind the block, or delete it"));
            } else {
                rules.extend(self.rule(rule));
            }
        }
        Some(Media { query: query?, rules })
    }

    /// `.part, .part { … }`.
    fn rule(&self, nodes: &[Node<'_>]) -> Option<Rule> {
        let (block, selector) = nodes.split_last()?;
        let place = span(selector, nodes[0].span.start);
        if !matches!(block.token, Token::CurlyBracketBlock) {
            let message = "this is no rule";
            let help = "write `.part { property: value; }`";
            self.report.add(self.error(span(nodes, place.start), message).help(help));
            return None;
        }
        let selectors = selector.split(|node| matches!(node.token, Token::Comma));
        let parts: Vec<_> = selectors.filter_map(|one| self.part(one, place.start)).collect();
        let declarations = block.inside.split(|node| matches!(node.token, Token::Semicolon));
        let declarations = declarations.filter_map(|nodes| self.declaration(nodes, &parts));
        let declarations = declarations.collect();
        (!parts.is_empty()).then_some(Rule { parts, declarations })
    }

    /// `.part`: what it names has to be a part of a letter.
    fn part(&self, nodes: &[Node<'_>], otherwise: usize) -> Option<String> {
        let words: Vec<_> = nodes.iter().filter(|node| !node.is_space()).collect();
        let place = span(nodes, otherwise);
        let known: Vec<_> = PARTS.iter().map(|part| part.class()).collect();
        let known: Vec<_> = known.iter().map(String::as_str).collect();
        let name = match words.as_slice() {
            [dot, name] if matches!(dot.token, Token::Delim('.')) => match &name.token {
                Token::Ident(name) => Some(name.to_string()),
                _ => None,
            },
            _ => None,
        };
        let Some(name) = name else {
            let message = format!("`{}` is no part of a letter", text(nodes));
            let help = "name a part by its class alone: `.headline`; docs/themes.md has them all";
            self.report.add(self.error(place, message).help(help));
            return None;
        };
        if known.contains(&name.as_str()) {
            return Some(name);
        }
        let help = closest(&name, &known).map_or_else(
            || format!("the parts are {}", either(&known)),
            |known| format!("did you mean `.{known}`?"),
        );
        let message = format!("a letter has no part `{name}`");
        self.report.add(self.error(place, message).help(help));
        None
    }

    /// `property: value`.
    fn declaration(&self, nodes: &[Node<'_>], parts: &[String]) -> Option<Declaration> {
        let nodes = &nodes[nodes.iter().position(|node| !node.is_space())?..];
        let colon = nodes.iter().position(|node| matches!(node.token, Token::Colon));
        let (name, value) = match (&nodes[0].token, colon) {
            (Token::Ident(name), Some(colon)) => (name.to_ascii_lowercase(), &nodes[colon + 1..]),
            _ => {
                let message = "this is no declaration";
                let help = "write `property: value;`, one rule behind the other";
                self.report.add(self.error(span(nodes, nodes[0].span.start), message).help(help));
                return None;
            }
        };
        if !self.property(&name, nodes[0].span.clone()) {
            return None;
        }
        let place = span(value, nodes[0].span.end);
        let written = text(value);
        if written.is_empty() {
            let message = format!("`{name}` has no value");
            self.report.add(self.error(place, message).help("write one, or delete the line"));
            return None;
        }
        if !value.iter().all(|node| self.value(&name, node)) {
            return None;
        }
        if name == "font-size"
            && !matches!(value_of(value), Some(Token::Dimension { unit, .. }) if unit.eq_ignore_ascii_case("px"))
        {
            let message = format!("`{written}` is no size that can be checked");
            self.report.add(self.error(place, message).help("write it in `px`: `16px`"));
            return None;
        }
        if matches!(name.as_str(), "color" | "background-color") {
            self.colour(&name, &written, place.clone(), parts)?;
        }
        Some(Declaration { property: name, value: written, span: place })
    }

    /// Whether a property does in mails what is meant.
    fn property(&self, name: &str, place: Range<usize>) -> bool {
        match property::property(name) {
            Support::Good => return true,
            Support::Degrades(who) => {
                let message = format!("`{name}` is not everywhere: {who}");
                let diagnostic = self.report.at(Code::StyleSupport, place, message);
                self.report.add(diagnostic.help("see that the letter is good without it"));
                return true;
            }
            Support::Breaks(why) => {
                let message = format!("`{name}` does not work in a mail: {why}");
                self.report.add(self.error(place, message).help(property::instead(name)));
            }
            Support::Unknown(meant) => {
                let message = format!("`{name}` is no property that mail programs know");
                let help = meant.map_or_else(
                    || "delete it".to_owned(),
                    |meant| format!("did you mean `{meant}`?"),
                );
                self.report.add(self.error(place, message).help(help));
            }
        }
        false
    }

    /// Whether a piece of a value does.
    fn value(&self, property: &str, node: &Node<'_>) -> bool {
        let refuse = |what: String, help: &str| {
            self.report.add(self.error(node.span.clone(), what).help(help));
            false
        };
        match &node.token {
            Token::Delim('!') => refuse(
                "an inline `!important` would win over the dark".to_owned(),
                "delete it: what stands here wins over the theme as it is",
            ),
            Token::UnquotedUrl(_) => self.function("url", node),
            Token::Function(name) => self.function(name, node),
            Token::Dimension { value, unit, .. } => {
                let unit = unit.to_ascii_lowercase();
                if let Some(why) = property::unit(&unit) {
                    let message = format!("`{unit}` is no unit for mails: {why}");
                    return refuse(message, "write it in `px`");
                }
                if property == "font-size" && unit == "px" && *value < SIZE_MIN {
                    let message = format!("{value} px is smaller than {SIZE_MIN}");
                    return refuse(message, "write `14px` or more: people read it on telephones");
                }
                true
            }
            Token::Ident(word) => match property::word(property, &word.to_ascii_lowercase()) {
                Some(why) => {
                    let message = format!("`{property}: {word}` does not work in a mail: {why}");
                    refuse(message, "delete it")
                }
                None => true,
            },
            Token::CurlyBracketBlock | Token::BadUrl(_) | Token::BadString(_) => refuse(
                "this is no value".to_owned(),
                "end the declaration before with `;`, and strings with quotes",
            ),
            _ => true,
        }
    }

    /// Whether a function can stand in a value.
    fn function(&self, name: &str, node: &Node<'_>) -> bool {
        let Some(why) = property::function(&name.to_ascii_lowercase()) else { return true };
        let message = format!("`{name}()` does not work in a mail: {why}");
        self.report.add(self.error(node.span.clone(), message).help("write the value itself"));
        false
    }

    /// A colour, which contrast can be computed of, for parts that can have one.
    fn colour(&self, name: &str, value: &str, place: Range<usize>, parts: &[String]) -> Option<()> {
        if Colour::parse(value).is_none() {
            let message = format!("`{value}` is not a colour");
            let diagnostic = self.report.at(Code::Colour, place, message);
            self.report.add(diagnostic.help("write it as `#rrggbb`, such as `#1d2328`"));
            return None;
        }
        let themed = GROUNDS.iter().find(|(part, _)| parts.iter().any(|known| known == part));
        if let (Some((part, key)), "background-color") = (themed, name) {
            let message = format!("the ground of `.{part}` is a colour of theme.toml");
            let help = format!("set `{key}` there, in `[light]` and in `[dark]`");
            self.report.add(self.error(place, message).help(help));
            return None;
        }
        Some(())
    }
}

/// The one token of a value, if it is one.
fn value_of<'n, 'i>(nodes: &'n [Node<'i>]) -> Option<&'n Token<'i>> {
    let mut words = nodes.iter().filter(|node| !node.is_space());
    let only = words.next()?;
    words.next().is_none().then_some(&only.token)
}

/// `(max-width: 599px)` or `(prefers-color-scheme: dark)`.
fn query(nodes: &[Node<'_>]) -> Option<Query> {
    let mut words = nodes.iter().filter(|node| !node.is_space());
    let only = words.next().filter(|node| matches!(node.token, Token::ParenthesisBlock))?;
    if words.next().is_some() {
        return None;
    }
    let inside: Vec<_> = only.inside.iter().filter(|node| !node.is_space()).collect();
    let [name, colon, value] = inside.as_slice() else { return None };
    let (Token::Ident(name), Token::Colon) = (&name.token, &colon.token) else { return None };
    match &value.token {
        Token::Dimension { int_value: Some(width), unit, .. }
            if name.eq_ignore_ascii_case("max-width") && unit.eq_ignore_ascii_case("px") =>
        {
            u32::try_from(*width).ok().map(Query::Narrow)
        }
        Token::Ident(scheme)
            if name.eq_ignore_ascii_case("prefers-color-scheme")
                && scheme.eq_ignore_ascii_case("dark") =>
        {
            Some(Query::Dark)
        }
        _ => None,
    }
}
