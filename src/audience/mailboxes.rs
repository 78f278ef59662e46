//! Reads the addresses in a cell as people write them, and names every repair.
//!
//! A list of recipients (RFC 5322 §3.4) pasted from a mail program, a link, an apostrophe of Excel,
//! a dot at the end of the sentence: all of it means an address. Words beside an address may say
//! that it is no longer to be used: then the cell is refused as a whole.

use std::borrow::Cow;

use crate::address::{AddressError, EmailAddress};
use crate::audience::exports::Everyone;

/// Characters around an address that do not belong to it.
const AROUND: &[char] = &[
    '"', '\'', '‘', '’', '‚', '“', '”', '„', '«', '»', '‹', '›', '`', '<', '>', '(', ')', '[', ']',
    '{', '}', '＜', '＞', '（', '）', '「', '」', '.', ',', ';', ':', '!', '|', '、', '。', '，',
    '；',
];
/// Characters between the addresses of a list.
const BETWEEN: [char; 10] = [',', ';', '\n', '\r', '\t', '|', '、', '，', '；', '\u{2028}'];

/// The addresses of a cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CellAddresses {
    /// Each address, or the text that is none.
    pub(crate) found: Vec<Result<EmailAddress, (String, AddressError)>>,
    /// The name before the only address.
    pub(crate) name: Option<String>,
    /// Whether the cell holds anything but one address as it should be written.
    pub(crate) repaired: bool,
    /// Whether each address stands in brackets, behind a name.
    pub(crate) bracketed: bool,
    /// Whether the addresses fill the whole row, so that no cell says anything else.
    pub(crate) side_by_side: bool,
}

impl CellAddresses {
    /// Reads a cell.
    ///
    /// # Errors
    ///
    /// It holds no address, or words that nobody can tell the meaning of.
    pub(crate) fn read(cell: &str) -> Result<Self, AddressError> {
        let text = cell.trim_matches(|c: char| c.is_ascii_whitespace());
        let marked = |c: char| c == '\'' || (!c.is_ascii() && AROUND.contains(&c));
        let plain = !text.starts_with(marked) && visible(text.trim()) == text;
        let error = match text.parse::<EmailAddress>() {
            Ok(address) if plain => return Ok(Self::one(address)),
            Ok(_) => AddressError::Form("it is no address".to_owned()),
            Err(error) => error,
        };
        let clean = visible(text);
        // In a link the `@` may be written so (RFC 3986 §2.1).
        let clean = if clean.contains('@') { clean } else { clean.replace("%40", "@").into() };
        let (mut found, mut names) = (Vec::new(), Vec::new());
        let mut words: Vec<String> = Vec::new();
        let mut bracketed = true;
        for piece in pieces(&clean) {
            let Some((before, address, after)) = address_in(piece) else {
                words.push(piece.trim().to_owned());
                continue;
            };
            let open = before.chars().last();
            let in_brackets = matches!(open, Some('<' | '(' | '[' | '{' | '＜' | '（'));
            bracketed &= in_brackets;
            words.push(name_of(before));
            words.retain(|word| !word.is_empty());
            let name = words.join(" ");
            words.clear();
            // `ada@example.org <ada@example.org>`, as some programs write who has no name.
            let other = name.contains('@') && name_of(&name) != name_of(address);
            let bad_name =
                !name.is_empty() && (!in_brackets || other || Everyone::of(&name).is_some());
            if bad_name || !name_of(after).is_empty() {
                return Err(beside(error));
            }
            names.push(name);
            found.push(parsed(address));
        }
        words.retain(|word| !name_of(word).is_empty());
        if found.is_empty() {
            return Err(error);
        }
        if !words.is_empty() {
            return Err(beside(error));
        }
        if found.iter().all(Result::is_err) {
            return Err(error);
        }
        let name = if found.len() == 1 { names.pop() } else { None };
        let name = name.filter(|name| !name.is_empty() && !name.contains('@'));
        Ok(Self { found, name, repaired: true, bracketed, side_by_side: false })
    }

    fn one(address: EmailAddress) -> Self {
        Self { found: vec![Ok(address)], ..Self::default() }
    }

    /// Whether all of it is addresses.
    pub(crate) fn is_whole(&self) -> bool {
        self.found.iter().all(Result::is_ok)
    }
}

/// The error of a cell with an address and words: the address alone was wanted.
fn beside(error: AddressError) -> AddressError {
    match error {
        AddressError::Invisible(_) | AddressError::Length(_) | AddressError::Empty => error,
        _ => AddressError::Form("words stand beside the address, and it has to stand alone".into()),
    }
}

/// The text without invisible characters, and with the signs of East Asian keyboards as in ASCII.
fn visible(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().filter(|c| {
        !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    });
    let shown = shown.map(|c| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{fe6b}' => '@',
        c if c.is_whitespace() && !c.is_ascii() && c != '\u{2028}' => ' ',
        c => c,
    });
    Cow::Owned(shown.collect())
}

/// The pieces of a list. What stands in quotes or brackets is one piece.
fn pieces(text: &str) -> Vec<&str> {
    let (mut pieces, mut begin) = (Vec::new(), 0);
    let (mut quoted, mut bracketed) = (false, false);
    // A quote that is never closed quotes nothing.
    let balanced = text.matches('"').count().is_multiple_of(2);
    for (at, character) in text.char_indices() {
        match character {
            '"' if balanced => quoted = !quoted,
            _ if quoted => {}
            '<' => bracketed = true,
            '>' => bracketed = false,
            _ if BETWEEN.contains(&character) && !bracketed => {
                push(&mut pieces, &text[begin..at]);
                begin = at + character.len_utf8();
            }
            _ => {}
        }
    }
    push(&mut pieces, &text[begin..]);
    pieces
}

