//! A path as an editor writes it in, the bytes of a file inside the publication's folder out.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::diagnostic::Code;
use crate::document::{Report, Text};
use crate::field::clean;
use crate::issue::private::PrivateFiles;
use crate::picture::{self, Picture, Refusal};

/// The folder of a publication, which no path leads out of.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
    /// Files that nothing publishes: the list, the suppressions, secrets.
    private: PrivateFiles,
    /// The pictures that were made fit for mail, by path: issues share them, and one takes a while.
    fitted: Arc<Mutex<HashMap<String, Fitted>>>,
    /// The files that were read, by path.
    read: Arc<Mutex<BTreeSet<String>>>,
}

/// What became of a picture.
#[derive(Debug)]
struct Fitted {
    from: Arc<[u8]>,
    picture: Result<Picture, Refusal>,
}

/// Where a path leads.
enum Place {
    Inside(PathBuf),
    Outside,
    /// Into what begins with a dot: keys, repositories, settings of programs.
    Hidden,
    /// To what is the publication's own business.
    Private,
}

/// A picture or a file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// The path below the folder, with `/` between its parts.
    pub path: String,
    /// Its media type, such as `image/png`.
    pub media_type: &'static str,
    /// What it holds.
    pub bytes: Arc<[u8]>,
}

impl Asset {
    /// What the file is called where it is saved: the last part of the path, without what means
    /// something to a system or a terminal, and at most 100 characters long.
    #[must_use]
    pub fn file_name(&self) -> String {
        safe_name(self.path.rsplit('/').next().unwrap_or_default())
    }

    /// What the file is called in conversation: `PDF`, `ZIP`.
    #[must_use]
    pub fn kind(&self) -> String {
        let name = self.file_name();
        name.rsplit_once('.').map_or("", |(_, ending)| ending).to_uppercase()
    }
}

/// The longest name of a file, in characters: systems take 255 bytes, and mail programs show less.
const NAME_MAX: usize = 100;

/// A name without what is not seen, turns the direction of text, separates folders, or is not
/// allowed in names on Windows; without dots and dashes where they mean something.
fn safe_name(name: &str) -> String {
    let seen = clean(name).replace(['/', '\\', ':', '*', '?', '"', '<', '>', '|'], "-");
    let seen = seen.replace(['\u{61c}', '\u{200b}', '\u{200e}', '\u{200f}', '\u{feff}'], "");
    let trimmed = seen.trim_start_matches(['.', '-', ' ']).trim_end_matches(['.', ' ']);
    let (stem, ending) = match trimmed.rsplit_once('.') {
        Some((stem, ending)) if ending.chars().count() < NAME_MAX / 2 => (stem, Some(ending)),
        _ => (trimmed, None),
    };
    let room = NAME_MAX - ending.map_or(0, |ending| ending.chars().count() + 1);
    let stem: String = stem.chars().take(room).collect();
    match ending {
        Some(ending) => format!("{}.{ending}", stem.trim_end()),
        None if stem.is_empty() => "file".to_owned(),
        None => stem,
    }
}

