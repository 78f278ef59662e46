//! A list of readers as CSV in, one reader after another out, each only once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Read;
use std::sync::Arc;

use crate::address::{AddressError, EmailAddress};
use crate::audience::error::{BadRow, Error, Reason};
use crate::audience::recipient::{Columns, Recipient};
use crate::audience::rows::{Row, Rows};

/// What the column of addresses may be called, the likeliest first.
pub(crate) const ADDRESS_COLUMNS: [&str; 5] =
    ["email", "e-mail", "email address", "email_address", "mail"];

/// A list of readers: an iterator over its rows, which it reads as they are asked for.
///
/// The outer error ends the list. The inner one is a row that gives no reader; the next row may.
/// Of rows with the same [`EmailAddress::key`] the first counts.
///
/// ```
/// use newsletter::audience::Subscribers;
///
/// let list = "Email;Name\nann@example.org;Ann\nbob@;Bob\n";
/// let mut subscribers = Subscribers::new(list.as_bytes())?;
/// let ann = subscribers.next().expect("a row")?.expect("a reader");
/// assert_eq!((ann.line, ann.value("name")), (2, Some("Ann")));
/// let bad = subscribers.next().expect("a row")?.expect_err("not a reader");
/// assert!(bad.to_string().starts_with("line 3: `bob@` is not an email address: "));
/// assert!(subscribers.next().is_none());
/// # Ok::<(), newsletter::audience::Error>(())
/// ```
pub struct Subscribers<R> {
    rows: Rows<R>,
    columns: Arc<Columns>,
    /// Which column holds the address.
    email: usize,
    /// The line of each reader by key.
    lines: HashMap<Box<str>, u64>,
    failed: bool,
}

impl<R: Read> Subscribers<R> {
    /// Reads the row that names the columns.
    ///
    /// The column of addresses is called `email` from here on, whatever the file calls it.
    ///
    /// # Errors
    ///
    /// The list cannot be read, is empty, is not UTF-8, has no column of addresses, or has two
    /// columns with the same name.
    pub fn new(reader: R) -> Result<Self, Error> {
        let mut rows = Rows::new(reader)?;
        let header = rows.next_row()?.ok_or(Error::Empty)?.map_err(Error::Header)?;
        let mut names = Columns::new(header.cells.iter().map(String::as_str)).names().to_vec();
        let position = |name: &str| names.iter().position(|column| column == name);
        let Some(email) = ADDRESS_COLUMNS.into_iter().find_map(position) else {
            return Err(Error::NoAddressColumn { wanted: ADDRESS_COLUMNS[0], columns: names });
        };
        no_name_twice(&names)?;
        ADDRESS_COLUMNS[0].clone_into(&mut names[email]);
        rows.set_columns(names.len());
        Ok(Self {
            rows,
            columns: Arc::new(Columns::new(names.iter().map(String::as_str))),
            email,
            lines: HashMap::new(),
            failed: false,
        })
    }

    /// The names of the columns.
    #[must_use]
    pub fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// Makes a reader of a row.
    fn recipient(&mut self, row: Row) -> Result<Recipient, BadRow> {
        let Row { line, mut cells, count, quote } = row;
        let bad = |reason| BadRow { line, reason };
        let columns = self.columns.names().len();
        if let Some(quote) = quote.filter(|_| count != columns) {
            return Err(bad(Reason::InDoubt { cells: count, columns, quote }));
        }
        if count > columns {
            return Err(bad(Reason::TooManyCells { cells: count, columns }));
        }
        cells.resize(columns, String::new());
        let text = &cells[self.email];
        let address: EmailAddress = text.parse().map_err(|error| match error {
            AddressError::Empty => bad(Reason::NoAddress),
            error => bad(Reason::NotAnAddress { text: text.clone(), error }),
        })?;
        match self.lines.entry(address.key().into_boxed_str()) {
            Entry::Occupied(first) => {
                let address = address.to_string();
                return Err(bad(Reason::Duplicate { address, first: *first.get() }));
            }
            Entry::Vacant(free) => {
                free.insert(line);
            }
        }
        Ok(Recipient { address, line, columns: Arc::clone(&self.columns), values: cells })
    }
}

impl<R: Read> Iterator for Subscribers<R> {
    type Item = Result<Result<Recipient, BadRow>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        match self.rows.next_row() {
            Ok(None) => None,
            Ok(Some(row)) => Some(Ok(row.and_then(|row| self.recipient(row)))),
            Err(error) => {
                self.failed = true;
                Some(Err(error))
            }
        }
    }
}

/// A column without a name cannot be asked for, so there may be many of them.
pub(crate) fn no_name_twice(names: &[String]) -> Result<(), Error> {
    let mut named: Vec<&String> = names.iter().filter(|name| !name.is_empty()).collect();
    named.sort_unstable();
    match named.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Error::ColumnTwice { name: pair[0].clone() }),
        None => Ok(()),
    }
}
