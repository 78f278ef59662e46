//! What happened to the recipients of a run in, where each one stands out: three bytes for each.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::journal::record::{State, Tally};

/// Where everyone of a run stands.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    /// By number: entry 1 comes first.
    places: Vec<Place>,
    /// What was said of those who are not accepted.
    replies: BTreeMap<i64, String>,
    /// Why those are out of the run who were in it.
    suppressed: BTreeMap<i64, String>,
    /// The deferred, by the moment at which they are due, and when each of them is.
    due: BTreeSet<(Timestamp, i64)>,
    due_of: BTreeMap<i64, Timestamp>,
    /// Nobody before this number is pending and wanted.
    next: usize,
    tally: Tally,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    /// `None` where there is no such entry, or no longer.
    state: Option<State>,
    attempts: u8,
    /// Whether it may be claimed.
    wanted: bool,
}

/// Where one entry stands.
#[derive(Debug)]
pub(crate) struct Stand {
    pub(crate) id: i64,
    pub(crate) state: State,
    pub(crate) attempts: u32,
    pub(crate) reply: String,
}

/// What becomes of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// It is in this state now; the deferred are due then.
    To(State, Option<Timestamp>),
    /// It is out of the run.
    Suppressed,
}

impl Standing {
    /// Everyone is pending; `exists` says which numbers up to `last` there are.
    pub(crate) fn new(last: i64, exists: impl Fn(i64) -> bool) -> Self {
        let place =
            |id| Place { state: exists(id).then_some(State::Pending), attempts: 0, wanted: true };
        let places: Vec<_> = (1..=last).map(place).collect();
        let pending = places.iter().filter(|place| place.state.is_some()).count() as u64;
        Self { places, tally: Tally { pending, ..Tally::default() }, ..Self::default() }
    }

    /// The state of an entry; `None` where there is none.
    pub(crate) fn state(&self, id: i64) -> Option<State> {
        self.places.get(index(id)).and_then(|place| place.state)
    }

    /// How often an entry was tried.
    pub(crate) fn attempts(&self, id: i64) -> u32 {
        self.places.get(index(id)).map_or(0, |place| place.attempts.into())
    }

    /// Where one stands.
    pub(crate) fn place(&self, id: i64) -> Stand {
        let state = self.state(id).unwrap_or(State::Pending);
        Stand { id, state, attempts: self.attempts(id), reply: self.reply(id).to_owned() }
    }

    /// What was said last of an entry that is not accepted.
    pub(crate) fn reply(&self, id: i64) -> &str {
        self.replies.get(&id).map_or("", String::as_str)
    }

    /// Those who were taken out, and why.
    pub(crate) fn suppressed(&self) -> &BTreeMap<i64, String> {
        &self.suppressed
    }

    /// How many are in each state; `suppressed` are those who were taken out.
    pub(crate) fn tally(&self) -> Tally {
        self.tally
    }

    /// The numbers of everyone who is in the run.
    pub(crate) fn all(&self) -> impl Iterator<Item = i64> + '_ {
        (1..).zip(&self.places).filter_map(|(id, place)| place.state.map(|_| id))
    }

    /// The numbers of those in a state.
    pub(crate) fn all_in(&self, state: State) -> impl Iterator<Item = i64> + '_ {
        (1..)
            .zip(&self.places)
            .filter_map(move |(id, place)| (place.state == Some(state)).then_some(id))
    }

    /// Changes an entry, whatever it was before.
    pub(crate) fn change(&mut self, id: i64, change: Change, reply: &str) {
        let Some(place) = self.places.get_mut(index(id)) else { return };
        let Some(before) = place.state else { return };
        *self.tally.of_mut(before) -= 1;
        if before == State::Deferred
            && let Some(due) = self.due_of.remove(&id)
        {
            self.due.remove(&(due, id));
        }
        match change {
            Change::To(state, due) => {
                place.state = Some(state);
                *self.tally.of_mut(state) += 1;
                place.attempts = place.attempts.saturating_add(u8::from(state.is_answer()));
                self.due.extend(due.map(|due| (due, id)));
                self.due_of.extend(due.map(|due| (id, due)));
                if state == State::Pending {
                    self.next = self.next.min(index(id));
                }
                let silent = matches!(state, State::Claimed | State::Attempting | State::Accepted);
                if state == State::Accepted || (!silent && reply.is_empty()) {
                    self.replies.remove(&id);
                } else if !silent {
                    self.replies.insert(id, reply.to_owned());
                }
            }
            Change::Suppressed => {
                place.state = None;
                self.tally.suppressed += 1;
                self.replies.remove(&id);
                self.suppressed.insert(id, reply.to_owned());
            }
        }
    }

    /// Claims up to `limit` who are wanted: the deferred that are due, longest first, and the pending.
    pub(crate) fn claim(&mut self, limit: usize, now: Timestamp) -> Vec<i64> {
        let due = self.due.iter().take_while(|(due, _)| *due <= now).map(|(_, id)| *id);
        let due = due.filter(|id| self.places[index(*id)].wanted);
        let mut ids: Vec<i64> = due.take(limit).collect();
        while ids.len() < limit && self.next < self.places.len() {
            let place = self.places[self.next];
            self.next += 1;
            if place.wanted && place.state == Some(State::Pending) {
                ids.push(number(self.next - 1));
            }
        }
        ids.sort_unstable();
        ids.iter().for_each(|id| self.change(*id, Change::To(State::Claimed, None), ""));
        ids
    }

    /// When the next wanted one of the deferred is due.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        let mut due = self.due.iter().filter(|(_, id)| self.places[index(*id)].wanted);
        due.next().map(|(due, _)| *due)
    }

    /// Lets nobody be due later than `latest`.
    pub(crate) fn bound_due(&mut self, latest: Timestamp) {
        while let Some((due, id)) = self.due.last().copied().filter(|(due, _)| *due > latest) {
            self.due.remove(&(due, id));
            self.due.insert((latest, id));
            self.due_of.insert(id, latest);
        }
    }

    /// Says who may be claimed.
    pub(crate) fn select(&mut self, wanted: impl Fn(i64) -> bool) {
        for (id, place) in (1..).zip(&mut self.places) {
            place.wanted = wanted(id);
        }
        self.next = 0;
    }

    /// Says that one must not be claimed.
    pub(crate) fn leave(&mut self, id: i64) {
        if let Some(place) = self.places.get_mut(index(id)) {
            place.wanted = false;
        }
    }

    /// Whether one may be claimed.
    pub(crate) fn is_wanted(&self, id: i64) -> bool {
        self.places.get(index(id)).is_some_and(|place| place.wanted)
    }
}

fn index(id: i64) -> usize {
    usize::try_from(id - 1).unwrap_or(usize::MAX)
}

fn number(index: usize) -> i64 {
    i64::try_from(index + 1).unwrap_or(i64::MAX)
}
