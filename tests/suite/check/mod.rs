//! Issues and letters in, what `check` says of them out.

mod formats;
mod links;
mod pages;
mod rules;
mod scan;
