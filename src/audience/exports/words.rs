//! The names and cells of a list of an unknown origin in, whether they say that somebody left out.
//!
//! What sounds like leaving keeps somebody out: a reader who is missed can be put back, and one who
//! left and is written to calls it spam.

/// What a word says of somebody, as the reason begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// A reader.
    Joins,
    /// Not to be written to, for this reason.
    Leaves(&'static str),
    /// Never confirmed, or neither here nor there.
    Doubtful,
}

/// Columns that say `yes` of whoever left, and, with a date in or beside the name, when.
const OUT: [(&str, &str); 24] = [
    ("unsubscribed", "unsubscribed"),
    ("unsubscribe", "unsubscribed"),
    ("unsubscription", "unsubscribed"),
    ("unsub", "unsubscribed"),
    ("opted_out", "unsubscribed"),
    ("opt_out", "unsubscribed"),
    ("optout", "unsubscribed"),
    ("optedout", "unsubscribed"),
    ("do_not_email", "unsubscribed"),
    ("do_not_mail", "unsubscribed"),
    ("do_not_contact", "unsubscribed"),
    ("email_disabled", "unsubscribed"),
    ("emails_disabled", "unsubscribed"),
    ("deleted", "unsubscribed"),
    ("removed", "unsubscribed"),
    ("bounced", "bounced"),
    ("bounce", "bounced"),
    ("clean", "bounced"),
    ("cleaned", "bounced"),
    ("complained", "complaint"),
    ("complaint", "complaint"),
    ("blocklisted", "blocked"),
    ("blacklisted", "blocked"),
    ("suppressed", "blocked"),
];

/// Columns that say `no` of whoever left.
const IN: [&str; 7] =
    ["subscribed", "is_subscribed", "opt_in", "opted_in", "optin", "has_opted_in", "email_opt_in"];

/// Columns whose word says how somebody stands; of the first few a word that is unknown is in doubt.
const STATUS: [&str; 9] = [
    "status",
    "email_status",
    "subscriber_status",
    "subscription_status",
    "email_marketing_status",
    "marketing_status",
    "state",
    "subscriber_type",
    "subscription",
];
const STRICT: usize = 6;

/// Whether a column can say that somebody left.
pub(super) fn tells(column: &str) -> bool {
    ["0", "1", "x"].iter().any(|cell| said(column, cell).is_some())
}

/// The name of a column of those whose word can be in doubt.
pub(super) fn name(column: &str) -> &'static str {
    STATUS.into_iter().find(|name| *name == column).unwrap_or("confirmed")
}

/// What a column says of somebody; `None` where it is about something else, or says nothing.
pub(super) fn said(column: &str, cell: &str) -> Option<Said> {
    let cell = plain(cell);
    if cell.is_empty() {
        return None;
    }
    if let Some(at) = STATUS.iter().position(|name| *name == column) {
        return status(&cell).or((at < STRICT).then_some(Said::Doubtful));
    }
    if IN.contains(&column) {
        return is_no(&cell).then_some(Said::Leaves("unsubscribed"));
    }
    if column == "confirmed" || column == "is_confirmed" {
        return is_no(&cell).then_some(Said::Doubtful);
    }
    let bare = ["is_", "has_", "email_"].iter().find_map(|begin| column.strip_prefix(begin));
    let out = |name: &str| OUT.iter().find(|(word, _)| *word == name).map(|(_, reason)| *reason);
    let flag = out(column).or_else(|| bare.and_then(out));
    // A flag may hold the date at which it was set.
    if let Some(reason) = flag {
        return (!is_no(&cell)).then_some(Said::Leaves(reason));
    }
    let ends = ["_at", "_date", "_time", "_on"].iter().find_map(|end| column.strip_suffix(end));
    let begins = ["date_", "time_"].iter().find_map(|begin| column.strip_prefix(begin));
    ends.or(begins).and_then(out).map(Said::Leaves)
}

/// What a word of a status says; `None` where it is unknown.
fn status(word: &str) -> Option<Said> {
    Some(match word {
        "active" | "subscribed" | "enabled" | "confirmed" | "regular" | "premium" | "free"
        | "paid" | "member" | "yes" | "true" | "1" | "ok" | "valid" | "verified" | "opted_in"
        | "optin" | "opt_in" => Said::Joins,
        "unsubscribed" | "unsubscribe" | "unsub" | "opted_out" | "opt_out" | "optout"
        | "optedout" | "deleted" | "archived" | "removed" | "left" | "not_subscribed"
        | "non_subscribed" | "no" | "false" | "0" => Said::Leaves("unsubscribed"),
        "bounced" | "bounce" | "hard_bounce" | "hard_bounced" | "hardbounce" | "cleaned"
        | "unreachable" | "undeliverable" | "invalid" => Said::Leaves("bounced"),
        "complained" | "complaint" | "abuse" | "spam" => Said::Leaves("complaint"),
        "disabled" => Said::Leaves("disabled"),
        "blocklisted" | "blacklisted" | "blocked" | "suppressed" => Said::Leaves("blocked"),
        "pending" | "unconfirmed" | "unactivated" | "inactive" | "nonsubscribed" => Said::Doubtful,
        _ => return None,
    })
}

fn is_no(cell: &str) -> bool {
    matches!(cell, "no" | "n" | "false" | "f" | "0" | "never" | "none" | "null")
}

/// A word without case, and with `_` for whatever stands between its parts.
fn plain(text: &str) -> String {
    crate::audience::exports::cell::plain(text)
}
