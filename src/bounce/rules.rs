//! What was said of a recipient in, the reason and the rule that found it out: one table, as data.

use std::ops::RangeInclusive;

use crate::bounce::answer::Phase;
use crate::bounce::parties::{self, Said};
use crate::bounce::phrases::{self, Plain, absent, later, refused};
use crate::bounce::report::{Class, Reason};
use crate::bounce::status::Status;

use When::{Any, ForGood, ForNow, Is, Reply};

/// A row of the table: it applies where both the codes and the words fit.
struct Rule {
    when: When,
    /// One of these is in the words; none fit all words.
    words: &'static [&'static str],
    reason: Reason,
    /// Where it is from.
    source: &'static str,
    /// Whether its words are said of much else, too.
    is_vague: bool,
}

/// What a rule wants of the codes.
enum When {
    Any,
    /// The failure is for good, or nobody said that it is not.
    ForGood,
    ForNow,
    /// Subject and detail of the enhanced status code; its class does not matter.
    Is(u16, RangeInclusive<u16>),
    Reply(RangeInclusive<u16>),
}

const NONE: &[&str] = &[];
/// Microsoft 365 tells strangers that they may not, where there is no such mailbox.
const EDGE: &[&str] =
    &["recipient address rejected: access denied", "recipient addresses rejected : access denied"];
/// The mark that Microsoft 365 puts behind it.
const EDGE_CODE: &[&str] = &["as(2018062"];
/// What is about the letter or its sender, whatever the code: Facebook gives 5.1.1 to all that its
/// readers do not want.
const OURS: &[&str] = &[
    "spam message",
    "message is spam",
    "as spam",
    "rejected due to content",
    "recipient's filter",
    "recipient's rule",
    "will not accept delivery of this",
    "spam detected",
    "due to recipient preferences",
];
const POSTPONED: &[&str] = &["delivery temporarily suspended"];

const ENHANCED: &str = "RFC 3463 and the registry of enhanced status codes";
const WORDS: &str = "words that servers are known to say";
const MICROSOFT: &str = "Microsoft 365, directory-based edge blocking";
const OWNER: &str = "RFC 7293 §7: the mailbox or its domain has a new owner";
const NULL_MX: &str = "RFC 7505 §4";
const REPLIES: &str = "RFC 5321 §4.2.2";

