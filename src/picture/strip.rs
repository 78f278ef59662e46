//! The file of a picture in, the same without what stands beside the pixels out.
//!
//! A camera writes down where it was, whose it is, and what was there before the picture was
//! cropped. What is needed to show the picture stays, to the byte.

use image::ImageFormat;

use crate::picture::Refusal;

/// The file without what the camera wrote; `None` where it cannot stay as it is: a format that is
/// not for mail, or inks instead of colours.
///
/// # Errors
/// The file is damaged, or ends before the picture does.
pub(super) fn clean(bytes: &[u8], source: ImageFormat) -> Result<Option<Vec<u8>>, Refusal> {
    match source {
        ImageFormat::Jpeg => jpeg(bytes).ok_or(Refusal::Broken).map(Jpeg::in_colours),
        ImageFormat::Png => png(bytes).ok_or(Refusal::Broken).map(Some),
        ImageFormat::Gif => Ok(Some(bytes.to_vec())),
        _ => Ok(None),
    }
}

struct Jpeg {
    bytes: Vec<u8>,
    components: u8,
}

impl Jpeg {
    /// Four components are CMYK, which mail programs show in wrong colours or not at all.
    fn in_colours(self) -> Option<Vec<u8>> {
        (self.components < 4).then_some(self.bytes)
    }
}

/// Walks over the segments (ITU-T T.81 §B.1) up to the end of the image; what programs append
/// behind it, such as a film, is left behind.
fn jpeg(bytes: &[u8]) -> Option<Jpeg> {
    let mut clean = bytes.get(..2)?.to_vec();
    let (mut at, mut components) = (2, 0);
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        let marker = *bytes.get(at + 1)?;
        match marker {
            // A fill byte.
            0xff => {
                at += 1;
                continue;
            }
            0xd9 => {
                clean.extend([0xff, marker]);
                return Some(Jpeg { bytes: clean, components });
            }
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]));
        let segment = bytes.get(at..at + 2 + length).filter(|_| length >= 2)?;
        at += segment.len();
        if is_shown(marker, &segment[4..]) {
            clean.extend_from_slice(segment);
        }
        // A start of frame, which none of the three exceptions is: precision, height, width, count.
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            components = *segment.get(9)?;
        }
        if marker == 0xda {
            let end = at + scan_length(&bytes[at..])?;
            clean.extend_from_slice(&bytes[at..end]);
            at = end;
        }
    }
}

/// Whether a segment has to do with how the picture looks; all others are what programs write down:
/// EXIF, XMP, IPTC, comments.
fn is_shown(marker: u8, data: &[u8]) -> bool {
    match marker {
        // Frames, tables of Huffman codes, scans, tables of quantisation, restarts (§B.1.1.3).
        0xc0..=0xcf | 0xda | 0xdb => true,
        0xdd => data.len() == 2,
        0xe0 => data.starts_with(b"JFIF\0"),
        0xe2 => data.starts_with(b"ICC_PROFILE\0"),
        // Whether the colours are YCbCr.
        0xee => data.starts_with(b"Adobe"),
        _ => false,
    }
}

/// How long the coded data is, up to the next marker that is no restart (§B.1.1.2).
fn scan_length(bytes: &[u8]) -> Option<usize> {
    let pair = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff);
    bytes.windows(2).position(pair)
}

/// Chunks beside the critical ones that have to do with how a picture looks (W3C PNG §11.3).
const PNG_SHOWN: [&[u8; 4]; 13] = [
    b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD", b"pHYs", b"hIST",
    b"acTL", b"fcTL", b"fdAT",
];

/// Walks over the chunks (W3C PNG §5.3) up to the last.
fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut clean = bytes.get(..8)?.to_vec();
    let mut at = 8;
    loop {
        let length = bytes.get(at..at + 4)?.try_into().ok()?;
        let length = usize::try_from(u32::from_be_bytes(length)).ok()?;
        let chunk = bytes.get(at..at.checked_add(length)?.checked_add(12)?)?;
        at += chunk.len();
        let kind: &[u8; 4] = chunk[4..8].try_into().ok()?;
        // A chunk is critical where the first letter is large.
        if kind[0].is_ascii_uppercase() || PNG_SHOWN.contains(&kind) {
            clean.extend_from_slice(chunk);
        }
        if kind == b"IEND" {
            return Some(clean);
        }
    }
}
