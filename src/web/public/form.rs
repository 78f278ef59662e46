//! The body of a form and what kind it says it is in, its names and values out.
//!
//! RFC 8058 §3.2 wants both kinds taken: `multipart/form-data` and urlencoded. Whatever else comes
//! has no fields: a POST to a link that unsubscribes counts without any.

use axum::http::{HeaderMap, header};
use url::form_urlencoded;

/// How many fields are looked at; no form of ours has as many.
const FIELDS_MAX: usize = 64;

/// The fields of a form in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a body; what is not a field is passed over.
    #[must_use]
    pub fn parse(content_type: &str, body: &[u8]) -> Self {
        let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
        if kind.trim().eq_ignore_ascii_case("multipart/form-data") {
            return Self(boundary(parameters).map(|it| multipart(body, &it)).unwrap_or_default());
        }
        let pairs = form_urlencoded::parse(body).take(FIELDS_MAX);
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// Reads a body that came with header fields.
    pub(super) fn of(headers: &HeaderMap, body: &[u8]) -> Self {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        Self::parse(kind.unwrap_or_default(), body)
    }

    /// The first value of a name, where there is one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut named = self.0.iter().filter(|(known, _)| known == name);
        named.next().map(|(_, value)| value.as_str())
    }

    /// All values of a name.
    pub fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What separates the parts (RFC 2046 §5.1.1): 1 to 70 characters.
fn boundary(parameters: &str) -> Option<String> {
    let named = |parameter: &str| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().to_owned())
    };
    let value = parameters.split(';').find_map(named)?;
    let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let value = bare.map_or_else(|| value.clone(), str::to_owned);
    (1..=70).contains(&value.len()).then_some(value)
}

/// The fields of `multipart/form-data` (RFC 7578).
fn multipart(body: &[u8], boundary: &str) -> Vec<(String, String)> {
    // The first boundary has no line end before it.
    let body = [b"\r\n", body].concat();
    let separator = format!("\r\n--{boundary}");
    let parts = split(&body, separator.as_bytes()).into_iter().skip(1);
    parts.take(FIELDS_MAX).filter_map(part).collect()
}

/// A part from the end of its boundary on; `None` where it has no name, or was the last boundary.
fn part(bytes: &[u8]) -> Option<(String, String)> {
    let bytes = bytes.strip_prefix(b"\r\n")?;
    let parted = split(bytes, b"\r\n\r\n");
    let (head, value) = match parted.first() {
        Some(head) if parted.len() > 1 => (*head, &bytes[head.len() + 4..]),
        _ => return None,
    };
    let head = String::from_utf8_lossy(head);
    let disposition = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    let name = disposition.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("name").then(|| value.trim().trim_matches('"').to_owned())
    })?;
    Some((name, String::from_utf8_lossy(value).into_owned()))
}

/// Bytes at each place where a separator is.
fn split<'b>(bytes: &'b [u8], separator: &[u8]) -> Vec<&'b [u8]> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for at in memchr::memmem::find_iter(bytes, separator).take(FIELDS_MAX + 1) {
        pieces.push(&bytes[start..at]);
        start = at + separator.len();
    }
    pieces.push(&bytes[start..]);
    pieces
}
