//! An mbox in, the letters in it out; the file stays as it is.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use crate::cli::bounces::source::{Letter, SIZE_MAX, Spot};
use crate::cli::mbox::Mbox;

/// A file of letters, or another source of bytes, that is being read.
pub(super) struct Letters {
    name: String,
    mbox: Mbox<Box<dyn BufRead + Send>>,
    /// Which letter is next, counted from 1.
    number: usize,
}

impl fmt::Debug for Letters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Letters");
        shown.field("name", &self.name).field("number", &self.number).finish_non_exhaustive()
    }
}

impl Letters {
    /// Opens a file. Whoever locks it in the same way (`flock`) does not write meanwhile; half a
    /// message does no harm either: it is another one when it is whole.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Self::open_as(path, &path.display())
    }

    /// Opens a file that is called otherwise in what is shown.
    pub(super) fn open_as(path: &Path, name: &dyn fmt::Display) -> io::Result<Self> {
        let file = File::open(path)?;
        match file.lock_shared() {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
            locked => locked?,
        }
        Ok(Self::of(Box::new(BufReader::new(file)), name))
    }

    /// The letters of what is not a file.
    pub(super) fn of(input: Box<dyn BufRead + Send>, name: &dyn fmt::Display) -> Self {
        let size_max = usize::try_from(SIZE_MAX).unwrap_or(usize::MAX);
        Self { name: name.to_string(), mbox: Mbox::new(input, size_max), number: 1 }
    }

    /// The next letter.
    pub(super) fn next(&mut self) -> io::Result<Option<Letter>> {
        let Some(message) = self.mbox.next_message()? else { return Ok(None) };
        let name = format!("{}, message {}", self.name, self.number);
        self.number += 1;
        Ok(Some(Letter::new(&name, message, Spot::Nowhere)))
    }
}
