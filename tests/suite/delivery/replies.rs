//! The table reply → outcome, against replies that servers really give.

use newsletter::delivery::{Outcome, Reason, outcome};
use newsletter::transport::{Reply, Stage};

#[test]
fn every_reply_has_its_outcome() {
    let table = include_str!("../../cases/replies.txt");
    let rows = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (mut wrong, mut count) = (Vec::new(), 0);
    for row in rows {
        let [stage, reply, expected] = row.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("not three columns: {row}");
        };
        let stage = match stage.trim() {
            "greeting" => Stage::Greeting,
            "hello" => Stage::Hello,
            "login" => Stage::Login,
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
            Outcome::Throttled(throttle) => format!("throttled: {throttle:?}").to_lowercase(),
            Outcome::Closed => "closed".to_owned(),
            Outcome::Again { permanent: false } => "again".to_owned(),
            Outcome::Again { permanent: true } => "again, then rejected".to_owned(),
            Outcome::Rejected { no_mailbox: true } => "rejected, no mailbox".to_owned(),
            Outcome::Rejected { no_mailbox: false } => "rejected".to_owned(),
            Outcome::Unwanted => "unwanted".to_owned(),
            Outcome::Stop(Reason::Authentication(proof)) => {
                format!("stop: authentication, {proof:?}").to_lowercase()
            }
            Outcome::Refused(Reason::Authentication(proof)) => {
                format!("refused: authentication, {proof:?}").to_lowercase()
            }
            Outcome::Refused(reason) => format!("refused: {reason:?}").to_lowercase(),
            Outcome::Stop(reason) => format!("stop: {reason:?}").to_lowercase(),
        };
        if found != expected.trim() {
            wrong.push(format!("{row}: {found}"));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 120);
}
