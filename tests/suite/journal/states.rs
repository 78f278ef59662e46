//! How recipients go from state to state.

use std::collections::{BTreeMap, BTreeSet};

use newsletter::journal::{Error, Ledger, State, Tally, Transition};
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestRunner};

use crate::journal::{Fixture, at, claim, people, plan, record, to};

/// Every transition that delivery may make.
const LEGAL: [(State, State); 10] = [
    (State::Claimed, State::Pending),
    (State::Claimed, State::Attempting),
    (State::Claimed, State::Deferred),
    (State::Claimed, State::Rejected),
    (State::Attempting, State::Pending),
    (State::Attempting, State::Accepted),
    (State::Attempting, State::Deferred),
    (State::Attempting, State::Rejected),
    (State::Attempting, State::Unknown),
    (State::Rejected, State::Pending),
];

/// Whether a state is an answer, or the lack of one: what counts as an attempt.
const ANSWERS: [State; 4] = [State::Accepted, State::Deferred, State::Rejected, State::Unknown];

#[tokio::test]
async fn only_the_legal_transitions_are_recorded() {
    for from in State::ALL {
        for next in State::ALL {
            try_transition(from, next).await;
        }
    }
}

async fn try_transition(from: State, next: State) {
    let (_fixture, mut ledger) = Fixture::begun(2).await;
    bring(&mut ledger, from).await;
    let before = ledger.recipients(0, 9).await.unwrap();
    assert_eq!(before[0].state, from);
    let legal = LEGAL.contains(&(from, next));
    assert_eq!(from.may_become(next), legal, "{from:?} {next:?}");
    let recorded = record(&mut ledger, &[(1, next)]).await;
    assert_eq!(recorded.is_ok(), legal, "{from:?} {next:?}");
    let after = ledger.recipients(0, 9).await.unwrap();
    let Err(error) = recorded else {
        let attempts = before[0].attempts + u32::from(ANSWERS.contains(&next));
        return assert_eq!((after[0].state, after[0].attempts), (next, attempts));
    };
    let text = format!("entry 1 cannot go from {} to {}", from.word(), next.word());
    assert_eq!((error.to_string(), after), (text, before));
}

/// Brings the first recipient of a new run to a state.
async fn bring(ledger: &mut Ledger, state: State) {
    let way: &[State] = match state {
        State::Pending => return,
        State::Claimed => &[],
        State::Attempting => &[State::Attempting],
        State::Accepted | State::Deferred | State::Rejected | State::Unknown => {
            &[State::Attempting, state]
        }
    };
    claim(ledger, 1, 0).await;
    for state in way {
        record(ledger, &[(1, *state)]).await.unwrap();
    }
}

#[tokio::test]
async fn one_illegal_transition_or_unknown_entry_undoes_all_of_its_batch() {
    let (fixture, mut ledger) = Fixture::begun(4).await;
    claim(&mut ledger, 3, 0).await;
    let before = ledger.recipients(0, 9).await.unwrap();
    let tried = [(1, State::Attempting), (2, State::Accepted), (3, State::Unknown)];
    let error = record(&mut ledger, &tried).await.unwrap_err();
    let (from, to) = (State::Claimed, State::Accepted);
    assert!(
        matches!(error, Error::Transition { entry: 2, from: f, to: t } if (f, t) == (from, to))
    );
    let error = record(&mut ledger, &[(1, State::Attempting), (5, from)]).await.unwrap_err();
    assert!(matches!(error, Error::NoEntry { entry: 5, .. }));
    assert_eq!(
        error.to_string(),
        format!("run {} has no entry 5 that could be claimed", ledger.run().id)
    );
    // The second wave of a batch undoes the first.
    let twice = [(1, State::Attempting), (1, State::Accepted), (1, State::Pending)];
    let error = record(&mut ledger, &twice).await.unwrap_err();
    assert_eq!(error.to_string(), "entry 1 cannot go from accepted to pending");
    assert_eq!(ledger.recipients(0, 9).await.unwrap(), before);
    // An entry of another run is none of this run.
    let other = plan(&fixture.journal, "other", &people(9)).await.unwrap();
    assert_eq!(claim(&mut fixture.journal.ledger(&other).await.unwrap(), 9, 0).await.len(), 9);
    record(&mut ledger, &[(9, State::Attempting)]).await.unwrap_err();
    record(&mut ledger, &[]).await.unwrap();
}

