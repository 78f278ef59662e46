//! Tells from a server's words in an export whether a mailbox is gone or was only not reached.

/// What a reply says of a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReplyKind {
    /// There is none, and will be none.
    Gone,
    /// The letter was not taken, and another one may be.
    Passing,
    /// Nothing.
    Unknown,
}

/// Words of a mailbox that is full or of a server that was not reached.
const PASSING: [&str; 19] = [
    "mailbox full",
    "mailbox is full",
    "over quota",
    "overquota",
    "quota exceeded",
    "exceeded quota",
    "insufficient storage",
    "out of storage",
    "temporar",
    "try again",
    "try later",
    "greylist",
    "graylist",
    "rate limit",
    "throttl",
    "timed out",
    "timeout",
    "deferred",
    "soft bounce",
];
/// Words of a letter that is not wanted, where a code shows that a server says them.
const REFUSED: [&str; 15] = [
    "connection",
    "blocked",
    "block list",
    "blocklist",
    "blacklist",
    "spam",
    "policy",
    "reputation",
    "too many",
    "too large",
    "message size",
    "storage",
    "spf",
    "dkim",
    "dmarc",
];
/// Words of a mailbox that is not there.
const GONE: [&str; 30] = [
    "user unknown",
    "unknown user",
    "no such user",
    "no such recipient",
    "no such mailbox",
    "no such address",
    "unknown recipient",
    "recipient unknown",
    "does not exist",
    "doesn't exist",
    "do not exist",
    "not exist",
    "invalid recipient",
    "invalid mailbox",
    "invalid address",
    "no mailbox",
    "mailbox not found",
    "user not found",
    "recipient not found",
    "address rejected",
    "recipient rejected",
    "mailbox unavailable",
    "unrouteable",
    "unroutable",
    "mailbox disabled",
    "account disabled",
    "account is disabled",
    "no longer",
    "previously bounced",
    "domain not found",
];

/// Reads a reply: its enhanced code (RFC 3463), its words, its code.
pub(super) fn reply_kind(reply: &str) -> ReplyKind {
    let text = reply.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match enhanced(&text) {
        Some((5, 1, 0..=3 | 6 | 10)) => return ReplyKind::Gone,
        Some((4, ..) | (5, 2, 2..=4) | (5, 3..=7, _)) => return ReplyKind::Passing,
        Some((5, 2, 1)) if !has(&["full", "quota"]) => return ReplyKind::Gone,
        _ => {}
    }
    if has(&GONE) {
        return ReplyKind::Gone;
    }
    let code = text.split(|c: char| !c.is_ascii_digit()).find(|code| !code.is_empty());
    let code = code.filter(|code| code.len() == 3).and_then(|code| code.parse::<u16>().ok());
    let by_server =
        code.is_some_and(|code| (400..600).contains(&code)) || enhanced(&text).is_some();
    if has(&PASSING) || (by_server && has(&REFUSED)) {
        return ReplyKind::Passing;
    }
    match code {
        Some(550 | 551 | 553 | 605) => ReplyKind::Gone,
        Some(400..=499 | 552) => ReplyKind::Passing,
        _ => ReplyKind::Unknown,
    }
}

/// The first enhanced code in a text.
fn enhanced(text: &str) -> Option<(u16, u16, u16)> {
    let words = text.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    words.into_iter().find_map(|word| {
        let mut numbers = word.trim_matches('.').split('.').map(str::parse::<u16>);
        let code = (numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
        (numbers.next().is_none() && matches!(code.0, 2 | 4 | 5)).then_some(code)
    })
}

#[cfg(test)]
mod tests {
    use crate::audience::blocklist::reply::{ReplyKind, reply_kind};

    #[test]
    fn a_reply_says_whether_the_mailbox_is_gone() {
        let replies = [
            ("550 5.1.1 The email account that you tried to reach does not exist", ReplyKind::Gone),
            ("5.1.1", ReplyKind::Gone),
            ("550 No such user here", ReplyKind::Gone),
            ("552 5.2.2 mailbox full", ReplyKind::Passing),
            ("452 4.2.2 over quota", ReplyKind::Passing),
            ("550 5.7.1 Message rejected due to policy", ReplyKind::Passing),
            ("554 Message blocked as spam from 192.0.2.1", ReplyKind::Passing),
            ("4.4.7", ReplyKind::Passing),
            ("550", ReplyKind::Gone),
            ("left at the fair", ReplyKind::Unknown),
            ("told us that it is spam", ReplyKind::Unknown),
            ("", ReplyKind::Unknown),
        ];
        for (reply, kind) in replies {
            assert_eq!(reply_kind(reply), kind, "{reply}");
        }
    }
}
