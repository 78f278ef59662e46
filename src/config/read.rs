//! The text of newsletter.toml in, a [`Config`] and what is wrong with it out.

use std::sync::Arc;
use std::time::Duration;

use crate::address::EmailAddress;
use crate::config::{
    Audience, AuthProtocol, Config, Login, Publication, Secret, Segment, Send, Sender, Smtp, Tls,
    Unsubscribe,
};
use crate::diagnostic::{Checked, Code, Source};
use crate::document::{Report, Table, Text, Value};
use crate::field::Template;

/// Reads every setting; all that is wrong is reported at once.
#[must_use]
pub fn parse(source: &Arc<Source>) -> Checked<Config> {
    let report = Report::new(Arc::clone(source));
    let config = read(&report);
    Checked::new(config, report.into_diagnostics())
}

fn read(report: &Report) -> Option<Config> {
    let mut root = report.parse().named("newsletter.toml");
    let publication = root.require("publication", "[publication]");
    let publication = publication.and_then(|value| read_publication(value, report));
    let sender = root.require("sender", "[sender]");
    let sender = sender.and_then(|value| read_sender(value, report));
    let unsubscribe = root.require("unsubscribe", "[unsubscribe]");
    let unsubscribe = unsubscribe.and_then(|value| read_unsubscribe(value, report));
    let audience = read_audience(root.take("audience"), report);
    let segments =
        root.take("segments").and_then(|value| value.table("the segments", "[segments]"));
    let segments = segments.map(|mut table| table.take_rest()).unwrap_or_default();
    let segments = segments
        .into_iter()
        .filter_map(|(name, value)| {
            let segment = Segment::read(value, report)?;
            check_segment_name(&name, report);
            Some((name.value, segment))
        })
        .collect();
    let smtp = root.take("smtp");
    let smtp = smtp.map(|value| read_smtp(value, sender.as_ref(), report));
    let send = read_send(root.take("send"), report);
    root.finish();
    let smtp = match smtp {
        Some(smtp) => Some(smtp?),
        None => None,
    };
    Some(Config {
        source: Arc::clone(report.source()),
        publication: publication?,
        sender: sender?,
        unsubscribe: unsubscribe?,
        audience,
        segments,
        smtp,
        send,
    })
}

/// `audience = "all"` in an issue is everyone.
fn check_segment_name(name: &Text, report: &Report) {
    if name.value == "all" {
        let message = "a segment cannot be called `all`, which means everyone";
        let diagnostic = report.at(Code::UnknownValue, name.span.clone(), message);
        report.add(diagnostic.help("give it another name"));
    }
}

fn read_publication(value: Value<'_>, report: &Report) -> Option<Publication> {
    let mut table = value.table("[publication]", "[publication]")?;
    let name = table.require("name", "\"The Review\"").and_then(Value::line);
    let tagline = table.take("tagline").and_then(Value::line);
    let url = table.require("url", "\"https://review.example.org\"").and_then(Value::text);
    let url = url.and_then(|text| web_address(&text, report));
    let language = table.take("language").and_then(Value::language);
    let time_zone = table.take("time_zone").and_then(Value::text);
    let time_zone = time_zone.and_then(|text| time_zone_named(&text, report));
    let address = table.require("address", "\"4 Quay Street, …\"").and_then(Value::line);
    let colophon = table.take("colophon").and_then(Value::line);
    let theme = table.take("theme").and_then(Value::text);
    let theme = theme.and_then(|text| theme_name(&text, report));
    let list_id = table.require("list_id", "\"review.example.org\"").and_then(Value::text);
    let list_id = list_id.and_then(|text| host_name(&text, report));
    let key = table.take("key").and_then(|value| Secret::read(value, report));
    table.finish();
    Some(Publication {
        tagline: tagline.map(|text| text.value),
        url: url?,
        language: language.unwrap_or_default(),
        time_zone: time_zone.unwrap_or(jiff::tz::TimeZone::UTC),
        address: address?.value,
        colophon: colophon.map(|text| text.value),
        theme: theme.unwrap_or_else(|| "broadsheet".to_owned()),
        list_id: list_id?,
        key: key.unwrap_or_else(|| Secret::File(Publication::KEY.into())),
        name: name?.value,
    })
}

