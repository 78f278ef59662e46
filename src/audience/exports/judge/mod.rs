//! Judges by the columns of a list who left, whose mail came back, and who cannot be told.
//!
//! Every list is judged, whatever tool it comes from. A known format adds what its words mean there
//! ([`Format::reads`]), and takes nothing away.
//!
//! 1. `words` splits names and cells into words.
//! 2. `column` decides by a column's name what its cells say; `lexicon` and `leaving` hold the words.
//! 3. `cell` reads one cell in the light of its column; `answer`, `status` and `date` read values.

mod answer;
mod calendar;
mod cell;
mod column;
mod date;
pub(super) mod leaving;
mod lexicon;
mod status;
pub(super) mod words;

use std::collections::BTreeMap;
use std::io::Read;

use jiff::Timestamp;

use crate::audience::error::Error;
use crate::audience::exports::cell::{plain, unmarked};
use crate::audience::exports::format::Format;
use crate::audience::exports::judge::cell::ColumnTally;
use crate::audience::exports::judge::column::{ColumnMeaning, StatusGrade};
use crate::audience::rows::{Row, Rows};

pub(crate) use cell::{CellDoubt, CellSign};
pub(crate) use date::latest_moment;
pub(crate) use leaving::LeaveKind;

/// When a subscriber left, as far as an export says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LeaveDate {
    /// The export has no date.
    Absent,
    /// At this moment.
    At(Timestamp),
    /// There is a date, and it cannot be read.
    Unreadable,
}

/// What the columns of a row say together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RowSign {
    /// Nothing of leaving.
    Joins,
    /// Not to be written to.
    Leaves(Leave),
    /// It cannot be told: the column, and why.
    Doubtful(String, String),
}

/// A sign that a subscriber left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leave {
    pub(crate) kind: LeaveKind,
    pub(crate) date: LeaveDate,
    /// The plain name of the column that says it, and the cell.
    pub(crate) column: String,
    pub(crate) cell: String,
    /// The date as the export writes it.
    pub(crate) when: String,
}

/// The columns of a list that can say that a subscriber left.
#[derive(Debug, Clone, Default)]
pub(crate) struct ColumnJudge {
    format: Option<Format>,
    columns: Vec<JudgedColumn>,
}

#[derive(Debug, Clone)]
struct JudgedColumn {
    at: usize,
    /// As the file has it, and as it is compared.
    name: String,
    plain: String,
    meaning: ColumnMeaning,
    tally: ColumnTally,
    /// How often each of the first different cells is there, and then what it says.
    cells: BTreeMap<String, (u64, CellSign)>,
}

/// Maximum number of different cells that are remembered of a column: a status has a few.
const CELLS_MAX: usize = 256;
/// Maximum length of one, in bytes.
const CELL_LENGTH_MAX: usize = 64;

impl ColumnJudge {
    /// Looks at the names of a list's columns; those that are `skipped` say nothing.
    pub(crate) fn of(header: &[String], format: Format, skipped: &dyn Fn(usize) -> bool) -> Self {
        let beside_email = header.iter().any(|name| column::is_do_not_email(name));
        let judged = |(at, name): (usize, &String)| {
            let plain = plain(name);
            let general = column::meaning(name, beside_email);
            let meaning = match general {
                ColumnMeaning::Nothing | ColumnMeaning::Status(StatusGrade::Loose)
                    if format.has_status(&plain) =>
                {
                    ColumnMeaning::Status(StatusGrade::Strict)
                }
                general => general,
            };
            let says_something = meaning != ColumnMeaning::Nothing && !skipped(at);
            let tally = ColumnTally::of(&plain);
            let (name, cells) = (name.clone(), BTreeMap::new());
            says_something.then_some(JudgedColumn { at, name, plain, meaning, tally, cells })
        };
        let columns = header.iter().enumerate().filter_map(judged).collect();
        Self { format: Some(format), columns }
    }

    /// The names of the columns that are read.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// Takes a column for one that says nothing of leaving.
    pub(crate) fn settle(&mut self, name: &str) {
        let name = plain(name);
        self.columns.retain(|column| column.plain != name);
    }

