//! The server's answers in, whether it refuses everyone and whose mailbox certainly does not exist out.

use crate::address::EmailAddress;
use crate::delivery::outcome::{Outcome, Reason};

/// How many recipients in a row may be refused before the run stops: a server that knows nobody, or
/// wants nothing from us, says so to everyone, and would use up the whole list.
const IN_A_ROW_MAX: usize = 20;

/// What was refused since the server last took a message.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    in_a_row: usize,
    /// Whose mailbox the server says does not exist. It is believed when it takes another message,
    /// or when the run ends without too many of them.
    doubtful: Vec<(EmailAddress, String)>,
    certain: Vec<(EmailAddress, String)>,
}

impl Refusals {
    /// Takes in an answer; returns why the run has to stop, if it has.
    pub(super) fn take(
        &mut self,
        outcome: Outcome,
        address: &EmailAddress,
        reply: &str,
    ) -> Option<Reason> {
        match outcome {
            Outcome::Accepted => self.end(),
            Outcome::Rejected { no_mailbox } => {
                self.in_a_row += 1;
                if no_mailbox {
                    self.doubtful.push((address.clone(), reply.to_owned()));
                }
            }
            Outcome::Deferred | Outcome::Stop(_) => {}
        }
        (self.in_a_row == IN_A_ROW_MAX).then_some(Reason::Everyone)
    }

    /// The server knows some: what it says of the others is true.
    pub(super) fn end(&mut self) {
        if self.in_a_row < IN_A_ROW_MAX {
            self.certain.append(&mut self.doubtful);
            self.in_a_row = 0;
        }
    }

    /// Whose mailbox certainly does not exist, with what the server said; each is told once.
    pub(super) fn certain(&mut self) -> Vec<(EmailAddress, String)> {
        std::mem::take(&mut self.certain)
    }
}
