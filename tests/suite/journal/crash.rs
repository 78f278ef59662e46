//! What is left when the program ends in the middle.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::pin::pin;
use std::process::{Command, Stdio};
use std::task::Poll;

use newsletter::journal::{Journal, State, Tally};

use crate::journal::{Fixture, at, claim, ids, record, to};

#[tokio::test]
async fn a_crash_turns_attempting_into_unknown_and_claimed_into_pending() {
    let (fixture, mut ledger) = Fixture::begun(6).await;
    assert_eq!(claim(&mut ledger, 5, 0).await, [1, 2, 3, 4, 5]);
    let tried = [1, 2, 3, 4].map(|id| (id, State::Attempting));
    record(&mut ledger, &tried).await.unwrap();
    let settled = [(1, State::Accepted), (2, State::Rejected)];
    record(&mut ledger, &settled).await.unwrap();
    drop(ledger);
    let Fixture { journal, folder } = fixture;
    drop(journal);

    let journal = Journal::open(&folder.path().join("journal.db")).await.unwrap();
    let run = journal.run("first-frost").await.unwrap().unwrap();
    let mut ledger = journal.ledger(&run).await.unwrap();
    assert_eq!(ledger.recover(at(0)).await.unwrap(), 2);
    let unknown = ledger.recipients_in(State::Unknown).await.unwrap();
    assert_eq!(ids(&unknown), [3, 4]);
    assert_eq!(unknown[0].attempts, 1);
    assert_eq!(unknown[0].reply, "the sender stopped before the server's answer was recorded");
    assert_eq!(ledger.recover(at(0)).await.unwrap(), 0);
    assert_eq!(claim(&mut ledger, 9, 1_000).await, [5, 6]);
    let settled = ledger.recipients(0, 2).await.unwrap();
    assert_eq!(
        settled.iter().map(|e| e.state).collect::<Vec<_>>(),
        [State::Accepted, State::Rejected]
    );
}

/// Polls a future so many times at most, and drops it.
async fn poll<T>(times: u32, future: impl Future<Output = T>) {
    let mut future = pin!(future);
    for _ in 0..times {
        if poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_is_dropped_half_way_is_recorded_whole_or_not_at_all() {
    let (fixture, _) = Fixture::begun(60).await;
    for polls in 0..60 {
        let mut ledger = fixture.ledger().await;
        let before = ledger.tally();
        let id = ledger.claim(1, at(0)).await.unwrap()[0].id;
        let tried = [to(id, State::Attempting), to(id, State::Accepted)];
        poll(polls, ledger.record(&tried, at(0))).await;
        if ledger.tally().accepted > before.accepted {
            continue;
        }
        // Who has dropped it takes it for undone: if it was done, all that follows is refused.
        let further = ledger.record(&[to(id, State::Attempting)], at(0)).await;
        let after = fixture.ledger().await.tally();
        let done = Tally { pending: before.pending - 1, accepted: before.accepted + 1, ..before };
        let undone =
            Tally { pending: before.pending - 1, attempting: before.attempting + 1, ..before };
        assert_eq!(after, if further.is_ok() { undone } else { done });
    }
}

#[tokio::test]
async fn what_was_recorded_is_there_after_the_process_was_killed() {
    let (fixture, run) = Fixture::planned(20_000).await;
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "journal::crash::a_process_that_sends_until_it_is_killed"])
        .args(["--nocapture", "--test-threads=1"])
        .env(JOURNAL, fixture.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut tried = BTreeSet::new();
    let mut accepted = BTreeSet::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let Some((word, id)) = line.rsplit_once("recorded ").and_then(|(_, r)| r.split_once(' '))
        else {
            continue;
        };
        let said = if word == "attempting" { &mut tried } else { &mut accepted };
        said.insert(id.parse::<i64>().unwrap());
        if accepted.len() == 200 {
            child.kill().unwrap(); // the rest of the pipe is what it said before it died
        }
    }
    child.wait().unwrap();
    assert!(tried.len() >= 200 && accepted.len() >= 200);

    let journal = fixture.again().await;
    let mut ledger = journal.ledger(&run).await.unwrap();
    let unknown = ledger.recover(at(0)).await.unwrap();
    let entries = ledger.recipients(0, 20_000).await.unwrap();
    assert_eq!(entries.len(), 20_000);
    for entry in entries {
        match entry.state {
            State::Accepted => {}
            State::Unknown => assert!(!accepted.contains(&entry.id), "entry {}", entry.id),
            _ => assert!(!tried.contains(&entry.id), "entry {} is lost", entry.id),
        }
    }
    assert!(unknown <= 5, "only what was in flight is unknown: {unknown}");
}

/// Names the journal for the process that the test above starts.
const JOURNAL: &str = "NEWSLETTER_TEST_JOURNAL";

/// Not a test of its own, and over at once when it is run as one: what the test above starts and kills.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the variable is for this process alone")]
async fn a_process_that_sends_until_it_is_killed() {
    let Some(path) = std::env::var_os(JOURNAL) else { return };
    let journal = Journal::open(Path::new(&path)).await.unwrap();
    let run = journal.run("first-frost").await.unwrap().unwrap();
    let mut ledger = journal.ledger(&run).await.unwrap();
    loop {
        let claimed = claim(&mut ledger, 5, 0).await;
        for state in [State::Attempting, State::Accepted] {
            let transitions: Vec<_> = claimed.iter().map(|id| to(*id, state)).collect();
            ledger.record(&transitions, at(0)).await.unwrap();
            let line = |id: &i64| format!("recorded {} {id}\n", state.word());
            let said: String = claimed.iter().map(line).collect();
            std::io::stdout().lock().write_all(said.as_bytes()).unwrap();
        }
    }
}
