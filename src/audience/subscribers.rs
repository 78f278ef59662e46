//! A list of readers as CSV in, one reader after another out, each only once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{self, Read};
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};

use crate::address::{AddressError, EmailAddress};
use crate::audience::error::{BadRow, Error, Reason};
use crate::audience::recipient::{Columns, Recipient};
use crate::audience::rows::{Row, Rows};
use crate::audience::twins::{Collector, Twins};

/// What the column of addresses may be called, the likeliest first.
pub(crate) const ADDRESS_COLUMNS: [&str; 5] =
    ["email", "e-mail", "email address", "email_address", "mail"];

/// A list of readers that is read as often as it is needed, and never held in memory.
///
/// It is read once to survey it: which readers are on it twice can only be known in the end, and
/// then it is known in little memory ([`List::subscribers`] looks closer at those few alone).
///
/// ```
/// use newsletter::audience::List;
///
/// let file = "Email;Name\nann@example.org;Ann\nbob@;Bob\nANN@example.org;Ann again\n";
/// let list = List::survey(|| Ok(file.as_bytes()))?;
/// let mut subscribers = list.subscribers()?;
/// let ann = subscribers.next().expect("a row")?.expect("a reader");
/// assert_eq!((ann.line, ann.value("name")), (2, Some("Ann")));
/// let bad = subscribers.next().expect("a row")?.expect_err("not a reader");
/// assert!(bad.to_string().starts_with("line 3: `bob@` is not an email address: "));
/// let twice = subscribers.next().expect("a row")?.expect_err("there already");
/// assert_eq!(twice.to_string(), "line 4: `ANN@example.org` is on line 2 already");
/// assert!(subscribers.next().is_none());
/// # Ok::<(), newsletter::audience::Error>(())
/// ```
pub struct List<F> {
    open: F,
    columns: Arc<Columns>,
    twins: Twins,
    rows: u64,
    /// Whether every row is a reader; not where reading failed.
    clean: bool,
    /// Of all that was read; `None` where reading failed.
    digest: Option<String>,
}

impl<R: Read, F: Fn() -> io::Result<R>> List<F> {
    /// Reads the list once; `open` has to give its bytes, from the first one on, as often as it is
    /// called.
    ///
    /// The column of addresses is called `email` from here on, whatever the file calls it. Where
    /// reading fails in the middle, it is [`List::subscribers`] that says so.
    ///
    /// # Errors
    ///
    /// The list cannot be read, is empty, is not UTF-8, has no column of addresses, or has two
    /// columns with the same name.
    pub fn survey(open: F) -> Result<Self, Error> {
        let mut table = Table::read(open()?)?;
        let mut collector = Collector::default();
        let (mut rows, mut clean, mut failed) = (0, true, false);
        loop {
            match table.rows.next_row() {
                Ok(None) => break,
                Ok(Some(Ok(row))) => match address(row, &table.columns, table.email) {
                    Ok(address) => {
                        collector.add(&address.key())?;
                        rows += 1;
                    }
                    Err(_) => clean = false,
                },
                Ok(Some(Err(_))) => clean = false,
                Err(_) => {
                    (clean, failed) = (false, true);
                    break;
                }
            }
        }
        let digest = (!failed).then(|| table.rows.reader().digest());
        let twins = collector.finish()?;
        clean = clean && twins.is_empty();
        Ok(Self { open, columns: Arc::new(table.columns), twins, rows, clean, digest })
    }

    /// The readers, from the first one on.
    ///
    /// # Errors
    ///
    /// As for [`List::survey`].
    pub fn subscribers(&self) -> Result<Subscribers<'_, R>, Error> {
        let table = Table::read((self.open)()?)?;
        if table.columns != *self.columns {
            return Err(Error::Changed);
        }
        Ok(Subscribers {
            table,
            columns: &self.columns,
            twins: &self.twins,
            digest: self.digest.as_deref(),
            lines: HashMap::new(),
            ended: false,
        })
    }

    /// The names of the columns.
    #[must_use]
    pub fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// How many readers there are, where every row is one and nobody is there twice; `None` where
    /// only [`List::subscribers`] tells.
    #[must_use]
    pub fn readers(&self) -> Option<u64> {
        self.clean.then_some(self.rows)
    }

    /// What tells this list from every other one: the SHA-256 of its bytes, in hexadecimal digits;
    /// empty where it could not be read to its end.
    #[must_use]
    pub fn digest(&self) -> &str {
        self.digest.as_deref().unwrap_or_default()
    }
}

