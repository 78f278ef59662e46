//! The server's answers in, whether it refuses too many and whose mailbox certainly does not exist out.

use crate::address::EmailAddress;
use crate::delivery::outcome::{Outcome, Reason};
use crate::journal::Entry;

/// How many recipients in a row may be refused before the run stops: a server that knows nobody, or
/// wants nothing from us, says so to everyone, and would use up the whole list.
const IN_A_ROW_MAX: usize = 20;

/// How many in a row may not want mail from us: each more costs reputation.
const UNWANTED_IN_A_ROW_MAX: usize = 5;

/// How many of a hundred may not want it, once there are a hundred answers.
const UNWANTED_PERCENT_MAX: usize = 2;
const ANSWERS_MIN: usize = 100;

/// What was refused since the server last took a message.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    /// Who, one after the other.
    row: Vec<i64>,
    unwanted_in_a_row: usize,
    /// Of the whole run of the program: how many did not want mail from us, of how many answers
    /// that are final.
    unwanted: usize,
    answers: usize,
    /// Whose mailbox the server says does not exist. It is believed when it takes another message,
    /// or when the run ends without too many of them.
    doubtful: Vec<(EmailAddress, String)>,
    certain: Vec<(EmailAddress, String)>,
}

impl Refusals {
    /// Takes in an answer; returns why the run has to stop, if it has.
    pub(super) fn take(&mut self, outcome: Outcome, entry: &Entry, reply: &str) -> Option<Reason> {
        match outcome {
            Outcome::Accepted => self.end(),
            Outcome::Rejected { no_mailbox } => {
                self.row.push(entry.id);
                if no_mailbox {
                    self.doubtful.push((entry.recipient.address.clone(), reply.to_owned()));
                }
            }
            Outcome::Unwanted => {
                self.row.push(entry.id);
                self.unwanted_in_a_row += 1;
                self.unwanted += 1;
            }
            Outcome::Deferred
            | Outcome::Throttled(_)
            | Outcome::Closed
            | Outcome::Again { .. }
            | Outcome::Stop(_) => return None,
        }
        self.answers += 1;
        if self.unwanted_in_a_row == UNWANTED_IN_A_ROW_MAX || self.too_many_unwanted(outcome) {
            return Some(Reason::Policy);
        }
        (self.row.len() == IN_A_ROW_MAX).then_some(Reason::Everyone)
    }

    fn too_many_unwanted(&self, outcome: Outcome) -> bool {
        outcome == Outcome::Unwanted
            && self.answers >= ANSWERS_MIN
            && self.unwanted * 100 > self.answers * UNWANTED_PERCENT_MAX
    }

    /// The server knows some: what it says of the others is true.
    pub(super) fn end(&mut self) {
        if self.row.len() < IN_A_ROW_MAX {
            self.certain.append(&mut self.doubtful);
            self.unwanted_in_a_row = 0;
            self.row.clear();
        }
    }

    /// Whoever was refused in the row for which the run stops: it says something of the server, or
    /// of us, and nothing of them. They are still to be served.
    pub(super) fn pardon(&mut self) -> Vec<i64> {
        self.doubtful.clear();
        std::mem::take(&mut self.row)
    }

    /// Whose mailbox certainly does not exist, with what the server said; each is told once.
    pub(super) fn certain(&mut self) -> Vec<(EmailAddress, String)> {
        std::mem::take(&mut self.certain)
    }
}

#[cfg(test)]
mod tests {
    use crate::audience::Recipient;
    use crate::delivery::outcome::{Outcome, Reason};
    use crate::delivery::refusals::Refusals;
    use crate::journal::{Entry, State};

    /// What the answers come to: `+` accepted, `p` unwanted, `n` no mailbox, `r` rejected, `d` deferred.
    fn take(refusals: &mut Refusals, answers: &str) -> Option<Reason> {
        let address = "ada@example.org".parse().unwrap();
        let recipient =
            Recipient { address, line: 2, columns: Default::default(), values: Vec::new() };
        let (state, reply) = (State::Attempting, String::new());
        let entry = Entry { id: 1, recipient, edition: 0, state, attempts: 0, reply };
        answers
            .chars()
            .map(|answer| match answer {
                'p' => Outcome::Unwanted,
                'n' => Outcome::Rejected { no_mailbox: true },
                'r' => Outcome::Rejected { no_mailbox: false },
                'd' => Outcome::Deferred,
                _ => Outcome::Accepted,
            })
            .find_map(|outcome| refusals.take(outcome, &entry, "5.0.0"))
    }

    #[test]
    fn five_in_a_row_that_do_not_want_us_are_enough() {
        for (answers, reason) in [
            ("ppppp", Some(Reason::Policy)),
            ("pppp+pppp+pppp", None),
            ("ppdprdpp", Some(Reason::Policy)),
            ("rrrrrrrrrrrrrrrrrrr", None),
            ("rrrrrrrrrrrrrrrrrrrr", Some(Reason::Everyone)),
        ] {
            assert_eq!(take(&mut Refusals::default(), answers), reason, "{answers}");
        }
    }

    #[test]
    fn more_than_two_of_a_hundred_that_do_not_want_us_are_enough() {
        let mut refusals = Refusals::default();
        assert_eq!(take(&mut refusals, "p+p+p+p+"), None);
        let ninety: String = ["+"; 90].concat();
        assert_eq!(take(&mut refusals, &ninety), None);
        assert_eq!(take(&mut refusals, "++p"), Some(Reason::Policy));
        let mut refusals = Refusals::default();
        let hundred = format!("{ninety}++++++++pp").repeat(4);
        assert_eq!(take(&mut refusals, &hundred), None);
        assert_eq!(take(&mut refusals, "p"), Some(Reason::Policy));
    }

    #[test]
    fn nobody_is_suppressed_for_what_a_server_thinks_of_us() {
        let mut refusals = Refusals::default();
        take(&mut refusals, "pnp+");
        assert_eq!(refusals.certain().len(), 1);
    }
}
