//! Issues in, what a browser shows out.
//!
//! [`archive`] is a static site of all issues; [`public`] serves it, and lets readers leave and sign
//! up; [`preview`] shows an issue to its editor, as readers will
//! get it, and follows the files.

pub mod archive;
pub mod preview;
pub mod public;
