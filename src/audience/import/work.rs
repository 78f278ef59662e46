//! An import that was planned in, the list, the suppressions and the rejected rows with it out.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::audience::error::Error;
use crate::audience::exports::{Export, Line, Names};
use crate::audience::import::rejected::Rejected;
use crate::audience::import::sorter::Place;
use crate::audience::import::way::{Counts, Way};
use crate::audience::import::{Done, Plan};
use crate::audience::roster::Extension;
use crate::audience::suppressions::{Act, Entry, Suppressions};

/// How many suppressions are written at once.
const ENTRIES_MAX: usize = 5_000;

/// An import that is carried out.
pub(crate) struct Work<'w> {
    plan: &'w Plan,
    suppressions: &'w mut Suppressions,
    counts: Counts,
    entries: Vec<Entry>,
    now: Timestamp,
    /// The number of the export's first row.
    first: u64,
    rejected: Vec<Rejected>,
}

impl<'w> Work<'w> {
    pub(crate) fn new(plan: &'w Plan, suppressions: &'w mut Suppressions, now: Timestamp) -> Self {
        let (counts, entries, rejected) = (Counts::default(), Vec::new(), Vec::new());
        Self { plan, suppressions, counts, entries, now, first: 0, rejected }
    }

    /// Gives the files of rejected rows their names.
    pub(crate) fn finish(self, imported: &[PathBuf]) -> Result<Done, Error> {
        let mut files = Vec::new();
        for rejected in self.rejected {
            files.extend(rejected.keep(imported)?);
        }
        Ok(Done { counts: self.counts, tagged: 0, rejected: files })
    }

    pub(crate) fn read(
        &mut self,
        exports: &[Export],
        names: &mut Names,
        folder: &Path,
        mut list: Option<&mut Extension>,
    ) -> Result<(), Error> {
        let target = Target::of(self.plan, names, list.as_deref());
        for (export, digest) in exports.iter().zip(&self.plan.digests) {
            let mut rejected = Rejected::new(folder, export);
            let mut row = self.first;
            let read = export.read(names, &mut |line| {
                let place = self.plan.places.get(row);
                row += 1;
                self.take(line, place, export, &target, list.as_deref_mut(), &mut rejected)
            })?;
            if read != *digest {
                return Err(Error::Changed);
            }
            self.first = row;
            self.rejected.push(rejected);
        }
        self.flush()
    }

    fn take(
        &mut self,
        line: Line<'_>,
        place: Place,
        export: &Export,
        target: &Target,
        list: Option<&mut Extension>,
        rejected: &mut Rejected,
    ) -> Result<(), Error> {
        let Line { number, outcome, cells, .. } = line;
        let way = Way::of(outcome, place, self.suppressions);
        self.counts.count(&way);
        match way {
            Way::Added(address, values) => {
                list.map_or(Ok(()), |list| list.push(&target.row(&address, &values)))
            }
            Way::Suppressed(address, reason) => {
                let (source, issue) = (export.format().source(), String::new());
                let (act, at) = (Act::Suppress, self.now);
                self.entries.push(Entry { address, act, reason, source, at, issue });
                if self.entries.len() >= ENTRIES_MAX { self.flush() } else { Ok(()) }
            }
            Way::Rejected(column, reason) => rejected.add(number, &column, &reason, &cells),
            Way::KeptOut | Way::There | Way::Known(..) => Ok(()),
        }
    }

    /// Writes the suppressions that are at hand.
    fn flush(&mut self) -> Result<(), Error> {
        if !self.entries.is_empty() {
            self.suppressions.append(&self.entries)?;
            self.entries.clear();
        }
        Ok(())
    }
}

/// Where the values of a row go.
struct Target {
    /// The column of each field, by its number.
    columns: Vec<Option<usize>>,
    address: usize,
    width: usize,
}

impl Target {
    fn of(plan: &Plan, names: &Names, list: Option<&Extension>) -> Self {
        let Some(list) = list else {
            return Self { columns: Vec::new(), address: 0, width: 1 };
        };
        let column = |name: &String| {
            let (_, column) = plan.fields.iter().find(|(field, _)| field == name)?;
            list.columns().position(column)
        };
        let columns = names.names().iter().map(column).collect();
        Self { columns, address: list.address_column(), width: list.columns().names().len() }
    }

    fn row<'v>(&self, address: &EmailAddress, values: &'v [(usize, String)]) -> Vec<Cow<'v, str>> {
        let mut row = vec![Cow::Borrowed(""); self.width];
        for (id, value) in values {
            if let Some(at) = self.columns.get(*id).copied().flatten() {
                row[at] = Cow::Borrowed(value.as_str());
            }
        }
        row[self.address] = Cow::Owned(address.to_string());
        row
    }
}
