//! The journal, the suppressions and the pace in, who is served next out.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::delivery::Error;
use crate::delivery::dispatcher::Dispatcher;
use crate::delivery::pace::{Admission, Pace, Why, interleave};
use crate::delivery::report::{Event, Stopped};
use crate::journal;
use crate::journal::{Entry, State};

/// How many recipients are claimed at once: enough that a claim costs little, and little memory.
const PAGE: usize = 1024;

type Page = JoinHandle<Result<Vec<Entry>, journal::Error>>;

/// Who was claimed and is not served yet, and how fast they may be.
pub(super) struct Supply {
    pub(super) pace: Pace,
    start: Instant,
    /// To be served next.
    queue: VecDeque<Entry>,
    /// Their commands were met with silence: served when there is nobody else.
    last: VecDeque<Entry>,
    struck: BTreeSet<i64>,
    /// Their domains have had enough until then.
    aside: VecDeque<(Duration, Entry)>,
    /// Who is being read from the journal.
    page: Option<Page>,
    /// Whether the journal has nobody to claim for now.
    dry: bool,
    /// Whether somebody came back since those who are being read were claimed.
    refilled: bool,
    /// Until when nobody may be served, and why; since the start.
    pub(super) wait: Option<(Duration, Why)>,
}

impl Supply {
    pub(super) fn new(pace: Pace) -> Self {
        Self {
            pace,
            start: Instant::now(),
            queue: VecDeque::new(),
            last: VecDeque::new(),
            struck: BTreeSet::new(),
            aside: VecDeque::new(),
            page: None,
            dry: false,
            refilled: false,
            wait: None,
        }
    }

    /// The time that the pace goes by.
    pub(super) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// There may be somebody to claim again.
    pub(super) fn refill(&mut self) {
        self.dry = false;
        self.refilled = self.page.is_some();
    }

    /// Somebody's commands were met with silence.
    pub(super) fn strike(&mut self, id: Option<i64>) {
        self.struck.extend(id);
    }

    /// How many are at hand, and may be served now.
    pub(super) fn at_hand(&self) -> usize {
        if self.wait.is_some() { 0 } else { self.queue.len() + self.last.len() }
    }

    /// Whether nobody is at hand, and nobody will be unless somebody is given back or becomes due.
    pub(super) fn is_over(&self) -> bool {
        let nobody = self.queue.is_empty() && self.last.is_empty() && self.aside.is_empty();
        nobody && self.is_dry()
    }

    /// Whether the journal has nobody for now, who is not here already.
    pub(super) fn is_dry(&self) -> bool {
        self.dry && self.page.is_none()
    }

    /// When to look again for somebody who may be served; since the start.
    pub(super) fn wake(&self) -> Option<Duration> {
        let aside = self.aside.iter().map(|(until, _)| *until).min();
        self.wait.map(|(until, _)| until).into_iter().chain(aside).min()
    }

    /// What those wait for who may not be served yet, if there are any.
    pub(super) fn why(&self) -> Option<Why> {
        let aside = self.aside.front().map(|_| Why::Domain);
        self.wait.map(|(_, why)| why).or(aside)
    }

    /// Whether somebody is being read.
    pub(super) fn is_reading(&self) -> bool {
        self.page.is_some()
    }

    /// Waits for those who are being read.
    pub(super) async fn read(&mut self) -> Result<Vec<Entry>, journal::Error> {
        let page = match &mut self.page {
            // A panic in there is one here.
            Some(page) => page.await.expect("reading does not panic"),
            None => Ok(Vec::new()),
        };
        self.page = None;
        page
    }

    /// Takes in who was read, those of one domain apart from each other.
    pub(super) fn add(&mut self, page: Vec<Entry>) {
        // A page that was asked for before somebody came back does not say that there is nobody.
        self.dry = page.is_empty() && !std::mem::take(&mut self.refilled);
        let page = interleave(page, |entry| entry.recipient.address.domain());
        let (last, next): (Vec<_>, Vec<_>) =
            page.into_iter().partition(|entry| self.struck.contains(&entry.id));
        self.queue.extend(next);
        self.last.extend(last);
    }

