//! A line of a log in, the request that it tells of out.

use crate::leaving::{Ask, Link, time};

/// A request, as a log tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request<'l> {
    pub(super) method: &'l str,
    pub(super) target: &'l str,
    /// What may be the query, where a log has it in a column of its own.
    queries: Vec<&'l str>,
}

/// The methods of RFC 9110 §9, of RFC 5789 and one of RFC 4918 that robots try.
const METHODS: [&str; 10] =
    ["GET", "POST", "HEAD", "PUT", "OPTIONS", "DELETE", "PATCH", "CONNECT", "TRACE", "PROPFIND"];

impl<'l> Request<'l> {
    /// The request of a line: a method with a target behind it.
    ///
    /// What a client sends besides (its referrer, its name) stands behind both in every format.
    pub(super) fn find(line: &'l str) -> Option<Self> {
        Self::in_words(line).or_else(|| Self::in_pairs(line)).or_else(|| Self::in_columns(line))
    }

    /// `POST /path HTTP/1.1`, in quotes or not: nginx, Apache and everything that does as they do.
    fn in_words(line: &'l str) -> Option<Self> {
        memchr::memchr_iter(b' ', line.as_bytes()).find_map(|at| {
            let (before, behind) = (&line[..at], &line[at + 1..]);
            let start = before.rfind(|c: char| !c.is_ascii_alphabetic());
            let method = match start {
                Some(at) => before[at..].trim_start_matches(|c: char| !c.is_ascii_alphabetic()),
                None => before,
            };
            let end = behind.find([' ', '"', '\t']).unwrap_or(behind.len());
            let (target, rest) = behind.split_at(end);
            let queries = rest.trim_start().split([' ', '\t']).take(1).collect();
            (is_method(method) && is_target(target)).then_some(Self { method, target, queries })
        })
    }

    /// `method=POST path=/path`, as routers write it.
    fn in_pairs(line: &'l str) -> Option<Self> {
        let value = |name: &str| {
            let (_, rest) = line.split_once(name)?;
            let rest = rest.trim_start_matches('"');
            Some(&rest[..rest.find([' ', '"', '\t']).unwrap_or(rest.len())])
        };
        let method = value("method=").filter(|method| is_method(method))?;
        let target = ["path=", "uri=", "url="].into_iter().find_map(value)?;
        let queries = value("query=").into_iter().collect();
        is_target(target).then_some(Self { method, target, queries })
    }

    /// A column that holds a method and nothing else, and behind it one with a path: content
    /// delivery networks write such, with tabs between them.
    fn in_columns(line: &'l str) -> Option<Self> {
        ['\t', ',', ';', ' '].into_iter().find_map(|delimiter| {
            let mut cells = line.split(delimiter).map(|cell| cell.trim_matches([' ', '"', '\r']));
            let method = cells.find(|cell| is_method(cell))?;
            let target = cells.find(|cell| is_target(cell))?;
            Some(Self { method, target, queries: cells.collect() })
        })
    }

    /// The token, where the target is the unsubscribe link. The page on which a reader leaves parts
    /// is at that link, too, and says so in the query.
    pub(super) fn token(&self, link: &Link) -> Option<Ask> {
        if is_preferences(self.target) {
            return None;
        }
        let apart = || self.queries.iter().find_map(|query| link.token_of(self.target, query));
        link.token(self.target).or_else(apart)
    }

    /// Returns what is left of the token with which a request asks to leave.
    pub(super) fn remnant(&self, link: &Link) -> Option<String> {
        let asks = self.method == "POST" && !is_preferences(self.target);
        asks.then(|| link.remnant(self.target)).flatten()
    }
}

/// Whether a target is the page on which `serve` lets a reader choose.
pub(super) fn is_preferences(target: &str) -> bool {
    let (_, query) = target.split_once('?').unwrap_or((target, ""));
    query.split('&').any(|pair| pair == "preferences")
}

/// Whether a word is the method of a request.
pub(super) fn is_method(word: &str) -> bool {
    METHODS.contains(&word)
}

fn is_target(word: &str) -> bool {
    word.starts_with('/') || word == "*" || word.contains("://")
}

/// Whether a line is of an access log that does not tell the method: it has the time in brackets,
/// as the Common Log Format has it, or the version of HTTP.
pub(super) fn is_access(line: &str) -> bool {
    line.contains(" HTTP/") || time::common(line).is_some()
}
