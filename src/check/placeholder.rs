//! Finds what `newsletter init` and `newsletter new` wrote in place of an editor's own words.

use std::ops::Range;
use std::sync::Arc;

use crate::address::EmailAddress;
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Source};
use crate::issue::Issue;

/// What the starter has in the settings, with what belongs there. Addresses that only look alike are
/// the editor's own: these are compared as a whole.
pub const SETTINGS: [(&str, &str); 8] = [
    ("https://example.org", "the address of your site"),
    ("1 Example Street, Exampletown", "your postal address, as the law wants it"),
    ("newsletter.example.org", "an identifier in a domain of yours"),
    ("newsletter@example.org", "the address that you send from"),
    ("editors@example.org", "the address that you read answers at"),
    ("bounces@example.org", "the address where mail comes back to"),
    ("https://example.org/unsubscribe/{token}", "the address of your unsubscribe page"),
    ("unsubscribe@example.org", "the address where people unsubscribe by mail"),
];

/// What the starter has in an issue.
pub const ISSUE: [&str; 7] = [
    "What the inbox shows after the subject: one sentence that makes people open it.",
    "One sentence beneath the headline.",
    "say here what the issue is about",
    "Prose is Markdown: **bold**, *italic*, [links](https://example.org/story), and",
    "> quotes,\n\n### and subheads.",
    "\"https://example.org/story\"",
    "Two sentences are enough. This is the second.",
];

/// Reports the values of the settings that are the starter's.
#[must_use]
pub fn placeholder_settings(config: &Config) -> Option<Diagnostic> {
    let (about, sender, unsubscribe) = (&config.publication, &config.sender, &config.unsubscribe);
    let text = |address: Option<&EmailAddress>| address.map(ToString::to_string);
    let values = [
        Some(about.url.clone()),
        Some(about.address.clone()),
        Some(about.list_id.clone()),
        Some(sender.address.to_string()),
        text(sender.reply_to.as_ref()),
        Some(sender.return_path.to_string()),
        Some(unsubscribe.url.clone()),
        text(unsubscribe.mailto.as_ref()),
    ];
    let found = values.into_iter().zip(SETTINGS);
    let found = found.filter(|(value, (starter, _))| value.as_deref() == Some(*starter));
    report(&config.source, found.map(|(_, (starter, own))| (starter, format!("write {own}"))))
}

/// Reports the sentences and links of an issue that are the starter's.
#[must_use]
pub fn placeholder_words(issue: &Issue) -> Option<Diagnostic> {
    let text = issue.source.text.replace("\r\n", "\n");
    let found = ISSUE.into_iter().filter(|words| text.contains(words));
    report(&issue.source, found.map(|words| (words, "write your own, or delete it".to_owned())))
}

/// One diagnostic for all that is the starter's in a file, at the first of it.
fn report(
    source: &Arc<Source>,
    found: impl Iterator<Item = (&'static str, String)>,
) -> Option<Diagnostic> {
    let mut found: Vec<_> =
        found.map(|(words, help)| (place(&source.text, words), words, help)).collect();
    found.sort_by_key(|(at, ..)| at.start);
    let ((at, words, help), others) = found.split_first()?;
    let shown = |words: &str| {
        let line = words.trim_matches('"').lines().next().unwrap_or_default();
        format!("`{line}`")
    };
    let message = match others.len() {
        0 => format!("{} is what the starter wrote", shown(words)),
        more => format!("{} and {more} more are what the starter wrote", shown(words)),
    };
    let line = |at: usize| source.text[..at].matches('\n').count() + 1;
    let others =
        others.iter().map(|(at, words, _)| format!("line {}: {}", line(at.start), shown(words)));
    let others: Vec<_> = others.collect();
    let diagnostic = Diagnostic::new(Code::Placeholder, source, at.clone(), message).help(help);
    Some(if others.is_empty() { diagnostic } else { diagnostic.note(others.join("\n")) })
}

/// Where words stand as a value of their own, or else where they stand at all.
fn place(text: &str, words: &str) -> Range<usize> {
    let quoted = text.find(&format!("\"{words}\"")).map(|at| at + 1);
    let at = quoted.or_else(|| text.find(words)).unwrap_or_default();
    at..(at + words.len()).min(text.len())
}
