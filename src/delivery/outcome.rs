//! A server's reply and the stage it came at in, what it makes of the recipient out.

use std::fmt;
use std::ops::RangeInclusive;

use crate::transport::{Reply, Stage};

use Enhanced::{Any, Is};
use Outcome::Stop;

/// What a reply makes of a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The server did what it was asked.
    Accepted,
    /// Later: the recipient is tried again.
    Deferred,
    /// Never; the message is not tried again.
    Rejected {
        /// There is no such mailbox: the address is suppressed.
        no_mailbox: bool,
    },
    /// The next message would get the same answer: the run stops, and this one is not counted.
    Stop(Reason),
}

/// What has to be set right before a run can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The server wants a login, or another one.
    Login,
    /// The server does not take mail for others from us.
    Relay,
    /// SPF, DKIM, DMARC, a PTR record or TLS is missing (RFC 7372).
    Authentication,
    /// The server does not take mail from this sender.
    Sender,
    /// No more mail today.
    Quota,
    /// The message is too large.
    Size,
    /// The message is not well-formed, or its content is not wanted.
    Message,
    /// A command was not understood: a bug, here or there.
    Protocol,
    /// It rejects one recipient after the other.
    Everyone,
}

impl Reason {
    /// What to do about it.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::Login => "check `username`, `password` and `auth_protocol` in `[smtp]`",
            Self::Relay => "log in, or ask the server's operator to let this machine send",
            Self::Authentication => {
                "publish the SPF, DKIM and DMARC records of the sender's domain; the reply says which"
            }
            Self::Sender => "use a `from` and a `return_path` that the server lets you send from",
            Self::Quota => "run it again when the server's limit is lifted, usually tomorrow",
            Self::Size => "make pictures and attachments smaller, or link to them",
            Self::Message => "read the reply, and mend the issue",
            Self::Protocol => "report the reply as a bug",
            Self::Everyone => {
                "read the reply: the server may not know its own users for now, or not want mail from us; none of these addresses was suppressed"
            }
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Login => "the mail server wants a login",
            Self::Relay => "the mail server does not relay",
            Self::Authentication => "the sender's domain is not authenticated",
            Self::Sender => "the mail server does not take mail from this sender",
            Self::Quota => "the mail server takes no more mail for now",
            Self::Size => "the message is too large",
            Self::Message => "the mail server does not want this message",
            Self::Protocol => "the mail server does not understand what it is sent",
            Self::Everyone => "the mail server rejects one reader after the other",
        })
    }
}

/// A row of the table: it applies where all that it names fits.
struct Rule {
    stages: &'static [Stage],
    codes: RangeInclusive<u16>,
    enhanced: Enhanced,
    /// One of these is in the text, which is in lower case; no words fit every text.
    words: &'static [&'static str],
    outcome: Outcome,
}

/// What a rule wants of the enhanced code, whose class does not matter.
enum Enhanced {
    Any,
    None,
    Is(u16, RangeInclusive<u16>),
}

const ANY: &[Stage] = &[];
const MAIL: &[Stage] = &[Stage::Mail];
const RECIPIENT: &[Stage] = &[Stage::Recipient];
const CONTENT: &[Stage] = &[Stage::Data, Stage::Message];
const BEFORE_RECIPIENT: &[Stage] = &[Stage::Mail, Stage::Data, Stage::Message];

const TEMPORARY: RangeInclusive<u16> = 400..=499;
const PERMANENT: RangeInclusive<u16> = 500..=599;
const FAILURE: RangeInclusive<u16> = 400..=599;
const REJECTED: Outcome = Outcome::Rejected { no_mailbox: false };
const NO_MAILBOX: Outcome = Outcome::Rejected { no_mailbox: true };

const RELAY: &[&str] = &["relay", "rcpthosts"];
const QUOTA: &[&str] = &[
    "daily message quota",
    "daily user sending",
    "daily sending",
    "sending quota",
    "sending limit",
];
const MALFORMED: &[&str] = &["rfc 5322", "rfc 2822", "rfc5322", "rfc2822"];

/// What a refusal without an enhanced code says when it is about a mailbox that does not exist.
const ABSENT: &[&str] = &[
    "no such",
    "user unknown",
    "unknown user",
    "unknown recipient",
    "recipient unknown",
    "unknown mailbox",
    "not exist",
    "n't exist",
    "not found",
    "no mailbox",
    "invalid mailbox",
    "mailbox name invalid",
    "invalid recipient",
    "mailbox unavailable",
    "not a valid mailbox",
    "not our customer",
    "account disabled",
    "account is disabled",
    "mailbox disabled",
];

