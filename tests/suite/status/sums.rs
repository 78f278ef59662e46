//! Histories in, the same sums by state, by domain, over time and by reply out.

use newsletter::delivery::{Account, Rows};
use newsletter::journal::{Journal, Run, State, Tally};
use proptest::prelude::*;
use tokio::runtime::Runtime;

use crate::status::addresses;
use crate::support::history::{History, after};

/// How many readers a run has.
const READERS: usize = 30;

/// Two readers who are out of it from the beginning.
const SUPPRESSED: [(&str, &str); 2] = [("a@example.org", "left"), ("b@elsewhere.example", "left")];

/// So many are sent to after so many milliseconds, with these answers.
type Batch = (usize, i64, Vec<usize>);

fn batches() -> impl Strategy<Value = Vec<Batch>> {
    let pause = prop_oneof![1_i64..2_000, 60_000..400_000_i64, 3_600_000..90_000_000_i64];
    prop::collection::vec((1..8_usize, pause, prop::collection::vec(0..4_usize, 8)), 0..10)
}

async fn history(batches: &[Batch]) -> History {
    const STATES: [State; 4] = [State::Accepted, State::Rejected, State::Deferred, State::Unknown];
    let mut history = History::begun(&addresses(READERS), &SUPPRESSED).await;
    let mut now = 0;
    for (limit, pause, answers) in batches {
        now += pause;
        let mut answers = answers.iter().cycle();
        let answer = |_: &_| {
            let state = STATES[*answers.next().unwrap()];
            (state, format!("{} said {}", [250, 550, 450, 999][state as usize % 4], state.word()))
        };
        history.send(*limit, [now, now + 30], answer).await;
    }
    let pending = history.ledger.recipients_in(State::Pending).await.unwrap();
    if let Some(last) = pending.last() {
        history.ledger.suppress(last.id, "unsubscribed", after(now + 40)).await.unwrap();
    }
    history
}

fn check(account: &Account) -> Result<(), TestCaseError> {
    let tally = account.tally;
    let sum: Tally = account.domains.iter().map(|domain| domain.counts).sum();
    prop_assert_eq!(sum, tally, "by domain");
    let order: Vec<_> = account.domains.iter().map(|domain| domain.counts.recipients()).collect();
    prop_assert!(order.is_sorted_by(|a, b| a >= b), "the largest domain first");

    let series = account.series.as_ref();
    let points: Vec<_> = series.iter().flat_map(|series| series.points()).collect();
    let last = points.last().map_or(0, |point| point.accepted);
    prop_assert_eq!(last, tally.accepted, "over time");
    prop_assert!(points.is_sorted_by_key(|point| point.accepted));
    let of = |state| {
        let said = account.replies.iter().filter(move |said| said.state == state);
        said.map(|said| said.count).sum::<u64>()
    };
    prop_assert_eq!(of(State::Accepted), tally.accepted, "by reply");
    prop_assert_eq!(of(State::Rejected), tally.rejected, "by reply");
    let deferred: u64 = points.iter().map(|point| point.answers.deferred).sum();
    prop_assert_eq!(of(State::Deferred), deferred, "every time counts");
    let answers: u64 = account.rounds.iter().map(|round| round.answers).sum();
    prop_assert_eq!(answers, of(State::Accepted) + of(State::Rejected) + deferred, "by round");
    prop_assert!(account.rounds.len() <= 21, "{} rounds", account.rounds.len());
    let generations: Tally = account.generations.iter().copied().sum();
    prop_assert_eq!(generations.recipients(), tally.recipients(), "by generation");
    let named = tally.unknown + tally.rejected + tally.deferred + tally.suppressed;
    prop_assert_eq!(account.named.len() as u64, named, "each one is named");
    Ok(())
}

async fn rows(journal: &Journal, run: &Run) -> Vec<newsletter::delivery::Row> {
    let mut pages = Rows::open(journal, run).await.unwrap();
    let mut rows = Vec::new();
    loop {
        let page = pages.page().await.unwrap();
        if page.is_empty() {
            return rows;
        }
        rows.extend(page);
    }
}

fn check_rows(account: &Account, rows: &[newsletter::delivery::Row]) -> Result<(), TestCaseError> {
    prop_assert_eq!(rows.len() as u64, account.tally.recipients() + account.tally.suppressed);
    for (word, number) in [
        ("accepted", account.tally.accepted),
        ("rejected", account.tally.rejected),
        ("deferred", account.tally.deferred),
        ("unknown", account.tally.unknown),
        ("pending", account.tally.pending),
        ("suppressed", account.tally.suppressed),
    ] {
        let found: Vec<_> = rows.iter().filter(|row| row.state == word).collect();
        prop_assert_eq!(found.len() as u64, number, "{}", word);
        let answered = !matches!(word, "pending" | "suppressed");
        for row in found {
            prop_assert_eq!(row.settled.is_some(), answered, "{:?}", row);
            prop_assert!(!answered || row.reply.ends_with(word), "{:?}", row);
        }
    }
    let order = rows.iter().filter(|row| row.generation.is_some()).map(|row| &row.address);
    prop_assert!(order.is_sorted(), "the order of the list");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_count_of_a_run_comes_to_the_same(batches in batches()) {
        let runtime = Runtime::new().unwrap();
        let (account, rows, few) = runtime.block_on(async {
            let history = history(&batches).await;
            let run = history.ledger.run().clone();
            let account = Account::of(&history.journal, run.clone(), usize::MAX).await.unwrap();
            let few = Account::of(&history.journal, run.clone(), 1).await.unwrap();
            (account, rows(&history.journal, &run).await, few)
        });
        check(&account)?;
        check_rows(&account, &rows)?;
        prop_assert!(few.named.len() <= 4);
        prop_assert_eq!(few.tally, account.tally);
    }
}
