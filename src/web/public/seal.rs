//! Tokens of links and forms in, what was sealed into them out; and back.
//!
//! What does not open is refused by one answer. The tag of a token is compared in constant time, by
//! AES-GCM-SIV; what differs in time is only what whoever sent it knows: how long it is, and whether
//! it is base64 at all.

use jiff::{SignedDuration, Timestamp};

use crate::address::EmailAddress;
use crate::key::{Key, Purpose};
use crate::leaving::{Ask, token_readings};

/// For how long a link to confirm is good.
const CONFIRMED_WITHIN: SignedDuration = SignedDuration::from_hours(72);
/// For how long a mistake can be undone.
const UNDONE_WITHIN: SignedDuration = SignedDuration::from_hours(1);
/// How far the clock may have been turned back since.
const CLOCK_SLIP: SignedDuration = SignedDuration::from_mins(5);

/// What a link to confirm says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who wants to sign up.
    pub address: EmailAddress,
    /// The segments that were chosen.
    pub parts: Vec<String>,
}

/// Why a token is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is not ours.
    Wrong,
    /// It was, once.
    Old,
}

/// The reader whose link it is.
pub(super) fn reader(key: &Key, token: &str) -> Result<EmailAddress, Refusal> {
    let address = Ask::of(token).and_then(|ask| ask.open(key)).ok_or(Refusal::Wrong)?;
    address.parse().map_err(|_| Refusal::Wrong)
}

/// Seals what a link to confirm says.
#[must_use]
pub fn request(key: &Key, request: &Request, now: Timestamp) -> String {
    let parts = request.parts.join("\n");
    let text = format!("{}\n{}\n{parts}", now.as_millisecond(), request.address);
    key.seal_as(Purpose::Subscription, &text)
}

/// Opens what [`request`] made, and says when that was.
///
/// # Errors
/// It is not ours, or too old.
pub fn requested(key: &Key, token: &str, now: Timestamp) -> Result<(Request, Timestamp), Refusal> {
    let readings = token_readings(token);
    let whole = readings.iter().find_map(|token| key.open_as(Purpose::Subscription, token));
    let cut = || readings.iter().find_map(|token| key.open_cut_as(Purpose::Subscription, token));
    let text = whole.or_else(cut).ok_or(Refusal::Wrong)?;
    let mut lines = text.split('\n');
    let (made, address) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let address = address.parse().map_err(|_| Refusal::Wrong)?;
    let made = in_time(made, now, CONFIRMED_WITHIN)?;
    let parts = lines.filter(|part| !part.is_empty()).map(str::to_owned).collect();
    Ok((Request { address, parts }, made))
}

/// Seals what lets a reader take back what was written until a moment.
#[must_use]
pub fn way_back(key: &Key, address: &EmailAddress, written: Timestamp) -> String {
    key.seal_as(Purpose::Return, &format!("{}\n{}", written.as_millisecond(), address.key()))
}

/// Until when what was written may be taken back by this reader's token.
///
/// # Errors
/// It is not ours, another's, or too old.
pub fn is_way_back(
    key: &Key,
    token: &str,
    address: &EmailAddress,
    now: Timestamp,
) -> Result<Timestamp, Refusal> {
    let text = key.open_as(Purpose::Return, token).ok_or(Refusal::Wrong)?;
    let (made, whose) = text.split_once('\n').ok_or(Refusal::Wrong)?;
    if whose != address.key() {
        return Err(Refusal::Wrong);
    }
    in_time(made, now, UNDONE_WITHIN)
}

fn in_time(made: &str, now: Timestamp, within: SignedDuration) -> Result<Timestamp, Refusal> {
    let made = made.parse().ok().and_then(|made| Timestamp::from_millisecond(made).ok());
    let made = made.ok_or(Refusal::Wrong)?;
    let age = now.duration_since(made);
    if age > within || age < -CLOCK_SLIP { Err(Refusal::Old) } else { Ok(made) }
}
