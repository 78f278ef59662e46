//! suppressions.csv in, who is never written to out; what readers do is appended to it.

mod cell;
mod entry;
mod forget;
mod known;
mod layout;
mod mark;
mod table;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io;
use std::mem;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::audience::disk::{Stamp, append, lock, open_to_read, stamp, tail};
use crate::audience::error::Error;
use crate::field::clean;
use crate::key::Hasher;

use cell::{HASH, Mark};
use known::{Known, Moment};
use layout::{Cells, Layout};

pub use entry::{Act, Cause, Entry};
pub use forget::suppression_rows;
pub use mark::SuppressionMark;

/// How long a reason or a source can be, in characters: a server's reply can be a page.
const TEXT_MAX: usize = 500;

type Dropped = HashMap<Box<str>, Box<str>>;

/// The addresses that are never written to, and the file they are in.
///
/// A row suppresses an address (`ada@example.org`), a whole domain without its subdomains
/// (`*@example.org`) or whoever has a keyed hash (`hash:…`), says that
/// a reader came back (`back:ada@example.org`), or that one left or came back to the segment that its
/// reason names (`left:ada@example.org`, `joined:…`). Rows are only ever added, so that git joins the
/// rows of two branches by taking all of them; [`Entry`] says what each lifts. Only whoever is to be
/// forgotten is taken out ([`Suppressions::forget`]).
///
/// Calls that touch the file block, and wait while another process appends to it.
#[derive(Debug, Clone)]
pub struct Suppressions {
    path: PathBuf,
    hasher: Option<Hasher>,
    /// What the file has.
    known: Known,
    /// What it had before it changed, and has no more.
    dropped: Dropped,
    layout: Layout,
    /// What the file was when it was last read; `None` while there is none.
    stamp: Option<Stamp>,
    /// What is raised with each row.
    mark: Option<SuppressionMark>,
}

/// How a reader stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing<'s> {
    /// Why the reader is not written to, perhaps without a word; `None` where they are.
    pub reason: Option<&'s str>,
    /// What kind of reason that is.
    pub cause: Option<Cause>,
    /// When the latest of what keeps the reader out was written.
    pub since: Option<Timestamp>,
    /// The segments that the reader left.
    pub left: Vec<&'s str>,
}

impl Suppressions {
    /// Reads a file of suppressions; a missing file has none.
    ///
    /// The hasher is that of the publication's key. It may be left out where nobody was forgotten.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or one of its rows holds no address. Such a row is never passed
    /// over: it may be someone who must not be written to. [`Error::Keyless`], within
    /// [`Error::Suppressions`], where the file holds hashes and there is no hasher, and
    /// [`Error::OtherKey`] where another key made them.
    pub fn load(path: impl Into<PathBuf>, hasher: Option<Hasher>) -> Result<Self, Error> {
        let (known, dropped) = (Known::default(), Dropped::new());
        let (path, layout) = (path.into(), Layout::new(b','));
        let mut suppressions =
            Self { path, hasher, known, dropped, layout, stamp: None, mark: None };
        suppressions.reload_if_changed()?;
        Ok(suppressions)
    }

    /// Keeps a mark up to date with every row that is appended.
    #[must_use]
    pub fn marked(self, mark: SuppressionMark) -> Self {
        Self { mark: Some(mark), ..self }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many addresses there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.len() + self.dropped.len()
    }

    /// Returns how many readers the file names, also those who came back: unlike the number of
    /// suppressed addresses, this never falls while rows are only added.
    #[must_use]
    pub fn named(&self) -> u64 {
        self.known.named() as u64
    }

    /// Whether there is no address at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Everyone whom the file keeps out, by [`EmailAddress::key`] or `hash:…`, with the reason.
    #[must_use]
    pub fn all(&self) -> BTreeMap<String, &str> {
        self.known.all(HASH)
    }

    /// Why an address is not written to, perhaps without a word; `None` where it may be.
    #[must_use]
    pub fn reason_for(&self, address: &EmailAddress) -> Option<&str> {
        self.own_reason(address).or_else(|| self.domain_reason(address))
    }

    fn own_reason(&self, address: &EmailAddress) -> Option<&str> {
        let key = address.key();
        let plain = self.known.reason(&key);
        let plain = plain.or_else(|| self.dropped.get(key.as_str()).map(AsRef::as_ref));
        // A hash costs more than a look, and few files have any.
        plain.or_else(|| {
            let hash = self.hash(&key)?;
            let dropped = || self.dropped.get(format!("{HASH}{hash}").as_str()).map(AsRef::as_ref);
            self.known.hashed(&hash).or_else(dropped)
        })
    }

