//! A run that is gone on with after its issue or its list changed.

use std::sync::Arc;

use newsletter::audience::{Columns, Recipient};
use newsletter::compile::Program;
use newsletter::journal::{Batch, Digests, Error, Ledger, Merged, Origin, Planning, State, Tally};

use crate::journal::{Fixture, at, claim, person, record};

/// The readers of a list whose columns stand the other way round.
fn list(readers: &[(&str, &str)]) -> Vec<Recipient> {
    let columns = Arc::new(Columns::new(["first_name", "email"]));
    let reader = |(line, (address, name)): (u64, &(&str, &str))| Recipient {
        values: vec![(*name).to_owned(), (*address).to_owned()],
        ..person(address, name, line, &columns)
    };
    (2..).zip(readers).map(reader).collect()
}

async fn renew(
    ledger: &Ledger,
    readers: &[Recipient],
    suppressed: &[(&str, &str)],
) -> Result<Planning, Error> {
    let digests = Digests { issue: "new".to_owned(), ..Digests::default() };
    let columns = Arc::new(Columns::new(["first_name", "email"]));
    let origin = Origin { digests: &digests, commit: Some("456"), columns: &columns };
    let mut planning = ledger.renew(at(50), &origin).await?;
    let program = Program::from_parts(b"Subject: y\r\n\r\nNew\r\n".to_vec(), Vec::new());
    let edition = planning.program(&program).await?;
    let mut batch = Batch::default();
    readers.iter().for_each(|reader| batch.push(reader, edition));
    planning.extend(batch).await?;
    let suppressed: Vec<_> = suppressed
        .iter()
        .map(|(address, reason)| (address.parse().unwrap(), (*reason).to_owned()))
        .collect();
    planning.suppress(&suppressed).await?;
    Ok(planning)
}

/// The number, the address, the name and the edition of everyone in the run.
async fn everyone(ledger: &Ledger) -> Vec<(i64, String, String, usize)> {
    let entries = ledger.recipients(0, 99).await.unwrap();
    let entry = entries.into_iter().map(|entry| {
        let name = entry.recipient.value("first_name").unwrap().to_owned();
        (entry.id, entry.recipient.address.to_string(), name, entry.edition)
    });
    entry.collect()
}

/// Readers 1 to 4 are served: accepted, rejected, unknown, deferred; 5 to 8 are pending.
async fn half_done() -> (Fixture, Ledger) {
    let (fixture, mut ledger) = Fixture::begun(8).await;
    assert_eq!(claim(&mut ledger, 4, 0).await, [1, 2, 3, 4]);
    record(&mut ledger, &[1, 2, 3, 4].map(|id| (id, State::Attempting))).await.unwrap();
    let settled = [State::Accepted, State::Rejected, State::Unknown, State::Deferred];
    let settled: Vec<_> = (1..).zip(settled).collect();
    record(&mut ledger, &settled).await.unwrap();
    (fixture, ledger)
}

