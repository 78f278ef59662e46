//! A line of JSON in, the request or the form that it holds out.

use jiff::Timestamp;
use serde_json::Value;

use crate::leaving::access::{Request, is_method, is_preferences};
use crate::leaving::{Ask, Found, Link, Via, time, words};

/// What a line of JSON tells: Caddy's, Traefik's, a delivery network's, a collector's that holds a
/// line of text, or a form's. `None` where it is no JSON object.
pub(super) fn read(line: &str, link: &Link) -> Option<Option<Found>> {
    let value: Value = serde_json::from_str(line).ok()?;
    if !value.is_object() {
        return None;
    }
    let mut record = Record::default();
    record.take("", &value);
    Some(record.found(line, link))
}

/// The texts of an object, at any depth, with the name of each in lower case and without `_` and `-`.
#[derive(Debug, Default)]
struct Record<'v> {
    texts: Vec<(String, &'v str)>,
    at: Option<Timestamp>,
    status: bool,
}

impl<'v> Record<'v> {
    fn take(&mut self, name: &str, value: &'v Value) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    let plain = key.chars().filter(char::is_ascii_alphanumeric);
                    let plain: String = plain.map(|c| c.to_ascii_lowercase()).collect();
                    self.take(&plain, value);
                }
            }
            // The values of a header are in a list.
            Value::Array(values) => values.iter().for_each(|value| self.take(name, value)),
            Value::String(text) => self.texts.push((name.to_owned(), text)),
            Value::Number(number) => {
                let is_time = matches!(name, "ts" | "time" | "timestamp" | "date");
                let time = number.as_f64().filter(|_| is_time).and_then(time::epoch);
                self.at = self.at.or(time);
                self.status |= name.ends_with("status") || name.ends_with("statuscode");
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn found(&self, line: &str, link: &Link) -> Option<Found> {
        let methods = self.texts.iter().filter(|(name, _)| name.ends_with("method"));
        let mut methods = methods.map(|(_, text)| text.to_ascii_uppercase());
        let at = || self.at.or_else(|| time::find(line));
        if let Some(method) = methods.find(|method| is_method(method)) {
            let remnant = || self.remnant(&method, link).map(Found::Cut);
            return asked(&method, self.target(link), at()).or_else(remnant);
        }
        let requests = self.sent().filter_map(|(_, text)| Request::find(text));
        if let Some(request) = requests.into_iter().next() {
            let remnant = || request.remnant(link).map(Found::Cut);
            return asked(request.method, request.token(link), at()).or_else(remnant);
        }
        if self.status && self.target(link).is_some() {
            return Some(Found::Unclear);
        }
        let mut asks: Vec<Ask> = Vec::new();
        for ask in self.texts.iter().flat_map(|(_, text)| words::asks(text, link)) {
            if !asks.contains(&ask) {
                asks.push(ask);
            }
        }
        (!asks.is_empty()).then(|| Found::Asked { via: Via::Form, asks, at: at() })
    }

    /// What is not the page on which the client was before.
    fn sent(&self) -> impl Iterator<Item = &(String, &'v str)> {
        self.texts.iter().filter(|(name, _)| !name.contains("refer"))
    }

    /// Returns what is left of the token of what was called to leave.
    fn remnant(&self, method: &str, link: &Link) -> Option<String> {
        let texts = || self.sent().map(|(_, text)| *text);
        let asks = method == "POST" && !texts().any(is_preferences);
        asks.then(|| texts().find_map(|text| link.remnant(text))).flatten()
    }

    /// The token of what was called, where that is the unsubscribe link.
    fn target(&self, link: &Link) -> Option<Ask> {
        let targets = || {
            let is_target = |text: &str| text.starts_with('/') || text.contains("://");
            self.sent().filter(move |(_, text)| is_target(text)).map(|(_, text)| *text)
        };
        let queries = || {
            let of_query = |name: &str| name.contains("query") || name.contains("args");
            self.sent().filter(move |(name, _)| of_query(name)).map(|(_, text)| *text)
        };
        if targets().any(is_preferences) {
            return None;
        }
        targets().find_map(|target| link.token(target)).or_else(|| {
            targets().find_map(|path| queries().find_map(|query| link.token_of(path, query)))
        })
    }
}

/// What a request for a target, with its token if that is the unsubscribe link, says.
pub(super) fn asked(method: &str, token: Option<Ask>, at: Option<Timestamp>) -> Option<Found> {
    let ask = token?;
    Some(match method {
        "POST" => Found::Asked { via: Via::OneClick, asks: vec![ask], at },
        _ => Found::Looked,
    })
}
