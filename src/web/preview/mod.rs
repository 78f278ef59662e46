//! An issue as one reader gets it in, a page for the editor's own browser out.
//!
//! 1. A [`Desk`] makes a [`Proof`] of an issue for one reader whenever it is asked; `cli` has it.
//! 2. `server` answers requests; `gate` lets in nobody but the page itself, `ask` reads what a page
//!    is asked for.
//! 3. `page` puts a proof on the page, `frame` a letter into its frame, `inbox` its first words into
//!    the line of an inbox.
//! 4. `watch` says when a file has changed; the page that waits for it is answered then.

mod ask;
mod frame;
mod gate;
mod inbox;
mod page;
mod server;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Source};
use crate::issue::Asset;

pub use ask::{Ask, Look, View, Views, Who};
pub use frame::framed;
pub use server::{Error, Press, Server, serve};
pub use watch::Watch;

/// Who makes what is shown. It is asked on a thread that may wait.
pub trait Desk: Send + 'static {
    /// Forgets what it read, since a file has changed; returns the files that letters depend on,
    /// wherever they are.
    fn reread(&mut self) -> Vec<PathBuf>;

    /// An issue as one reader gets it.
    fn proof(&mut self, ask: &Ask) -> Proof;

    /// A picture or file of an issue, by its path in the publication.
    fn asset(&mut self, ask: &Ask, path: &str) -> Option<Asset>;

    /// The file at a path, where a proof of what is asked for finds something in it.
    fn source(&mut self, ask: &Ask, path: &str) -> Option<Arc<Source>>;

    /// Addresses of the list that have a part in them, a few at most.
    fn lookup(&mut self, part: &str) -> Vec<String>;
}

/// An issue as one reader gets it, and what is known of it.
#[derive(Debug, Default)]
pub struct Proof {
    /// The publication's name.
    pub publication: String,
    /// The name of the issue's file, without `.toml`.
    pub issue: String,
    /// The issue's headline; its file's name where it has none.
    pub title: String,
    /// The letter; that of the last good version where the files have errors now.
    pub letter: Option<Letter>,
    /// Whether the letter is what the files say now.
    pub fresh: bool,
    /// What is wrong with the files.
    pub diagnostics: Vec<Diagnostic>,
    /// What else went wrong, in sentences.
    pub troubles: Vec<String>,
    /// The rows of the list that are no readers.
    pub rows: Rows,
    /// The editions that have readers.
    pub editions: Vec<Sample>,
    /// Whose letter it is, in a sentence.
    pub reader: String,
    /// The address of that reader; none, where it is nobody's.
    pub address: Option<String>,
    /// Whether the list is still being read.
    pub reading: bool,
    /// All issues, the newest first.
    pub issues: Vec<Known>,
    /// Whether there is a server to send a test with.
    pub can_send: bool,
}

/// Rows of the list that are no readers.
#[derive(Debug, Default)]
pub struct Rows {
    /// The path of the list.
    pub list: String,
    /// The lines of the first few, and why.
    pub shown: Vec<(u64, String)>,
    /// How many there are.
    pub all: u64,
    /// Whether the list can be shown.
    pub linked: bool,
}

/// A letter as one reader gets it.
#[derive(Debug, Clone, Default)]
pub struct Letter {
    /// The name of the sender.
    pub sender: String,
    /// The subject.
    pub subject: String,
    /// The HTML.
    pub html: String,
    /// The plain text.
    pub text: String,
    /// The whole message, as it leaves.
    pub message: Vec<u8>,
    /// The addresses of its pictures and files, and where they are in the publication.
    pub assets: Vec<(String, String)>,
    /// The reader's own link to unsubscribe.
    pub unsubscribe: String,
}

/// One reader of an edition, who stands for all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The segments whose sections the edition has.
    pub segments: Vec<String>,
    /// How many readers get it.
    pub readers: u64,
    /// The first of them.
    pub address: String,
}

/// An issue of the publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The name of its file, without `.toml`.
    pub name: String,
    /// Its headline; empty where it has none.
    pub title: String,
    /// Its date; empty where it has none.
    pub date: String,
}

impl Proof {
    /// The edition with the most readers; of those with as many, the first.
    #[must_use]
    pub fn most(&self) -> Option<&Sample> {
        self.editions.iter().rev().max_by_key(|sample| sample.readers)
    }
}
