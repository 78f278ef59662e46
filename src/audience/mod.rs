//! The list of readers in, unique readers and those never to write to out; changes to both.

mod disk;
mod error;
mod recipient;
mod roster;
mod rows;
mod subscribers;
mod suppressions;
mod twins;

pub use error::{BadRow, Error, Reason};
pub use recipient::{Columns, Recipient};
pub use roster::{Extension, Newcomer, Roster};
pub use subscribers::{List, Subscribers};
pub use suppressions::{Act, Cause, Entry, Standing, Suppressions};
