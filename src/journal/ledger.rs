//! A run in, its recipients handed out and what becomes of them recorded: every change of a state is here.
//!
//! What happened is appended to the journal and never changed (`event`); where everyone stands is
//! the sum of it, and is kept in memory (`standing`). Who is claimed is in memory alone: nothing
//! was sent, so that a crash which forgets it loses nothing.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use crate::journal::Journal;
use crate::journal::comparison::SET_ASIDE;
use crate::journal::error::Error;
use crate::journal::event::Event;
use crate::journal::plan::{Origin, Planning, Purpose};
use crate::journal::record::{Entry, Happened, Run, State, Tally, Transition};
use crate::journal::seal;
use crate::journal::standing::{Change, Standing};
use crate::journal::stored;

/// What is said of a recipient whose message may have been sent before a crash.
const IN_DOUBT: &str = "the sender stopped before the server's answer was recorded";

/// A run while it is delivered, or looked at.
///
/// Only one may be written to at a time: what another one appended meanwhile makes every further
/// [`Ledger::record`] fail, in whatever process they are.
#[derive(Debug)]
pub struct Ledger {
    journal: Journal,
    run: Arc<Run>,
    standing: Standing,
    /// How many of the suppressed were so when the run was planned.
    suppressed_before: u64,
    /// The number of the last event in the journal.
    seq: i64,
    /// The seal of the last event of the run.
    seal: i64,
}

impl Ledger {
    pub(crate) async fn open(
        journal: &Journal,
        run: &Run,
        observe: &mut (dyn FnMut(Happened<'_>) + Send),
    ) -> Result<Self, Error> {
        let mut connection = journal.database.read("read what happened in").await?;
        let (standing, seq, seal) = stored::standing(&mut connection, run, observe).await?;
        let suppressed_before = stored::suppressed_before(&mut connection, run).await?;
        let (journal, run) = (journal.clone(), Arc::new(run.clone()));
        Ok(Self { journal, run, standing, suppressed_before, seq, seal })
    }

    /// The run.
    #[must_use]
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// After a crash: attempting becomes unknown; returns how many. Only for the one process that
    /// holds the lock.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub async fn recover(&mut self, now: Timestamp) -> Result<u64, Error> {
        let doubtful: Vec<i64> = self.standing.all_in(State::Attempting).collect();
        let unknown = doubtful.iter().map(|id| (*id, Change::To(State::Unknown, None), IN_DOUBT));
        self.append(&unknown.collect::<Vec<_>>(), now).await?;
        Ok(doubtful.len() as u64)
    }

    /// Restricts what [`Ledger::claim`] hands out to these entries; `None` lifts the restriction.
    pub fn select(&mut self, only: Option<&BTreeSet<i64>>) {
        self.standing.select(|id| only.is_none_or(|only| only.contains(&id)));
    }

    /// Keeps [`Ledger::claim`] from handing out an entry, until the next [`Ledger::select`].
    pub fn leave(&mut self, id: i64) {
        self.standing.leave(id);
    }

    /// Makes unknown recipients pending again, among the selected; returns how many.
    ///
    /// Where there are any, the run is no longer finished.
    ///
    /// # Errors
    /// The journal cannot be written, or the issue has a newer run that is not finished.
    pub async fn resend_unknown(&mut self, now: Timestamp) -> Result<u64, Error> {
        self.send_again(State::Unknown, |_| true, now).await
    }

    /// Makes rejected recipients pending again, among the selected, whose reply `again` agrees to;
    /// returns how many.
    ///
    /// Where there are any, the run is no longer finished.
    ///
    /// # Errors
    /// The journal cannot be written, or the issue has a newer run that is not finished.
    pub async fn retry_rejected(
        &mut self,
        again: impl Fn(&str) -> bool,
        now: Timestamp,
    ) -> Result<u64, Error> {
        self.send_again(State::Rejected, again, now).await
    }

    /// Returns how many recipients are rejected with a reply that `again` agrees to.
    pub fn count_rejected(&self, again: impl Fn(&str) -> bool) -> u64 {
        let rejected = self.standing.all_in(State::Rejected);
        rejected.filter(|id| again(self.standing.reply(*id))).count() as u64
    }

    async fn send_again(
        &mut self,
        state: State,
        again: impl Fn(&str) -> bool,
        now: Timestamp,
    ) -> Result<u64, Error> {
        let again: Vec<_> = (self.standing.all_in(state))
            .filter(|id| self.standing.is_wanted(*id) && again(self.standing.reply(*id)))
            .map(|id| (id, Change::To(State::Pending, None), ""))
            .collect();
        if !again.is_empty() {
            self.journal.reopen(&self.run).await?;
            self.append(&again, now).await?;
        }
        Ok(again.len() as u64)
    }

    /// Claims up to `limit` selected recipients that are deferred and due, or pending.
    ///
    /// They are claimed at once; the future reads their rows, and they come in the order of the
    /// list. Should it be dropped, they stay claimed.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn claim(
        &mut self,
        limit: usize,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<Entry>, Error>> + Send + use<> {
        let places = self.standing.claim(limit, now);
        let places: Vec<_> = places.into_iter().map(|id| self.standing.place(id)).collect();
        let (journal, run) = (self.journal.clone(), Arc::clone(&self.run));
        async move {
            if places.is_empty() {
                return Ok(Vec::new());
            }
            let mut connection = journal.database.read("claim recipients in").await?;
            stored::entries(&mut connection, &run, places).await
        }
    }

    /// When the next selected deferred recipient is due; `None` when there is none.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.standing.next_due()
    }

