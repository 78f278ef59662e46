//! Every test of the project in one program: a module for each folder of `src`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod architecture;
mod archive;
mod audience;
mod bounce;
mod cases;
mod check;
mod cli;
mod compile;
mod config;
mod delivery;
mod desk;
mod dkim;
mod document;
mod due;
mod gallery;
mod generations;
mod hostile;
mod issue;
mod journal;
mod language;
mod leaving;
mod measure;
mod picture;
mod private_files;
mod real;
mod returns;
mod segments;
mod sign_ups;
mod status;
mod subscribers;
mod support;
mod templates;
mod transport;
mod trust;
mod web;
