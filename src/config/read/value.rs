//! The values that settings have in common in, each checked, and what is wrong with it out.

use std::time::Duration;

use crate::address::EmailAddress;
use crate::config::Rate;
use crate::diagnostic::Code;
use crate::document::{Report, Table, Text, Value};

pub(super) fn take_address(
    table: &mut Table<'_>,
    key: &'static str,
    report: &Report,
) -> Option<EmailAddress> {
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
pub(super) fn mailbox(text: &Text, report: &Report) -> Option<(String, EmailAddress)> {
    let value = text.value.trim();
    let (name, inner) = match value.strip_suffix('>').and_then(|value| value.rsplit_once('<')) {
        Some((name, address)) => (name.trim().trim_matches('"').to_owned(), address),
        None => (String::new(), value),
    };
    Some((crate::field::clean(&name).into_owned(), address(text, inner, report)?))
}

pub(super) fn web_address(text: &Text, report: &Report) -> Option<String> {
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

/// A page of a web site, which may have a query.
pub(super) fn page_address(text: &Text, report: &Report) -> Option<String> {
    let parsed = url::Url::parse(text.value.trim()).ok();
    let page =
        parsed.filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
    if page.is_none() {
        let message = format!("`{}` is not the address of a page", text.value);
        let diagnostic = report.at(Code::Link, text.span.clone(), message);
        report.add(diagnostic.help("write it as `https://review.example.org/subscribe`"));
    }
    page.map(|url| url.as_str().to_owned())
}

pub(super) fn host_name(text: &Text, report: &Report) -> Option<String> {
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

pub(super) fn time_zone_named(text: &Text, report: &Report) -> Option<jiff::tz::TimeZone> {
    let zone = jiff::tz::TimeZone::get(text.value.trim());
    if zone.is_err() {
        let message = format!("there is no time zone `{}`", text.value);
        let diagnostic = report.at(Code::Time, text.span.clone(), message);
        report.add(diagnostic.help("write it as in the IANA database: `Europe/London`"));
    }
    zone.ok()
}

/// Nothing that a send waits for takes longer.
pub(super) const DAY: Longest = Longest { duration: Duration::from_hours(24), words: "a day" };

/// No run goes on for longer.
pub(super) const WEEK: Longest = Longest { duration: Duration::from_hours(168), words: "a week" };

/// The longest time that makes sense somewhere, and the words for it.
pub(super) struct Longest {
    duration: Duration,
    words: &'static str,
}

pub(super) fn duration(text: &Text, longest: &Longest, report: &Report) -> Option<Duration> {
    let parsed = length(&text.value).filter(|duration| *duration <= longest.duration);
    if parsed.is_none() {
        let message = format!("`{}` is not a length of time, up to {}", text.value, longest.words);
        let diagnostic = report.at(Code::Time, text.span.clone(), message);
        report.add(diagnostic.help("write it as `30s`, `2m` or `1h`"));
    }
    parsed
}

fn length(text: &str) -> Option<Duration> {
    let parsed: jiff::SignedDuration = text.parse().ok()?;
    Duration::try_from(parsed).ok().filter(|duration| !duration.is_zero())
}

/// The most messages in a rate or a window.
const MESSAGES_MAX: u32 = 10_000_000;

fn messages(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|messages| digits && (1..=MESSAGES_MAX).contains(messages))
}

/// `14/s`, `30/m` or `500/h`.
pub(super) fn rate(text: &Text, report: &Report) -> Option<Rate> {
    let parsed = text.value.trim().split_once('/').and_then(|(count, unit)| {
        let per = match unit.trim() {
            "s" => Duration::from_secs(1),
            "m" => Duration::from_mins(1),
            "h" => Duration::from_hours(1),
            _ => return None,
        };
        Some(Rate { messages: messages(count.trim())?, per })
    });
    if parsed.is_none() {
        let message = format!("`{}` is not a rate", text.value);
        let diagnostic = report.at(Code::UnknownValue, text.span.clone(), message);
        report.add(
            diagnostic.help(
                "write how many messages a second, minute or hour: `14/s`, `30/m` or `500/h`",
            ),
        );
    }
    parsed
}

/// `10000 per 1h`.
pub(super) fn window(text: &Text, report: &Report) -> Option<Rate> {
    let parsed = text.value.split_once(" per ").and_then(|(count, per)| {
        let bounds = Duration::from_secs(1)..=WEEK.duration;
        let per = length(per.trim()).filter(|per| bounds.contains(per))?;
        Some(Rate { messages: messages(count.trim())?, per })
    });
    if parsed.is_none() {
        let message = format!("`{}` is not a number of messages in a length of time", text.value);
        let diagnostic = report.at(Code::UnknownValue, text.span.clone(), message);
        report.add(
            diagnostic.help(
                "write how many messages in how long, from a second to a week: `10000 per 1h`",
            ),
        );
    }
    parsed
}
