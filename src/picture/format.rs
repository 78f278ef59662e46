//! The first bytes of a file in, the format of the picture, or why it is none for mail, out.

use image::ImageFormat;

use crate::picture::Refusal;

/// A format that every mail program shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Photographs.
    Jpeg,
    /// Drawings, and what is transparent.
    Png,
    /// What moves.
    Gif,
}

impl Format {
    /// Its media type (IANA's registry).
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
        }
    }

    /// The endings of its files' names, in lower case; the first is the usual one.
    #[must_use]
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Self::Png => &["png"],
            Self::Gif => &["gif"],
        }
    }

    /// The format of a file that is for mail already.
    pub(super) fn of(source: ImageFormat) -> Option<Self> {
        match source {
            ImageFormat::Jpeg => Some(Self::Jpeg),
            ImageFormat::Png => Some(Self::Png),
            ImageFormat::Gif => Some(Self::Gif),
            _ => None,
        }
    }
}

const AS_PHOTOGRAPH: &str = "save it as JPEG";
const AS_DRAWING: &str = "export it as PNG, twice as large as it is shown";

/// The format of a file that can be read: JPEG, PNG, GIF, or a WebP that does not move.
pub(super) fn tell(bytes: &[u8]) -> Result<ImageFormat, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Broken);
    }
    let refuse = |name, help| Err(Refusal::Format { name, help });
    match image::guess_format(bytes) {
        Ok(ImageFormat::WebP) if webp_chunks(bytes).any(|kind| kind == *b"ANIM") => {
            refuse("a WebP that moves", "save it as GIF")
        }
        Ok(
            known @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::Gif | ImageFormat::WebP),
        ) => Ok(known),
        Ok(ImageFormat::Avif) => refuse("AVIF", AS_PHOTOGRAPH),
        Ok(ImageFormat::Tiff) => refuse("TIFF", AS_PHOTOGRAPH),
        Ok(ImageFormat::Bmp) => refuse("BMP", AS_DRAWING),
        Ok(ImageFormat::Ico) => refuse("an icon", AS_DRAWING),
        _ => match others(bytes) {
            Some((name, help)) => refuse(name, help),
            None => Err(Refusal::Unknown),
        },
    }
}

/// What `image` does not know, with what to do instead.
fn others(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    // ISO/IEC 14496-12 §4.3: the box `ftyp` and its major brand.
    if let (Some(b"ftyp"), Some(brand)) = (bytes.get(4..8), bytes.get(8..12)) {
        return match brand {
            b"avif" | b"avis" => Some(("AVIF", AS_PHOTOGRAPH)),
            b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1" => {
                Some(("HEIC", AS_PHOTOGRAPH))
            }
            _ => None,
        };
    }
    if bytes.starts_with(b"\xff\x0a") || bytes.starts_with(b"\0\0\0\x0cJXL ") {
        return Some(("JPEG XL", AS_PHOTOGRAPH));
    }
    if bytes.starts_with(b"8BPS") {
        return Some(("a file of Photoshop", AS_PHOTOGRAPH));
    }
    // The element stands behind a declaration, comments and a document type.
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(4_096)]);
    let markup = start.trim_start_matches('\u{feff}').trim_start().starts_with('<');
    (markup && start.contains("<svg")).then_some(("SVG", AS_DRAWING))
}

/// Whether every pixel of the file is as it was drawn: then it may be a drawing.
pub(super) fn is_lossless(bytes: &[u8], source: ImageFormat) -> bool {
    match source {
        ImageFormat::Jpeg => false,
        ImageFormat::WebP => webp_chunks(bytes).any(|kind| kind == *b"VP8L"),
        _ => true,
    }
}

/// The kinds of the chunks of a WebP file (RFC 9649 §2.3).
fn webp_chunks(bytes: &[u8]) -> impl Iterator<Item = [u8; 4]> {
    let mut at = 12;
    std::iter::from_fn(move || {
        let kind = bytes.get(at..at + 4)?.try_into().ok()?;
        let length = bytes.get(at + 4..at + 8)?.try_into().ok()?;
        let length = usize::try_from(u32::from_le_bytes(length)).ok()?;
        at += 8 + length + length % 2;
        Some(kind)
    })
}
