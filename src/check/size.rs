//! An issue and its readers in, the largest letter of each edition out: what Gmail cuts off.

use crate::audience::Recipient;
use crate::compile::{Draft, Measure, Reader};
use crate::diagnostic::{Code, Diagnostic};
use crate::issue::Issue;

/// Gmail shows about 102 kB of HTML, decoded and with its comments, and cuts the rest.
pub const CLIPPED: usize = 100_000;
/// From here on the next picture or story may be one too many.
const LARGE: usize = 80_000;

/// The largest letter of an edition, of the readers that were seen.
#[derive(Debug)]
pub struct Letter {
    /// The edition before readers' values are in it.
    pub draft: Draft,
    measure: Measure,
    largest: Option<(Recipient, usize)>,
}

impl Letter {
    /// An edition that nobody was seen of.
    #[must_use]
    pub fn new(draft: Draft) -> Self {
        Self { measure: draft.measure(), draft, largest: None }
    }

    /// Takes in one more reader; one whose letter cannot be made is passed over.
    pub fn see(&mut self, reader: Reader<'_>) {
        let Ok(size) = self.measure.size(reader) else { return };
        if self.largest.as_ref().is_none_or(|(_, largest)| size > *largest) {
            self.largest = Some((reader.recipient.clone(), size));
        }
    }

    /// Whose letter is the largest, and how many bytes of HTML that reader gets.
    #[must_use]
    pub fn largest(&self) -> Option<(&Recipient, usize)> {
        self.largest.as_ref().map(|(reader, size)| (reader, *size))
    }
}

/// What is wrong with the size of the largest letter.
#[must_use]
pub fn size(issue: &Issue, letters: &[Letter]) -> Option<Diagnostic> {
    let largest = letters.iter().filter_map(Letter::largest);
    let (reader, size) = largest.max_by_key(|(_, size)| *size)?;
    let about = format!("the HTML of {} has {} kB", reader.address, size.div_ceil(1_000));
    let (code, message) = match size {
        CLIPPED.. => (Code::Clipped, format!("{about}, and Gmail cuts it at 102 kB")),
        LARGE.. => (Code::LargeLetter, format!("{about}; Gmail cuts it at 102 kB")),
        _ => return None,
    };
    let span = issue.title.span.0.clone();
    let diagnostic = Diagnostic::new(code, &issue.source, span, message);
    Some(diagnostic.help("shorten the longest sections, and link to the rest on the web"))
}
