//! An issue and where a link of it leads in, the link through the publication's server out; and back.

use url::form_urlencoded;

use crate::key::{Key, Purpose};

/// What the path of such a link begins with, below the publication's URL.
pub const GO: &str = "go";

/// The link that leads somewhere through the publication's own server: the same for every reader.
///
/// Where it leads can be read in it. The tag says that the publication made it: without one the
/// server would lead anybody anywhere, in the publication's name.
#[must_use]
pub fn go(publication_url: &str, key: &Key, issue: &str, target: &str) -> String {
    let (name, to) = (encoded(issue, ""), encoded(target, ":/"));
    let tag = key.tag(Purpose::Link, &tagged(issue, target));
    format!("{publication_url}/{GO}/{name}?to={to}&tag={tag}")
}

/// Where a link leads, by what stands in its path behind `/go/` and by its query: the name of the
/// issue, and the target. `None` where this publication did not make it, or where it leads to
/// anything but a web page.
#[must_use]
pub fn leads(key: &Key, path: &str, query: &str) -> Option<(String, String)> {
    let issue = decoded(path)?;
    let value = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
    };
    let (target, tag) = (value("to")?, value("tag")?);
    let url = url::Url::parse(&target).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let known = key.tagged(Purpose::Link, &tagged(&issue, &target), &tag);
    url.filter(|_| known).map(|url| (issue, url.into()))
}

/// What the tag is of; no name of an issue has a line break in it.
fn tagged(issue: &str, target: &str) -> String {
    format!("{issue}\n{target}")
}

/// A text as it can stand in a path or the value of a query (RFC 3986 §3.3, §3.4).
fn encoded(text: &str, kept: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        let character = char::from(byte);
        if byte.is_ascii_alphanumeric() || "-._~".contains(character) || kept.contains(character) {
            encoded.push(character);
        } else {
            encoded.extend(form_urlencoded::byte_serialize(&[byte]).map(|piece| match piece {
                "+" => "%20",
                piece => piece,
            }));
        }
    }
    encoded
}

/// A segment of a path; `+` stands for itself there.
fn decoded(segment: &str) -> Option<String> {
    let pair = format!("a={}", segment.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned())
}