/// Reply → outcome; the first row that fits decides. The stage comes first, then the code, which
/// alone says whether to try again, then the enhanced code (RFC 3463), then the words.
#[rustfmt::skip]
const RULES: &[Rule] = &[
    // Ours to set right: every next message would get the same.
    rule(ANY, 530..=530, Any, &[], Stop(Reason::Login)),
    rule(ANY, 534..=535, Any, &[], Stop(Reason::Login)),
    rule(ANY, 538..=538, Any, &[], Stop(Reason::Login)),
    // 7.28 is a flood of mail, which passes.
    rule(ANY, FAILURE, Is(7, 20..=27), &[], Stop(Reason::Authentication)),
    rule(ANY, FAILURE, Is(7, 29..=32), &[], Stop(Reason::Authentication)),
    rule(ANY, FAILURE, Is(7, 40..=40), &[], Stop(Reason::Authentication)),
    rule(ANY, FAILURE, Is(7, 515..=515), &[], Stop(Reason::Authentication)),
    rule(ANY, PERMANENT, Is(4, 5..=5), &[], Stop(Reason::Quota)),
    rule(ANY, FAILURE, Any, QUOTA, Stop(Reason::Quota)),
    rule(ANY, PERMANENT, Any, RELAY, Stop(Reason::Relay)),
    rule(ANY, PERMANENT, Is(3, 4..=4), &[], Stop(Reason::Size)),
    rule(ANY, PERMANENT, Is(2, 3..=3), &[], Stop(Reason::Size)),
    // Temporary means later, whatever else is said.
    rule(ANY, TEMPORARY, Any, &[], Outcome::Deferred),
    // The mailbox.
    rule(RECIPIENT, 556..=556, Any, &[], NO_MAILBOX),
    rule(RECIPIENT, PERMANENT, Is(1, 1..=1), &[], NO_MAILBOX),
    rule(RECIPIENT, PERMANENT, Is(1, 3..=3), &[], NO_MAILBOX),
    rule(RECIPIENT, PERMANENT, Is(1, 6..=6), &[], NO_MAILBOX),
    rule(RECIPIENT, PERMANENT, Is(1, 10..=10), &[], NO_MAILBOX),
    rule(RECIPIENT, PERMANENT, Is(2, 1..=1), &[], NO_MAILBOX),
    rule(CONTENT, PERMANENT, Is(1, 1..=1), &[], NO_MAILBOX),
    rule(CONTENT, PERMANENT, Is(1, 10..=10), &[], NO_MAILBOX),
    // Outlook.com says 5.5.0 of a mailbox that does not exist.
    rule(RECIPIENT, 550..=550, Is(5, 0..=0), &["mailbox unavailable"], NO_MAILBOX),
    // Without an enhanced code only the words can say so; other words are no evidence.
    rule(RECIPIENT, 550..=551, Enhanced::None, ABSENT, NO_MAILBOX),
    rule(RECIPIENT, 553..=553, Enhanced::None, ABSENT, NO_MAILBOX),
    // One strange address must not stop a run: Gmail says 555 to some, others 501.
    rule(RECIPIENT, 501..=501, Any, &[], REJECTED),
    rule(RECIPIENT, 555..=555, Any, &[], REJECTED),
    rule(RECIPIENT, PERMANENT, Is(5, 3..=3), &[], REJECTED),
    // Our commands.
    rule(ANY, 500..=504, Any, &[], Stop(Reason::Protocol)),
    rule(ANY, 555..=555, Any, &[], Stop(Reason::Protocol)),
    rule(ANY, PERMANENT, Is(5, 0..=999), &[], Stop(Reason::Protocol)),
    // Our sender, our message.
    rule(BEFORE_RECIPIENT, 552..=552, Enhanced::None, &[], Stop(Reason::Size)),
    rule(MAIL, 552..=552, Any, &[], Stop(Reason::Size)),
    rule(MAIL, PERMANENT, Any, &[], Stop(Reason::Sender)),
    rule(CONTENT, PERMANENT, Is(6, 0..=0), &[], Stop(Reason::Message)),
    rule(CONTENT, PERMANENT, Is(7, 0..=0), &[], Stop(Reason::Message)),
    rule(CONTENT, PERMANENT, Is(7, 1..=1), MALFORMED, Stop(Reason::Message)),
    // Everything else is about this recipient: policy, a full mailbox, a rule of the reader's.
    rule(ANY, PERMANENT, Any, &[], REJECTED),
];

const fn rule(
    stages: &'static [Stage],
    codes: RangeInclusive<u16>,
    enhanced: Enhanced,
    words: &'static [&'static str],
    outcome: Outcome,
) -> Rule {
    Rule { stages, codes, enhanced, words, outcome }
}

/// What a reply at a stage makes of the recipient.
#[must_use]
pub fn outcome(stage: Stage, reply: &Reply) -> Outcome {
    let agreed = if stage == Stage::Data { reply.code == 354 } else { reply.is_positive() };
    if agreed {
        return Outcome::Accepted;
    }
    let text = reply.text.to_lowercase();
    let fits = RULES.iter().find(|rule| rule.fits(stage, reply, &text));
    // Neither yes nor no: `250` to DATA, `354` to RCPT.
    fits.map_or(Stop(Reason::Protocol), |rule| rule.outcome)
}

impl Rule {
    fn fits(&self, stage: Stage, reply: &Reply, text: &str) -> bool {
        let enhanced = match (&self.enhanced, reply.enhanced) {
            (Any, _) | (Enhanced::None, None) => true,
            (Is(subject, details), Some((_, is, detail))) => {
                *subject == is && details.contains(&detail)
            }
            (Is(..), None) | (Enhanced::None, Some(_)) => false,
        };
        enhanced
            && (self.stages.is_empty() || self.stages.contains(&stage))
            && self.codes.contains(&reply.code)
            && (self.words.is_empty() || self.words.iter().any(|word| text.contains(word)))
    }
}
