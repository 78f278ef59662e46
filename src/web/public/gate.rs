//! Who asks and when in, whether that was too often out: in memory that never grows.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::config::Rate;

/// How many slots a row has: two rows of them are 128 KiB.
const SLOTS: usize = 8_192;

/// Lets so many through in so long, of each that asks.
///
/// Each asker has a slot in two rows, which others may share: who finds one of them free is let
/// through, so that an innocent one is kept out only where both are taken by others. A slot holds
/// the moment at which all that was let through is used up (the generic cell rate algorithm).
pub struct Gate {
    /// What one costs, and what may be owed, in milliseconds.
    cost: i64,
    credit: i64,
    seed: [u8; 16],
    rows: Mutex<[Vec<i64>; 2]>,
}

impl Gate {
    /// A gate that lets `rate` through; the seed keeps it unknown who shares a slot with whom.
    #[must_use]
    pub fn new(rate: Rate, seed: [u8; 16]) -> Self {
        let per = i64::try_from(rate.per.as_millis()).unwrap_or(i64::MAX);
        let cost = (per / i64::from(rate.messages.max(1))).max(1);
        let rows = Mutex::new([vec![0; SLOTS], vec![0; SLOTS]]);
        Self { cost, credit: per, seed, rows }
    }

    /// Whether one more is let through, which is counted then.
    pub fn admits(&self, asker: &[u8], now: Timestamp) -> bool {
        let now = now.as_millisecond();
        let slots = [0, 1].map(|row| self.slot(row, asker));
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let owed = rows[0][slots[0]].min(rows[1][slots[1]]).max(now);
        let after = owed + self.cost;
        if after - now > self.credit {
            return false;
        }
        for (row, slot) in rows.iter_mut().zip(slots) {
            row[slot] = row[slot].max(after);
        }
        true
    }

    /// Whether one more would be let through, which is not counted.
    pub fn is_open(&self, asker: &[u8], now: Timestamp) -> bool {
        let now = now.as_millisecond();
        let slots = [0, 1].map(|row| self.slot(row, asker));
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let owed = rows[0][slots[0]].min(rows[1][slots[1]]).max(now);
        owed + self.cost - now <= self.credit
    }

    fn slot(&self, row: u8, asker: &[u8]) -> usize {
        let mut hasher = DefaultHasher::new();
        (self.seed, row, asker).hash(&mut hasher);
        usize::try_from(hasher.finish() % SLOTS as u64).unwrap_or_default()
    }
}

/// Returns the mailbox that an address most likely ends in, for limits alone.
///
/// Many servers drop what follows a `+`, and Gmail drops dots.
pub(super) fn mailbox(address: &EmailAddress) -> String {
    let key = address.key();
    let (local, domain) = key.rsplit_once('@').unwrap_or((&key, ""));
    let base = local.split('+').next().filter(|base| !base.is_empty()).unwrap_or(local);
    match domain {
        "gmail.com" | "googlemail.com" => format!("{}@gmail.com", base.replace('.', "")),
        _ => format!("{base}@{domain}"),
    }
}

/// The network that an address is of, as far as it is one household or office: the first 24 bits of
/// IPv4, 56 of IPv6. All of whom nothing is known are one.
#[must_use]
pub fn network(address: Option<IpAddr>) -> Vec<u8> {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V4(address)) => address.octets()[..3].to_vec(),
        Some(IpAddr::V6(address)) => address.octets()[..7].to_vec(),
        None => Vec::new(),
    }
}
