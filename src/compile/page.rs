//! The public edition of an issue in, its page on the web as HTML and as text out.

use crate::compile::draft::{fill, with_letter};
use crate::compile::{Edition, Escape, Gap, Press, Reader, html, text};
use crate::issue::Issue;
use crate::templates::pages::clean;
use crate::templates::{Medium, Web};

/// An issue as it stands on the web.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The document.
    pub html: String,
    /// The same as plain text.
    pub text: String,
}

/// Renders an issue for the web.
///
/// # Errors
/// A field has neither a value nor a default.
pub fn page(
    issue: &Issue,
    press: &Press<'_>,
    web: &Web<'_>,
    reader: Reader<'_>,
) -> Result<Page, Gap> {
    let sections = Edition::public(issue).sections(issue);
    let (marks, (html, text)) = with_letter(issue, press, &sections, Medium::Web(web), |letter| {
        (html::in_lines(&letter.render().into_string()), text::write(letter))
    });
    Ok(Page {
        html: fill(&marks, &html, Escape::Html, reader)?,
        text: fill(&marks, &text, Escape::None, reader)?,
    })
}

/// What an issue says below its headline, as HTML for readers of feeds.
///
/// # Errors
/// A field has neither a value nor a default.
pub fn content(
    issue: &Issue,
    press: &Press<'_>,
    web: &Web<'_>,
    reader: Reader<'_>,
) -> Result<String, Gap> {
    let sections = Edition::public(issue).sections(issue);
    let (marks, content) = with_letter(issue, press, &sections, Medium::Web(web), |letter| {
        clean(&letter.content().into_string())
    });
    fill(&marks, &content, Escape::Html, reader)
}
