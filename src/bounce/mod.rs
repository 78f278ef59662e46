//! The bytes of one message in, what came back and of whom out: bounces, complaints, farewells.
//!
//! Nothing here fails: bytes that are no mail are [`Kind::Other`]. Nothing is looked up, and nobody
//! is believed: who a message is really about, the caller decides from what it alone can know (the
//! sealed address that the message came back to), and [`Evidence`] is what to look at.

mod complaint;
mod evidence;
mod explain;
mod fields;
mod kind;
mod mailbox;
mod notice;
mod part;
mod phrases;
mod prose;
mod report;
mod rules;
mod statement;
mod status;

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

/// How many recipients of one message are reported.
pub const RECIPIENTS_MAX: usize = 100;

/// Reads a message, whatever it is. The work is bounded: what is beyond the second megabyte, the
/// eighth level of nesting or the hundredth part is not looked at.
#[must_use]
pub fn read(message: &[u8]) -> Message {
    let mut parts = part::parts(message);
    loop {
        let message = read_parts(&parts);
        // Someone forwarded it: the report is the message within.
        let within = || parts.iter().any(|part| part.level > 0 && part.is_report());
        if !matches!(message.kind, Kind::Other) || !within() {
            return message;
        }
        parts.retain(|part| part.level > 0);
        parts.iter_mut().for_each(|part| part.level -= 1);
    }
}

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
