//! Texts, files and whatever else decides something in, a digest of all of it out.

use aws_lc_rs::digest::{self, Context, SHA256};

use crate::issue::Asset;

/// A digest of several parts, whose ends count.
pub(super) struct Parts(Context);

impl Default for Parts {
    fn default() -> Self {
        Self(Context::new(&SHA256))
    }
}

impl Parts {
    pub(super) fn add(&mut self, part: &[u8]) {
        // The length keeps the end of one part and the beginning of the next apart.
        self.0.update(&(part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    /// More of what has no length of its own.
    pub(super) fn go_on(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(super) fn asset(&mut self, asset: &Asset) {
        self.add(asset.path.as_bytes());
        self.add(&asset.bytes);
    }

    pub(super) fn finish(self) -> String {
        hex(self.0.finish().as_ref())
    }
}

/// The digest of one text or file.
pub(super) fn of(bytes: &[u8]) -> String {
    hex(digest::digest(&SHA256, bytes).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
