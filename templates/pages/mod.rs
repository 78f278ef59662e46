//! What a browser shows in, whole documents out: one family, with one sheet that all of it wears.
//!
//! `shell` is the document around every page, `house.css` how all of them look. `preview` shows an
//! issue to its editor; `report` is what became of a run, with its `chart` and its `tables`.
//! `public` is where readers leave, choose and sign up; `archive` is the list of issues, `facts` what machines are told of a page, `feed` and `sitemap`
//! what only they read.

mod archive;
mod chart;
mod clean;
mod facts;
mod feed;
pub mod preview;
pub mod public;
mod report;
mod shell;
mod sitemap;
mod tables;

pub use archive::{Index, Line, Year, colours};
pub use chart::{Chart, Moment};
pub use clean::clean;
pub use facts::{Facts, Shown, inert};
pub use feed::{Feed, Item, legible};
pub use report::{Report, Total};
pub use shell::{HOUSE, Shell};
pub use sitemap::{Place, sitemap};
pub use tables::{Domain, Followed, Generation, Group, Person, Reply, Round};
