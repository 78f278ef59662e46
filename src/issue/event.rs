//! The keys of a section of events in, checked [`Events`] out.

use std::ops::Range;

use crate::diagnostic::Code;
use crate::document::{Table, Value};
use crate::field::Template;
use crate::issue::parse::Context;
use crate::issue::{Delivery, Event, Events, Link, When, section};

const EVENT: &str = "{ title = \"…\", starts = 2026-11-26T18:00:00 }";
const EVENTS: &str = "[{ title = \"…\", starts = 2026-11-26T18:00:00 }]";

/// Reads the events; `None` when there is an error.
pub(super) fn read(table: &mut Table<'_>, context: &Context<'_>) -> Option<Events> {
    let head = section::take_head(table, context);
    let words = &[("link", Delivery::Link), ("attach", Delivery::Inside)];
    let calendar = table.take("calendar").and_then(|value| value.one_of(words));
    let items = section::require_items(table, EVENTS, context)?;
    let items: Vec<_> = items.into_iter().filter_map(|value| event(value, context)).collect();
    if calendar.is_some() {
        items.iter().for_each(|event| check_calendar(event, context));
    }
    Some(Events { head, items, calendar })
}

fn event(value: Value<'_>, context: &Context<'_>) -> Option<Event> {
    let mut table = value.table("the event", EVENT)?;
    let title = table.require("title", "\"…\"").and_then(|value| context.line(value));
    let when = read_when(&mut table, context);
    let place = context.take_line(&mut table, "place");
    let url = section::take_link(&mut table, "url", context);
    let body = section::take_prose(&mut table, "body", context);
    table.finish();
    Some(Event { title: title?, when: when?, place, url, body })
}

/// The file for calendars is one for all: nothing in it can differ from reader to reader.
fn check_calendar(event: &Event, context: &Context<'_>) {
    let url = event.url.as_ref().map(Link::template);
    let lines = [Some(&event.title), event.place.as_ref(), url];
    for field in lines.into_iter().flatten().flat_map(Template::fields) {
        let message = "a calendar has the same words for everyone";
        let diagnostic = context.report.at(Code::Conflict, field.span.0.clone(), message);
        let help = "write the words themselves, put the field into `body`, or remove `calendar`";
        context.report.add(diagnostic.help(help));
    }
}

/// A start and perhaps an end: two days, or two moments.
fn read_when(table: &mut Table<'_>, context: &Context<'_>) -> Option<When> {
    let starts = table.require("starts", "2026-11-26T18:00:00");
    let ends = table.take("ends");
    let starts = starts?;
    let span = ends.as_ref().map_or_else(|| starts.span(), Value::span);
    if starts.is_date() {
        let first = starts.date()?;
        let last = match ends {
            Some(ends) => Some(ends.date()?),
            None => None,
        };
        return in_order(
            When::Days(first, last),
            last.is_none_or(|last| last >= first),
            span,
            context,
        );
    }
    let from = starts.datetime()?;
    let to = match ends {
        Some(ends) => Some(ends.datetime()?),
        None => None,
    };
    in_order(When::Times(from, to), to.is_none_or(|to| to > from), span, context)
}

fn in_order(when: When, good: bool, span: Range<usize>, context: &Context<'_>) -> Option<When> {
    if !good {
        let diagnostic = context.report.at(Code::Time, span, "the event ends before it starts");
        context.report.add(diagnostic.help("give it a later `ends`, or remove it"));
    }
    good.then_some(when)
}
