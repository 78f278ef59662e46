//! The path of the file in, the file itself out: locked, and known to be on the disk.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::time::SystemTime;

/// How often a file that is put in the place of another is looked for while it is locked.
const REPLACED_MAX: usize = 100;

/// Opens and locks the file that is there now: another may be put in its place meanwhile.
pub(super) fn lock(path: &Path) -> io::Result<File> {
    for _ in 0..REPLACED_MAX {
        let mut options = OpenOptions::new();
        let file = options.read(true).append(true).create(true).open(path)?;
        file.lock()?;
        if is_at(&file, path) {
            return Ok(file);
        }
    }
    Err(io::Error::other("it is replaced again and again"))
}

/// What tells a file from the same file changed: its length and its time.
pub(super) fn stamp(file: &File) -> io::Result<(u64, SystemTime)> {
    let metadata = file.metadata()?;
    Ok((metadata.len(), metadata.modified()?))
}

/// Whether an open file is the one that a path names.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    let identity = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
    let here = file.metadata().map(identity);
    here.is_ok_and(|here| std::fs::metadata(path).is_ok_and(|there| identity(there) == here))
}

/// Elsewhere a file that is open cannot be replaced.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

/// The last bytes of a file, two at most.
pub(super) fn tail(file: &mut File, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(length.saturating_sub(2)))?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A new file outlives a power cut only when its folder is on the disk too.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
