//! The parts of a message in, what kind of message it is and which sign said so out.

mod signs;
pub(super) mod wish;

use crate::bounce::Kind;
use crate::bounce::complaint;
use crate::bounce::fields::Fields;
use crate::bounce::group;
use crate::bounce::mailbox;
use crate::bounce::notice;
use crate::bounce::part::Part;
use crate::bounce::phrases::{self, Plain};
use crate::bounce::prose;
use crate::bounce::report::Action;
use crate::bounce::rules;
use crate::bounce::statement;
use crate::bounce::status::{self, Status};

/// How much of what is said is looked at for signs.
const OPENING_MAX: usize = 3_000;

/// What the signs are looked for in.
struct Seen<'p> {
    parts: &'p [Part],
    header: &'p Fields,
    subject: Plain,
    /// The beginning of what is said to people.
    opening: Plain,
    /// Whether a mail server sent it, or says so.
    is_machine: bool,
}

type Decided = Option<(Kind, String)>;

/// The signs in the order in which they count: what is written for machines goes first.
const SIGNS: &[fn(&Seen<'_>) -> Decided] = &[
    feedback,
    noticed,
    old_complaint,
    statements,
    farewell,
    group,
    machine_late,
    failed_recipients,
    silent_status,
    machine_failed,
    subject_failed,
    automatic,
    farewell_within,
    text_failed,
];

/// What the outermost message is, and why.
pub(super) fn of(parts: &[Part]) -> (Kind, String) {
    let Some(header) = parts.first().map(|part| &part.fields) else {
        return (Kind::Other, "there is no message".to_owned());
    };
    let said = prose::said(parts);
    let seen = Seen {
        parts,
        header,
        subject: phrases::plain(&header.words("subject")),
        opening: phrases::plain(&said[..said.floor_char_boundary(OPENING_MAX)]),
        is_machine: is_machine(header),
    };
    let decided = SIGNS.iter().find_map(|sign| sign(&seen));
    decided.unwrap_or_else(|| (Kind::Other, "it has no sign of any other kind".to_owned()))
}

/// Whether the sender is the mail system: RFC 3464 §2 wants a null return path.
pub(super) fn is_machine(header: &Fields) -> bool {
    let from = phrases::plain(&header.words("from"));
    let is_null = header.get("return-path").is_some_and(|path| path.trim() == "<>");
    is_null || phrases::first(signs::MACHINES, &from).is_some()
}

/// Whether a mail system has put a sign of its own on a message: what people write has none.
pub(super) fn is_from_system(parts: &[Part]) -> bool {
    let Some(header) = parts.first().map(|part| &part.fields) else { return false };
    let value = |name: &str| header.get(name).unwrap_or_default().to_ascii_lowercase();
    let is_automatic = header.has("auto-submitted") && !value("auto-submitted").starts_with("no");
    let is_report = value("content-type").starts_with("multipart/report");
    let has_report = || parts.iter().any(|part| part.level == 0 && part.is_report());
    is_machine(header)
        || is_automatic
        || is_report
        || header.has("x-failed-recipients")
        || has_report()
        || notice::sort(parts).is_some()
}

fn feedback(seen: &Seen<'_>) -> Decided {
    complaint::feedback(seen.parts)?;
    let sort = complaint::feedback_type(seen.parts).unwrap_or_default();
    let why = format!("`Feedback-Type: {sort}` (RFC 5965 §3.1)");
    let is_complaint = !matches!(sort.as_str(), "not-spam" | "auth-failure" | "dmarc" | "");
    Some((if is_complaint { Kind::Complaint } else { Kind::Other }, why))
}

/// A notice of Amazon SES; of a bounce, its statements say more.
fn noticed(seen: &Seen<'_>) -> Decided {
    let sort = notice::sort(seen.parts)?;
    let why = format!("`\"notificationType\": \"{sort}\"` (Amazon SES)");
    match sort.as_str() {
        "Complaint" => Some((Kind::Complaint, why)),
        "Delivery" => Some((Kind::Delivered, why)),
        _ => None,
    }
}

/// Hotmail's programme and the like: the mail complained of, from the address for such mail.
fn old_complaint(seen: &Seen<'_>) -> Decided {
    let quoted = seen.parts.iter().find(|part| part.level == 1 && part.is_header)?;
    if quoted.fields.has("x-hmxmroriginalrecipient") {
        return complaint("`X-HmXmrOriginalRecipient` in the mail that it quotes (Outlook's JMRP)");
    }
    let from = seen.header.get("from").and_then(mailbox::in_field).unwrap_or_default();
    if signs::COMPLAINERS.contains(&from.to_lowercase().as_str()) {
        return complaint(&format!("it is from {from}, which sends nothing else"));
    }
    let phrase = phrases::first(signs::COMPLAINT_SUBJECTS, &seen.subject)?;
    complaint(&format!("the subject says “{phrase}” and a mail is attached"))
}

#[expect(clippy::unnecessary_wraps, reason = "it is what a sign says")]
fn complaint(why: &str) -> Decided {
    Some((Kind::Complaint, why.to_owned()))
}

fn statements(seen: &Seen<'_>) -> Decided {
    let statements = statement::statements(seen.parts);
    let is_typed = statements.first()?.is_typed;
    if !is_typed && is_reply(&seen.subject) {
        return None;
    }
    let actions: Vec<_> = statements.iter().map(Action::of_statement).collect();
    let place = if is_typed { "a delivery status" } else { "fields of a delivery status as text" };
    let why = |action: &str| format!("{place} says `{action}` (RFC 3464 §2.3.3)");
    Some(if actions.contains(&Action::Failed) {
        (Kind::Bounce, why("failed"))
    } else if actions.contains(&Action::Delayed) {
        (Kind::Delayed, why("delayed"))
    } else {
        let action = actions.first().copied().unwrap_or(Action::Delivered);
        (Kind::Delivered, why(&action.to_string()))
    })
}

/// What a mail program sends for `mailto:…?subject=unsubscribe`.
fn farewell(seen: &Seen<'_>) -> Decided {
    let phrase = wish::in_subject(&seen.header.words("subject")).filter(|_| !seen.is_machine)?;
    Some((Kind::Unsubscribe, format!("the subject is “{phrase}”")))
}

/// Someone writes nothing but that they want to be let go.
fn farewell_within(seen: &Seen<'_>) -> Decided {
    if seen.is_machine {
        return None;
    }
    let phrase = wish::in_text(&prose::said(seen.parts))?;
    Some((Kind::Unsubscribe, format!("it says “{phrase}” and little else")))
}

fn group(seen: &Seen<'_>) -> Decided {
    let is_one = group::is_notice(seen.header, || prose::said(seen.parts));
    is_one.then(|| (Kind::Bounce, "it has the form of a notice of Google Groups".to_owned()))
}

fn machine_late(seen: &Seen<'_>) -> Decided {
    let is_bounce = seen.is_machine || phrases::first(signs::SUBJECTS, &seen.subject).is_some();
    if !is_bounce {
        return None;
    }
    // `Warning--Could not send`: whatever the marks between the words.
    let words = seen.subject.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let unmarked = phrases::plain(&words.collect::<Vec<_>>().join(" "));
    let late = |subject| phrases::first(signs::LATE_SUBJECTS, subject);
    if let Some(phrase) = late(&seen.subject).or_else(|| late(&unmarked)) {
        return Some((Kind::Delayed, format!("the subject says “{phrase}”")));
    }
    // What was refused for good is not tried again, whatever the writer is asked to do.
    let is_refused = status::reply_code(&seen.opening).is_some_and(|code| code / 100 == 5);
    if is_refused || phrases::first(signs::GIVEN_UP, &seen.opening).is_some() {
        return None;
    }
    let phrase = phrases::first(signs::LATE, &seen.opening)?;
    Some((Kind::Delayed, format!("it says “{phrase}”")))
}

fn failed_recipients(seen: &Seen<'_>) -> Decided {
    let failed = prose::failed_recipients(seen.parts);
    (!failed.is_empty()).then(|| (Kind::Bounce, "it has `X-Failed-Recipients`".to_owned()))
}

/// A delivery status that names nobody.
fn silent_status(seen: &Seen<'_>) -> Decided {
    let mut own = seen.parts.iter().filter(|part| part.level == 0);
    let is_one = own.any(Part::is_delivery_status);
    is_one.then(|| (Kind::Bounce, "it has a delivery status, which states nothing".to_owned()))
}

fn machine_failed(seen: &Seen<'_>) -> Decided {
    if !seen.is_machine {
        return None;
    }
    let is_negated = signs::NEGATIONS.iter().any(|word| seen.subject.starts_with(word));
    if let Some(phrase) = phrases::first(signs::ARRIVED_SUBJECTS, &seen.subject)
        && !is_negated
    {
        return Some((Kind::Delivered, format!("a mail server's subject says “{phrase}”")));
    }
    if let Some(phrase) = away(seen) {
        return Some((Kind::AutoReply, format!("the subject begins with “{phrase}”")));
    }
    if let Some(phrase) = phrases::first(signs::SUBJECTS, &seen.subject) {
        return Some((Kind::Bounce, format!("a mail server's subject says “{phrase}”")));
    }
    text_failed(seen)
}

/// How the subject begins where a machine answers for somebody.
fn away(seen: &Seen<'_>) -> Option<&'static str> {
    signs::AWAY_SUBJECTS.iter().copied().find(|phrase| seen.subject.starts_with(phrase))
}

fn automatic(seen: &Seen<'_>) -> Decided {
    if seen.parts.iter().any(|part| part.kind == "message/disposition-notification") {
        return Some((Kind::AutoReply, "it is a receipt (RFC 8098)".to_owned()));
    }
    for (name, values) in signs::AUTOMATIC {
        let value = seen.header.get(name).map(str::to_lowercase);
        let is_so = value.is_some_and(|value| {
            values.is_empty() || values.iter().any(|known| value.trim().starts_with(known))
        });
        if is_so {
            return Some((Kind::AutoReply, format!("it has `{name}` (RFC 3834)")));
        }
    }
    if let Some(phrase) = phrases::first(signs::AWAY_SUBJECTS, &seen.subject) {
        return Some((Kind::AutoReply, format!("the subject says “{phrase}”")));
    }
    let phrase = phrases::first(signs::CHALLENGES, &seen.opening)?;
    Some((Kind::AutoReply, format!("it says “{phrase}”, and wants a person to answer")))
}

/// A bounce whose sender looks like anybody: it says of whom it is, or what is wrong.
fn subject_failed(seen: &Seen<'_>) -> Decided {
    if is_reply(&seen.subject) || away(seen).is_some() {
        return None;
    }
    let phrase = phrases::first(signs::SUBJECTS, &seen.subject)?;
    let is_one = !mailbox::find(&seen.opening).is_empty()
        || phrases::first(signs::OPENINGS, &seen.opening).is_some()
        || rules::says_clearly(&seen.opening);
    if !is_one {
        return None;
    }
    Some((Kind::Bounce, format!("the subject says “{phrase}”")))
}

/// A bounce that says so in its text alone, with words that bounces begin with, or with a code.
fn text_failed(seen: &Seen<'_>) -> Decided {
    // Gateways of carriers answer with `Re:`, too.
    if is_reply(&seen.subject) && !seen.is_machine {
        return None;
    }
    if let Some(phrase) = phrases::first(signs::OPENINGS, &seen.opening) {
        return Some((Kind::Bounce, format!("it says “{phrase}”")));
    }
    let has_code = Status::find(&seen.opening).is_some()
        && status::reply_code(&seen.opening).is_some()
        || seen.is_machine
            && (status::reply_code(&seen.opening).is_some()
                || Status::find(&seen.opening).is_some());
    let names_one = has_code && !mailbox::find(&seen.opening).is_empty();
    names_one.then(|| (Kind::Bounce, "it has the code of a failure and an address".to_owned()))
}

fn is_reply(subject: &str) -> bool {
    ["re:", "aw:", "sv:", "antw:", "rép:", "ref:"].iter().any(|mark| subject.starts_with(mark))
}
