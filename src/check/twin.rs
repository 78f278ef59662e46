//! An issue and the one before it in, what the two have in common out.

use std::collections::BTreeSet;

use crate::check::find;
use crate::diagnostic::{Code, Diagnostic};
use crate::issue::Issue;

/// How many words in a row have to be the same for them to count.
const SHINGLE: usize = 5;
/// An issue with fewer such rows is too short to tell.
const SHINGLES_MIN: usize = 100;
/// From which share on an issue is the one before it: in percent.
const SHARE_MAX: usize = 60;
/// How many words of a repeated paragraph are enough to find it.
const WORDS_SHOWN: usize = 6;

type Shingles = BTreeSet<Vec<String>>;

/// An issue that has the subject, or most of the words, of the one before it: likely its copy, with
/// less changed than was meant.
#[must_use]
pub fn twin(issue: &Issue, before: &Issue) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let subject = issue.subject.to_default();
    if subject.trim() == before.subject.to_default().trim() {
        let message = format!("the subject is that of `{}`", before.name);
        let span = issue.subject.span.0.clone();
        let diagnostic = Diagnostic::new(Code::Twin, &issue.source, span, message);
        found.push(
            diagnostic.help("write the subject of this issue: inboxes put equal ones together"),
        );
    }
    let (new, old) = (issue.texts(), before.texts());
    // Rows go on from text to text: an issue of briefs has hardly any inside one.
    let known: Shingles = shingles(&joined(&old)).into_iter().collect();
    let all: Shingles = shingles(&joined(&new)).into_iter().collect();
    let shared = all.intersection(&known).count();
    let share = shared * 100 / all.len().max(1);
    if all.len() < SHINGLES_MIN || share <= SHARE_MAX {
        return found;
    }
    let repeated = new.iter().max_by_key(|(_, text)| {
        shingles(text).into_iter().filter(|shingle| known.contains(shingle)).count()
    });
    let Some((place, text)) = repeated else { return found };
    let words: Vec<&str> = text.split_whitespace().take(WORDS_SHOWN).collect();
    let span = find(&issue.source, place, &words.join(" "));
    let message = format!("{share}% of this issue stands in `{}` already", before.name);
    let diagnostic = Diagnostic::new(Code::Twin, &issue.source, span, message);
    let diagnostic = diagnostic.label("this too");
    found.push(diagnostic.help("see whether this is the issue that you meant to write"));
    found
}

fn joined(texts: &[(std::ops::Range<usize>, String)]) -> String {
    texts.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" ")
}

/// Every row of so many words, without case and punctuation.
fn shingles(text: &str) -> Vec<Vec<String>> {
    let word = |word: &str| -> String {
        word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let words: Vec<String> = text.split_whitespace().map(word).filter(|w| !w.is_empty()).collect();
    words.windows(SHINGLE).map(<[String]>::to_vec).collect()
}
