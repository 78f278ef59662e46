//! What a message says and whose mail it is about in, what is to be done about it out.

use crate::bounce::{self, Kind, Message, Reason, Report};
use crate::returns::rule::{Class, DOMAIN_ISSUES_MIN, ISSUES_MIN, SPAN_MIN, Streak};
use crate::returns::whose::{Proof, Reader, Whose};

/// What is done about a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The reader is not written to any more.
    Suppress {
        /// Why, as it stands in the list of suppressions.
        reason: String,
        /// By which way it came, as it stands there.
        source: &'static str,
    },
    /// The reader was not written to any more before.
    Already,
    /// A bounce that is too little by itself.
    Count(Streak),
    /// It is about our mail, and changes nothing: why.
    Nothing(&'static str),
    /// The same message was handled before.
    Repeated,
    /// It says that mail came back or that a reader complains, and nothing proves that it was ours.
    Unproven,
    /// It is none of this command's business: it is left to people.
    Leave(&'static str),
}

impl Decision {
    /// Whether the message needs nobody's eyes any more.
    #[must_use]
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Unproven | Self::Leave(_))
    }

    /// The word for it in data.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Suppress { .. } => "suppressed",
            Self::Already => "already",
            Self::Count(_) => "counted",
            Self::Nothing(_) => "nothing",
            Self::Repeated => "repeated",
            Self::Unproven => "unproven",
            Self::Leave(_) => "left",
        }
    }
}

/// The report of a bounce that counts, and how bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failing<'m> {
    /// What the message says.
    pub report: &'m Report,
    /// What that comes to.
    pub class: Class,
}

impl<'m> Failing<'m> {
    /// The report about a reader: the one that names the address, else the mildest, as the mail
    /// may have gone on to several.
    #[must_use]
    pub fn of(message: &'m Message, reader: Option<&Reader>) -> Option<Self> {
        let severity = |failing: &Self| match failing.class {
            Class::Hard => 3,
            Class::Domain => 2,
            Class::Soft => 1,
            Class::Block => 0,
        };
        let failing = || message.reports.iter().map(|report| Self { report, class: class(report) });
        let own = reader.and_then(|reader| failing().find(|failing| names(failing.report, reader)));
        own.or_else(|| failing().min_by_key(severity))
    }

