//! Tells why a row of such a list keeps an address out, or that it does not.

use crate::audience::blocklist::Columns;
use crate::audience::blocklist::reply::{ReplyKind, reply_kind};
use crate::audience::exports::plain;
use crate::audience::source::Source;
use crate::audience::suppressions::Cause;
use crate::field::clean;

/// Names of the columns of addresses, besides those that import knows.
pub(super) const ADDRESS: [&str; 6] =
    ["address", "emailaddress", "email", "recipient", "recipients", "rcpt"];
/// Names of the columns that say since when.
pub(super) const DATES: [&str; 18] = [
    "date",
    "created",
    "created_at",
    "createdat",
    "lastupdatetime",
    "last_update_time",
    "blockedat",
    "blocked_at",
    "bouncedat",
    "bounced_at",
    "timestamp",
    "ts",
    "time",
    "date_added",
    "added",
    "unsubscribed_at",
    "unsub_time",
    "updated_at",
];
/// Columns whose word says what happened, the surest first.
const WORDS: [&str; 17] = [
    "reason_code",
    "suppressionreason",
    "suppression_reason",
    "bounce_type",
    "bouncetype",
    "type",
    "event",
    "event_type",
    "eventtype",
    "st_text",
    "category",
    "classification",
    "reason",
    "status",
    "state",
    "cause",
    "code",
];
/// Columns of events: of all of them, those that say that somebody left are a part.
const EVENTS: [&str; 8] = [
    "bounce_type",
    "bouncetype",
    "type",
    "event",
    "event_type",
    "eventtype",
    "st_text",
    "category",
];
/// Columns that say yes of who is not to be written to.
const FLAGS: [&str; 13] = [
    "isexcludedfromcampaigns",
    "is_excluded_from_campaigns",
    "excluded",
    "unsubscribed",
    "is_unsubscribed",
    "isunsub",
    "blocklisted",
    "blacklisted",
    "emailblacklisted",
    "email_blacklisted",
    "opted_out",
    "opt_out",
    "suppressed",
];
/// Columns of what a server said.
const REPLIES: [&str; 9] = [
    "code",
    "status",
    "reason",
    "error",
    "message",
    "description",
    "details",
    "diagnostic",
    "reason_message",
];
/// How much of a reply is kept, in characters.
const REPLY_MAX: usize = 300;

/// What the name of a file says of everyone in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileCause {
    Unsubscribes,
    Bounces,
    Blocks,
    Complaints,
    Invalid,
}

impl FileCause {
    /// Looks for a word in the name of a file.
    pub(super) fn of(source: &Source) -> Option<Self> {
        let name = plain(&source.telling_name());
        let has = |words: &[&str]| name.split('_').any(|word| words.contains(&word));
        if has(&["blocks", "block"]) {
            return Some(Self::Blocks);
        }
        if has(&["complaints", "complaint", "spam", "abuse", "spamreports"]) {
            return Some(Self::Complaints);
        }
        if has(&["invalid", "invalids"]) {
            return Some(Self::Invalid);
        }
        if has(&["bounces", "bounce", "bounced", "cleaned", "hardbounces"]) {
            return Some(Self::Bounces);
        }
        let left = ["unsubscribes", "unsubscribed", "unsubscribe", "unsubscribers", "unsubs"];
        has(&left).then_some(Self::Unsubscribes)
    }
}

/// What a row says of its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It is not to be written to, for this reason.
    Suppress(String),
    /// It may be written to, for this reason.
    LeftAlone(String),
    /// It cannot be told.
    Unclear(String),
}

/// What a word says.
enum Word {
    Suppresses(&'static str),
    Harmless,
}

impl Meaning {
    /// Judges a row. A reason that is given stands before the row's own words.
    pub(super) fn of(columns: &Columns, file: Option<FileCause>, given: Option<&str>) -> Self {
        let own = Self::of_row(columns, file, given.is_some());
        match (own, given) {
            (Self::Suppress(words), Some(_)) if is_own_format(columns) && !words.is_empty() => {
                Self::Suppress(words)
            }
            (Self::Suppress(words), Some(given)) => Self::Suppress(match words.as_str() {
                "" => given.to_owned(),
                words => format!("{given}: {words}"),
            }),
            (Self::Suppress(words), None) if words.is_empty() => {
                Self::Suppress("unsubscribed".to_owned())
            }
            (other, _) => other,
        }
    }

