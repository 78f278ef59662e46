//! Who connected and what proxies wrote in, whom a request comes from out.
//!
//! Each proxy adds, at the right end, whom it speaks for. What stands to the left of the first one
//! that is not trusted was written by whoever that is, and says nothing.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, header};

use crate::config::{ClientField, Network};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// How many proxies are looked behind; nobody has as many.
const HOPS_MAX: usize = 32;

/// The address that a request comes from: the rightmost one that is not of a trusted proxy.
///
/// Who connects through a socket of the file system (`None`) is trusted, as it is on this machine.
/// Where a trusted proxy wrote something that is no address, the answer is that proxy.
#[must_use]
pub fn client(
    peer: Option<IpAddr>,
    headers: &HeaderMap,
    field: ClientField,
    trusted: &[Network],
) -> Option<IpAddr> {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(*address));
    let mut nearest = peer.map(|peer| peer.to_canonical());
    if nearest.is_some_and(|peer| !is_trusted(&peer)) {
        return nearest;
    }
    for said in hops(headers, field).into_iter().rev().take(HOPS_MAX) {
        let Some(address) = said else { break };
        nearest = Some(address);
        if !is_trusted(&address) {
            break;
        }
    }
    nearest
}

/// What proxies wrote, the one nearest to us last; `None` is what is no address.
#[must_use]
pub fn hops(headers: &HeaderMap, field: ClientField) -> Vec<Option<IpAddr>> {
    let name = match field {
        ClientField::XForwardedFor => &X_FORWARDED_FOR,
        ClientField::Forwarded => &header::FORWARDED,
    };
    let values = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?"));
    let mut hops = Vec::new();
    for value in values {
        match field {
            ClientField::XForwardedFor => hops.extend(value.split(',').map(node)),
            ClientField::Forwarded => hops.extend(split(value, ',').map(element)),
        }
    }
    hops
}

/// An element of `Forwarded` (RFC 7239 §4): `for="[2001:db8::1]:4711";proto=https`.
fn element(text: &str) -> Option<IpAddr> {
    let pairs = split(text, ';').filter_map(|pair| pair.split_once('='));
    let mut named = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    named.next().and_then(|(_, value)| node(value))
}

/// An address with or without a port, brackets and quotes; `None` for `unknown` and made-up names.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let address = text.parse().ok().or_else(|| {
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        bare.and_then(|text| text.parse().ok())
    });
    let address =
        address.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))?;
    Some(address.to_canonical())
}

/// A text at a separator, but where that stands in quotes.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |character| {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            other => return other == separator && !quoted,
        }
        false
    })
}
