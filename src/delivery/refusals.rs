//! Decides which refusals speak of the recipient, and which of the sender or the server.

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

/// Number of refusals at the end of a run, without an acceptance behind them, that are believed.
///
/// A list seldom ends with more dead mailboxes in a row; a server that loses its table of users
/// refuses everyone from then on.
const LAST_IN_A_ROW_MAX: usize = 3;

/// Number of refusals of the sender in a row that stop a run, once the server took a message.
const OF_SENDER_IN_A_ROW_MAX: usize = 3;

/// Number of accepted messages that each dead mailbox takes to be believed.
const ACCEPTED_FOR_EACH_ABSENT: usize = 2;

/// A recipient that the server refused.
#[derive(Debug)]
struct RefusedRecipient {
    id: i64,
    reply: String,
    /// The address, where the server says that the mailbox does not exist.
    absent: Option<EmailAddress>,
    by_policy: bool,
    /// What it says of the sender, where its words do.
    reason: Option<Reason>,
}

/// Tells refusals of the sender from refusals of recipients.
///
/// A refusal is a word about its recipient only where the same server takes a message for another
/// recipient. Until it does, each refusal may be a word about the sender.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    /// Refusals since the last acceptance.
    row: Vec<RefusedRecipient>,
    unwanted_in_a_row: usize,
    /// Final answers of this process, by kind.
    unwanted: usize,
    absent: usize,
    accepted: usize,
    answers: usize,
    /// Mailboxes that are dead unless the server calls too many so.
    doubtful: Vec<(EmailAddress, String)>,
    /// Refusals by policy before the row: words about the sender, where too many of them come.
    by_policy: Vec<(i64, String)>,
}

