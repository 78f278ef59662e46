//! Finds the token of a request by the URL of the settings, at the path where this server sees it.

use crate::leaving::{self, Ask};

/// Where a link that unsubscribes has its token, as this server sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    link: leaving::Link,
    /// The query with `{token}` in it, where the token is there.
    query: Option<String>,
    /// Whether the token is the whole path, as the pages of the archive are.
    top: bool,
}

/// What stands for the token.
const TOKEN: &str = "{token}";

impl Link {
    /// Reads a URL with `{token}` in it; `None` where the token is behind `#`, and so stays with the
    /// browser. What is below the publication's own URL may be at another path here: (URL, path).
    #[must_use]
    pub fn new(url: &str, (home, here): (&str, Option<&str>)) -> Option<Self> {
        let (_, rest) = url.split_once("://")?;
        let start = rest.find(['/', '?', '#'])?;
        let (rest, _) = rest[start..].split_once('#').unwrap_or((&rest[start..], ""));
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (rest, None),
        };
        let path = if path.is_empty() { "/" } else { path };
        let below = path.strip_prefix(path_of(home)).filter(|below| below.starts_with('/'));
        let path = match (below, here) {
            (Some(below), Some(here)) => format!("{here}{below}"),
            _ => path.to_owned(),
        };
        let queried = query.filter(|query| !path.contains(TOKEN) && query.contains(TOKEN));
        let parts = path.split_once(TOKEN);
        let top = parts
            .is_some_and(|(before, after)| before.matches('/').count() < 2 && after.is_empty());
        let link = leaving::Link::new(&match queried {
            Some(query) => format!("{path}?{query}"),
            None => path,
        });
        let query = queried.map(str::to_owned);
        link.is_served().then_some(Self { link, query, top })
    }

    /// Returns what a request has in the place of the token; `None` where it is for something else.
    #[must_use]
    pub fn token(&self, path: &str, query: &str) -> Option<String> {
        let slot = self.link.slot(&format!("{path}?{query}"))?;
        let slot = slot.strip_suffix('/').unwrap_or(&slot);
        let whole = Ask::of(slot).is_some();
        // At the top there are the pages of the archive, too.
        let fits = whole || (!self.top && !slot.is_empty() && !slot.contains('/'));
        fits.then(|| slot.to_owned())
    }

    /// The address, relative to a page of this link, of its page with what one gets.
    pub(super) fn preferences(&self, token: &str) -> String {
        match &self.query {
            Some(query) => format!("?{}&{PREFERENCES}", query.replace(TOKEN, token)),
            None => format!("?{PREFERENCES}"),
        }
    }
}

/// What asks for the page with what one gets.
const PREFERENCES: &str = "preferences";

/// Whether a query asks for the page with what one gets.
pub(super) fn asks_for_preferences(query: &str) -> bool {
    query.split('&').any(|pair| pair == PREFERENCES)
}

/// The path of a URL, without a `/` at the end.
pub(super) fn path_of(url: &str) -> &str {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let path = rest.find('/').map_or("", |at| &rest[at..]);
    path.trim_end_matches('/')
}
