//! Changes to the list of readers in, subscribers.csv with them out: only what was asked for is changed.
//!
//! Rows are appended where the columns suffice. Where there are new columns, or rows to be removed,
//! the file is written anew beside the old one and takes its name when it is on the disk: a reader
//! of it sees the old list or the new one. Rows that are not meant keep their bytes.

mod replace;
mod sheet;
mod tagging;

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::address::EmailAddress;
use crate::audience::disk::{Stamp, append, lock, open_to_read, stamp};
use crate::audience::error::Error;
use crate::audience::recipient::Columns;
use crate::audience::roster::replace::Replacement;
use crate::audience::roster::sheet::{Sheet, Survey};
use crate::audience::scan::CELL_MAX;
use crate::audience::tags::TagGrants;

pub use replace::{Extension, forget_rejected};

/// Somebody who is to be on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newcomer {
    /// Where the mail goes.
    pub address: EmailAddress,
    /// What the row says in a column, by its name in lower case; a column that the list does not
    /// have is added to it, if the value says something.
    pub values: Vec<(String, String)>,
}

/// The file of the list, to be changed.
///
/// ```
/// use newsletter::audience::{Newcomer, Roster};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("subscribers.csv");
/// std::fs::write(&path, "email;name\nann@example.org;Ann\n")?;
/// let values = vec![("name".to_owned(), "Bob".to_owned())];
/// let bob = Newcomer { address: "bob@example.org".parse()?, values };
/// let mut roster = Roster::open(&path)?;
/// assert_eq!(roster.add(&[bob.clone()])?, 1);
/// assert_eq!(roster.add(&[bob])?, 0);
/// assert_eq!(std::fs::read_to_string(&path)?, "email;name\nann@example.org;Ann\nbob@example.org;Bob\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Calls that change the file block, and wait while another process changes it.
#[derive(Debug)]
pub struct Roster {
    path: PathBuf,
    /// The file as it was when it was surveyed last.
    surveyed: Option<Stamp>,
}

impl Roster {
    /// Takes a list that can be read, or one that is still to be made.
    ///
    /// # Errors
    ///
    /// The list cannot be read, or the row that names its columns is wrong.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let roster = Self { path: path.into(), surveyed: None };
        roster.columns()?;
        Ok(roster)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of its columns, the one of addresses as the file calls it; none where there is no
    /// list yet.
    ///
    /// # Errors
    ///
    /// As for [`Roster::open`].
    pub fn columns(&self) -> Result<Columns, Error> {
        Ok(self.sheet()?.map_or_else(Columns::default, |sheet| sheet.columns))
    }

    /// Which of the columns holds the address; `None` where there is no list yet.
    pub(crate) fn address_column(&self) -> Result<Option<usize>, Error> {
        Ok(self.sheet()?.map(|sheet| sheet.email))
    }

    fn sheet(&self) -> Result<Option<Sheet>, Error> {
        let sheet = open_to_read(&self.path).map_err(Error::from).and_then(|file| match file {
            None => Ok(None),
            Some(file) => Sheet::read(file),
        });
        sheet.map_err(|error| self.failed("read", error))
    }

    /// Adds those who are not there yet; says how many those were, when they are on the disk.
    ///
    /// # Errors
    ///
    /// The list cannot be locked, read or written, or a row of it has to be mended before it can
    /// have more columns. It is as it was then.
    pub fn add(&mut self, newcomers: &[Newcomer]) -> Result<usize, Error> {
        let added = self.add_new(newcomers);
        added.map_err(|error| self.failed("add to", error))
    }

    /// Removes every row of some readers; says how many rows those were.
    ///
    /// A row that cannot be read goes, too, if it holds one of the addresses.
    ///
    /// # Errors
    ///
    /// The list cannot be locked, read or written. It is as it was then.
    pub fn remove(&mut self, addresses: &[EmailAddress]) -> Result<usize, Error> {
        let removed = self.remove_rows(addresses);
        removed.map_err(|error| self.failed("remove readers from", error))
    }

    /// Counts the subscribers of the list who would get tags that they do not have.
    pub(crate) fn count_tagged(&self, grants: &TagGrants) -> Result<u64, Error> {
        let count = || {
            let Some(file) = open_to_read(&self.path)? else { return Ok(0) };
            tagging::count(file, grants)
        };
        count().map_err(|error| self.failed("read", error))
    }

    /// Adds tags to subscribers of the list; returns how many got such as they did not have. The
    /// other rows keep their bytes.
    pub(crate) fn add_tags(&mut self, grants: &TagGrants) -> Result<u64, Error> {
        let add = || {
            if !self.path.exists() {
                return Ok(0);
            }
            tagging::apply(&self.path, lock(&self.path)?, grants)
        };
        add().map_err(|error| self.failed("add tags to", error))
    }

