//! What a bounce says in statements and in prose in, one report for each recipient out.

use crate::bounce::answer::{self, Phase};
use crate::bounce::evidence::Evidence;
use crate::bounce::group;
use crate::bounce::mailbox;
use crate::bounce::part::Part;
use crate::bounce::parties::Parties;
use crate::bounce::prose::{self, Item, Prose};
use crate::bounce::rules::{self, Facts, Verdict};
use crate::bounce::statement::{self, Statement};
use crate::bounce::status::{self, Status};
use crate::bounce::{Kind, RECIPIENTS_MAX};

/// How much of what was said is kept, in bytes.
const DIAGNOSTIC_MAX: usize = 1_000;
/// How much of what was said the rules look at.
const WORDS_MAX: usize = 4_000;

/// What became of the mail to one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The address that was written to, as far as the message says.
    pub recipient: Option<String>,
    /// Other addresses that it says it was about, such as the one it was forwarded to.
    pub also: Vec<String>,
    /// Where the recipient was found.
    pub found: Found,
    /// What became of it.
    pub action: Action,
    /// The enhanced status code that says most.
    pub status: Option<Status>,
    /// The code of the server that refused it.
    pub reply_code: Option<u16>,
    /// What was said: one line without control characters, at most 1,000 bytes.
    pub diagnostic: String,
    /// What is wrong.
    pub reason: Reason,
    /// What to make of that.
    pub class: Class,
    /// The rule that decided, and what it saw.
    pub why: String,
}

/// Where an address was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Found {
    /// `Original-Recipient` of RFC 3464, or `Original-Rcpt-To` of RFC 5965.
    Original,
    /// `Final-Recipient` of RFC 3464.
    Final,
    /// `X-Failed-Recipients`, which Exim and Gmail write.
    Failed,
    /// A field that one provider has for it.
    Field,
    /// What the report says to people.
    Text,
    /// The message that was sent, which the report quotes.
    Quoted,
    /// The sender of the message.
    Sender,
    /// Where a provider says no more than that there was one: `redacted@example.org`.
    BlackedOut,
    /// Nowhere.
    Nowhere,
}

/// What became of the mail (RFC 3464 §2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// It was given up.
    Failed,
    /// It is still tried.
    Delayed,
    /// It is in the mailbox.
    Delivered,
    /// It went on to where nobody reports.
    Relayed,
    /// It went on to several others.
    Expanded,
}

impl Action {
    /// Whether the mail is where it was to go.
    const fn is_arrival(self) -> bool {
        matches!(self, Self::Delivered | Self::Relayed | Self::Expanded)
    }
}

/// What is wrong with the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// There is no such mailbox.
    NoMailbox,
    /// There is no such domain, or it takes no mail at all.
    NoDomain,
    /// The mailbox is shut for good.
    Disabled,
    /// The reader has another address now, or the address another owner.
    Moved,
    /// The mailbox is shut for a time.
    Suspended,
    /// The mailbox is full.
    Full,
    /// The message is larger than they take.
    TooBig,
    /// They take nothing from strangers at the first try.
    Greylisted,
    /// Tried for too long.
    Expired,
    /// The server could not be found or spoken to.
    Unreachable,
    /// The server does not take mail for that domain.
    Relay,
    /// The mail went round and round.
    Loop,
    /// Something else is wrong over there.
    System,
    /// The message is not made as they want it.
    Content,
    /// Too much of it, or too fast.
    RateLimited,
    /// Its sender stands on a list, or is thought little of.
    Reputation,
    /// Its sender did not prove who they are.
    Authentication,
    /// A filter, a rule or the reader does not want it.
    Unwanted,
    /// It is not said.
    Unknown,
}

/// What a failure means for the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Nobody is there, and nobody will be.
    Hard,
    /// It may work again.
    Soft,
    /// It is about us, and says nothing of the address.
    Block,
}

impl Reason {
    /// What it means; a failure for now, which was given up, is never hard.
    #[must_use]
    pub fn class(self, is_for_now: bool) -> Class {
        match self {
            Self::NoMailbox | Self::NoDomain | Self::Disabled | Self::Moved if !is_for_now => {
                Class::Hard
            }
            Self::RateLimited | Self::Reputation | Self::Authentication | Self::Unwanted => {
                Class::Block
            }
            _ => Class::Soft,
        }
    }
}

