//! What became of each message in, a line for people or for machines out.

use serde_json::{Value, json};

use crate::bounce::{Kind, Message};
use crate::cli::bounces::source::Place;
use crate::cli::count;
use crate::cli::env::Env;
use crate::cli::failure::Failure;
use crate::field::clean;
use crate::returns::{Decision, Failing, Item, Verdict, Whose, missing};

/// Tells what became of messages, and counts them.
#[derive(Debug)]
pub(super) struct Summary {
    json: bool,
    dry: bool,
    all: u64,
    suppressed: u64,
    counted: u64,
    unproven: u64,
    left: u64,
    repeated: u64,
}

impl Summary {
    pub(super) fn new(json: bool, dry: bool) -> Self {
        Self { json, dry, all: 0, suppressed: 0, counted: 0, unproven: 0, left: 0, repeated: 0 }
    }

    /// Prints the line of a message; there is none for people where nothing is to be said.
    pub(super) fn add(
        &mut self,
        env: &mut Env,
        place: &Place,
        item: &Item,
        verdict: &Verdict,
    ) -> Result<(), Failure> {
        self.all += 1;
        let counter = match &verdict.decision {
            Decision::Suppress { .. } => Some(&mut self.suppressed),
            Decision::Count(_) => Some(&mut self.counted),
            Decision::Unproven => Some(&mut self.unproven),
            Decision::Leave(_) => Some(&mut self.left),
            Decision::Repeated => Some(&mut self.repeated),
            Decision::Already | Decision::Nothing(_) => None,
        };
        if let Some(counter) = counter {
            *counter += 1;
        }
        if self.json {
            let mut value = data(&item.message, Some(verdict));
            value["source"] = place.name.clone().into();
            env.print(&format!("{value}\n"))?;
        } else if !matches!(verdict.decision, Decision::Leave(_) | Decision::Repeated) {
            env.print(&format!("{}\n", clean(&sentence(place, &item.message, verdict))))?;
        }
        Ok(())
    }

    /// Says what it came to; where nobody sits in front, only if there is news.
    pub(super) fn say(&self, env: &mut Env) {
        if self.all == self.left + self.repeated && !env.terminal {
            return;
        }
        let told = self.suppressed + self.counted + self.unproven + self.left + self.repeated;
        let rest = self.all - told;
        let also = [
            (self.counted, "counted"),
            (rest, "of no account"),
            (self.repeated, "handled before"),
            (self.unproven, "unproven"),
            (self.left, "left alone"),
        ];
        let also = also.iter().filter(|(number, _)| *number > 0);
        let also: String = also.map(|(number, what)| format!(", {number} {what}")).collect();
        let end = if self.dry { " Nothing was changed." } else { "" };
        let messages = count(self.all, "message");
        env.say(format_args!("{messages}: {} suppressed{also}.{end}", self.suppressed));
        if self.unproven > 0 {
            env.say(
                "What is unproven suppresses nobody: it may be forged. `newsletter bounces explain` \
                 says more, and `newsletter suppressions add` does it by hand.",
            );
        }
    }
}

fn sentence(place: &Place, message: &Message, verdict: &Verdict) -> String {
    let failing = Failing::of(message, verdict.reader());
    let what = decision(verdict, failing.as_ref());
    match verdict.reader() {
        Some(reader) => {
            let issue = reader.sent.as_ref().map(|sent| format!(" ({})", sent.issue));
            format!("{}: {what}{}", reader.address, issue.unwrap_or_default())
        }
        None => {
            let named: Vec<&str> =
                message.recipients().map(|(address, _)| address).take(3).collect();
            let named = if named.is_empty() { "nobody".to_owned() } else { named.join(", ") };
            format!("{}: {what}; a {} that names {named}", place.name, message.kind)
        }
    }
}

/// The decision in words.
pub(super) fn decision(verdict: &Verdict, failing: Option<&Failing<'_>>) -> String {
    match &verdict.decision {
        Decision::Suppress { reason, .. } => format!("suppressed: {reason}"),
        Decision::Already => "suppressed before".to_owned(),
        Decision::Count(streak) => match failing {
            Some(failing) => {
                let (class, words) = (failing.class, failing.words());
                format!("counted, {}: {}, {words}", missing(class, streak), class.word())
            }
            None => "counted".to_owned(),
        },
        Decision::Nothing(why) => format!("nothing: {why}"),
        Decision::Repeated => "nothing: the same message was handled before".to_owned(),
        Decision::Unproven => "unproven".to_owned(),
        Decision::Leave(why) => format!("left alone: {why}"),
    }
}

/// What proves whose mail it is, in words.
pub(super) fn proof(whose: &Whose) -> String {
    match whose {
        Whose::Reader(reader) => {
            let issue = reader.sent.as_ref().map(|sent| format!(", the issue {}", sent.issue));
            let issue = issue.unwrap_or_default();
            format!("mail to {}{issue}: {}", reader.address, reader.proof.words())
        }
        Whose::Test => "mail of `send --test`: its return path carries that token".to_owned(),
        Whose::Forgotten => "mail of ours to a reader who was forgotten".to_owned(),
        Whose::Nobody { false_tokens: 0 } => {
            "nothing: neither a token of ours, nor a Message-ID of ours".to_owned()
        }
        Whose::Nobody { .. } => {
            "nothing: its token was not made with this publication's key and for a run in its journal"
                .to_owned()
        }
    }
}

/// All of it for machines.
pub(super) fn data(message: &Message, verdict: Option<&Verdict>) -> Value {
    let reader = verdict.and_then(Verdict::reader);
    let failing = Failing::of(message, reader);
    let report = failing.map(|failing| failing.report);
    let reports = message.reports.iter().map(|report| {
        json!({
            "recipient": report.recipient,
            "also": report.also,
            "found": report.found.to_string(),
            "action": report.action.to_string(),
            "status": report.status.map(|status| status.to_string()),
            "reply_code": report.reply_code,
            "diagnostic": report.diagnostic,
            "reason": report.reason.to_string(),
            "class": report.class.to_string(),
            "why": report.why,
        })
    });
    let named = message.recipients().next().map(|(address, _)| address);
    let bounced = message.kind == Kind::Bounce;
    let mut value = json!({
        "kind": message.kind.to_string(),
        "why": message.why,
        "recipient": named,
        "class": report.filter(|_| bounced).map(|report| report.class.to_string()),
        "status": report.and_then(|report| report.status).map(|status| status.to_string()),
        "feedback": message.feedback,
        "reports": reports.collect::<Vec<_>>(),
    });
    let Some(verdict) = verdict else { return value };
    value["outcome"] = verdict.decision.word().into();
    value["decision"] = decision(verdict, failing.as_ref()).into();
    value["proof"] = reader.map(|reader| reader.proof.word()).into();
    value["reader"] = reader.map(|reader| reader.address.to_string()).into();
    let issue = reader.and_then(|reader| reader.sent.as_ref()).map(|sent| sent.issue.as_str());
    value["issue"] = issue.into();
    value
}
