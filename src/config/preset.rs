//! The name of a mail service in, what it says of itself and of its limits out.

use std::time::Duration;

use crate::config::{Rate, Tls};

/// What is known of a service: the settings that hold unless others are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// What it is called in the settings.
    pub name: &'static str,
    /// Where it takes mail; `None` where that depends on the account.
    pub host: Option<&'static str>,
    /// At which port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// How many connections at once.
    pub max_conns: Option<usize>,
    /// How many messages a connection carries.
    pub max_messages_per_connection: Option<u32>,
    /// How fast.
    pub rate: Option<Rate>,
    /// How many in a stretch of time.
    pub window: Option<Rate>,
    /// Where that stands.
    pub source: &'static str,
    /// When it was looked up there.
    pub date: &'static str,
}

/// Nothing is known of it.
const BLANK: Preset = Preset {
    name: "",
    host: None,
    port: 465,
    tls: Tls::Implicit,
    max_conns: None,
    max_messages_per_connection: None,
    rate: None,
    window: None,
    source: "",
    date: "2026-11-24",
};

/// Every service that has a preset; of a figure that the service does not publish it is said.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "ses",
        // Not published: what accounts begin with outside the sandbox. Each has its own figures.
        rate: Some(Rate { messages: 14, per: Duration::from_secs(1) }),
        window: Some(Rate { messages: 50_000, per: Duration::from_hours(24) }),
        source: "https://docs.aws.amazon.com/ses/latest/dg/quotas.html",
        ..BLANK
    },
    Preset {
        name: "sendgrid",
        host: Some("smtp.sendgrid.net"),
        max_messages_per_connection: Some(5_000),
        source: "https://docs.sendgrid.com/for-developers/sending-email/integrating-with-the-smtp-api",
        ..BLANK
    },
    Preset {
        name: "mailgun",
        host: Some("smtp.mailgun.org"),
        // Three to a connection is slow: so there are more of them, of 7,000 that are allowed.
        max_conns: Some(20),
        max_messages_per_connection: Some(3),
        source: "https://github.com/KumoCorp/kumomta/blob/main/assets/community/shaping.toml",
        ..BLANK
    },
    Preset {
        name: "postmark",
        host: Some("smtp-broadcasts.postmarkapp.com"),
        port: 587,
        tls: Tls::StartTls,
        source: "https://postmarkapp.com/developer/user-guide/send-email-with-smtp",
        ..BLANK
    },
    Preset {
        name: "gmail",
        host: Some("smtp.gmail.com"),
        // Not published; few, as too many logins are refused.
        max_conns: Some(2),
        window: Some(Rate { messages: 2_000, per: Duration::from_hours(24) }),
        source: "https://support.google.com/a/answer/166852",
        ..BLANK
    },
    Preset {
        name: "m365",
        host: Some("smtp.office365.com"),
        port: 587,
        tls: Tls::StartTls,
        max_conns: Some(3),
        rate: Some(Rate { messages: 30, per: Duration::from_mins(1) }),
        window: Some(Rate { messages: 10_000, per: Duration::from_hours(24) }),
        source: "https://learn.microsoft.com/en-us/exchange/troubleshoot/send-emails/smtp-submission-improvements",
        ..BLANK
    },
];
