//! A path in, the file of `public/` that is there out: nothing hidden, and nothing from elsewhere.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::UNIX_EPOCH;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use hyper::body::{Frame, SizeHint};
use jiff::fmt::rfc2822::DateTimePrinter;
use tokio::sync::mpsc;

use crate::web::public::reply::{self, value};

/// What is read at once.
const PIECE: usize = 64 * 1024;

/// What the endings of files mean.
const KINDS: [(&str, &str); 22] = [
    ("html", "text/html; charset=utf-8"),
    ("txt", "text/plain; charset=utf-8"),
    ("xml", "application/xml"),
    ("eml", "message/rfc822"),
    ("ics", "text/calendar; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("csv", "text/csv; charset=utf-8"),
    ("json", "application/json"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("svg", "image/svg+xml"),
    ("ico", "image/vnd.microsoft.icon"),
    ("woff2", "font/woff2"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("epub", "application/epub+zip"),
    ("zip", "application/zip"),
    ("md", "text/markdown; charset=utf-8"),
];

/// A file that may be handed out.
#[derive(Debug)]
pub(super) struct Found {
    /// Its path below the archive's folder.
    pub(super) name: String,
    file: File,
    length: u64,
    kind: &'static str,
    tag: String,
    modified: String,
}

/// Looks for the file of a path that begins with `/`; blocks.
pub(super) fn find(root: &Path, path: &str) -> Option<Found> {
    let (path, name) = locate(path)?;
    let root = root.canonicalize().ok()?;
    // A link that leads out of the folder leads nowhere.
    let real = root.join(path).canonicalize().ok().filter(|real| real.starts_with(&root))?;
    let metadata = real.metadata().ok().filter(std::fs::Metadata::is_file)?;
    let written = metadata.modified().ok()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    let length = metadata.len();
    let ending = real.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let ending = ending.to_ascii_lowercase();
    let kind = KINDS.iter().find(|(known, _)| *known == ending).map(|(_, kind)| *kind);
    let kind = if name == "feed.xml" { Some("application/atom+xml") } else { kind };
    let seconds = i64::try_from(written.as_secs()).unwrap_or_default();
    let modified = jiff::Timestamp::from_second(seconds).ok()?;
    Some(Found {
        name,
        length,
        kind: kind.unwrap_or("application/octet-stream"),
        tag: format!("W/\"{length:x}-{:x}\"", written.as_nanos()),
        modified: DateTimePrinter::new().timestamp_to_rfc9110_string(&modified).ok()?,
        file: File::open(real).ok()?,
    })
}

/// The path of a file below the folder, as the system has it and as the web has it; `None` where it
/// could be anything else.
pub(super) fn locate(path: &str) -> Option<(PathBuf, String)> {
    let mut name = decoded(path.strip_prefix('/')?)?;
    if name.is_empty() || name.ends_with('/') {
        name.push_str("index.html");
    }
    let plain = |part: &str| {
        !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', ':', '\0'])
    };
    let parts: Vec<&str> = name.split('/').collect();
    parts.iter().all(|part| plain(part)).then(|| (parts.iter().collect(), name.clone()))
}

/// A path without its percent signs.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let (high, low) = (digit(rest.next())?, digit(rest.next())?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

impl Found {
    /// Whether it is a page that people read.
    pub(super) fn is_page(&self) -> bool {
        self.kind.starts_with("text/html")
    }

    /// The answer; whoever has the file already gets it not again.
    pub(super) fn answer(self, asked: &HeaderMap, with_body: bool) -> Response {
        let known = is_known(asked, &self.tag);
        let length = self.length;
        let fields = [
            (header::ETAG, self.tag),
            (header::LAST_MODIFIED, self.modified),
            (header::CACHE_CONTROL, "public, max-age=300".to_owned()),
            (header::CONTENT_SECURITY_POLICY, reply::ARCHIVE.to_owned()),
        ];
        if known {
            return (StatusCode::NOT_MODIFIED, fields).into_response();
        }
        let body = if with_body { Body::new(Pieces::of(self.file, length)) } else { Body::empty() };
        let mut response = (fields, body).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, value(self.kind));
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        response
    }
}

/// Whether a browser has what it asks for (RFC 9110 §13.1.2).
fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    let bare = tag.trim_start_matches("W/");
    let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|it| it.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|known| {
        let known = known.trim();
        known == "*" || known.trim_start_matches("W/") == bare
    })
}

/// A file that is read as it is sent.
struct Pieces {
    pieces: mpsc::Receiver<io::Result<Bytes>>,
    left: u64,
}

impl Pieces {
    fn of(file: File, length: u64) -> Self {
        let (sender, pieces) = mpsc::channel(1);
        tokio::task::spawn_blocking(move || read(file, length, &sender));
        Self { pieces, left: length }
    }
}

/// Reads until nobody listens any more.
fn read(file: File, length: u64, sender: &mpsc::Sender<io::Result<Bytes>>) {
    let mut file = file.take(length);
    loop {
        let mut piece = Vec::with_capacity(PIECE.min(usize::try_from(length).unwrap_or(PIECE)));
        let read = (&mut file).take(PIECE as u64).read_to_end(&mut piece);
        let last = !matches!(read, Ok(1..));
        let piece = read.map(|_| Bytes::from(piece));
        if sender.blocking_send(piece).is_err() || last {
            return;
        }
    }
}

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.pieces.poll_recv(context).map(|piece| match piece? {
            Ok(piece) if piece.is_empty() => None,
            Ok(piece) => {
                self.left = self.left.saturating_sub(piece.len() as u64);
                Some(Ok(Frame::data(piece)))
            }
            Err(error) => Some(Err(error)),
        })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
