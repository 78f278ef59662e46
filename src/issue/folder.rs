//! A path as an editor writes it in, the bytes of a file inside the publication's folder out.

use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::Code;
use crate::document::{Report, Text};

/// The folder of a publication, which no path leads out of.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
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
    /// The last part of the path.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// What the file is called in conversation: `PDF`, `ZIP`.
    #[must_use]
    pub fn kind(&self) -> String {
        let extension = self.file_name().rsplit_once('.').map_or("", |(_, extension)| extension);
        extension.to_uppercase()
    }
}

impl Folder {
    /// The folder at a path.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder's path.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Reads a file that an issue names; what is wrong is reported at the name.
    pub(super) fn read(&self, name: &Text, report: &Report) -> Option<Asset> {
        let path = Path::new(name.value.trim());
        let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
        let resolved = if inside { self.resolve(path) } else { Ok(None) };
        let read = resolved.and_then(|path| path.map(std::fs::read).transpose());
        match read {
            Ok(Some(bytes)) => {
                let parts: Vec<_> =
                    path.components().map(|c| c.as_os_str().to_string_lossy()).collect();
                let path = parts.join("/");
                let media_type = media_type(&path);
                Some(Asset { path, media_type, bytes: bytes.into() })
            }
            Ok(None) => {
                let message = format!("`{}` leads out of the publication's folder", name.value);
                let diagnostic = report.at(Code::Outside, name.span.clone(), message);
                report
                    .add(diagnostic.help("copy the file below the folder and name it from there"));
                None
            }
            Err(error) => {
                let message = format!("cannot read `{}`: {}", name.value, reason(&error));
                let diagnostic = report.at(Code::File, name.span.clone(), message);
                report
                    .add(diagnostic.help("name a file by its path from the publication's folder"));
                None
            }
        }
    }

    /// The real path of a file; `None` where a symbolic link leads out of the folder.
    fn resolve(&self, path: &Path) -> io::Result<Option<PathBuf>> {
        let root = self.root.canonicalize()?;
        let real = root.join(path).canonicalize()?;
        Ok(real.starts_with(&root).then_some(real))
    }
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
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        "csv" => "text/csv",
        "ics" => "text/calendar",
        "txt" => "text/plain",
        "mp3" => "audio/mpeg",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        _ => "application/octet-stream",
    }
}