#[tokio::test]
async fn an_entry_that_comes_twice_in_a_batch_goes_both_ways_in_order() {
    let (fixture, mut ledger) = Fixture::begun(2).await;
    claim(&mut ledger, 2, 0).await;
    let said = |id, to, reply: &str| Transition { id, to, reply: reply.to_owned(), due: None };
    let batch = [
        said(1, State::Attempting, ""),
        said(2, State::Attempting, ""),
        said(1, State::Accepted, "250 2.0.0 Ok"),
        said(2, State::Rejected, "550 5.1.1 \"no\"\r\n\u{fffd} \\"),
    ];
    ledger.record(&batch, at(0)).await.unwrap();
    for ledger in [ledger, fixture.ledger().await] {
        let entries = ledger.recipients(0, 9).await.unwrap();
        assert_eq!((entries[0].state, entries[0].attempts), (State::Accepted, 1));
        assert_eq!(entries[1].state, State::Rejected);
        assert_eq!(entries[1].reply, "550 5.1.1 \"no\"\r\n\u{fffd} \\");
    }
}

#[tokio::test]
async fn a_recipient_is_suppressed_before_it_is_sent_and_not_after() {
    let (_fixture, mut ledger) = Fixture::begun(5).await;
    claim(&mut ledger, 4, 0).await;
    let states = [(2, State::Deferred), (3, State::Attempting), (4, State::Attempting)];
    record(&mut ledger, &states).await.unwrap();
    record(&mut ledger, &[(4, State::Accepted)]).await.unwrap();
    for entry in [1, 2, 5] {
        ledger.suppress(entry, "asked", at(0)).await.unwrap();
    }
    for (entry, text) in [
        (3, "entry 3 cannot be suppressed: it is attempting"),
        (4, "entry 4 cannot be suppressed: it is accepted"),
        (5, "entry 5 cannot be suppressed: it is not there"),
    ] {
        let error = ledger.suppress(entry, "asked", at(0)).await.unwrap_err();
        assert_eq!(error.to_string(), text);
    }
    let tally = Tally { attempting: 1, accepted: 1, suppressed: 3, ..Tally::default() };
    assert_eq!(ledger.tally(), tally);
    assert!(claim(&mut ledger, 9, 1_000).await.is_empty());
    let suppressed = ledger.suppressed().await.unwrap();
    let expected = [1, 2, 5].map(|n| (format!("reader{n}@example.org"), "asked".to_owned()));
    assert_eq!(suppressed, expected);
}

#[tokio::test]
async fn unknown_recipients_are_sent_again_only_when_told_and_only_the_selected() {
    let (fixture, mut ledger) = Fixture::begun(3).await;
    claim(&mut ledger, 3, 0).await;
    let tried = [1, 2, 3].map(|id| (id, State::Attempting));
    record(&mut ledger, &tried).await.unwrap();
    record(&mut ledger, &[(3, State::Accepted)]).await.unwrap();
    assert_eq!(ledger.recover(at(0)).await.unwrap(), 2);
    ledger.finish(at(1)).await.unwrap();
    assert!(claim(&mut ledger, 9, 1_000).await.is_empty());

    ledger.select(Some(&BTreeSet::from([2, 3])));
    assert_eq!(ledger.resend_unknown(at(0)).await.unwrap(), 1);
    let again = ledger.claim(9, at(0)).await.unwrap();
    assert_eq!((again.len(), again[0].id, again[0].attempts), (1, 2, 1));
    // There is something to do again: the run is one to be continued.
    assert_eq!(fixture.journal.run("first-frost").await.unwrap().unwrap().finished, None);
    assert!(matches!(
        plan(&fixture.journal, "first-frost", &people(1)).await,
        Err(Error::Unfinished { .. })
    ));
    assert_eq!(ledger.resend_unknown(at(0)).await.unwrap(), 0);
}

#[tokio::test]
async fn rejected_recipients_are_sent_again_only_when_told_and_only_those_of_the_right_reply() {
    let (fixture, mut ledger) = Fixture::begun(3).await;
    claim(&mut ledger, 3, 0).await;
    for (id, reply) in [(1, "550 5.7.1 policy"), (2, "550 5.1.1 no such user")] {
        record(&mut ledger, &[(id, State::Attempting)]).await.unwrap();
        let reply = reply.to_owned();
        let rejected = Transition { id, to: State::Rejected, reply, due: None };
        ledger.record(&[rejected], at(0)).await.unwrap();
    }
    record(&mut ledger, &[(3, State::Attempting), (3, State::Accepted)]).await.unwrap();
    ledger.finish(at(1)).await.unwrap();
    let policy = |reply: &str| reply.contains("policy");
    assert_eq!(ledger.count_rejected(policy), 1);
    assert_eq!(ledger.retry_rejected(policy, at(2)).await.unwrap(), 1);
    assert_eq!((ledger.state(1), ledger.state(2)), (Some(State::Pending), Some(State::Rejected)));
    assert_eq!(fixture.journal.run("first-frost").await.unwrap().unwrap().finished, None);
    assert_eq!(ledger.retry_rejected(policy, at(2)).await.unwrap(), 0);
}

