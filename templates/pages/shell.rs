//! A title, a head and a body in, a whole document out.

use maud::{DOCTYPE, Markup, html};

use crate::language::Language;

/// The sheet that every page of the project wears.
pub const HOUSE: &str = include_str!("house.css");

/// The document around a page: what stands in the browser's tab and, first of all, the way past
/// everything that is the same on every page.
#[derive(Debug)]
pub struct Shell<'s> {
    /// What the page is written in.
    pub language: &'s Language,
    /// What the tab says.
    pub title: &'s str,
    /// What leads past the navigation, to the element with the id `content`.
    pub skip: &'s str,
    /// What the head has besides: sheets, scripts, facts for machines.
    pub head: Markup,
}

impl Shell<'_> {
    /// The document; `content` has an element with the id `content`.
    #[must_use]
    pub fn around(&self, content: &Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang=(self.language.tag()) dir=(self.language.direction()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) }
                    (self.head)
                }
                body {
                    a class="skip" href="#content" { (self.skip) }
                    (content)
                }
            }
        }
    }
}