    /// Reads all rows once: some cells mean what the others of their column make of them.
    pub(crate) fn survey<R: Read>(&mut self, rows: &mut Rows<R>) -> Result<(), Error> {
        if self.columns.is_empty() {
            return Ok(());
        }
        while let Some(row) = rows.next_row()? {
            let Ok(row) = row else { continue };
            self.columns.iter_mut().for_each(|column| column.count(cell(row, column.at)));
        }
        self.columns.iter_mut().for_each(|column| column.conclude(self.format));
        Ok(())
    }

    /// What a row says.
    pub(crate) fn read(&self, row: Row<'_>) -> RowSign {
        let mut leaves: Option<Leave> = None;
        let mut doubt = None;
        for column in &self.columns {
            let text = cell(row, column.at);
            match column.read(self.format, text) {
                CellSign::Nothing => {}
                CellSign::Doubtful(why) => {
                    doubt =
                        doubt.or_else(|| Some((column.name.clone(), why.text(&column.name, text))));
                }
                CellSign::Leaves { kind, date } => {
                    let one = Leave::of(column, kind, date, text);
                    leaves =
                        Some(leaves.map_or_else(|| one.clone(), |other| other.with(one.clone())));
                }
            }
        }
        match (leaves, doubt) {
            (Some(leave), _) => RowSign::Leaves(leave),
            (None, Some((column, why))) => RowSign::Doubtful(column, why),
            (None, None) => RowSign::Joins,
        }
    }
}

impl JudgedColumn {
    /// Takes a cell into account.
    fn count(&mut self, text: &str) {
        if let Some((times, _)) = self.cells.get_mut(text) {
            *times += 1;
        } else if self.cells.len() < CELLS_MAX && text.len() <= CELL_LENGTH_MAX {
            self.cells.insert(text.to_owned(), (1, CellSign::Nothing));
        } else {
            self.tally.count(self.meaning, text, 1);
        }
    }

    /// Decides what the remembered cells say.
    fn conclude(&mut self, format: Option<Format>) {
        let mut cells = std::mem::take(&mut self.cells);
        for (text, (times, _)) in &cells {
            self.tally.count(self.meaning, text, *times);
        }
        for (text, (_, sign)) in &mut cells {
            *sign = self.read(format, text);
        }
        self.cells = cells;
    }

    /// What a cell says.
    fn read(&self, format: Option<Format>, text: &str) -> CellSign {
        if let Some((_, sign)) = self.cells.get(text) {
            return *sign;
        }
        let sign = cell::read(self.meaning, &self.tally, text);
        format.map_or(sign, |format| format.reads(&self.plain, text, sign))
    }
}

impl Leave {
    fn of(column: &JudgedColumn, kind: LeaveKind, date: LeaveDate, cell: &str) -> Self {
        let when = if date == LeaveDate::Absent { String::new() } else { cell.to_owned() };
        let (column, cell) = (column.plain.clone(), cell.to_owned());
        Self { kind, date, column, cell, when }
    }

    /// The stronger of two signs of a row, with the later date.
    fn with(self, other: Self) -> Self {
        let later = match (self.date, other.date) {
            (_, LeaveDate::Absent) | (LeaveDate::Unreadable, _) => true,
            (LeaveDate::At(one), LeaveDate::At(other)) => one >= other,
            (LeaveDate::Absent, _) | (_, LeaveDate::Unreadable) => false,
        };
        let (date, when) = match later {
            true => (self.date, self.when.clone()),
            false => (other.date, other.when.clone()),
        };
        let is_dated = |leave: &Self| leave.date != LeaveDate::Absent;
        let other_leads = (other.kind, is_dated(&other)) > (self.kind, is_dated(&self));
        let leading = if other_leads { other } else { self };
        Self { date, when, ..leading }
    }
}

/// A cell without a spreadsheet's mark and without spaces around it.
fn cell(row: Row<'_>, at: usize) -> &str {
    unmarked(row.cell(at).unwrap_or_default().trim()).trim()
}
