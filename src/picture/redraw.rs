//! Pixels in, the file of the largest and best picture within the budget out.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, PngEncoder};
use image::imageops::FilterType;
use image::{DynamicImage, ImageEncoder, ImageError, ImageResult, RgbaImage};

use crate::picture::{Format, Picture, WIDTH_MAX};

/// The widths that are tried, in pixels: 2 and 1½ for each pixel of a column of 640.
const WIDTHS: [u32; 2] = [WIDTH_MAX, WIDTH_MAX / 4 * 3];
/// The qualities of JPEG that are tried: below the last one, blocks show.
const QUALITIES: [u8; 4] = [82, 75, 68, 60];
/// The largest profile of colours that is taken along, in bytes; those of screens have 0.5 to 4 kB.
const PROFILE_MAX: usize = 8 << 10;

/// How pixels are written down.
#[derive(Debug, Clone, Copy)]
enum Way {
    Png,
    Jpeg(u8),
}

/// Resizes and compresses until the picture is within its budget; the lightest, where none is.
///
/// A lossless picture stays one while that is light enough, so that drawings keep their edges; what
/// is transparent always does. `profile` is what the colours mean (ICC.1).
pub(super) fn redraw(
    pixels: DynamicImage,
    lossless: bool,
    profile: Option<Vec<u8>>,
) -> ImageResult<Picture> {
    let pixels = in_eight_bits(pixels);
    let profile = profile.filter(|profile| fits(profile, &pixels)).unwrap_or_default();
    let mut best: Option<Picture> = None;
    for width in WIDTHS {
        let pixels = shrink(&pixels, width);
        for way in ways(&pixels, lossless) {
            let picture = write(&pixels, way, &profile)?;
            if !picture.is_heavy() {
                return Ok(picture);
            }
            if best.as_ref().is_none_or(|best| picture.bytes.len() < best.bytes.len()) {
                best = Some(picture);
            }
        }
    }
    Ok(best.expect("there is a width and a way"))
}

/// The pixels as grey, as colours, or as colours with transparency, whichever is enough.
fn in_eight_bits(pixels: DynamicImage) -> DynamicImage {
    let colour = pixels.color();
    if colour.has_alpha() {
        let transparent = pixels.to_rgba8();
        if transparent.pixels().any(|pixel| pixel.0[3] < u8::MAX) {
            return transparent.into();
        }
    }
    if colour.has_color() { pixels.into_rgb8().into() } else { pixels.into_luma8().into() }
}

/// Whether a profile is about these colours: bytes 16 to 19 name its colour space (ICC.1 §7.2.8).
fn fits(profile: &[u8], pixels: &DynamicImage) -> bool {
    let wanted: &[u8] = if pixels.color().has_color() { b"RGB " } else { b"GRAY" };
    profile.len() <= PROFILE_MAX && profile.get(16..20) == Some(wanted)
}

fn ways(pixels: &DynamicImage, lossless: bool) -> Vec<Way> {
    let photograph = QUALITIES.into_iter().map(Way::Jpeg);
    match (pixels.color().has_alpha(), lossless) {
        (true, _) => vec![Way::Png],
        (false, true) => std::iter::once(Way::Png).chain(photograph).collect(),
        (false, false) => photograph.collect(),
    }
}

/// The same, not wider than `width`.
fn shrink(pixels: &DynamicImage, width: u32) -> DynamicImage {
    if pixels.width() <= width {
        return pixels.clone();
    }
    let height = u64::from(pixels.height()) * u64::from(width);
    let height = (height + u64::from(pixels.width()) / 2) / u64::from(pixels.width());
    let height = u32::try_from(height).unwrap_or(u32::MAX).max(1);
    let small = |pixels: &DynamicImage| pixels.resize_exact(width, height, FilterType::Lanczos3);
    match pixels {
        DynamicImage::ImageRgba8(pixels) => {
            let mut pixels = pixels.clone();
            weigh(&mut pixels);
            let mut small = small(&pixels.into()).into_rgba8();
            unweigh(&mut small);
            small.into()
        }
        pixels => small(pixels),
    }
}

/// Multiplies the colours with their opacity: what cannot be seen must not colour what is beside it.
fn weigh(pixels: &mut RgbaImage) {
    for pixel in pixels.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let weighed = [red, green, blue].map(|value| scale(value, alpha, u8::MAX));
        pixel.0 = [weighed[0], weighed[1], weighed[2], alpha];
    }
}

fn unweigh(pixels: &mut RgbaImage) {
    for pixel in pixels.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let colours = [red, green, blue].map(|value| scale(value, u8::MAX, alpha));
        pixel.0 = [colours[0], colours[1], colours[2], alpha];
    }
}

/// `value × by ÷ of`, rounded, and 255 at most.
fn scale(value: u8, by: u8, of: u8) -> u8 {
    let of = u32::from(of.max(1));
    let scaled = (u32::from(value) * u32::from(by) + of / 2) / of;
    u8::try_from(scaled).unwrap_or(u8::MAX)
}

fn write(pixels: &DynamicImage, way: Way, profile: &[u8]) -> ImageResult<Picture> {
    let mut bytes = Vec::new();
    let format = match way {
        Way::Png => {
            let (compression, filter) = (CompressionType::Default, Default::default());
            let encoder = PngEncoder::new_with_quality(&mut bytes, compression, filter);
            write_with(pixels, encoder, profile)?;
            Format::Png
        }
        Way::Jpeg(quality) => {
            let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
            write_with(pixels, encoder, profile)?;
            Format::Jpeg
        }
    };
    Ok(Picture { format, width: pixels.width(), height: pixels.height(), bytes: bytes.into() })
}

fn write_with(
    pixels: &DynamicImage,
    mut encoder: impl ImageEncoder,
    profile: &[u8],
) -> ImageResult<()> {
    if !profile.is_empty() {
        encoder.set_icc_profile(profile.to_vec()).map_err(ImageError::Unsupported)?;
    }
    pixels.write_with_encoder(encoder)
}
