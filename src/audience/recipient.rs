//! An address and a row of the list in, a reader whose columns can be asked for out.

use std::sync::Arc;

use crate::address::EmailAddress;

/// The names of a list's columns: trimmed, in lower case, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Columns(Vec<String>);

impl Columns {
    /// Takes names as a header row has them.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self(names.into_iter().map(|name| name.trim().to_lowercase()).collect())
    }

    /// The names, in order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// Which column has a name; the first one, where two have the same.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|column| column == name)
    }
}

/// One reader of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Where the mail goes.
    pub address: EmailAddress,
    /// The line of the list where the row begins, counted from 1; 0 for a reader of no list.
    pub line: u64,
    /// The names of the columns, shared by all readers of the list.
    pub columns: Arc<Columns>,
    /// The row, one value a column; what is missing at its end is empty.
    pub values: Vec<String>,
}

impl Recipient {
    /// What the row says in a column (its name in lower case); `None` where there is no such column.
    #[must_use]
    pub fn value(&self, column: &str) -> Option<&str> {
        let position = self.columns.position(column)?;
        Some(self.values.get(position).map_or("", String::as_str))
    }
}
