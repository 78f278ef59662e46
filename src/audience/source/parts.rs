//! Takes a file apart: each text in it is a source, is left out by name, or is an error.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Arc;

use crate::audience::error::Error;
use crate::audience::source::encoding::TextSurvey;
use crate::audience::source::workbook::{Workbook, sheets};
use crate::audience::source::zip::{self, Archive, Member, Store};
use crate::audience::source::{Source, SourceBytes};

/// A part of a file.
#[derive(Debug)]
pub(crate) enum Part {
    /// A text with rows.
    Text(Source),
    /// Something else: its name, and why it is left out.
    LeftOut(String, String),
}

/// Endings of files that are no lists, whatever they hold.
const NO_LISTS: [&str; 34] = [
    "png", "jpg", "jpeg", "gif", "webp", "svg", "ico", "bmp", "tif", "tiff", "avif", "heic",
    "html", "htm", "css", "js", "mjs", "map", "pdf", "woff", "woff2", "ttf", "otf", "eot", "mp3",
    "mp4", "m4a", "ogg", "wav", "webm", "mov", "scss", "less", "vtt",
];
/// Files that systems put into folders.
const OF_SYSTEMS: [&str; 4] = [".ds_store", "thumbs.db", "desktop.ini", ".gitkeep"];
/// Names of files that say something about the others.
const ABOUT: [&str; 4] = ["readme", "license", "licence", "changelog"];
/// How a spreadsheet is saved as CSV.
pub(super) const AS_CSV: &str =
    "open it in a spreadsheet, save the sheet as CSV (UTF-8) and import that";

/// Takes a file apart.
///
/// # Errors
///
/// The file cannot be read, or a part of it may be a list and cannot be read as one.
pub(crate) fn parts(path: &Path) -> Result<Vec<Part>, Error> {
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let bytes = SourceBytes::File(path.to_owned());
    if !zip::is_zip(path)? {
        return Ok(vec![Part::Text(text(file, None, bytes)?)]);
    }
    let archive = Archive::open(Store::Path(path.to_owned()))?;
    if let Some(workbook) = Workbook::of(&archive)? {
        return sheets(&archive, workbook, &file, "");
    }
    let mut parts = Vec::new();
    for member in archive.members() {
        let name = member.name.clone();
        let part = look(archive.store(), member, &file, &mut parts);
        part.map_err(|error| Error::Part {
            name: format!("{file}/{name}"),
            source: Box::new(error),
        })?;
    }
    if !parts.iter().any(|part| matches!(part, Part::Text(_))) {
        return Err(nothing(&parts));
    }
    Ok(parts)
}

/// The error for a zip without a list.
fn nothing(parts: &[Part]) -> Error {
    let mut names: Vec<&str> = Vec::new();
    for part in parts {
        let Part::LeftOut(name, _) = part else { continue };
        names.push(name.split_once('/').map_or(name, |(_, name)| name));
    }
    let shown = names.iter().take(5).copied().collect::<Vec<_>>().join("`, `");
    let what = match names.len() {
        0 => "there is no file in it".to_owned(),
        1..=5 => format!("no list is in it, only `{shown}`"),
        more => format!("no list is in it, only `{shown}` and {} more", more - 5),
    };
    Error::NoList { what, help: "the lists have to be CSV, .xlsx or .ods" }
}