impl Action {
    fn of(word: &str) -> Option<Self> {
        let word = word.split(|c: char| !c.is_ascii_alphabetic()).find(|word| !word.is_empty())?;
        Some(match word.to_ascii_lowercase().as_str() {
            "failed" | "failure" | "fail" | "expired" | "undeliverable" | "bounced" => Self::Failed,
            "delayed" | "delay" | "deferred" => Self::Delayed,
            "delivered" | "deliverable" => Self::Delivered,
            "relayed" => Self::Relayed,
            "expanded" => Self::Expanded,
            _ => return None,
        })
    }

    /// What a statement says, or what its status code says where it does not.
    pub(super) fn of_statement(statement: &Statement) -> Self {
        let said = statement.fields.get("action").and_then(Self::of);
        said.unwrap_or_else(|| {
            let status = statement.fields.get("status").and_then(Status::parse);
            if status.is_some_and(|status| status.class == 2) {
                Self::Delivered
            } else {
                Self::Failed
            }
        })
    }
}

/// One report for each recipient, at least one; and of a message that reports failures, those whom
/// the mail has reached.
pub(super) fn reports(
    parts: &[Part],
    kind: Kind,
    evidence: &Evidence,
) -> (Vec<Report>, Vec<String>) {
    let prose = prose::read(parts, evidence);
    let context = Context { prose: &prose, senders: senders(evidence), is_group: is_group(parts) };
    let statements = statement::statements(parts);
    let mut reports: Vec<Report> = Vec::new();
    for statement in &statements {
        let report = of_statement(statement, statements.len() == 1, &context);
        let is_known = |known: &Report| {
            report.recipient.is_some()
                && known.recipient == report.recipient
                && known.action == report.action
        };
        if !reports.iter().any(is_known) {
            reports.push(report);
        }
    }
    // Of a message that reports a failure and a delivery, the failure is what it is about.
    let mut arrived = Vec::new();
    if kind == Kind::Bounce && reports.iter().any(|report| report.action == Action::Failed) {
        let there = reports.iter().filter(|report| report.action.is_arrival());
        arrived
            .extend(there.flat_map(|report| report.recipient.iter().chain(&report.also)).cloned());
        reports.retain(|report| report.action == Action::Failed);
    }
    if reports.is_empty() {
        let action = if kind == Kind::Delayed { Action::Delayed } else { Action::Failed };
        reports.extend(prose.items.iter().map(|item| of_item(item, action, &context)));
    }
    reports.truncate(RECIPIENTS_MAX);
    arrived.truncate(RECIPIENTS_MAX);
    (reports, arrived)
}

/// What the reports of one message have in common.
struct Context<'c> {
    prose: &'c Prose,
    /// The addresses that the mail was sent from.
    senders: Vec<String>,
    /// Whether it is a notice of Google Groups.
    is_group: bool,
}

/// Whom the mail was from, and where its bounces go to.
fn senders(evidence: &Evidence) -> Vec<String> {
    evidence.quoted_from.iter().chain(&evidence.sent_to).cloned().collect()
}

fn is_group(parts: &[Part]) -> bool {
    parts.first().is_some_and(|part| group::is_notice(&part.fields, || prose::said(parts)))
}

fn of_statement(statement: &Statement, is_only: bool, context: &Context<'_>) -> Report {
    let prose = context.prose;
    let fields = &statement.fields;
    let address = |name: &str| fields.get(name).and_then(mailbox::in_field);
    let named = [
        (address("original-recipient"), Found::Original),
        (address("final-recipient"), Found::Final),
        (address("x-actual-recipient"), Found::Field),
    ];
    let mut named: Vec<_> =
        named.into_iter().filter_map(|(address, found)| Some((address?, found))).collect();
    if let (true, true, Some(item)) = (named.is_empty(), is_only, prose.items.first()) {
        named.extend(item.address.clone().map(|address| (address, item.found)));
    }
    let said = fields.all("diagnostic-code").chain(fields.all("x-postfix-diagnostic-code"));
    let said = said.map(without_type).filter(|said| !said.is_empty()).collect::<Vec<_>>().join(" ");
    // A bare code, or no diagnostic at all: what is written to people says more.
    let people = prose.about(named.iter().map(|(address, _)| address.as_str()));
    let stated = fields.get("status").and_then(Status::parse);
    let comment = fields.get("status").and_then(|status| status.split_once('('));
    let (said, place) = match comment {
        Some((_, comment)) if said.is_empty() => {
            (comment.trim_end_matches(')').to_owned(), "`Status`")
        }
        _ => (said, "`Diagnostic-Code`"),
    };
    let recipients: Vec<_> = named.iter().map(|(address, _)| address.clone()).collect();
    let parties = Parties { senders: &context.senders, recipients: &recipients };
    let mut report = judged(stated, &Heard { said: &said, place, people }, parties);
    let mut named = named.into_iter();
    (report.recipient, report.found) =
        named.next().map_or((None, Found::Nowhere), |(address, found)| (Some(address), found));
    let first = report.recipient.clone().unwrap_or_default();
    report.also = named.map(|(address, _)| address).chain(prose::origin(people)).collect();
    report.also.retain(|address| !mailbox::is_same(address, &first));
    report.also.dedup();
    report.action = Action::of_statement(statement);
    report
}