    /// Tells the key of everyone who is on the list, and remembers what the list was.
    ///
    /// # Errors
    ///
    /// The list cannot be read.
    pub fn survey(&mut self, see: &mut dyn FnMut(&str) -> io::Result<()>) -> Result<(), Error> {
        let mut survey = || {
            let Some(file) = open_to_read(&self.path)? else { return Ok(None) };
            let before = stamp(&file)?;
            Survey::of(file, see)?;
            Ok(Some(before))
        };
        self.surveyed = survey().map_err(|error| self.failed("read", error))?;
        Ok(())
    }

    /// Writes the list anew, with more columns and the rows that `fill` adds: all of it or nothing.
    ///
    /// # Errors
    ///
    /// The list is another one than when it was surveyed, cannot be locked, read or written, or has
    /// a row that has to be mended; or whatever `fill` fails with. The list is as it was then.
    pub fn extend<E: From<Error>>(
        &mut self,
        columns: &[String],
        fill: impl FnOnce(&mut Extension) -> Result<(), E>,
    ) -> Result<(), E> {
        let begin = || {
            let file = lock(&self.path)?;
            let known =
                self.surveyed.is_none_or(|known| stamp(&file).is_ok_and(|now| now == known));
            // A list that was missing is an empty file as soon as it is locked.
            if !known || (self.surveyed.is_none() && file.metadata()?.len() > 0) {
                return Err(Error::Changed);
            }
            Replacement::begin(&self.path, file, columns)
        };
        let mut extension = begin().map_err(|error| self.failed("add to", error))?;
        fill(&mut extension)?;
        extension.finish().map_err(|error| self.failed("add to", error))?;
        self.surveyed = None;
        Ok(())
    }

    fn add_new(&mut self, newcomers: &[Newcomer]) -> Result<usize, Error> {
        let mut wanted: HashSet<String> = HashSet::new();
        let mut new: Vec<&Newcomer> =
            newcomers.iter().filter(|new| wanted.insert(new.address.key())).collect();
        if new.is_empty() {
            return Ok(0);
        }
        for (_, value) in new.iter().flat_map(|new| &new.values) {
            if value.len() >= CELL_MAX {
                return Err(io::Error::other("a value is longer than 32 KiB").into());
            }
        }
        let mut file = lock(&self.path)?;
        let sheet = Survey::of(reopen(&self.path)?, &mut |key| {
            wanted.remove(key);
            Ok(())
        })?;
        new.retain(|new| wanted.contains(&new.address.key()));
        if new.is_empty() {
            return Ok(0);
        }
        let columns = missing(sheet.as_ref(), &new);
        let Some(sheet) = sheet.filter(|_| columns.is_empty()) else {
            let mut extension = Replacement::begin(&self.path, file, &columns)?;
            for new in &new {
                extension.push(&cells(extension.sheet(), new))?;
            }
            extension.finish()?;
            return Ok(new.len());
        };
        let mut bytes = sheet.line_end_missing(&mut file)?;
        for new in &new {
            bytes.extend(sheet.row(&cells(&sheet, new)));
        }
        append(&mut file, &bytes)?;
        Ok(new.len())
    }

    fn remove_rows(&mut self, addresses: &[EmailAddress]) -> Result<usize, Error> {
        if !self.path.exists() {
            return Ok(0);
        }
        let file = lock(&self.path)?;
        replace::without(&self.path, file, addresses)
    }

    fn failed(&self, operation: &'static str, error: Error) -> Error {
        match error {
            Error::List { .. } => error,
            error => Error::List { operation, path: self.path.clone(), source: Box::new(error) },
        }
    }
}

/// The columns that newcomers say something in and that the list does not have.
fn missing(sheet: Option<&Sheet>, new: &[&Newcomer]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for (name, value) in new.iter().flat_map(|new| &new.values) {
        let name = name.trim().to_lowercase();
        let known = |sheet: &Sheet| sheet.columns.position(&name).is_some();
        if !value.is_empty() && !sheet.is_some_and(known) && !columns.contains(&name) {
            columns.push(name);
        }
    }
    columns
}

/// The row of a newcomer, a cell for each column.
fn cells<'n>(sheet: &Sheet, new: &'n Newcomer) -> Vec<std::borrow::Cow<'n, str>> {
    let mut cells = vec![std::borrow::Cow::Borrowed(""); sheet.columns.names().len()];
    for (name, value) in &new.values {
        if let Some(at) = sheet.columns.position(&name.trim().to_lowercase()) {
            cells[at] = value.as_str().into();
        }
    }
    cells[sheet.email] = new.address.to_string().into();
    cells
}

/// A second way into a file that is locked, with a place of its own.
fn reopen(path: &Path) -> Result<File, Error> {
    Ok(File::open(path)?)
}
