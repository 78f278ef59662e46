//! Finds the token in the target of a request, or in a URL, by `[unsubscribe] url`.

use crate::leaving::percent::decode;
use crate::leaving::{Ask, TOKEN_MIN, is_token_byte};

/// The shortest text that is taken for what is left of a token: robots try short names.
const REMNANT_MIN: usize = 8;

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
    Query(Option<String>, String, String),
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
        for pair in query.split('&') {
            let (name, value) = match pair.split_once('=') {
                Some((name, value)) => (Some(text(name)), value),
                None => (None, pair),
            };
            if let Some((before, behind)) = value.split_once("{token}") {
                return Self { path, place: Place::Query(name, text(before), text(behind)) };
            }
        }
        let (before, behind) = fragment.split_once("{token}").unwrap_or((fragment, ""));
        Self { path, place: Place::Fragment(text(before), text(behind)) }
    }

    /// The token in the target of a request (RFC 9112 §3.2), or in a whole URL; `None` where it is
    /// another target. Other parameters of the query do not matter.
    #[must_use]
    pub fn token(&self, target: &str) -> Option<Ask> {
        Ask::of(&self.slot(target)?)
    }

    /// Returns what a target has in the place of the token, which may not be one.
    #[must_use]
    pub fn slot(&self, target: &str) -> Option<String> {
        let (target, fragment) = target.split_once('#').unwrap_or((target, ""));
        let (path, query) = split_query(relative(target));
        let path = decode(path);
        let slot = match &self.place {
            Place::Path(behind) => before(path.strip_prefix(&self.path)?, behind)?.to_owned(),
            Place::Query(name, first, behind) => {
                if path.trim_end_matches('/') != self.path.trim_end_matches('/') {
                    return None;
                }
                query_slot(query, name.as_deref(), first, behind)?
            }
            Place::Fragment(first, behind) => {
                before(decode(fragment).strip_prefix(&**first)?, behind)?.to_owned()
            }
        };
        (!slot.is_empty()).then_some(slot)
    }

    /// Returns what is left of a token in a target; `None` where it is whole, or was never one.
    #[must_use]
    pub fn remnant(&self, target: &str) -> Option<String> {
        let slot = self.slot(target)?;
        let remnant = slot.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let fits = (REMNANT_MIN..TOKEN_MIN).contains(&remnant.len());
        (fits && remnant.bytes().all(is_token_byte)).then(|| remnant.to_owned())
    }

    /// Whether a server sees the token: a browser keeps what is behind a `#` to itself.
    #[must_use]
    pub fn is_served(&self) -> bool {
        !matches!(self.place, Place::Fragment(..))
    }

    /// The token in a target whose query a log has in a column of its own.
    pub(super) fn token_of(&self, path: &str, query: &str) -> Option<Ask> {
        if path.contains('?') || !matches!(self.place, Place::Query(..)) {
            return None;
        }
        self.token(&format!("{path}?{query}"))
    }
}

/// Returns what stands before the text that follows the token in the link; more may follow that.
fn before<'t>(text: &'t str, behind: &str) -> Option<&'t str> {
    if behind.is_empty() { Some(text) } else { text.rfind(behind).map(|at| &text[..at]) }
}

/// Returns the first value of a parameter that has the form of what the link has there, a token
/// before anything else.
fn query_slot(query: &str, name: Option<&str>, first: &str, behind: &str) -> Option<String> {
    let slots = query.split('&').filter_map(|pair| {
        let value = match name {
            Some(name) => {
                let (key, value) = pair.split_once('=')?;
                (decode(key) == name).then_some(value)?
            }
            None => pair,
        };
        before(decode(value).strip_prefix(first)?, behind).map(str::to_owned)
    });
    let slots: Vec<String> = slots.filter(|slot| !slot.is_empty()).collect();
    let whole = slots.iter().position(|slot| Ask::of(slot).is_some());
    slots.into_iter().nth(whole.unwrap_or_default())
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
