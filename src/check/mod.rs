//! A checked issue, its finished letters and what is known around them in, diagnostics out.
//!
//! The compiler says what cannot be mailed; this says what readers and filters will not forgive:
//!
//! 1. [`issue()`] looks at what the editor wrote: `subject`, `links`, `prose`.
//! 2. [`letter()`] looks at the HTML that readers get: `letter` at its elements, `style` at its CSS.
//! 3. [`size()`] finds the reader whose letter is the largest, [`twin()`] what was said before.
//! 4. [`length()`] counts words.
//!
//! Every rule has a source; its page in `docs/codes` names it.

mod colour;
mod letter;
mod links;
mod placeholder;
mod prose;
mod sign_up;
mod size;
mod style;
mod subject;
mod twin;
mod words;

use std::ops::Range;

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Source};
use crate::issue::{Html, HtmlPiece, Issue, Part};

pub use letter::letter;
pub use placeholder::{
    ISSUE as STARTER_WORDS, SETTINGS as STARTER_SETTINGS, placeholder_settings, placeholder_words,
};
pub use prose::length;
pub use sign_up::sign_up;
pub use size::{CLIPPED, Letter, size};
pub use twin::twin;

/// What is wrong with what the editor wrote, whoever reads it.
#[must_use]
pub fn issue(issue: &Issue, config: &Config) -> Vec<Diagnostic> {
    let mut found = subject::check(issue, config);
    found.extend(links::check(issue));
    found.extend(prose::check(issue));
    issue.for_each_part(&mut |part| {
        if let Part::Html(html) = part {
            let markup = Source::new(issue.source.path.as_str(), markup(html));
            found.extend(letter::fragment(&markup, &issue.source));
            found.extend(colour::check(&markup.text, issue));
        }
    });
    found
}

/// An editor's own markup, with the default in every hole.
fn markup(html: &Html) -> String {
    let piece = |piece: &HtmlPiece| match piece {
        HtmlPiece::Markup(markup) => markup.clone(),
        HtmlPiece::Text(field) | HtmlPiece::Url(field) => field.default.clone().unwrap_or_default(),
    };
    html.pieces.iter().map(piece).collect()
}

/// Where words stand inside a place of a file; the place itself where they cannot be found there,
/// for an escape or a mark of Markdown between them.
fn find(source: &Source, place: &Range<usize>, words: &str) -> Range<usize> {
    let text = source.text.get(place.clone()).unwrap_or_default();
    let at = Some(words).filter(|words| !words.is_empty()).and_then(|words| text.find(words));
    at.map_or(place.clone(), |at| place.start + at..place.start + at + words.len())
}
