//! What tests share in, worlds for them to run in out.

pub(crate) mod console;
pub(crate) mod history;
pub(crate) mod hours;
pub(crate) mod link;
pub(crate) mod public;
pub(crate) mod publication;
pub(crate) mod recorder;
pub(crate) mod script;
pub(crate) mod site;
pub(crate) mod smtp;
pub(crate) mod visitor;
pub(crate) mod web;
pub(crate) mod world;
