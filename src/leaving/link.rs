//! `[unsubscribe] url` in; the token in the target of a request, or in a URL, out.

use crate::leaving::percent::decode;
use crate::leaving::{Ask, is_token};

/// The unsubscribe link of a publication, as it is looked for in logs.
///
/// A server sees its path and its query, so these have to be those of the setting; the host does
/// not matter, since behind a proxy it can be any, and a token opens for its publication alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The path, without escapes, up to the token, or all of it.
    path: String,
    /// Where the token is.
    place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// In the path; this follows it there.
    Path(String),
    /// In the query: the name of the parameter, what stands before and behind the token in its value.
    Query(String, String, String),
    /// Behind a `#`, which no server gets to see: only forms can tell it.
    Fragment(String, String),
}

impl Link {
    /// The link of a checked setting: a URL with `{token}` in it once, behind the host.
    #[must_use]
    pub fn new(url: &str) -> Self {
        let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
        let (path, query) = split_query(relative(url));
        let text = |text: &str| decode(text).into_owned();
        if let Some((before, behind)) = path.split_once("{token}") {
            return Self { path: text(before), place: Place::Path(text(behind)) };
        }
        let path = text(path);
        let parameters = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        for (name, value) in parameters {
            if let Some((before, behind)) = value.split_once("{token}") {
                let place = Place::Query(text(name), text(before), text(behind));
                return Self { path, place };
            }
        }
        let (before, behind) = fragment.split_once("{token}").unwrap_or((fragment, ""));
        Self { path, place: Place::Fragment(text(before), text(behind)) }
    }

    /// The token in the target of a request (RFC 9112 §3.2), or in a whole URL; `None` where it is
    /// another target. Other parameters of the query do not matter.
    #[must_use]
    pub fn token(&self, target: &str) -> Option<Ask> {
        let (target, fragment) = target.split_once('#').unwrap_or((target, ""));
        let (path, query) = split_query(relative(target));
        let path = decode(path);
        let token = match &self.place {
            Place::Path(behind) => {
                let token = path.strip_prefix(&self.path)?;
                let whole = token.strip_suffix(behind.as_str());
                // A slash at the end is what some servers and proxies add.
                let whole = whole.or_else(|| token.strip_suffix('/')?.strip_suffix(&**behind))?;
                whole.strip_suffix('/').unwrap_or(whole).to_owned()
            }
            Place::Query(name, before, behind) => {
                if path.trim_end_matches('/') != self.path.trim_end_matches('/') {
                    return None;
                }
                query_token(query, name, before, behind)?
            }
            Place::Fragment(before, behind) => {
                let fragment = decode(fragment);
                fragment.strip_prefix(&**before)?.strip_suffix(&**behind)?.to_owned()
            }
        };
        is_token(&token).then(|| Ask { readings: vec![token] })
    }

    /// The token in a target whose query a log has in a column of its own.
    pub(super) fn token_of(&self, path: &str, query: &str) -> Option<Ask> {
        if path.contains('?') || !matches!(self.place, Place::Query(..)) {
            return None;
        }
        self.token(&format!("{path}?{query}"))
    }
}

/// The first value of a parameter that has the form of what the link has there.
fn query_token(query: &str, name: &str, before: &str, behind: &str) -> Option<String> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find_map(|(key, value)| {
        let value = decode(value);
        let token = value.strip_prefix(before)?.strip_suffix(behind)?;
        (decode(key) == name && is_token(token)).then(|| token.to_owned())
    })
}

/// A URL without scheme and host; a target that has none stays as it is.
fn relative(url: &str) -> &str {
    let Some((scheme, rest)) = url.split_once("://") else { return url };
    if scheme.is_empty() || !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return url;
    }
    rest.find(['/', '?']).map_or("", |at| &rest[at..])
}

fn split_query(target: &str) -> (&str, &str) {
    target.split_once('?').unwrap_or((target, ""))
}