fn read_sender(value: Value<'_>, report: &Report) -> Option<Sender> {
    let mut table = value.table("[sender]", "[sender]")?;
    let from = table.require("from", "\"The Review <review@example.org>\"").and_then(Value::line);
    let from = from.and_then(|text| mailbox(&text, report));
    let reply_to = take_address(&mut table, "reply_to", report);
    let return_path = take_address(&mut table, "return_path", report);
    table.finish();
    let (name, address) = from?;
    Some(Sender {
        name,
        return_path: return_path.unwrap_or_else(|| address.clone()),
        address,
        reply_to,
    })
}

fn read_unsubscribe(value: Value<'_>, report: &Report) -> Option<Unsubscribe> {
    let mut table = value.table("[unsubscribe]", "[unsubscribe]")?;
    let example: &'static str = "\"https://review.example.org/unsubscribe/{token}\"";
    let url = table.require("url", example).and_then(Value::text);
    let mailto = take_address(&mut table, "mailto", report);
    table.finish();
    let url = url?;
    let parsed = url::Url::parse(&url.value.replace("{token}", "token"));
    let secure = parsed.is_ok_and(|url| url.scheme() == "https" && url.has_host());
    // The token is sealed for this publication's server, and for no other; and the URL stands in a
    // header as it is, between `<` and `>`.
    let (before, _) = url.value.split_once("{token}").unwrap_or_default();
    let host = before.split_once("://").is_some_and(|(_, rest)| rest.contains(['/', '?', '#']));
    let plain = url.value.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"\\,".contains(&b));
    let once = url.value.matches("{token}").count() == 1;
    if !(secure && host && plain && once) || url.value.len() > 500 {
        let message =
            "one-click unsubscribe needs an `https` URL with `{token}` once, behind the host";
        report
            .add(report.at(Code::Link, url.span, message).help(format!("write `url = {example}`")));
        return None;
    }
    Some(Unsubscribe { url: url.value, mailto })
}

fn read_audience(value: Option<Value<'_>>, report: &Report) -> Audience {
    let mut table = value.and_then(|value| value.table("[audience]", "[audience]"));
    let mut take = |key| table.as_mut().and_then(|table| table.take(key)).and_then(Value::text);
    let (subscribers, suppressions, name) =
        (take("subscribers"), take("suppressions"), take("name"));
    if let Some(table) = table {
        table.finish();
    }
    let path =
        |text: Option<Text>, default: &str| text.map_or(default.into(), |text| text.value.into());
    let name = name.map(|text| Template::parse(&text, report));
    Audience {
        subscribers: path(subscribers, "subscribers.csv"),
        suppressions: path(suppressions, "suppressions.csv"),
        name: name.unwrap_or_else(default_name),
    }
}

/// `{{name|}}`: the reader's name where the list has such a column, and nothing where it has not.
fn default_name() -> Template {
    let field = crate::field::Field {
        name: "name".to_owned(),
        default: Some(String::new()),
        span: crate::field::Span::default(),
    };
    Template { pieces: vec![crate::field::Piece::Field(field)], ..Template::default() }
}

