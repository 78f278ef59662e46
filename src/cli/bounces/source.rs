//! What the command line or the settings name in, messages from there out, and back what became of them.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::bounce;
use crate::cli::bounces::maildir::{self, Maildir};
use crate::cli::bounces::mbox::Letters;
use crate::cli::bounces::remote::Remote;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::mbox::Mbox;
use crate::returns::{Item, fingerprint};

/// How much of a message is looked at, in bytes.
pub(super) const SIZE_MAX: u64 = 10_000_000;

/// A message as it was found.
#[derive(Debug)]
pub(super) struct Letter {
    /// Where it is, for people.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) spot: Spot,
}

impl Letter {
    pub(super) fn new(name: &dyn fmt::Display, bytes: Vec<u8>, spot: Spot) -> Self {
        Self { name: name.to_string(), bytes, spot }
    }

    /// What the message says; the bytes are of no use any more.
    pub(super) fn read(self) -> (Place, Item) {
        let item =
            Item { fingerprint: fingerprint(&self.bytes), message: bounce::read(&self.bytes) };
        (Place { name: self.name, spot: self.spot }, item)
    }
}

/// Where a message was.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) name: String,
    pub(super) spot: Spot,
}

/// By what a message can be marked.
#[derive(Debug)]
pub(super) enum Spot {
    /// It cannot be marked.
    Nowhere,
    /// A file of its own.
    File(PathBuf),
    /// Its number in a mailbox.
    Uid(u32),
}

/// Where messages come from.
#[derive(Debug)]
pub(super) enum Source {
    Maildir(Maildir),
    Mbox(Letters),
    Imap(Remote),
    /// One message.
    One(Option<Letter>),
}

impl Source {
    /// Opens what an argument names: a Maildir, an mbox, a file with one message, or `-`.
    pub(super) fn open(env: &mut Env, argument: &Path) -> Result<Self, Failure> {
        if argument == Path::new("-") {
            return standard_input(env).map(|letter| Self::One(Some(letter)));
        }
        let path = env.folder.join(argument);
        let shown = argument.display();
        let failed = |error: io::Error| Failure::because(format!("cannot read `{shown}`"), &error);
        if Maildir::is_one(&path) {
            return Maildir::open(&path).map(Self::Maildir).map_err(failed);
        }
        if path.is_dir() {
            return Err(Failure::usage(format!("`{shown}` is not a Maildir"))
                .hint("a Maildir has the folders `new` and `cur`; `newsletter bounces explain` looks into any folder"));
        }
        if !path.exists() {
            return Err(Failure::usage(format!("there is no `{shown}`")));
        }
        let mut beginning = Vec::new();
        let opened = File::open(&path).and_then(|file| file.take(5).read_to_end(&mut beginning));
        opened.map_err(failed)?;
        if Mbox::<&[u8]>::is_one(&beginning) {
            return Letters::open(&path).map(Self::Mbox).map_err(failed);
        }
        let bytes = maildir::read(&path).map_err(failed)?;
        let bytes = bytes.ok_or_else(|| Failure::usage(format!("`{shown}` is not a file")))?;
        Ok(Self::One(Some(Letter::new(&shown, bytes, Spot::Nowhere))))
    }

    /// The next message.
    pub(super) fn next(&mut self) -> Result<Option<Letter>, Failure> {
        let next = match self {
            Self::Maildir(maildir) => maildir.next(),
            Self::Mbox(mbox) => mbox.next(),
            Self::Imap(remote) => return remote.next(),
            Self::One(letter) => Ok(letter.take()),
        };
        next.map_err(|error| Failure::because("cannot read a message", &error))
    }

    /// Marks a message as dealt with, where that can be marked.
    pub(super) fn mark(&mut self, place: &Place) -> Result<(), Failure> {
        match (self, &place.spot) {
            (Self::Maildir(maildir), Spot::File(file)) => maildir.mark(file).map_err(|error| {
                Failure::because(format!("cannot mark `{}` as read", place.name), &error)
            }),
            (Self::Imap(remote), Spot::Uid(uid)) => remote.mark(*uid),
            _ => Ok(()),
        }
    }

    /// Lets it go.
    pub(super) fn close(self) {
        if let Self::Imap(remote) = self {
            remote.close();
        }
    }
}

/// The message that a mail server pipes in.
pub(super) fn standard_input(env: &mut Env) -> Result<Letter, Failure> {
    let mut bytes = Vec::new();
    let read = (&mut env.input).take(SIZE_MAX).read_to_end(&mut bytes);
    // The rest is taken in, too: a server whose pipe breaks would call it a failure.
    let drained = read.and_then(|_| io::copy(&mut env.input, &mut io::sink()));
    drained.map_err(|error| {
        Failure::because("cannot read standard input", &error).exit(Exit::World)
    })?;
    // Postfix's `local` and mail programs put this line before the message.
    if bytes.starts_with(b"From ") {
        let end = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
        bytes.drain(..end);
    }
    Ok(Letter::new(&"standard input", bytes, Spot::Nowhere))
}
