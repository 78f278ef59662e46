//! `[send]` in, how mail is sent out.

use std::collections::BTreeMap;

use crate::address::EmailAddress;
use crate::config::read::value::{DAY, WEEK, duration, rate, window};
use crate::config::{LateJoin, Preset, Rate, Send};
use crate::diagnostic::Code;
use crate::document::{Report, Table, Text, Value};

/// Reads `[send]`; what is not written is as the preset of the mail server has it.
pub(super) fn read(value: Option<Value<'_>>, preset: Option<&Preset>, report: &Report) -> Send {
    let defaults = Send {
        rate: preset.and_then(|preset| preset.rate),
        window: preset.and_then(|preset| preset.window),
        ..Send::default()
    };
    let Some(mut table) = value.and_then(|value| value.table("[send]", "[send]")) else {
        return Send { burst: burst_of(defaults.rate), ..defaults };
    };
    let delays = table.take("retry_delays").and_then(|value| value.array("[\"30s\"]"));
    let delays = delays.map(|values| {
        let texts = values.into_iter().filter_map(Value::text);
        texts.filter_map(|text| duration(&text, &DAY, report)).collect()
    });
    let give_up_after = table.take("give_up_after").and_then(Value::text);
    let give_up_after = give_up_after.and_then(|text| duration(&text, &WEEK, report));
    let limited = table.has("rate") || defaults.rate.is_some();
    let rate = take_limit(&mut table, "rate", rate, report).unwrap_or(defaults.rate);
    let burst = read_burst(&mut table, limited, report);
    let window = take_limit(&mut table, "window", window, report).unwrap_or(defaults.window);
    let example = "{ \"example.com\" = { rate = \"20/s\" } }";
    let domains = table.take("domains").and_then(|value| value.table("the domains", example));
    let domains = domains.map(|table| read_domains(table, report)).unwrap_or_default();
    let warm_up = table.take("warm_up").and_then(|value| value.array("[200, 500, 1000]"));
    let warm_up = warm_up.unwrap_or_default().into_iter();
    let warm_up = warm_up.filter_map(|value| value.integer(1..10_000_001));
    let warm_up = warm_up.filter_map(|most| u32::try_from(most).ok()).collect();
    let pause = table.take("throttle_pause").and_then(Value::text);
    let pause = pause.and_then(|text| duration(&text, &DAY, report));
    let due_within = table.take("due_within").and_then(Value::text);
    let due_within = due_within.and_then(|text| duration(&text, &WEEK, report));
    let issues = [("next issue", LateJoin::NextIssue), ("this issue", LateJoin::ThisIssue)];
    let new_subscribers = table.take("new_subscribers").and_then(|value| value.one_of(&issues));
    table.finish();
    Send {
        retry_delays: delays.unwrap_or(defaults.retry_delays),
        give_up_after: give_up_after.unwrap_or(defaults.give_up_after),
        rate,
        burst: burst.unwrap_or_else(|| burst_of(rate)),
        window,
        domains,
        warm_up,
        throttle_pause: pause.unwrap_or(defaults.throttle_pause),
        due_within: due_within.unwrap_or(defaults.due_within),
        new_subscribers: new_subscribers.unwrap_or(defaults.new_subscribers),
    }
}

/// Takes a limit, or `"none"`, which is `Some(None)`.
fn take_limit(
    table: &mut Table<'_>,
    key: &'static str,
    read: fn(&Text, &Report) -> Option<Rate>,
    report: &Report,
) -> Option<Option<Rate>> {
    let text = table.take(key).and_then(Value::text)?;
    if text.value == "none" { Some(None) } else { Some(read(&text, report)) }
}

fn read_burst(table: &mut Table<'_>, limited: bool, report: &Report) -> Option<u32> {
    let value = table.take("burst")?;
    let span = value.span();
    let burst = value.integer(1..10_001).and_then(|burst| u32::try_from(burst).ok());
    if !limited && burst.is_some() {
        let diagnostic = report.at(Code::MissingKey, span, "`burst` does nothing without `rate`");
        report.add(diagnostic.help("add `rate = \"14/s\"`, or remove `burst`"));
    }
    burst
}

/// As many as belong to a tenth of a second: so a timer that is late costs no speed.
fn burst_of(rate: Option<Rate>) -> u32 {
    let in_a_tenth =
        rate.map(|rate| rate.messages / 10 / u32::try_from(rate.per.as_secs()).unwrap_or(1).max(1));
    in_a_tenth.unwrap_or(1).max(1)
}

fn read_domains(mut table: Table<'_>, report: &Report) -> BTreeMap<String, Rate> {
    let mut domains = BTreeMap::new();
    for (name, value) in table.take_rest() {
        let Some(mut table) = value.table("the domain", "{ rate = \"20/s\" }") else { continue };
        let text = table.require("rate", "\"20/s\"").and_then(Value::text);
        let rate = text.and_then(|text| rate(&text, report));
        table.finish();
        // A reader's domain is compared as it is in addresses: A-labels in lower case.
        let Ok(address) = format!("reader@{}", name.value).parse::<EmailAddress>() else {
            let message = format!("`{}` is not the domain of an address", name.value);
            let diagnostic = report.at(Code::UnknownValue, name.span, message);
            report.add(diagnostic.help("write what stands behind the `@`: `example.com`"));
            continue;
        };
        let domain = address.domain().to_owned();
        if domains.contains_key(&domain) {
            let message = format!("`{}` is there twice", name.value);
            let diagnostic = report.at(Code::Conflict, name.span, message);
            report.add(diagnostic.help("keep one of them; case does not matter in a domain"));
        }
        domains.extend(rate.map(|rate| (domain, rate)));
    }
    domains
}
