//! A section of events in, the file that calendars take (RFC 5545) out.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::config::Publication;
use crate::issue::{Asset, Event, Events, Issue, Link, When};

/// The longest line, in bytes, its line break not counted (RFC 5545 §3.1).
const LINE_MAX: usize = 75;

/// The file of a section of events; the same issue gives the same bytes.
pub(super) fn file(
    issue: &Issue,
    section: usize,
    events: &Events,
    publication: &Publication,
) -> Asset {
    let mut calendar = Calendar(String::new());
    calendar.line("BEGIN", "VCALENDAR");
    calendar.line("VERSION", "2.0");
    calendar.line("PRODID", "-//newsletter//newsletter//EN");
    for (number, event) in (1..).zip(&events.items) {
        let id = format!("{}-{section}-{number}@{}", issue.name, publication.list_id);
        calendar.event(event, &id, issue.date, &publication.time_zone);
    }
    calendar.line("END", "VCALENDAR");
    Asset {
        path: issue.calendar(section),
        media_type: "text/calendar; charset=utf-8",
        bytes: calendar.0.into_bytes().into(),
    }
}

struct Calendar(String);

impl Calendar {
    fn event(&mut self, event: &Event, id: &str, written: Date, zone: &TimeZone) {
        self.line("BEGIN", "VEVENT");
        self.line("UID", id);
        self.line("DTSTAMP", &moment(written.at(0, 0, 0, 0), zone));
        match event.when {
            When::Days(first, last) => {
                self.line("DTSTART;VALUE=DATE", &day(first));
                // The end is the first day that is free again (RFC 5545 §3.6.1).
                let free = last.unwrap_or(first).tomorrow().unwrap_or(first);
                self.line("DTEND;VALUE=DATE", &day(free));
            }
            When::Times(starts, ends) => {
                self.line("DTSTART", &moment(starts, zone));
                if let Some(ends) = ends {
                    self.line("DTEND", &moment(ends, zone));
                }
            }
        }
        self.line("SUMMARY", &text(&event.title.to_default()));
        if let Some(place) = &event.place {
            self.line("LOCATION", &text(&place.to_default()));
        }
        if let Some(url) = event.url.as_ref().map(Link::template) {
            self.line("URL", &url.to_default());
        }
        self.line("END", "VEVENT");
    }

    /// Writes `NAME:value`, folded between characters.
    fn line(&mut self, name: &str, value: &str) {
        let mut length = 0;
        for character in name.chars().chain([':']).chain(value.chars()) {
            if length + character.len_utf8() > LINE_MAX {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(character);
            length += character.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

fn day(date: Date) -> String {
    date.strftime("%Y%m%d").to_string()
}

/// A moment in UTC, which needs no definition of a time zone beside it.
fn moment(local: DateTime, zone: &TimeZone) -> String {
    let zoned = zone.to_ambiguous_zoned(local).compatible();
    let utc = zoned.map(|zoned| zoned.with_time_zone(TimeZone::UTC).datetime());
    utc.unwrap_or(local).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Text as a value of a property (RFC 5545 §3.3.11).
fn text(text: &str) -> String {
    let escaped = text.trim().replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,");
    escaped.replace('\n', "\\n")
}
