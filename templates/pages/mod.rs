//! What a browser shows in, whole documents out: one family, with one sheet that all of it wears.
//!
//! `shell` is the document around every page, `house.css` how all of them look.

mod shell;

pub use shell::{HOUSE, Shell};
