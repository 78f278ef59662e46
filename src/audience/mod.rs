//! The list of readers in, unique readers and those never to write to out; changes to both.

mod blocklist;
mod disk;
mod doubt;
mod error;
mod exports;
mod import;
mod mailboxes;
mod recipient;
mod roster;
mod rows;
mod scan;
mod source;
mod subscribers;
mod suppressions;
mod tags;
mod twins;

pub use blocklist::{BlockedOutcome, BlockedRow, BlocklistOptions, read_blocklist};
pub use doubt::{Doubt, Doubts};
pub use error::{BadRow, Error, Reason};
pub use exports::{
    Everyone, Export, Format, ImportOptions, Names, PythonError, marked, python_value, unmarked,
};
pub use import::{Counts, Done, Import, Plan, Repair, Repairs, Use};
pub use recipient::{Columns, Recipient};
pub use roster::{Extension, Newcomer, Roster, forget_rejected};
pub use subscribers::{List, Subscribers};
pub use suppressions::{
    Act, Cause, Entry, Standing, SuppressionMark, Suppressions, suppression_rows,
};
