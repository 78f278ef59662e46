//! Reads one cell in the light of its column.

use crate::audience::exports::judge::LeaveDate;
use crate::audience::exports::judge::answer::{CellAnswer, answer, count, is_tick};
use crate::audience::exports::judge::column::{ColumnMeaning, ConsentAsk, StatusGrade};
use crate::audience::exports::judge::date::{DateText, DayOrder, read as read_date};
use crate::audience::exports::judge::leaving::LeaveKind;
use crate::audience::exports::judge::status::{StatusWord, is_certain, status};
use crate::field::clean;

/// What a cell says of a subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CellSign {
    /// Nothing of leaving.
    Nothing,
    /// Not to be written to.
    Leaves {
        /// Why.
        kind: LeaveKind,
        /// Since when.
        date: LeaveDate,
    },
    /// It cannot be told.
    Doubtful(CellDoubt),
}

/// Why a cell does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CellDoubt {
    /// Its word is not known, or says neither.
    Unknown,
    /// The subscription was never confirmed.
    Unconfirmed,
    /// It is of those who may have left.
    MayHaveLeft,
    /// It is empty where the cells of others have a tick.
    NoTick,
}

/// Maximum length of a cell in a reason, in characters.
const TEXT_MAX: usize = 100;

impl CellDoubt {
    /// The reason why a row is held back.
    pub(super) fn text(self, column: &str, cell: &str) -> String {
        let short = |text: &str| clean(text).trim().chars().take(TEXT_MAX).collect::<String>();
        let (column, cell) = (short(column), short(cell));
        match self {
            Self::Unknown if cell.is_empty() => {
                format!("`{column}` does not say whether this is a subscriber")
            }
            Self::Unknown => {
                format!("`{column}` is `{cell}`, which does not say whether this is a subscriber")
            }
            Self::Unconfirmed => {
                format!("`{column}` is `{cell}`: the subscription was never confirmed")
            }
            Self::MayHaveLeft => {
                format!("`{column}` is `{cell}`, which may say that the subscriber left")
            }
            Self::NoTick => format!("`{column}` is empty, and has a tick for others"),
        }
    }
}

/// What all cells of a column have in them.
#[derive(Debug, Clone, Default)]
pub(super) struct ColumnTally {
    /// Whether its name may be that of a place: `state`.
    is_state: bool,
    is_hard: bool,
    ticks: u64,
    /// Cells that are neither a tick nor empty.
    others: u64,
    counts: u64,
    /// Words of subscriptions, and words that are none.
    known: u64,
    unknown: u64,
    day_first: u64,
    month_first: u64,
}

impl ColumnTally {
    /// An empty tally of a column with a plain name.
    pub(super) fn of(plain: &str) -> Self {
        let has = |word: &str| plain.split('_').any(|own| own == word);
        let is_state = ["state", "estado", "stato", "etat"].iter().any(|word| has(word));
        Self { is_state, is_hard: plain.contains("hard"), ..Self::default() }
    }

    /// Counts a cell in that is there so many times.
    pub(super) fn count(&mut self, meaning: ColumnMeaning, cell: &str, times: u64) {
        if answer(cell) == CellAnswer::Blank {
            return;
        }
        match meaning {
            ColumnMeaning::Left(_) | ColumnMeaning::LeftAt(_) | ColumnMeaning::MayLeave => {
                match read_date(cell) {
                    DateText::At { order: Some(DayOrder::DayFirst), .. } => self.day_first += times,
                    DateText::At { order: Some(DayOrder::MonthFirst), .. } => {
                        self.month_first += times;
                    }
                    _ => {}
                }
            }
            ColumnMeaning::Consent(_) => {
                self.counts += if count(cell).is_some() { times } else { 0 };
                *(if is_tick(cell) { &mut self.ticks } else { &mut self.others }) += times;
            }
            ColumnMeaning::Status(_) => match status(cell) {
                // Two or three letters may be a code of a place.
                Some(_) if cell.chars().count() > 3 => self.known += times,
                _ => self.unknown += times,
            },
            _ => {}
        }
    }

    /// The order of day and month that the column's other dates show.
    fn day_order(&self) -> Option<DayOrder> {
        match (self.day_first > 0, self.month_first > 0) {
            (true, false) => Some(DayOrder::DayFirst),
            (false, true) => Some(DayOrder::MonthFirst),
            _ => None,
        }
    }

    /// Whether most cells are words of subscriptions.
    fn is_of_subscriptions(&self) -> bool {
        self.known > 0 && self.known * 4 >= self.unknown
    }
}

use CellDoubt::{MayHaveLeft, NoTick, Unconfirmed, Unknown};
use CellSign::{Doubtful, Leaves, Nothing};

