//! The text of newsletter.toml in, a [`Config`] and what is wrong with it out.

mod bounces;
mod measure;
mod publication;
mod send;
mod serve;
mod smtp;
mod value;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::{Config, Dkim, Segment};
use crate::diagnostic::{Checked, Code, Source};
use crate::document::{Report, Text, Value};

pub use value::theme_name;

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
    let publication = publication.and_then(|value| publication::read_publication(value, report));
    let sender = root.require("sender", "[sender]");
    let sender = sender.and_then(|value| publication::read_sender(value, report));
    let unsubscribe = root.require("unsubscribe", "[unsubscribe]");
    let unsubscribe = unsubscribe.and_then(|value| publication::read_unsubscribe(value, report));
    let audience = publication::read_audience(root.take("audience"), report);
    let segments =
        root.take("segments").and_then(|value| value.table("the segments", "[segments]"));
    let segments = segments.map(|mut table| table.take_rest()).unwrap_or_default();
    let segments = read_segments(segments, report);
    let smtp = root.take("smtp");
    let smtp = smtp.map(|value| smtp::read(value, sender.as_ref(), report));
    let preset = smtp.as_ref().and_then(|(_, preset)| *preset);
    let send = send::read(root.take("send"), preset, report);
    let bounces = bounces::read(root.take("bounces"), report);
    let dkim = Dkim::read_all(root.take("dkim"), sender.as_ref(), report);
    let serves = root.has("serve");
    let serve = serve::read(root.take("serve"), report);
    let measure = measure::read(root.take("measure"));
    root.finish();
    let smtp = match smtp {
        Some((smtp, _)) => Some(smtp?),
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
        bounces: bounces?,
        dkim: dkim?,
        sign_up: serves && serve.subscribe,
        serve,
        measure,
    })
}

/// Reads the segments, and holds them against each other.
fn read_segments(values: Vec<(Text, Value<'_>)>, report: &Report) -> BTreeMap<String, Segment> {
    let mut places = Vec::new();
    let mut segments = BTreeMap::new();
    for (name, value) in values {
        let Some(segment) = Segment::read(value, report) else { continue };
        check_segment_name(&name, report);
        segments.insert(name.value.clone(), segment);
        places.push(name);
    }
    for name in &places {
        check_open(name, &segments, report);
    }
    segments
}

/// Reports a segment without `join` whose tag the form gives to those who choose another one.
fn check_open(name: &Text, segments: &BTreeMap<String, Segment>, report: &Report) {
    let Some(closed) = segments.get(&name.value).filter(|segment| segment.join_tag().is_none())
    else {
        return;
    };
    let open = segments.iter().find(|(_, segment)| {
        let row = |tag| move |column: &str| (column == "tags").then_some(tag);
        segment.join_tag().is_some_and(|tag| closed.contains(row(tag)) && !closed.contains(row("")))
    });
    if let Some((other, _)) = open {
        let message =
            format!("the form lets people into `{}`, by the tag of `{other}`", name.value);
        let diagnostic = report.at(Code::OpenSegment, name.span.clone(), message);
        report.add(diagnostic.help("give the two segments different tags, or remove `join`"));
    }
}

/// `audience = "all"` in an issue is everyone.
fn check_segment_name(name: &Text, report: &Report) {
    if name.value == "all" {
        let message = "a segment cannot be called `all`, which means everyone";
        let diagnostic = report.at(Code::UnknownValue, name.span.clone(), message);
        report.add(diagnostic.help("give it another name"));
    }
}
