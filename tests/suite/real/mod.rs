//! The program and real components in, what they make of each other out.
//!
//! Every test here needs something that Rust does not bring along, says so in its `ignore`, and
//! fails where it is missing: `.ci/test` installs it all and runs every test. Servers listen on
//! loopback alone, and each test stops those that it started.

mod archive;
mod arrival;
mod bounces;
mod client;
pub(crate) mod component;
mod counted;
mod crash;
mod dkim;
mod dns;
mod durable;
mod exim;
mod faults;
mod filters;
mod loss;
mod markup;
mod nginx;
mod opensmtpd;
mod parser;
mod peers;
mod postfix;
mod preview;
mod public;
mod refusal;
mod report;
mod returns;
mod signal;
mod signed;
mod sink;
mod sink_sample;
mod structure;
mod trouble;
mod union;
mod unit;
mod unsubscribe;