/// Reads a cell.
pub(super) fn read(meaning: ColumnMeaning, tally: &ColumnTally, cell: &str) -> CellSign {
    // An address says nothing of leaving, whatever its column is called.
    if cell.contains('@') && cell.parse::<crate::address::EmailAddress>().is_ok() {
        return Nothing;
    }
    match meaning {
        ColumnMeaning::Nothing => Nothing,
        ColumnMeaning::Left(kind) => left(kind, tally, cell),
        ColumnMeaning::LeftAt(kind) => left_at(kind, tally, cell),
        ColumnMeaning::LeftBecause(kind) => left_because(kind, cell),
        ColumnMeaning::Trace => match answer(cell) {
            CellAnswer::Blank | CellAnswer::No => Nothing,
            _ if read_date(cell) == DateText::Empty => Nothing,
            _ => Doubtful(MayHaveLeft),
        },
        ColumnMeaning::MayLeave => may_leave(cell),
        ColumnMeaning::Consent(ask) => consent(ask, tally, cell),
        ColumnMeaning::ConsentAt => consent_at(cell),
        ColumnMeaning::Confirmed => confirmed(cell),
        ColumnMeaning::Status(grade) => of_status(grade, tally, cell),
    }
}

const fn leaves(kind: LeaveKind, date: LeaveDate) -> CellSign {
    Leaves { kind, date }
}

/// The moment that a date means. One that reads both ways is the way of the column, or the later one:
/// a return before it then counts for less.
fn dated(text: DateText, tally: &ColumnTally) -> Option<LeaveDate> {
    match text {
        DateText::At { at, .. } => Some(LeaveDate::At(at)),
        DateText::Either { day_first, month_first } => {
            Some(LeaveDate::At(match tally.day_order() {
                Some(DayOrder::DayFirst) => day_first,
                Some(DayOrder::MonthFirst) => month_first,
                None => day_first.max(month_first),
            }))
        }
        DateText::Empty | DateText::Unreadable => None,
    }
}

/// Reads a cell that says yes, no, or since when; returns nothing where it says something else.
fn answered(kind: LeaveKind, tally: &ColumnTally, cell: &str) -> Option<CellSign> {
    match answer(cell) {
        CellAnswer::Blank | CellAnswer::No => return Some(Nothing),
        CellAnswer::Yes => return Some(leaves(kind, LeaveDate::Absent)),
        CellAnswer::Other => {}
    }
    match read_date(cell) {
        DateText::Empty => Some(Nothing),
        date => dated(date, tally).map(|date| leaves(kind, date)),
    }
}

fn left(kind: LeaveKind, tally: &ColumnTally, cell: &str) -> CellSign {
    if let Some(sign) = answered(kind, tally, cell) {
        return sign;
    }
    if count(cell).is_some() {
        return match kind {
            LeaveKind::Bounced if tally.is_hard => leaves(kind, LeaveDate::Absent),
            // How often mail came back is not whether it ever arrives.
            LeaveKind::Bounced => Nothing,
            _ => Doubtful(Unknown),
        };
    }
    match status(cell) {
        Some(StatusWord::Leaves(said)) => leaves(said.max(kind), LeaveDate::Absent),
        Some(StatusWord::Joins) => Nothing,
        Some(StatusWord::Doubtful) if is_soft(cell) => Nothing,
        Some(StatusWord::Doubtful) | None => Doubtful(MayHaveLeft),
    }
}

fn left_at(kind: LeaveKind, tally: &ColumnTally, cell: &str) -> CellSign {
    if let Some(sign) = answered(kind, tally, cell) {
        return sign;
    }
    match status(cell) {
        Some(StatusWord::Joins) => Nothing,
        Some(StatusWord::Leaves(said)) => leaves(said.max(kind), LeaveDate::Absent),
        _ => leaves(kind, LeaveDate::Unreadable),
    }
}

fn left_because(kind: LeaveKind, cell: &str) -> CellSign {
    if matches!(answer(cell), CellAnswer::Blank | CellAnswer::No) || is_soft(cell) {
        return Nothing;
    }
    let is_well = ["ok", "valid", "delivered", "active", "subscribed"];
    match status(cell) {
        _ if is_well.iter().any(|word| cell.eq_ignore_ascii_case(word)) => Nothing,
        Some(StatusWord::Leaves(said)) => leaves(said.max(kind), LeaveDate::Absent),
        _ => leaves(kind, LeaveDate::Absent),
    }
}

/// Whether a bounce passes: such a subscriber is still one.
fn is_soft(cell: &str) -> bool {
    let cell = cell.to_lowercase();
    ["soft", "temporary", "transient"].iter().any(|word| cell.contains(word))
}

