//! The rows of the suppressions in their order in, how each reader stands out.
//!
//! What suppresses wins in every doubt: a row is lifted only by a row that stands below it, that is
//! dated no earlier, and that says that the reader came back, and only where the reader may lift it.
//! So it does not matter in which order git joins the rows of two branches.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::audience::suppressions::entry::Cause;

/// When a row was written, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(i64);

impl Moment {
    /// Later than every other: nothing lifts what has no date.
    const NEVER: Self = Self(i64::MAX);

    /// Reads a date with or without a time; one without is the end of its day.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(at) = text.parse::<Timestamp>() {
            return Some(at.into());
        }
        let end = text.parse::<Date>().ok()?.at(23, 59, 59, 999_000_000);
        Some(end.to_zoned(TimeZone::UTC).ok()?.timestamp().into())
    }

    /// As a row says it.
    pub(super) fn cell(self) -> String {
        let at = Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::MAX);
        format!("{at:.3}")
    }

    fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self(at.as_millisecond())
    }
}

/// What keeps a reader out, or kept.
#[derive(Debug, Clone)]
struct Out {
    reason: Box<str>,
    /// Whether a reason is among them that the reader cannot lift.
    stays: bool,
    /// The latest moment of all that keeps the reader out.
    last: Moment,
    /// When the reader lifted it.
    lifted: Option<Moment>,
    /// Whether the key is only one of two that a cell may mean.
    guessed: bool,
}

impl Out {
    fn counts(&self) -> bool {
        self.lifted.is_none()
    }
}

/// By the segment's name: when that was, and whether the reader left it.
type Segments = BTreeMap<Box<str>, (Moment, bool)>;

type Outs = HashMap<Box<str>, Out>;

/// How readers stand, by [`crate::address::EmailAddress::key`] and by hash.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    outs: Outs,
    hashes: Outs,
    /// Whether a key among them is a whole domain.
    domains: bool,
    /// The segments that a reader left, and those they came back to, with the moment.
    segments: HashMap<Box<str>, Segments>,
}

impl Known {
    /// How many readers are kept out.
    pub(super) fn len(&self) -> usize {
        let all = self.outs.values().chain(self.hashes.values());
        all.filter(|out| out.counts()).count()
    }

    /// Returns how many readers have a row that keeps them out, or kept them out once.
    pub(super) fn named(&self) -> usize {
        self.outs.len() + self.hashes.len()
    }

    /// Everyone who is kept out, with the reason, in the order of the keys; a hash has the prefix.
    pub(super) fn all(&self, prefix: &str) -> BTreeMap<String, &str> {
        let outs = self.outs.iter().map(|(key, out)| (key.to_string(), out));
        let hashes = self.hashes.iter().map(|(hash, out)| (format!("{prefix}{hash}"), out));
        let counting = outs.chain(hashes).filter(|(_, out)| out.counts());
        counting.map(|(key, out)| (key, &*out.reason)).collect()
    }

    /// Whether somebody is kept out by a hash.
    pub(super) fn has_hashes(&self) -> bool {
        !self.hashes.is_empty()
    }

    /// Why the reader of a key is kept out.
    pub(super) fn reason(&self, key: &str) -> Option<&str> {
        self.outs.get(key).filter(|out| out.counts()).map(|out| &*out.reason)
    }

    /// Whether a row keeps a whole domain out.
    pub(super) fn has_domains(&self) -> bool {
        self.domains
    }

    /// Why the reader whose key has this hash is kept out.
    pub(super) fn hashed(&self, hash: &str) -> Option<&str> {
        self.hashes.get(hash).filter(|out| out.counts()).map(|out| &*out.reason)
    }

    /// Whether whoever's key has this hash is kept out by it.
    pub(super) fn forgot(&self, hash: Option<&str>) -> bool {
        hash.is_some_and(|hash| self.hashed(hash).is_some())
    }

    /// Whether a row keeps the reader of a key out, or did.
    pub(super) fn has(&self, key: &str) -> bool {
        self.outs.contains_key(key)
    }

    /// The same of whoever's key has this hash.
    pub(super) fn has_hash(&self, hash: &str) -> bool {
        self.hashes.contains_key(hash)
    }

    /// Whom this kept out and a newer reading of the file says nothing of, with the reason; a hash
    /// has the prefix.
    pub(super) fn into_gone(self, newer: &Self, prefix: &str) -> Vec<(Box<str>, Box<str>)> {
        let outs = self.outs.into_iter().filter(|(key, _)| !newer.has(key));
        let hashes = self.hashes.into_iter().filter(|(hash, _)| !newer.has_hash(hash));
        let hashes = hashes.map(|(hash, out)| (format!("{prefix}{hash}").into(), out));
        let counting = outs.chain(hashes).filter(|(_, out)| out.counts());
        counting.map(|(key, out)| (key, out.reason)).collect()
    }

    /// When the reader of a key came back, where nothing keeps them out since.
    pub(super) fn lifted(&self, key: &str, hash: Option<&str>) -> Option<Moment> {
        let hashed = hash.and_then(|hash| self.hashes.get(hash));
        self.outs.get(key).into_iter().chain(hashed).filter_map(|out| out.lifted).max()
    }