/// The first row that fits decides. Words that can only mean us go before every code, as servers
/// give any code to what they refuse; what only the mailbox can be comes next; then the codes say
/// it, and last the words that may mean many things.
#[rustfmt::skip]
const RULES: &[Rule] = &[
    rule(Is(1, 7..=8), NONE, Reason::Authentication, ENHANCED),
    rule(Is(7, 17..=18), NONE, Reason::Moved, OWNER),
    rule(Is(7, 13..=13), NONE, Reason::Disabled, "RFC 5248 §2.4: the account is disabled"),
    rule(Reply(525..=525), NONE, Reason::Disabled, "RFC 5248 §2.4: the account is disabled"),
    rule(Any, EDGE_CODE, Reason::NoMailbox, MICROSOFT),
    // Postfix says the same of what a table of its operator refuses, with a code of a policy.
    rule(Is(7, 1..=1), EDGE, Reason::Unwanted, "Postfix, a table of access"),
    rule(Any, EDGE, Reason::NoMailbox, MICROSOFT),
    rule(Any, POSTPONED, Reason::Unreachable, "Postfix, of a server that did not answer before"),
    rule(Any, later::GREYLISTED, Reason::Greylisted, WORDS),
    rule(Any, absent::DOMAIN_PERHAPS, Reason::NoDomain, "cPanel, of a look-up that failed"),
    rule(Any, refused::SENDER, Reason::Unwanted, WORDS),
    rule(Any, absent::NO_MAIL, Reason::NoDomain, NULL_MX),
    rule(Any, later::LOOKUP, Reason::Unreachable, "a name server that did not answer"),
    rule(Any, refused::REPUTATION, Reason::Reputation, WORDS),
    rule(Any, refused::AUTHENTICATION, Reason::Authentication, WORDS),
    rule(Any, OURS, Reason::Unwanted, WORDS),
    rule(Is(7, 20..=29), NONE, Reason::Authentication, "RFC 7372"),
    // GoDaddy gives 5.1.1 to who sends too much.
    rule(Any, refused::TOO_MUCH, Reason::RateLimited, WORDS),
    rule(Is(4, 7..=7), NONE, Reason::Expired, ENHANCED),
    rule(Is(2, 2..=2), NONE, Reason::Full, ENHANCED),
    rule(Is(2, 3..=3), NONE, Reason::TooBig, ENHANCED),
    rule(Is(3, 4..=4), NONE, Reason::TooBig, ENHANCED),
    rule(Is(4, 6..=6), NONE, Reason::Loop, ENHANCED),
    rule(Reply(556..=556), NONE, Reason::NoDomain, NULL_MX),
    rule(Is(1, 1..=1), later::FULL, Reason::Full, WORDS),
    rule(Any, absent::RECIPIENT_DOMAIN, Reason::NoDomain, WORDS),
    // A server that says this of a mailbox that it does not know is asked about nothing else.
    rule(ForGood, absent::MAILBOX, Reason::NoMailbox, WORDS),
    rule(Is(1, 10..=10), NONE, Reason::NoDomain, NULL_MX),
    rule(Any, later::FULL, Reason::Full, WORDS),
    rule(Any, refused::RATE, Reason::RateLimited, WORDS),
    rule(Any, later::TOO_BIG, Reason::TooBig, WORDS),
    rule(Any, later::SUSPENDED, Reason::Suspended, WORDS),
    rule(Any, absent::DISABLED, Reason::Disabled, WORDS),
    rule(Any, later::LOOP, Reason::Loop, WORDS),
    rule(Any, later::PROGRAM, Reason::System, "a program or a file of the recipient's server"),
    rule(Is(1, 1..=1), NONE, Reason::NoMailbox, ENHANCED),
    rule(Is(1, 3..=3), NONE, Reason::NoMailbox, ENHANCED),
    rule(Is(1, 6..=6), NONE, Reason::Moved, ENHANCED),
    rule(Any, later::RELAY, Reason::Relay, WORDS),
    rule(Any, later::EXPIRED, Reason::Expired, WORDS),
    rule(Any, absent::DOMAIN, Reason::NoDomain, WORDS),
    rule(Is(1, 2..=2), NONE, Reason::NoDomain, ENHANCED),
    rule(Is(1, 9..=9), NONE, Reason::NoDomain, ENHANCED),
    rule(Any, absent::MAILBOX, Reason::NoMailbox, WORDS),
    rule(Any, absent::MOVED, Reason::Moved, WORDS),
    rule(Is(2, 1..=1), NONE, Reason::Disabled, ENHANCED),
    rule(Is(7, 0..=999), NONE, Reason::Unwanted, ENHANCED),
    rule(Is(6, 0..=999), refused::UNWANTED, Reason::Unwanted, WORDS),
    rule(Is(6, 0..=999), NONE, Reason::Content, ENHANCED),
    vague(Any, refused::UNWANTED, Reason::Unwanted),
    rule(Reply(551..=551), NONE, Reason::Moved, REPLIES),
    // Of a domain that does not answer, no word is said of the mailbox.
    rule(Any, later::UNREACHABLE, Reason::Unreachable, WORDS),
    vague(Any, later::SHELL, Reason::System),
    vague(Any, later::FAULT, Reason::System),
    vague(Any, later::CONTENT, Reason::Content),
    vague(ForGood, absent::MAILBOX_PERHAPS, Reason::NoMailbox),
    vague(Any, later::SYSTEM, Reason::System),
    rule(Is(1, 0..=999), NONE, Reason::NoMailbox, ENHANCED),
    rule(Is(2, 0..=999), NONE, Reason::System, ENHANCED),
    rule(Is(3, 0..=999), NONE, Reason::System, ENHANCED),
    rule(Is(4, 0..=999), NONE, Reason::Unreachable, ENHANCED),
    rule(Is(5, 0..=999), NONE, Reason::System, ENHANCED),
    vague(ForGood, refused::REFUSED, Reason::Unwanted),
    rule(Reply(552..=552), NONE, Reason::Full, REPLIES),
    rule(Reply(420..=459), NONE, Reason::System, REPLIES),
    rule(Reply(500..=504), NONE, Reason::System, REPLIES),
    rule(ForNow, NONE, Reason::System, ENHANCED),
];

const fn rule(
    when: When,
    words: &'static [&'static str],
    reason: Reason,
    source: &'static str,
) -> Rule {
    Rule { when, words, reason, source, is_vague: false }
}

const fn vague(when: When, words: &'static [&'static str], reason: Reason) -> Rule {
    Rule { when, words, reason, source: WORDS, is_vague: true }
}

/// What is known of one failure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts<'f> {
    pub(super) status: Option<Status>,
    pub(super) reply: Option<u16>,
    /// What was said.
    pub(super) words: &'f Plain,
    /// Where the words stand.
    pub(super) place: &'static str,
    /// The command that was answered, where that is told.
    pub(super) phase: Option<Phase>,
}

/// What a rule made of the facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) reason: Reason,
    pub(super) class: Class,
    /// The rule, in words: what it saw, and where it is from.
    pub(super) why: String,
}

