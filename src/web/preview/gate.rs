//! The head of a request in, whether the editor's own browser asks for the page's own sake out.
//!
//! The preview shows readers' addresses, and whatever runs on this machine, or in a page that the
//! browser has open, can send requests to it. Three things keep them out: the address has a part
//! that nobody can guess; the `Host` has to be this machine, so that a name which was made to point
//! here is of no use; and a browser says of every request which page makes it.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};

/// What the browser says of the page that asks (W3C Fetch Metadata).
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const DESTINATION: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// The names that this machine has for itself.
const NAMES: [&str; 2] = ["127.0.0.1", "localhost"];

/// What the page may do: load its own sheets, script and frames, and ask its own server.
pub(super) const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'";

/// What a letter may do: be looked at. Its links open windows of their own.
pub(super) const LETTER: &str = "sandbox allow-same-origin allow-popups \
    allow-popups-to-escape-sandbox; default-src 'none'; img-src 'self'; \
    style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// The same where pictures are not loaded.
pub(super) const BARE: &str = "sandbox allow-same-origin allow-popups \
    allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// A file of the publication: whatever it is, nothing in it runs.
pub(super) const FILE: &str =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// Why a request is not answered; `None` where it is.
pub(super) fn refusal(method: &Method, headers: &HeaderMap, port: u16) -> Option<&'static str> {
    let said = |name: &HeaderName| headers.get(name).map(HeaderValue::as_bytes);
    let here = |host: &[u8]| NAMES.iter().any(|name| host == format!("{name}:{port}").as_bytes());
    let Some(host) = said(&header::HOST).filter(|host| here(host)) else {
        return Some("The preview answers under the address that it printed, and no other.");
    };
    let own = [b"http://", host].concat();
    let origin = said(&header::ORIGIN);
    let safe = matches!(*method, Method::GET | Method::HEAD);
    // A page that was opened by a link comes from elsewhere, and nobody else can read it.
    let opened = said(&MODE) == Some(b"navigate") && said(&DESTINATION) == Some(b"document");
    let site = said(&SITE).is_none_or(|site| matches!(site, b"same-origin" | b"none"));
    let from_here = origin.is_none_or(|origin| origin == own) && (site || (safe && opened));
    // What changes something has to say where it comes from.
    let answered = from_here && (safe || origin.is_some());
    (!answered).then_some("Only the preview’s own page may ask that.")
}