#[tokio::test]
async fn an_old_run_is_not_taken_up_again_beside_a_new_one() {
    let (fixture, mut ledger) = Fixture::begun(1).await;
    claim(&mut ledger, 1, 0).await;
    record(&mut ledger, &[(1, State::Attempting), (1, State::Unknown)]).await.unwrap();
    ledger.finish(at(1)).await.unwrap();
    plan(&fixture.journal, "first-frost", &people(1)).await.unwrap();
    assert!(matches!(ledger.resend_unknown(at(0)).await, Err(Error::Unfinished { .. })));
    assert_eq!(ledger.tally().unknown, 1);
}

/// Something that is asked of the journal.
#[derive(Debug, Clone)]
enum Act {
    Claim(usize, i64),
    Record(Vec<(i64, State, i64)>),
    Suppress(i64),
    Select(Option<BTreeSet<i64>>),
    Recover,
    Resend,
    Reopen,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let state = || (0..State::ALL.len()).prop_map(|n| State::ALL[n]);
    let legal = || (0..LEGAL.len()).prop_map(|n| LEGAL[n].1);
    let one = (0..9_i64, prop_oneof![legal(), legal(), state()], 0..50_i64);
    let act = prop_oneof![
        4 => (1..4_usize, 0..50_i64).prop_map(|(limit, now)| Act::Claim(limit, now)),
        8 => proptest::collection::vec(one, 1..3).prop_map(Act::Record),
        1 => (0..9_i64).prop_map(Act::Suppress),
        1 => proptest::option::of(proptest::collection::btree_set(0..9_i64, 0..6))
            .prop_map(Act::Select),
        1 => any::<bool>().prop_map(|recover| if recover { Act::Recover } else { Act::Resend }),
        1 => Just(Act::Reopen),
    ];
    proptest::collection::vec(act, 1..40)
}

/// What the journal should hold: in memory, written as plainly as can be.
#[derive(Debug, Default)]
struct Model {
    entries: BTreeMap<i64, (State, u32, i64)>,
    /// What the claimed were before.
    before: BTreeMap<i64, (State, u32, i64)>,
    unselected: BTreeSet<i64>,
    suppressed: u64,
}

impl Model {
    /// Who should be claimed.
    fn claim(&mut self, limit: usize, now: i64) -> Vec<i64> {
        let wanted = |id: &i64| !self.unselected.contains(id);
        let mut due: Vec<(i64, i64)> = Vec::new();
        let mut some: Vec<i64> = Vec::new();
        for (id, (state, _, at)) in self.entries.iter().filter(|(id, _)| wanted(id)) {
            match state {
                State::Pending => some.push(*id),
                State::Deferred if *at <= now => due.push((*at, *id)),
                _ => {}
            }
        }
        due.sort_unstable();
        let mut due: Vec<i64> = due.iter().take(limit).map(|(_, id)| *id).collect();
        some.truncate(limit - due.len());
        some.append(&mut due);
        some.sort_unstable();
        for id in &some {
            self.before.insert(*id, self.entries[id]);
            self.set(*id, State::Claimed, 0);
        }
        some
    }

    /// The claimed are what they were before, and everyone is selected.
    fn forget_claims(&mut self) {
        let claimed = self.entries.iter_mut().filter(|(_, entry)| entry.0 == State::Claimed);
        claimed.for_each(|(id, entry)| *entry = self.before[id]);
        self.unselected.clear();
    }

    fn set(&mut self, id: i64, to: State, due: i64) {
        let entry = self.entries.get_mut(&id).unwrap();
        *entry = (to, entry.1 + u32::from(ANSWERS.contains(&to)), due);
    }

    /// Whether the transitions may be made; then they are.
    fn record(&mut self, transitions: &[(i64, State, i64)]) -> bool {
        let before = self.entries.clone();
        for (id, to, due) in transitions {
            let legal = self.entries.get(id).is_some_and(|entry| LEGAL.contains(&(entry.0, *to)));
            if !legal {
                self.entries = before;
                return false;
            }
            self.set(*id, *to, *due);
        }
        true
    }

