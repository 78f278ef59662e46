//! Decides what becomes of a row: what its columns say, in the words of the tool that it comes from.

use crate::audience::exports::cell::moment;
use crate::audience::exports::format::Format;
use crate::audience::exports::judge::{ColumnJudge, Leave, LeaveDate, RowSign};
use crate::audience::rows::Row;
use crate::field::clean;

/// Maximum length of what is said of a subscriber, in characters.
const TEXT_MAX: usize = 300;

/// What is to become of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A reader.
    Joins,
    /// Not to be written to: why, and since when, where that is known.
    Leaves(String, LeaveDate),
    /// It is not known: the column, and what is wrong.
    Doubtful(String, String),
}

/// The cells of a row, by the plain names of their columns; empty where there is none.
pub(crate) type Cell<'a, 'c> = &'a dyn Fn(&str) -> &'c str;

/// Judges a row by its columns.
pub(crate) fn judge(
    format: Format,
    columns: &ColumnJudge,
    row: Row<'_>,
    get: Cell<'_, '_>,
) -> Verdict {
    match columns.read(row) {
        RowSign::Joins => Verdict::Joins,
        RowSign::Doubtful(column, what) => Verdict::Doubtful(column, what),
        RowSign::Leaves(leave) => Verdict::Leaves(reason(format, &leave, get), leave.date),
    }
}

/// The reason of a suppression: `bounced: cleaned by Mailchimp on 2024-05-01 09:12:00`, with what
/// was said.
fn reason(format: Format, leave: &Leave, get: Cell<'_, '_>) -> String {
    let what = format.wording(&leave.column, &leave.cell).unwrap_or(leave.kind.reason());
    let how = if what.ends_with("cleaned") { "by" } else { "in" };
    let mut reason = what.to_owned();
    // A column that the editor added says it, and not the tool.
    if format.is_telling(&leave.column) {
        reason.extend([" ", how, " ", format.name()]);
    }
    match leave.date {
        LeaveDate::Absent => {}
        LeaveDate::At(_) => reason.extend([" on ", &short(&moment(&leave.when))]),
        LeaveDate::Unreadable => {
            reason.extend([" on `", &short(&leave.when), "`, a date that cannot be read"]);
        }
    }
    if format == Format::Mailchimp && leave.column == "unsub_time" {
        let said = [get("unsub_reason"), get("unsub_reason_other")];
        let said: Vec<&str> = said.into_iter().filter(|words| !words.is_empty()).collect();
        if !said.is_empty() {
            reason.extend([": ", &short(&said.join(", "))]);
        }
    }
    reason
}

/// The evidence of consent: when, where and how; empty where the export has none.
pub(crate) fn consent(format: Format, get: Cell<'_, '_>) -> [String; 3] {
    let (when, place, how) = match format {
        Format::Mailchimp => return mailchimp_consent(get),
        Format::Listmonk | Format::Substack | Format::Ghost | Format::Beehiiv => {
            (get("created_at"), "", "created_at")
        }
        Format::Buttondown => match get("subscription_date") {
            "" => (get("creation_date"), get("ip_address"), "creation_date"),
            when => (when, get("ip_address"), "subscription_date"),
        },
        Format::Curated => (get("subscribed_at"), "", "subscribed_at"),
        Format::Keila | Format::Plain => ("", "", ""),
    };
    if when.is_empty() && place.is_empty() {
        return Default::default();
    }
    [short(&moment(when)), short(place), format!("{}: {how}", format.name())]
}

fn mailchimp_consent(get: Cell<'_, '_>) -> [String; 3] {
    let step = |what: &str, time: &str, place: &str| {
        let from = if place.is_empty() { String::new() } else { format!(" from {}", short(place)) };
        (!time.is_empty()).then(|| format!("{what} {}{from}", short(time)))
    };
    let (time, place) = (get("optin_time"), get("optin_ip"));
    let (confirmed, confirmed_at) = (get("confirm_time"), get("confirm_ip"));
    let steps = [step("opted in", time, place), step("confirmed", confirmed, confirmed_at)];
    let steps: Vec<String> = steps.into_iter().flatten().collect();
    if steps.is_empty() {
        return Default::default();
    }
    let first = |one: &str, other: &str| short(if one.is_empty() { other } else { one });
    [first(time, confirmed), first(place, confirmed_at), format!("Mailchimp: {}", steps.join(", "))]
}

fn short(text: &str) -> String {
    clean(text).trim().chars().take(TEXT_MAX).collect()
}
