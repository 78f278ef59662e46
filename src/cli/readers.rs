//! The list and the suppressions in, the readers of an issue out.

use std::borrow::Cow;
use std::fs::File;
use std::io;

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::audience::{self, List, Recipient, Suppressions};
use crate::check::{self, Letter};
use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::publication::Publication;
use crate::compile::Reader;
use crate::delivery::{Passed, Place, Planner, Refused};
use crate::diagnostic::{Diagnostic, Source};
use crate::issue::Issue;
use crate::key::Key;
use crate::templates::{Neighbours, Theme};

/// Everyone on the list, who come one after the other whenever they are asked for.
pub(super) struct Readers<'p> {
    publication: &'p Publication,
    list: List<Box<dyn Fn() -> io::Result<File> + 'p>>,
}

impl<'p> Readers<'p> {
    /// Reads the list; rows that are no readers are taken down and left out.
    pub(super) fn read(publication: &'p Publication, found: &mut Found) -> Result<Self, Failure> {
        found.list = publication.config.audience.subscribers.display().to_string();
        // What cannot be opened is a wrong setting, what cannot be read a wrong list.
        let opened = publication.open_list().map(drop);
        let about = format!("cannot read the list `{}`", found.list);
        opened.map_err(|error| Failure::because(about, &error).exit(Exit::Usage))?;
        let list = List::survey(Box::new(|| publication.open_list()) as Box<dyn Fn() -> _>);
        let list = list.map_err(|error| unreadable(publication, &error))?;
        publication.check_name(list.columns(), found)?;
        let readers = Self { publication, list };
        match readers.list.readers() {
            Some(count) => found.readers = count,
            None => readers.take_down(found)?,
        }
        Ok(readers)
    }

    fn take_down(&self, found: &mut Found) -> Result<(), Failure> {
        for row in self.list.subscribers().map_err(|error| self.unreadable(&error))? {
            match row.map_err(|error| self.unreadable(&error))? {
                Ok(_) => found.readers += 1,
                Err(row) => found.add_row(row),
            }
        }
        Ok(())
    }

    /// The list.
    pub(super) fn list(&self) -> &List<impl Fn() -> io::Result<File>> {
        &self.list
    }

    /// The names of the columns.
    pub(super) fn columns(&self) -> &[String] {
        self.list.columns().names()
    }

    /// Everyone.
    pub(super) fn all(&self) -> Result<impl Iterator<Item = Result<Recipient, Failure>>, Failure> {
        let subscribers = self.list.subscribers().map_err(|error| self.unreadable(&error))?;
        Ok(subscribers.filter_map(|row| match row {
            Ok(Ok(recipient)) => Some(Ok(recipient)),
            Ok(Err(_)) => None,
            Err(error) => Some(Err(self.unreadable(&error))),
        }))
    }

    /// Whether a reader belongs to a segment of newsletter.toml, by what the row says; who left the
    /// segment is still in it here.
    pub(super) fn belongs(publication: &Publication, reader: &Recipient, segment: &str) -> bool {
        let segment = publication.config.segments.get(segment);
        segment.is_some_and(|segment| segment.contains(|column| reader.value(column)))
    }

    /// Whether a reader gets what is for a segment: belongs to it, and has not left it.
    pub(super) fn gets(
        publication: &Publication,
        suppressions: &Suppressions,
        reader: &Recipient,
        segment: &str,
    ) -> bool {
        Self::belongs(publication, reader, segment) && !suppressions.left(&reader.address, segment)
    }

    /// The readers that an issue is for.
    pub(super) fn of(
        &self,
        issue: &Issue,
    ) -> Result<impl Iterator<Item = Result<Recipient, Failure>>, Failure> {
        let name = issue.audience.as_deref();
        let is_for = move |reader: &Recipient| {
            name.is_none_or(|name| Self::belongs(self.publication, reader, name))
        };
        Ok(self.all()?.filter(move |reader| reader.as_ref().map_or(true, is_for)))
    }

    /// The reader with an address.
    pub(super) fn find(&self, address: &EmailAddress) -> Result<Option<Recipient>, Failure> {
        let key = address.key();
        let is_it = |reader: &Result<Recipient, Failure>| {
            reader.as_ref().map_or(true, |reader| reader.address.key() == key)
        };
        self.all()?.find(is_it).transpose()
    }

    fn unreadable(&self, error: &audience::Error) -> Failure {
        unreadable(self.publication, error)
    }
}

fn unreadable(publication: &Publication, error: &audience::Error) -> Failure {
    let list = publication.config.audience.subscribers.display();
    Failure::because(format!("cannot read the list `{list}`"), error).exit(Exit::Content)
}

/// What the messages of an issue for an audience are planned with.
pub(super) fn planner<'p>(
    publication: &'p Publication,
    suppressions: &'p Suppressions,
    audience: Option<&'p str>,
    stamp: &Stamp<'p>,
) -> Planner<'p> {
    Planner {
        press: publication.press(stamp.theme, stamp.neighbours, Some(stamp.key)),
        key: stamp.key,
        date: stamp.date,
        salt: stamp.salt,
        belongs: Box::new(|reader, segment| {
            Readers::gets(publication, suppressions, reader, segment)
        }),
        suppressed: Box::new(move |address| {
            suppressions.reason_in(address, audience).map(Cow::into_owned)
        }),
    }
}

/// Takes readers through the render gate, and tells `see` where each one goes.
pub(super) fn prove(
    planner: &Planner<'_>,
    issue: &Issue,
    readers: impl Iterator<Item = Result<Recipient, Failure>>,
    see: &mut dyn FnMut(&Recipient, Place),
) -> Result<Result<Passed, Refused>, Failure> {
    let mut gate = planner.gate(issue);
    for reader in readers {
        let reader = reader?;
        match gate.admit(&reader) {
            Ok(place) => see(&reader, place),
            Err(refused) => return Ok(Err(refused)),
        }
    }
    Ok(gate.close())
}

/// What is wrong with the finished letters of an issue, but for what is known already: the largest
/// of each edition is looked at.
pub(super) fn judge(
    issue: &Issue,
    key: &Key,
    letters: &[Letter],
    known: &[Diagnostic],
) -> Vec<Diagnostic> {
    let mut found: Vec<_> = check::size(issue, letters).into_iter().collect();
    for letter in letters {
        let Some((recipient, _)) = letter.largest() else { continue };
        let Ok(html) = letter.draft.html(Reader { recipient, key }) else { continue };
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
