//! The path of a list in, the file itself out: locked, and known to be on the disk.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::SystemTime;

use crate::file;

use tempfile::NamedTempFile;

/// What tells a file from the same one after a change: its length, its time and its number.
pub(crate) type Stamp = (u64, SystemTime, Option<(u64, u64)>);

pub(crate) fn stamp(file: &File) -> io::Result<Stamp> {
    let metadata = file.metadata()?;
    Ok((metadata.len(), metadata.modified()?, identity(&metadata)))
}

/// The list, if there is one. A pipe would be waited for, and a device read for ever.
pub(crate) fn open_to_read(path: &Path) -> io::Result<Option<File>> {
    match std::fs::metadata(path) {
        Ok(file) if !file.is_file() => Err(io::Error::other("it is not a file")),
        Ok(_) => Ok(Some(File::open(path)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Opens the list and waits until nobody else changes it; makes it where there is none.
///
/// Who changes it may put another file in its place: then that one is the list.
pub(crate) fn lock(path: &Path) -> io::Result<File> {
    loop {
        let new = !path.exists();
        if !new && !path.metadata()?.is_file() {
            return Err(io::Error::other("it is not a file"));
        }
        let file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        match file.lock() {
            // Where files cannot be locked, there is nothing to wait for.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
            locked => locked?,
        }
        if identity(&file.metadata()?) == path.metadata().ok().and_then(|file| identity(&file)) {
            if new {
                file::sync_folder(path)?;
            }
            return Ok(file);
        }
    }
}

/// A file beside another one, which is to take its place; what processes that were killed left of
/// such files is removed. Whoever asks for it holds the lock of the other.
pub(crate) fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (prefix, suffix) = (format!(".{name}-"), ".new");
    for entry in folder.read_dir()?.flatten() {
        let found = entry.file_name();
        let found = found.to_string_lossy();
        if found.starts_with(&prefix) && found.ends_with(suffix) {
            std::fs::remove_file(entry.path())?;
        }
    }
    tempfile::Builder::new().prefix(&prefix).suffix(suffix).tempfile_in(folder)
}

/// Appends bytes to a locked file, all of them or none, and returns when they are on the disk.
pub(crate) fn append(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    let before = file.metadata()?.len();
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        // Half a row would be a wrong address. The write's error is the one that counts.
        drop(file.set_len(before));
    }
    written
}

/// The last bytes of a file, two at most.
pub(crate) fn tail(file: &mut File) -> io::Result<Vec<u8>> {
    let length = file.metadata()?.len();
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(length.saturating_sub(2)))?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What tells two files apart: the device and the number on it; `None` where they have none.
#[cfg(unix)]
fn identity(metadata: &std::fs::Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(_: &std::fs::Metadata) -> Option<(u64, u64)> {
    None
}
