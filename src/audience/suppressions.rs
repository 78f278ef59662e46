//! suppressions.csv in, the addresses that are never written to out; new ones are appended to it.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::mem;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::address::{AddressError, EmailAddress};
use crate::audience::error::{BadRow, Error, Reason};
use crate::audience::recipient::Columns;
use crate::audience::rows::Rows;
use crate::audience::subscribers::{ADDRESS_COLUMNS, no_name_twice};
use crate::field::clean;

/// The columns of a new file, and of a file without a row that names them.
const COLUMNS: [&str; 4] = ["address", "reason", "source", "date"];

/// How long a reason or a source can be, in characters: a server's reply can be a page.
const TEXT_MAX: usize = 500;

type Reasons = HashMap<Box<str>, Box<str>>;

/// The addresses that are never written to, and the file they are in.
///
/// Calls that touch the file block, and wait while another process appends to it.
#[derive(Debug, Clone)]
pub struct Suppressions {
    path: PathBuf,
    /// What the file has: the reason by [`EmailAddress::key`].
    reasons: Reasons,
    /// What the file had before it changed, and has no more.
    dropped: Reasons,
    layout: Layout,
    /// Length and time of the file as it was last read; `None` while there is none.
    stamp: Option<(u64, SystemTime)>,
}

/// How the rows of a file are made.
#[derive(Debug, Clone)]
struct Layout {
    columns: Columns,
    delimiter: u8,
    /// Whether a row is in the file already; if not, one that names the columns has to be first.
    begun: bool,
}

impl Suppressions {
    /// Reads a file of suppressions; a missing file has none.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or one of its rows holds no address. Such a row is never passed
    /// over: it may be someone who must not be written to.
    pub fn load(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let columns = Columns::new(COLUMNS);
        let layout = Layout { columns, delimiter: b',', begun: false };
        let (reasons, dropped) = (Reasons::new(), Reasons::new());
        let mut suppressions = Self { path: path.into(), reasons, dropped, layout, stamp: None };
        suppressions.reload_if_changed()?;
        Ok(suppressions)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many addresses there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.reasons.len() + self.dropped.len()
    }

    /// Whether there is no address at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Why an address is not written to, perhaps without a word; `None` where it may be.
    #[must_use]
    pub fn reason_for(&self, address: &EmailAddress) -> Option<&str> {
        let key = address.key();
        let reason = self.reasons.get(key.as_str()).or_else(|| self.dropped.get(key.as_str()));
        reason.map(AsRef::as_ref)
    }

    /// Reads the file again if its length or time is another; says whether it was.
    ///
    /// What was suppressed stays so, even if the file is gone or half of it is: an editor's save
    /// and git's checkout take a moment, and the run goes on meanwhile. An address that is taken
    /// out of the file is written to again when the file is next loaded.
    ///
    /// # Errors
    ///
    /// As for [`Suppressions::load`]; what was known before is still known then.
    pub fn reload_if_changed(&mut self) -> Result<bool, Error> {
        let reloaded = self.reload();
        reloaded.map_err(|error| self.failed("read", error))
    }

    /// Adds an address to the file, unless it is there already, and returns when it is on the disk.
    ///
    /// Line breaks and control characters in the reason and the source become spaces or nothing,
    /// so that an address is one line of the file; each is cut at 500 characters.
    ///
    /// # Errors
    ///
    /// The file cannot be locked, read or written; as much of it is there as was before.
    pub fn append(
        &mut self,
        address: &EmailAddress,
        reason: &str,
        source: &str,
        date: jiff::civil::Date,
    ) -> Result<(), Error> {
        let cells = [address.to_string(), short(reason), short(source), date.to_string()];
        let appended = self.append_cells(&address.key(), &cells);
        appended.map_err(|error| self.failed("add to", error))
    }

    fn reload(&mut self) -> Result<bool, Error> {
        // A pipe would be waited for, and a device read for ever.
        let opened = std::fs::metadata(&self.path).and_then(|file| match file.is_file() {
            true => File::open(&self.path),
            false => Err(io::Error::other("it is not a file")),
        });
        let file = match opened {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        if self.stamp == Some(stamp(&file)?) {
            return Ok(false);
        }
        match file.lock_shared() {
            // Where files cannot be locked nobody can append, so there is nothing to wait for.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
            locked => locked?,
        }
        self.read(&file)?;
        Ok(true)
    }

    /// Reads a locked file from its beginning.
    fn read(&mut self, file: &File) -> Result<(), Error> {
        let stamp = stamp(file)?;
        let (layout, reasons) = parse(file)?;
        self.dropped.extend(mem::replace(&mut self.reasons, reasons));
        self.dropped.retain(|key, _| !self.reasons.contains_key(key));
        self.layout = layout;
        self.stamp = Some(stamp);
        Ok(())
    }

    fn append_cells(&mut self, key: &str, cells: &[String; 4]) -> Result<(), Error> {
        let new = !self.path.exists();
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&self.path)?;
        file.lock()?;
        // Another process may have been here since: only what is read under the lock is sure.
        if self.stamp != Some(stamp(&file)?) {
            self.read(&file)?;
        }
        if self.reasons.contains_key(key) {
            return Ok(());
        }
        let before = file.metadata()?.len();
        let bytes = self.layout.row(cells, &tail(&mut file, before)?)?;
        let written = file.write_all(&bytes).and_then(|()| file.sync_all());
        if let Err(error) = written {
            // Half a row would be a wrong address, or none. The write's error is the one that counts.
            drop(file.set_len(before));
            return Err(error.into());
        }
        if new {
            sync_folder(&self.path)?;
        }
        self.layout.begun = true;
        self.dropped.remove(key);
        self.reasons.insert(key.into(), cells[1].as_str().into());
        self.stamp = Some(stamp(&file)?);
        Ok(())
    }

