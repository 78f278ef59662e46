//! The table of replies in, the outcome of one of them out.

use std::ops::RangeInclusive;

use crate::delivery::outcome::words::{
    ABSENT, AUTHENTICATION, DISTRUST, LOGIN_FIRST, MALFORMED, POLICY, QUOTA, RELAY, SENDER,
    SENDER_LIMIT, TOO_FAST, TOO_MUCH_FOR_READER,
};
use crate::delivery::outcome::{Outcome, Proof, Reason, Throttle};
use crate::transport::{Reply, Stage};

use Enhanced::{Any, Is};
use Outcome::{Refused, Stop};

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
const LOGIN: &[Stage] = &[Stage::Login];
const RECIPIENT: &[Stage] = &[Stage::Recipient];
const CONTENT: &[Stage] = &[Stage::Data, Stage::Message];
const FROM_RECIPIENT: &[Stage] = &[Stage::Recipient, Stage::Data, Stage::Message];
const BUT_RECIPIENT: &[Stage] = &[Stage::Mail, Stage::Data, Stage::Message];
const CONNECTION: &[Stage] = &[Stage::Greeting, Stage::Hello, Stage::StartTls];
/// Nothing was said of a recipient yet; a login is not tried again at once.
const BEFORE_RECIPIENT: &[Stage] = &[Stage::Greeting, Stage::Hello, Stage::StartTls, Stage::Mail];

const TEMPORARY: RangeInclusive<u16> = 400..=499;
const PERMANENT: RangeInclusive<u16> = 500..=599;
const FAILURE: RangeInclusive<u16> = 400..=599;

const REJECTED: Outcome = Outcome::Rejected { no_mailbox: false };
const NO_MAILBOX: Outcome = Outcome::Rejected { no_mailbox: true };
const RATE: Outcome = Outcome::Throttled(Throttle::Rate);
const REPUTATION: Outcome = Outcome::Throttled(Throttle::Reputation);
const AGAIN: Outcome = Outcome::Again { permanent: false };
const AGAIN_ONCE: Outcome = Outcome::Again { permanent: true };