/// The verdict of the first rule that fits, as far as the command that was answered allows it. That
/// none fits is a verdict, too: it may work again.
pub(super) fn judge(facts: Facts<'_>) -> Verdict {
    let found = RULES.iter().find_map(|rule| Some((rule.reason, rule.source, rule.fits(facts)?)));
    let (reason, source, fit) = found.unwrap_or((Reason::Unknown, "", Fit::default()));
    let (why, source) = match reason {
        Reason::Unknown => ("no rule knows the codes or the words".to_owned(), source),
        _ => (fit.saw, source),
    };
    let why = if source.is_empty() { why } else { format!("{why} ({source})") };
    let verdict = |reason: Reason, why: String| {
        let class = reason.class(facts.is_for_now());
        let why = match (reason.class(false), class) {
            (Class::Hard, Class::Soft) => format!("{why}, but for now"),
            _ => why,
        };
        Verdict { reason, class, why }
    };
    if fit.is_of_sender {
        return verdict(Reason::Authentication, format!("{why}, said of the sender"));
    }
    match facts.phase {
        Some(phase) if phase.is_before_recipient() && facts.is_about_us(reason) => verdict(
            Reason::Authentication,
            format!("{why}; it answers {}, before any recipient was named", phase.words()),
        ),
        Some(Phase::Message) if reason == Reason::NoMailbox && !facts.is_sure() => Verdict {
            reason,
            class: Class::Soft,
            why: format!("{why}; but it answers the message, and may be a filter of the recipient"),
        },
        _ => verdict(reason, why),
    }
}

/// Whether the words alone say what is wrong, and can mean nothing else.
pub(super) fn says_clearly(words: &Plain) -> bool {
    let clear = RULES.iter().filter(|rule| !rule.words.is_empty() && !rule.is_vague);
    clear.into_iter().any(|rule| rule.fits(Facts::of_words(words)).is_some())
}

/// Whether the words alone say what may be wrong.
pub(super) fn says_something(words: &Plain) -> bool {
    let facts = Facts::of_words(words);
    RULES.iter().any(|rule| !rule.words.is_empty() && rule.fits(facts).is_some())
}

impl<'f> Facts<'f> {
    fn of_words(words: &'f Plain) -> Self {
        Self { status: None, reply: None, words, place: "", phase: None }
    }

    /// Whether the failure is one that was given up, and not one for good (RFC 3463 §3.1).
    fn is_for_now(self) -> bool {
        match (self.status, self.reply) {
            (Some(status), None) => status.class == 4,
            (Some(status), Some(_)) if status.is_specific() => status.class == 4,
            (_, reply) => reply.is_some_and(|code| code / 100 == 4),
        }
    }

    /// Whether a refusal before any recipient was named is one of the sender.
    fn is_about_us(self, reason: Reason) -> bool {
        let says_no_mail = || phrases::first(absent::NO_MAIL, self.words).is_some();
        match reason {
            Reason::NoMailbox | Reason::Disabled | Reason::Moved => true,
            Reason::NoDomain => self.phase == Some(Phase::Sender) || !says_no_mail(),
            Reason::Unknown | Reason::Relay | Reason::System => !self.is_for_now(),
            _ => false,
        }
    }

    /// Whether the code says of itself that there is no such mailbox: carriers say "unknown user"
    /// after the message of what a filter refuses, with other codes or none.
    fn is_sure(self) -> bool {
        let is_sure = |status: Status| status.subject == 1 && status.detail != 0;
        let says_so = || self.words.contains("resolver.adr");
        self.status.is_some_and(is_sure) || says_so()
    }
}

/// What a rule saw where it fits.
#[derive(Debug, Default)]
struct Fit {
    /// The codes and the words.
    saw: String,
    /// Whether the words are said of the sender alone.
    is_of_sender: bool,
}

impl Rule {
    /// What it saw, where it fits.
    fn fits(&self, facts: Facts<'_>) -> Option<Fit> {
        let code = match (&self.when, facts.status) {
            (Any, _) => None,
            (ForGood, _) if !facts.is_for_now() => None,
            (ForNow, _) if facts.is_for_now() => Some("a failure for now".to_owned()),
            (Is(subject, details), Some(status))
                if *subject == status.subject && details.contains(&status.detail) =>
            {
                Some(format!("status {status}"))
            }
            (Reply(codes), _) if facts.reply.is_some_and(|code| codes.contains(&code)) => {
                facts.reply.map(|code| format!("reply {code}"))
            }
            (ForGood | ForNow | Is(..) | Reply(_), _) => return None,
        };
        let is_of_absence = matches!(
            self.reason,
            Reason::NoMailbox | Reason::NoDomain | Reason::Disabled | Reason::Moved
        );
        let said = match is_of_absence {
            true => parties::said_of(self.words, facts.words),
            false => phrases::first(self.words, facts.words).map(|p| (p, Said::OfRecipient)),
        };
        if said.is_none() && !self.words.is_empty() {
            return None;
        }
        let is_silent = self.words.is_empty();
        let is_of_sender = match said {
            Some((_, said)) => said == Said::OfSender,
            None => is_of_absence && is_silent && parties::is_about_sender(facts.words),
        };
        let phrase =
            said.map(|(phrase, _)| format!("the words “{}” in {}", phrase.trim(), facts.place));
        let saw: Vec<_> = [code, phrase].into_iter().flatten().collect();
        Some(Fit { saw: saw.join(" and "), is_of_sender })
    }
}
