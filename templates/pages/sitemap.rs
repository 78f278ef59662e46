//! The pages of an archive in, the file that tells search engines of them (sitemaps.org) out.

use maud::{Markup, PreEscaped, html};

use crate::templates::pages::feed::{DECLARATION, legible};

/// A page.
#[derive(Debug)]
pub struct Place {
    /// Its URL.
    pub url: String,
    /// When it last changed, with the offset from UTC.
    pub changed: Option<String>,
}

/// The file.
#[must_use]
pub fn sitemap(places: &[Place]) -> String {
    let urls: Markup = html! {
        urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" {
            @for place in places {
                "\n" url {
                    loc { (legible(&place.url)) }
                    @if let Some(changed) = &place.changed { lastmod { (changed) } }
                }
            }
            "\n"
        }
    };
    html! { (PreEscaped(DECLARATION)) (urls) "\n" }.into_string()
}
