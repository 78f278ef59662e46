//! The times of an issue and the publication's time zone in, the moments that they mean out.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::diagnostic::{Checked, Code, Diagnostic, Source};
use crate::document::{Report, Table, Value};
use crate::field::Span;
use crate::issue::Issue;

/// The keys under which an issue has times.
const KEYS: [&str; 2] = ["send_at", "not_after"];

/// A time as an editor writes it, in the publication's time zone, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalTime {
    /// The date and the time of day.
    pub time: DateTime,
    /// Its place in the issue's file.
    pub span: Span,
}

/// When an issue is to go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// Not before this.
    pub send_at: Timestamp,
    /// After this it is no longer news.
    pub not_after: Option<Timestamp>,
}

/// Reads no more of an issue than when it is to go out; `None` where it does not say.
///
/// Other mistakes do not matter here, as long as the times are certain.
#[must_use]
pub fn schedule(source: &Arc<Source>, zone: &TimeZone) -> Checked<Option<Schedule>> {
    let written = KEYS.map(|key| source.text.contains(key));
    if !written[0] {
        return Checked::new(Some(None), Vec::new());
    }
    let report = Report::new(Arc::clone(source));
    let (send_at, not_after) = read_times(&mut report.parse(), &report);
    // What is behind a syntax error may have been read, or lost.
    let certain = written == [send_at.is_some(), not_after.is_some()];
    let mut diagnostics = report.into_diagnostics();
    diagnostics.retain(|diagnostic| diagnostic.code != Code::Syntax || !certain);
    let mut moment = |key, time: Option<&LocalTime>| {
        time.and_then(|time| time.moment(key, source, zone, &mut diagnostics))
    };
    let not_after = moment(KEYS[1], not_after.as_ref());
    let send_at = moment(KEYS[0], send_at.as_ref());
    Checked::new(Some(send_at.map(|send_at| Schedule { send_at, not_after })), diagnostics)
}

/// Reports every time of an issue that there is not in the publication's time zone.
#[must_use]
pub fn check_times(issue: &Issue, zone: &TimeZone) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (key, time) in KEYS.into_iter().zip([&issue.send_at, &issue.not_after]) {
        let _moment = time.as_ref().map(|time| time.moment(key, &issue.source, zone, &mut found));
    }
    found
}

/// Takes the times of an issue and holds them against each other.
pub(super) fn read_times(
    root: &mut Table<'_>,
    report: &Report,
) -> (Option<LocalTime>, Option<LocalTime>) {
    let mut take = |key| {
        let value = root.take(key)?;
        let span = Span(value.span());
        Value::datetime(value).map(|time| LocalTime { time, span })
    };
    let (send_at, not_after) = (take(KEYS[0]), take(KEYS[1]));
    if let (Some(first), Some(last)) = (&send_at, &not_after)
        && last.time <= first.time
    {
        let message = "`not_after` is not later than `send_at`";
        let diagnostic = report.at(Code::Time, last.span.0.clone(), message);
        report.add(diagnostic.help("give it a later time, or remove one of the two"));
    }
    (send_at, not_after)
}

impl LocalTime {
    /// The moment; of two that have the same time, the first.
    fn moment(
        &self,
        key: &str,
        source: &Arc<Source>,
        zone: &TimeZone,
        found: &mut Vec<Diagnostic>,
    ) -> Option<Timestamp> {
        let at = |code, message| Diagnostic::new(code, source, self.span.0.clone(), message);
        let ambiguous = zone.to_ambiguous_timestamp(self.time);
        if let AmbiguousOffset::Gap { before, after } = ambiguous.offset() {
            // What this time would have been, had the clocks been put forward already, is a moment
            // before they were.
            let change = after.to_timestamp(self.time).ok();
            let change = change.and_then(|moment| zone.following(moment).next());
            let change = change.map(|change| change.timestamp());
            let [from, to] = [before, after].map(|offset| change.map(|at| offset.to_datetime(at)));
            let message = format!("`{key}` is a time that the clocks skip");
            let diagnostic = at(Code::SkippedTime, message);
            found.push(match (from, to) {
                (Some(from), Some(to)) => diagnostic
                    .label(format!("they go from {from} to {to}"))
                    .help(format!("write `{key} = {to}`, or a time before {from}")),
                _ => diagnostic.help("write a time an hour later"),
            });
        }
        let moment = ambiguous.earlier();
        if moment.is_err() {
            let diagnostic = at(Code::Time, format!("`{key}` is too far away"));
            found.push(diagnostic.help("write a time of this century"));
        }
        moment.ok()
    }
}
