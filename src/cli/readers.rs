//! The list and the suppressions in, the readers of an issue out.

use std::sync::Arc;

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::audience::{Columns, Recipient, Suppressions};
use crate::check;
use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::publication::Publication;
use crate::compile::Reader;
use crate::delivery::{Planner, Prepared, Refused};
use crate::diagnostic::{Diagnostic, Source};
use crate::issue::Issue;
use crate::key::Key;
use crate::templates::{Neighbours, Theme};

/// Everyone on the list.
#[derive(Debug)]
pub(super) struct Readers {
    pub(super) columns: Arc<Columns>,
    pub(super) recipients: Vec<Recipient>,
}

impl Readers {
    /// Reads the list; rows that are no readers are taken down and left out.
    pub(super) fn read(publication: &Publication, found: &mut Found) -> Result<Self, Failure> {
        found.list = publication.config.audience.subscribers.display().to_string();
        let subscribers = publication.subscribers()?;
        let columns = Arc::clone(subscribers.columns());
        publication.check_name(&columns, found)?;
        let mut recipients = Vec::new();
        for row in subscribers {
            let row = row.map_err(|error| {
                Failure::because(format!("cannot read the list `{}`", found.list), &error)
                    .exit(Exit::Content)
            })?;
            match row {
                Ok(recipient) => recipients.push(recipient),
                Err(row) => found.bad_rows.push(row),
            }
        }
        found.readers = recipients.len();
        Ok(Self { columns, recipients })
    }

    /// Whether a reader belongs to a segment of newsletter.toml.
    pub(super) fn belongs(publication: &Publication, reader: &Recipient, segment: &str) -> bool {
        let segment = publication.config.segments.get(segment);
        segment.is_some_and(|segment| segment.contains(|column| reader.value(column)))
    }

    /// The readers that an issue is for.
    pub(super) fn of<'r>(
        &'r self,
        publication: &'r Publication,
        issue: &'r Issue,
    ) -> impl Iterator<Item = &'r Recipient> {
        self.recipients.iter().filter(move |reader| {
            issue.audience.as_deref().is_none_or(|name| Self::belongs(publication, reader, name))
        })
    }

    /// The reader with an address.
    pub(super) fn find(&self, address: &EmailAddress) -> Option<&Recipient> {
        self.recipients.iter().find(|reader| reader.address.key() == address.key())
    }
}

/// Plans the messages of an issue for readers, and assembles every one of them.
pub(super) fn prepare<'r>(
    publication: &Publication,
    issue: &Issue,
    suppressions: &Suppressions,
    stamp: &Stamp<'_>,
    readers: impl Iterator<Item = &'r Recipient>,
) -> Result<Prepared, Refused> {
    let press = publication.press(stamp.theme, stamp.neighbours);
    let planner = Planner {
        press: &press,
        key: stamp.key,
        date: stamp.date,
        salt: stamp.salt,
        belongs: &|reader, segment| Readers::belongs(publication, reader, segment),
        suppressed: &|address| suppressions.reason_for(address).map(str::to_owned),
    };
    planner.prepare(issue, readers)
}

/// What is wrong with the finished letters of an issue, but for what is known already: the largest
/// of each edition is looked at.
pub(super) fn judge<'r>(
    publication: &Publication,
    issue: &Issue,
    stamp: &Stamp<'_>,
    recipients: impl Iterator<Item = &'r Recipient>,
    known: &[Diagnostic],
) -> Vec<Diagnostic> {
    let press = publication.press(stamp.theme, stamp.neighbours);
    let belongs = |reader: &_, segment: &str| Readers::belongs(publication, reader, segment);
    let letters = check::largest(issue, &press, stamp.key, recipients, &belongs);
    let mut found: Vec<_> = check::size(issue, &letters).into_iter().collect();
    for letter in &letters {
        let reader = Reader { recipient: &letter.reader, key: stamp.key };
        let Ok(html) = letter.draft.html(reader) else { continue };
        let html = Source::new(format!("public/{}.html", issue.name), html);
        let mut new = check::letter(&html, Some(&issue.source));
        let said = |old: &Diagnostic, new: &Diagnostic| {
            (old.code, &old.message) == (new.code, &new.message)
        };
        new.retain(|new| !known.iter().chain(&found).any(|old| said(old, new)));
        found.extend(new);
    }
    found
}

/// What makes messages those of one run.
pub(super) struct Stamp<'s> {
    /// How they look.
    pub(super) theme: &'s Theme,
    /// The other parts of the issue's series.
    pub(super) neighbours: &'s Neighbours,
    /// What seals tokens and Message-IDs.
    pub(super) key: &'s Key,
    /// The `Date` of every message.
    pub(super) date: Timestamp,
    /// Keeps the Message-IDs of a test apart; empty for the issue itself.
    pub(super) salt: &'s str,
}