    fn failed(&self, operation: &'static str, error: Error) -> Error {
        Error::Suppressions { operation, path: self.path.clone(), source: Box::new(error) }
    }
}

impl Layout {
    /// The bytes that add a row to a file which ends with `tail`.
    fn row(&self, cells: &[String; 4], tail: &[u8]) -> Result<Vec<u8>, Error> {
        let line_end = if tail == b"\r\n" { "\r\n" } else { "\n" };
        let mut bytes = Vec::new();
        if self.begun && !tail.ends_with(b"\n") && !tail.ends_with(b"\r") {
            bytes.extend(line_end.as_bytes());
        }
        let crlf = line_end.len() == 2;
        let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new()
            .delimiter(self.delimiter)
            .terminator(terminator)
            .from_writer(&mut bytes);
        if !self.begun {
            writer.write_record(self.columns.names()).map_err(io::Error::from)?;
        }
        let row = self.columns.names().iter().map(|name| {
            let is_address = address_column(&self.columns) == self.columns.position(name);
            let wanted = if is_address { COLUMNS[0] } else { name.as_str() };
            COLUMNS.iter().position(|column| *column == wanted).map_or("", |at| &cells[at])
        });
        writer.write_record(row).map_err(io::Error::from)?;
        writer.flush()?;
        drop(writer);
        Ok(bytes)
    }
}

/// How a file's rows are made, and the reason by key.
fn parse(file: &File) -> Result<(Layout, Reasons), Error> {
    let mut rows = Rows::new(file)?;
    let mut layout =
        Layout { columns: Columns::new(COLUMNS), delimiter: rows.delimiter(), begun: false };
    let mut reasons = Reasons::new();
    let mut others: Vec<(Box<str>, Box<str>)> = Vec::new();
    while let Some(row) = rows.next_row()? {
        let row = row.map_err(Error::Row)?;
        if !layout.begun {
            layout.begun = true;
            if addresses(row.cell(0).unwrap_or_default()).is_err() {
                layout.columns = Columns::new(row.cells());
                no_name_twice(layout.columns.names())?;
                continue;
            }
        }
        let Some(address) = address_column(&layout.columns) else { break };
        let text = row.cell(address).unwrap_or_default();
        let reason = layout.columns.position("reason").and_then(|at| row.cell(at));
        let reason = reason.unwrap_or_default();
        let (key, other) =
            addresses(text).map_err(|reason| Error::Row(BadRow { line: row.line, reason }))?;
        reasons.entry(key).or_insert_with(|| reason.into());
        others.extend(other.map(|other| (other, Box::from(reason))));
    }
    // The reason of an address that has a row of its own is in that row.
    for (key, reason) in others {
        reasons.entry(key).or_insert(reason);
    }
    if address_column(&layout.columns).is_none() {
        let columns = layout.columns.names().to_vec();
        return Err(Error::NoAddressColumn { wanted: COLUMNS[0], columns });
    }
    Ok((layout, reasons))
}

/// Which column holds the addresses.
fn address_column(columns: &Columns) -> Option<usize> {
    let known = [COLUMNS[0]].into_iter().chain(ADDRESS_COLUMNS);
    known.into_iter().find_map(|name| columns.position(name))
}

/// The key that a cell suppresses and, where a `'` stands before the address, perhaps a second: it
/// may be the address's own or a spreadsheet's mark for text.
fn addresses(text: &str) -> Result<(Box<str>, Option<Box<str>>), Reason> {
    let key = |text: &str| text.parse().map(|address: EmailAddress| address.key().into());
    let bare = text.trim().trim_start_matches('\'');
    let written: Result<Box<str>, AddressError> = key(text);
    match (written, key(bare)) {
        (Ok(written), Ok(bare)) => {
            Ok((written.clone(), Some(bare).filter(|bare| *bare != written)))
        }
        (Ok(only), Err(_)) | (Err(_), Ok(only)) => Ok((only, None)),
        (Err(_), Err(AddressError::Empty)) => Err(Reason::NoAddress),
        (Err(_), Err(error)) => Err(Reason::NotAnAddress { text: text.to_owned(), error }),
    }
}

fn short(text: &str) -> String {
    clean(text).trim().chars().take(TEXT_MAX).collect()
}

fn stamp(file: &File) -> io::Result<(u64, SystemTime)> {
    let metadata = file.metadata()?;
    Ok((metadata.len(), metadata.modified()?))
}

/// The last bytes of a file, two at most.
fn tail(file: &mut File, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(length.saturating_sub(2)))?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A new file outlives a power cut only when its folder is on the disk too.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
