//! A checked issue and a theme in, the HTML of a letter out: all the markup of the project.
//!
//! 1. `letter` is the document: head, masthead, headline, colophon; `frame` is what it says itself.
//! 2. `sections` holds one function for each kind of section, `facts` those of figures and events,
//!    `pictures` what stands in them, `prose` what they say.
//! 3. `theme` reads how it looks, `style` turns that into inline styles, `sheet` into what cannot
//!    be inline; `css` reads what a theme adds, `colour` knows what can be read.
//! 4. `web` is a letter as a page, where it is read in a browser; `pages` is what a browser shows besides letters.
//!
//! What the mail programs of readers need, and why, is `docs/html.md`.

mod colour;
mod css;
mod facts;
mod frame;
mod layout;
mod letter;
pub mod pages;
mod pictures;
mod prose;
mod sections;
mod sheet;
mod style;
mod theme;
mod web;

pub use colour::{CONTRAST_MIN, Colour};
pub use frame::page;
pub use letter::{Letter, Neighbour, Neighbours};
pub use theme::{
    BUDGET, Faces, Line, LineColour, Logo, Picture, Rules, Scheme, TextLinks, Theme, ThemeFiles,
};
pub use web::{Medium, Web};
