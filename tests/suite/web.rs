//! What a browser is shown.

mod frame;
pub(crate) mod preview;
