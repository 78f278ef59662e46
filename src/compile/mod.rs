//! A checked issue in, one finished message for each edition out; pure, from here to the wire.
//!
//! 1. [`Edition`] says which sections a reader gets; [`draft()`] renders the issue for it.
//! 2. `html` and `text` write the two bodies, with marks where readers' values go.
//! 3. `mime` puts headers and parts around them: a [`Draft`].
//! 4. [`Draft::program`] encodes all of it once and cuts it at the marks: a [`Program`].
//!    [`Program::assemble`] fills the holes; [`Draft::render`] does the same the long way.

mod asset;
mod calendar;
mod clicks;
mod draft;
mod edition;
pub mod encode;
mod html;
mod mime;
mod page;
mod program;
mod text;

pub use asset::{addressed, hosted};
pub use draft::{Draft, Measure, Press, draft, notice, url_of};
pub use edition::Edition;
pub use mime::message_identity;
pub use page::{Page, content, page};
pub use program::{Cut, Escape, Filling, Gap, Program, Reader, Slot};