/// Looks at a file in a zip.
fn look(store: &Store, member: &Member, file: &str, parts: &mut Vec<Part>) -> Result<(), Error> {
    let name = format!("{file}/{}", member.name);
    if member.name.ends_with('/') {
        return Ok(());
    }
    let mut out = |why: &str| parts.push(Part::LeftOut(name.clone(), why.to_owned()));
    let lower = member.name.to_lowercase();
    let base = lower.rsplit('/').next().unwrap_or(&lower);
    let (stem, ending) = base.rsplit_once('.').unwrap_or((base, ""));
    if lower.split('/').any(|part| part == "__macosx")
        || base.starts_with("._")
        || OF_SYSTEMS.contains(&base)
    {
        out("it is a file of the operating system");
        return Ok(());
    }
    if NO_LISTS.contains(&ending) || ABOUT.contains(&stem) {
        out("it is no list");
        return Ok(());
    }
    let mut begin = Vec::new();
    member.open(store)?.take(4).read_to_end(&mut begin)?;
    if zip::is_zip_begin(&begin) {
        let spooled = spool(store, member)?;
        let archive = Archive::open(Store::Spooled(spooled))?;
        let Some(workbook) = Workbook::of(&archive)? else {
            return Err(Error::NoList {
                what: "it is a zip in a zip".to_owned(),
                help: "unpack it, and import the files in it",
            });
        };
        parts.extend(sheets(&archive, workbook, file, &format!("{}/", member.name))?);
        return Ok(());
    }
    let bytes = SourceBytes::Member(store.clone(), member.clone());
    let survey = TextSurvey::of(bytes.open()?)?;
    if survey.encoding.is_some() && !survey.mentions && !matches!(ending, "csv" | "tsv" | "txt") {
        out("it holds no address");
        return Ok(());
    }
    parts.push(Part::Text(text(file.to_owned(), Some(member.name.clone()), bytes)?));
    Ok(())
}

/// A text that may be CSV.
fn text(file: String, part: Option<String>, bytes: SourceBytes) -> Result<Source, Error> {
    let mut begin = Vec::new();
    bytes.open()?.take(512).read_to_end(&mut begin)?;
    let survey = TextSurvey::of(bytes.open()?)?;
    if let Some((what, help)) = foreign(&begin) {
        return Err(Error::NoList { what: what.to_owned(), help });
    }
    let Some(encoding) = survey.encoding else {
        let what = "it is neither text nor a spreadsheet that can be read".to_owned();
        return Err(Error::NoList { what, help: AS_CSV });
    };
    let (foreign_line, mentions) = (survey.foreign_line, survey.mentions);
    let json = is_json(String::from_utf8_lossy(&begin).trim_start_matches('\u{feff}'));
    Ok(Source { file, part, bytes, encoding, foreign_line, mentions, sheet: false, json })
}

/// A format that is known and not read, with help.
fn foreign(begin: &[u8]) -> Option<(&'static str, &'static str)> {
    let text = String::from_utf8_lossy(begin).to_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let starts = |with: &[u8]| begin.starts_with(with);
    if starts(b"\xd0\xcf\x11\xe0") {
        Some(("it is a spreadsheet of Excel 97 (.xls)", AS_CSV))
    } else if starts(b"%PDF") {
        Some(("it is a PDF", "export the list as CSV"))
    } else if starts(b"\x1f\x8b") || starts(b"7z\xbc\xaf") || starts(b"Rar!") || starts(b"BZh") {
        Some(("it is packed in another way than zip", "unpack it, and import the files in it"))
    } else if text.starts_with("<!doctype")
        || text.starts_with("<html")
        || text.starts_with("<table")
    {
        Some(("it is a web page", AS_CSV))
    } else if text.starts_with("<?xml") {
        Some(("it is XML", "export the list as CSV"))
    } else if text.starts_with("begin:vcard") {
        Some(("it is a file of vCards", "export the contacts as CSV"))
    } else {
        None
    }
}

/// Whether a text begins as an object or an array of JSON does.
fn is_json(text: &str) -> bool {
    let mut rest = text.chars().filter(|c| !c.is_whitespace());
    match rest.next() {
        Some('{') => matches!(rest.next(), Some('"' | '}')),
        Some('[') => matches!(rest.next(), Some('{' | '[' | '"' | ']')),
        _ => false,
    }
}

/// Unpacks a file of a zip into a temporary file, to be read in any order.
fn spool(store: &Store, member: &Member) -> io::Result<Arc<File>> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut member.open(store)?, &mut file)?;
    file.flush()?;
    file.seek(SeekFrom::Start(0))?;
    Ok(Arc::new(file))
}