/// Adds a piece; one of nothing but addresses with spaces between them is many.
fn push<'t>(pieces: &mut Vec<&'t str>, piece: &'t str) {
    let words = || piece.split_whitespace();
    let bracketed = words().filter(|word| word.starts_with('<')).count();
    let alike = bracketed == 0 || bracketed == words().count();
    let is_whole = |word: &str| word.contains('@') && !word.ends_with('@');
    if words().count() > 1 && alike && words().all(is_whole) {
        pieces.extend(words());
    } else if !piece.trim().is_empty() {
        pieces.push(piece);
    }
}

/// The last word with an `@` in a piece, with what stands before and behind it.
fn address_in(piece: &str) -> Option<(&str, &str, &str)> {
    let at = piece.rfind('@')?;
    let outside = |c: char| c.is_whitespace() || "<>()[]{}\"".contains(c);
    let begin = piece[..at]
        .rfind(outside)
        .map_or(0, |before| before + piece[before..].chars().next().map_or(1, char::len_utf8));
    let end = piece[at..].find(outside).map_or(piece.len(), |end| at + end);
    Some((piece[..begin].trim_end(), &piece[begin..end], &piece[end..]))
}

/// The words of a name, without the quotes and brackets around it.
fn name_of(text: &str) -> String {
    let around = |c: char| c.is_whitespace() || AROUND.contains(&c);
    text.trim_matches(around).to_owned()
}

/// The address in a word, without what does not belong to it.
fn parsed(word: &str) -> Result<EmailAddress, (String, AddressError)> {
    let mut text = word.trim_matches(AROUND);
    let link = text.get(..7).is_some_and(|begin| begin.eq_ignore_ascii_case("mailto:"));
    let decoded;
    if link {
        // RFC 6068: what follows the `?` is the mail's headers.
        text = text[7..].split('?').next().unwrap_or_default();
        decoded = percent_decoded(text);
        text = decoded.trim_matches(AROUND);
    }
    text.parse().map_err(|error| (word.to_owned(), error))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| *byte == b'%');
        let code = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(code) => {
                bytes.push(code);
                rest = &after[2..];
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use crate::audience::mailboxes::CellAddresses;

    /// The addresses of a cell with `+` between them; `-` where it is refused.
    fn read(cell: &str) -> String {
        let Ok(read) = CellAddresses::read(cell) else { return "-".to_owned() };
        let found = read.found.iter().map(|found| match found {
            Ok(address) => address.to_string(),
            Err((text, _)) => format!("!{text}"),
        });
        found.collect::<Vec<_>>().join("+")
    }

    #[test]
    fn an_address_is_read_as_people_write_it() {
        let ada = [
            "ada@example.org",
            " ada@example.org ",
            "ada@example.org.",
            "ada@example.org,",
            "ada@example.org;",
            "ada@example.org>",
            "ada@example.org\u{a0}",
            "\u{feff}ada@example.org\u{200b}",
            "ada@exam\u{ad}ple.org",
            "'ada@example.org",
            "'ada@example.org'",
            "\"ada@example.org\"",
            "“ada@example.org”",
            "<ada@example.org>",
            "(ada@example.org)",
            "Ada Byron <ada@example.org>",
            "\"Byron, Ada\" <ada@example.org>",
            "Byron, Ada <ada@example.org>",
            "ada@example.org <ada@example.org>",
            "Ada (ada@example.org)",
            "mailto:ada@example.org",
            "MAILTO:ada%40example.org?subject=Hello",
            "<mailto:ada@example.org?subject=Hello%20you>",
            "ada＠example．org",
            "ａｄａ@example.org",
        ];
        for cell in ada {
            assert_eq!(read(cell), "ada@example.org", "{cell}");
        }
    }

    #[test]
    fn several_addresses_are_each_read() {
        let both = [
            "ada@example.org, bob@example.org",
            "ada@example.org;bob@example.org;",
            "ada@example.org bob@example.org",
            "ada@example.org\nbob@example.org",
            "Ada <ada@example.org>, Bob <bob@example.org>",
            "\"Byron, Ada\" <ada@example.org>; \"Bob; the\" <bob@example.org>",
            "<ada@example.org> <bob@example.org>",
            "ada@example.org | bob@example.org",
        ];
        for cell in both {
            assert_eq!(read(cell), "ada@example.org+bob@example.org", "{cell}");
        }
        assert_eq!(read("ada@example.org, bob@"), "ada@example.org+!bob@");
    }

    #[test]
    fn words_beside_an_address_are_not_passed_over() {
        let refused = [
            "ada@example.org (unsubscribed)",
            "ada@example.org left in May",
            "not ada@example.org",
            "ada@example.org, unsubscribed",
            "UNSUBSCRIBED Ada <ada@example.org>",
            "Ada <ada@example.org> bounced",
            "ada@ example.org",
            "ada[at]example.org",
            "ada",
            "",
            "@",
            "@ada",
        ];
        for cell in refused {
            assert_eq!(read(cell), "-", "{cell}");
        }
    }

    #[test]
    fn only_an_address_as_it_should_be_is_no_repair() {
        assert!(!CellAddresses::read(" o'brien@example.org ").unwrap().repaired);
        for cell in ["ada@example.org\u{a0}", "'ada@example.org", "a@example.org b@example.org"] {
            assert!(CellAddresses::read(cell).unwrap().repaired, "{cell}");
        }
        let named = CellAddresses::read("\"Byron, Ada\" <ada@example.org>").unwrap();
        assert_eq!(named.name.as_deref(), Some("Byron, Ada"));
    }
}
