//! The bytes of a picture in, a picture that every mail program shows, light enough for mail, out.
//!
//! 1. `format` tells by the first bytes what it is, and refuses what mail programs do not show.
//! 2. It is decoded, within limits; what is broken, huge or tiny is refused.
//! 3. `strip` takes out what the camera wrote beside the pixels. What is in bounds stays like that.
//! 4. `redraw` turns upright, resizes and compresses what is not.

mod format;
mod redraw;
mod strip;

use std::io::Cursor;
use std::sync::Arc;

use image::codecs::gif::GifDecoder;
use image::metadata::Orientation;
use image::{AnimationDecoder, DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

pub use format::Format;

/// The widest picture, in pixels: a column of 640 on screens with two pixels for each.
pub const WIDTH_MAX: u32 = 1_280;
/// What a picture may weigh, in bytes.
pub const BUDGET: usize = 250_000;
/// What a moving picture may weigh, in bytes.
pub const BUDGET_MOVING: usize = 1_000_000;

/// What is decoded at most: a phone's largest mode has 50 million pixels, a bomb billions.
const PIXELS_MAX: u64 = 100_000_000;
/// What decoding may take, in bytes: [`PIXELS_MAX`] with four channels of eight bits, and some.
const MEMORY_MAX: u64 = 512 << 20;
/// Up to this width and height, in pixels, a picture is there to be counted, not to be seen.
const TINY: u32 = 4;

/// A picture that is fit for mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What the bytes are.
    pub format: Format,
    /// Its width in pixels, upright; at most [`WIDTH_MAX`], unless it moves.
    pub width: u32,
    /// Its height in pixels, upright.
    pub height: u32,
    /// The file; the same as it was given if there was nothing to do.
    pub bytes: Arc<[u8]>,
}

impl Picture {
    /// What it may weigh, in bytes.
    #[must_use]
    pub fn budget(&self) -> usize {
        // A GIF that does not move is redrawn where it is heavy.
        if self.format == Format::Gif { BUDGET_MOVING } else { BUDGET }
    }

    /// Whether it weighs more than it may, after all that could be done.
    #[must_use]
    pub fn is_heavy(&self) -> bool {
        self.bytes.len() > self.budget()
    }
}

/// Why a picture cannot be sent; the text follows its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A format that mail programs do not show.
    #[error("is {name}, which not every mail program shows")]
    Format {
        /// What people call it.
        name: &'static str,
        /// What to do instead.
        help: &'static str,
    },
    /// Not a picture at all.
    #[error("is not a picture")]
    Unknown,
    /// Damaged, cut off, or empty.
    #[error("cannot be read: the picture is damaged or cut off")]
    Broken,
    /// More pixels than are decoded; width and height.
    #[error("is {0} × {1} pixels large, more than can be read")]
    Huge(u32, u32),
    /// A tracking pixel; width and height.
    #[error("has {0} × {1} pixels: too small to be seen, and filters take it for a tracker")]
    Tiny(u32, u32),
}

impl Refusal {
    /// What to do about it, as an imperative.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Format { help, .. } => help,
            Self::Unknown => "save it as JPEG, PNG or GIF",
            Self::Broken => "export it again",
            Self::Huge(..) => "resize it to 1,280 pixels wide",
            Self::Tiny(..) => "remove it, or use a larger picture",
        }
    }
}

impl From<image::ImageError> for Refusal {
    fn from(_: image::ImageError) -> Self {
        Self::Broken
    }
}

/// Makes a picture fit for mail. The same bytes give the same picture.
///
/// # Errors
/// It is in a format that mail programs do not show, broken, huge or tiny.
pub fn fit(bytes: &[u8]) -> Result<Picture, Refusal> {
    let source = format::tell(bytes)?;
    let mut decoder = open(bytes, source)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX || decoder.total_bytes() > MEMORY_MAX {
        return Err(Refusal::Huge(width, height));
    }
    if width <= TINY && height <= TINY {
        return Err(Refusal::Tiny(width, height));
    }
    if source == ImageFormat::Gif && moves(bytes)? {
        return Ok(Picture { format: Format::Gif, width, height, bytes: bytes.into() });
    }
    let orientation = decoder.orientation()?;
    let profile = decoder.icc_profile()?;
    let clean = strip::clean(bytes, source)?;
    let mut pixels = DynamicImage::from_decoder(decoder)?;
    pixels.apply_orientation(orientation);
    let (width, height) = (pixels.width(), pixels.height());
    let upright = orientation == Orientation::NoTransforms;
    let kept = clean.zip(Format::of(source)).filter(|_| upright && width <= WIDTH_MAX);
    let kept = kept.map(|(bytes, format)| Picture { format, width, height, bytes: bytes.into() });
    match kept {
        Some(kept) if kept.bytes.len() <= BUDGET => Ok(kept),
        kept => {
            let lossless = format::is_lossless(bytes, source);
            let redrawn = redraw::redraw(pixels, lossless, profile)?;
            let kept = kept.filter(|kept| kept.bytes.len() <= redrawn.bytes.len());
            Ok(kept.unwrap_or(redrawn))
        }
    }
}

fn open(bytes: &[u8], source: ImageFormat) -> Result<impl ImageDecoder, Refusal> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), source);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    Ok(reader.into_decoder()?)
}

/// Whether a GIF has a second frame.
fn moves(bytes: &[u8]) -> Result<bool, Refusal> {
    let frames = GifDecoder::new(Cursor::new(bytes))?.into_frames();
    let mut count = 0;
    for frame in frames.take(2) {
        drop(frame?);
        count += 1;
    }
    Ok(count > 1)
}