    /// Lets nobody be due later than `latest`, in this process.
    pub fn bound_due(&mut self, latest: Timestamp) {
        self.standing.bound_due(latest);
    }

    /// Records what became of recipients; it is on the disk when this returns.
    ///
    /// The transitions are made in their order; [`State::may_become`] says which ones there are.
    ///
    /// # Errors
    /// A transition is not one that may be made, the run has no such entry, or the journal cannot
    /// be written; then none of the transitions was made.
    pub async fn record(
        &mut self,
        transitions: &[Transition],
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut changed: HashMap<i64, State> = HashMap::with_capacity(transitions.len());
        for Transition { id, to, .. } in transitions {
            let from = changed.get(id).copied().or_else(|| self.standing.state(*id));
            let Some(from) = from else {
                return Err(Error::NoEntry { run: self.run.id, entry: *id, to: *to });
            };
            if !from.may_become(*to) {
                return Err(Error::Transition { entry: *id, from, to: *to });
            }
            changed.insert(*id, *to);
        }
        let change = |transition: &Transition| {
            let due = (transition.to == State::Deferred).then(|| transition.due.unwrap_or(now));
            Change::To(transition.to, due)
        };
        let changes: Vec<_> =
            transitions.iter().map(|t| (t.id, change(t), t.reply.as_str())).collect();
        self.append(&changes, now).await
    }

    /// Takes a recipient out of the run: the address was suppressed since it was planned.
    ///
    /// # Errors
    /// The recipient is not pending, claimed or deferred, or the journal cannot be written.
    pub async fn suppress(&mut self, id: i64, reason: &str, now: Timestamp) -> Result<(), Error> {
        let state = self.standing.state(id);
        if !matches!(state, Some(State::Pending | State::Claimed | State::Deferred)) {
            return Err(Error::Suppress { entry: id, state });
        }
        self.append(&[(id, Change::Suppressed, reason)], now).await
    }

    /// Appends changes to the journal and makes them.
    pub(crate) async fn append(
        &mut self,
        changes: &[(i64, Change, &str)],
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut event = Event::default();
        let mut sent = 0;
        for (at, (id, change, reply)) in changes.iter().enumerate() {
            let before = self.standing.state(*id);
            sent += u32::from(matches!(change, Change::To(to, _) if to.is_answer()));
            // Of one that was never tried the journal does not know that it was claimed.
            let back =
                (before, *change) == (Some(State::Claimed), Change::To(State::Pending, None));
            let said = || changes[..at].iter().any(|(other, ..)| other == id);
            if !back || self.standing.attempts(*id) > 0 || said() {
                event.add(*id, *change, reply);
            }
        }
        if !event.is_empty() {
            let (seq, changes) = (self.seq + 1, event.to_json());
            let about = (seq, self.run.id, now.as_millisecond(), sent.into());
            let seal = seal::event(self.seal, about, &changes);
            self.journal.append(&self.run, (seq, seal), now, sent, &changes).await?;
            (self.seq, self.seal) = (seq, seal);
        }
        changes.iter().for_each(|(id, change, reply)| self.standing.change(*id, *change, reply));
        Ok(())
    }

    /// The state of an entry; `None` where there is no such entry, or it was taken out of the run.
    #[must_use]
    pub fn state(&self, id: i64) -> Option<State> {
        self.standing.state(id)
    }

