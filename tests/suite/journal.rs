//! The contract of the journal: what any engine under it has to keep.

mod crash;
mod file;
mod states;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use newsletter::audience::{Columns, Recipient};
use newsletter::compile::{Cut, Escape, Program, Slot};
use newsletter::field::{Field, Piece, Span, Template};
use newsletter::journal::{Entry, Error, Journal, Plan, Run, State, Tally, Transition};
use tempfile::TempDir;

/// A journal in a folder of its own, which goes away with it.
struct Fixture {
    journal: Journal,
    folder: TempDir,
}

impl Fixture {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(&folder.path().join("journal.db")).await.unwrap();
        Self { journal, folder }
    }

    /// With a run for so many recipients.
    async fn planned(recipients: u32) -> (Self, Run) {
        let fixture = Self::new().await;
        let run = plan(&fixture.journal, "first-frost", &people(recipients)).await.unwrap();
        (fixture, run)
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("journal.db")
    }

    /// Another handle on the same file, as another process would have it.
    async fn again(&self) -> Journal {
        Journal::open(&self.path()).await.unwrap()
    }
}

/// A moment, so many seconds after the tests' now.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap() + SignedDuration::from_secs(seconds)
}

fn person(address: &str, name: &str, line: u64, columns: &Arc<Columns>) -> Recipient {
    Recipient {
        address: address.parse().unwrap(),
        line,
        columns: Arc::clone(columns),
        values: vec![address.to_owned(), name.to_owned()],
    }
}

fn people(count: u32) -> Vec<(Recipient, usize)> {
    let columns = Arc::new(Columns::new(["email", "first_name"]));
    (1..=count)
        .map(|n| {
            let address = format!("reader{n}@example.org");
            (person(&address, "Ada", u64::from(n) + 1, &columns), 0)
        })
        .collect()
}

async fn plan(
    journal: &Journal,
    issue: &str,
    recipients: &[(Recipient, usize)],
) -> Result<Run, Error> {
    let programs = [Program::from_parts(b"Subject: x\r\n\r\nHello\r\n".to_vec(), Vec::new())];
    let plan = Plan {
        issue,
        digest: "00ff",
        commit: None,
        key: "k",
        date: at(0),
        programs: &programs,
        recipients,
        suppressed: &[],
    };
    journal.plan(&plan).await
}

fn to(id: i64, to: State) -> Transition {
    Transition { id, to, reply: String::new(), due: None }
}

fn ids(entries: &[Entry]) -> Vec<i64> {
    entries.iter().map(|entry| entry.id).collect()
}

async fn claim(journal: &Journal, run: &Run, limit: u32, now: i64) -> Vec<i64> {
    ids(&journal.claim(run, limit, at(now)).await.unwrap())
}

async fn record(journal: &Journal, run: &Run, transitions: &[(i64, State)]) -> Result<(), Error> {
    let transitions: Vec<_> = transitions.iter().map(|(id, state)| to(*id, *state)).collect();
    journal.record(run, &transitions, at(0)).await
}

#[tokio::test]
async fn what_was_planned_is_what_is_read() {
    let fixture = Fixture::new().await;
    let columns = Arc::new(Columns::new(["email", "first name", "Note"]));
    let mut ada = person("Ada@Bücher.example.org", "Ada \"A.\" \\ Łove\u{1f600}", 2, &columns);
    ada.values.push("a\tb\r\nc\u{0}d".to_owned());
    let bob = person("bob@example.org", "", 7, &columns);
    let name = Field { name: "first name".to_owned(), default: None, span: Span(3..9) };
    let slots = vec![
        Cut {
            at: 2,
            slot: Slot::To(Template {
                pieces: vec![Piece::Field(name.clone())],
                ..Template::default()
            }),
        },
        Cut { at: 2, slot: Slot::MessageId("first-frost".to_owned()) },
        Cut { at: 4, slot: Slot::Field(name, Escape::Html) },
    ];
    let programs = [
        Program::from_parts((0..=255).collect(), slots),
        Program::from_parts(Vec::new(), Vec::new()),
    ];
    let moment = Timestamp::from_nanosecond(1_790_000_000_123_456_789).unwrap();
    let suppressed = [("zoe@example.org", "bounce"), ("al@example.org", "asked: \"stop\"")]
        .map(|(address, reason)| (address.to_owned(), reason.to_owned()));
    let plan = Plan {
        issue: "first-frost",
        digest: "abc",
        commit: Some("123"),
        key: "k",
        date: moment,
        programs: &programs,
        recipients: &[(ada.clone(), 1), (bob.clone(), 0)],
        suppressed: &suppressed,
    };
    let run = fixture.journal.plan(&plan).await.unwrap();
    assert_eq!((run.issue.as_str(), run.digest.as_str()), ("first-frost", "abc"));
    assert_eq!((run.commit.as_deref(), run.finished), (Some("123"), None));
    assert_eq!(run.date, Timestamp::from_millisecond(1_790_000_000_123).unwrap());

    let journal = fixture.again().await;
    assert_eq!(journal.run("first-frost").await.unwrap().as_ref(), Some(&run));
    assert_eq!(journal.runs().await.unwrap(), std::slice::from_ref(&run));
    assert_eq!(journal.programs(&run).await.unwrap(), programs);
    let entry = |id, recipient, edition| {
        let (state, attempts, reply) = (State::Pending, 0, String::new());
        Entry { id, recipient, edition, state, attempts, reply }
    };
    let entries = [entry(1, ada, 1), entry(2, bob, 0)];
    assert_eq!(journal.recipients(&run, 0, 9).await.unwrap(), entries);
    assert_eq!(journal.recipients(&run, 0, 1).await.unwrap(), entries[..1]);
    assert_eq!(journal.recipients(&run, 1, 9).await.unwrap(), entries[1..]);
    assert_eq!(journal.recipients_in(&run, State::Pending).await.unwrap(), entries);
    assert_eq!(journal.recipients_in(&run, State::Claimed).await.unwrap(), []);
    let by_address = [suppressed[1].clone(), suppressed[0].clone()];
    assert_eq!(journal.suppressed(&run).await.unwrap(), by_address);
    let tally = Tally { pending: 2, suppressed: 2, ..Tally::default() };
    assert_eq!(journal.tally(&run).await.unwrap(), tally);
    assert_eq!(journal.run("second").await.unwrap(), None);
}