impl Folder {
    /// The folder at a path.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        let (fitted, read) = (Arc::default(), Arc::default());
        Self { root: root.into(), private: PrivateFiles::new([]), fitted, read }
    }

    /// The same folder, where no issue can show or attach some files: paths below it.
    #[must_use]
    pub fn keep_private<'p>(mut self, paths: impl IntoIterator<Item = &'p Path>) -> Self {
        self.private = PrivateFiles::new(paths.into_iter().map(Path::to_path_buf));
        self
    }

    /// The same folder, which knows the pictures that another one made fit for mail.
    #[must_use]
    pub fn with_pictures_of(self, other: &Self) -> Self {
        Self { fitted: Arc::clone(&other.fitted), ..self }
    }

    /// The same folder, which takes down anew what is read in it.
    #[must_use]
    pub fn noting(&self) -> Self {
        Self { read: Arc::default(), ..self.clone() }
    }

    /// The files that were read, by their paths below the folder.
    #[must_use]
    pub fn noted(&self) -> BTreeSet<String> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The folder's path.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Reads a file that an issue names; what is wrong is reported at the name.
    pub(super) fn read(&self, name: &Text, report: &Report) -> Option<Asset> {
        let path = Path::new(name.value.trim());
        let read = self.resolve(path).and_then(|place| match &place {
            Place::Inside(real) => std::fs::read(real).map(|bytes| (place, bytes)),
            Place::Outside | Place::Hidden | Place::Private => Ok((place, Vec::new())),
        });
        let shown = &name.value;
        let (code, message, help) = match read {
            Ok((Place::Inside(_), bytes)) => return Some(self.asset(path, bytes)),
            Ok((Place::Outside, _)) => (
                Code::Outside,
                format!("`{shown}` leads out of the publication's folder"),
                "copy the file below the folder and name it from there",
            ),
            Ok((Place::Hidden, _)) => (
                Code::Outside,
                format!("`{shown}` is hidden, and what is hidden is not published"),
                "copy the file to a place where no name begins with a dot",
            ),
            Ok((Place::Private, _)) => (
                Code::Outside,
                format!("`{shown}` is the publication's own, and not for readers"),
                "name another file",
            ),
            Err(error) => (
                Code::File,
                format!("cannot read `{shown}`: {}", reason(&error)),
                "name a file by its path from the publication's folder",
            ),
        };
        report.add(report.at(code, name.span.clone(), message).help(help));
        None
    }

    fn asset(&self, path: &Path, bytes: Vec<u8>) -> Asset {
        let asset = asset(path, bytes);
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(asset.path.clone());
        asset
    }

    /// A picture as it is fit for mail; each is made once, as long as its file stays the same.
    pub(super) fn fit(&self, asset: &Asset) -> Result<Picture, Refusal> {
        let mut fitted = self.fitted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = fitted.get(&asset.path).filter(|known| known.from == asset.bytes) {
            return known.picture.clone();
        }
        let picture = picture::fit(&asset.bytes);
        let from = Arc::clone(&asset.bytes);
        fitted.insert(asset.path.clone(), Fitted { from, picture: picture.clone() });
        picture
    }

    /// Whether something is at a path below the folder.
    pub(super) fn has(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    /// Where a path leads, also through symbolic links.
    fn resolve(&self, path: &Path) -> io::Result<Place> {
        let plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if !path.components().all(plain) {
            return Ok(Place::Outside);
        }
        if path.components().any(is_hidden) {
            return Ok(Place::Hidden);
        }
        let root = self.root.canonicalize()?;
        let real = root.join(path).canonicalize()?;
        let Ok(inside) = real.strip_prefix(&root) else { return Ok(Place::Outside) };
        if inside.components().any(is_hidden) {
            return Ok(Place::Hidden);
        }
        if self.private.hold(&root, &real) {
            return Ok(Place::Private);
        }
        // Anything else, such as a pipe, could be read for ever.
        match real.metadata()? {
            of if of.is_file() => Ok(Place::Inside(real)),
            of if of.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            _ => Err(io::Error::other("it is not a file")),
        }
    }
}

fn is_hidden(part: Component<'_>) -> bool {
    matches!(part, Component::Normal(name) if name.as_encoded_bytes().starts_with(b"."))
}

fn asset(path: &Path, bytes: Vec<u8>) -> Asset {
    let parts = path.components().filter(|part| matches!(part, Component::Normal(_)));
    let parts: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy()).collect();
    let path = parts.join("/");
    let media_type = media_type(&path);
    Asset { path, media_type, bytes: bytes.into() }
}

/// What went wrong, without the number that the system gives it.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be read".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}

/// The media type that a file's name tells (IANA's registry).
fn media_type(path: &str) -> &'static str {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension.to_ascii_lowercase().as_str() {
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "epub" => "application/epub+zip",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odp" => "application/vnd.oasis.opendocument.presentation",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        "csv" => "text/csv",
        "ics" => "text/calendar",
        "txt" => "text/plain",
        "vcf" => "text/vcard",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "mp4" => "video/mp4",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use crate::issue::folder::safe_name;

    #[test]
    fn a_file_is_saved_under_a_name_that_harms_nobody() {
        for (name, expected) in [
            ("tides.pdf", "tides.pdf"),
            ("Резюме — «підсумок».pdf", "Резюме — «підсумок».pdf"),
            ("-rf.pdf", "rf.pdf"),
            ("..hidden.pdf", "hidden.pdf"),
            ("a\\b:c*d.pdf", "a-b-c-d.pdf"),
            ("annual\u{202e}fdp.exe", "annualfdp.exe"),
            ("bell\u{7}\r\nring.pdf", "bell ring.pdf"),
            ("setup.exe. .", "setup.exe"),
            ("..", "file"),
            ("", "file"),
            (".pdf", "pdf"),
        ] {
            assert_eq!(safe_name(name), expected);
        }
        let long = safe_name(&format!("{}.pdf", "ы".repeat(300)));
        assert_eq!((long.chars().count(), long.ends_with("ы.pdf")), (100, true));
        assert_eq!(safe_name(&format!("a.{}", "b".repeat(300))).len(), 100);
    }
}