/// Reply → outcome; the first row that fits decides. The stage comes first, then the code, which
/// alone says whether to try again, then the enhanced code (RFC 3463), then the words.
#[rustfmt::skip]
const RULES: &[Rule] = &[
    // Ours to set right: every next message would get the same.
    rule(ANY, 530..=530, Any, &[], Stop(Reason::Login)),
    rule(ANY, 534..=535, Any, &[], Stop(Reason::Login)),
    rule(ANY, 538..=538, Any, &[], Stop(Reason::Login)),
    rule(ANY, PERMANENT, Is(7, 57..=57), &[], Stop(Reason::Login)),
    rule(LOGIN, FAILURE, Is(7, 12..=12), &[], Stop(Reason::Login)),
    // What is missing (RFC 7372). Gmail gives some of these numbers another meaning.
    rule(ANY, FAILURE, Is(7, 20..=22), &[], Stop(Reason::Authentication(Proof::Dkim))),
    rule(ANY, FAILURE, Is(7, 23..=23), &["ptr record"], Stop(Reason::Authentication(Proof::ReverseDns))),
    rule(ANY, FAILURE, Is(7, 23..=24), &[], Stop(Reason::Authentication(Proof::Spf))),
    rule(ANY, FAILURE, Is(7, 25..=25), &[], Stop(Reason::Authentication(Proof::ReverseDns))),
    rule(ANY, FAILURE, Is(7, 26..=26), &[], Stop(Reason::Authentication(Proof::Any))),
    // RFC 7505: the sender's domain says that it takes no mail.
    rule(ANY, FAILURE, Is(7, 27..=27), &["null mx", "nullmx"], Stop(Reason::Sender)),
    rule(ANY, FAILURE, Is(7, 27..=27), &[], Stop(Reason::Authentication(Proof::Spf))),
    rule(ANY, FAILURE, Is(7, 29..=29), &[], Stop(Reason::Authentication(Proof::Tls))),
    rule(ANY, FAILURE, Is(7, 30..=30), &[], Stop(Reason::Authentication(Proof::Dkim))),
    rule(ANY, FAILURE, Is(7, 31..=31), &[], Stop(Reason::Authentication(Proof::Any))),
    rule(ANY, FAILURE, Is(7, 32..=32), &[], Stop(Reason::Authentication(Proof::Dmarc))),
    rule(ANY, FAILURE, Is(7, 40..=40), &[], Stop(Reason::Authentication(Proof::Dmarc))),
    rule(ANY, FAILURE, Is(7, 509..=509), &[], Stop(Reason::Authentication(Proof::Dmarc))),
    rule(ANY, FAILURE, Is(7, 515..=515), &[], Stop(Reason::Authentication(Proof::Any))),
    rule(ANY, PERMANENT, Is(4, 5..=5), &[], Stop(Reason::Quota)),
    rule(ANY, FAILURE, Any, QUOTA, Stop(Reason::Quota)),
    // The reader gets too much mail, from any sender: the mailbox is not dead.
    rule(RECIPIENT, PERMANENT, Is(2, 1..=1), TOO_MUCH_FOR_READER, REJECTED),
    rule(BUT_RECIPIENT, PERMANENT, Any, SENDER_LIMIT, Stop(Reason::Quota)),
    rule(RECIPIENT, PERMANENT, Any, SENDER_LIMIT, Refused(Reason::Quota)),
    rule(BUT_RECIPIENT, TEMPORARY, Any, SENDER_LIMIT, Stop(Reason::Quota)),
    // RFC 3463 §3.2: the sender's address, and its domain.
    rule(FROM_RECIPIENT, PERMANENT, Is(1, 7..=8), &[], Refused(Reason::Sender)),
    rule(FROM_RECIPIENT, PERMANENT, Any, AUTHENTICATION, Refused(Reason::Authentication(Proof::Any))),
    rule(ANY, PERMANENT, Any, RELAY, Stop(Reason::Relay)),
    rule(RECIPIENT, PERMANENT, Any, LOGIN_FIRST, Refused(Reason::Login)),
    rule(FROM_RECIPIENT, PERMANENT, Any, SENDER, Refused(Reason::Sender)),
    rule(ANY, PERMANENT, Is(3, 4..=4), &[], Stop(Reason::Size)),
    rule(ANY, PERMANENT, Is(2, 3..=3), &[], Stop(Reason::Size)),
    rule(LOGIN, PERMANENT, Any, &[], Stop(Reason::Login)),
    rule(CONNECTION, PERMANENT, Any, &[], Stop(Reason::Policy)),
    // A login that fails for now is left for long: a loop of logins locks the account.
    rule(LOGIN, TEMPORARY, Any, &[], Outcome::Deferred),
    // The reader gets too much mail, from whomever.
    rule(ANY, TEMPORARY, Is(2, 1..=1), &[], Outcome::Deferred),
    // Slower.
    rule(ANY, TEMPORARY, Is(7, 28..=28), &[], REPUTATION),
    rule(ANY, TEMPORARY, Is(7, 650..=651), &[], REPUTATION),
    rule(ANY, TEMPORARY, Any, DISTRUST, REPUTATION),
    rule(ANY, 432..=432, Any, &[], RATE),
    rule(ANY, TEMPORARY, Is(4, 5..=5), &[], RATE),
    rule(ANY, TEMPORARY, Any, TOO_FAST, RATE),
    // The transaction, which has one recipient: another one may do.
    rule(ANY, TEMPORARY, Is(5, 3..=3), &[], AGAIN),
    rule(ANY, TEMPORARY, Any, &["too many recipients", "multiple destination domains"], AGAIN),
    rule(FROM_RECIPIENT, PERMANENT, Is(5, 3..=3), &[], AGAIN_ONCE),
    rule(FROM_RECIPIENT, PERMANENT, Any, &["too many recipients"], AGAIN_ONCE),
    // A refusal of the rate is no refusal for ever, whatever its code.
    rule(FROM_RECIPIENT, 550..=551, Any, TOO_FAST, RATE),
    rule(FROM_RECIPIENT, 554..=554, Any, TOO_FAST, RATE),
    // Temporary means later, whatever else is said.
    rule(BEFORE_RECIPIENT, 421..=421, Any, &[], Outcome::Closed),
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
    rule(FROM_RECIPIENT, PERMANENT, Enhanced::None, POLICY, Outcome::Unwanted),
    rule(RECIPIENT, 550..=551, Enhanced::None, ABSENT, NO_MAILBOX),
    rule(RECIPIENT, 553..=553, Enhanced::None, ABSENT, NO_MAILBOX),
    // One strange address must not stop a run: Gmail says 555 to some, others 501.
    rule(RECIPIENT, 501..=501, Any, &[], REJECTED),
    rule(RECIPIENT, 555..=555, Any, &[], REJECTED),
    // Our commands.
    rule(ANY, 500..=504, Any, &[], Stop(Reason::Protocol)),
    rule(ANY, 555..=555, Any, &[], Stop(Reason::Protocol)),
    rule(ANY, PERMANENT, Is(5, 0..=999), &[], Stop(Reason::Protocol)),
    // Our sender, our message.
    rule(BUT_RECIPIENT, 552..=552, Enhanced::None, &[], Stop(Reason::Size)),
    rule(MAIL, 552..=552, Any, &[], Stop(Reason::Size)),
    rule(MAIL, PERMANENT, Any, &[], Stop(Reason::Sender)),
    rule(CONTENT, PERMANENT, Is(6, 0..=0), &[], Stop(Reason::Message)),
    rule(CONTENT, PERMANENT, Is(7, 0..=0), &[], Stop(Reason::Message)),
    rule(CONTENT, PERMANENT, Is(7, 1..=1), MALFORMED, Stop(Reason::Message)),
    // Us. One reader's server may say so for itself; `Refusals` counts how many do.
    rule(RECIPIENT, PERMANENT, Is(7, 0..=0), &[], Outcome::Unwanted),
    rule(FROM_RECIPIENT, PERMANENT, Is(7, 1..=1), &[], Outcome::Unwanted),
    rule(FROM_RECIPIENT, PERMANENT, Is(7, 500..=999), &[], Outcome::Unwanted),
    // Everything else is about this recipient: a full mailbox, a rule of the reader's.
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
    // Neither yes nor no: `250` to DATA, `354` to RCPT.
    row(stage, reply).map_or(Stop(Reason::Protocol), |row| RULES[row].outcome)
}

/// The first row that fits.
fn row(stage: Stage, reply: &Reply) -> Option<usize> {
    let text = reply.text.to_lowercase();
    RULES.iter().position(|rule| rule.fits(stage, reply, &text))
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

#[cfg(test)]
mod tests {
    use crate::delivery::outcome::replies::{RULES, row};
    use crate::transport::Stage;

    #[test]
    fn every_row_decides_a_case() {
        let mut idle: Vec<_> = (0..RULES.len()).collect();
        let cases = include_str!("../../../tests/cases/replies.txt");
        for case in cases.lines().filter(|case| !case.starts_with('#')) {
            let [stage, reply, _] = case.split(" | ").collect::<Vec<_>>()[..] else { continue };
            let stage = match stage {
                "greeting" => Stage::Greeting,
                "hello" => Stage::Hello,
                "login" => Stage::Login,
                "mail" => Stage::Mail,
                "recipient" => Stage::Recipient,
                "data" => Stage::Data,
                _ => Stage::Message,
            };
            let decides = row(stage, &reply.parse().unwrap());
            idle.retain(|row| Some(*row) != decides);
        }
        assert_eq!(idle, [0; 0], "rows without a case, counted from 0");
    }
}
