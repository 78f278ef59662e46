//! Mail that real servers cannot deliver in, what they wrote back held against what happened out.
//!
//! Nobody here plays a server: a Postfix and an Exim take the mail, a second service of Postfix
//! refuses it, or Dovecot does, and the bounce is the one that they wrote.

mod dovecot;
mod exim;
mod letter;
mod postfix;

use newsletter::bounce::{self, Class, Kind, Reason, Report};

use crate::real::bounces::exim::Exim;
use crate::real::bounces::postfix::{Life, Postfix};

/// A bounce that came back, which names one recipient and is of this kind.
fn only(bounce: &[u8], kind: Kind, recipient: &str) -> Report {
    let read = bounce::read(bounce);
    let shown = String::from_utf8_lossy(bounce);
    assert_eq!(read.kind, kind, "{read}\n{shown}");
    assert_eq!(read.reports.len(), 1, "{read}\n{shown}");
    assert_eq!(read.reports[0].recipient.as_deref(), Some(recipient), "{read}\n{shown}");
    // What matching needs comes back, too.
    assert!(read.evidence.sent_to.contains(&letter::RETURN_PATH.to_owned()), "{read}\n{shown}");
    read.reports[0].clone()
}

/// What came back of a letter to `recipient`, which is a bounce of this class for this reason.
fn holds(bounce: &[u8], recipient: &str, class: Class, reason: Reason, status: Option<&str>) {
    let report = only(bounce, Kind::Bounce, recipient);
    let shown = String::from_utf8_lossy(bounce);
    assert_eq!((report.class, report.reason), (class, reason), "{report:?}\n{shown}");
    let is = report.status.map(|status| status.to_string());
    assert_eq!(is.as_deref(), status, "{report:?}\n{shown}");
    let ids = bounce::read(bounce).evidence.message_ids;
    assert_eq!(ids.first().map(String::as_str), Some(letter::MESSAGE_ID), "{shown}");
}

/// The addresses whose mail the refusing service refuses, and what comes of it.
const REFUSED: &[(&str, Class, Reason, &str)] = &[
    ("nobody@example.org", Class::Hard, Reason::NoMailbox, "5.1.1"),
    ("full@example.org", Class::Soft, Reason::Full, "5.2.2"),
    ("listed@example.org", Class::Block, Reason::Reputation, "5.7.1"),
    ("late.spam@example.org", Class::Block, Reason::Unwanted, "5.7.1"),
    ("late.big@example.org", Class::Soft, Reason::TooBig, "5.3.4"),
    ("off@example.org", Class::Hard, Reason::Disabled, "5.2.1"),
];

#[test]
#[ignore = "needs Postfix"]
fn what_postfix_writes_of_a_refusal_is_read() {
    let postfix = Postfix::start(Life::OneTry);
    for (recipient, class, reason, status) in REFUSED {
        letter::submit(postfix.port, recipient);
        let bounce = postfix.bounce();
        holds(&bounce, recipient, *class, *reason, Some(*status));
    }
}

#[test]
#[ignore = "needs Postfix"]
fn what_postfix_writes_of_mailboxes_of_its_own_is_read() {
    let postfix = Postfix::start(Life::OneTry);
    for (recipient, class, reason, status) in [
        ("nobody@home.example.org", Class::Hard, Reason::NoMailbox, "5.1.1"),
        ("full@home.example.org", Class::Soft, Reason::Full, "5.2.2"),
        ("ada@gone.example.org", Class::Soft, Reason::Unreachable, "4.4.1"),
        ("ada@no-such-domain.invalid", Class::Hard, Reason::NoDomain, "5.4.4"),
    ] {
        letter::submit(postfix.port, recipient);
        holds(&postfix.bounce(), recipient, class, reason, Some(status));
    }
}

#[test]
#[ignore = "needs Postfix"]
fn what_postfix_writes_of_a_delay_is_no_bounce() {
    let postfix = Postfix::start(Life::Long);
    letter::submit(postfix.port, "ada@gone.example.org");
    only(&postfix.bounce(), Kind::Delayed, "ada@gone.example.org");
}

#[test]
#[ignore = "needs Postfix and Dovecot"]
fn what_comes_of_a_quota_of_dovecot_is_read() {
    let postfix = Postfix::start(Life::OneTry);
    letter::submit(postfix.port, "ada@quota.example.org");
    let bounce = postfix.bounce();
    holds(&bounce, "ada@quota.example.org", Class::Soft, Reason::Full, Some("5.7.0"));
    // Dovecot itself writes back where nobody else is there to do so.
    let bounce = dovecot::rejection("ada@quota.example.org");
    let report = only(&bounce, Kind::Bounce, "ada@quota.example.org");
    assert_eq!((report.class, report.reason), (Class::Soft, Reason::Full), "{report:?}");
}

#[test]
#[ignore = "needs Exim and Postfix"]
fn what_exim_writes_of_a_refusal_is_read() {
    let postfix = Postfix::start(Life::OneTry);
    let exim = Exim::start(postfix.refusing_port, Life::OneTry);
    for (recipient, class, reason, status) in REFUSED {
        letter::submit(exim.port, recipient);
        holds(&exim.bounce(), recipient, *class, *reason, Some(*status));
    }
    for (recipient, class, reason) in [
        ("nobody@home.example.org", Class::Hard, Reason::NoMailbox),
        ("full@home.example.org", Class::Soft, Reason::Full),
        ("ada@gone.example.org", Class::Soft, Reason::Expired),
    ] {
        letter::submit(exim.port, recipient);
        let report = only(&exim.bounce(), Kind::Bounce, recipient);
        assert_eq!((report.class, report.reason), (class, reason), "{report:?}");
    }
}

#[test]
#[ignore = "needs Exim"]
fn what_exim_writes_of_a_delay_is_no_bounce() {
    let exim = Exim::start(1, Life::Long);
    letter::submit(exim.port, "ada@gone.example.org");
    only(&exim.bounce(), Kind::Delayed, "ada@gone.example.org");
}
