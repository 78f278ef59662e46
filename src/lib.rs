//! Plain files in, a newsletter delivered by email out: an issue compiler and a delivery engine.
//!
//! The modules stand in the order of the layers; each uses itself and those above it here, never a
//! neighbour of its own layer (`ARCHITECTURE.md` has the picture, `tests/suite/architecture.rs`
//! holds the code to it).
//!
//! The library exists for the program, its tests and its benchmarks. Its interface is not stable.

pub mod address;
pub mod clock;
pub mod diagnostic;
pub mod document;
pub mod field;
mod file;
pub mod key;
pub mod language;
pub mod markup;
pub mod picture;

pub mod config;

pub mod audience;
pub mod issue;
pub mod measure;

#[path = "../templates/mod.rs"]
pub mod templates;

pub mod compile;

pub mod bounce;
pub mod check;
pub mod dkim;
pub mod leaving;

pub mod journal;
pub mod probe;
pub mod transport;

pub mod delivery;
pub mod returns;
pub mod web;

pub mod cli;
