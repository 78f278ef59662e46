//! Which bounces were handled and what came of each: a file that is only appended to.

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::file;
use crate::returns::rule::{Bounced, Class};

/// The columns of the file.
const COLUMNS: [&str; 8] =
    ["date", "message", "reader", "issue", "sent", "class", "status", "outcome"];

/// What became of a reader through a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// The reader is not written to any more.
    Suppressed,
    /// It counts.
    Counted,
    /// It changed nothing.
    Nothing,
}

impl Came {
    const fn word(self) -> &'static str {
        match self {
            Self::Suppressed => "suppressed",
            Self::Counted => "counted",
            Self::Nothing => "nothing",
        }
    }
}

/// One handled message: a row. It names nobody: readers are keyed hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handled {
    /// When it was handled.
    pub at: Timestamp,
    /// The fingerprint of the message.
    pub message: String,
    /// The keyed hash of the reader; empty where it was nobody's.
    pub reader: String,
    /// The issue and when it was sent; empty and `None` where that is not known.
    pub issue: String,
    /// See above.
    pub sent: Option<Timestamp>,
    /// A class of bounces, `complaint`, `unsubscribe` or another kind of message.
    pub class: String,
    /// The status code, such as `5.1.1`; may be empty.
    pub status: String,
    /// What came of it.
    pub outcome: Came,
}

/// The file is not as it has to be, or the disk failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {operation} `{path}`")]
pub struct Error {
    operation: &'static str,
    path: String,
    source: io::Error,
}

/// The file of what was handled, locked: nobody else handles anything meanwhile.
///
/// A row that a crash cut off is passed over: its message is handled again.
#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    file: Option<File>,
    messages: HashSet<String>,
    /// The bounces of each reader since the last suppression.
    bounced: HashMap<String, Vec<Bounced>>,
    /// Rows that are not written yet.
    fresh: Vec<Handled>,
    /// Whether a row is in the file, and whether its last line is whole.
    begun: bool,
    whole: bool,
}

impl Log {
    /// Where the file is, below the publication's folder.
    pub const PATH: &'static str = ".newsletter/bounces.csv";

    /// Opens the file and locks it until the log is dropped; waits while another process has it.
    ///
    /// # Errors
    /// The file cannot be made, locked or read.
    pub fn lock(path: &Path) -> Result<Self, Error> {
        let failed = failed("open", path);
        let file = loop {
            let file = OpenOptions::new().read(true).append(true).create(true).open(path);
            let file = file.map_err(&failed)?;
            file.lock().map_err(&failed)?;
            // `forget` puts a new file in its place.
            if is_still_there(&file, path) {
                break file;
            }
        };
        // What is written to a new file is lost with it where its folder is not on the disk.
        if file.metadata().is_ok_and(|file| file.len() == 0) {
            file::sync_folder(path).map_err(&failed)?;
        }
        let mut log = Self { file: Some(file), ..Self::empty(path) };
        log.read()?;
        Ok(log)
    }

