//! Keeps the number of the last event in a file beside the journal, so that an older copy of the
//! journal is noticed.
//!
//! The file is written after the event is on the disk, and never flushed: after a power cut it may
//! be behind the journal, and it is never ahead of it. So a mark costs one small write a flush.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Length of the file: its text has always the same.
const LENGTH: usize = 128;

/// The last event that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LastEvent {
    /// Random name of the journal.
    pub(crate) journal: String,
    pub(crate) seq: i64,
    pub(crate) run: i64,
    pub(crate) seal: i64,
}

/// The file with the mark; it is made when the first event is written.
#[derive(Debug, Clone)]
pub(crate) struct HighWaterMark {
    path: Arc<Path>,
    file: Arc<Mutex<Option<(File, String)>>>,
}

impl HighWaterMark {
    /// The mark of the journal with this path.
    pub(crate) fn beside(journal: &Path) -> Self {
        let path: PathBuf = journal.with_extension("mark");
        Self { path: path.into(), file: Arc::default() }
    }

    /// Returns whether this process has written the mark.
    pub(crate) fn is_open(&self) -> bool {
        self.file.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Reads the mark; `None` where there is none, or a power cut left none that can be read.
    pub(crate) fn read(&self) -> io::Result<Option<LastEvent>> {
        let mut text = String::new();
        match File::open(&self.path).and_then(|mut file| file.read_to_string(&mut text)) {
            Ok(_) => Ok(parse(&text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens the mark of a journal with this random name, to be written.
    pub(crate) fn open(&self, journal: String) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&self.path)?;
        if file.metadata()?.len() == 0 {
            // From here on it is written over in place, which no power cut makes shorter.
            file.set_len(LENGTH as u64)?;
            file.sync_all()?;
            if let Some(folder) = self.path.parent().filter(|_| cfg!(unix)) {
                File::open(folder)?.sync_all()?;
            }
        }
        *self.file.lock().unwrap_or_else(PoisonError::into_inner) = Some((file, journal));
        Ok(())
    }

    /// Writes the mark, where it is open.
    pub(crate) fn write(&self, seq: i64, run: i64, seal: i64) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((file, journal)) = file.as_mut() else { return Ok(()) };
        let line = format!("{journal} {seq} {run} {seal}");
        let line = format!("{line:<width$}\n", width = LENGTH - 1);
        file.seek(SeekFrom::Start(0))?;
        file.write_all(line.as_bytes())
    }
}

fn parse(text: &str) -> Option<LastEvent> {
    let mut words = text.split_whitespace();
    let journal = words.next()?.to_owned();
    let mut number = || words.next()?.parse().ok();
    Some(LastEvent { journal, seq: number()?, run: number()?, seal: number()? })
}