impl Refusals {
    /// Takes in an answer; returns why the run has to stop, if it has.
    pub(super) fn take(&mut self, outcome: Outcome, entry: &Entry, reply: &str) -> Option<Reason> {
        let (mut absent, mut reason) = (None, None);
        match outcome {
            Outcome::Refused(of) => reason = Some(of),
            Outcome::Accepted => {
                self.accepted += 1;
                self.believe();
            }
            Outcome::Rejected { no_mailbox } => {
                absent = no_mailbox.then(|| entry.recipient.address.clone());
                self.absent += usize::from(no_mailbox);
            }
            Outcome::Unwanted => {
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
        if outcome != Outcome::Accepted {
            let by_policy = outcome == Outcome::Unwanted || reason.is_some();
            let reply = reply.to_owned();
            self.row.push(RefusedRecipient { id: entry.id, reply, absent, by_policy, reason });
        }
        let of_sender = self.row.iter().rev().take_while(|refused| refused.reason.is_some());
        if reason.is_some() && (self.accepted == 0 || of_sender.count() >= OF_SENDER_IN_A_ROW_MAX) {
            return reason;
        }
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

    /// Believes the refusals before an acceptance: the server takes mail from this sender.
    fn believe(&mut self) {
        if self.row.len() >= IN_A_ROW_MAX {
            return;
        }
        self.unwanted_in_a_row = 0;
        for RefusedRecipient { id, reply, absent, by_policy, .. } in self.row.drain(..) {
            if by_policy {
                self.by_policy.push((id, reply.clone()));
            }
            self.doubtful.extend(absent.map(|address| (address, reply)));
        }
    }

    /// Ends the run: believes the last refusals, or returns them. Those that it returns say
    /// something of the sender or the server, and their recipients are still to be served.
    ///
    /// `stopped` says why the run stopped for refusals, where it did: for policy, every refusal by
    /// policy is returned. `accepted_before` says whether the server took messages of this run in an earlier process.
    pub(super) fn end(
        &mut self,
        stopped: Option<Reason>,
        accepted_before: bool,
    ) -> Vec<(i64, String)> {
        let few = self.row.len() <= LAST_IN_A_ROW_MAX;
        let believed = stopped.is_none()
            && self.reason().is_none()
            && match (self.accepted > 0, accepted_before) {
                (true, _) => few || !self.says_the_same(),
                // The server was well once. Of a dead mailbox it is believed for this issue, so
                // that the run can end; nothing is suppressed for it.
                (false, true) => few && self.row.iter().all(|refused| refused.absent.is_some()),
                (false, false) => false,
            };
        if !believed {
            let row = std::mem::take(&mut self.row).into_iter();
            let row = row.map(|refused| (refused.id, refused.reply));
            let policy = std::mem::take(&mut self.by_policy);
            let policy = policy.into_iter().filter(|_| stopped == Some(Reason::Policy));
            return policy.chain(row).collect();
        }
        if self.accepted > 0 {
            self.believe();
        }
        Vec::new()
    }

    /// Returns what the last refusals say of the sender, if any of them does.
    pub(super) fn reason(&self) -> Option<Reason> {
        self.row.iter().find_map(|refused| refused.reason)
    }

    /// Whether every reply of the row is the same but for names and numbers in it, or calls the
    /// mailbox dead.
    fn says_the_same(&self) -> bool {
        let mut shapes = self.row.iter().map(|refused| shape(&refused.reply));
        let first = shapes.next();
        shapes.all(|shape| Some(shape) == first)
            || self.row.iter().all(|refused| refused.absent.is_some())
    }

    /// Returns the mailboxes that certainly do not exist, with what the server said: all that it
    /// refused as such, where they are few beside those that it accepted.
    pub(super) fn certain(&mut self) -> Vec<(EmailAddress, String)> {
        if self.absent * ACCEPTED_FOR_EACH_ABSENT <= self.accepted {
            std::mem::take(&mut self.doubtful)
        } else {
            Vec::new()
        }
    }
}

/// Returns a reply without what differs between recipients: addresses, numbers and identifiers.
fn shape(reply: &str) -> String {
    let is_word = |word: &&str| !word.contains('@') && !word.contains(|c: char| c.is_ascii_digit());
    let words = reply.split(|c: char| c.is_whitespace() || "<>()[]\"':;,=".contains(c));
    let words: Vec<_> = words.filter(|word| !word.is_empty()).filter(is_word).collect();
    words.join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use crate::audience::Recipient;
    use crate::delivery::outcome::{Outcome, Reason};
    use crate::delivery::refusals::{Refusals, shape};
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
                's' => Outcome::Refused(Reason::Sender),
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
        take(&mut refusals, "pnp++");
        assert_eq!(refusals.certain().len(), 1);
    }

    /// Plays the answers of a whole run; returns how many recipients are given back and how many
    /// mailboxes are certainly dead.
    fn play(answers: &str, accepted_before: bool) -> (usize, usize) {
        let mut refusals = Refusals::default();
        let stopped = take(&mut refusals, answers);
        let back = refusals.end(stopped, accepted_before).len();
        (back, refusals.certain().len())
    }

    #[test]
    fn a_refusal_is_believed_only_where_the_server_accepts_others() {
        for (answers, accepted_before, back, dead) in [
            // Everyone was refused, in a list of any size.
            ("n", false, 1, 0),
            ("nnn", false, 3, 0),
            ("nrpn", false, 4, 0),
            ("nnnnnnnnnnnn", false, 12, 0),
            // So was everyone who was left: a few dead mailboxes end the run, and stay unproven.
            ("nn", true, 0, 0),
            ("r", true, 1, 0),
            ("nnnn", true, 4, 0),
            // The server accepts others.
            ("n++", false, 0, 1),
            ("++n", false, 0, 1),
            ("++++++nnn", false, 0, 3),
            ("+nnnn", false, 4, 0),
            ("++++++++++nnnnnnnnnnnnnnnnnnn", false, 19, 0),
            // It calls more mailboxes dead than there can be.
            ("n+", false, 0, 0),
            ("nnn+nnn+", false, 0, 0),
            // Words about the sender stop the run at once, where the server takes nothing else.
            ("s", false, 1, 0),
            ("s", true, 1, 0),
            // Where it does, one reader's server may have said them; three of them stop it.
            ("+s+", false, 0, 0),
            ("+s+s+", false, 0, 0),
            ("+sss", false, 3, 0),
            // The last ones are never believed.
            ("++++++s", false, 1, 0),
            ("++++++rs", false, 2, 0),
            // A stop for policy opens what was refused by policy before, too.
            ("p+p+p+ppppp", false, 8, 0),
            ("p+p+p+p", false, 0, 0),
        ] {
            assert_eq!(play(answers, accepted_before), (back, dead), "{answers}");
        }
    }

    #[test]
    fn replies_are_the_same_but_for_names_and_numbers() {
        let replies = [
            "550 5.7.1 <ada@example.org>: not verified, id 4FzX2",
            "550 5.7.1 <ben@example.net>: not verified, id 7QaB1",
        ];
        assert_eq!(shape(replies[0]), shape(replies[1]));
        assert_ne!(shape("550 mailbox full"), shape("550 not verified"));
    }
}