    /// The meaning of a row alone; with `bare`, without the cause in the reason.
    fn of_row(columns: &Columns, file: Option<FileCause>, bare: bool) -> Self {
        let get = |name: &str| text(columns, name);
        let reason = short(get("reason"));
        if is_own_format(columns) {
            return Self::Suppress(reason);
        }
        let reply = reply(columns);
        let with = |cause: &str| match (bare, reply.as_str()) {
            (true, reply) => Self::Suppress(reply.to_owned()),
            (false, "") => Self::Suppress(cause.to_owned()),
            (false, reply) => Self::Suppress(format!("{cause}: {reply}")),
        };
        if let Some(tags) = left_some(columns) {
            return Self::Unclear(format!("they left what is tagged `{tags}` alone"));
        }
        let flags = FLAGS.iter().map(|name| get(name)).find(|flag| !flag.is_empty());
        if flags.is_some_and(is_no) {
            return Self::LeftAlone("a column says that they are not suppressed".to_owned());
        }
        let word = WORDS.iter().find_map(|name| Some((*name, word(name, get(name))?)));
        match word {
            Some((name, Word::Harmless)) => {
                return Self::LeftAlone(format!("`{}` keeps nobody out", short(get(name))));
            }
            Some((_, Word::Suppresses("bounced"))) if reply_kind(&reply) == ReplyKind::Passing => {
                return Self::LeftAlone(format!("a soft bounce: {reply}"));
            }
            Some((_, Word::Suppresses(cause))) => return with(cause),
            None => {}
        }
        if Cause::of(&reason) != Cause::Other {
            return Self::Suppress(reason);
        }
        if let Some(cause) = phrase(&reply) {
            return Self::Suppress(if bare { reply } else { format!("{cause}: {reply}") });
        }
        let kind = reply_kind(&reply);
        match (file, kind) {
            (Some(FileCause::Blocks), _) => Self::LeftAlone(format!(
                "a block is of one letter, and not of the mailbox: {reply}"
            )),
            (Some(FileCause::Unsubscribes), _) => with("unsubscribed"),
            (Some(FileCause::Complaints), _) => with("complaint"),
            (_, ReplyKind::Passing) => Self::LeftAlone(format!("a soft bounce: {reply}")),
            (Some(FileCause::Bounces | FileCause::Invalid), _) | (None, ReplyKind::Gone) => {
                with("bounced")
            }
            (None, ReplyKind::Unknown) => Self::Suppress(reason),
        }
    }
}

/// The text of a column.
fn text<'c>(columns: &'c Columns, name: &str) -> &'c str {
    columns.iter().find(|(own, _)| own == name).map_or("", |(_, text)| text.trim())
}

/// Whether a row is of a `suppressions.csv`: its reasons are kept as they are.
fn is_own_format(columns: &Columns) -> bool {
    let has = |name: &str| columns.iter().any(|(own, _)| own == name);
    has("address") && has("reason") && has("source") && has("date")
}

/// The tags that somebody left, where these are not all (Mailgun).
fn left_some(columns: &Columns) -> Option<String> {
    let has = |name: &str| columns.iter().any(|(own, _)| own == name);
    if !has("tags") || !has("created_at") || !has("address") {
        return None;
    }
    let tags = text(columns, "tags").trim_matches(['[', ']', '"', '\'', ' ']);
    (!matches!(tags, "" | "*") && !tags.contains('*')).then(|| short(tags))
}

/// What a server said of the address, the code first.
fn reply(columns: &Columns) -> String {
    let mut words: Vec<&str> = Vec::new();
    for name in REPLIES {
        let text = text(columns, name);
        let is_word =
            word(name, text).is_some() || matches!(plain(text).as_str(), "active" | "inactive");
        if !text.is_empty() && !is_word && !words.iter().any(|other| other.contains(text)) {
            words.push(text);
        }
    }
    // `5.1.1` is said once more by `550 5.1.1 user unknown`.
    let all = words.clone();
    words.retain(|word| !all.iter().any(|other| other.len() > word.len() && other.contains(word)));
    short(&words.join(" "))
}

/// The cause that an editor's own words name; what a server says has a code.
fn phrase(words: &str) -> Option<&'static str> {
    if words.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let words = words.to_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    if has(&["complain", "marked as spam", "reported as spam", "spam report", "abuse report"]) {
        Some("complaint")
    } else if has(&["unsubscrib", "opted out", "opt out", "opt-out"]) {
        Some("unsubscribed")
    } else {
        None
    }
}

/// Words of providers for a mailbox that is gone.
const BOUNCED: &str = " hardbounce hardbounces hardbounced hard bounce bounces bounced permanent invalid \
    invalidemail invalidemailaddress undeliverable cleaned suppressbounce bademailaddress \
    permanentbounce ";
/// Words of providers for who called a letter spam.
const COMPLAINED: &str = " complaint complaints complained spamcomplaint spam spamreport spamreports \
    spamnotification abuse contactflaggedasspam fbl markedasspam iscomplaint ";
/// Words of providers for who left.
const LEFT: &str = " unsubscribe unsubscribes unsubscribed unsub unsubscribedviama \
    unsubscribedviaemail unsubscribedviaapi manualsuppression optout optedout listunsubscribe \
    globalunsubscribe groupunsubscribe ";
/// Words of providers for whom an editor keeps out.
const KEPT_OUT: &str = " adminblocked blocklisted blacklisted blocklist blacklist ";
/// Words of providers for what keeps nobody out.
const HARMLESS: &str = " softbounce softbounces softbounced soft transient transientbounce deferred \
    deferral delayed temporary mailboxfull dnserror autoresponder addresschange \
    challengeverification virus delivered delivery sent send request requests processed opened open \
    firstopening uniqueopened click clicked clicks subscribe subscribed resubscribe ";

/// The meaning of a cell that is a word of some provider.
fn word(column: &str, cell: &str) -> Option<Word> {
    let word = plain(cell).replace('_', "");
    let is_in = |words: &str| !word.is_empty() && words.contains(&format!(" {word} "));
    let blocked = matches!(word.as_str(), "blocked" | "block");
    Some(match () {
        () if is_in(BOUNCED) => Word::Suppresses("bounced"),
        () if is_in(COMPLAINED) => Word::Suppresses("complaint"),
        () if is_in(LEFT) => Word::Suppresses("unsubscribed"),
        () if is_in(KEPT_OUT) || (blocked && !EVENTS.contains(&column)) => {
            Word::Suppresses("blocked")
        }
        () if is_in(HARMLESS) || blocked => Word::Harmless,
        () => return None,
    })
}

fn is_no(cell: &str) -> bool {
    matches!(
        plain(cell).as_str(),
        "no" | "n" | "false" | "f" | "0" | "falsch" | "nein" | "faux" | "non"
    )
}

fn short(text: &str) -> String {
    clean(text).trim().chars().take(REPLY_MAX).collect()
}
