//! HTML as the MJML compiler writes it in, the same as a letter of the project has it out.

use std::ops::Range;

use crate::markup::{Attribute, Tag, Token, tokens};

/// The comment that ends what the compiler writes into every head. `[[head]]` brings what is
/// before it that mails need: character set, title, and words for Outlook.
const HEAD_ENDS: &str = "[if lte mso 11]>";

/// What the compiler says to Word, and what the rest of a letter says: the other browser is no more,
/// and `[[head]]` has the rule for lines.
const WORD: [(&str, &str); 2] = [("[if mso | IE]>", "[if mso]>"), (EXACTLY, "")];
const EXACTLY: &str = "mso-line-height-rule:exactly;";

/// How Word pads a button, which is no CSS and has to stand where Word alone reads it.
const PADDING: &str = "mso-padding-alt:";

/// Puts `[[head]]` where it belongs, and mends what no layout in MJML can say.
pub(super) fn letter(html: &str) -> String {
    let mut mender = Mender { html, edits: Vec::new(), paddings: Vec::new() };
    let tokens = tokens(html);
    let head = tokens.iter().find_map(|token| match token {
        Token::Tag(tag) if tag.name == "head" => Some(tag.span.end),
        _ => None,
    });
    let ends = tokens.iter().find_map(|token| match token {
        Token::Comment(words, place) if words.starts_with(HEAD_ENDS) => Some(place.end),
        _ => None,
    });
    let class = tokens.iter().find_map(|token| match token {
        Token::Tag(tag) if tag.attribute("role") == Some("article") => tag.attribute("class"),
        _ => None,
    });
    let start = |at: usize| match tokens.get(at) {
        Some(Token::Tag(tag)) if !tag.closing => Some(tag),
        _ => None,
    };
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Tag(tag) if tag.closing => {}
            Token::Tag(tag) if tag.name == "body" => mender.body(tag, class),
            Token::Tag(tag) => mender.tag(tag, at.checked_sub(1).and_then(start), start(at + 1)),
            Token::Comment(_, place) => {
                let said = html[place.clone()].to_owned();
                let said = WORD.iter().fold(said, |said, (old, new)| said.replace(old, new));
                mender.edits.push((place.clone(), said));
            }
            // The compiler writes no other reference to a character.
            Token::Text(_, place) if html[place.clone()] == *"&#8202;" => {
                mender.edits.push((place.clone(), "\u{200a}".to_owned()));
            }
            _ => {}
        }
    }
    if let (Some(start), Some(end)) = (head, ends) {
        let sheet = mender.sheet_for_word();
        // First, so that what it replaces is not mended in its place.
        mender.edits.insert(0, (start..end, format!("[[head]]{sheet}")));
    }
    mender.finish()
}

struct Mender<'h> {
    html: &'h str,
    /// Pieces of the HTML and what comes into their places.
    edits: Vec<(Range<usize>, String)>,
    /// How Word pads each kind of button.
    paddings: Vec<String>,
}

