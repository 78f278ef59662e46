//! The contract of the journal: what any engine under it has to keep.

mod crash;
mod file;
mod generations;
mod intent;
mod power;
mod states;
mod verp;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use newsletter::audience::{Columns, Recipient};
use newsletter::compile::{Cut, Escape, Program, Slot};
use newsletter::field::{Field, Piece, Span, Template};
use newsletter::journal::{
    Digests, Entry, Error, Journal, Ledger, Plan, Run, State, Tally, Transition,
};
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

    /// The same, with the run's ledger.
    async fn begun(recipients: u32) -> (Self, Ledger) {
        let (fixture, run) = Self::planned(recipients).await;
        let ledger = fixture.journal.ledger(&run).await.unwrap();
        (fixture, ledger)
    }

    /// The ledger of the run as it is in the file.
    async fn ledger(&self) -> Ledger {
        let run = self.journal.run("first-frost").await.unwrap().unwrap();
        self.journal.ledger(&run).await.unwrap()
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
        digests: &Digests::default(),
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

async fn claim(ledger: &mut Ledger, limit: usize, now: i64) -> Vec<i64> {
    ids(&ledger.claim(limit, at(now)).await.unwrap())
}

async fn record(ledger: &mut Ledger, transitions: &[(i64, State)]) -> Result<(), Error> {
    let transitions: Vec<_> = transitions.iter().map(|(id, state)| to(*id, *state)).collect();
    ledger.record(&transitions, at(0)).await
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
        .map(|(address, reason)| (address.parse().unwrap(), reason.to_owned()));
    let digests = ["a", "b", "c", "d"].map(str::to_owned);
    let [issue, theme, settings, list] = digests;
    let digests = Digests { issue, theme, settings, list };
    let plan = Plan {
        issue: "first-frost",
        digests: &digests,
        commit: Some("123"),
        key: "k",
        date: moment,
        programs: &programs,
        recipients: &[(ada.clone(), 1), (bob.clone(), 0)],
        suppressed: &suppressed,
    };
    let run = fixture.journal.plan(&plan).await.unwrap();
    assert_eq!((run.issue.as_str(), run.finished), ("first-frost", None));
    assert_eq!((run.newest().commit.as_deref(), &run.newest().digests), (Some("123"), &digests));
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
    let ledger = journal.ledger(&run).await.unwrap();
    assert_eq!(ledger.recipients(0, 9).await.unwrap(), entries);
    assert_eq!(ledger.recipients(0, 1).await.unwrap(), entries[..1]);
    assert_eq!(ledger.recipients(1, 9).await.unwrap(), entries[1..]);
    assert_eq!(ledger.recipients_in(State::Pending).await.unwrap(), entries);
    assert_eq!(ledger.recipients_in(State::Claimed).await.unwrap(), []);
    let by_address = [1, 0].map(|at| (suppressed[at].0.to_string(), suppressed[at].1.clone()));
    assert_eq!(ledger.suppressed().await.unwrap(), by_address);
    let tally = Tally { pending: 2, suppressed: 2, ..Tally::default() };
    assert_eq!(ledger.tally(), tally);
    assert_eq!(journal.run("second").await.unwrap(), None);
}

#[tokio::test]
async fn a_reader_who_is_there_twice_is_refused_however_the_address_is_written() {
    let fixture = Fixture::new().await;
    let columns = Arc::new(Columns::new(["email", "first_name"]));
    let twice = [
        (person("ada@example.org", "Ada", 2, &columns), 0),
        (person("bob@example.org", "Bob", 3, &columns), 0),
        (person("ADA@EXAMPLE.ORG", "Ada again", 4, &columns), 0),
    ];
    let error = plan(&fixture.journal, "first-frost", &twice).await.unwrap_err();
    let said = "ADA@example.org is twice among the recipients of issue `first-frost`";
    assert_eq!(error.to_string(), said);
    assert_eq!(fixture.journal.runs().await.unwrap(), []);
}

#[tokio::test]
async fn an_issue_has_one_unfinished_run_at_most() {
    let (fixture, run) = Fixture::planned(1).await;
    let journal = &fixture.journal;
    let error = plan(journal, "first-frost", &people(2)).await.unwrap_err();
    assert!(matches!(&error, Error::Unfinished { issue } if issue == "first-frost"));
    assert_eq!(error.to_string(), "issue `first-frost` has a run that is not finished");
    let other = plan(journal, "second-frost", &people(2)).await.unwrap();
    let mut ledger = journal.ledger(&run).await.unwrap();
    assert_eq!(claim(&mut ledger, 9, 0).await, [1]);
    record(&mut ledger, &[(1, State::Attempting)]).await.unwrap();
    let mut others = journal.ledger(&other).await.unwrap();
    assert_eq!(others.tally(), Tally { pending: 2, ..Tally::default() });
    assert_eq!(claim(&mut others, 9, 0).await, [1, 2]);
    record(&mut others, &[(2, State::Attempting)]).await.unwrap();
    assert_eq!(others.tally(), Tally { claimed: 1, attempting: 1, ..Tally::default() });
    assert_eq!(fixture.ledger().await.tally(), Tally { attempting: 1, ..Tally::default() });

    ledger.finish(at(5)).await.unwrap();
    ledger.finish(at(9)).await.unwrap();
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
    assert_eq!(fixture.journal.ledger(&run).await.unwrap().tally().pending, 20_000);
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
    let (_fixture, mut ledger) = Fixture::begun(20_000).await;
    let mut claimed = Vec::new();
    loop {
        let some = ledger.claim(777, at(0)).await.unwrap();
        assert!(some.iter().all(|entry| entry.state == State::Claimed && entry.attempts == 0));
        if some.is_empty() {
            break;
        }
        claimed.extend(ids(&some));
    }
    assert_eq!(claimed, (1..=20_000).collect::<Vec<i64>>());
    assert_eq!(ledger.tally(), Tally { claimed: 20_000, ..Tally::default() });
}

#[tokio::test]
async fn of_two_who_deliver_at_once_the_one_who_is_behind_cannot_go_on() {
    let (fixture, mut ledger) = Fixture::begun(4).await;
    let other = fixture.again().await;
    let mut second = other.ledger(ledger.run()).await.unwrap();
    // Both think that they have everyone: nothing was sent yet.
    assert_eq!(claim(&mut ledger, 2, 0).await, [1, 2]);
    assert_eq!(claim(&mut second, 2, 0).await, [1, 2]);
    record(&mut ledger, &[(1, State::Attempting)]).await.unwrap();
    for _ in 0..2 {
        let error = record(&mut second, &[(1, State::Attempting)]).await.unwrap_err();
        assert!(matches!(error, Error::Overtaken { .. }), "{error}");
    }
    record(&mut ledger, &[(1, State::Accepted)]).await.unwrap();
    let tally = Tally { pending: 3, accepted: 1, ..Tally::default() };
    assert_eq!(fixture.ledger().await.tally(), tally);
}

#[tokio::test]
async fn what_was_sent_is_counted_over_all_runs_by_its_time() {
    let (fixture, mut ledger) = Fixture::begun(9).await;
    claim(&mut ledger, 9, 0).await;
    for (seconds, ids) in [(10, 1..4), (20, 4..5), (30, 5..7)] {
        let tried: Vec<_> = ids.clone().map(|id| to(id, State::Attempting)).collect();
        ledger.record(&tried, at(seconds)).await.unwrap();
        let said: Vec<_> = ids.map(|id| to(id, State::Accepted)).collect();
        ledger.record(&said, at(seconds)).await.unwrap();
    }
    let journal = fixture.again().await;
    assert_eq!(journal.sent_since(at(11)).await.unwrap(), [(at(20), 1), (at(30), 2)]);
    assert_eq!(journal.sent_since(at(10)).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_deferred_recipient_is_claimed_when_it_is_due_and_in_the_order_of_the_list() {
    let (fixture, mut ledger) = Fixture::begun(5).await;
    assert_eq!(ledger.next_due(), None);
    assert_eq!(claim(&mut ledger, 3, 0).await, [1, 2, 3]);
    let later =
        |id, due| Transition { id, to: State::Deferred, reply: "450 4.2.1 later".to_owned(), due };
    let deferred = [later(1, Some(at(60))), later(2, Some(at(30))), later(3, None)];
    ledger.record(&deferred, at(10)).await.unwrap();
    for mut ledger in [ledger, fixture.ledger().await] {
        assert_eq!(ledger.next_due(), Some(at(10)));
        assert_eq!(claim(&mut ledger, 2, 9).await, [4, 5]);
        assert_eq!(claim(&mut ledger, 9, 10).await, [3]);
        assert_eq!(ledger.next_due(), Some(at(30)));
        assert!(claim(&mut ledger, 9, 29).await.is_empty());
        record(&mut ledger, &[(5, State::Pending)]).await.unwrap();
        let again = ledger.claim(9, at(60)).await.unwrap();
        assert_eq!(ids(&again), [1, 2, 5]);
        assert_eq!((again[0].attempts, again[0].reply.as_str()), (1, "450 4.2.1 later"));
        assert_eq!(ledger.next_due(), None);
    }
}

#[tokio::test]
async fn who_waited_longest_comes_before_those_who_were_never_tried() {
    let (_fixture, mut ledger) = Fixture::begun(5).await;
    claim(&mut ledger, 3, 0).await;
    let later = |id, due| Transition { due: Some(at(due)), ..to(id, State::Deferred) };
    ledger.record(&[later(1, 9), later(2, 7), later(3, 8)], at(0)).await.unwrap();
    assert_eq!(claim(&mut ledger, 2, 9).await, [2, 3]);
    assert_eq!(claim(&mut ledger, 2, 9).await, [1, 4]);
}

#[tokio::test]
async fn only_the_selected_are_claimed_until_the_selection_is_lifted() {
    let (_fixture, mut ledger) = Fixture::begun(6).await;
    ledger.select(Some(&BTreeSet::from([2, 5, 99])));
    assert_eq!(claim(&mut ledger, 9, 0).await, [2, 5]);
    ledger.select(Some(&BTreeSet::from([1, 2])));
    assert_eq!(claim(&mut ledger, 9, 0).await, [1]);
    record(&mut ledger, &[(5, State::Deferred)]).await.unwrap();
    assert_eq!(ledger.next_due(), None);
    assert!(claim(&mut ledger, 9, 0).await.is_empty());
    ledger.select(Some(&BTreeSet::new()));
    assert!(claim(&mut ledger, 9, 0).await.is_empty());
    ledger.select(None);
    ledger.leave(4);
    assert_eq!(claim(&mut ledger, 9, 0).await, [3, 5, 6]);
}

#[tokio::test]
async fn the_days_on_which_mail_was_sent_are_counted() {
    let (fixture, mut ledger) = Fixture::begun(9).await;
    claim(&mut ledger, 9, 0).await;
    let moment = |text: &str| text.parse::<Timestamp>().unwrap();
    let days = ["2026-11-10T00:00:00Z", "2026-11-10T23:59:59.999Z", "2026-11-13T07:00:00Z"];
    for (id, day) in (1..).zip(days) {
        let said = [to(id, State::Attempting), to(id, State::Accepted)];
        ledger.record(&said, moment(day)).await.unwrap();
    }
    // Nothing was answered on this one.
    ledger.record(&[to(9, State::Attempting)], moment("2026-11-14T07:00:00Z")).await.unwrap();
    for (now, days) in [
        ("2026-11-10T12:00:00Z", 0),
        ("2026-11-11T00:00:00Z", 1),
        ("2026-11-13T23:59:59Z", 1),
        ("2026-11-20T07:00:00Z", 2),
    ] {
        assert_eq!(fixture.journal.days_of_sending(moment(now)).await.unwrap(), days, "{now}");
    }
}
