//! Reads a token that mail programs, proxies and people wrote other text around.

use crate::leaving::is_token_byte;
use crate::leaving::percent::decode;

/// How many bytes are looked at: what a request may have in its path.
const LENGTH_MAX: usize = 8 * 1024;

/// How often a text may have been percent-encoded: by the mail program, and by a proxy again.
const ENCODINGS_MAX: usize = 3;

/// Returns the ways to read a token, the likeliest first.
///
/// Percent signs are decoded (RFC 3986 §2.1), also twice. Blanks and signs before the token do not
/// count, and neither does what follows it: `.`, `)`, `>`, `&utm_source=…`. Another segment of a path
/// is no such thing.
#[must_use]
pub fn token_readings(text: &str) -> Vec<String> {
    if text.len() > LENGTH_MAX {
        return Vec::new();
    }
    let mut text = text.to_owned();
    for _ in 0..ENCODINGS_MAX {
        text = decode(&text).into_owned();
    }
    let is_part = |c: char| u8::try_from(c).is_ok_and(is_token_byte);
    let begun = text.trim_start_matches(|c: char| !is_part(c) && c != '/');
    let end = begun.find(|c: char| !is_part(c)).unwrap_or(begun.len());
    let (token, rest) = begun.split_at(end);
    let another = rest.starts_with('/') && rest.contains(|c: char| c.is_ascii_alphanumeric());
    if token.is_empty() || another {
        return Vec::new();
    }
    let bare = token.trim_end_matches(['-', '_']);
    let mut readings = vec![token.to_owned(), bare.to_owned()];
    // A line that was folded within the token.
    let folded: String = begun.chars().filter(|c| !c.is_whitespace()).collect();
    let whole = folded.find(|c: char| !is_part(c)).unwrap_or(folded.len());
    readings.push(folded[..whole].to_owned());
    readings.dedup();
    readings.retain(|reading| !reading.is_empty());
    readings
}