    /// Reads the file as it is, for whoever changes nothing; where there is none, nothing was
    /// handled.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn look(path: &Path) -> Result<Self, Error> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::empty(path)),
            Err(error) => return Err(failed("open", path)(error)),
        };
        let mut log = Self { file: Some(file), ..Self::empty(path) };
        log.read()?;
        log.file = None;
        Ok(log)
    }

    fn empty(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            file: None,
            messages: HashSet::new(),
            bounced: HashMap::new(),
            fresh: Vec::new(),
            begun: false,
            whole: true,
        }
    }

    fn read(&mut self) -> Result<(), Error> {
        let mut text = Vec::new();
        if let Some(file) = &mut self.file {
            file.read_to_end(&mut text).map_err(failed("read", &self.path))?;
        }
        self.begun = !text.is_empty();
        self.whole = text.is_empty() || text.ends_with(b"\n");
        let end = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        for row in rows(&text[..end]) {
            self.take(&row);
        }
        Ok(())
    }

    /// Whether a message was handled already.
    #[must_use]
    pub fn has(&self, message: &str) -> bool {
        self.messages.contains(message)
    }

    /// The bounces of a reader since the last time that they were too many.
    #[must_use]
    pub fn bounced(&self, reader: &str) -> &[Bounced] {
        self.bounced.get(reader).map_or(&[], Vec::as_slice)
    }

    /// Remembers a message; it is on the disk after [`Log::write`].
    pub fn note(&mut self, row: Handled) {
        self.take(&row);
        self.fresh.push(row);
    }

    fn take(&mut self, row: &Handled) {
        self.messages.insert(row.message.clone());
        if row.outcome == Came::Suppressed {
            self.bounced.remove(&row.reader);
            return;
        }
        let (Some(class), Some(sent)) = (Class::from_word(&row.class), row.sent) else { return };
        let bounce = Bounced { issue: row.issue.clone(), sent, class };
        self.bounced.entry(row.reader.clone()).or_default().push(bounce);
    }

    /// Appends what was noted: it is on the disk when this returns.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&mut self) -> Result<(), Error> {
        let Some(file) = &mut self.file else { return Ok(()) };
        if self.fresh.is_empty() {
            return Ok(());
        }
        let mut bytes = if self.whole { Vec::new() } else { b"\n".to_vec() };
        if !self.begun {
            bytes.extend_from_slice(COLUMNS.join(",").as_bytes());
            bytes.push(b'\n');
        }
        for row in self.fresh.drain(..) {
            append(&row, &mut bytes).map_err(failed("write", &self.path))?;
        }
        let written = file.write_all(&bytes).and_then(|()| file.sync_all());
        (self.begun, self.whole) = (true, true);
        written.map_err(failed("write", &self.path))
    }

    /// Takes every row of a reader out of the file; says how many there were.
    ///
    /// # Errors
    /// The file cannot be read or written; then it is as it was.
    pub fn forget(path: &Path, reader: &str) -> Result<usize, Error> {
        if !path.exists() {
            return Ok(0);
        }
        let log = Self::lock(path)?;
        let failed = failed("write", path);
        let text = std::fs::read(path).map_err(&failed)?;
        let (theirs, others): (Vec<_>, Vec<_>) =
            rows(&text).into_iter().partition(|row| row.reader == reader);
        if theirs.is_empty() {
            return Ok(0);
        }
        let mut bytes = format!("{}\n", COLUMNS.join(",")).into_bytes();
        for row in &others {
            append(row, &mut bytes).map_err(&failed)?;
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut new = tempfile::NamedTempFile::new_in(folder).map_err(&failed)?;
        new.write_all(&bytes).and_then(|()| file::replace(new, path)).map_err(&failed)?;
        drop(log);
        Ok(theirs.len())
    }
}

fn failed(operation: &'static str, path: &Path) -> impl Fn(io::Error) -> Error + use<> {
    let path = path.display().to_string();
    move |source| Error { operation, path: path.clone(), source }
}

#[cfg(unix)]
fn is_still_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |data: std::fs::Metadata| (data.dev(), data.ino());
    match (file.metadata(), path.metadata()) {
        (Ok(open), Ok(named)) => identity(open) == identity(named),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_still_there(_: &File, _: &Path) -> bool {
    true
}

/// The whole rows of a text. Each line is read by itself: a row that was cut off may have a quote
/// that is never closed.
fn rows(text: &[u8]) -> Vec<Handled> {
    let row = |line: &[u8]| {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line);
        parse(&reader.byte_records().next()?.ok()?)
    };
    text.split(|byte| *byte == b'\n').filter_map(row).collect()
}

fn parse(row: &csv::ByteRecord) -> Option<Handled> {
    let cell = |at: usize| row.get(at).and_then(|cell| std::str::from_utf8(cell).ok());
    let outcome = [Came::Suppressed, Came::Counted, Came::Nothing];
    let outcome = outcome.into_iter().find(|outcome| cell(7) == Some(outcome.word()))?;
    Some(Handled {
        at: cell(0)?.parse().ok()?,
        message: cell(1)?.to_owned(),
        reader: cell(2)?.to_owned(),
        issue: cell(3)?.to_owned(),
        sent: cell(4)?.parse().ok(),
        class: cell(5)?.to_owned(),
        status: cell(6)?.to_owned(),
        outcome,
    })
}

fn append(row: &Handled, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(bytes);
    let cells = [
        row.at.to_string(),
        row.message.clone(),
        row.reader.clone(),
        row.issue.clone(),
        row.sent.map(|sent| sent.to_string()).unwrap_or_default(),
        row.class.clone(),
        row.status.clone(),
        row.outcome.word().to_owned(),
    ];
    writer.write_record(&cells).map_err(io::Error::from)?;
    writer.flush()
}
