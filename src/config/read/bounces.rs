//! `[bounces]` in, where mail comes back to out.

use crate::config::read::value::host_name;
use crate::config::{Bounces, Imap, Secret, Tls};
use crate::diagnostic::Code;
use crate::document::{Report, Value};

/// Reads `[bounces]`; `None` where it is wrong.
pub(super) fn read(value: Option<Value<'_>>, report: &Report) -> Option<Bounces> {
    let Some(value) = value else { return Some(Bounces::default()) };
    let mut table = value.table("[bounces]", "[bounces]")?;
    let maildir = table.take("maildir").and_then(Value::text).map(|text| text.value.into());
    let mbox = table.take("mbox").and_then(Value::text).map(|text| text.value.into());
    let imap = table.take("imap").map(|value| read_imap(value, report));
    table.finish();
    let imap = match imap {
        Some(imap) => Some(imap?),
        None => None,
    };
    Some(Bounces { maildir, mbox, imap })
}

fn read_imap(value: Value<'_>, report: &Report) -> Option<Imap> {
    let mut table = value.table("`imap`", "{ host = \"imap.example.org\", … }")?;
    let host = table.require("host", "\"imap.example.org\"").and_then(Value::text);
    let host = host.and_then(|text| host_name(&text, report));
    let tls = table.take("tls_type").and_then(|value| {
        value.one_of(&[("TLS", Tls::Implicit), ("STARTTLS", Tls::StartTls), ("none", Tls::None)])
    });
    let tls = tls.unwrap_or(Tls::Implicit);
    let port = table.take("port").and_then(|value| value.integer(1..65_536));
    let port = port.and_then(|port| u16::try_from(port).ok());
    let ca_file = table.take("ca_file").and_then(Value::text).map(|text| text.value.into());
    let username = table.require("username", "\"bounces@example.org\"").and_then(Value::text);
    let password = table.require("password", "{ env = \"IMAP_PASSWORD\" }");
    let password = password.and_then(|value| Secret::read(value, report));
    let mailbox = table.take("mailbox").and_then(Value::text).map(|text| text.value);
    let move_to = table.take("move_to").and_then(Value::text).map(|text| text.value);
    table.finish();
    let (host, username, password) = (host?, username?, password?);
    let here = host == "localhost" || host.starts_with("127.");
    if tls == Tls::None && !here {
        let message = "a password is never sent over an unencrypted connection";
        let diagnostic = report.at(Code::Secret, username.span, message);
        report.add(diagnostic.help("write `tls_type = \"TLS\"` or `tls_type = \"STARTTLS\"`"));
        return None;
    }
    Some(Imap {
        host,
        port: port.unwrap_or(if tls == Tls::Implicit { 993 } else { 143 }),
        tls,
        ca_file,
        username: username.value,
        password,
        mailbox: mailbox.unwrap_or_else(|| "INBOX".to_owned()),
        move_to,
    })
}