fn may_leave(cell: &str) -> CellSign {
    match answer(cell) {
        CellAnswer::Blank | CellAnswer::No => Nothing,
        CellAnswer::Yes => Doubtful(MayHaveLeft),
        CellAnswer::Other => match (read_date(cell), is_certain(cell), status(cell)) {
            (DateText::Empty, ..) | (_, _, Some(StatusWord::Joins)) => Nothing,
            (_, Some(kind), _) => leaves(kind, LeaveDate::Absent),
            (DateText::Unreadable, ..) if count(cell).is_some() => Nothing,
            _ => Doubtful(MayHaveLeft),
        },
    }
}

fn consent(ask: ConsentAsk, tally: &ColumnTally, cell: &str) -> CellSign {
    let all_ticks = tally.ticks > 0 && tally.others == 0;
    match answer(cell) {
        CellAnswer::Blank if all_ticks => return Doubtful(NoTick),
        CellAnswer::Blank | CellAnswer::Yes => return Nothing,
        // A column of numbers counts newsletters.
        CellAnswer::No if tally.counts > 0 && ask == ConsentAsk::Newsletter => return Nothing,
        CellAnswer::No => return leaves(LeaveKind::Unsubscribed, LeaveDate::Absent),
        CellAnswer::Other => {}
    }
    if read_date(cell) != DateText::Unreadable {
        return Nothing;
    }
    match (status(cell), ask) {
        (Some(StatusWord::Leaves(kind)), ConsentAsk::Consent) => leaves(kind, LeaveDate::Absent),
        (Some(StatusWord::Leaves(_)), ConsentAsk::Newsletter) => match is_certain(cell) {
            Some(kind) => leaves(kind, LeaveDate::Absent),
            None => Doubtful(MayHaveLeft),
        },
        (Some(StatusWord::Doubtful), _) => Doubtful(MayHaveLeft),
        (Some(StatusWord::Joins), _) | (None, ConsentAsk::Newsletter) => Nothing,
        (None, ConsentAsk::Consent) => Doubtful(Unknown),
    }
}

fn consent_at(cell: &str) -> CellSign {
    let is_zero = cell.starts_with('0');
    match answer(cell) {
        CellAnswer::Blank | CellAnswer::Yes => return Nothing,
        CellAnswer::No if is_zero => return Nothing,
        CellAnswer::No => return Doubtful(Unknown),
        CellAnswer::Other if read_date(cell) != DateText::Unreadable => return Nothing,
        CellAnswer::Other => {}
    }
    match status(cell) {
        Some(StatusWord::Leaves(kind)) => leaves(kind, LeaveDate::Absent),
        Some(StatusWord::Doubtful) => Doubtful(Unconfirmed),
        _ => Nothing,
    }
}

fn confirmed(cell: &str) -> CellSign {
    match answer(cell) {
        CellAnswer::Blank | CellAnswer::Yes => return Nothing,
        CellAnswer::No => return Doubtful(Unknown),
        CellAnswer::Other if read_date(cell) != DateText::Unreadable => return Nothing,
        CellAnswer::Other => {}
    }
    match status(cell) {
        Some(StatusWord::Leaves(kind)) => leaves(kind, LeaveDate::Absent),
        Some(StatusWord::Doubtful) => Doubtful(Unknown),
        _ => Nothing,
    }
}

fn of_status(grade: StatusGrade, tally: &ColumnTally, cell: &str) -> CellSign {
    if answer(cell) == CellAnswer::Blank {
        return Nothing;
    }
    if grade == StatusGrade::Foreign {
        return is_certain(cell).map_or(Nothing, |kind| leaves(kind, LeaveDate::Absent));
    }
    let loose = grade == StatusGrade::Loose;
    // `OR` and `NO` are places in a column of states, and words in one of statuses.
    if loose && tally.is_state && cell.chars().count() <= 3 && !tally.is_of_subscriptions() {
        return Nothing;
    }
    if loose && !tally.is_state && answer(cell) == CellAnswer::No {
        return Doubtful(Unknown);
    }
    match status(cell) {
        Some(StatusWord::Leaves(kind)) => leaves(kind, LeaveDate::Absent),
        Some(StatusWord::Joins) => Nothing,
        Some(StatusWord::Doubtful) => Doubtful(pending(cell)),
        None if loose && !tally.is_of_subscriptions() => Nothing,
        None => Doubtful(Unknown),
    }
}

/// Tells those who never confirmed from others who are neither here nor there.
fn pending(cell: &str) -> CellDoubt {
    const NEVER: [&str; 9] = [
        "pending",
        "unconf",
        "not conf",
        "unactiv",
        "validating",
        "unverif",
        "never",
        "await",
        "unbest",
    ];
    let cell = cell.to_lowercase();
    match NEVER.iter().any(|word| cell.contains(word)) {
        true => Unconfirmed,
        false => Unknown,
    }
}
