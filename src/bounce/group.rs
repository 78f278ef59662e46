//! A notice of Google Groups is recognised without its words, which come in every language.

use crate::bounce::fields::Fields;
use crate::bounce::mailbox;
use crate::bounce::status::{self, Status};

/// Where the notice sends the sender for help.
const HELP: &[&str] =
    &["groups.google.com", "support.google.com/a/", "google.com/support/a/", "topic=25838"];

/// How many reasons it lists, at least.
const REASONS_MIN: usize = 2;

/// Whether a group of Google's does not take mail from this sender, or is not there: Google gives
/// no code for it, names no address, and lists what may be wrong.
pub(super) fn is_notice(header: &Fields, said: impl FnOnce() -> String) -> bool {
    let from = header.get("from").and_then(mailbox::in_field).unwrap_or_default().to_lowercase();
    let is_google = from.ends_with("@googlemail.com") || from.ends_with("@google.com");
    if !is_google || !header.has("x-failed-recipients") {
        return false;
    }
    let said = &said();
    if Status::find(said).is_some() || status::reply_code(said).is_some() {
        return false;
    }
    let reasons = said.lines().filter(|line| line.trim_start().starts_with(['*', '•', '·', '-']));
    let names_failed = header.all("x-failed-recipients").flat_map(mailbox::find).any(|failed| {
        let mut named = mailbox::find(said).into_iter();
        named.any(|named| mailbox::is_same(&named.address, &failed.address))
    });
    HELP.iter().any(|help| said.contains(help)) || reasons.count() >= REASONS_MIN && !names_failed
}