#[tokio::test]
async fn those_who_are_still_to_be_served_get_what_there_is_now_and_nobody_else() {
    let (fixture, ledger) = half_done().await;
    let (run, journal) = (ledger.run(), &fixture.journal);
    let readers = list(&[
        ("new@example.org", "Nia"),
        ("READER1@example.org", "Served"),
        ("Reader5@example.org", "Eve"),
        ("reader4@example.org", "Dan"),
        ("late@example.org", "Lea"),
    ]);
    let gone = [("reader6@example.org", "bounced"), ("reader2@example.org", "no such mailbox")];
    let mut planning = renew(&ledger, &readers, &gone).await.unwrap();
    let merged = planning.merge().await.unwrap();
    assert_eq!(merged, Merged { kept: 2, added: 2, gone: 3 });
    let renewed = planning.commit().await.unwrap();
    assert_eq!(fixture.again().await.run("first-frost").await.unwrap(), Some(renewed.clone()));
    assert_eq!(renewed.generations[0], run.generations[0]);
    assert_eq!((renewed.newest().begun, renewed.newest().edition), (at(50), 1));
    assert_eq!(journal.programs(&renewed).await.unwrap().len(), 2);

    let mut ledger = journal.ledger(&renewed).await.unwrap();
    let expected = [
        (1, "reader1@example.org", "Ada", 0),
        (2, "reader2@example.org", "Ada", 0),
        (3, "reader3@example.org", "Ada", 0),
        (4, "reader4@example.org", "Dan", 1),
        (5, "Reader5@example.org", "Eve", 1),
        (9, "new@example.org", "Nia", 1),
        (10, "late@example.org", "Lea", 1),
    ];
    let expected = expected
        .map(|(id, address, name, edition)| (id, address.to_owned(), name.to_owned(), edition));
    assert_eq!(everyone(&ledger).await, expected);
    let suppressed = [
        ("reader6@example.org", "bounced"),
        ("reader7@example.org", "no longer on the list"),
        ("reader8@example.org", "no longer on the list"),
    ];
    let suppressed = suppressed.map(|(address, reason)| (address.to_owned(), reason.to_owned()));
    assert_eq!(ledger.suppressed().await.unwrap(), suppressed);
    let first = Tally { accepted: 1, rejected: 1, unknown: 1, ..Tally::default() };
    let second = Tally { pending: 3, deferred: 1, ..Tally::default() };
    assert_eq!(ledger.tallies().await.unwrap(), [first, second]);
    assert_eq!(claim(&mut ledger, 9, 100).await, [4, 5, 9, 10]);
}

#[tokio::test]
async fn whoever_is_on_the_list_again_is_in_the_run_again() {
    let (fixture, ledger) = Fixture::begun(2).await;
    let journal = &fixture.journal;
    let one = list(&[("reader1@example.org", "Ada")]);
    let run = renew(&ledger, &one, &[]).await.unwrap().commit().await.unwrap();
    let ledger = journal.ledger(&run).await.unwrap();
    assert_eq!(ledger.tally(), Tally { pending: 1, suppressed: 1, ..Tally::default() });
    let both = list(&[("reader2@example.org", "Bob"), ("reader1@example.org", "Ada")]);
    let run = renew(&ledger, &both, &[]).await.unwrap().commit().await.unwrap();
    let ledger = journal.ledger(&run).await.unwrap();
    let tally = Tally { pending: 2, ..Tally::default() };
    assert_eq!(ledger.tally(), tally);
    assert_eq!(ledger.suppressed().await.unwrap(), []);
    assert_eq!(run.generations.len(), 3);
    assert_eq!(ledger.tallies().await.unwrap()[2], tally);
    assert_eq!(journal.programs(&run).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_generation_that_is_not_committed_changes_nothing() {
    let (fixture, ledger) = half_done().await;
    let journal = &fixture.journal;
    let before = ledger.recipients(0, 99).await.unwrap();
    let new = list(&[("new@example.org", "N")]);
    let mut planning = renew(&ledger, &new, &[]).await.unwrap();
    planning.merge().await.unwrap();
    drop(planning);
    assert_eq!(journal.run("first-frost").await.unwrap().as_ref(), Some(ledger.run()));
    assert_eq!(fixture.ledger().await.recipients(0, 99).await.unwrap(), before);
    assert_eq!(journal.programs(ledger.run()).await.unwrap().len(), 1);
    // The tables of the one that was given up are in nobody's way.
    let again = renew(&ledger, &new, &[]).await.unwrap();
    assert_eq!(again.commit().await.unwrap().generations.len(), 2);
}

#[tokio::test]
async fn a_run_that_is_finished_has_no_further_generation() {
    let (_fixture, ledger) = Fixture::begun(1).await;
    ledger.finish(at(5)).await.unwrap();
    let error = renew(&ledger, &[], &[]).await.unwrap_err();
    assert_eq!(error.to_string(), "the run of issue `first-frost` is finished");
}