/// An iterator over the rows of a [`List`], which it reads as they are asked for.
///
/// The outer error ends the list. The inner one is a row that gives no reader; the next row may.
/// Of rows with the same [`EmailAddress::key`] the first counts.
pub struct Subscribers<'l, R> {
    table: Table<R>,
    columns: &'l Arc<Columns>,
    twins: &'l Twins,
    /// What all that is read has to come to.
    digest: Option<&'l str>,
    /// The line and the address of each reader that may be there twice, by key.
    lines: HashMap<Box<str>, (u64, EmailAddress)>,
    ended: bool,
}

impl<R: Read> Subscribers<'_, R> {
    /// The next reader or bad row.
    fn read(&mut self) -> Result<Option<Result<Recipient, BadRow>>, Error> {
        let Table { rows, columns, email } = &mut self.table;
        let row = match rows.next_row()? {
            None => {
                let same = self.digest.is_none_or(|digest| rows.reader().digest() == digest);
                return if same { Ok(None) } else { Err(Error::Changed) };
            }
            Some(Err(bad)) => return Ok(Some(Err(bad))),
            Some(Ok(row)) => row,
        };
        let line = row.line;
        let address = match address(row, columns, *email) {
            Ok(address) => address,
            Err(bad) => return Ok(Some(Err(bad))),
        };
        if let Some((first, other)) = first(self.twins, &mut self.lines, &address, line) {
            let other = (*other != address).then(|| other.to_string());
            let reason = Reason::Duplicate { address: address.to_string(), first, other };
            return Ok(Some(Err(BadRow { line, reason })));
        }
        let mut values: Vec<String> = Vec::with_capacity(columns.names().len());
        values.extend(row.cells().take(columns.names().len()).map(str::to_owned));
        values.resize(columns.names().len(), String::new());
        Ok(Some(Ok(Recipient { address, line, columns: Arc::clone(self.columns), values })))
    }
}

impl<R: Read> Iterator for Subscribers<'_, R> {
    type Item = Result<Result<Recipient, BadRow>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.read().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

/// A list whose columns are known, and whose rows are still to be read.
struct Table<R> {
    rows: Rows<Digesting<R>>,
    columns: Columns,
    /// Which column holds the address.
    email: usize,
}

impl<R: Read> Table<R> {
    /// Reads the row that names the columns.
    fn read(reader: R) -> Result<Self, Error> {
        let mut rows = Rows::new(Digesting { reader, context: Context::new(&SHA256) })?;
        let header = rows.next_row()?.ok_or(Error::Empty)?.map_err(Error::Header)?;
        let mut names = Columns::new(header.cells()).names().to_vec();
        let position = |name: &str| names.iter().position(|column| column == name);
        let Some(email) = ADDRESS_COLUMNS.into_iter().find_map(position) else {
            return Err(Error::NoAddressColumn { wanted: ADDRESS_COLUMNS[0], columns: names });
        };
        no_name_twice(&names)?;
        ADDRESS_COLUMNS[0].clone_into(&mut names[email]);
        rows.set_columns(names.len());
        Ok(Self { rows, columns: Columns::new(names.iter().map(String::as_str)), email })
    }
}

/// The address of a row that has as many cells as there are columns, or fewer.
fn address(row: Row<'_>, columns: &Columns, email: usize) -> Result<EmailAddress, BadRow> {
    let Row { line, quote, .. } = row;
    let bad = |reason| BadRow { line, reason };
    let columns = columns.names().len();
    let count = row.width(columns);
    if let Some(quote) = quote.filter(|_| count != columns) {
        return Err(bad(Reason::InDoubt { cells: count, columns, quote }));
    }
    if count > columns {
        return Err(bad(Reason::TooManyCells { cells: count, columns }));
    }
    let text = row.cell(email).unwrap_or_default();
    text.parse().map_err(|error| match error {
        AddressError::Empty => bad(Reason::NoAddress),
        error => bad(Reason::NotAnAddress { text: text.to_owned(), error }),
    })
}

/// The line of the row that counts and its address, where an earlier one has the same reader.
fn first<'l>(
    twins: &Twins,
    lines: &'l mut HashMap<Box<str>, (u64, EmailAddress)>,
    address: &EmailAddress,
    line: u64,
) -> Option<(u64, &'l EmailAddress)> {
    if twins.is_empty() {
        return None;
    }
    let key = address.key();
    if !twins.may_have(&key) {
        return None;
    }
    match lines.entry(key.into()) {
        Entry::Occupied(first) => {
            let (line, address) = first.into_mut();
            Some((*line, address))
        }
        Entry::Vacant(free) => {
            free.insert((line, address.clone()));
            None
        }
    }
}

/// Bytes that are digested as they are read.
struct Digesting<R> {
    reader: R,
    context: Context,
}

impl<R> Digesting<R> {
    /// The digest of what was read so far.
    fn digest(&self) -> String {
        let digest = self.context.clone().finish();
        digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.context.update(&buffer[..length]);
        Ok(length)
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
