//! An issue and its readers in, the programs of a run and everyone they are proven for out.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::audience::Recipient;
use crate::compile::{self, Edition, Gap, Press, Program, Reader};
use crate::issue::Issue;
use crate::key::Key;

/// The longest line that RFC 5322 §2.1.1 allows, its line break not counted.
const LINE_MAX: usize = 998;

/// What to send and to whom.
#[derive(Debug)]
pub struct Prepared {
    /// The message of each edition that has a reader.
    pub programs: Vec<Program>,
    /// Everyone who gets it, in the order of the list, with the number of their program.
    pub recipients: Vec<(Recipient, usize)>,
    /// Everyone who is on the list and is not written to, and why.
    pub suppressed: Vec<(String, String)>,
}

/// Nothing can be sent.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Readers whose rows leave a field empty that has no default.
    #[error("{} readers lack what the issue asks of them", .0.len())]
    Gaps(Vec<Gap>),
    /// The compiler made a message that is not one: a bug.
    #[error("the message for {address} is malformed: {reason}")]
    Malformed {
        /// Whose message it is.
        address: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// What an issue is planned with.
pub struct Planner<'p> {
    /// What messages are made with.
    pub press: &'p Press<'p>,
    /// What seals tokens and Message-IDs.
    pub key: &'p Key,
    /// The `Date` of every message.
    pub date: Timestamp,
    /// Keeps the Message-IDs of a test apart; empty for the issue itself.
    pub salt: &'p str,
    /// Whether a reader belongs to a segment.
    pub belongs: &'p dyn Fn(&Recipient, &str) -> bool,
    /// Why an address is not written to; `None` where it is.
    pub suppressed: &'p dyn Fn(&EmailAddress) -> Option<String>,
}

impl Planner<'_> {
    /// Sorts readers into editions, compiles each edition once and assembles every message: the
    /// render gate. What passes it can be sent without a surprise.
    ///
    /// # Errors
    /// One reader's message cannot be made, or is malformed.
    pub fn prepare<'r>(
        &self,
        issue: &Issue,
        readers: impl IntoIterator<Item = &'r Recipient>,
    ) -> Result<Prepared, Refused> {
        let mut prepared =
            Prepared { programs: Vec::new(), recipients: Vec::new(), suppressed: Vec::new() };
        let mut editions = BTreeMap::new();
        let mut gaps = Vec::new();
        let mut message = Vec::new();
        for recipient in readers {
            if let Some(reason) = (self.suppressed)(&recipient.address) {
                prepared.suppressed.push((recipient.address.to_string(), reason));
                continue;
            }
            let edition = Edition::of(issue, |segment| (self.belongs)(recipient, segment));
            let number = *editions.entry(edition).or_insert_with_key(|edition| {
                let draft = compile::draft(issue, self.press, edition, self.date, self.salt);
                prepared.programs.push(draft.program());
                prepared.programs.len() - 1
            });
            message.clear();
            let reader = Reader { recipient, key: self.key };
            match prepared.programs[number].assemble(reader, &mut message) {
                Ok(()) => check(&message, &recipient.address)?,
                Err(gap) => gaps.push(gap),
            }
            prepared.recipients.push((recipient.clone(), number));
        }
        if gaps.is_empty() { Ok(prepared) } else { Err(Refused::Gaps(gaps)) }
    }
}

/// What every message has to be, whatever the readers' values: the last look before the journal.
fn check(message: &[u8], address: &EmailAddress) -> Result<(), Refused> {
    let reason = message.split_inclusive(|byte| *byte == b'\n').find_map(|line| {
        let Some(line) = line.strip_suffix(b"\r\n") else { return Some("a bare line feed") };
        if line.len() > LINE_MAX {
            Some("a line of more than 998 bytes")
        } else if line.first() == Some(&b'.') {
            Some("a line that begins with a dot")
        } else if !line.iter().all(|byte| (b' '..=b'~').contains(byte) || *byte == b'\t') {
            Some("a byte that is not printable ASCII")
        } else {
            None
        }
    });
    match reason {
        None => Ok(()),
        Some(reason) => Err(Refused::Malformed { address: address.to_string(), reason }),
    }
}
