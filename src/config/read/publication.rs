//! `[publication]`, `[sender]`, `[unsubscribe]` and `[audience]` in, what the newsletter is and who gets it out.

use std::collections::BTreeMap;

use crate::config::read::value;
use crate::config::{Audience, Publication, ReturnPath, Secret, Sender, Unsubscribe};
use crate::diagnostic::Code;
use crate::document::{Report, Table, Text, Value};
use crate::field::{self, Template};

pub(super) fn read_publication(value: Value<'_>, report: &Report) -> Option<Publication> {
    let mut table = value.table("[publication]", "[publication]")?;
    let name = table.require("name", "\"The Review\"").and_then(Value::line);
    let tagline = table.take("tagline").and_then(Value::line);
    let url = table.require("url", "\"https://review.example.org\"").and_then(Value::text);
    let url = url.and_then(|text| value::web_address(&text, report));
    let subscribe = table.take("subscribe").and_then(Value::text);
    let subscribe = subscribe.and_then(|text| value::page_address(&text, report));
    let language = table.take("language").and_then(Value::language);
    let time_zone = table.take("time_zone").and_then(Value::text);
    let time_zone = time_zone.and_then(|text| value::time_zone_named(&text, report));
    let address = table.require("address", "\"4 Quay Street, …\"").and_then(Value::line);
    let colophon = table.take("colophon").and_then(Value::line);
    let theme = table.take("theme").and_then(Value::text);
    let theme = theme.and_then(|text| value::theme_name(&text, report));
    let list_id = table.require("list_id", "\"review.example.org\"").and_then(Value::text);
    let list_id = list_id.and_then(|text| value::host_name(&text, report));
    let key = table.take("key").and_then(|value| Secret::read(value, report));
    table.finish();
    let url = url?;
    Some(Publication {
        tagline: tagline.map(|text| text.value),
        subscribe: subscribe.unwrap_or_else(|| url.clone()),
        url,
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

pub(super) fn read_sender(value: Value<'_>, report: &Report) -> Option<Sender> {
    let mut table = value.table("[sender]", "[sender]")?;
    let from = table.require("from", "\"The Review <review@example.org>\"").and_then(Value::line);
    let from = from.and_then(|text| value::mailbox(&text, report));
    let reply_to = value::take_address(&mut table, "reply_to", report);
    let return_path = table.take("return_path").and_then(Value::text);
    let return_path = return_path.map(|text| ReturnPath::read(&text, report));
    table.finish();
    let (name, address) = from?;
    Some(Sender {
        name,
        return_path: match return_path {
            Some(path) => path?,
            None => ReturnPath::from(&address),
        },
        address,
        reply_to,
    })
}

pub(super) fn read_unsubscribe(value: Value<'_>, report: &Report) -> Option<Unsubscribe> {
    let mut table = value.table("[unsubscribe]", "[unsubscribe]")?;
    let example: &'static str = "\"https://review.example.org/unsubscribe/{token}\"";
    let url = table.require("url", example).and_then(Value::text);
    let mailto = value::take_address(&mut table, "mailto", report);
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

pub(super) fn read_audience(value: Option<Value<'_>>, report: &Report) -> Audience {
    let mut table = value.and_then(|value| value.table("[audience]", "[audience]"));
    let mut take = |key| table.as_mut().and_then(|table| table.take(key)).and_then(Value::text);
    let (subscribers, suppressions, name) =
        (take("subscribers"), take("suppressions"), take("name"));
    let example = "{ first_name = \"reader\" }";
    let defaults = table.as_mut().and_then(|table| table.take("defaults"));
    let defaults = defaults.and_then(|value| value.table("the defaults", example));
    let defaults = defaults.map(|mut table| read_defaults(&mut table)).unwrap_or_default();
    if let Some(table) = table {
        table.finish();
    }
    let path =
        |text: Option<Text>, default: &str| text.map_or(default.into(), |text| text.value.into());
    let name = name.map(|text| Template::parse(&text, report));
    Audience {
        subscribers: path(subscribers, "subscribers.csv"),
        suppressions: path(suppressions, "suppressions.csv"),
        name: name.unwrap_or_else(default_name).with_defaults(&defaults),
        defaults,
    }
}

/// Each column with what stands in place of an empty cell.
fn read_defaults(table: &mut Table<'_>) -> BTreeMap<String, String> {
    let columns = table.take_rest().into_iter();
    let default = |(column, value): (Text, Value<'_>)| {
        let text = value.string()?.value;
        let column = column.value.trim().to_lowercase();
        Some((column, field::clean(text.trim()).into_owned()))
    };
    columns.filter_map(default).collect()
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