impl Mender<'_> {
    /// The colours of the letter reach to the edges of the window.
    fn body(&mut self, tag: &Tag, class: Option<&str>) {
        let class = class.map(|class| format!(" class=\"{}\"", quoted(class))).unwrap_or_default();
        let style = quoted(tag.attribute("style").unwrap_or_default());
        let new = format!("<body{class} style=\"margin:0;padding:0;{style}\">");
        self.edits.push((tag.span.clone(), new));
    }

    fn tag(&mut self, tag: &Tag, outer: Option<&Tag>, inner: Option<&Tag>) {
        for attribute in &tag.attributes {
            let new = match attribute.name.as_str() {
                "style" => style(tag, attribute, outer, inner),
                _ => mended(tag, attribute),
            };
            if let Some(new) = new {
                let start = attribute.span.start - usize::from(new.is_empty());
                self.edits.push((start..attribute.span.end, new));
            }
        }
        let end = tag.span.start + 1 + tag.name.len();
        if tag.self_closing && !tag.opens() {
            let text = self.html[tag.span.clone()].trim_end_matches(['/', '>', ' ']);
            self.edits.push((tag.span.start + text.len()..tag.span.end, ">".to_owned()));
        }
        let missing = |name| tag.attribute(name).is_none();
        if missing("class")
            && let Some(class) = self.pad(tag)
        {
            self.edits.push((end..end, format!(" class=\"{class}\"")));
        }
        if tag.name == "table" && missing("role") {
            self.edits.push((end..end, " role=\"presentation\"".to_owned()));
        }
        if tag.attribute("role") == Some("article") && missing("aria-label") {
            self.edits.push((end..end, " aria-label=\"[[subject]]\"".to_owned()));
        }
    }

    /// The class of a cell that Word pads.
    fn pad(&mut self, tag: &Tag) -> Option<String> {
        let (_, rest) = tag.attribute("style")?.split_once(PADDING)?;
        let padding = rest.split(';').next().unwrap_or_default();
        if tag.name != "td" || padding.contains(['<', '{', '}']) {
            return None;
        }
        let known = self.paddings.iter().position(|known| known == padding);
        let number = known.unwrap_or_else(|| {
            self.paddings.push(padding.to_owned());
            self.paddings.len() - 1
        });
        Some(format!("mj-button-{number}"))
    }

    fn sheet_for_word(&self) -> String {
        let rule = |(number, padding)| format!("td.mj-button-{number}{{{PADDING}{padding};}}");
        let rules: String = self.paddings.iter().enumerate().map(rule).collect();
        match rules.as_str() {
            "" => String::new(),
            rules => format!("<!--[if mso]><style>{rules}</style><![endif]-->"),
        }
    }

    fn finish(mut self) -> String {
        self.edits.sort_by_key(|(place, _)| (place.start, place.end));
        let mut mended = String::new();
        let mut end = 0;
        // What is inside a piece that goes needs no mending.
        for (place, new) in self.edits {
            if place.start >= end {
                mended += &self.html[end..place.start];
                mended += &new;
                end = place.end;
            }
        }
        mended + &self.html[end..]
    }
}

/// Whether a colour belongs to the element around the one that has it: the compiler writes the
/// author's class into the outer one, and the class could not change it by night.
fn belongs_out(rule: &str, inner: &Tag, outer: &Tag) -> bool {
    let own = outer.attribute("class").is_some_and(|class| class.split(' ').any(is_own));
    let (Some(around), Some(inside)) = (outer.attribute("style"), inner.attribute("style")) else {
        return false;
    };
    let colour = ["color:", "background:", "background-color:"].iter();
    let colour = colour.into_iter().any(|name| rule.starts_with(name));
    let there = around.split_inclusive(';').any(|known| known == rule);
    let plain = rule.starts_with("color:") || !inside.contains("border-radius");
    let boxed = ["div", "table"].contains(&inner.name.as_str());
    own && colour && boxed && inner.attribute("class").is_none() && (there || plain)
}

fn is_own(class: &str) -> bool {
    !class.is_empty() && !class.starts_with("mj-")
}

/// A `style` that differs from what it has to be.
fn style(
    tag: &Tag,
    attribute: &Attribute,
    outer: Option<&Tag>,
    inner: Option<&Tag>,
) -> Option<String> {
    // Left is where the script begins.
    let value = attribute.value.replace("direction:ltr;", "");
    let value = value.replace("text-align:left;", "text-align:left;text-align:start;");
    let stays = |rule: &&str| {
        !rule.starts_with(PADDING) && !outer.is_some_and(|outer| belongs_out(rule, tag, outer))
    };
    let mut style: String = value.split_inclusive(';').filter(stays).collect();
    if let Some((inner, rules)) = inner.and_then(|inner| Some((inner, inner.attribute("style")?))) {
        let rules = rules.split_inclusive(';').filter(|rule| belongs_out(rule, inner, tag));
        style.extend(rules.filter(|rule| !value.split_inclusive(';').any(|own| own == *rule)));
    }
    (style != attribute.value).then(|| format!("style=\"{}\"", quoted(&style)))
}