    /// Everyone who is still here.
    pub(super) fn drain(&mut self) -> Vec<Entry> {
        let aside = self.aside.drain(..).map(|(_, entry)| entry);
        self.queue.drain(..).chain(self.last.drain(..)).chain(aside).collect()
    }

    /// Forgets what was waited for; those whose domains it was come first again.
    pub(super) fn recall(&mut self, now: Duration) {
        self.wait = self.wait.filter(|(until, _)| *until > now);
        if self.aside.iter().any(|(until, _)| *until <= now) {
            let aside = std::mem::take(&mut self.aside);
            let (due, later): (Vec<_>, Vec<_>) =
                aside.into_iter().partition(|(until, _)| *until <= now);
            self.aside.extend(later);
            due.into_iter().rev().for_each(|(_, entry)| self.queue.push_front(entry));
        }
    }

    /// The next one whom the pace admits; `others` says whether somebody else is being served.
    fn pop(&mut self, now: Duration, others: bool) -> Option<Entry> {
        self.recall(now);
        // Too many who wait for their domains would be the whole list in memory.
        while self.wait.is_none() && self.aside.len() < PAGE {
            let alone = self.dry && self.page.is_none() && self.aside.is_empty() && !others;
            let entry = match self.queue.pop_front() {
                Some(entry) => entry,
                None if alone => self.last.pop_front()?,
                None => return None,
            };
            match self.pace.admit(now, entry.recipient.address.domain()) {
                Admission::Now => return Some(entry),
                Admission::Wait { until, why: Why::Domain } => self.aside.push_back((until, entry)),
                Admission::Wait { until, why } => {
                    self.queue.push_front(entry);
                    self.wait = Some((until, why));
                }
            }
        }
        None
    }
}

impl Dispatcher<'_, '_> {
    /// Has the next recipients read before the last ones are handed out.
    pub(super) fn turn_page(&mut self) {
        let supply = &self.supply;
        let short = supply.queue.len() + supply.aside.len() < PAGE / 2;
        if short && supply.page.is_none() && !supply.dry && !*self.closing.borrow() {
            self.supply.page = Some(tokio::spawn(self.ledger.claim(PAGE)));
        }
    }

    /// The next recipient who is not suppressed; `None` when there is nobody, or no more time.
    pub(super) async fn next(&mut self) -> Result<Option<Entry>, Error> {
        let now = self.supply.now();
        while let Some(entry) = self.supply.pop(now, !self.held.is_empty()) {
            let address = &entry.recipient.address;
            let reason = match (self.suppressions.reason)(address) {
                Ok(Some(reason)) => reason,
                Ok(None) => return Ok(Some(entry)),
                Err(error) => {
                    self.supply.queue.push_front(entry);
                    self.close(Stopped::Suppressions(error));
                    return Ok(None);
                }
            };
            self.ledger.suppress(entry.id, &reason).await?;
            (self.observe)(Event::Suppressed { address, reason: &reason });
        }
        Ok(None)
    }

    /// Nothing was sent: somebody else may serve the recipient, or a later run.
    pub(super) fn give_back(&mut self, entry: &Entry) {
        self.ledger.note(entry.id, State::Pending, entry.reply.clone());
        self.supply.refill();
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use crate::config::Send;
    use crate::delivery::dispatcher::supply::Supply;
    use crate::delivery::pace::{Pace, Past};
    use crate::journal;
    use crate::journal::Entry;

    async fn nobody() -> Result<Vec<Entry>, journal::Error> {
        Ok(Vec::new())
    }

    #[tokio::test]
    async fn who_comes_back_while_nobody_is_read_is_not_forgotten() {
        let pace = Pace::new(&Send::default(), 1, Timestamp::UNIX_EPOCH, &Past::default());
        let mut supply = Supply::new(pace);
        supply.page = Some(tokio::spawn(nobody()));
        supply.refill();
        let page = supply.read().await.unwrap();
        supply.add(page);
        assert!(!supply.is_dry());

        supply.page = Some(tokio::spawn(nobody()));
        let page = supply.read().await.unwrap();
        supply.add(page);
        assert!(supply.is_dry());
    }
}
