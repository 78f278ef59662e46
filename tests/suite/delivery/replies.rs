//! The table reply → outcome, against replies that servers really give.

use newsletter::delivery::{Outcome, outcome};
use newsletter::transport::{Reply, Stage};

#[test]
fn every_reply_has_its_outcome() {
    let table = include_str!("../../cases/replies.txt");
    let rows = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut count = 0;
    for row in rows {
        let [stage, reply, expected] = row.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("not three columns: {row}");
        };
        let stage = match stage.trim() {
            "mail" => Stage::Mail,
            "recipient" => Stage::Recipient,
            "data" => Stage::Data,
            "message" => Stage::Message,
            other => panic!("no stage: {other}"),
        };
        let reply: Reply = reply.trim().parse().unwrap();
        let found = match outcome(stage, &reply) {
            Outcome::Accepted => "accepted".to_owned(),
            Outcome::Deferred => "deferred".to_owned(),
            Outcome::Rejected { no_mailbox: true } => "rejected, no mailbox".to_owned(),
            Outcome::Rejected { no_mailbox: false } => "rejected".to_owned(),
            Outcome::Stop(reason) => format!("stop: {reason:?}").to_lowercase(),
        };
        assert_eq!(found, expected.trim(), "{row}");
        count += 1;
    }
    assert!(count >= 40);
}
