//! A file, or a link that leads away, in; the page of the preview that shows it out.

use std::ops::Range;

use maud::{Markup, html};

use crate::diagnostic::Source;
use crate::language::Language;
use crate::templates::pages::Shell;
use crate::templates::pages::preview::head;

/// A file with the numbers of its lines, each of which a link can lead to. What stands in `secret`,
/// ranges of bytes, is not shown; `back` leads to the preview.
#[must_use]
pub fn source(file: &Source, secret: &[Range<usize>], back: &str) -> Markup {
    let mut start = 0;
    let lines = file.text.split_inclusive('\n').map(|line| {
        let place = start..start + line.len();
        start = place.end;
        let hidden =
            secret.iter().any(|secret| secret.start < place.end && place.start < secret.end);
        if hidden { "(a secret stands here)" } else { line.trim_end_matches(['\r', '\n']) }
    });
    page(
        &file.path,
        "Skip to the file",
        &html! { p.label { a href=(back) { "Back to the preview" } } },
        &html! {
            ol.lines tabindex="0" aria-label=(file.path) {
                @for (number, line) in (1..).zip(lines) {
                    li #{ "L" (number) } { code { (line) } }
                }
            }
        },
    )
}

/// What stands in the way of a link that would end a reader's subscription.
#[must_use]
pub fn leaving(reader: Option<&str>) -> Markup {
    page(
        "The link to unsubscribe",
        "Skip to the text",
        &Markup::default(),
        &html! {
            p.explained {
                "In the letter this link ends the subscription of "
                (reader.unwrap_or("whoever gets it")) ". "
                "A preview does not follow it. The view “Source” shows where it leads."
            }
        },
    )
}

fn page(title: &str, skip: &str, beside: &Markup, content: &Markup) -> Markup {
    let language = Language::default();
    Shell { language: &language, title, skip, head: head(false) }.around(&html! {
        header.bar { h1 { (title) } (beside) }
        main #content.alone tabindex="-1" { (content) }
    })
}
