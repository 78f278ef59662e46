//! The URL of the settings that unsubscribes in, the token of a request out.

/// Where a link that unsubscribes has its token, as this server sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    path: String,
    query: Option<String>,
}

/// What stands for the token.
const TOKEN: &str = "{token}";

/// How long a token is, at least: that of the shortest address.
const SHORTEST: usize = 38;

impl Link {
    /// Reads a URL with `{token}` in it; `None` where the token is behind `#`, and so stays with the
    /// browser. What is below the publication's own URL may be at another path here: (URL, path).
    #[must_use]
    pub fn new(url: &str, (home, here): (&str, Option<&str>)) -> Option<Self> {
        let (_, rest) = url.split_once("://")?;
        let start = rest.find(['/', '?', '#'])?;
        let (rest, _) = rest[start..].split_once('#').unwrap_or((&rest[start..], ""));
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (rest, None),
        };
        let path = if path.is_empty() { "/" } else { path };
        let below = path.strip_prefix(path_of(home)).filter(|below| below.starts_with('/'));
        let path = match (below, here) {
            (Some(below), Some(here)) => format!("{here}{below}"),
            _ => path.to_owned(),
        };
        let link = Self { path, query };
        (link.path.contains(TOKEN) || link.queried().is_some()).then_some(link)
    }

    /// The token of a request; `None` where it is for something else.
    #[must_use]
    pub fn token<'r>(&self, path: &'r str, query: &'r str) -> Option<&'r str> {
        if let Some((before, after)) = self.path.split_once(TOKEN) {
            let token = path.strip_prefix(before)?;
            // A slash at the end is what some rewriters of links add.
            let whole = token.strip_suffix(after);
            let token = whole.or_else(|| token.strip_suffix('/')?.strip_suffix(after))?;
            let token = token.strip_suffix('/').unwrap_or(token);
            let is_one = !token.is_empty() && !token.contains('/');
            // At the top there are the pages of the archive, too.
            let top = before.matches('/').count() < 2 && after.is_empty();
            return (is_one && (!top || is_long(token))).then_some(token);
        }
        let (name, before, after) = self.queried()?;
        if path != self.path {
            return None;
        }
        let value = |pair: &'r str| match name {
            Some(name) => pair.strip_prefix(name)?.strip_prefix('='),
            None => Some(pair),
        };
        let token = query.split('&').find_map(value)?;
        token.strip_prefix(before)?.strip_suffix(after).filter(|token| !token.is_empty())
    }

    /// The address, relative to a page of this link, of its page with what one gets.
    pub(super) fn preferences(&self, token: &str) -> String {
        match &self.query {
            Some(query) if !self.path.contains(TOKEN) => {
                format!("?{}&{PREFERENCES}", query.replace(TOKEN, token))
            }
            _ => format!("?{PREFERENCES}"),
        }
    }

    /// The name of the field with the token, and what is around the token in its value.
    fn queried(&self) -> Option<(Option<&str>, &str, &str)> {
        let pair = self.query.as_deref()?.split('&').find(|pair| pair.contains(TOKEN))?;
        let (name, value) = match pair.split_once('=') {
            Some((name, value)) if value.contains(TOKEN) => (Some(name), value),
            _ => (None, pair),
        };
        let (before, after) = value.split_once(TOKEN)?;
        Some((name, before, after))
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

fn is_long(token: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    token.len() >= SHORTEST && token.bytes().all(plain)
}