fn quoted(value: &str) -> String {
    value.replace('&', "&amp;").replace('"', "&quot;")
}

/// What an attribute has to be, if it is not that: nothing, where it must not be.
fn mended(tag: &Tag, attribute: &Attribute) -> Option<String> {
    match (tag.name.as_str(), attribute.name.as_str()) {
        // Names of XML mean nothing in HTML, and the others only in CSS.
        ("html", name) if name.starts_with("xmlns") => Some(String::new()),
        ("img", "height") if attribute.value == "auto" => Some(String::new()),
        (_, "vertical-align") => Some(String::new()),
        // Icons have a width alone, and are square.
        ("img", "width") if square(tag) => {
            Some(format!("width=\"{0}\" height=\"{0}\"", attribute.value))
        }
        _ => None,
    }
}

fn square(tag: &Tag) -> bool {
    let style = tag.attribute("style").unwrap_or_default();
    tag.attribute("height").is_none() && !style.contains("height:")
}

#[cfg(test)]
mod tests {
    use crate::templates::layout::mend::letter;

    #[test]
    fn the_head_is_that_of_letters_and_the_styles_of_the_layout_stay() {
        let html = "<html xmlns:v=\"urn:v\" lang=\"en\"><head><title></title><meta a=\"b\">\
                    <!--[if lte mso 11]><style></style><![endif]--><style>a{}</style></head></html>";
        let mended = "<html lang=\"en\"><head>[[head]]<style>a{}</style></head></html>";
        assert_eq!(letter(html), mended);
    }

    #[test]
    fn tags_are_mended_one_by_one() {
        for (html, mended) in [
            ("<table border=\"0\">", "<table role=\"presentation\" border=\"0\">"),
            ("<table role=\"none\">", "<table role=\"none\">"),
            ("<img height=\"auto\" src=\"x\" />", "<img src=\"x\">"),
            ("<img width=\"20\" />", "<img width=\"20\" height=\"20\">"),
            ("<td vertical-align=\"middle\" a=\"b\">", "<td a=\"b\">"),
            (
                "<td style=\"direction:ltr;text-align:left;\">",
                "<td style=\"text-align:left;text-align:start;\">",
            ),
            (
                "<td class=\"ink\" style=\"a:b;\"><div style=\"color:red;c:d;\">",
                "<td class=\"ink\" style=\"a:b;color:red;\"><div style=\"c:d;\">",
            ),
            (
                "<div class=\"mj-x\" style=\"a:b;\"><div style=\"color:red;\">",
                "<div class=\"mj-x\" style=\"a:b;\"><div style=\"color:red;\">",
            ),
            (
                "<!--[if mso | IE]><td style=\"mso-line-height-rule:exactly;\"><![endif]-->",
                "<!--[if mso]><td style=\"\"><![endif]-->",
            ),
            (
                "<div role=\"article\" class=\"page\">",
                "<div aria-label=\"[[subject]]\" role=\"article\" class=\"page\">",
            ),
        ] {
            assert_eq!(letter(html), mended);
        }
    }

    #[test]
    fn what_only_word_knows_stands_where_only_word_reads() {
        let cell = "<td style=\"mso-padding-alt:1px 2px;color:red;\">";
        let html = format!("<head><!--[if lte mso 11]><![endif]--></head>{cell}{cell}");
        let sheet =
            "<!--[if mso]><style>td.mj-button-0{mso-padding-alt:1px 2px;}</style><![endif]-->";
        let cell = "<td class=\"mj-button-0\" style=\"color:red;\">";
        assert_eq!(letter(&html), format!("<head>[[head]]{sheet}</head>{cell}{cell}"));
    }
}
