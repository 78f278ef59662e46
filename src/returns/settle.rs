//! Messages in batches in, suppressions and the log of what was handled on the disk out.

use std::collections::HashSet;
use std::path::Path;

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::audience::{self, Act, Entry, Suppressions};
use crate::bounce::{Found, Kind, Message};
use crate::journal;
use crate::key::Hasher;
use crate::returns::decide::{self, Decision, Failing};
use crate::returns::log::{self, Came, Handled, Log};
use crate::returns::records::Records;
use crate::returns::rule::{Bounced, Class, Weight, weigh};
use crate::returns::whose::{Proof, Reader, Sent, Whose};

/// A message as far as it is needed.
#[derive(Debug)]
pub struct Item {
    /// What makes it the same message wherever it is found ([`fingerprint`](crate::returns::fingerprint())).
    pub fingerprint: String,
    /// What it says.
    pub message: Message,
}

/// What became of a message.
#[derive(Debug)]
pub struct Verdict {
    /// Whose mail it is about.
    pub whose: Whose,
    /// What is done.
    pub decision: Decision,
}

impl Verdict {
    /// The reader, where there is one.
    #[must_use]
    pub fn reader(&self) -> Option<&Reader> {
        match &self.whose {
            Whose::Reader(reader) => Some(reader),
            Whose::Test | Whose::Forgotten | Whose::Nobody { .. } => None,
        }
    }
}

