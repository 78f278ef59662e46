//! `[smtp]` in, the mail server that takes the mail out.

use crate::config::read::value::{DAY, duration, host_name};
use crate::config::{AuthProtocol, Login, PRESETS, Preset, Secret, Sender, Smtp, Timeouts, Tls};
use crate::diagnostic::Code;
use crate::document::{Report, Table, Text, Value};

/// Reads `[smtp]`, and tells the preset that it names: `[send]` has defaults of it, too.
pub(super) fn read(
    value: Value<'_>,
    sender: Option<&Sender>,
    report: &Report,
) -> (Option<Smtp>, Option<&'static Preset>) {
    let Some(mut table) = value.table("[smtp]", "[smtp]") else { return (None, None) };
    let names: Vec<_> = PRESETS.iter().map(|preset| (preset.name, preset)).collect();
    let named = table.has("preset");
    let preset = table.take("preset").and_then(|value| value.one_of(&names));
    let smtp = read_server(&mut table, (named, preset), sender, report);
    table.finish();
    (smtp, preset)
}

fn read_server(
    table: &mut Table<'_>,
    (named, preset): (bool, Option<&Preset>),
    sender: Option<&Sender>,
    report: &Report,
) -> Option<Smtp> {
    let known = preset.and_then(|preset| preset.host);
    // A preset that is mistyped may have one.
    let host = if known.is_some() || (named && preset.is_none()) {
        table.take("host")
    } else {
        table.require("host", host_example(preset))
    };
    let host = host.and_then(Value::text).map(|text| text.value).or(known.map(str::to_owned));
    let tls = table.take("tls_type").and_then(|value| {
        value.one_of(&[("TLS", Tls::Implicit), ("STARTTLS", Tls::StartTls), ("none", Tls::None)])
    });
    let port = table.take("port").and_then(|value| value.integer(1..65_536));
    let default_port = match (tls, preset) {
        (None, Some(preset)) => preset.port,
        (None | Some(Tls::Implicit), _) => 465,
        (Some(Tls::StartTls), _) => 587,
        (Some(Tls::None), _) => 25,
    };
    let tls = tls.or(preset.map(|preset| preset.tls)).unwrap_or(Tls::Implicit);
    let ca_file = table.take("ca_file").and_then(Value::text).map(|text| text.value.into());
    let login = read_login(table, tls, report);
    let hello = table.take("hello_hostname").and_then(Value::text);
    let hello = hello.and_then(|text| host_name(&text, report));
    let hello = hello.or_else(|| sender.map(|sender| sender.address.domain().to_owned()));
    let max_conns = take_count(table, "max_conns", 64);
    let max_conns = max_conns.or(preset.and_then(|preset| preset.max_conns));
    let max_messages = take_count(table, "max_messages_per_connection", 1_000_000);
    let max_messages = max_messages.and_then(|count| u32::try_from(count).ok());
    let max_in_flight = take_count(table, "max_in_flight", 256);
    let mut allows = |extension| table.take(extension).and_then(Value::boolean).unwrap_or(true);
    let (pipelining, chunking, dsn) = (allows("pipelining"), allows("chunking"), allows("dsn"));
    let timeout = table.take("timeout").and_then(Value::text);
    let timeout = timeout.and_then(|text| duration(&text, &DAY, report));
    Some(Smtp {
        host: host?,
        port: port.and_then(|port| u16::try_from(port).ok()).unwrap_or(default_port),
        tls,
        ca_file,
        login: login?,
        hello_hostname: hello.unwrap_or_else(|| "localhost".to_owned()),
        max_conns: max_conns.unwrap_or(4),
        max_messages_per_connection: max_messages
            .or(preset.and_then(|preset| preset.max_messages_per_connection)),
        max_in_flight: max_in_flight.unwrap_or(16),
        pipelining,
        chunking,
        dsn,
        timeouts: timeout.map(Timeouts::all).unwrap_or_default(),
    })
}

/// The host of a service depends on the account in one case.
fn host_example(preset: Option<&Preset>) -> &'static str {
    match preset {
        Some(_) => "\"email-smtp.eu-central-1.amazonaws.com\"",
        None => "\"mail.example.org\"",
    }
}

/// A whole number from 1 on.
fn take_count(table: &mut Table<'_>, key: &'static str, most: i64) -> Option<usize> {
    let count = table.take(key).and_then(|value| value.integer(1..most + 1))?;
    usize::try_from(count).ok()
}

/// The login, `Some(None)` where there is none, and `None` where it is wrong.
fn read_login(table: &mut Table<'_>, tls: Tls, report: &Report) -> Option<Option<Login>> {
    let username = table.take("username").and_then(Value::text);
    let password = table.take("password").map(|value| (value.span(), Secret::read(value, report)));
    let protocol = table.take("auth_protocol").and_then(|value| {
        value.one_of(&[
            ("plain", AuthProtocol::Plain),
            ("login", AuthProtocol::Login),
            ("xoauth2", AuthProtocol::XOauth2),
        ])
    });
    let (username, password) = match (username, password) {
        (None, None) => return Some(None),
        (Some(username), Some((_, password))) => (username, password?),
        (Some(Text { span, .. }), None) | (None, Some((span, _))) => {
            let diagnostic =
                report.at(Code::MissingKey, span, "`username` and `password` belong together");
            report.add(diagnostic.help("add the other, or remove this one"));
            return None;
        }
    };
    if tls == Tls::None {
        let message = "a password is never sent over an unencrypted connection";
        let diagnostic = report.at(Code::Secret, username.span, message);
        report.add(diagnostic.help("write `tls_type = \"TLS\"` or `tls_type = \"STARTTLS\"`"));
        return None;
    }
    let protocol = protocol.unwrap_or(AuthProtocol::Plain);
    Some(Some(Login { username: username.value, password, protocol }))
}
