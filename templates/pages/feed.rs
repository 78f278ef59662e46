//! The newest issues in, a feed of them (Atom, RFC 4287) out.

use std::borrow::Cow;

use maud::{Markup, PreEscaped, html};

/// How a file of XML begins.
pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";

/// A feed.
#[derive(Debug)]
pub struct Feed<'f> {
    /// The publication's name.
    pub title: &'f str,
    /// What it is about.
    pub subtitle: Option<&'f str>,
    /// The language of the feed.
    pub language: &'f str,
    /// Where the feed is.
    pub own: &'f str,
    /// Where the issues are listed; it is also what the feed is known by.
    pub index: &'f str,
    /// When the newest issue was published (RFC 3339).
    pub updated: &'f str,
    /// The issues, the newest first.
    pub items: &'f [Item<'f>],
}

/// An issue.
#[derive(Debug)]
pub struct Item<'f> {
    /// The headline.
    pub title: &'f str,
    /// Where it is, and what it is known by.
    pub url: String,
    /// When it was published (RFC 3339).
    pub published: String,
    /// Who brings it.
    pub author: &'f str,
    /// What it says, in a sentence.
    pub summary: Option<&'f str>,
    /// What it is written in.
    pub language: &'f str,
    /// All of it, as HTML.
    pub content: &'f str,
}

impl Feed<'_> {
    /// The file.
    #[must_use]
    pub fn render(&self) -> String {
        let feed = html! {
            feed xmlns="http://www.w3.org/2005/Atom" xml:lang=(self.language) {
                "\n" title { (legible(self.title)) }
                @if let Some(subtitle) = self.subtitle { "\n" subtitle { (legible(subtitle)) } }
                "\n" link rel="self" type="application/atom+xml" href=(legible(self.own)) {}
                "\n" link rel="alternate" type="text/html" href=(legible(self.index)) {}
                "\n" id { (legible(self.index)) }
                "\n" updated { (self.updated) }
                "\n" author { name { (legible(self.title)) } }
                @for item in self.items { "\n" (entry(item)) }
                "\n"
            }
        };
        html! { (PreEscaped(DECLARATION)) (feed) "\n" }.into_string()
    }
}

fn entry(item: &Item<'_>) -> Markup {
    html! {
        entry xml:lang=(item.language) {
            "\n" title { (legible(item.title)) }
            "\n" link rel="alternate" type="text/html" href=(legible(&item.url)) {}
            "\n" id { (legible(&item.url)) }
            "\n" published { (item.published) }
            "\n" updated { (item.published) }
            "\n" author { name { (legible(item.author)) } }
            @if let Some(summary) = item.summary { "\n" summary { (legible(summary)) } }
            "\n" content type="html" { (legible(item.content)) }
            "\n"
        }
    }
}

/// A text without what cannot stand in XML, not even as a reference (XML 1.0, §2.2).
#[must_use]
pub fn legible(text: &str) -> Cow<'_, str> {
    let illegal = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    match text.contains(illegal) {
        true => Cow::Owned(text.replace(illegal, "")),
        false => Cow::Borrowed(text),
    }
}
