//! What is wrong with a list or a row of it in, what to tell the editor out.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::address::AddressError;

/// Why a list cannot be read any further, or a suppression cannot be recorded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk failed.
    #[error("reading or writing failed")]
    Io(#[from] io::Error),
    /// A line is in another encoding.
    #[error("line {line} is not UTF-8: save the file as UTF-8")]
    NotUtf8 {
        /// The line of the first byte that is not UTF-8, counted from 1.
        line: u64,
    },
    /// There is not even a row that names the columns.
    #[error("it is empty: its first row has to name the columns")]
    Empty,
    /// The row that names the columns cannot be read.
    #[error("the names of the columns cannot be read: {0}")]
    Header(BadRow),
    /// No column is known to hold addresses.
    #[error("the first row names no column `{wanted}`, only {}", listed(.columns))]
    NoAddressColumn {
        /// The name it should have.
        wanted: &'static str,
        /// The names of the columns there are.
        columns: Vec<String>,
    },
    /// A column holds addresses, and its name does not say that they are the readers'.
    #[error("`{}` holds addresses, and its name does not say whose", Shown(.column))]
    PerhapsAddresses {
        /// The column's name.
        column: String,
    },
    /// A file holds no list that can be read.
    #[error("{what}")]
    NoList {
        /// What it is.
        what: String,
        /// What to do.
        help: &'static str,
    },
    /// A file in a zip, or a sheet of a spreadsheet, cannot be read; the source says why.
    #[error("cannot read `{}`", Shown(.name))]
    Part {
        /// The names of the file and of the part.
        name: String,
        /// What is wrong.
        source: Box<Error>,
    },
    /// The list is another one than when it was first read.
    #[error("it changes while it is read: try again when nobody writes to it")]
    Changed,
    /// Two columns have the same name.
    #[error("two columns are named `{}`", Shown(.name))]
    ColumnTwice {
        /// Their name, in lower case.
        name: String,
    },
    /// A row cannot be read: of the suppressions, so that nobody knows who must not be written to; or
    /// of a list that is to have more columns, which could make a reader of it.
    #[error(transparent)]
    Row(BadRow),
    /// A keyed hash keeps somebody out, and only the publication's key tells whom.
    #[error("it holds hashes of addresses, and without the publication's key nobody knows whose")]
    Keyless,
    /// A keyed hash keeps a reader out, and another key made it.
    #[error(
        "it holds hashes of addresses that the key `{made}…` made, and the publication's key is \
         `{own}…`: put the old key back, since nobody else knows whose they are"
    )]
    OtherKey {
        /// Beginning of the fingerprint of the key that made the hash.
        made: String,
        /// Beginning of the fingerprint of the key at hand.
        own: String,
    },
    /// The list cannot be changed; the source says why.
    #[error("cannot {operation} the list `{}`", .path.display())]
    List {
        /// What was attempted.
        operation: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: Box<Error>,
    },
    /// The suppressions cannot be used; the source says why.
    #[error("cannot {operation} the suppressions in `{}`", .path.display())]
    Suppressions {
        /// What was attempted.
        operation: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: Box<Error>,
    },
}

/// A row of a list that gives no reader.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct BadRow {
    /// The line where the row begins, counted from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The cell of the address holds something else.
    #[error("`{}` is not an email address: {error}", Shown(.text))]
    NotAnAddress {
        /// What the cell holds.
        text: String,
        /// Why it is not an address.
        error: AddressError,
    },
    /// The cell of the address holds nothing.
    #[error("the address is missing")]
    NoAddress,
    /// Several cells hold addresses, and others hold something else.
    #[error("several cells hold addresses, and others say something of one of them")]
    SeveralAddresses,
    /// An earlier row has the same reader, and that row counts.
    #[error("`{address}` is on line {first} already")]
    Duplicate {
        /// The address as this row has it.
        address: String,
        /// The line of the row that counts.
        first: u64,
        /// How that row writes it, where it writes it otherwise.
        other: Option<String>,
    },
    /// There are more cells than columns, often for a comma in a cell without quotes.
    #[error(
        "{} for {}: a cell that holds the separator needs quotes",
        number(*.cells, "cell"), number(*.columns, "column")
    )]
    TooManyCells {
        /// How many cells the row has.
        cells: usize,
        /// How many columns have names.
        columns: usize,
    },
    /// A cell is too long to be meant.
    #[error("cell {cell} is longer than 32 KiB")]
    CellTooLong {
        /// Which cell of the row, counted from 1.
        cell: usize,
    },
    /// A quote is opened and not closed within 32 KiB or before the end of the file.
    #[error("cell {cell} opens a quote that is never closed")]
    QuoteNotClosed {
        /// Which cell of the row, counted from 1.
        cell: usize,
    },
    /// After the quote that ends a cell there is more text.
    #[error("cell {cell} goes on after its closing quote: a quote inside quotes is written twice")]
    TextAfterQuote {
        /// Which cell of the row, counted from 1.
        cell: usize,
    },
    /// The row follows an open quote, so that it may be a line of some cell and not a row.
    #[error(
        "{} for {}, after the quote left open on line {quote}: it may not be a row",
        number(*.cells, "cell"), number(*.columns, "column")
    )]
    InDoubt {
        /// How many cells the row has.
        cells: usize,
        /// How many columns have names.
        columns: usize,
        /// The line of the row that opens the quote.
        quote: u64,
    },
}

/// Text of a file as it may stand in a message: short, and without what moves a terminal's cursor.
struct Shown<'t>(&'t str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const CHARACTERS_MAX: usize = 60;
        let mut characters = self.0.trim().chars();
        for character in characters.by_ref().take(CHARACTERS_MAX) {
            match character {
                '\'' | '"' | '\\' => write!(f, "{character}")?,
                other => write!(f, "{}", other.escape_debug())?,
            }
        }
        f.write_str(if characters.next().is_some() { "…" } else { "" })
    }
}

fn number(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The first few names of columns.
fn listed(columns: &[String]) -> String {
    const NAMES_MAX: usize = 12;
    let mut names: Vec<String> =
        columns.iter().take(NAMES_MAX).map(|name| format!("`{}`", Shown(name))).collect();
    if columns.len() > NAMES_MAX {
        names.push(format!("and {} more", columns.len() - NAMES_MAX));
    }
    names.join(", ")
}
