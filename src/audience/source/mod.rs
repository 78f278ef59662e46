//! Opens files as people have them: text in any encoding, spreadsheets, zips; gives CSV in UTF-8.
//!
//! A part of a file is read, is plainly no list and named as left out, or is an error of the whole
//! file. A list of people who left that is passed over means mail to them.

mod encoding;
mod mentions;
mod ods;
mod parts;
mod sheet;
mod workbook;
mod xlsx;
mod xml;
mod zip;

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use crate::audience::error::Error;
use crate::audience::rows::Rows;
use crate::audience::source::encoding::{Encoding, line_of};
use crate::audience::source::zip::{Member, Store};

pub(crate) use mentions::Mentions;
pub(crate) use parts::{Part, parts};

/// A text with rows: a file, a file in a zip, or a sheet of a spreadsheet. It is read as often as
/// need be.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// Name of the file on the disk.
    file: String,
    /// Name in the zip or spreadsheet.
    part: Option<String>,
    bytes: SourceBytes,
    encoding: Encoding,
    /// The first line in another encoding than UTF-8, where single lines are.
    foreign_line: Option<u64>,
    /// Whether an address is in it.
    mentions: bool,
    /// Whether it is a sheet of a spreadsheet.
    sheet: bool,
    /// Whether it begins as JSON does.
    json: bool,
}

/// Place of a source's bytes.
#[derive(Debug, Clone)]
enum SourceBytes {
    /// A file of the disk.
    File(PathBuf),
    /// A file in a zip.
    Member(Store, Member),
    /// A temporary file without a name.
    Spooled(Arc<File>),
}

impl Source {
    /// Name to be shown: of a part, both names.
    pub(crate) fn name(&self) -> String {
        match &self.part {
            None => self.file.clone(),
            Some(part) => format!("{}/{part}", self.file),
        }
    }

    /// Name that may say who is in the list. Folders of a zip count, those of the disk may be chance.
    pub(crate) fn telling_name(&self) -> String {
        match &self.part {
            Some(part) if !self.sheet => part.clone(),
            _ => self.name(),
        }
    }

    /// Name in the zip or spreadsheet.
    pub(crate) fn own_name(&self) -> Option<&str> {
        self.part.as_deref()
    }

    /// Whether it is a part of a zip or spreadsheet.
    pub(crate) fn is_part(&self) -> bool {
        self.part.is_some()
    }

    /// Whether it is JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Whether an address is in it.
    pub(crate) fn mentions_address(&self) -> bool {
        self.mentions
    }

    /// Opens the text at its beginning, as UTF-8.
    pub(crate) fn open(&self) -> io::Result<Box<dyn Read>> {
        Ok(self.encoding.reader(self.bytes.open()?))
    }

    /// Opens its rows at the beginning.
    pub(crate) fn rows(&self) -> Result<Rows<Box<dyn Read>>, Error> {
        let reader = self.open()?;
        if self.sheet { Rows::of_sheet(reader) } else { Rows::new(reader) }
    }

    /// A sentence about an encoding other than UTF-8, with a line that shows whether it is right.
    pub(crate) fn encoding_note(&self) -> io::Result<Option<String>> {
        let name = self.encoding.name();
        Ok(match (self.encoding, self.foreign_line) {
            (Encoding::Utf8, _) => None,
            (_, None) => Some(format!("read as {name}")),
            (_, Some(line)) => {
                let text = line_of(self.open()?, line)?;
                Some(format!("line {line} is not UTF-8, and is read as {name}: `{text}`"))
            }
        })
    }
}

impl SourceBytes {
    fn open(&self) -> io::Result<Box<dyn Read>> {
        Ok(match self {
            Self::File(path) => Box::new(File::open(path)?),
            Self::Member(store, member) => Box::new(member.open(store)?),
            Self::Spooled(file) => {
                let mut file = file.try_clone()?;
                file.seek(SeekFrom::Start(0))?;
                Box::new(file)
            }
        })
    }
}
