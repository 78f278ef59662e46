//! A status and a text in, an answer with what browsers have to be told out.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// What the pages of the archive may do: everything but run.
pub(super) const ARCHIVE: &str = "default-src 'self'; img-src * data:; font-src *; \
    style-src 'self' 'unsafe-inline' https:; script-src 'none'; object-src 'none'; \
    base-uri 'none'; frame-ancestors 'none'";

/// What the small pages may do: wear their own sheet, and send a form to this server.
pub(super) fn policy(sheet: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, sheet.as_bytes());
    format!(
        "default-src 'none'; style-src 'sha256-{}'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
        BASE64_STANDARD.encode(digest)
    )
}

/// A page that nobody keeps: who sees its address could use it.
pub(super) fn page(status: StatusCode, policy: &HeaderValue, text: String) -> Response {
    let text: Cow<'static, str> = text.into();
    let mut response = (status, text).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, value("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    headers.insert(header::CACHE_CONTROL, value("no-store"));
    headers.insert(HeaderName::from_static("x-robots-tag"), value("noindex"));
    response
}

/// A line for machines.
pub(super) fn line(status: StatusCode, text: impl Into<Cow<'static, str>>) -> Response {
    let text: Cow<'static, str> = text.into();
    let mut response = (status, text).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, value("no-store"));
    response
}

/// Elsewhere.
pub(super) fn elsewhere(to: &str) -> Option<Response> {
    let location = HeaderValue::from_str(to).ok()?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    response.headers_mut().insert(header::LOCATION, location);
    response.headers_mut().insert(header::CACHE_CONTROL, value("no-store"));
    Some(response)
}

/// What every answer says.
pub(super) fn secure(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::REFERRER_POLICY, value("no-referrer"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, value("nosniff"));
    let opener = HeaderName::from_static("cross-origin-opener-policy");
    headers.insert(opener, value("same-origin"));
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, value("default-src 'none'"));
    }
}

pub(super) const fn value(text: &'static str) -> HeaderValue {
    HeaderValue::from_static(text)
}
