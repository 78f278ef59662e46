//! What mail servers say, in the languages that they say it in: words in, whether they are there out.
//!
//! Phrases are in lower case; `*` stands for some words of the same sentence. They are what servers
//! are known to say: those of Postfix, Exim, sendmail, qmail, Courier, Exchange, Domino, `GroupWise`,
//! Zimbra, Gmail, Yahoo, Outlook.com, iCloud, GMX, of filters before them, and of translations.

pub(super) mod absent;
pub(super) mod later;
pub(super) mod refused;

/// How far apart the words around a `*` may be, in bytes.
const GAP_MAX: usize = 90;

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
    let mut pieces = phrase.split('*').map(str::trim_ascii);
    match phrase.contains('*') {
        true => pieces.all(|piece| plain.may_hold(piece)) && is_near(plain, phrase),
        false => plain.may_hold(phrase) && plain.contains(phrase),
    }
}

/// Whether the pieces around each `*` follow one another closely.
fn is_near(text: &str, phrase: &str) -> bool {
    let Some((first, rest)) = phrase.split_once('*') else { return text.contains(phrase) };
    let (first, rest) = (first.trim_end(), rest.trim_start());
    text.match_indices(first).take(20).any(|(at, _)| {
        let behind = &text[at + first.len()..];
        is_near(&behind[..behind.floor_char_boundary(GAP_MAX + rest.len())], rest)
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
