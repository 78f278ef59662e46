//! The HTML of a letter in, the same fit to stand in a frame of the preview out.
//!
//! What is changed is what a mail program changes, too: pictures come from where they are (they are
//! not on the web yet), links open windows of their own, night is when the editor says so.

use std::ops::Range;

use crate::compile::encode;
use crate::markup::{Attribute, Tag, Token, tokens};
use crate::web::preview::{Letter, Look};

/// Where the page is that stands in the way of links that end a subscription.
const LEAVING: &str = "leaving";

/// Attributes that name what a browser fetches.
const FETCHED: [&str; 4] = ["src", "srcset", "background", "poster"];

/// The schemes that a link may lead to.
const SCHEMES: [&str; 4] = ["https:", "http:", "mailto:", "tel:"];

/// The letter as it stands in the frame; `query` is that of its page.
#[must_use]
pub fn framed(letter: &Letter, look: Look, query: &str) -> String {
    let html = letter.html.as_str();
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut sheet = false;
    for token in tokens(html) {
        match token {
            Token::Tag(tag) => {
                sheet = tag.name == "style" && !tag.closing;
                if tag.name == "head" {
                    edits.push(head(&tag, look));
                }
                edits.extend(tag.attributes.iter().filter_map(|attribute| {
                    let change = changed(&tag, attribute, letter, look, query);
                    Some((attribute.span.clone(), change.written(&attribute.name)?))
                }));
            }
            Token::Text(_, span) if sheet => {
                edits.push((span.clone(), scheme(&html[span], look.dark)));
            }
            Token::Text(..) | Token::Comment(..) | Token::Doctype(..) | Token::Fault(..) => {}
        }
    }
    edited(html, &edits)
}

/// First in the head, where links go; last, which of the schemes the letter itself is in.
fn head(tag: &Tag, look: Look) -> (Range<usize>, String) {
    if tag.closing {
        let scheme = if look.dark { "dark" } else { "light" };
        let sheet = format!("<style>:root{{color-scheme:{scheme}!important}}</style>");
        return (tag.span.start..tag.span.start, sheet);
    }
    (tag.span.end..tag.span.end, "<base target=\"_blank\">".to_owned())
}

/// What becomes of an attribute.
enum Change {
    Keep,
    To(String),
}

impl Change {
    /// The attribute as it is written then; `None` where it stays.
    fn written(self, name: &str) -> Option<String> {
        match self {
            Self::Keep => None,
            Self::To(value) => {
                let value = value.replace('&', "&amp;").replace('"', "&quot;");
                Some(format!("{name}=\"{value}\""))
            }
        }
    }
}

/// What an attribute has to be in the frame.
fn changed(tag: &Tag, attribute: &Attribute, letter: &Letter, look: Look, query: &str) -> Change {
    let value = attribute.value.as_str();
    match (tag.name.as_str(), attribute.name.as_str()) {
        (_, "media") => Change::To(scheme(value, look.dark)),
        ("a", "href") => link(value, letter, query),
        // A mail program fetches others, too; the preview asks nobody. The attribute stays: without
        // it another of its name would count.
        (_, name) if FETCHED.contains(&name) => {
            Change::To(asset(value, letter, query).unwrap_or_default())
        }
        _ => Change::Keep,
    }
}

/// Where a link leads.
fn link(value: &str, letter: &Letter, query: &str) -> Change {
    if !letter.unsubscribe.is_empty() && value == letter.unsubscribe {
        return Change::To(format!("{LEAVING}{query}"));
    }
    if let Some(file) = asset(value, letter, query) {
        return Change::To(file);
    }
    let plain = value.trim_start().to_ascii_lowercase();
    let known = SCHEMES.iter().any(|scheme| plain.starts_with(scheme));
    if known || value.starts_with('#') { Change::Keep } else { Change::To("#".to_owned()) }
}

/// Where the preview has a picture or file of the letter.
fn asset(url: &str, letter: &Letter, query: &str) -> Option<String> {
    let (_, path) = letter.assets.iter().find(|(known, _)| known == url)?;
    Some(format!("asset/{}{query}", encode::path(path)))
}

/// Media queries with the question whether it is night answered.
fn scheme(text: &str, dark: bool) -> String {
    const QUESTION: &str = "prefers-color-scheme";
    let mut answered = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.to_ascii_lowercase().find(QUESTION) {
        let (before, behind) = rest.split_at(at);
        let (Some(open), Some(close)) = (before.rfind('('), behind.find(')')) else {
            break;
        };
        let asked = behind[QUESTION.len()..close].trim_start_matches([':', ' ', '\n', '\t']);
        let night = asked.trim().eq_ignore_ascii_case("dark");
        answered += &before[..open];
        answered += if night == dark { "(min-width:0px)" } else { "(max-width:0px)" };
        rest = &behind[close + 1..];
    }
    answered + rest
}

/// A text with pieces of it replaced; of pieces that overlap the first counts.
fn edited(text: &str, edits: &[(Range<usize>, String)]) -> String {
    let mut edited = String::with_capacity(text.len() + 1024);
    let mut done = 0;
    for (place, new) in edits.iter().filter(|(place, _)| place.start <= place.end) {
        if place.start >= done {
            edited += &text[done..place.start];
            edited += new;
            done = place.end;
        }
    }
    edited + &text[done..]
}
