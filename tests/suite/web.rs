//! What a browser is shown.

mod frame;
mod preview;
mod public;
