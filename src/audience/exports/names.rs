//! The names of fields in, a number for each out: rows of a million readers hold numbers.

use std::collections::HashMap;

/// How many fields one import can bring: more are not meant.
const NAMES_MAX: usize = 1000;
/// How long the name of one can be, in bytes.
const LENGTH_MAX: usize = 200;

/// The names of all fields of an import.
#[derive(Debug, Clone, Default)]
pub struct Names {
    names: Vec<String>,
    numbers: HashMap<String, usize>,
}

/// There are more names than are kept, or one is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

impl Names {
    /// The number of a name.
    pub(crate) fn id(&mut self, name: &str) -> Result<usize, Full> {
        if let Some(number) = self.numbers.get(name) {
            return Ok(*number);
        }
        if self.names.len() >= NAMES_MAX || name.len() > LENGTH_MAX {
            return Err(Full);
        }
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), self.names.len() - 1);
        Ok(self.names.len() - 1)
    }

    /// The names, by their numbers.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }
}
