//! An argument in, the streams of lines or messages behind it out.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use jiff::Timestamp;

use crate::cli::mbox::Mbox;
use crate::leaving::{Lines, looks_like_mail};

/// How many bytes of a message are looked at.
const MAIL_MAX: usize = 1024 * 1024;

/// How many bytes are read at once.
const BUFFER: usize = 256 * 1024;

type Stream = Box<dyn BufRead>;

/// What one file holds.
pub(super) enum Content {
    /// A log, a form's export or a list.
    Lines(Lines<Stream>),
    /// Mails.
    Messages(Mbox<Stream>),
}

/// The mails of a Maildir, or the one file that an argument names.
pub(super) fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let folders: Vec<_> = ["new", "cur"].iter().map(|name| path.join(name)).collect();
    if !folders.iter().any(|folder| folder.is_dir()) {
        return Err(io::Error::other(
            "it is a folder, and no Maildir: it has neither `new` nor `cur`",
        ));
    }
    let mut files = Vec::new();
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes()[0] == b'.');
            files.extend((path.is_file() && !hidden).then_some(path));
        }
    }
    files.sort();
    Ok(files)
}

/// When a file was written last: what is in it happened before that.
pub(super) fn written(path: &Path) -> Option<Timestamp> {
    let file = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    Timestamp::try_from(file.modified().ok()?).ok()
}

/// Opens a file; a mail program may have moved a message from `new` to `cur` meanwhile, which is
/// then not an error of the caller.
pub(super) fn open(path: &Path) -> io::Result<Content> {
    content(Box::new(BufReader::with_capacity(BUFFER, File::open(path)?)))
}

/// What a stream holds, by how it begins.
pub(super) fn content(mut stream: Stream) -> io::Result<Content> {
    let (beginning, stream) = {
        let beginning = beginning(&mut stream)?;
        if beginning.starts_with(&[0x1f, 0x8b]) {
            let whole: Stream = Box::new(io::Cursor::new(beginning).chain(stream));
            let unpacked = MultiGzDecoder::new(whole);
            let mut stream: Stream = Box::new(BufReader::with_capacity(BUFFER, unpacked));
            (self::beginning(&mut stream)?, stream)
        } else {
            (beginning, stream)
        }
    };
    let is_mail = looks_like_mail(&beginning);
    let stream: Stream = Box::new(io::Cursor::new(beginning).chain(stream));
    Ok(match is_mail {
        true => Content::Messages(Mbox::new(stream, MAIL_MAX)),
        false => Content::Lines(Lines::new(stream)),
    })
}

/// The first bytes of a stream, taken from it; a pipe may give them one by one.
fn beginning(stream: &mut Stream) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream.take(256).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// One message of a Maildir, as far as it is looked at.
pub(super) fn message(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAIL_MAX as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}
