//! What machines are told of a page in, the elements of its head that tell them out: Open Graph,
//! a card, JSON-LD.

use maud::{Markup, PreEscaped, html};

/// What machines are told of a page.
#[derive(Debug, Default)]
pub struct Facts<'f> {
    /// What it is called.
    pub title: &'f str,
    /// What it says, in a sentence.
    pub description: Option<&'f str>,
    /// Its one URL.
    pub url: String,
    /// Whose it is.
    pub site: &'f str,
    /// As Open Graph has them: `article`, `website`.
    pub kind: &'static str,
    /// Its language and country as Open Graph has them, where both are known: `en_GB`.
    pub locale: Option<String>,
    /// When it was published, with the offset from UTC.
    pub published: Option<String>,
    /// What it shows first.
    pub picture: Option<Shown<'f>>,
    /// The same as JSON-LD: JSON.
    pub json: String,
}

/// A picture on the web.
#[derive(Debug)]
pub struct Shown<'f> {
    /// Where it is.
    pub url: String,
    /// What it shows; empty where it says nothing.
    pub alt: &'f str,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

impl Facts<'_> {
    /// The elements, without the title.
    #[must_use]
    pub fn head(&self) -> Markup {
        let property =
            |name: &str, content: &str| html! { meta property=(name) content=(content); };
        let card = if self.picture.is_some() { "summary_large_image" } else { "summary" };
        html! {
            @if let Some(description) = self.description { meta name="description" content=(description); }
            link rel="canonical" href=(self.url);
            (property("og:type", self.kind))
            (property("og:title", self.title))
            @if let Some(description) = self.description { (property("og:description", description)) }
            (property("og:url", &self.url))
            (property("og:site_name", self.site))
            @if let Some(locale) = &self.locale { (property("og:locale", locale)) }
            @if let Some(published) = &self.published { (property("article:published_time", published)) }
            @if let Some(picture) = &self.picture {
                (property("og:image", &picture.url))
                (property("og:image:width", &picture.width.to_string()))
                (property("og:image:height", &picture.height.to_string()))
                @if !picture.alt.is_empty() { (property("og:image:alt", picture.alt)) }
            }
            meta name="twitter:card" content=(card);
            script type="application/ld+json" { (PreEscaped(inert(&self.json))) }
        }
    }
}

/// JSON that ends no element and begins no comment, whatever its strings say: `<`, `>` and `&` can
/// stand in strings only, where each has another spelling.
#[must_use]
pub fn inert(json: &str) -> String {
    let mut inert = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' => inert.push_str("\\u003c"),
            '>' => inert.push_str("\\u003e"),
            '&' => inert.push_str("\\u0026"),
            '\u{2028}' => inert.push_str("\\u2028"),
            '\u{2029}' => inert.push_str("\\u2029"),
            other => inert.push(other),
        }
    }
    inert
}