#[tokio::test]
async fn a_reader_who_is_on_the_list_twice_gets_it_once_and_the_first_row_counts() {
    let fixture = Fixture::new().await;
    let columns = Arc::new(Columns::new(["email", "first_name"]));
    let twice = [
        (person("ada@example.org", "Ada", 2, &columns), 0),
        (person("bob@example.org", "Bob", 3, &columns), 0),
        (person("ADA@EXAMPLE.ORG", "Ada again", 4, &columns), 0),
    ];
    let run = plan(&fixture.journal, "first-frost", &twice).await.unwrap();
    let entries = fixture.journal.recipients(&run, 0, 9).await.unwrap();
    let lines: Vec<u64> = entries.iter().map(|entry| entry.recipient.line).collect();
    assert_eq!(lines, [2, 3]);
}

#[tokio::test]
async fn an_issue_has_one_unfinished_run_at_most() {
    let (fixture, run) = Fixture::planned(1).await;
    let journal = &fixture.journal;
    let error = plan(journal, "first-frost", &people(2)).await.unwrap_err();
    assert!(matches!(&error, Error::Unfinished { issue } if issue == "first-frost"));
    assert_eq!(error.to_string(), "issue `first-frost` has a run that is not finished");
    let other = plan(journal, "second-frost", &people(2)).await.unwrap();
    assert_eq!(claim(journal, &run, 9, 0).await, [1]);
    let tally = Tally { pending: 2, ..Tally::default() };
    assert_eq!(journal.tally(&other).await.unwrap(), tally);
    assert_eq!(claim(journal, &other, 9, 0).await, [1, 2]);
    let tally = Tally { claimed: 1, ..Tally::default() };
    assert_eq!(journal.tally(&run).await.unwrap(), tally);

    journal.finish(&run, at(5)).await.unwrap();
    journal.finish(&run, at(9)).await.unwrap();
    let finished = journal.run("first-frost").await.unwrap().unwrap();
    assert_eq!((finished.id, finished.finished), (run.id, Some(at(5))));
    let next = plan(journal, "first-frost", &people(2)).await.unwrap();
    assert_eq!(journal.run("first-frost").await.unwrap(), Some(next.clone()));
    let runs: Vec<i64> = journal.runs().await.unwrap().iter().map(|run| run.id).collect();
    assert_eq!(runs, [run.id, other.id, next.id]);
}

#[tokio::test]
async fn a_plan_that_fails_in_the_middle_leaves_nothing() {
    let fixture = Fixture::new().await;
    let mut list = people(20_000);
    list[19_999].1 = 1; // there is no program for this edition, which shows in the last batch only
    let error = plan(&fixture.journal, "first-frost", &list).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot record the recipients of a run in the journal");
    assert_eq!(fixture.journal.runs().await.unwrap(), []);
    list[19_999].1 = 0;
    let run = plan(&fixture.journal, "first-frost", &list).await.unwrap();
    assert_eq!(fixture.journal.tally(&run).await.unwrap().pending, 20_000);
}

#[tokio::test]
async fn recipients_with_different_columns_are_refused() {
    let fixture = Fixture::new().await;
    let mut list = people(2);
    list[1].0.columns = Arc::new(Columns::new(["email", "first_name"]));
    plan(&fixture.journal, "same-names", &list).await.unwrap();
    list[1].0.columns = Arc::new(Columns::new(["first_name", "email"]));
    let error = plan(&fixture.journal, "other-names", &list).await.unwrap_err();
    assert!(matches!(error, Error::Columns { .. }));
    assert_eq!(fixture.journal.run("other-names").await.unwrap(), None);
}