/// Messages could not be handled; those of the batch are handled again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The journal cannot be read.
    #[error("cannot find out whose mail came back")]
    Journal(#[from] journal::Error),
    /// The log of what was handled failed.
    #[error("cannot remember what was handled")]
    Log(#[from] log::Error),
    /// The list of suppressions failed.
    #[error("cannot suppress those whose mail came back")]
    Suppressions(#[from] audience::Error),
    /// The list of readers cannot be read.
    #[error("cannot look for senders on the list: {0}")]
    List(String),
}

/// Says which of some addresses are on the list, by their keys.
pub type OnList<'l> = dyn Fn(&HashSet<String>) -> Result<HashSet<String>, String> + 'l;

/// What handles messages.
pub struct Settlement<'s> {
    /// What was sent.
    pub records: Records<'s>,
    /// What hashes readers in the log.
    pub hasher: Hasher,
    /// Who is on the list.
    pub on_list: &'s OnList<'s>,
    /// The time.
    pub now: Timestamp,
    /// Whether only to say what would be done.
    pub dry: bool,
}

impl Settlement<'_> {
    /// Decides about a batch, and does it: what has been decided is on the disk when this returns.
    ///
    /// # Errors
    /// See [`Error`]. Some of the batch may have been handled then; to handle it again does no harm.
    pub async fn settle(
        &self,
        items: &[Item],
        suppressions: &mut Suppressions,
        path: &Path,
    ) -> Result<Vec<Verdict>, Error> {
        let messages: Vec<&Message> = items.iter().map(|item| &item.message).collect();
        let mut owners = self.records.identify(&messages).await?;
        self.find_senders(&messages, &mut owners)?;
        // From here on nobody else handles anything: two at once would both count the same bounce.
        let mut log = if self.dry { Log::look(path)? } else { Log::lock(path)? };
        suppressions.reload_if_changed()?;
        let mut entries = Vec::new();
        let mut verdicts = Vec::with_capacity(items.len());
        for (item, whose) in items.iter().zip(owners) {
            let decision = match log.has(&item.fingerprint) {
                true => Decision::Repeated,
                false => self.decide(item, &whose, suppressions, &mut log).await?,
            };
            let verdict = Verdict { whose, decision };
            entries.extend(self.entry(&verdict));
            verdicts.push(verdict);
        }
        if !self.dry {
            suppressions.append(&entries)?;
            log.write()?;
        }
        Ok(verdicts)
    }

    /// Whoever writes to be let go is known by the sender's address, where nothing better is there.
    fn find_senders(&self, messages: &[&Message], owners: &mut [Whose]) -> Result<(), Error> {
        let open = |(message, whose): &(&&Message, &mut Whose)| {
            message.kind == Kind::Unsubscribe && matches!(whose, Whose::Nobody { .. })
        };
        let senders = messages.iter().zip(owners).filter(open);
        let mut senders: Vec<(EmailAddress, &mut Whose)> = senders
            .filter_map(|(message, whose)| {
                let sender = message.named.iter().find(|(_, found)| *found == Found::Sender)?;
                Some((sender.0.parse().ok()?, whose))
            })
            .collect();
        if senders.is_empty() {
            return Ok(());
        }
        let wanted = senders.iter().map(|(address, _)| address.key()).collect();
        let known = (self.on_list)(&wanted).map_err(Error::List)?;
        senders.retain(|(address, _)| known.contains(&address.key()));
        for (address, whose) in senders {
            *whose = Whose::Reader(Reader { address, sent: None, proof: Proof::Sender });
        }
        Ok(())
    }

    async fn decide(
        &self,
        item: &Item,
        whose: &Whose,
        suppressions: &Suppressions,
        log: &mut Log,
    ) -> Result<Decision, Error> {
        let (decision, failing) = match (decide::at_once(&item.message, whose), whose) {
            (Some(decision), _) => (decision, None),
            (None, Whose::Reader(reader)) => self.weigh(&item.message, reader, log).await?,
            (None, _) => (Decision::Unproven, None),
        };
        if !decision.is_final() {
            return Ok(decision);
        }
        log.note(self.row(item, whose, failing.as_ref(), &decision));
        Ok(match (decision, whose) {
            // A complaint stays for good, whatever the reader does: it is written down in any case.
            (Decision::Suppress { source, .. }, Whose::Reader(reader))
                if source != "arf" && suppressions.reason_for(&reader.address).is_some() =>
            {
                Decision::Already
            }
            (decision, _) => decision,
        })
    }

    /// What a bounce comes to, together with those before it.
    async fn weigh<'m>(
        &self,
        message: &'m Message,
        reader: &Reader,
        log: &Log,
    ) -> Result<(Decision, Option<Failing<'m>>), Error> {
        let Some(failing) = Failing::of(message, Some(reader)) else {
            return Ok((Decision::Nothing("it does not say what failed"), None));
        };
        let key = reader.address.key();
        let mut bounced = log.bounced(&self.hasher.hash(&key)).to_vec();
        let class = failing.class;
        bounced.extend(reader.sent.iter().map(|sent| Bounced::of(sent, class)));
        let decision = match (weigh(class, &bounced, &[]), &reader.sent) {
            (Weight::AtOnce, _) => decide::bounced(&failing),
            (Weight::Nothing, _) => Decision::Nothing("it is about us, and not about the reader"),
            (_, None) => Decision::Nothing("of which issue is not known, so that it cannot count"),
            (Weight::Counted(streak), Some(_)) => Decision::Count(streak),
            (Weight::Enough(streak), Some(_)) => {
                let between = (streak.first, streak.last);
                let mut arrived = self.records.accepted_between(&key, between).await?;
                arrived.retain(|sent| bounced.iter().all(|bounce| bounce.issue != sent.issue));
                let arrived: Vec<Timestamp> = arrived.iter().map(|sent| sent.at).collect();
                match weigh(class, &bounced, &arrived) {
                    Weight::Enough(streak) => decide::bounced_often(&failing, &streak),
                    Weight::Counted(streak) => Decision::Count(streak),
                    Weight::AtOnce | Weight::Nothing => {
                        Decision::Nothing("a later issue did not come back")
                    }
                }
            }
        };
        Ok((decision, Some(failing)))
    }

    /// The row of the log.
    fn row(
        &self,
        item: &Item,
        whose: &Whose,
        failing: Option<&Failing<'_>>,
        decision: &Decision,
    ) -> Handled {
        let reader = match whose {
            Whose::Reader(reader) => Some(reader),
            Whose::Test | Whose::Forgotten | Whose::Nobody { .. } => None,
        };
        let sent = reader.and_then(|reader| reader.sent.as_ref());
        let status = failing.and_then(|failing| failing.report.status);
        Handled {
            at: self.now,
            message: item.fingerprint.clone(),
            reader: reader.map(|r| self.hasher.hash(&r.address.key())).unwrap_or_default(),
            issue: sent.map(|sent| sent.issue.clone()).unwrap_or_default(),
            sent: sent.map(|sent| sent.at),
            class: match failing {
                Some(failing) => failing.class.word().to_owned(),
                None => item.message.kind.to_string(),
            },
            status: status.map(|status| status.to_string()).unwrap_or_default(),
            outcome: match decision {
                Decision::Suppress { .. } => Came::Suppressed,
                Decision::Count(_) => Came::Counted,
                _ => Came::Nothing,
            },
        }
    }

    /// What is written of a reader.
    fn entry(&self, verdict: &Verdict) -> Option<Entry> {
        let (Decision::Suppress { reason, source }, Some(reader)) =
            (&verdict.decision, verdict.reader())
        else {
            return None;
        };
        let issue = reader.sent.as_ref().map(|sent| sent.issue.clone()).unwrap_or_default();
        Some(Entry {
            address: reader.address.clone(),
            act: Act::Suppress,
            reason: reason.clone(),
            source: (*source).to_owned(),
            at: self.now,
            issue,
        })
    }
}

impl Bounced {
    fn of(sent: &Sent, class: Class) -> Self {
        Self { issue: sent.issue.clone(), sent: sent.at, class }
    }
}

impl std::fmt::Debug for Settlement<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settlement").field("dry", &self.dry).finish_non_exhaustive()
    }
}
