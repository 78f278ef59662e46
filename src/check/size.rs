//! An issue and its readers in, the largest letter of each edition out: what Gmail cuts off.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::audience::Recipient;
use crate::compile::{self, Draft, Edition, Press, Reader};
use crate::diagnostic::{Code, Diagnostic};
use crate::issue::Issue;
use crate::key::Key;

/// Gmail shows about 102 kB of HTML, decoded and with its comments, and cuts the rest.
const CLIPPED: usize = 100_000;
/// From here on the next picture or story may be one too many.
const LARGE: usize = 80_000;

/// The largest letter of an edition.
#[derive(Debug)]
pub struct Letter {
    /// The edition before readers' values are in it.
    pub draft: Draft,
    /// Whose letter is the largest.
    pub reader: Recipient,
    /// How many bytes of HTML that reader gets.
    pub size: usize,
}

/// The largest letter of each edition that has a reader, in the order of the list; readers whose
/// letter cannot be made are left out.
pub fn largest<'r>(
    issue: &Issue,
    press: &Press<'_>,
    key: &Key,
    readers: impl Iterator<Item = &'r Recipient>,
    belongs: &dyn Fn(&Recipient, &str) -> bool,
) -> Vec<Letter> {
    let mut numbers = BTreeMap::new();
    let mut letters: Vec<(compile::Measure, Letter)> = Vec::new();
    for recipient in readers {
        let edition = Edition::of(issue, |segment| belongs(recipient, segment));
        let number = *numbers.entry(edition).or_insert_with_key(|edition| {
            let draft = compile::draft(issue, press, edition, Timestamp::UNIX_EPOCH, "");
            let letter = Letter { reader: recipient.clone(), size: 0, draft };
            letters.push((letter.draft.measure(), letter));
            letters.len() - 1
        });
        let (measure, letter) = &mut letters[number];
        let size = measure.size(Reader { recipient, key }).unwrap_or_default();
        if size > letter.size {
            letter.reader.clone_from(recipient);
            letter.size = size;
        }
    }
    letters.into_iter().map(|(_, letter)| letter).collect()
}

/// What is wrong with the size of the largest letter.
#[must_use]
pub fn size(issue: &Issue, letters: &[Letter]) -> Option<Diagnostic> {
    let Letter { reader, size, .. } = letters.iter().max_by_key(|letter| letter.size)?;
    let about = format!("the HTML of {} has {} kB", reader.address, size.div_ceil(1_000));
    let (code, message) = match *size {
        CLIPPED.. => (Code::Clipped, format!("{about}, and Gmail cuts it at 102 kB")),
        LARGE.. => (Code::LargeLetter, format!("{about}; Gmail cuts it at 102 kB")),
        _ => return None,
    };
    let span = issue.title.span.0.clone();
    let diagnostic = Diagnostic::new(code, &issue.source, span, message);
    Some(diagnostic.help("shorten the longest sections, and link to the rest on the web"))
}
