//! `[smtp]` in, the mail server that takes the mail out.

use std::time::Duration;

use crate::config::read::value::{duration, host_name};
use crate::config::{AuthProtocol, Login, Secret, Sender, Smtp, Tls};
use crate::diagnostic::Code;
use crate::document::{Report, Table, Text, Value};

pub(super) fn read(value: Value<'_>, sender: Option<&Sender>, report: &Report) -> Option<Smtp> {
    let mut table = value.table("[smtp]", "[smtp]")?;
    let host = table.require("host", "\"mail.example.org\"").and_then(Value::text);
    let tls = table.take("tls_type").and_then(|value| {
        value.one_of(&[("TLS", Tls::Implicit), ("STARTTLS", Tls::StartTls), ("none", Tls::None)])
    });
    let tls = tls.unwrap_or(Tls::Implicit);
    let port = table.take("port").and_then(|value| value.integer(1..65_536));
    let default_port = match tls {
        Tls::Implicit => 465,
        Tls::StartTls => 587,
        Tls::None => 25,
    };
    let ca_file = table.take("ca_file").and_then(Value::text).map(|text| text.value.into());
    let login = read_login(&mut table, tls, report);
    let hello = table.take("hello_hostname").and_then(Value::text);
    let hello = hello.and_then(|text| host_name(&text, report));
    let hello = hello.or_else(|| sender.map(|sender| sender.address.domain().to_owned()));
    let max_conns = table.take("max_conns").and_then(|value| value.integer(1..65));
    let timeout = table.take("timeout").and_then(Value::text);
    let timeout = timeout.and_then(|text| duration(&text, report));
    table.finish();
    Some(Smtp {
        host: host?.value,
        port: port.and_then(|port| u16::try_from(port).ok()).unwrap_or(default_port),
        tls,
        ca_file,
        login: login?,
        hello_hostname: hello.unwrap_or_else(|| "localhost".to_owned()),
        max_conns: max_conns.and_then(|count| usize::try_from(count).ok()).unwrap_or(4),
        timeout: timeout.unwrap_or(Duration::from_secs(300)),
    })
}

/// The login, `Some(None)` where there is none, and `None` where it is wrong.
fn read_login(table: &mut Table<'_>, tls: Tls, report: &Report) -> Option<Option<Login>> {
    let username = table.take("username").and_then(Value::text);
    let password = table.take("password").map(|value| (value.span(), Secret::read(value, report)));
    let protocol = table.take("auth_protocol").and_then(|value| {
        value.one_of(&[("plain", AuthProtocol::Plain), ("login", AuthProtocol::Login)])
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
