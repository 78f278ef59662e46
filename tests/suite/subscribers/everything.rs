//! Somebody in, all that `export --one` gives of them compared.

use newsletter::cli::Exit;
use newsletter::journal::State;
use serde_json::{Value, json};

use crate::support::history::History;
use crate::support::publication::{ISSUE, Publication};

/// Reader 2 was put off and then accepted, and is on the list and in the suppressions.
fn publication() -> Publication {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let addresses: Vec<String> = (1..=3).map(|n| format!("reader-{n}@example.net")).collect();
        let mut history = History::begun(&addresses, &[]).await;
        let answer = |id: i64, state| match (id, state) {
            (2, State::Deferred) => (state, "451 4.7.1 later".to_owned()),
            _ => (State::Accepted, "250 2.0.0 Ok: queued as A1".to_owned()),
        };
        history.send(3, [400, 900], |entry| answer(entry.id, State::Deferred)).await;
        history.send(3, [7_200_000, 7_200_400], |entry| answer(entry.id, State::Accepted)).await;
        let suppressed = [("reader-2@example.net", "unsubscribed")];
        let other = vec!["reader-1@example.net".to_owned()];
        History::plan(&history.journal, "second", &other, &suppressed).await;
        let publication = history.closed().await;
        publication.write(".newsletter/key", &"07".repeat(32));
        publication.write(
            "subscribers.csv",
            "email,first_name,consent_when\nreader-1@example.net,A,\nREADER-2@example.net,Ada,2024-01-01\n",
        );
        publication.write(
            "suppressions.csv",
            "address,reason,source,date\nreader-1@example.net,x,y,2025-01-01\n\
             left:reader-2@example.net,coast,preferences,2025-01-01T00:00:00.000Z\n\
             reader-2@example.net,unsubscribed,page,2025-02-01T00:00:00.000Z\n",
        );
        publication
    })
}

#[test]
fn a_person_gets_all_that_is_held_on_them_and_nothing_of_others() {
    let publication = publication();
    let one = ["subscribers", "export", "--one", "Reader-2@example.net"];
    let ended = publication.run(&[&one[..], &["--json"]].concat());
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    let all: Value = serde_json::from_str(&ended.output).unwrap();
    assert_eq!(all["list"]["line"], 3);
    assert_eq!(all["list"]["fields"]["consent_when"], "2024-01-01");
    let reasons: Vec<_> =
        all["suppressions"].as_array().unwrap().iter().map(|row| &row["reason"]).collect();
    assert_eq!(reasons, [&json!("coast"), &json!("unsubscribed")]);
    let runs = all["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 2);
    assert_eq!((&runs[0]["issue"], &runs[0]["state"]), (&json!(ISSUE), &json!("accepted")));
    let history: Vec<_> = runs[0]["history"].as_array().unwrap().iter().collect();
    let states: Vec<_> = history.iter().map(|moment| moment["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["attempting", "deferred", "attempting", "accepted"]);
    assert_eq!(history[1]["reply"], "451 4.7.1 later");
    assert_eq!(history[3]["at"], "2026-11-20T09:00:02.65Z");
    assert_eq!(runs[1]["suppressed"], "unsubscribed");
    assert!(!ended.output.contains("reader-1@") && !ended.output.contains("reader-3@"));
}

#[test]
fn a_person_can_read_all_that_is_held_on_them() {
    let publication = publication();
    let ended = publication.run(&["subscribers", "export", "--one", "Reader-2@example.net"]);
    for said in ["first_name: Ada", "reason: unsubscribed", "451 4.7.1 later", "subscribers.csv:3"]
    {
        assert!(ended.output.contains(said), "{}", ended.output);
    }
    let ended = publication.run(&["subscribers", "export", "--one", "nobody@example.net"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    for said in ["Not on the list", "Not in the suppressions", "In no run"] {
        assert!(ended.output.contains(said), "{}", ended.output);
    }
}

#[test]
fn who_was_forgotten_is_told_that_a_hash_is_held() {
    let publication = publication();
    let ended = publication.run(&["subscribers", "forget", "reader-2@example.net", "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    let one = ["subscribers", "export", "--one", "reader-2@example.net", "--json"];
    let all: Value = serde_json::from_str(&publication.run(&one).output).unwrap();
    assert_eq!((&all["list"], &all["runs"]), (&json!(null), &json!([])));
    let rows = all["suppressions"].as_array().unwrap();
    assert_eq!(rows.len(), 1);
    assert!(rows[0]["address"].as_str().unwrap().starts_with("hash:"));
}
