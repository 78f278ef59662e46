//! What is known of an issue in, what its page tells machines out.

use serde_json::{Value, json};

use crate::compile::url_of;
use crate::config::Publication;
use crate::language::Language;
use crate::templates::pages::{Facts, Shown};
use crate::web::archive::{Closed, Entry, Picture};

/// What the page of an issue tells: Open Graph, and a `NewsArticle` of schema.org.
#[must_use]
pub fn facts<'e>(entry: &'e Entry, publication: &'e Publication) -> Facts<'e> {
    Facts {
        title: &entry.title,
        description: entry.summary.as_deref(),
        url: entry.url(publication),
        site: &publication.name,
        kind: "article",
        locale: locale(&entry.language()),
        published: Some(entry.published(&publication.time_zone)),
        picture: entry.picture.as_ref().map(|picture| shown(picture, publication)),
        json: article(entry, publication).to_string(),
    }
}

/// What the list of issues tells: a `WebSite` of schema.org.
pub(super) fn site<'p>(publication: &'p Publication, url: String) -> Facts<'p> {
    let json = json!({
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": publication.name,
        "description": publication.tagline,
        "url": url,
        "inLanguage": publication.language.tag(),
        "publisher": publisher(publication),
    });
    Facts {
        title: &publication.name,
        description: publication.tagline.as_deref(),
        url,
        site: &publication.name,
        kind: "website",
        locale: locale(&publication.language),
        published: None,
        picture: None,
        json: present(json).to_string(),
    }
}

fn shown<'e>(picture: &'e Picture, publication: &Publication) -> Shown<'e> {
    let Picture { path, alt, width, height } = picture;
    Shown { url: url_of(publication, path), alt, width: *width, height: *height }
}

fn article(entry: &Entry, publication: &Publication) -> Value {
    let url = entry.url(publication);
    let author = match &entry.byline {
        Some(name) => json!({ "@type": "Person", "name": name }),
        None => publisher(publication),
    };
    let image = entry.picture.as_ref().map(|picture| {
        json!({
            "@type": "ImageObject",
            "url": url_of(publication, &picture.path),
            "width": picture.width,
            "height": picture.height,
        })
    });
    // What only members get, and where on the page it would be.
    let part = json!({
        "@type": "WebPageElement",
        "isAccessibleForFree": false,
        "cssSelector": ".invitation",
    });
    let closed = entry.closed != Closed::Nothing;
    present(json!({
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": entry.title,
        "description": entry.summary,
        "url": url,
        "mainEntityOfPage": url,
        "datePublished": entry.published(&publication.time_zone),
        "inLanguage": entry.language().tag(),
        "author": author,
        "publisher": publisher(publication),
        "image": image,
        "isAccessibleForFree": !closed,
        "hasPart": closed.then_some(part),
    }))
}

fn publisher(publication: &Publication) -> Value {
    json!({ "@type": "Organization", "name": publication.name, "url": publication.url })
}

/// An object without what is not known.
fn present(mut value: Value) -> Value {
    if let Some(object) = value.as_object_mut() {
        object.retain(|_, value| !value.is_null());
    }
    value
}

/// A language as Open Graph wants it, with its country: `en-GB` is `en_GB`.
fn locale(language: &Language) -> Option<String> {
    let is_country = |part: &&str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_alphabetic());
    let country = language.tag().split('-').skip(1).find(is_country)?;
    Some(format!("{}_{}", language.primary(), country.to_uppercase()))
}
