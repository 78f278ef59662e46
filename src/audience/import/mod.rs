//! Lists of other tools in, new readers, new suppressions and rejected rows out.
//!
//! The files are read three times, and nobody of them is held in memory; once before that, where the
//! cells of a column have to be read beside each other. The first time gathers who
//! is on the list and in the files; the second counts what would become of each row, which is shown;
//! the third does it. Suppressions are on the disk first, and the list changes as a whole, last: an
//! import that is stopped anywhere has resurrected nobody, and is made complete by another.

mod rejected;
mod repairs;
mod sorter;
mod way;
mod work;

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::audience::error::Error;
use crate::audience::exports::{Export, Found, ImportOptions, Names, Outcome, plain};
use crate::audience::import::sorter::{Origin, Places, Sorter};
use crate::audience::import::way::Way;
use crate::audience::import::work::Work;
use crate::audience::roster::Roster;
use crate::audience::suppressions::Suppressions;
use crate::audience::tags::TagGrants;

pub use crate::audience::exports::Use;
pub use repairs::{Repair, Repairs};
pub use way::Counts;

/// Files that people are to be imported from.
#[derive(Debug, Default)]
pub struct Import {
    exports: Vec<Export>,
    others: Vec<(String, String)>,
    names: Names,
    paths: Vec<PathBuf>,
    options: ImportOptions,
}

/// What an import would do.
#[derive(Debug)]
pub struct Plan {
    pub(crate) places: Places,
    pub(crate) digests: Vec<Vec<u8>>,
    /// By export.
    pub counts: Vec<Counts>,
    /// By export: the addresses that were not written as they should be.
    pub repairs: Vec<Repairs>,
    /// Tags for subscribers who are on the list already, and how many of them get new ones.
    grants: TagGrants,
    /// How many subscribers of the list get tags that they do not have.
    pub tagged: u64,
    /// Which fields new readers say something in, by their number.
    used: Vec<bool>,
    /// The columns that the list would have more.
    pub columns: Vec<String>,
    /// Where each used field goes: its name, and that of its column.
    pub fields: Vec<(String, String)>,
}

/// What was done.
#[derive(Debug)]
pub struct Done {
    /// Of all exports.
    pub counts: Counts,
    /// How many subscribers got tags that they did not have.
    pub tagged: u64,
    /// The files of rejected rows.
    pub rejected: Vec<PathBuf>,
}

impl Import {
    /// Looks into files, and recognises them by their columns.
    ///
    /// # Errors
    ///
    /// One of them cannot be read, or has no column of addresses.
    pub fn open(paths: &[PathBuf]) -> Result<Self, (PathBuf, Error)> {
        Self::open_with(paths, ImportOptions::default())
    }

    /// Looks into files, and takes columns for what the options say.
    ///
    /// # Errors
    ///
    /// As for [`Import::open`].
    pub fn open_with(paths: &[PathBuf], options: ImportOptions) -> Result<Self, (PathBuf, Error)> {
        let mut import = Self { paths: paths.to_vec(), options, ..Self::default() };
        for path in paths {
            let found = Export::find(path, &import.options, &mut import.names);
            for found in found.map_err(|error| (path.clone(), error))? {
                match found {
                    Found::Export(export) => import.exports.push(*export),
                    Found::Other(name, why) => import.others.push((name, why)),
                }
            }
        }
        Ok(import)
    }

