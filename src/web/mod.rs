//! Issues in, what a browser shows out.
//!
//! [`preview`] shows an issue to its editor, as readers will get it, and follows the files.

pub mod preview;
