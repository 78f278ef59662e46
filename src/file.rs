//! Gives new files their names durably: the file and its folder are on the disk before the caller goes on.

use std::fs::File;
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

/// Gives a new file its place, also that of another one; returns it when both are on the disk.
///
/// # Errors
/// The disk fails; a file that was there may then be the old one or the new one.
pub(crate) fn replace(new: NamedTempFile, path: &Path) -> io::Result<File> {
    new.as_file().sync_all()?;
    let file = new.persist(path).map_err(|error| error.error)?;
    sync_folder(path)?;
    Ok(file)
}

/// Gives a new file a place where nothing is; hands it back where something is.
///
/// # Errors
/// The disk fails.
pub(crate) fn create(new: NamedTempFile, path: &Path) -> io::Result<Result<File, NamedTempFile>> {
    new.as_file().sync_all()?;
    match new.persist_noclobber(path) {
        Ok(file) => {
            sync_folder(path)?;
            Ok(Ok(file))
        }
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(Err(error.file)),
        Err(error) => Err(error.error),
    }
}

/// Waits until the folder of a new file is on the disk: without it the file does not outlive a power
/// cut, however often it was synced itself.
///
/// # Errors
/// The disk fails.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use crate::file::{create, replace};

    #[test]
    fn a_new_file_takes_the_place_of_another_only_where_it_is_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        let new = |text: &str| {
            let mut file = tempfile::NamedTempFile::new_in(folder.path()).unwrap();
            file.write_all(text.as_bytes()).unwrap();
            file
        };
        assert!(create(new("one"), &path).unwrap().is_ok());
        assert!(create(new("two"), &path).unwrap().is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one");
        replace(new("three"), &path).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "three");
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }
}
