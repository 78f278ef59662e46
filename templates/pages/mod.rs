//! What a browser shows in, whole documents out: one family, with one sheet that all of it wears.
//!
//! `shell` is the document around every page, `house.css` how all of them look; `preview` shows an
//! issue to its editor. `report` is what became of a run, with its `chart` and its `tables`.

mod chart;
pub mod preview;
mod report;
mod shell;
mod tables;

pub use chart::{Chart, Moment};
pub use report::{Report, Total};
pub use shell::{HOUSE, Shell};
pub use tables::{Domain, Generation, Group, Person, Reply, Round};
