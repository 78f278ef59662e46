//! The parts of a complaint or a farewell in, its sort and whom it names out (RFC 5965).

use crate::bounce::RECIPIENTS_MAX;
use crate::bounce::fields::Fields;
use crate::bounce::mailbox;
use crate::bounce::notice;
use crate::bounce::part::Part;
use crate::bounce::report::Found;

/// What stands for an address that a provider has blacked out.
const BLACKED_OUT: &[&str] = &["redacted", "xxx", "***", "hidden", "removed", "anonymous"];

/// The report for machines of a complaint, where it has one.
pub(super) fn feedback(parts: &[Part]) -> Option<Fields> {
    let own = || parts.iter().filter(|part| part.level == 0 && !part.is_header);
    let typed = own().find(|part| part.kind == "message/feedback-report");
    if let Some(part) = typed {
        return Some(Fields::parse(part.text.trim_start_matches('\n')));
    }
    // Some send it as text.
    own().find_map(|part| {
        let at = part.text.to_ascii_lowercase().find("feedback-type:")?;
        let is_line = at == 0 || part.text[..at].ends_with('\n');
        let fields = Fields::parse(&part.text[at..]);
        (is_line && (fields.has("user-agent") || fields.has("version"))).then_some(fields)
    })
}

/// `Feedback-Type` in lower case; what has none is a complaint in the old way, and `abuse`.
pub(super) fn feedback_type(parts: &[Part]) -> Option<String> {
    let Some(fields) = feedback(parts) else { return Some("abuse".to_owned()) };
    let word = fields.get("feedback-type")?;
    let word: String = word.chars().take_while(|c| c.is_ascii_graphic()).take(40).collect();
    Some(word.trim_end_matches(';').to_ascii_lowercase())
}

/// Whom a complaint names, the most particular first.
pub(super) fn named(parts: &[Part]) -> Vec<(String, Found)> {
    let mut named = Vec::new();
    let mut add = |value: &str, found| {
        for mailbox in mailbox::find(value) {
            let local = mailbox.address.split('@').next().unwrap_or_default().to_lowercase();
            let is_known = |known: &(String, Found)| mailbox::is_same(&known.0, &mailbox.address);
            if named.iter().any(is_known) || named.len() >= RECIPIENTS_MAX {
                continue;
            }
            let is_black =
                BLACKED_OUT.iter().any(|black| local.starts_with(black)) || local.contains("**");
            named.push((mailbox.address, if is_black { Found::BlackedOut } else { found }));
        }
    };
    let feedback = feedback(parts).unwrap_or_default();
    for name in ["original-rcpt-to", "removal-recipient"] {
        feedback.all(name).for_each(|value| add(value, Found::Original));
    }
    notice::complainers(parts).iter().for_each(|value| add(value, Found::Field));
    let quoted = || parts.iter().filter(|part| part.level == 1 && part.is_header);
    for part in quoted() {
        part.fields.all("x-hmxmroriginalrecipient").for_each(|value| add(value, Found::Field));
    }
    for part in quoted() {
        for name in ["x-original-to", "delivered-to", "x-apparently-to", "to"] {
            part.fields.all(name).for_each(|value| add(value, Found::Quoted));
        }
    }
    // Who can be read goes before who cannot.
    named.sort_by_key(|(_, found)| *found == Found::BlackedOut);
    named
}

/// Who writes that they want to be let go: whom the message is from.
pub(super) fn who_leaves(parts: &[Part]) -> Vec<(String, Found)> {
    let header = parts.first().map(|part| &part.fields);
    let from = header.and_then(|fields| fields.get("from")).and_then(mailbox::in_field);
    from.into_iter().map(|address| (address, Found::Sender)).collect()
}
