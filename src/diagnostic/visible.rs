//! Makes text safe to show: what moves a terminal's cursor or turns text around is written as an escape.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with `\u001b` in place of each character that a terminal obeys or nobody sees.
///
/// Line feeds and tabs stay, and a carriage return does before a line feed. The escape is that of
/// JSON (RFC 8259 §7), so that JSON stays what it is. Escaped are the control characters C0, DEL and
/// C1 (ECMA-48), the overrides and isolates of direction (Unicode UAX #9), line and paragraph
/// separators, and what has no width; joiners stay, which scripts and emoji need.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t')) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let ends_line = character == '\r' && characters.peek() == Some(&'\n');
        if ends_line || !is_dangerous(character) {
            safe.push(character);
        } else {
            let _: std::fmt::Result = write!(safe, "\\u{:04x}", u32::from(character));
        }
    }
    Cow::Owned(safe)
}

/// The same for text that has colours: the escapes for them (SGR, ECMA-48 §8.3.117) stay.
#[must_use]
pub fn visible_in_colour(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut pieces = text.split("\u{1b}[");
    safe.push_str(&visible(pieces.next().unwrap_or_default()));
    for piece in pieces {
        let end = piece.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(piece.len());
        let colour = piece[end..].starts_with('m');
        safe.push_str(if colour { "\u{1b}[" } else { "\\u001b[" });
        safe.push_str(&visible(piece));
    }
    safe
}

/// Whether a terminal does something at a character, or shows nothing for it.
fn is_dangerous(character: char) -> bool {
    let control = character.is_control() && !matches!(character, '\n' | '\t');
    control
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(character, '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2064}')
        || character == '\u{feff}'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use crate::diagnostic::{visible, visible_in_colour};

    #[test]
    fn what_a_terminal_obeys_is_written_as_an_escape() {
        for (text, shown) in [
            ("Größe\tof 学校\n", "Größe\tof 学校\n"),
            ("a\r\nb\rc", "a\r\nb\\u000dc"),
            ("\u{1b}[2J\u{7}", "\\u001b[2J\\u0007"),
            ("\u{9b}31m\u{7f}", "\\u009b31m\\u007f"),
            ("a\u{202e}b\u{2066}c\u{feff}d\u{200b}", "a\\u202eb\\u2066c\\ufeffd\\u200b"),
            ("family 👩\u{200d}👧", "family 👩\u{200d}👧"),
        ] {
            assert_eq!(visible(text), shown);
        }
        let mixed = "\u{1b}[1;31mred\u{1b}[0m \u{1b}[2J \u{1b}]0;x\u{7}";
        let shown = "\u{1b}[1;31mred\u{1b}[0m \\u001b[2J \\u001b]0;x\\u0007";
        assert_eq!(visible_in_colour(mixed), shown);
    }

    proptest! {
        #[test]
        fn json_says_the_same_after_it_was_made_safe(text in any::<String>()) {
            let json = serde_json::to_string(&text).unwrap();
            let safe = visible(&json);
            prop_assert!(!safe.chars().any(char::is_control));
            prop_assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), text);
        }
    }
}