    /// Whether the recipient may be suppressed; then it is.
    fn suppress(&mut self, id: i64) -> bool {
        let open = [State::Pending, State::Claimed, State::Deferred];
        let may = self.entries.get(&id).is_some_and(|entry| open.contains(&entry.0));
        if may {
            self.entries.remove(&id);
            self.suppressed += 1;
        }
        may
    }

    fn move_all(&mut self, from: State, to: State, selected: bool) -> u64 {
        let unselected = &self.unselected;
        let of = |id: &i64, state: State| state == from && !(selected && unselected.contains(id));
        let ids: Vec<i64> =
            self.entries.iter().filter(|(id, e)| of(id, e.0)).map(|(id, _)| *id).collect();
        ids.iter().for_each(|id| self.set(*id, to, 0));
        ids.len() as u64
    }
}

#[test]
fn a_recipient_is_in_exactly_one_state_whatever_is_asked_of_the_journal() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config { cases: 48, ..Config::default() });
    runner
        .run(&acts(), |acts| {
            runtime.block_on(play(acts));
            Ok(())
        })
        .unwrap();
}

async fn play(acts: Vec<Act>) {
    let (fixture, mut ledger) = Fixture::begun(7).await;
    let pending = (1..=7).map(|id| (id, (State::Pending, 0, 0))).collect();
    let mut model = Model { entries: pending, ..Model::default() };
    let mut accepted = BTreeSet::new();
    for act in acts {
        if matches!(act, Act::Reopen) {
            // What was claimed was in memory alone, and so was the selection.
            ledger = fixture.again().await.ledger(ledger.run()).await.unwrap();
            model.forget_claims();
        }
        act.ask(&mut ledger, &mut model).await;
        compare(&ledger, &model, &mut accepted).await;
    }
}

impl Act {
    /// Asks the journal and the model, which have to answer the same.
    async fn ask(self, ledger: &mut Ledger, model: &mut Model) {
        match self {
            Self::Claim(limit, now) => {
                let claimed = claim(ledger, limit, now).await;
                assert_eq!(claimed, model.claim(limit, now));
            }
            Self::Record(list) => {
                let with_due =
                    |(id, state, due): &_| Transition { due: Some(at(*due)), ..to(*id, *state) };
                let transitions: Vec<Transition> = list.iter().map(with_due).collect();
                let recorded = ledger.record(&transitions, at(0)).await;
                assert_eq!(recorded.is_ok(), model.record(&list), "{list:?}");
            }
            Self::Suppress(id) => {
                let suppressed = ledger.suppress(id, "asked", at(0)).await;
                assert_eq!(suppressed.is_ok(), model.suppress(id));
            }
            Self::Select(only) => {
                ledger.select(only.as_ref());
                let out = |id: &i64| only.as_ref().is_some_and(|only| !only.contains(id));
                model.unselected = (1..=7).filter(out).collect();
            }
            Self::Recover => {
                let unknown = model.move_all(State::Attempting, State::Unknown, false);
                assert_eq!(ledger.recover(at(0)).await.unwrap(), unknown);
            }
            Self::Resend => {
                let again = model.move_all(State::Unknown, State::Pending, true);
                assert_eq!(ledger.resend_unknown(at(0)).await.unwrap(), again);
            }
            Self::Reopen => {}
        }
    }
}

async fn compare(ledger: &Ledger, model: &Model, accepted: &mut BTreeSet<i64>) {
    let entries = ledger.recipients(0, 99).await.unwrap();
    let found: Vec<_> = entries.iter().map(|e| (e.id, e.state, e.attempts)).collect();
    let expected: Vec<_> = model.entries.iter().map(|(id, e)| (*id, e.0, e.1)).collect();
    assert_eq!(found, expected);
    let tally = ledger.tally();
    assert_eq!(tally.recipients() + tally.suppressed, 7);
    assert_eq!(tally.suppressed, model.suppressed);
    let counts = [
        tally.pending,
        tally.claimed,
        tally.attempting,
        tally.accepted,
        tally.deferred,
        tally.rejected,
        tally.unknown,
    ];
    for (state, count) in State::ALL.into_iter().zip(counts) {
        assert_eq!(found.iter().filter(|(_, s, _)| *s == state).count() as u64, count);
    }
    let now: BTreeSet<i64> =
        found.iter().filter(|(_, s, _)| *s == State::Accepted).map(|(id, ..)| *id).collect();
    assert!(now.is_superset(accepted), "accepted is final");
    *accepted = now;
}