fn of_item(item: &Item, action: Action, context: &Context<'_>) -> Report {
    let recipients: Vec<_> = item.address.iter().cloned().collect();
    let parties = Parties { senders: &context.senders, recipients: &recipients };
    // Of several, the code that one of them has is none of the others'.
    let is_only = context.prose.items.len() == 1;
    let people = if is_only { context.prose.text.as_str() } else { "" };
    let heard = Heard { said: &item.said, place: "the text", people };
    let mut report = judged(None, &heard, parties);
    if context.is_group {
        report.reason = Reason::Unwanted;
        report.class = Reason::Unwanted.class(false);
        report.why = "the form of a notice of Google Groups, in whatever language".to_owned();
    }
    report.recipient.clone_from(&item.address);
    report.found = item.found;
    report.also.extend(prose::origin(&item.said));
    report.also.retain(|also| report.recipient.as_ref().is_none_or(|is| is != also));
    report.action = action;
    report
}

/// `smtp; 550 no such user` without the type; `X-Postfix; unknown user` too. The type of what a
/// program wrote stays, as it says more than the words.
fn without_type(diagnostic: &str) -> &str {
    match diagnostic.split_once(';') {
        Some((kind, _)) if kind.trim().eq_ignore_ascii_case("x-unix") => diagnostic.trim(),
        Some((kind, rest)) if kind.trim().chars().all(|c| c.is_alphanumeric() || c == '-') => {
            rest.trim()
        }
        _ => diagnostic.trim(),
    }
}

/// What was said of one failure.
struct Heard<'h> {
    /// What the server said, as the report has it.
    said: &'h str,
    /// Where that stands.
    place: &'static str,
    /// What is written to people beside it.
    people: &'h str,
}

/// A report of nobody yet: the codes and the words of what was said, judged; where that says
/// nothing, of what is written to people beside it.
fn judged(stated: Option<Status>, heard: &Heard<'_>, parties: Parties<'_>) -> Report {
    let (inner, beside) = (answer::unwrapped(heard.said), answer::unwrapped(heard.people));
    let (said, people) =
        (inner.as_deref().unwrap_or(heard.said), beside.as_deref().unwrap_or(heard.people));
    let is_enough = |text: &str| rules::says_something(&parties.plain(cut(text, WORDS_MAX)));
    let (diagnostic, place) = if is_enough(said) || people.is_empty() {
        (said, heard.place)
    } else {
        (people, "the text")
    };
    // The code before a quoted reply is the gateway's, which had no better one.
    let own = inner.as_ref().or(beside.as_ref()).and_then(|_| Status::parse(heard.said));
    let stated = stated.filter(|stated| Some(*stated) != own);
    let status = which(stated, Status::find(said).or_else(|| Status::find(people)));
    let reply_code = status::reply_code(said).or_else(|| status::reply_code(people));
    let words = parties.plain(cut(diagnostic, WORDS_MAX));
    let phase = Phase::find(heard.said).or_else(|| Phase::find_only(heard.people));
    let Verdict { reason, class, why } =
        rules::judge(Facts { status, reply: reply_code, words: &words, place, phase });
    let shown = if heard.said.trim().is_empty() { heard.people } else { heard.said };
    Report {
        recipient: None,
        also: Vec::new(),
        found: Found::Nowhere,
        action: Action::Failed,
        status,
        reply_code,
        diagnostic: one_line(shown),
        reason,
        class,
        why,
    }
}

/// Of the code that the reporter gives and the one that the server gave, the one that says more.
fn which(stated: Option<Status>, heard: Option<Status>) -> Option<Status> {
    match (stated, heard) {
        (Some(stated), Some(heard)) if !stated.is_specific() && heard.is_specific() => Some(heard),
        (None, heard) => heard,
        (stated, _) => stated,
    }
}

fn cut(text: &str, max: usize) -> &str {
    &text[..text.floor_char_boundary(max)]
}

/// Text as one line without control characters.
pub(super) fn one_line(text: &str) -> String {
    let harmless = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let words = text.split_whitespace().map(|word| word.chars().map(harmless).collect::<String>());
    let mut line = String::new();
    for word in words {
        if line.len() + word.len() + 1 > DIAGNOSTIC_MAX {
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    line
}
