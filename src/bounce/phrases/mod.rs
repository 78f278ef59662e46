//! What mail servers say, in the languages that they say it in: words in, whether they are there out.
//!
//! Phrases are in lower case; `*` stands for some words of the same sentence. They are what servers
//! are known to say: those of Postfix, Exim, sendmail, qmail, Courier, Exchange, Domino, `GroupWise`,
//! Zimbra, Gmail, Yahoo, Outlook.com, iCloud, GMX, of filters before them, and of translations.

pub(super) mod absent;
pub(super) mod later;
pub(super) mod refused;

use std::ops::Range;

/// How far apart the words around a `*` may be, in bytes.
const GAP_MAX: usize = 90;

/// How long the pieces are that stand for a whole word.
const SHORT_MAX: usize = 3;

/// How many places of one phrase are looked at.
const PLACES_MAX: usize = 20;

/// Text as phrases are looked for in it: in lower case, with one space between words.
#[derive(Debug, Clone)]
pub(super) struct Plain {
    text: String,
    /// Which threes of bytes are in it, as bits of their hashes: most phrases need no search.
    threes: [u64; THREES],
}

const THREES: usize = 64;

impl std::ops::Deref for Plain {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl Plain {
    /// Whether the first three bytes of a piece may be somewhere in the text.
    fn may_hold(&self, piece: &str) -> bool {
        let Some(three) = piece.as_bytes().first_chunk::<3>() else { return true };
        let bit = hash(three);
        self.threes[bit / 64] & (1 << (bit % 64)) != 0
    }
}

/// A number below the number of bits that [`Plain`] has.
fn hash(three: &[u8]) -> usize {
    let number = three.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    (number.wrapping_mul(0x9e37_79b1) >> 20) as usize % (THREES * 64)
}

/// Makes text plain.
pub(super) fn plain(text: &str) -> Plain {
    let mut plain = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.extend(word.chars().flat_map(char::to_lowercase).map(straight));
    }
    let mut threes = [0; THREES];
    for bit in plain.as_bytes().windows(3).map(hash) {
        threes[bit / 64] |= 1 << (bit % 64);
    }
    Plain { text: plain, threes }
}

/// One sort of quotation marks.
fn straight(letter: char) -> char {
    match letter {
        '’' | '‘' | '´' | '`' => '\'',
        letter => letter,
    }
}

/// The first of the phrases that is in a plain text.
pub(super) fn first<'p>(phrases: &[&'p str], plain: &Plain) -> Option<&'p str> {
    phrases.iter().copied().find(|phrase| holds(plain, phrase))
}

/// Whether a phrase is in a plain text.
pub(super) fn holds(plain: &Plain, phrase: &str) -> bool {
    may_be_in(plain, phrase) && places(plain, phrase).next().is_some()
}

/// Whether a phrase may be in a plain text: most are not, and need no search.
pub(super) fn may_be_in(plain: &Plain, phrase: &str) -> bool {
    plain.may_hold(phrase) || phrase.starts_with('*')
}

/// The places of a phrase in a plain text. A phrase begins where a word begins, and one of three
/// letters or fewer ends where a word ends: `ip` is not in `recipient`.
pub(super) fn places<'t>(plain: &'t Plain, phrase: &'t str) -> impl Iterator<Item = Range<usize>> {
    let may_hold = phrase.split('*').map(str::trim_ascii).all(|piece| plain.may_hold(piece));
    let text = if may_hold { plain.text.as_str() } else { "" };
    let (first, rest) = match phrase.split_once('*') {
        Some((first, rest)) => (first.trim_end(), Some(rest.trim_start())),
        None => (phrase, None),
    };
    words(text, first).take(PLACES_MAX).filter_map(move |at| {
        let end = at + first.len();
        let Some(rest) = rest else { return Some(at..end) };
        ends_near(text, end, rest).map(|end| at..end)
    })
}

/// Where a piece of a phrase stands as the beginning of a word.
fn words<'t>(text: &'t str, piece: &'t str) -> impl Iterator<Item = usize> {
    let is_letter = |c: char| c.is_alphabetic() && c < '\u{2e80}';
    let begins_with_letter = piece.chars().next().is_some_and(is_letter);
    let is_short = piece.len() <= SHORT_MAX && piece.chars().all(is_letter);
    text.match_indices(piece).map(|(at, _)| at).filter(move |at| {
        let before = text[..*at].chars().next_back();
        let behind = text[at + piece.len()..].chars().next();
        let begins = !begins_with_letter || !before.is_some_and(is_letter);
        begins && (!is_short || !behind.is_some_and(is_letter))
    })
}

/// Where the pieces behind a `*` end, if each of them follows the one before closely.
fn ends_near(text: &str, from: usize, rest: &str) -> Option<usize> {
    let (piece, more) = match rest.split_once('*') {
        Some((piece, more)) => (piece.trim_end(), Some(more.trim_start())),
        None => (rest, None),
    };
    let to = text.floor_char_boundary((from + GAP_MAX + piece.len()).min(text.len()));
    // A letter more tells whether a word ends there.
    let seen = text.ceil_char_boundary((to + 1).min(text.len()));
    let mut found = words(&text[from..seen], piece).map(|at| from + at + piece.len());
    found.find_map(|end| match more {
        Some(more) => ends_near(text, end, more),
        None => Some(end),
    })
}

#[cfg(test)]
mod tests {
    use crate::bounce::phrases::{absent, first, holds, later, plain, refused};

    #[test]
    fn a_star_stands_for_words_nearby() {
        assert_eq!(&*plain("  No\n such\tUser’s "), "no such user's");
        let holds = |text: &str, phrase| holds(&plain(text), phrase);
        assert!(holds("the user <ada@example.org> is unknown", "user * unknown"));
        assert!(holds("mailbox is full", "mailbox * full"));
        assert!(!holds(&format!("user {} unknown", "x".repeat(200)), "user * unknown"));
        assert!(!holds("unknown user", "user * unknown"));
        assert!(!holds("the recipient is blocked", "ip * is blocked"));
        assert!(holds("your ip 192.0.2.25 is blocked", "ip * is blocked"));
        assert!(!holds("urban", "url") && !holds("curl", "url") && holds("a url: x", "url"));
    }

    #[test]
    fn every_phrase_is_plain_and_told_once() {
        let lists = [absent::ALL, later::ALL, refused::ALL].concat();
        let mut known = std::collections::BTreeSet::new();
        for phrase in lists.iter().flat_map(|list| list.iter()) {
            assert_eq!(&*plain(phrase), phrase.trim(), "{phrase}");
            assert!(known.insert(*phrase), "`{phrase}` is there twice");
        }
        assert_eq!(first(absent::MAILBOX, &plain("550 user unknown")), Some("user unknown"));
    }
}