#[tokio::test]
async fn claims_go_through_the_list_in_order_and_hand_out_nobody_twice() {
    let (fixture, run) = Fixture::planned(20_000).await;
    let mut claimed = Vec::new();
    loop {
        let some = fixture.journal.claim(&run, 777, at(0)).await.unwrap();
        assert!(some.iter().all(|entry| entry.state == State::Claimed && entry.attempts == 0));
        if some.is_empty() {
            break;
        }
        claimed.extend(ids(&some));
    }
    assert_eq!(claimed, (1..=20_000).collect::<Vec<i64>>());
    let tally = Tally { claimed: 20_000, ..Tally::default() };
    assert_eq!(fixture.journal.tally(&run).await.unwrap(), tally);
}

/// Claims and tries until there is nobody left; returns whom it got.
async fn drain(journal: Journal, run: Run) -> Vec<i64> {
    let mut mine = Vec::new();
    loop {
        let some = claim(&journal, &run, 50, 0).await;
        if some.is_empty() {
            return mine;
        }
        let tried: Vec<_> = some.iter().map(|id| (*id, State::Attempting)).collect();
        record(&journal, &run, &tried).await.unwrap();
        mine.extend(some);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_handles_that_claim_at_once_get_different_recipients() {
    let (fixture, run) = Fixture::planned(3_000).await;
    let handles = [fixture.again().await, fixture.again().await];
    let drain = |task: usize| tokio::spawn(drain(handles[task % 2].clone(), run.clone()));
    let tasks: Vec<_> = (0..8).map(drain).collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.unwrap());
    }
    assert_eq!(all.len(), 3_000);
    assert_eq!(all.into_iter().collect::<BTreeSet<i64>>().len(), 3_000);
    assert_eq!(fixture.journal.tally(&run).await.unwrap().attempting, 3_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_handles_that_read_before_they_write_wait_for_each_other() {
    let (fixture, run) = Fixture::planned(200).await;
    let tasks: Vec<_> =
        (0..2).map(|odd| tokio::spawn(suppress_half(fixture.path(), run.clone(), odd))).collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(fixture.journal.tally(&run).await.unwrap().suppressed, 200);
}

/// Suppresses every second recipient.
async fn suppress_half(path: PathBuf, run: Run, odd: i64) {
    let journal = Journal::open(&path).await.unwrap();
    for id in (1 + odd..=200).step_by(2) {
        journal.suppress(&run, id, "asked").await.unwrap();
    }
}

#[tokio::test]
async fn a_deferred_recipient_is_claimed_when_it_is_due_and_in_the_order_of_the_list() {
    let (fixture, run) = Fixture::planned(5).await;
    let journal = &fixture.journal;
    assert_eq!(journal.next_due(&run).await.unwrap(), None);
    assert_eq!(claim(journal, &run, 3, 0).await, [1, 2, 3]);
    let later =
        |id, due| Transition { id, to: State::Deferred, reply: "450 4.2.1 later".to_owned(), due };
    let deferred = [later(1, Some(at(60))), later(2, Some(at(30))), later(3, None)];
    journal.record(&run, &deferred, at(10)).await.unwrap();
    assert_eq!(journal.next_due(&run).await.unwrap(), Some(at(10)));
    assert_eq!(claim(journal, &run, 2, 9).await, [4, 5]);
    assert_eq!(claim(journal, &run, 9, 10).await, [3]);
    assert_eq!(journal.next_due(&run).await.unwrap(), Some(at(30)));
    assert!(claim(journal, &run, 9, 29).await.is_empty());
    record(journal, &run, &[(5, State::Pending)]).await.unwrap();
    let again = journal.claim(&run, 9, at(60)).await.unwrap();
    assert_eq!(ids(&again), [1, 2, 5]);
    assert_eq!((again[0].attempts, again[0].reply.as_str()), (1, "450 4.2.1 later"));
    assert_eq!(journal.next_due(&run).await.unwrap(), None);
}

#[tokio::test]
async fn only_the_selected_are_claimed_until_the_selection_is_lifted() {
    let (fixture, run) = Fixture::planned(6).await;
    let journal = &fixture.journal;
    journal.select(&run, Some(&BTreeSet::from([2, 5, 99]))).await.unwrap();
    assert_eq!(claim(&fixture.again().await, &run, 9, 0).await, [2, 5]);
    journal.select(&run, Some(&BTreeSet::from([1, 2]))).await.unwrap();
    assert_eq!(claim(journal, &run, 9, 0).await, [1]);
    record(journal, &run, &[(5, State::Deferred)]).await.unwrap();
    assert_eq!(journal.next_due(&run).await.unwrap(), None);
    assert!(claim(journal, &run, 9, 0).await.is_empty());
    journal.select(&run, Some(&BTreeSet::new())).await.unwrap();
    assert!(claim(journal, &run, 9, 0).await.is_empty());
    journal.select(&run, None).await.unwrap();
    assert_eq!(claim(journal, &run, 9, 0).await, [3, 4, 5, 6]);
}
