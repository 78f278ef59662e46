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
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.extend(word.chars().flat_map(char::to_lowercase).map(straight));
    }
    plain
}

/// One sort of quotation marks.
fn straight(letter: char) -> char {
    match letter {
        '’' | '‘' | '´' | '`' => '\'',
        letter => letter,
    }
}

/// The first of the phrases that is in a plain text.
pub(super) fn first<'p>(phrases: &[&'p str], plain: &str) -> Option<&'p str> {
    phrases.iter().copied().find(|phrase| holds(plain, phrase))
}

/// Whether a phrase is in a plain text.
pub(super) fn holds(plain: &str, phrase: &str) -> bool {
    let Some((first, rest)) = phrase.split_once('*') else { return plain.contains(phrase) };
    let (first, rest) = (first.trim_end(), rest.trim_start());
    plain.match_indices(first).take(20).any(|(at, _)| {
        let behind = &plain[at + first.len()..];
        let near = &behind[..behind.floor_char_boundary(GAP_MAX + rest.len())];
        holds(near, rest)
    })
}

#[cfg(test)]
mod tests {
    use crate::bounce::phrases::{absent, first, holds, later, plain, refused};

    #[test]
    fn a_star_stands_for_words_nearby() {
        assert_eq!(plain("  No\n such\tUser’s "), "no such user's");
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
            assert_eq!(plain(phrase), phrase.trim(), "{phrase}");
            assert!(known.insert(*phrase), "`{phrase}` is there twice");
        }
        assert_eq!(first(absent::MAILBOX, "550 user unknown"), Some("user unknown"));
    }
}