    /// Returns why the whole domain of an address is not written to.
    fn domain_reason(&self, address: &EmailAddress) -> Option<&str> {
        if !self.known.has_domains() && self.dropped.is_empty() {
            return None;
        }
        let key = address.domain_key();
        let dropped = || self.dropped.get(key.as_str()).map(AsRef::as_ref);
        self.known.reason(&key).or_else(dropped)
    }

    /// Returns what kind of reason keeps this one address out, apart from its domain.
    #[must_use]
    pub fn own_cause(&self, address: &EmailAddress) -> Option<Cause> {
        self.own_reason(address).map(Cause::of)
    }

    /// Returns how many readers the file kept out when it was read before, and has no more.
    #[must_use]
    pub fn lost(&self) -> usize {
        self.dropped.len()
    }

    /// Writes to those again whom the file has no more, where a person accepted that: then the mark
    /// was taken down from `before` to the number that the file names. Returns whether it was.
    pub fn accept_lost(&mut self, before: u64) -> bool {
        let marked = self.mark.as_ref().map(SuppressionMark::read);
        let accepted = marked.is_some_and(|now| now < before && now == self.named());
        if accepted {
            self.dropped.clear();
        }
        accepted
    }

    /// Why an address does not get what is for a segment, or for everyone where there is none.
    #[must_use]
    pub fn reason_in(&self, address: &EmailAddress, segment: Option<&str>) -> Option<Cow<'_, str>> {
        let reason = self.reason_for(address).map(Cow::Borrowed);
        let left = || segment.filter(|segment| self.left(address, segment));
        reason.or_else(|| left().map(|segment| format!("left the segment `{segment}`").into()))
    }

    /// How the reader of an address stands.
    #[must_use]
    pub fn standing(&self, address: &EmailAddress) -> Standing<'_> {
        let reason = self.reason_for(address);
        let key = address.key();
        let since = self.known.since(&key, self.hash(&key).as_deref());
        // A reader cannot lift what keeps out their whole domain.
        let domain = self.domain_reason(address).map(|_| Cause::Other);
        let cause = domain.or_else(|| reason.map(Cause::of));
        Standing { reason, cause, since, left: self.known.left(&key) }
    }

    /// When the reader of an address, who was suppressed, came back; `None` for all others.
    #[must_use]
    pub fn returned(&self, address: &EmailAddress) -> Option<jiff::Timestamp> {
        let key = address.key();
        self.known.returned(&key, self.hash(&key).as_deref())
    }

    /// Whether the reader of an address left a segment.
    #[must_use]
    pub fn left(&self, address: &EmailAddress, segment: &str) -> bool {
        self.known.has_left(&address.key(), segment)
    }

    /// Whether the reader of an address came back later than a moment: what they did until then
    /// says nothing any more.
    #[must_use]
    pub fn came_back_after(&self, address: &EmailAddress, at: Timestamp) -> bool {
        let key = address.key();
        let lifted = self.known.lifted(&key, self.hash(&key).as_deref());
        lifted.is_some_and(|lifted| lifted > Moment::from(at))
    }

    /// Reads the file again if its length or time is another; says whether it was.
    ///
    /// What was suppressed stays so, even if the file is gone or half of it is: an editor's save
    /// and git's checkout take a moment, and the run goes on meanwhile. An address that is taken
    /// out of the file is written to again when the file is next loaded.
    ///
    /// # Errors
    ///
    /// As for [`Suppressions::load`]; what was known before is still known then.
    pub fn reload_if_changed(&mut self) -> Result<bool, Error> {
        let reloaded = self.reload();
        reloaded.map_err(|error| self.failed("read", error))
    }

    /// Adds what happened to readers to the file, and returns when it is on the disk: how many rows
    /// that took. What changes nothing is not written.
    ///
    /// All of it is one write and one flush. Line breaks and control characters in a reason and a
    /// source become spaces or nothing, so that an entry is one line of the file; each is cut at 500
    /// characters.
    ///
    /// # Errors
    ///
    /// The file cannot be locked, read or written; as much of it is there as was before.
    /// [`Error::Keyless`], within, where somebody is to be forgotten and there is no hasher.
    pub fn append(&mut self, entries: &[Entry]) -> Result<usize, Error> {
        let appended = self.append_entries(entries);
        appended.map_err(|error| self.failed("add to", error))
    }

    fn reload(&mut self) -> Result<bool, Error> {
        let Some(file) = open_to_read(&self.path)? else { return Ok(false) };
        if self.stamp == Some(stamp(&file)?) {
            return Ok(false);
        }
        match file.lock_shared() {
            // Where files cannot be locked, there is nothing to wait for.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
            locked => locked?,
        }
        self.read(&file)?;
        Ok(true)
    }

    /// Reads a locked file from its beginning.
    fn read(&mut self, file: &File) -> Result<(), Error> {
        let stamp = stamp(file)?;
        let (layout, known) = table::read(file, self.hasher.as_ref())?;
        let gone = mem::replace(&mut self.known, known).into_gone(&self.known, HASH);
        let known = &self.known;
        // Another process may have put the hash of a forgotten reader in place of the address.
        let hasher = self.hasher.as_ref().filter(|_| known.has_hashes());
        let forgotten = |key: &str| hasher.is_some_and(|of| known.has_hash(&of.hash(key)));
        self.dropped.extend(gone.into_iter().filter(|(key, _)| !forgotten(key)));
        self.dropped.retain(|key, _| match key.strip_prefix(HASH) {
            Some(hash) => !known.has_hash(hash),
            None => !known.has(key),
        });
        self.layout = layout;
        self.stamp = Some(stamp);
        Ok(())
    }

    fn append_entries(&mut self, entries: &[Entry]) -> Result<usize, Error> {
        let mut file = lock(&self.path)?;
        // Another process may have been here since: only what is read under the lock is sure.
        if self.stamp != Some(stamp(&file)?) {
            self.read(&file)?;
        }
        let mut rows = Vec::new();
        for entry in entries {
            rows.extend(self.take(entry)?);
        }
        if rows.is_empty() {
            return Ok(0);
        }
        let bytes = tail(&mut file).and_then(|tail| self.layout.rows(&rows, &tail));
        if let Err(error) = bytes.and_then(|bytes| append(&mut file, &bytes)) {
            // What was taken in is not in the file: it is read again.
            self.stamp = None;
            return Err(self.read(&file).err().unwrap_or(error.into()));
        }
        self.layout.begun = true;
        self.stamp = Some(stamp(&file)?);
        if let Some(mark) = &self.mark {
            // The row is on the disk: a mark that cannot be written is no reason to say otherwise.
            drop(mark.raise(self.named()));
        }
        Ok(rows.len())
    }

    /// Takes an entry in; returns its row, where it changes anything.
    fn take(&mut self, entry: &Entry) -> Result<Option<Cells>, Error> {
        let Entry { address, act, reason, source, at, issue } = entry;
        let (key, reason) = (address.key(), short(reason));
        let hash = self.hasher.as_ref().map(|hasher| hasher.hash(&key));
        let (hash, known) = (hash.as_deref(), &mut self.known);
        let at = known.moment(&key, hash, Moment::from(*at));
        let boxed = || Box::from(key.as_str());
        let cell = |hash: &str| {
            self.hasher.as_ref().map_or_else(String::new, |hasher| Mark::hash(hasher, hash))
        };
        let (cell, reason) = match act {
            // Whoever asked to be forgotten is named by nothing that comes later, either.
            Act::Suppress if known.would_suppress(&key, hash, &reason) && known.forgot(hash) => {
                let (hash, reason) = (hash.ok_or(Error::Keyless)?, nameless(&reason));
                known.suppress_hash(hash.into(), &reason, Some(at));
                (cell(hash), reason)
            }
            Act::Suppress if known.would_suppress(&key, hash, &reason) => {
                known.suppress(boxed(), &reason, Some(at));
                self.dropped.remove(key.as_str());
                (address.to_string(), reason)
            }
            Act::Forget => {
                let hash = hash.ok_or(Error::Keyless)?;
                if known.hashed(hash).is_some() {
                    return Ok(None);
                }
                known.suppress_hash(hash.into(), &reason, Some(at));
                (cell(hash), reason)
            }
            Act::Return if known.lift(&key, hash, Some(at)) => (Mark::back(address), reason),
            Act::Leave(segment) if !known.has_left(&key, segment) => {
                known.leave(boxed(), segment, Some(at));
                (Mark::segment(address, true), segment.clone())
            }
            Act::Join(segment) if known.join(&key, segment, Some(at)) => {
                (Mark::segment(address, false), segment.clone())
            }
            Act::Suppress | Act::Return | Act::Leave(_) | Act::Join(_) => return Ok(None),
        };
        Ok(Some([cell, reason, short(source), at.cell(), short(issue)]))
    }

    /// The hash of a key, where the file has hashes at all.
    fn hash(&self, key: &str) -> Option<String> {
        let any = self.known.has_hashes() || self.dropped.keys().any(|key| key.starts_with(HASH));
        self.hasher.as_ref().filter(|_| any).map(|hasher| hasher.hash(key))
    }

    fn failed(&self, operation: &'static str, error: Error) -> Error {
        Error::Suppressions { operation, path: self.path.clone(), source: Box::new(error) }
    }
}

/// The kind of a reason, without what a server or an editor said of whom.
fn nameless(reason: &str) -> String {
    let kind = reason.split([':', '@']).next().unwrap_or_default();
    let whole = kind.len() == reason.len() || reason[kind.len()..].starts_with(':');
    if whole { kind.to_owned() } else { "suppressed".to_owned() }
}

fn short(text: &str) -> String {
    clean(text).trim().chars().take(TEXT_MAX).collect()
}
