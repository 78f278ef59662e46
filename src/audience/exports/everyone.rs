//! Decides by the name of a file who all the people in it are.

use crate::audience::exports::judge::LeaveKind;
use crate::audience::exports::judge::leaving::{NEGATIONS, at_word};
use crate::audience::exports::judge::words::words;

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
    /// They never confirmed their subscription.
    Unconfirmed,
    /// They are asleep, or left in a way that may not mean the newsletter.
    Inactive,
    /// It is not a list of readers: what they opened, and what was sent to them.
    Activity,
}

/// Words that say something is not in the file, up to the next word of another kind.
const WITHOUT: [&str; 8] =
    ["except", "excluding", "excl", "minus", "without", "exclude", "ohne", "sans"];
/// Words that say it behind what is not in the file: `bounces-removed.csv`.
const TAKEN_OUT: [&str; 8] =
    ["removed", "deleted", "excluded", "filtered", "stripped", "cleaned", "purged", "out"];
/// Words that neither begin nor end what is not in the file.
const BETWEEN: [&str; 10] = ["and", "or", "any", "the", "all", "hard", "soft", "und", "et", "y"];
/// What is removed from a list of readers without anybody leaving it.
const CHAFF: [&str; 10] = [
    "duplicates",
    "duplicate",
    "dupes",
    "dups",
    "doubles",
    "blanks",
    "empty",
    "dubletten",
    "doublons",
    "duplicados",
];

impl Everyone {
    /// Looks for words in the name of a file, and of its folders in a zip:
    /// `unsubscribed_members_export_1a2b.csv`, `granular_activity/bounces/1.csv`.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let words = words(name);
        // Who left is kept out, whatever else the name says.
        let found = (0..words.len()).filter_map(|at| Self::at(&words, at));
        found.min_by_key(|everyone| match everyone {
            Self::Complained | Self::Unsubscribed | Self::Bounced | Self::Blocked => 0,
            Self::Never | Self::Unconfirmed | Self::Inactive => 1,
            Self::Activity => 2,
        })
    }

    /// What the word at a place of a name says, with those beside it.
    fn at(words: &[String], at: usize) -> Option<Self> {
        let word = words[at].as_str();
        let next = |end: usize| words.get(end).map_or("", String::as_str);
        if let Some((kind, at, end)) = at_word(words, at) {
            let taken_out = TAKEN_OUT.contains(&next(end)) && next(end) != word;
            let chaff = at > 0 && TAKEN_OUT.contains(&word) && Self::is_chaff(&words[..at]);
            // The second word of `bounces-removed`.
            let takes_out = at > 0 && TAKEN_OUT.contains(&word) && at_word(words, at - 1).is_some();
            let soft = kind == LeaveKind::Bounced && at > 0 && words[at - 1] == "soft";
            if taken_out || chaff || takes_out || soft || is_without(words, at) {
                return None;
            }
            return Some(match kind {
                LeaveKind::Unsubscribed => Self::Unsubscribed,
                LeaveKind::Bounced => Self::Bounced,
                LeaveKind::Blocked | LeaveKind::Disabled => Self::Blocked,
                LeaveKind::Complaint => Self::Complained,
            });
        }
        if is_without(words, at) {
            let subscribed =
                word.starts_with("subscri") && words[at - 1..=at].concat() == format!("non{word}");
            return subscribed.then_some(Self::Never);
        }
        Some(match (word, next(at + 1)) {
            ("hardbounces" | "hardbounced" | "returned", _) => Self::Bounced,
            ("dnc", _) | ("do", "not") => Self::Unsubscribed,
            (word, _) if word.starts_with("nonsubscri") => Self::Never,
            ("pending" | "unconfirmed" | "unverified" | "unactivated" | "unbestatigt", _) => {
                Self::Unconfirmed
            }
            ("inactive" | "suspended" | "expired" | "lapsed" | "deactivated", _) => Self::Inactive,
            ("cancelled" | "canceled" | "cancellations", _) => Self::Unsubscribed,
            (
                "opens" | "clicks" | "delivers" | "delivered" | "sends" | "granular" | "posts"
                | "campaigns" | "archived",
                _,
            ) => Self::Activity,
            _ => return None,
        })
    }

    fn is_chaff(before: &[String]) -> bool {
        before.last().is_some_and(|word| CHAFF.contains(&word.as_str()))
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
            Self::Unconfirmed => "never confirmed",
            Self::Inactive => "inactive",
            Self::Activity => "activity",
        }
    }
}

/// Whether what stands at a place is said not to be in the file: `no-bounces`, `all-except-bounced`.
fn is_without(words: &[String], at: usize) -> bool {
    for before in (0..at).rev() {
        let word = words[before].as_str();
        if NEGATIONS.contains(&word) || WITHOUT.contains(&word) {
            return true;
        }
        if !BETWEEN.contains(&word) && at_word(words, before).is_none() {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use crate::audience::exports::everyone::Everyone;

    #[test]
    fn a_name_says_who_is_in_a_file() {
        use Everyone::{
            Activity, Blocked, Bounced, Complained, Inactive, Never, Unconfirmed, Unsubscribed,
        };

        let names = [
            ("unsubscribed_members_export_1a2b.csv", Unsubscribed),
            ("my-opt-outs.csv", Unsubscribed),
            ("do-not-mail.csv", Unsubscribed),
            ("do-not-contact.csv", Unsubscribed),
            ("DoNotEmail.csv", Unsubscribed),
            ("abgemeldete.csv", Unsubscribed),
            ("désabonnés 2026.csv", Unsubscribed),
            ("granular_activity/unsubscribes/1.csv", Unsubscribed),
            ("list-unsubscribed.csv", Unsubscribed),
            ("removed.csv", Unsubscribed),
            ("blacklist 2024.csv", Blocked),
            ("SuppressionList.csv", Blocked),
            ("suppressionlist.csv", Blocked),
            ("blocked.csv", Blocked),
            ("global-suppressions.csv", Blocked),
            ("abuse_complaints.csv", Complained),
            ("coast-marked-as-spam.csv", Complained),
            ("spam-reports.csv", Complained),
            ("spam_reports_2026.csv", Complained),
            ("abuse.csv", Complained),
            ("granular_activity/bounces/1.csv", Bounced),
            ("hardbounces.csv", Bounced),
            ("HardBounces.csv", Bounced),
            ("invalid_emails.csv", Bounced),
            ("cleaned_members_1.csv", Bounced),
            ("granular_activity/opens/1.csv", Activity),
            ("posts/1.delivers.csv", Activity),
            ("archived_members_export_1.csv", Activity),
            ("nonsubscribed_members.csv", Never),
            ("non-subscribed.csv", Never),
            ("coast-unconfirmed.csv", Unconfirmed),
            ("pending.csv", Unconfirmed),
            ("inactive-members.csv", Inactive),
        ];
        for (name, everyone) in names {
            assert_eq!(Everyone::of(name), Some(everyone), "{name}");
        }
        let none = [
            "subscribed_members_export_1a2b.csv",
            "not_unsubscribed.csv",
            "no-bounces.csv",
            "not-unsubscribed.csv",
            "all-except-bounced-or-unsubscribed.csv",
            "bounces-removed.csv",
            "duplicates-removed.csv",
            "list_without_hard_bounces.csv",
            "subscribers.csv",
            "members.csv",
            "newsletter-2026.csv",
            "soft-bounces.csv",
            "unsubscribes_excluded.csv",
            "ohne-abmeldungen.csv",
        ];
        for name in none {
            assert_eq!(Everyone::of(name), None, "{name}");
        }
    }
}
