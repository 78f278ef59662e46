//! Visits in, numbers per issue and link out: how often a page was read, and where links led.
//!
//! 1. [`is_view`] says whether a request is one of a person, as far as that can be told.
//! 2. [`go`] makes the link that leads through the publication's own server, [`leads`] follows it.
//! 3. A [`Counter`] adds to the [`Numbers`] in the file; they are all that is ever kept.

mod counter;
mod numbers;
mod redirect;
mod scanners;
mod view;

pub use counter::{Counter, Error, FILE};
pub use numbers::Numbers;
pub use redirect::{GO, go, leads};
pub use scanners::{SCANNERS, Scanner};
pub use view::is_view;
