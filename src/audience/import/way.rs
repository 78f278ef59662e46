//! Somebody whom an export names in, what becomes of them, and how many of each kind there are, out.

use crate::address::EmailAddress;
use crate::audience::exports::{LeaveDate, Outcome};
use crate::audience::import::sorter::Place;
use crate::audience::suppressions::{Cause, Suppressions};

/// How many rows there are of each kind. Every row of a file is of one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// New readers.
    pub added: u64,
    /// New suppressions.
    pub suppressed: u64,
    /// Readers who are suppressed, before or by this import, and are not added.
    pub kept_out: u64,
    /// Readers who are on the list already, and people who are suppressed already.
    pub there: u64,
    /// Rows that have to be mended.
    pub rejected: u64,
}

/// What becomes of a row.
pub(crate) enum Way {
    Added(EmailAddress, Vec<(usize, String)>),
    Suppressed(EmailAddress, String),
    KeptOut,
    There,
    /// A subscriber of the list, or of an earlier row, with what the row says.
    Known(EmailAddress, Vec<(usize, String)>),
    Rejected(String, String),
}

impl Counts {
    pub(crate) fn count(&mut self, way: &Way) {
        *match way {
            Way::Added(..) => &mut self.added,
            Way::Suppressed(..) => &mut self.suppressed,
            Way::KeptOut => &mut self.kept_out,
            Way::There | Way::Known(..) => &mut self.there,
            Way::Rejected(..) => &mut self.rejected,
        } += 1;
    }

    /// How many rows there are in all.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.added + self.suppressed + self.kept_out + self.there + self.rejected
    }
}

impl Way {
    /// What becomes of a row, given what else is known of whoever it names.
    pub(crate) fn of(outcome: Outcome, place: Place, suppressions: &Suppressions) -> Self {
        match outcome {
            Outcome::Refused(column, reason) => Self::Rejected(column, reason),
            Outcome::Joins(address, values) => {
                let out = place == Place::Left || suppressions.reason_for(&address).is_some();
                match place {
                    _ if out => Self::KeptOut,
                    Place::New => Self::Added(address, values),
                    _ => Self::Known(address, values),
                }
            }
            Outcome::Leaves(address, reason, since) => {
                let liftable = Cause::of(&reason).is_liftable();
                // What a reader cannot lift is said also of one who left already.
                let out = suppressions.own_cause(&address);
                let out = out.is_some_and(|cause| liftable || !cause.is_liftable());
                // Who came back by their own act since then is not to leave again by an old list.
                let back = suppressions.returned(&address).filter(|_| liftable);
                // A date that cannot be read may be later than that.
                let back = back.is_some_and(|back| match since {
                    LeaveDate::Absent => true,
                    LeaveDate::At(since) => since <= back,
                    LeaveDate::Unreadable => false,
                });
                match place {
                    Place::New if !out && !back => Self::Suppressed(address, reason),
                    _ => Self::There,
                }
            }
        }
    }
}
