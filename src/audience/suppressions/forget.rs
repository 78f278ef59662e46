//! Somebody who is to be forgotten in, suppressions.csv with a keyed hash in place of all their rows out.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::Path;

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::audience::disk::{beside, lock, open_to_read, stamp, tail};
use crate::audience::error::Error;
use crate::audience::rows::Rows;
use crate::audience::suppressions::Suppressions;
use crate::audience::suppressions::cell::Mark;
use crate::audience::suppressions::entry::Cause;
use crate::audience::suppressions::known::Moment;
use crate::audience::suppressions::table;
use crate::file;
use crate::key::Hasher;

impl Suppressions {
    /// Takes every row out of the file that names somebody, and has a keyed hash keep them out; says
    /// how many rows were taken out. All other rows keep their bytes.
    ///
    /// The file is written anew beside the old one, and takes its name when it is on the disk.
    ///
    /// # Errors
    ///
    /// As for [`Suppressions::append`]; the file is as it was then.
    pub fn forget(&mut self, address: &EmailAddress, at: Timestamp) -> Result<usize, Error> {
        let forgotten = self.forget_rows(address, at);
        forgotten.map_err(|error| self.failed("forget somebody in", error))
    }

    fn forget_rows(&mut self, address: &EmailAddress, at: Timestamp) -> Result<usize, Error> {
        let key = address.key();
        let hasher = self.hasher.clone().ok_or(Error::Keyless)?;
        let hash = hasher.hash(&key);
        let old = lock(&self.path)?;
        self.read(&old)?;
        let named = rows_of(&self.path, &key, self.layout.address())?;
        let kept = match self.known.hashed(&hash) {
            // Nothing that keeps them out is left to be written.
            Some(_) if named.is_empty() => return Ok(0),
            Some(_) => None,
            None => Some(reason(self.known.reason(&key))),
        };
        // What kept them out before must not come back under their name.
        self.dropped.remove(key.as_str());
        let mut source = File::open(&self.path)?;
        let path = self.path.canonicalize()?;
        let mut new = beside(&path)?;
        copy_without(&mut source, &named, new.as_file_mut())?;
        if let Some(reason) = kept {
            let moment = self.known.moment(&key, Some(&hash), Moment::from(at)).cell();
            let cells =
                [Mark::hash(&hasher, &hash), reason, "editor".to_owned(), moment, String::new()];
            let tail = tail(new.as_file_mut())?;
            new.write_all(&self.layout.rows(&[cells], &tail)?)?;
        }
        new.as_file().set_permissions(old.metadata()?.permissions())?;
        let new = file::replace(new, &path)?;
        let (layout, known) = table::read(&File::open(&path)?, self.hasher.as_ref())?;
        (self.layout, self.known) = (layout, known);
        self.stamp = Some(stamp(&new)?);
        Ok(named.len())
    }
}

/// The reason of the hash: what a reader could not lift before, they cannot lift now.
fn reason(before: Option<&str>) -> String {
    match before.map(Cause::of) {
        Some(Cause::Complaint) => "complaint, forgotten".to_owned(),
        Some(Cause::Other) => "blocked, forgotten".to_owned(),
        Some(Cause::Unsubscribed | Cause::Forgotten | Cause::Bounced) | None => {
            "forgotten".to_owned()
        }
    }
}

/// Where the rows are that name the reader of a key.
fn rows_of(path: &Path, key: &str, column: Option<usize>) -> Result<Vec<Range<u64>>, Error> {
    let Some(at) = column else { return Ok(Vec::new()) };
    let mut rows = Rows::new(File::open(path)?)?;
    let mut named = Vec::new();
    while let Some(row) = rows.next_row()? {
        let row = row.map_err(Error::Row)?;
        if is_about(row.cell(at).unwrap_or_default(), key, None) {
            named.push(rows.span());
        }
    }
    Ok(named)
}

/// Whether a cell is about the reader of a key, who may have a keyed hash.
fn is_about(cell: &str, key: &str, hash: Option<&str>) -> bool {
    match Mark::read(cell) {
        Ok(Mark::Out(own, other)) => &*own == key || other.is_some_and(|other| &*other == key),
        Ok(Mark::Back(own) | Mark::Left(own) | Mark::Joined(own)) => &*own == key,
        Ok(Mark::Hash(own, _)) => hash == Some(&*own),
        Err(_) => false,
    }
}

/// The rows of a file of suppressions that are about somebody, also those that do not name them:
/// what each column says, in the order of the file.
///
/// # Errors
///
/// The file cannot be read.
pub fn suppression_rows(
    path: &Path,
    address: &EmailAddress,
    hasher: Option<&Hasher>,
) -> Result<Vec<Vec<(String, String)>>, Error> {
    let (key, mut found) = (address.key(), Vec::new());
    let hash = hasher.map(|hasher| hasher.hash(&key));
    let Some(file) = open_to_read(path)? else { return Ok(found) };
    let (layout, _) = table::read(&file, hasher)?;
    let Some(at) = layout.address() else { return Ok(found) };
    let mut rows = Rows::new(File::open(path)?)?;
    while let Some(row) = rows.next_row()? {
        let row = row.map_err(Error::Row)?;
        if is_about(row.cell(at).unwrap_or_default(), &key, hash.as_deref()) {
            let names = layout.columns.names().iter().cloned();
            found.push(names.zip(row.cells().map(str::to_owned)).collect());
        }
    }
    Ok(found)
}

fn copy_without(source: &mut File, parts: &[Range<u64>], new: &mut File) -> io::Result<()> {
    let end = source.metadata()?.len();
    let mut from = 0;
    for part in parts.iter().cloned().chain(std::iter::once(end..end)) {
        source.seek(SeekFrom::Start(from))?;
        io::copy(&mut (&*source).take(part.start.saturating_sub(from)), new)?;
        from = part.end;
    }
    Ok(())
}
