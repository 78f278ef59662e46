//! What an export says of somebody in, whether that is a reader, and since when, out.

use jiff::Timestamp;

use crate::audience::exports::cell::{instant, moment};
use crate::audience::exports::format::Format;
use crate::audience::exports::words::{Said, name, said};
use crate::field::clean;

/// How long what is said of somebody can be, in characters.
const TEXT_MAX: usize = 300;

/// What is to become of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A reader.
    Joins,
    /// Not to be written to: why, and since when, where that is known.
    Leaves(String, Option<Timestamp>),
    /// It is not known: the column, and what is wrong.
    Doubtful(&'static str, String),
}

/// What a file's name says of everyone in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Everyone {
    /// They left.
    Unsubscribed,
    /// Mail to them came back.
    Bounced,
    /// The tool does not write to them.
    Blocked,
    /// They called a letter spam.
    Complained,
    /// They never were subscribed.
    Never,
    /// It is not a list of readers: what they opened, and what was sent to them.
    Activity,
}

impl Everyone {
    /// Looks for a word in the name of a file, and of its folder in a zip:
    /// `unsubscribed_members_export_1a2b.csv`, `granular_activity/bounces/1.csv`.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let words: Vec<&str> =
            name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        // Who left is kept out, whatever else the name says.
        let mut found: Vec<Self> = (0..words.len()).filter_map(|at| Self::at(&words, at)).collect();
        found.sort_by_key(|everyone| matches!(everyone, Self::Never | Self::Activity));
        found.first().copied()
    }

    /// What the word at a place of a name says, with those beside it.
    fn at(words: &[&str], at: usize) -> Option<Self> {
        let before = at.checked_sub(1).map_or("", |before| words[before]);
        let next = words.get(at + 1).copied().unwrap_or_default();
        if matches!(before, "not" | "non") {
            return None;
        }
        match (words[at], next) {
            (
                "unsubscribed" | "unsubscribes" | "unsubscribe" | "unsubscribers" | "unsubs"
                | "unsub" | "optout" | "optouts" | "removed" | "deleted",
                _,
            )
            | ("opt" | "opted", "out" | "outs")
            | ("not", "mail" | "email") => Some(Self::Unsubscribed),
            ("cleaned" | "bounced" | "bounces" | "bounce", _) => Some(Self::Bounced),
            (
                "blocklist" | "blocklisted" | "blacklist" | "blacklisted" | "suppressed"
                | "suppressions" | "suppression",
                _,
            ) => Some(Self::Blocked),
            ("complaint" | "complaints" | "complained", _) => Some(Self::Complained),
            ("nonsubscribed", _) => Some(Self::Never),
            (
                "opens" | "clicks" | "delivers" | "delivered" | "sends" | "granular" | "posts"
                | "campaigns" | "archived",
                _,
            ) => Some(Self::Activity),
            _ => None,
        }
    }

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unsubscribed => "unsubscribed",
            Self::Bounced => "bounced",
            Self::Blocked => "blocklisted",
            Self::Complained => "complained",
            Self::Never => "never subscribed",
            Self::Activity => "activity",
        }
    }
}

/// The cells of a row, by the plain names of their columns; empty where there is none.
pub(crate) type Cell<'a, 'c> = &'a dyn Fn(&str) -> &'c str;

/// Judges by what a format says; in a list of an unknown origin some columns are `telling`.
pub(crate) fn judge(format: Format, telling: &[String], get: Cell<'_, '_>) -> Verdict {
    let status = get("status").to_lowercase();
    match format {
        Format::Listmonk => match status.as_str() {
            "enabled" | "" => Verdict::Joins,
            word @ ("disabled" | "blocklisted") => leaves(word, format, "", ""),
            word => doubtful("status", word),
        },
        Format::Mailchimp => mailchimp(get),
        Format::Substack => match get("email_disabled").to_lowercase().as_str() {
            "false" | "" => Verdict::Joins,
            "true" => leaves("unsubscribed: mail is switched off", format, "", ""),
            word => doubtful("email_disabled", word),
        },
        Format::Ghost => match get("subscribed_to_emails").to_lowercase().as_str() {
            _ if !get("deleted_at").is_empty() => {
                leaves("unsubscribed: deleted", format, get("deleted_at"), "")
            }
            "true" => Verdict::Joins,
            "false" => leaves("unsubscribed", format, "", ""),
            word => doubtful("subscribed_to_emails", word),
        },
        Format::Buttondown => buttondown(get),
        Format::Keila => match status.as_str() {
            "active" => Verdict::Joins,
            "unsubscribed" => leaves("unsubscribed", format, "", ""),
            "unreachable" => leaves("bounced: unreachable", format, "", ""),
            word => doubtful("status", word),
        },
        Format::Beehiiv => match status.as_str() {
            "inactive" | "unsubscribed" => {
                leaves("unsubscribed", format, get("unsubscribed_at"), "")
            }
            "invalid" => leaves("bounced: invalid", format, "", ""),
            _ if !get("unsubscribed_at").is_empty() => {
                leaves("unsubscribed", format, get("unsubscribed_at"), "")
            }
            "active" => Verdict::Joins,
            word => doubtful("status", word),
        },
        Format::Curated => match get("unsubscribed_at") {
            "" => Verdict::Joins,
            when => leaves("unsubscribed", format, when, ""),
        },
        Format::Plain => plain(telling, get),
    }
}

