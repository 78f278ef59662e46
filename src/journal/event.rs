//! What became of recipients in, one row of the journal out, and back.
//!
//! A row is a JSON array of stretches `[first, count, state, reply, due]`: entries with neighbouring
//! numbers of which the same is said. State 7 is an entry that was taken out of the run.

use jiff::Timestamp;

use crate::journal::error::Error;
use crate::journal::record::{Happened, State};
use crate::journal::standing::{Change, Standing};

/// What stands for [`Change::Suppressed`].
const SUPPRESSED: u8 = 7;

/// Neighbours of which the same is said.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Stretch(i64, i64, u8, String, Option<i64>);

/// A row that is being written.
#[derive(Debug, Default)]
pub(crate) struct Event {
    stretches: Vec<Stretch>,
}

impl Event {
    /// Adds what becomes of an entry.
    pub(crate) fn add(&mut self, id: i64, change: Change, reply: &str) {
        let (state, due) = match change {
            Change::To(state, due) => (state as u8, due.map(Timestamp::as_millisecond)),
            Change::Suppressed => (SUPPRESSED, None),
        };
        if let Some(Stretch(first, count, before, said, then)) = self.stretches.last_mut()
            && (id, state, reply, due) == (*first + *count, *before, said.as_str(), *then)
        {
            *count += 1;
            return;
        }
        self.stretches.push(Stretch(id, 1, state, reply.to_owned(), due));
    }

    /// Whether there is nothing to be written.
    pub(crate) fn is_empty(&self) -> bool {
        self.stretches.is_empty()
    }

    /// The row's text.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(&self.stretches).expect("numbers and texts are always JSON")
    }

    /// Applies a row's text to where everyone stood before it, and tells an observer.
    pub(crate) fn apply(
        json: &str,
        (seq, at): (i64, Timestamp),
        standing: &mut Standing,
        observe: &mut (dyn FnMut(Happened<'_>) + Send),
    ) -> Result<(), Error> {
        let understood = Error::stored("the event", seq);
        let stretches: Vec<Stretch> = serde_json::from_str(json).map_err(&understood)?;
        for Stretch(first, count, state, reply, due) in stretches {
            let due = due.map(Timestamp::from_millisecond).transpose();
            let change = match State::from_number(state.into()) {
                Some(state) => Change::To(state, due.map_err(Error::stored("the event", seq))?),
                None if state == SUPPRESSED => Change::Suppressed,
                None => return Err(Error::stored("the event", seq)(format!("state {state}"))),
            };
            let to = State::from_number(state.into());
            for id in first..first.saturating_add(count) {
                standing.change(id, change, &reply);
                observe(Happened { at, id, to, reply: &reply });
            }
        }
        Ok(())
    }
}
