//! Visits and letters in, the numbers that are kept of them out.

mod file;
mod redirect;
mod shown;
mod view;
