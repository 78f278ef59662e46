//! Servers that refuse, and lists that cannot be read, in; who is suppressed and when a run ends out.

use newsletter::delivery::{Reason, Report, Stopped};
use newsletter::journal::State;

use crate::support::smtp::{Act, Point, Server};
use crate::support::world::{UNREADABLE, UNWRITABLE, World, reader};

#[tokio::test]
async fn a_server_that_rejects_everyone_ends_the_run_and_nobody_is_suppressed() {
    let script = |p: &Point<'_>| match p.verb {
        "RCPT" => Act::Say("550 5.1.1 no such user"),
        _ => Act::Normal,
    };
    let (world, server) = (World::new(100).await, Server::start(script).await);
    let report = world.deliver(&server, 1).await;
    assert!(matches!(report.stopped, Some(Stopped::Reply { reason: Reason::Everyone, .. })));
    assert!(world.suppressed.lock().unwrap().is_empty());
    serves_everyone(world, report, 100).await;
}

/// The server rejected readers for what it thought of all of them: nobody is lost by it.
async fn serves_everyone(world: World, report: Report, readers: usize) {
    assert_eq!((report.tally.rejected, report.finished), (0, false), "{:?}", report.tally);
    let healthy = Server::start(|_| Act::Normal).await;
    assert!(world.deliver(&healthy, 2).await.finished);
    assert_eq!(healthy.log(|log| log.messages.len()), readers);
}

/// Refusals of the sender, known by their words or unknown.
const OF_THE_SENDER: [&str; 9] = [
    "550 5.1.1 no such user",
    "550 5.7.1 mail from this network is not welcome",
    "554 5.7.1 transaction refused, see our web page (id 4FzX2)",
    "553 this customer has not paid",
    "550 5.1.8 Sender address rejected: Domain not found",
    "554 Message rejected: Email address is not verified",
    "550 5.7.26 unauthenticated mail is not accepted",
    "550 Domain has exceeded the max emails per hour",
    "550 5.2.1 mailbox disabled, not accepting messages",
];

#[tokio::test]
async fn a_server_that_refuses_the_sender_leaves_every_reader_open_in_a_list_of_any_size() {
    let cases = OF_THE_SENDER.into_iter().flat_map(|said| [("RCPT", said), (".", said)]);
    for ((verb, refusal), readers) in
        cases.flat_map(|case| [1, 2, 3, 12, 30].map(|readers| (case, readers)))
    {
        let script = move |p: &Point<'_>| match p.verb == verb {
            true => Act::Say(refusal),
            false => Act::Normal,
        };
        let (world, server) = (World::new(readers).await, Server::start(script).await);
        let report = world.deliver(&server, 1).await;
        let case = format!("{readers} {verb} {refusal} {report:?}");
        assert_eq!(report.tally.open(), readers as u64, "{case}");
        assert!(!report.finished, "{case}");
        assert!(world.suppressed.lock().unwrap().is_empty(), "{case}");
    }
}

#[tokio::test]
async fn a_server_that_forgets_its_users_in_the_middle_suppresses_nobody() {
    let script = |p: &Point<'_>| match p.verb == "RCPT" && p.nth > 20 {
        true => Act::Say("550 5.1.1 <reader@example.org>: no such user"),
        false => Act::Normal,
    };
    let (world, server) = (World::new(32).await, Server::start(script).await);
    let report = world.deliver(&server, 1).await;
    assert!(matches!(report.stopped, Some(Stopped::Reply { reason: Reason::Everyone, .. })));
    assert!(world.suppressed.lock().unwrap().is_empty());
    serves_everyone(world, report, 12).await;
}

#[tokio::test]
async fn the_last_dead_mailbox_of_a_run_does_not_keep_the_run_open() {
    let later = |p: &Point<'_>| match p.verb == "RCPT" && p.to == reader(1) {
        true => Act::Say("451 4.7.1 later"),
        false => Act::Normal,
    };
    let (world, server) = (World::new(3).await, Server::start(later).await);
    assert!(!world.deliver(&server, 1).await.finished);
    let server = Server::start(one_is_unknown).await;
    let report = world.deliver(&server, 1).await;
    assert!(report.finished, "{report:?}");
    // No message of this process was taken: nothing proves that the mailbox is dead.
    assert!(world.suppressed.lock().unwrap().is_empty());
}

/// A server that knows everybody but one.
fn one_is_unknown(p: &Point<'_>) -> Act {
    match p.verb == "RCPT" && p.to == reader(1) {
        true => Act::Say("550 5.1.1 no such user"),
        false => Act::Normal,
    }
}

#[tokio::test]
async fn a_list_of_suppressions_that_cannot_be_written_ends_the_run_in_order() {
    let (world, server) = (World::new(40).await, Server::start(one_is_unknown).await);
    world.suppressed.lock().unwrap().insert(UNWRITABLE.to_owned(), String::new());
    let report = world.deliver(&server, 1).await;
    let Some(Stopped::Unsuppressed { address, .. }) = &report.stopped else { panic!("{report:?}") };
    assert_eq!(address.to_string(), reader(1));
    // Whatever the server answered is known: nobody is in doubt.
    assert_eq!((report.tally.rejected, report.tally.unknown, report.tally.attempting), (1, 0, 0));
    let states = world.check(&server).await;
    assert_eq!(states[&State::Accepted], server.log(|log| log.messages.len()));
    // Suppressions are written when the run ends: everyone was served before.
    assert_eq!((states.get(&State::Pending), report.tally.pending), (None, 0));
}

#[tokio::test]
async fn a_server_that_takes_us_for_spam_ends_the_run_and_nobody_is_suppressed() {
    let script = |p: &Point<'_>| match p.verb == "RCPT" && p.to != reader(0) {
        true => Act::Say("550 5.7.1 blocked using zen.example.org"),
        false => Act::Normal,
    };
    let (world, server) = (World::new(100).await, Server::start(script).await);
    let report = world.deliver(&server, 1).await;
    assert!(matches!(report.stopped, Some(Stopped::Reply { reason: Reason::Policy, .. })));
    assert!(world.suppressed.lock().unwrap().is_empty());
    serves_everyone(world, report, 99).await;
}

#[tokio::test]
async fn a_mailbox_that_does_not_exist_is_suppressed_where_the_server_knows_others() {
    let (world, server) = (World::new(3).await, Server::start(one_is_unknown).await);
    assert!(world.deliver(&server, 1).await.finished);
    let suppressed = world.suppressed.lock().unwrap().clone();
    assert_eq!(suppressed.into_keys().collect::<Vec<_>>(), [reader(1)]);
}

#[tokio::test]
async fn a_list_of_suppressions_that_cannot_be_read_ends_the_run() {
    let (world, server) = (World::new(9).await, Server::start(|_| Act::Normal).await);
    world.suppressed.lock().unwrap().insert(UNREADABLE.to_owned(), String::new());
    let report = world.deliver(&server, 1).await;
    assert!(matches!(report.stopped, Some(Stopped::Suppressions(_))), "{report:?}");
    assert_eq!((report.tally.pending, report.tally.accepted), (9, 0));
}
