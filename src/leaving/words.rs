//! What a person or a form wrote in, the tokens and the unsubscribe links in it out.

use crate::leaving::percent::decode;
use crate::leaving::{Ask, Link, TOKEN_MAX, is_token, is_token_byte};

/// How many words a token may have been broken into.
const PIECES_MAX: usize = 12;

/// The tokens that stand in a text alone or in an unsubscribe link.
///
/// A token in any other URL is not one that asks to leave: the page on which one changes one's mind
/// may have it, too.
pub(super) fn asks(text: &str, link: &Link) -> Vec<Ask> {
    let mut asks: Vec<Ask> = Vec::new();
    let encoded = text.contains("%3A%2F%2F") || text.contains("%3a%2f%2f");
    let decoded = if encoded { decode(text) } else { text.into() };
    for word in decoded.split(is_break) {
        let found = match word.find("://") {
            Some(at) => url(word, at, link),
            None => bare(word),
        };
        if let Some(found) = found.filter(|found| !asks.contains(found)) {
            asks.push(found);
        }
    }
    asks
}

/// The token that follows the word `unsubscribe` in what a mail says, in one piece or in several:
/// mail programs fold long lines where no space is.
pub(super) fn after_word(text: &str) -> Option<Ask> {
    let text = decode(text);
    let is_break = |c: char| is_break(c) || "+:=&?.!*".contains(c);
    let words: Vec<&str> = text.split(is_break).filter(|word| !word.is_empty()).collect();
    let places = words.iter().enumerate().filter(|(_, word)| says_unsubscribe(word));
    places.into_iter().find_map(|(at, _)| {
        let readings = readings(&words[at + 1..]);
        (!readings.is_empty()).then_some(Ask { readings })
    })
}

/// The tokens that words may be, alone or put together.
fn readings(words: &[&str]) -> Vec<String> {
    let mut readings = Vec::new();
    let mut joined = String::new();
    for piece in words.iter().take(PIECES_MAX) {
        if !piece.bytes().all(is_token_byte) || joined.len() + piece.len() > TOKEN_MAX {
            break;
        }
        joined.push_str(piece);
        let both = [*piece, joined.as_str()];
        readings.extend(both.into_iter().filter(|text| is_token(text)).map(str::to_owned));
    }
    readings.dedup();
    readings
}

/// Whether a word is `unsubscribe`, which is what the link has in every language.
pub(super) fn says_unsubscribe(word: &str) -> bool {
    word.eq_ignore_ascii_case("unsubscribe")
}

/// Where one word ends and another begins, in prose, in CSV and in HTML.
fn is_break(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '"' | '\'' | '`' | ',' | ';' | '|' | '<' | '>' | '(' | ')' | '[' | ']')
}

/// The token of a word that has a URL in it, perhaps behind something: `link=https://…`.
fn url(word: &str, colon: usize, link: &Link) -> Option<Ask> {
    let scheme = word[..colon]
        .rfind(|c: char| !c.is_ascii_alphanumeric())
        .map_or(0, |at| at + word[at..].chars().next().map_or(1, char::len_utf8));
    let url = &word[scheme..];
    link.token(url)
}

/// A token alone, or one with its name: `token=…`.
fn bare(word: &str) -> Option<Ask> {
    if word.contains(['/', '\\']) {
        return None;
    }
    let mut parts = word.split(['=', '&', ':', '.', '!', '?', '{', '}', '*']);
    Ask::of(parts.find(|part| is_token(part))?)
}