    /// Takes columns for such that say nothing of leaving, in each list that has them; returns those
    /// that no list has.
    pub fn settle<'c>(&mut self, columns: &'c [String]) -> Vec<&'c str> {
        let mut missing = Vec::new();
        for column in columns {
            let mut found = false;
            for export in &mut self.exports {
                found |= export.settle(column);
            }
            if !found {
                missing.push(column.as_str());
            }
        }
        missing
    }

    /// The lists.
    #[must_use]
    pub fn exports(&self) -> &[Export] {
        &self.exports
    }

    /// Whether a list has a column of this name, in whatever case.
    #[must_use]
    pub fn has_column(&self, name: &str) -> bool {
        let columns = self.exports.iter().flat_map(Export::header);
        columns.into_iter().any(|column| plain(column) == plain(name))
    }

    /// What is no list, and why.
    #[must_use]
    pub fn others(&self) -> &[(String, String)] {
        &self.others
    }

    /// The columns of a list and what becomes of each.
    pub fn uses<'i>(&'i self, export: &'i Export) -> impl Iterator<Item = (&'i str, Use)> {
        export.uses(&self.names)
    }

    /// Finds out what would become of each row.
    ///
    /// # Errors
    ///
    /// A file or the list cannot be read.
    pub fn plan(
        &mut self,
        roster: &mut Roster,
        suppressions: &Suppressions,
    ) -> Result<Plan, Error> {
        let places = self.gather(roster)?;
        let mut plan = Plan {
            places,
            digests: Vec::new(),
            counts: Vec::new(),
            repairs: Vec::new(),
            grants: TagGrants::default(),
            tagged: 0,
            used: Vec::new(),
            columns: Vec::new(),
            fields: Vec::new(),
        };
        let mut first = 0;
        for export in &self.exports {
            let (mut counts, mut repairs) = (Counts::default(), Repairs::default());
            let (places, used, grants) = (&plan.places, &mut plan.used, &mut plan.grants);
            let tags = self.names.id("tags").ok();
            let mut row = first;
            let digest = export.read(&mut self.names, &mut |line| {
                repairs.see(&line);
                let way = Way::of(line.outcome, places.get(row), suppressions);
                row += 1;
                counts.count(&way);
                mark(used, &way);
                grant(grants, &way, tags);
                Ok(())
            })?;
            first = row;
            plan.digests.push(digest);
            plan.counts.push(counts);
            plan.repairs.push(repairs);
        }
        if !plan.grants.is_empty() {
            plan.tagged = roster.count_tagged(&plan.grants)?;
        }
        if let Ok(tags) = self.names.id("tags")
            && !plan.grants.is_empty()
            && plan.tagged + plan.total().added > 0
        {
            use_field(&mut plan.used, tags);
        }
        plan.place_columns(&self.names, roster)?;
        Ok(plan)
    }

    /// Reads everything once: who is there, and who is new.
    fn gather(&mut self, roster: &mut Roster) -> Result<Places, Error> {
        let mut sorter = Sorter::default();
        roster.survey(&mut |key| sorter.add(key, Origin::Listed))?;
        let mut row = 0;
        for export in &self.exports {
            export.read(&mut self.names, &mut |line| {
                let named = origin(&line.outcome, row);
                named.map_or(Ok(()), |(address, origin)| sorter.add(&address.key(), origin))?;
                row += 1;
                Ok(())
            })?;
        }
        Ok(sorter.finish()?)
    }

    /// Does what was planned. Rejected rows are written to files in a folder.
    ///
    /// # Errors
    ///
    /// A file is another one than when it was looked at, or the disk failed. The list is then as it
    /// was; what is suppressed stays so.
    pub fn carry_out(
        &mut self,
        plan: &Plan,
        roster: &mut Roster,
        suppressions: &mut Suppressions,
        folder: &Path,
        now: Timestamp,
    ) -> Result<Done, Error> {
        let mut work = Work::new(plan, suppressions, now);
        if plan.total().added == 0 && plan.columns.is_empty() {
            work.read(&self.exports, &mut self.names, folder, None)?;
        } else {
            let (exports, names) = (&self.exports, &mut self.names);
            roster.extend(&plan.columns, |list| work.read(exports, names, folder, Some(list)))?;
        }
        let done = work.finish(&self.paths)?;
        let tagged = match plan.grants.is_empty() {
            true => 0,
            false => roster.add_tags(&plan.grants)?,
        };
        Ok(Done { tagged, ..done })
    }
}

impl Plan {
    /// The rows of all files together.
    #[must_use]
    pub fn total(&self) -> Counts {
        self.counts.iter().fold(Counts::default(), |sum, counts| Counts {
            added: sum.added + counts.added,
            suppressed: sum.suppressed + counts.suppressed,
            kept_out: sum.kept_out + counts.kept_out,
            there: sum.there + counts.there,
            rejected: sum.rejected + counts.rejected,
        })
    }

    /// Finds a column of the list for every field that is used, or makes one.
    fn place_columns(&mut self, names: &Names, roster: &Roster) -> Result<(), Error> {
        let listed = roster.columns()?;
        let address = roster.address_column()?;
        let mut columns: Vec<String> = listed.names().to_vec();
        for (id, name) in names.names().iter().enumerate() {
            if !self.used.get(id).is_some_and(|used| *used) {
                continue;
            }
            let places = || columns.iter().enumerate().filter(|(at, _)| Some(*at) != address);
            let same = places().find(|(_, column)| *column == name);
            let alike = || places().find(|(_, column)| plain(column) == plain(name));
            let column = match same.or_else(alike) {
                Some((_, column)) => column.clone(),
                None => {
                    columns.push(name.clone());
                    name.clone()
                }
            };
            self.fields.push((name.clone(), column));
        }
        self.columns = columns.split_off(listed.names().len());
        Ok(())
    }
}

/// Marks the fields that a new reader says something in.
fn mark(used: &mut Vec<bool>, way: &Way) {
    let Way::Added(_, values) = way else { return };
    for (id, _) in values.iter().filter(|(_, value)| !value.is_empty()) {
        use_field(used, *id);
    }
}

/// Notes the tags that a row gives to a subscriber who is known already.
fn grant(grants: &mut TagGrants, way: &Way, tags: Option<usize>) {
    let Way::Known(address, values) = way else { return };
    // Of several columns that are called so the last one counts.
    if let Some((_, tags)) = values.iter().rfind(|(id, _)| Some(*id) == tags) {
        grants.add(&address.key(), tags);
    }
}

fn use_field(used: &mut Vec<bool>, id: usize) {
    if used.len() <= id {
        used.resize(id + 1, false);
    }
    used[id] = true;
}

/// Whom a row names, and what for.
fn origin(outcome: &Outcome, row: u64) -> Option<(&EmailAddress, Origin)> {
    match outcome {
        Outcome::Joins(address, _) => Some((address, Origin::Joins(row))),
        Outcome::Leaves(address, ..) => Some((address, Origin::Leaves(row))),
        Outcome::Refused(..) => None,
    }
}