fn read_smtp(value: Value<'_>, sender: Option<&Sender>, report: &Report) -> Option<Smtp> {
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

fn read_send(value: Option<Value<'_>>, report: &Report) -> Send {
    let table = value.and_then(|value| value.table("[send]", "[send]"));
    let mut delays = None;
    if let Some(mut table) = table {
        delays = table.take("retry_delays").and_then(|value| value.array("[\"30s\"]"));
        table.finish();
    }
    let delays = delays.map(|values| {
        let texts = values.into_iter().filter_map(Value::text);
        texts.filter_map(|text| duration(&text, report)).collect()
    });
    let defaults = || [5, 30, 120].map(Duration::from_secs).to_vec();
    Send { retry_delays: delays.unwrap_or_else(defaults) }
}

fn take_address(table: &mut Table<'_>, key: &'static str, report: &Report) -> Option<EmailAddress> {
    let text = table.take(key).and_then(Value::text)?;
    address(&text, &text.value, report)
}

fn address(text: &Text, address: &str, report: &Report) -> Option<EmailAddress> {
    let parsed: Result<EmailAddress, _> = address.parse();
    let parsed = parsed.and_then(|address| {
        let wrong = "its part before the `@` has to be ASCII here".to_owned();
        let plain = !address.needs_smtputf8();
        plain.then_some(address).ok_or(crate::address::AddressError::Form(wrong))
    });
    parsed
        .map_err(|error| {
            let message = format!("`{address}` is not an email address: {error}");
            let diagnostic = report.at(Code::Address, text.span.clone(), message);
            report.add(diagnostic.help("write an address such as `review@example.org`"));
        })
        .ok()
}

/// A name and an address: `The Review <review@example.org>`.
fn mailbox(text: &Text, report: &Report) -> Option<(String, EmailAddress)> {
    let value = text.value.trim();
    let (name, inner) = match value.strip_suffix('>').and_then(|value| value.rsplit_once('<')) {
        Some((name, address)) => (name.trim().trim_matches('"').to_owned(), address),
        None => (String::new(), value),
    };
    Some((crate::field::clean(&name), address(text, inner, report)?))
}

fn web_address(text: &Text, report: &Report) -> Option<String> {
    let parsed = url::Url::parse(text.value.trim());
    let good = parsed.as_ref().is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none()
    });
    if !good {
        let message = format!("`{}` is not the address of a web site", text.value);
        let diagnostic = report.at(Code::Link, text.span.clone(), message);
        report.add(diagnostic.help("write it as `https://review.example.org`"));
    }
    parsed.ok().filter(|_| good).map(|url| url.as_str().trim_end_matches('/').to_owned())
}

fn host_name(text: &Text, report: &Report) -> Option<String> {
    let value = text.value.trim();
    let good = value.len() <= 253
        && value.split('.').all(|label| {
            !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        });
    if !good {
        let message = format!("`{value}` is not a host name");
        let diagnostic = report.at(Code::UnknownValue, text.span.clone(), message);
        report.add(
            diagnostic.help("write letters, digits and `-` with `.` between: `review.example.org`"),
        );
    }
    good.then(|| value.to_owned())
}

/// The name of a theme, which is a folder: no path leads out of `templates/`.
pub fn theme_name(text: &Text, report: &Report) -> Option<String> {
    let value = text.value.trim();
    let good = value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if !good {
        let message = format!("`{value}` is not the name of a theme");
        let diagnostic = report.at(Code::UnknownValue, text.span.clone(), message);
        report.add(diagnostic.help("name a folder of `templates/`, such as `broadsheet`"));
    }
    good.then(|| value.to_owned())
}

fn time_zone_named(text: &Text, report: &Report) -> Option<jiff::tz::TimeZone> {
    let zone = jiff::tz::TimeZone::get(text.value.trim());
    if zone.is_err() {
        let message = format!("there is no time zone `{}`", text.value);
        let diagnostic = report.at(Code::Time, text.span.clone(), message);
        report.add(diagnostic.help("write it as in the IANA database: `Europe/London`"));
    }
    zone.ok()
}

/// Nothing that a send waits for takes longer.
const DURATION_MAX: Duration = Duration::from_secs(86_400);

fn duration(text: &Text, report: &Report) -> Option<Duration> {
    let parsed: Option<jiff::SignedDuration> = text.value.parse().ok();
    let parsed = parsed.and_then(|duration| Duration::try_from(duration).ok());
    let parsed = parsed.filter(|duration| !duration.is_zero() && *duration <= DURATION_MAX);
    if parsed.is_none() {
        let message = format!("`{}` is not a length of time, up to a day", text.value);
        let diagnostic = report.at(Code::Time, text.span.clone(), message);
        report.add(diagnostic.help("write it as `30s`, `2m` or `1h`"));
    }
    parsed
}
