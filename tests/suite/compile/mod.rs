//! Issues and readers in, the bytes of whole messages out.

mod assembly;
mod encoding;
pub(crate) mod generate;
mod letters;
mod markup;
mod tokens;