fn mailchimp(get: Cell<'_, '_>) -> Verdict {
    let (unsubscribed, cleaned) = (get("unsub_time"), get("clean_time"));
    if !cleaned.is_empty() {
        return leaves("bounced: cleaned", Format::Mailchimp, cleaned, "");
    }
    if !unsubscribed.is_empty() {
        let said = [get("unsub_reason"), get("unsub_reason_other")];
        let said: Vec<&str> = said.into_iter().filter(|words| !words.is_empty()).collect();
        return leaves("unsubscribed", Format::Mailchimp, unsubscribed, &said.join(", "));
    }
    Verdict::Joins
}

fn buttondown(get: Cell<'_, '_>) -> Verdict {
    let column = if get("subscriber_type").is_empty() { "type" } else { "subscriber_type" };
    let left = get("unsubscription_date");
    let format = Format::Buttondown;
    match get(column).to_lowercase().as_str() {
        "" if left.is_empty() => Verdict::Joins,
        "" | "unsubscribed" | "removed" => leaves("unsubscribed", format, left, ""),
        "regular" | "premium" | "gifted" | "trialed" | "churning" | "churned" | "past_due" => {
            Verdict::Joins
        }
        "undeliverable" => leaves("bounced: undeliverable", format, left, ""),
        "complained" => leaves("complaint", format, left, ""),
        word @ ("blocked" | "spammy") => leaves(word, format, left, ""),
        word => doubtful(column_name(column), word),
    }
}

/// The column that is named where the type is in doubt.
fn column_name(column: &str) -> &'static str {
    if column == "type" { "type" } else { "subscriber_type" }
}

/// A list of an unknown origin: what sounds like leaving keeps somebody out.
fn plain(telling: &[String], get: Cell<'_, '_>) -> Verdict {
    let mut doubt = None;
    for column in telling {
        match said(column, get(column)) {
            Some(Said::Leaves(reason)) => {
                let when = Some(get(column)).filter(|cell| instant(cell).is_some());
                return leaves(reason, Format::Plain, when.unwrap_or_default(), "");
            }
            Some(Said::Doubtful) => doubt = doubt.or(Some(column)),
            Some(Said::Joins) | None => {}
        }
    }
    match doubt {
        Some(column) => doubtful(name(column), &get(column).to_lowercase()),
        None => Verdict::Joins,
    }
}

/// `bounced: cleaned by Mailchimp on 2024-05-01 09:12:00`, with what was said.
fn leaves(what: &str, format: Format, when: &str, said: &str) -> Verdict {
    let how = if what.ends_with("cleaned") { "by" } else { "in" };
    let mut reason = match format {
        Format::Plain => what.to_owned(),
        format => format!("{what} {how} {}", format.name()),
    };
    if !when.is_empty() {
        reason.extend([" on ", &short(&moment(when))]);
    }
    if !said.is_empty() {
        reason.extend([": ", &short(said)]);
    }
    Verdict::Leaves(reason, instant(when))
}

fn doubtful(column: &'static str, word: &str) -> Verdict {
    let what = match word {
        "" => "it does not say whether this is a subscriber".to_owned(),
        "pending" | "unconfirmed" | "unactivated" | "validating" => {
            format!("`{word}`: the subscription was never confirmed")
        }
        word => format!("`{}` does not say whether this is a subscriber", short(word)),
    };
    Verdict::Doubtful(column, what)
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

#[cfg(test)]
mod tests {
    use crate::audience::exports::verdict::Everyone;

    #[test]
    fn a_name_says_who_is_in_a_file() {
        let names = [
            ("subscribed_members_export_1a2b.csv", None),
            ("unsubscribed_members_export_1a2b.csv", Some(Everyone::Unsubscribed)),
            ("not_unsubscribed.csv", None),
            ("my-opt-outs.csv", Some(Everyone::Unsubscribed)),
            ("do-not-mail.csv", Some(Everyone::Unsubscribed)),
            ("blacklist 2024.csv", Some(Everyone::Blocked)),
            ("abuse_complaints.csv", Some(Everyone::Complained)),
            ("granular_activity/unsubscribes/1.csv", Some(Everyone::Unsubscribed)),
            ("granular_activity/bounces/1.csv", Some(Everyone::Bounced)),
            ("granular_activity/opens/1.csv", Some(Everyone::Activity)),
            ("posts/1.delivers.csv", Some(Everyone::Activity)),
            ("archived_members_export_1.csv", Some(Everyone::Activity)),
            ("nonsubscribed_members.csv", Some(Everyone::Never)),
        ];
        for (name, everyone) in names {
            assert_eq!(Everyone::of(name), everyone, "{name}");
        }
    }
}
