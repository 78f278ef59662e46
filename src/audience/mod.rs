//! The list of readers in, unique readers and those never to write to out.

mod error;
mod recipient;
mod rows;
mod subscribers;
mod suppressions;

pub use error::{BadRow, Error, Reason};
pub use recipient::{Columns, Recipient};
pub use subscribers::Subscribers;
pub use suppressions::Suppressions;
