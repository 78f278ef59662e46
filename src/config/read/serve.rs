//! `[serve]` in, how the public pages are served out.

use std::net::SocketAddr;

use crate::config::read::value::window;
use crate::config::{ClientField, Listen, Network, Serve};
use crate::diagnostic::Code;
use crate::document::{Report, Text, Value};

/// What stands before the path of a socket.
const UNIX: &str = "unix:";

pub(super) fn read(value: Option<Value<'_>>, report: &Report) -> Serve {
    let defaults = Serve::default();
    let Some(mut table) = value.and_then(|value| value.table("[serve]", "[serve]")) else {
        return defaults;
    };
    let listen = table.take("listen").and_then(Value::text);
    let listen = listen.and_then(|text| listen_at(&text, report));
    let metrics = table.take("metrics").and_then(Value::text);
    let metrics = metrics.and_then(|text| socket_address(&text, report));
    let base_path = table.take("base_path").and_then(Value::string);
    let base_path = base_path.and_then(|text| path(&text, report));
    let proxies = table.take("trusted_proxies").and_then(|value| value.array("[\"10.0.0.0/8\"]"));
    let proxies = proxies.map(|values| {
        let texts = values.into_iter().filter_map(Value::text);
        texts.filter_map(|text| network(&text, report)).collect()
    });
    let fields =
        [("X-Forwarded-For", ClientField::XForwardedFor), ("Forwarded", ClientField::Forwarded)];
    let client_field = table.take("client_field").and_then(|value| value.one_of(&fields));
    let subscribe = table.take("subscribe").and_then(Value::boolean);
    let origins = table.take("form_origins").and_then(|value| value.array("[\"https://…\"]"));
    let origins = origins.unwrap_or_default().into_iter().filter_map(Value::text);
    let form_origins = origins.filter_map(|text| origin(&text, report)).collect();
    let mut rate = |key| {
        let text = table.take(key).and_then(Value::text);
        text.and_then(|text| window(&text, report))
    };
    let (per_address, per_network) = (rate("per_address"), rate("per_network"));
    let per_publication = rate("per_publication");
    let log = table.take("log").and_then(Value::boolean);
    table.finish();
    Serve {
        listen: listen.unwrap_or(defaults.listen),
        metrics,
        base_path,
        trusted_proxies: proxies.unwrap_or(defaults.trusted_proxies),
        client_field: client_field.unwrap_or(defaults.client_field),
        subscribe: subscribe.unwrap_or(defaults.subscribe),
        form_origins,
        per_address: per_address.unwrap_or(defaults.per_address),
        per_network: per_network.unwrap_or(defaults.per_network),
        per_publication: per_publication.unwrap_or(defaults.per_publication),
        log: log.unwrap_or(defaults.log),
    }
}

fn listen_at(text: &Text, report: &Report) -> Option<Listen> {
    let path = text.value.strip_prefix(UNIX).filter(|path| !path.is_empty());
    match path {
        Some(path) if cfg!(unix) => Some(Listen::Socket(path.into())),
        _ => socket_address(text, report).map(Listen::Address),
    }
}

fn socket_address(text: &Text, report: &Report) -> Option<SocketAddr> {
    let address = text.value.trim().parse().ok();
    if address.is_none() {
        let message = format!("`{}` is not an IP address and a port", text.value);
        let diagnostic = report.at(Code::UnknownValue, text.span.clone(), message);
        report.add(diagnostic.help("write it as `127.0.0.1:8025`, or `[::1]:8025`"));
    }
    address
}

/// `/letters`; nothing, where pages are at the top.
fn path(text: &Text, report: &Report) -> Option<String> {
    let path = text.value.trim().trim_end_matches('/');
    let plain = path.bytes().all(|b| b.is_ascii_graphic() && !b"?#%\\".contains(&b));
    let good = path.is_empty() || (path.starts_with('/') && plain && !path.contains("//"));
    if !good {
        let message = format!("`{}` is not the beginning of paths", text.value);
        let diagnostic = report.at(Code::UnknownValue, text.span.clone(), message);
        report.add(diagnostic.help("write it as `/letters`, or `/` where there is none"));
    }
    good.then(|| path.to_owned())
}

fn network(text: &Text, report: &Report) -> Option<Network> {
    let network = Network::parse(&text.value);
    if network.is_none() {
        let message = format!("`{}` is not a block of IP addresses", text.value);
        let diagnostic = report.at(Code::UnknownValue, text.span.clone(), message);
        report.add(diagnostic.help("write it as `10.0.0.0/8`, `192.0.2.7` or `2001:db8::/56`"));
    }
    network
}

/// A site as browsers name it: scheme, host and port (RFC 6454 §6.2).
fn origin(text: &Text, report: &Report) -> Option<String> {
    let url = url::Url::parse(text.value.trim()).ok();
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if url.is_none() {
        let message = format!("`{}` is not a site", text.value);
        let diagnostic = report.at(Code::Link, text.span.clone(), message);
        report.add(diagnostic.help("write it as `https://www.example.org`"));
    }
    url.map(|url| url.origin().ascii_serialization())
}
