//! A checked issue and a theme in, the HTML of a letter out: all the markup of the project.
//!
//! 1. `letter` is the document: head, masthead, headline, colophon.
//! 2. `sections` holds one function for each kind of section, `prose` what they say.
//! 3. `theme` reads how it looks, `style` turns that into inline styles.
//!
//! What the mail programs of readers need, and why, is `docs/html.md`.

mod letter;
mod prose;
mod sections;
mod style;
mod theme;

pub use letter::{Letter, masthead_line};
pub use theme::{Scheme, Theme};