    /// How many recipients are in each state.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let tally = self.standing.tally();
        Tally { suppressed: tally.suppressed + self.suppressed_before, ..tally }
    }

    /// A page of the recipients in the order of the list: those after the entry `after`, `limit` at most.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn recipients(&self, after: i64, limit: u32) -> Result<Vec<Entry>, Error> {
        let mut connection =
            self.journal.database.read("read the recipients of a run from").await?;
        let room = usize::try_from(limit).unwrap_or(usize::MAX);
        let page = self.standing.all().skip_while(|id| *id <= after).take(room);
        let page = page.map(|id| self.standing.place(id)).collect();
        stored::entries(&mut connection, &self.run, page).await
    }

    /// A page of what is written on the envelopes, in the order of the list: the entry's number, the
    /// address and the state. Costs a fraction of [`Ledger::recipients`].
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn addresses(
        &self,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(i64, String, Option<State>)>, Error> {
        let mut connection =
            self.journal.database.read("read the recipients of a run from").await?;
        let page = stored::addresses(&mut connection, &self.run, after, limit).await?;
        let stands = page.into_iter().map(|(id, address)| (id, address, self.standing.state(id)));
        Ok(stands.collect())
    }

    /// The recipients in a state, in the order of the list.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn recipients_in(&self, state: State) -> Result<Vec<Entry>, Error> {
        self.first_in(state, usize::MAX).await
    }

    /// The first recipients in a state, in the order of the list: so many at most.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn first_in(&self, state: State, limit: usize) -> Result<Vec<Entry>, Error> {
        let places = self.standing.all_in(state).take(limit);
        let places = places.map(|id| self.standing.place(id)).collect();
        let mut connection =
            self.journal.database.read("read the recipients of a run from").await?;
        stored::entries(&mut connection, &self.run, places).await
    }

    /// The addresses that were on the list and are not written to, with the reason; by address.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn suppressed(&self) -> Result<Vec<(String, String)>, Error> {
        let mut connection = self.journal.database.read("read the suppressed from").await?;
        stored::suppressed(&mut connection, &self.run, self.standing.suppressed()).await
    }

    /// Begins to write a further generation of the run: what those who are still to be served get
    /// from now on ([`Planning::merge`]). When it is committed, the run has to be opened again.
    ///
    /// Only for the one process that holds the lock, and after [`Ledger::recover`].
    ///
    /// # Errors
    /// The run is finished, or the journal cannot be written.
    pub async fn renew(&self, now: Timestamp, origin: &Origin<'_>) -> Result<Planning, Error> {
        let transaction = self.journal.database.begin("begin a generation of a run in").await?;
        let out = self.standing.suppressed().keys().copied();
        let mut planning =
            Planning::renew(transaction, &self.run, now, origin, Purpose::Renew).await?;
        let open = self.open_entries().map(|id| (id, true));
        planning.open_to(open.chain(out.map(|id| (id, false)))).await?;
        Ok(planning)
    }

    /// Begins to write a further generation of the run that only adds readers: recipients who are
    /// in it already stay as they are. When it is committed, the run has to be opened again.
    ///
    /// Only for the one process that holds the lock, and after [`Ledger::recover`].
    ///
    /// # Errors
    /// The issue has a newer run that is not finished, or the journal cannot be written.
    pub async fn extend(&self, now: Timestamp, origin: &Origin<'_>) -> Result<Planning, Error> {
        let transaction = self.journal.database.begin("begin a generation of a run in").await?;
        let mut planning =
            Planning::renew(transaction, &self.run, now, origin, Purpose::Add).await?;
        let aside = self.taken_out().filter(|(_, why)| why.starts_with(SET_ASIDE));
        planning.open_to(aside.map(|(id, _)| (id, false))).await?;
        Ok(planning)
    }

    /// Those who were taken out of the run, and why.
    pub(crate) fn taken_out(&self) -> impl Iterator<Item = (i64, &str)> {
        self.standing.suppressed().iter().map(|(id, why)| (*id, why.as_str()))
    }

    /// The numbers of the recipients who are still to be served.
    pub(crate) fn open_entries(&self) -> impl Iterator<Item = i64> + '_ {
        let open = [State::Pending, State::Claimed, State::Deferred];
        open.into_iter().flat_map(|state| self.standing.all_in(state))
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.journal
    }

    /// How many recipients of each generation are in each state, from the first one on; the
    /// suppressed belong to none.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn tallies(&self) -> Result<Vec<Tally>, Error> {
        let mut tallies = vec![Tally::default(); self.run.generations.len()];
        if let [only] = tallies.as_mut_slice() {
            *only = Tally { suppressed: 0, ..self.tally() };
            return Ok(tallies);
        }
        let stretches = stored::generations(&self.journal.database.reader, &self.run).await?;
        let mut stretches = stretches.iter().peekable();
        let mut generation = 0;
        for id in self.standing.all() {
            while let Some((_, next)) = stretches.next_if(|(first, _)| *first <= id) {
                generation = *next;
            }
            if let (Some(tally), Some(state)) =
                (tallies.get_mut(generation), self.standing.state(id))
            {
                *tally.of_mut(state) += 1;
            }
        }
        Ok(tallies)
    }

    /// Marks the run as finished. The first time that it was stays.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub async fn finish(&self, now: Timestamp) -> Result<(), Error> {
        self.journal.finish(&self.run, now).await
    }
}
