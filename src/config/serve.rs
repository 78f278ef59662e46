//! How the public pages are served, as one value.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::config::{Network, Rate};

/// Where a server waits for connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    /// An IP address and a port.
    Address(SocketAddr),
    /// A socket in the file system.
    Socket(PathBuf),
}

/// In which header field a proxy says whom it speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientField {
    /// `X-Forwarded-For`, which proxies have always written.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// How the public pages are served.
#[derive(Debug, Clone)]
pub struct Serve {
    /// Where it waits for the proxy.
    pub listen: Listen,
    /// Where numbers are shown, and nothing else; nowhere, where it is `None`.
    pub metrics: Option<SocketAddr>,
    /// What the paths begin with that the proxy hands on, without a `/` at the end; that of the
    /// publication's `url`, where it is `None`.
    pub base_path: Option<String>,
    /// Who is believed when they say whom they speak for.
    pub trusted_proxies: Vec<Network>,
    /// Where they say it.
    pub client_field: ClientField,
    /// Whether people can sign up.
    pub subscribe: bool,
    /// Sites besides the publication's own whose pages may have the form: `https://example.org`.
    pub form_origins: Vec<String>,
    /// How many mails to confirm one address gets.
    pub per_address: Rate,
    /// How many a network can ask for.
    pub per_network: Rate,
    /// How many mails to confirm all who ask get together.
    pub per_publication: Rate,
    /// Whether a line is written for each request.
    pub log: bool,
}

impl Serve {
    /// Where it waits, unless the settings say otherwise: for a proxy on this machine.
    pub const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8025);
}

impl Default for Serve {
    fn default() -> Self {
        Self {
            listen: Listen::Address(Self::LISTEN),
            metrics: None,
            base_path: None,
            trusted_proxies: Network::LOOPBACK.to_vec(),
            client_field: ClientField::XForwardedFor,
            subscribe: true,
            form_origins: Vec::new(),
            per_address: Rate { messages: 3, per: Duration::from_hours(24) },
            per_network: Rate { messages: 20, per: Duration::from_hours(1) },
            per_publication: Rate { messages: 600, per: Duration::from_hours(1) },
            log: true,
        }
    }
}