    /// When the reader of a key lifted all that kept them out; `None` where nothing did, or does.
    pub(super) fn returned(&self, key: &str, hash: Option<&str>) -> Option<Timestamp> {
        let hashed = hash.and_then(|hash| self.hashes.get(hash));
        let outs: Vec<&Out> = self.outs.get(key).into_iter().chain(hashed).collect();
        let lifted = outs.iter().filter_map(|out| out.lifted).max()?;
        let all = outs.iter().all(|out| !out.counts());
        all.then(|| Timestamp::from_millisecond(lifted.0).ok()).flatten()
    }

    /// The latest moment of what keeps a reader out; what has no date is later than everything.
    pub(super) fn since(&self, key: &str, hash: Option<&str>) -> Option<Timestamp> {
        let hashed = hash.and_then(|hash| self.hashes.get(hash));
        let outs = self.outs.get(key).into_iter().chain(hashed);
        let last = outs.filter(|out| out.counts()).map(|out| out.last).max()?;
        Some(Timestamp::from_millisecond(last.0).unwrap_or(Timestamp::MAX))
    }

    /// The segments that the reader of a key left.
    pub(super) fn left(&self, key: &str) -> Vec<&str> {
        let segments = self.segments.get(key).into_iter().flatten();
        segments.filter(|(_, (_, left))| *left).map(|(name, _)| &**name).collect()
    }

    /// Whether the reader of a key left a segment.
    pub(super) fn has_left(&self, key: &str, segment: &str) -> bool {
        let of = self.segments.get(key).and_then(|segments| segments.get(segment));
        of.is_some_and(|(_, left)| *left)
    }

    /// A row that keeps a reader out.
    pub(super) fn suppress(&mut self, key: Box<str>, reason: &str, at: Option<Moment>) {
        self.domains |= key.starts_with("*@");
        suppress(&mut self.outs, key, reason, at, false);
    }

    /// The same of a key that is only one of two which the cell may mean.
    pub(super) fn suppress_guessed(&mut self, key: Box<str>, reason: &str, at: Option<Moment>) {
        suppress(&mut self.outs, key, reason, at, true);
    }

    /// A row that keeps out whoever's key has this hash.
    pub(super) fn suppress_hash(&mut self, hash: Box<str>, reason: &str, at: Option<Moment>) {
        suppress(&mut self.hashes, hash, reason, at, false);
    }

    /// A row by which a reader came back; says whether it lifted anything.
    pub(super) fn lift(&mut self, key: &str, hash: Option<&str>, at: Option<Moment>) -> bool {
        let Some(at) = at else { return false };
        let hashed = hash.and_then(|hash| self.hashes.get_mut(hash));
        let mut lifted = false;
        for out in self.outs.get_mut(key).into_iter().chain(hashed) {
            if out.counts() && !out.stays && out.last <= at {
                out.lifted = Some(at);
                lifted = true;
            }
        }
        lifted
    }

    /// A row by which a reader left a segment.
    pub(super) fn leave(&mut self, key: Box<str>, segment: &str, at: Option<Moment>) {
        let at = at.unwrap_or(Moment::NEVER);
        let state = self.segments.entry(key).or_default().entry(segment.into());
        let state = state.or_insert((at, true));
        *state = (state.0.max(at), true);
    }

    /// A row by which a reader came back to a segment; says whether it lifted anything.
    pub(super) fn join(&mut self, key: &str, segment: &str, at: Option<Moment>) -> bool {
        let of = self.segments.get_mut(key).and_then(|segments| segments.get_mut(segment));
        match (of, at) {
            (Some(state), Some(at)) if state.1 && state.0 <= at => {
                *state = (at, false);
                true
            }
            _ => false,
        }
    }

    /// Whether a row with this reason would keep the reader out any more than the reader is.
    pub(super) fn would_suppress(&self, key: &str, hash: Option<&str>, reason: &str) -> bool {
        let hashed = hash.and_then(|hash| self.hashes.get(hash));
        let outs = self.outs.get(key).into_iter().chain(hashed);
        let mut counting = outs.filter(|out| out.counts()).peekable();
        counting.peek().is_none()
            || (!Cause::of(reason).is_liftable() && counting.all(|out| !out.stays))
    }

    /// The first moment, not before `now`, at which a row counts against all that is known of a
    /// reader: a clock that was set back must not make a row look older than what it answers.
    pub(super) fn moment(&self, key: &str, hash: Option<&str>, now: Moment) -> Moment {
        let hashed = hash.and_then(|hash| self.hashes.get(hash));
        let outs = self.outs.get(key).into_iter().chain(hashed);
        let after = outs.map(|out| out.lifted.map_or(out.last, Moment::next));
        let segments = self.segments.get(key).into_iter().flatten();
        let after = after.chain(segments.map(|(_, (at, _))| at.next()));
        after.filter(|at| *at < Moment::NEVER).fold(now, Moment::max)
    }
}

fn suppress(outs: &mut Outs, key: Box<str>, reason: &str, at: Option<Moment>, guessed: bool) {
    let at = at.unwrap_or(Moment::NEVER);
    let stays = !Cause::of(reason).is_liftable();
    let new = Out { reason: reason.into(), stays, last: at, lifted: None, guessed };
    let Some(out) = outs.get_mut(&key) else {
        outs.insert(key, new);
        return;
    };
    if !out.counts() {
        *out = new;
        return;
    }
    // A row of one's own says more than one that may mean somebody else, and what stays says more
    // than what the reader may lift; otherwise the first reason is the reason.
    if (out.guessed && !guessed) || (stays && !out.stays && !guessed) {
        out.reason = new.reason;
    }
    out.guessed &= guessed;
    out.stays |= stays;
    out.last = out.last.max(at);
}
