//! Issues and readers in, the bytes of whole messages out.

mod assembly;
mod encoding;
pub(crate) mod generate;
pub(crate) mod letters;
mod markup;
mod mutations;
mod tokens;
