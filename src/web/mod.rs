//! Issues in, what a browser shows out.
//!
//! [`archive`] is a static site of all issues; [`preview`] shows one to its editor, as readers will
//! get it, and follows the files.

pub mod archive;
pub mod preview;
