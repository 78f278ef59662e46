//! A Maildir in, the messages in it that nobody has read out; what was handled is marked as read.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use crate::cli::bounces::source::{Letter, SIZE_MAX, Spot};

/// A Maildir and what is still to be read of it.
#[derive(Debug)]
pub(super) struct Maildir {
    folder: PathBuf,
    /// Files, the last of them next.
    files: Vec<PathBuf>,
}

impl Maildir {
    /// Whether a folder is a Maildir.
    pub(super) fn is_one(folder: &Path) -> bool {
        ["new", "cur"].iter().all(|part| folder.join(part).is_dir())
    }

    /// Lists what is new, and what a mail program has seen come and nobody has read (no flag `S`).
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let mut files = Vec::new();
        for part in ["new", "cur"] {
            let entries = folder.join(part).read_dir()?.collect::<io::Result<Vec<_>>>()?;
            let paths = entries.into_iter().map(|entry| entry.path());
            files.extend(paths.filter(|path| !is_read(&name_of(path))));
        }
        files.sort_unstable_by(|one, other| other.cmp(one));
        Ok(Self { folder: folder.to_owned(), files })
    }

    /// The next message; one that is gone meanwhile is passed over.
    pub(super) fn next(&mut self) -> io::Result<Option<Letter>> {
        while let Some(path) = self.files.pop() {
            match read(&path) {
                Ok(Some(bytes)) => {
                    return Ok(Some(Letter::new(&path.display(), bytes, Spot::File(path.clone()))));
                }
                Ok(None) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Marks a message as read: it moves to `cur` with the flag `S`. One that is gone was marked by
    /// another process.
    pub(super) fn mark(&self, path: &Path) -> io::Result<()> {
        let name = name_of(path);
        let base = name.split(":2,").next().unwrap_or_default();
        let mut set: Vec<char> = flags(&name).unwrap_or_default().chars().chain(['S']).collect();
        set.sort_unstable();
        set.dedup();
        let name = format!("{base}:2,{}", set.into_iter().collect::<String>());
        match fs::rename(path, self.folder.join("cur").join(name)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            renamed => renamed,
        }
    }
}

/// The beginning of a message's file; `None` where it is no file.
pub(super) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    if !fs::metadata(path)?.is_file() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(SIZE_MAX).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Whether somebody has read it; what begins with a dot is no message.
fn is_read(name: &str) -> bool {
    name.starts_with('.') || flags(name).is_some_and(|flags| flags.contains('S'))
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn flags(name: &str) -> Option<&str> {
    name.split_once(":2,").map(|(_, flags)| flags)
}
