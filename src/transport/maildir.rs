//! Finished messages in, files that any mail client opens out: a dry run.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::address::EmailAddress;

/// What says that the folder was made here, and may be emptied.
const MARKER: &str = ".newsletter-dry-run";

/// The longest file name, in bytes.
const NAME_MAX: usize = 200;

/// A dry run cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum MaildirError {
    /// There are files in it that a dry run did not make.
    #[error("`{0}` is not empty, and no dry run made it: name another folder")]
    Foreign(PathBuf),
    /// The file would not be in the folder.
    #[error("`{0}` is not the name of a file")]
    Name(String),
    /// The disk failed.
    #[error("cannot write to `{path}`")]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// A folder of messages, one a file, as <https://cr.yp.to/proto/maildir.html> describes it.
#[derive(Debug)]
pub struct Maildir {
    folder: PathBuf,
}

impl Maildir {
    /// Makes the folder; the messages of an earlier dry run are removed from it.
    ///
    /// # Errors
    /// It holds what no dry run made, or the disk fails.
    pub fn create(folder: &Path) -> Result<Self, MaildirError> {
        let wrong = |path: &Path| {
            let path = path.to_path_buf();
            |source| MaildirError::Write { path, source }
        };
        let marker = folder.join(MARKER);
        let empty = !folder.exists() || is_empty(folder).map_err(wrong(folder))?;
        if !empty && !marker.exists() {
            return Err(MaildirError::Foreign(folder.to_path_buf()));
        }
        for part in ["cur", "new", "tmp"] {
            let part = folder.join(part);
            make_private(&part).map_err(wrong(&part))?;
        }
        write_private(&marker, b"").map_err(wrong(&marker))?;
        for part in ["new", "tmp"] {
            remove_messages(&folder.join(part)).map_err(wrong(folder))?;
        }
        Ok(Self { folder: folder.to_path_buf() })
    }

    /// Writes a message, which appears whole or not at all; returns where it is.
    ///
    /// # Errors
    /// The name is not that of a file in the folder, or the disk fails.
    pub fn write(&self, name: &str, message: &[u8]) -> Result<PathBuf, MaildirError> {
        let plain =
            !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', ':', '\0']);
        if !plain {
            return Err(MaildirError::Name(name.to_owned()));
        }
        let (unfinished, path) =
            (self.folder.join("tmp").join(name), self.folder.join("new").join(name));
        write_private(&unfinished, message)
            .and_then(|()| fs::rename(&unfinished, &path))
            .map_err(|source| MaildirError::Write { path: path.clone(), source })?;
        Ok(path)
    }
}

/// The name of a recipient's file: `00017-ada_example.org.eml`, in the order of the list.
#[must_use]
pub fn file_name(number: usize, address: &EmailAddress) -> String {
    let kept = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
    let address = address.to_string();
    let plain = address.chars().map(|c| if kept(c) { c } else { '_' });
    let (start, end) = (format!("{number:05}-"), ".eml");
    let room = NAME_MAX - start.len() - end.len();
    start + &plain.take(room).collect::<String>() + end
}

/// Makes a folder that its owner alone can look into: the names of its files are addresses. Folders
/// above it that are there already stay as they are.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    // An earlier dry run may have made it for everyone.
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

/// Writes a file that its owner alone can read: a message holds a reader's row and unsubscribe link.
fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // One that is there keeps its mode, and could be a link.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}

fn is_empty(folder: &Path) -> io::Result<bool> {
    Ok(fs::read_dir(folder)?.next().is_none())
}

fn remove_messages(folder: &Path) -> io::Result<()> {
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "eml") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
