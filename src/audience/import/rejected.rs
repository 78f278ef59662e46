//! Rows that nobody can be told from in, a file of them to be mended and imported again out.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::audience::error::Error;
use crate::audience::exports::{Export, REJECTED, marked, unmarked};
use crate::file;

/// The rejected rows of one list: where each was, what is wrong with it, and its cells.
pub(crate) struct Rejected {
    folder: PathBuf,
    /// The file's name without its ending.
    stem: String,
    header: Vec<String>,
    /// `None` until there is a row.
    file: Option<BufWriter<NamedTempFile>>,
}

/// How many files of rejected rows can be in a folder.
const FILES_MAX: usize = 1000;

impl Rejected {
    pub(crate) fn new(folder: &Path, export: &Export) -> Self {
        // The name says what the name of the list said: what is mended is not taken for readers.
        let stem = match export.everyone() {
            Some(everyone) => format!("rejected-{}", everyone.word()),
            None => "rejected".to_owned(),
        };
        let names = REJECTED.iter().copied().chain(export.header());
        let header = names.map(str::to_owned).collect();
        Self { folder: folder.to_owned(), stem, header, file: None }
    }

    /// Adds a row, as the list has it; cells that a spreadsheet would take for formulas are marked.
    pub(crate) fn add(
        &mut self,
        line: u64,
        column: &str,
        reason: &str,
        cells: &[&str],
    ) -> Result<(), Error> {
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let mut builder = tempfile::Builder::new();
                let file =
                    builder.prefix(".newsletter-").suffix(".new").tempfile_in(&self.folder)?;
                let mut file = BufWriter::new(file);
                write(&mut file, self.header.iter().map(String::as_str))?;
                self.file.insert(file)
            }
        };
        let line = line.to_string();
        let about = [line.as_str(), column, reason];
        Ok(write(file, about.into_iter().chain(cells.iter().copied()))?)
    }

    /// Gives the file a name that is free, or that of a file which says the same or was imported.
    pub(crate) fn keep(self, imported: &[PathBuf]) -> Result<Option<PathBuf>, Error> {
        let Some(file) = self.file else { return Ok(None) };
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        let imported: Vec<_> =
            imported.iter().filter_map(|path| path.canonicalize().ok()).collect();
        for number in 1..=FILES_MAX {
            let number = if number == 1 { String::new() } else { format!("-{number}") };
            let path = self.folder.join(format!("{}{number}.csv", self.stem));
            if path.canonicalize().is_ok_and(|path| imported.contains(&path)) {
                file::replace(file, &path)?;
                return Ok(Some(path));
            }
            if path.is_file() && same(file.path(), &path)? {
                return Ok(Some(path));
            }
            match file::create(file, &path)? {
                Ok(_) => return Ok(Some(path)),
                Err(taken) => file = taken,
            }
        }
        Err(io::Error::other("there are too many files of rejected rows").into())
    }
}

/// Writes a row of CSV (RFC 4180).
fn write<'c>(file: &mut impl io::Write, cells: impl Iterator<Item = &'c str>) -> io::Result<()> {
    let mut row = String::new();
    for (at, cell) in cells.enumerate() {
        row.push_str(if at > 0 { "," } else { "" });
        let cell = marked(unmarked(cell));
        if cell.contains([',', '"', '\n', '\r']) {
            row.extend(["\"", &cell.replace('"', "\"\""), "\""]);
        } else {
            row.push_str(&cell);
        }
    }
    row.push('\n');
    file.write_all(row.as_bytes())
}

/// Whether two files say the same.
fn same(one: &Path, other: &Path) -> io::Result<bool> {
    let (one, other) = (File::open(one)?, File::open(other)?);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    let mut other = BufReader::new(other).bytes();
    for byte in BufReader::new(one).bytes() {
        if other.next().transpose()? != Some(byte?) {
            return Ok(false);
        }
    }
    Ok(true)
}
