//! Tells which kind of spreadsheet a zip is, and makes a source of each of its sheets.

use std::io::{ErrorKind, Read as _};

use crate::audience::error::Error;
use crate::audience::source::encoding::Encoding;
use crate::audience::source::parts::{AS_CSV, Part};
use crate::audience::source::sheet::SheetText;
use crate::audience::source::zip::Archive;
use crate::audience::source::{Source, SourceBytes, ods, xlsx};

/// Kind of a spreadsheet, by what is in its zip and not by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Workbook {
    /// Office Open XML, ECMA-376.
    Xlsx,
    /// `OpenDocument` 1.3, part 3.
    Ods,
}

impl Workbook {
    /// Tells the kind; `None` for a zip of files.
    pub(super) fn of(archive: &Archive) -> Result<Option<Self>, Error> {
        let has = |name: &str| archive.member(name).is_some();
        let foreign = |what: &str| Error::NoList {
            what: format!("it is {what}"),
            help: "export the list as CSV (UTF-8) and import that",
        };
        if has("xl/workbook.xml") {
            return Ok(Some(Self::Xlsx));
        }
        if has("xl/workbook.bin") {
            return Err(foreign("a binary spreadsheet (.xlsb)"));
        }
        if has("word/document.xml") || has("ppt/presentation.xml") {
            return Err(foreign("a document of Office, and no spreadsheet"));
        }
        if has("Index/Document.iwa") || has("Index/Tables/DataList.iwa") || has("index.apxl") {
            return Err(foreign("a document of Apple Numbers or Pages"));
        }
        if let (Some(mimetype), true) = (archive.member("mimetype"), has("content.xml")) {
            let mut kind = String::new();
            let reader = mimetype.open(archive.store())?;
            reader.take(100).read_to_string(&mut kind)?;
            let is_sheet = kind.trim().contains("opendocument.spreadsheet");
            return if is_sheet {
                Ok(Some(Self::Ods))
            } else {
                Err(foreign("a document, and no spreadsheet"))
            };
        }
        Ok(None)
    }
}

/// The sheets of a spreadsheet. One without an address is left out by name.
pub(super) fn sheets(
    archive: &Archive,
    workbook: Workbook,
    file: &str,
    folder: &str,
) -> Result<Vec<Part>, Error> {
    let sheets = match workbook {
        Workbook::Xlsx => xlsx::sheets(archive),
        Workbook::Ods => ods::sheets(archive),
    };
    // What is wrong with the bytes is content; a disk that fails is not.
    let sheets = sheets.map_err(|error| match error.kind() {
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof => {
            Error::NoList { what: error.to_string(), help: AS_CSV }
        }
        _ => Error::Io(error),
    })?;
    let mut parts = Vec::new();
    for (name, sheet) in sheets {
        let part = format!("{folder}{name}");
        let SheetText { file: text, mentions, blank } = sheet;
        if blank {
            parts.push(Part::LeftOut(format!("{file}/{part}"), "the sheet is empty".to_owned()));
            continue;
        }
        parts.push(Part::Text(Source {
            file: file.to_owned(),
            part: Some(part),
            bytes: SourceBytes::Spooled(text),
            encoding: Encoding::Utf8,
            foreign_line: None,
            mentions,
            sheet: true,
            json: false,
        }));
    }
    if parts.iter().any(|part| matches!(part, Part::Text(_))) {
        return Ok(parts);
    }
    Err(Error::NoList { what: "the spreadsheet has no cells".to_owned(), help: AS_CSV })
}
