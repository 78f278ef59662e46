//! The list and the suppressions in, the readers of an issue out.

use std::sync::Arc;

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::audience::{Columns, Recipient, Suppressions};
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;
use crate::delivery::{Planner, Prepared, Refused};
use crate::issue::Issue;
use crate::key::Key;
use crate::templates::{Neighbours, Theme};

/// How many bad rows are shown one by one.
const SHOWN_MAX: usize = 20;

/// Everyone on the list.
#[derive(Debug)]
pub(super) struct Readers {
    pub(super) columns: Arc<Columns>,
    pub(super) recipients: Vec<Recipient>,
    pub(super) bad_rows: usize,
}

impl Readers {
    /// Reads the list; rows that are no readers are reported and left out.
    pub(super) fn read(env: &mut Env, publication: &Publication) -> Result<Self, Failure> {
        let path = publication.config.audience.subscribers.display().to_string();
        let subscribers = publication.subscribers()?;
        let columns = Arc::clone(subscribers.columns());
        publication.check_name(env, &columns)?;
        let mut recipients = Vec::new();
        let mut bad = Vec::new();
        for row in subscribers {
            let row = row.map_err(|error| {
                Failure::because(format!("cannot read the list `{path}`"), &error)
                    .exit(Exit::Content)
            })?;
            match row {
                Ok(recipient) => recipients.push(recipient),
                Err(row) => bad.push(row),
            }
        }
        for row in bad.iter().take(SHOWN_MAX) {
            env.say(format_args!("{path}:{}: {}; the row is left out", row.line, row.reason));
        }
        if bad.len() > SHOWN_MAX {
            env.say(format_args!("{path}: and {} more such rows", bad.len() - SHOWN_MAX));
        }
        Ok(Self { columns, recipients, bad_rows: bad.len() })
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
