//! The bytes of one message in, what came back and of whom out: bounces, complaints, farewells.
//!
//! Nothing here fails: bytes that are no mail are [`Kind::Other`]. Nothing is looked up, and nobody
//! is believed: who a message is really about, the caller decides from what it alone can know (the
//! sealed address that the message came back to), and [`Evidence`] is what to look at.

mod answer;
mod complaint;
mod evidence;
mod explain;
mod fields;
mod group;
mod kind;
mod mailbox;
mod notice;
mod part;
mod parties;
mod phrases;
mod prose;
mod quoted;
mod report;
mod rules;
mod statement;
mod status;
mod transcript;

use std::fmt;

pub use crate::bounce::evidence::Evidence;
pub use crate::bounce::report::{Action, Class, Found, Reason, Report};
pub use crate::bounce::status::Status;

use crate::bounce::part::Part;

/// What a message is that came in where bounces are awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Mail was given up (RFC 3464 `failed`, or words to that effect).
    Bounce,
    /// Mail is late and still tried: nothing to act on.
    Delayed,
    /// Mail arrived or went on to where nobody reports (RFC 3464 `delivered`, `relayed`, `expanded`).
    Delivered,
    /// A reader called it spam, or asked their provider to be let go (RFC 5965).
    Complaint,
    /// A reader writes to be let go.
    Unsubscribe,
    /// A machine answers for a reader (RFC 3834): a holiday, a challenge, a receipt.
    AutoReply,
    /// None of these.
    Other,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bounce => "bounce",
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::Complaint => "complaint",
            Self::Unsubscribe => "unsubscribe",
            Self::AutoReply => "auto-reply",
            Self::Other => "other",
        })
    }
}

/// What a message says that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What it is.
    pub kind: Kind,
    /// Which rule decided so, and what it saw.
    pub why: String,
    /// Of a bounce, a delay or a delivery: one for each recipient that it is about, at most
    /// [`RECIPIENTS_MAX`]. There is at least one, which may name nobody. Of other kinds: none.
    pub reports: Vec<Report>,
    /// Of a bounce: whom it says that the mail has reached all the same.
    pub arrived: Vec<String>,
    /// Of a complaint: its `Feedback-Type` in lower case (`abuse`, `fraud`, `opt-out`, …).
    pub feedback: Option<String>,
    /// Of a complaint or a farewell: whom it names, and where. It may be none.
    pub named: Vec<(String, Found)>,
    /// What may tell which mail it is about, and whose.
    pub evidence: Evidence,
    /// Whether it has the sign of a mail system, and not only words that a person may write.
    pub from_system: bool,
}

impl Message {
    /// Everyone whom the message says it is about, the first named first.
    pub fn recipients(&self) -> impl Iterator<Item = (&str, Found)> {
        let reports = self.reports.iter();
        let reported =
            reports.filter_map(|report| Some((report.recipient.as_deref()?, report.found)));
        reported.chain(self.named.iter().map(|(address, found)| (address.as_str(), *found)))
    }
}

/// The phrases that are a wish to leave, as the subject of a letter or as what it says; a `*` stands
/// for other words. `docs/bounces.md` lists them.
#[must_use]
pub const fn wishes() -> &'static [&'static str] {
    kind::wish::WISHES
}

/// How many recipients of one message are reported.
pub const RECIPIENTS_MAX: usize = 100;

/// Reads a message, whatever it is. The work is bounded: what is beyond the second megabyte, the
/// eighth level of nesting or the hundredth part is not looked at.
#[must_use]
pub fn read(message: &[u8]) -> Message {
    let mut parts = part::parts(message);
    let mut outer: Option<Message> = None;
    loop {
        let message = read_parts(&parts);
        if let Some(outer) = outer.take_if(|_| !message.says_what_failed()) {
            return outer;
        }
        if !message.is_wrapper(&parts) {
            return message.within(outer);
        }
        // The mail that it came back to may be told by the outer one alone.
        let known = outer.take();
        outer = Some(message.within(known)).filter(|outer| outer.kind == Kind::Bounce);
        parts.retain(|part| part.level > 0);
        parts.iter_mut().for_each(|part| part.level -= 1);
    }
}

impl Message {
    /// Whether the report is the message within: someone forwarded it, or a gateway put an empty
    /// report around it.
    fn is_wrapper(&self, parts: &[Part]) -> bool {
        let is_from_system = || parts.first().is_some_and(|part| kind::is_machine(&part.fields));
        let header = || parts.iter().find(|part| part.level == 1 && part.is_header);
        match self.kind {
            Kind::Other => {
                let holds_report = parts.iter().any(|part| part.level > 0 && part.is_report());
                let is_pasted = header().is_some_and(|header| header.is_pasted);
                holds_report && (!is_pasted || is_from_system())
            }
            Kind::Bounce => {
                let is_report = header().is_some_and(|header| kind::is_machine(&header.fields));
                is_report && is_from_system() && !self.says_what_failed()
            }
            _ => false,
        }
    }

    /// Whether a report has a code, or words that a rule knows.
    fn says_what_failed(&self) -> bool {
        self.kind == Kind::Bounce
            && self.reports.iter().any(|report| {
                report.status.is_some()
                    || report.reply_code.is_some()
                    || report.reason != Reason::Unknown
            })
    }

    /// The message with what the one around it knows of where it came to.
    fn within(mut self, outer: Option<Self>) -> Self {
        let Some(outer) = outer else { return self };
        let evidence = &mut self.evidence;
        for (values, more) in [
            (&mut evidence.sent_to, outer.evidence.sent_to),
            (&mut evidence.message_ids, outer.evidence.message_ids),
            (&mut evidence.addresses, outer.evidence.addresses),
        ] {
            let news: Vec<_> = more.into_iter().filter(|value| !values.contains(value)).collect();
            values.extend(news);
            values.truncate(EVIDENCE_MAX);
        }
        self
    }
}

/// How many values of one sort are kept of a message and the one around it.
const EVIDENCE_MAX: usize = 100;

fn read_parts(parts: &[Part]) -> Message {
    let evidence = evidence::gather(parts);
    let (kind, why) = kind::of(parts);
    let mut message = Message {
        kind,
        why,
        evidence,
        reports: Vec::new(),
        arrived: Vec::new(),
        feedback: None,
        named: Vec::new(),
        from_system: kind::is_from_system(parts),
    };
    match kind {
        Kind::Bounce | Kind::Delayed | Kind::Delivered => {
            (message.reports, message.arrived) = report::reports(parts, kind, &message.evidence);
        }
        Kind::Complaint => {
            message.feedback = complaint::feedback_type(parts);
            message.named = complaint::named(parts);
        }
        Kind::Unsubscribe => message.named = complaint::who_leaves(parts),
        Kind::AutoReply | Kind::Other => {}
    }
    message
}
