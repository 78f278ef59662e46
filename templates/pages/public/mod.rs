//! What a reader asked for in, a small page that says so out: for leaving, choosing and signing up.
//!
//! No page has a script, a cookie or anything from elsewhere. A form without an `action` goes to the
//! address of its own page, so that the token is in the address alone.

mod join;
mod leave;
mod notice;

use maud::{Markup, PreEscaped, html};

use crate::config::Publication;
use crate::language::Public as Words;
use crate::templates::Theme;
use crate::templates::pages::archive::colours;
use crate::templates::pages::shell::{HOUSE, Shell};

pub use join::{Choice, Form};
pub use leave::{Leave, Part, Parts};
pub use notice::Notice;

const SHEET: &str = include_str!("../public.css");

/// The name of the field that says which button it was.
pub const ACT: &str = "act";
/// The name of the field with what a part is.
pub const PART: &str = "part";
/// The name of the field with what allows a return.
pub const PROOF: &str = "proof";
/// The name of the field with the address.
pub const EMAIL: &str = "email";

/// The sheet of a publication's pages, in the colours of its theme.
#[must_use]
pub fn sheet(theme: &Theme) -> String {
    [HOUSE, &colours(theme), SHEET].concat()
}

/// What all pages have.
#[derive(Debug, Clone, Copy)]
pub struct Public<'p> {
    /// The publication.
    pub publication: &'p Publication,
    /// What [`sheet`] made.
    pub sheet: &'p str,
}

impl Public<'_> {
    /// A page; `content` begins with its heading.
    fn page(&self, title: &str, content: &Markup) -> String {
        let Publication { name, url, language, address, .. } = self.publication;
        let shell = Shell {
            language,
            title: &format!("{title} · {name}"),
            skip: language.words().archive.skip,
            head: html! {
                meta name="robots" content="noindex";
                style { (PreEscaped(self.sheet)) }
            },
        };
        let page = shell.around(&html! {
            header class="sheet" { p class="masthead" { a href=(url) { (name) } } }
            main id="content" class="sheet" {
                h1 { (title) }
                (content)
            }
            footer class="sheet label" {
                p { (name) (language.words().comma) (address) }
            }
        });
        page.into_string()
    }

    fn words(&self) -> &'static Words {
        self.publication.language.words().public
    }

    /// A text with the publication's name in it.
    fn named(&self, text: &str) -> String {
        text.replace("{name}", &self.publication.name)
    }

    /// The same with something that has a direction of its own.
    fn with(&self, text: &str, place: &str, value: &str) -> Markup {
        let (before, after) = text.split_once(place).unwrap_or((text, ""));
        html! {
            (self.named(before))
            @if text.contains(place) { bdi { (value) } }
            (self.named(after))
        }
    }

    /// A form with one button: what the page is for.
    fn button(fields: &[(&str, &str)], label: &Markup) -> Markup {
        Self::pressed("button", fields, label)
    }

    /// The same for what somebody may want besides.
    fn quiet_button(fields: &[(&str, &str)], label: &Markup) -> Markup {
        Self::pressed("button quiet", fields, label)
    }

    fn pressed(class: &str, fields: &[(&str, &str)], label: &Markup) -> Markup {
        html! {
            form method="post" {
                @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
                button class=(class) { (label) }
            }
        }
    }
}

/// As much of an address as its owner knows it by, and nobody else learns: `a…@example.org`.
#[must_use]
pub fn masked(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first = local.chars().next().map(String::from).unwrap_or_default();
    format!("{first}…@{domain}")
}
