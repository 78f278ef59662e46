//! One line of any log, form or list in, what it tells of people who leave out.

use crate::leaving::access::{Request, is_access};
use crate::leaving::{Found, Link, TOKEN_MIN, Via, is_token_byte, json, time, words};

/// What a line tells; `None` where nothing in it has to do with the unsubscribe link.
///
/// In a line that tells of a request only the target of the request counts, and only `POST` asks to
/// leave, whatever the server answered: a host of static files answers 405, and the reader has asked
/// all the same. Any other line is one of a form or a list, where every token and link counts.
#[must_use]
pub fn read_line(line: &[u8], link: &Link) -> Option<Found> {
    if !may_hold_token(line) && memchr::memmem::find(line, b"POST").is_none() {
        return None;
    }
    let line = String::from_utf8_lossy(line);
    let line = line.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    // A collector puts the time and the machine before it.
    if let Some(at) = line.find('{')
        && let Some(found) = json::read(&line[at..], link)
    {
        return found;
    }
    if let Some(request) = Request::find(line) {
        let asked = json::asked(request.method, request.token(link), time::find(line));
        return asked.or_else(|| request.remnant(link).map(Found::Cut));
    }
    let mut asks = words::asks(line, link);
    // Who takes the column of the paths out of a log knows what is in it.
    let path = line.starts_with('/') && !line.contains(char::is_whitespace);
    let own = path.then(|| link.token(line)).flatten();
    asks.extend(own.filter(|own| !asks.contains(own)).into_iter().collect::<Vec<_>>());
    if asks.is_empty() {
        return None;
    }
    if is_access(line) {
        return Some(Found::Unclear);
    }
    Some(Found::Asked { via: Via::Form, asks, at: time::find(line) })
}

/// Whether there are as many bytes in a row as the shortest token has; an escape may be among them.
fn may_hold_token(line: &[u8]) -> bool {
    let fits = |byte: &u8| is_token_byte(*byte) || *byte == b'%';
    let mut at = TOKEN_MIN - 1;
    // As in a search for a word: what cannot be the end of one need not be looked at from the start.
    while at < line.len() {
        let window = &line[at + 1 - TOKEN_MIN..=at];
        match window.iter().rposition(|byte| !fits(byte)) {
            None => return true,
            Some(broken) => at += broken + 1,
        }
    }
    false
}
