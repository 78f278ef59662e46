//! What a browser shows in, whole documents out: one family, with one sheet that all of it wears.
//!
//! `shell` is the document around every page, `house.css` how all of them look; `preview` shows an
//! issue to its editor.

pub mod preview;
mod shell;

pub use shell::{HOUSE, Shell};
