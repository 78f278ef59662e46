//! A letter's markup in, the same with links that lead through the publication's server out.

use crate::key::Key;
use crate::markup::{self, Tag, Token};
use crate::measure::go;
use crate::templates::Letter;

/// Makes the web links of a mail lead through the publication's server, which counts them.
///
/// Those that differ from reader to reader lead straight, as a server that saw them could tell who
/// came: the unsubscribe link, and whatever has a field in it. So do the permalink, whose views are
/// counted, and a link whose words are its URL, since mail programs warn of one that says another.
pub(super) fn counted(markup: &str, letter: &Letter<'_>, key: &Key) -> String {
    let tokens = markup::tokens(markup);
    let mut counted = String::with_capacity(markup.len() * 2);
    let mut done = 0;
    for (at, token) in tokens.iter().enumerate() {
        let Token::Tag(tag) = token else { continue };
        let Some(target) = target(tag, letter).filter(|_| !says_url(&tokens[at + 1..])) else {
            continue;
        };
        let Some(span) = tag.attributes.iter().find(|it| it.name == "href").map(|it| &it.span)
        else {
            continue;
        };
        let link = go(&letter.publication.url, key, &letter.issue.name, target);
        counted.push_str(&markup[done..span.start]);
        // All of it is percent-encoded but for the `&`.
        counted.extend(["href=\"", &link.replace('&', "&amp;"), "\""]);
        done = span.end;
    }
    counted.push_str(&markup[done..]);
    counted
}

/// Where a tag leads, if it is a link that can be counted.
fn target<'t>(tag: &'t Tag, letter: &Letter<'_>) -> Option<&'t str> {
    let href = tag.attribute("href").filter(|_| tag.name == "a" && !tag.closing)?;
    let own = href.chars().any(|character| letter.marks.meaning(character).is_some());
    let web = href.starts_with("http://") || href.starts_with("https://");
    (web && !own && href != letter.permalink).then_some(href)
}

/// Whether the words behind a tag begin as a URL does.
fn says_url(behind: &[Token]) -> bool {
    let mut texts = behind.iter().map_while(|token| match token {
        Token::Text(text, _) => Some(text.trim()),
        Token::Tag(tag) if tag.name == "a" => None,
        _ => Some(""),
    });
    let words = texts.find(|text| !text.is_empty()).unwrap_or_default();
    // `example.com` and `https://example.com/a page`, but not the end of a sentence.
    let domain = !words.contains(char::is_whitespace) && words.trim_end_matches('.').contains('.');
    domain || ["http://", "https://", "www."].iter().any(|beginning| words.starts_with(beginning))
}
