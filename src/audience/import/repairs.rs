//! Collects the rows whose addresses are not written as they should be, to be named.

use crate::audience::exports::{Line, Outcome};

/// How many repairs of a file are named one by one.
const NAMED_MAX: usize = 100;
/// How much of a row is shown, in characters.
const SHOWN_MAX: usize = 120;

/// A row and the addresses that were read in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// The line where the row begins, counted from 1.
    pub line: u64,
    /// What stands there.
    pub was: String,
    /// The addresses.
    pub taken: Vec<String>,
}

/// The repairs of a file.
#[derive(Debug, Clone, Default)]
pub struct Repairs {
    first: Vec<Repair>,
    count: u64,
}

impl Repairs {
    /// The first hundred.
    #[must_use]
    pub fn first(&self) -> &[Repair] {
        &self.first
    }

    /// How many rows there are in all.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Takes a line in, if it was repaired.
    pub(crate) fn see(&mut self, line: &Line<'_>) {
        let Some(was) = &line.repaired else { return };
        let address = match &line.outcome {
            Outcome::Joins(address, _) | Outcome::Leaves(address, ..) => Some(address.to_string()),
            Outcome::Refused(..) => None,
        };
        self.count += u64::from(!line.further);
        if !line.further && self.first.len() < NAMED_MAX {
            let was = was.chars().take(SHOWN_MAX).collect();
            self.first.push(Repair { line: line.number, was, taken: Vec::new() });
        }
        let last = self.first.last_mut().filter(|last| last.line == line.number);
        last.into_iter().for_each(|last| last.taken.extend(address.clone()));
    }
}