    /// The words of it: the code, where it is not said anyway, and the diagnosis.
    #[must_use]
    pub fn words(&self) -> String {
        let Report { status, reply_code, diagnostic, .. } = self.report;
        let code = status.map(|status| status.to_string());
        let code = code.or_else(|| reply_code.map(|code| code.to_string()));
        let code = code.filter(|code| !diagnostic.contains(code.as_str()));
        let words = code.iter().map(String::as_str).chain([diagnostic.as_str()]);
        words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// Whether a report is about the address that the mail went to.
fn names(report: &Report, reader: &Reader) -> bool {
    let named = report.recipient.iter().chain(&report.also);
    let mut keys = named.filter_map(|address| address.parse().ok());
    keys.any(|address: crate::address::EmailAddress| address.key() == reader.address.key())
}

/// How bad a failure is.
fn class(report: &Report) -> Class {
    let is = |subject, detail| {
        report.status.is_some_and(|status| (status.subject, status.detail) == (subject, detail))
    };
    match (report.class, report.reason) {
        // RFC 7505: the domain says itself that it takes no mail.
        (bounce::Class::Hard, _) if is(1, 10) => Class::Hard,
        (bounce::Class::Hard, Reason::NoDomain) => Class::Domain,
        (bounce::Class::Hard, _) if is(1, 2) => Class::Domain,
        (bounce::Class::Hard, _) => Class::Hard,
        // The issue's own fault, and the reader's mailbox is in order.
        (bounce::Class::Block, _) | (bounce::Class::Soft, Reason::TooBig | Reason::Content) => {
            Class::Block
        }
        (bounce::Class::Soft, _) => Class::Soft,
    }
}

/// Whether a bounce says that the mail has reached the reader all the same.
fn has_reached(message: &Message, reader: &Reader) -> bool {
    let mut keys = message.arrived.iter().filter_map(|address| address.parse().ok());
    keys.any(|address: crate::address::EmailAddress| address.key() == reader.address.key())
}

/// What needs no look at earlier bounces; `None` where one is needed.
pub(super) fn at_once(message: &Message, whose: &Whose) -> Option<Decision> {
    use Decision::{Leave, Nothing, Suppress, Unproven};
    Some(match (message.kind, whose) {
        (Kind::Other, _) => Leave("neither a bounce nor a complaint nor a wish to be let go"),
        (Kind::Bounce | Kind::Complaint, Whose::Nobody { .. }) => Unproven,
        (Kind::Unsubscribe, Whose::Nobody { .. }) => {
            Leave("a wish to be let go, from nobody on the list")
        }
        (_, Whose::Nobody { .. }) => Leave("nothing to act on, and nothing proves whose it is"),
        (_, Whose::Test) => Nothing("it is about a copy that `send --test` sent"),
        (_, Whose::Forgotten) => Nothing("the reader was forgotten since"),
        (Kind::Unsubscribe, Whose::Reader(_)) => {
            Suppress { reason: "unsubscribed".to_owned(), source: "mailto" }
        }
        // Everyone to whom the letter was passed on has the token: the reader can come back.
        (Kind::Complaint, Whose::Reader(reader)) if reader.proof == Proof::Token => {
            Suppress { reason: "unsubscribed".to_owned(), source: "token" }
        }
        (Kind::Complaint, Whose::Reader(_)) => {
            let what = message.feedback.as_deref().unwrap_or("abuse");
            Suppress { reason: format!("complaint: {what}"), source: "arf" }
        }
        (Kind::Delayed, Whose::Reader(_)) => Nothing("the mail is late, and still tried"),
        (Kind::Delivered, Whose::Reader(_)) => Nothing("the mail arrived"),
        (Kind::AutoReply, Whose::Reader(_)) => Nothing("a machine answers for the reader"),
        (Kind::Bounce, Whose::Reader(reader)) if has_reached(message, reader) => {
            Nothing("the reader has it; it came back from somebody whom it was passed on to")
        }
        (Kind::Bounce, Whose::Reader(reader))
            if !message.from_system && reader.proof != Proof::Verp =>
        {
            Leave("a letter with the words of a bounce and without the sign of a mail system")
        }
        (Kind::Bounce, Whose::Reader(_)) => return None,
    })
}

/// The reason of a suppression for one bounce.
pub(super) fn bounced(failing: &Failing<'_>) -> Decision {
    Decision::Suppress { reason: format!("bounced: {}", failing.words()), source: "dsn" }
}

/// The reason of a suppression for several.
pub(super) fn bounced_often(failing: &Failing<'_>, streak: &Streak) -> Decision {
    let (Streak { issues, .. }, days, words) = (streak, streak.days(), failing.words());
    let reason = match failing.class {
        Class::Domain if *issues < ISSUES_MIN => {
            format!("bounced: the domain failed for {issues} issues, the last: {words}")
        }
        _ => format!("bounced: {issues} issues in {days} days, the last: {words}"),
    };
    Decision::Suppress { reason, source: "dsn" }
}

/// What is still missing until a reader is given up.
#[must_use]
pub fn missing(class: Class, streak: &Streak) -> String {
    let days = SPAN_MIN.as_hours() / 24;
    let so_far =
        format!("{} of {ISSUES_MIN} issues, {} of {days} days", streak.issues, streak.days());
    match class {
        Class::Domain => format!("{so_far}; or {DOMAIN_ISSUES_MIN} with the domain at fault"),
        _ => so_far,
    }
}

#[cfg(test)]
mod tests {
    use crate::bounce;
    use crate::returns::decide::{Decision, at_once};
    use crate::returns::whose::{Proof, Reader, Whose};

    /// A delivery status of two recipients.
    fn status(ada: &str, other: &str) -> String {
        format!(
            "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nSubject: Delivery report\n\
             MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; \
             boundary=b\n\n--b\nContent-Type: text/plain\n\nsee below\n--b\n\
             Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n\
             Final-Recipient: rfc822; other@example.net\n{other}\n\n\
             Final-Recipient: rfc822; Ada@example.org\n{ada}\n\n--b--\n"
        )
    }

    #[test]
    fn who_has_the_mail_is_not_given_up_for_somebody_it_was_passed_on_to() {
        let reader =
            Reader { address: "ada@example.org".parse().unwrap(), sent: None, proof: Proof::Verp };
        let whose = Whose::Reader(reader);
        let (failed, arrived) =
            ("Action: failed\nStatus: 5.1.1", "Action: delivered\nStatus: 2.0.0");
        let decide = |ada, other| at_once(&bounce::read(status(ada, other).as_bytes()), &whose);
        assert!(matches!(decide(arrived, failed), Some(Decision::Nothing(_))));
        assert_eq!(decide(failed, arrived), None, "it is about the reader");
        assert_eq!(decide(failed, failed), None);
    }
}
