//! A send that is asked to stop, or that is not alone, in, everyone exactly once out.

use std::process::ExitStatus;

use newsletter::cli::Exit;

use crate::real::component;
use crate::real::sink::Sink;
use crate::support::publication::{ISSUE, Publication};

const READERS: usize = 500;

#[test]
#[ignore = "needs smtp-sink (postfix)"]
fn a_send_that_is_terminated_finishes_what_is_on_the_wire_and_the_next_one_the_rest() {
    let publication = Publication::with_readers(READERS);
    let sink = Sink::start(&[]);
    publication.set_plain_server(sink.port());
    let mut send = publication.spawn(&["send", ISSUE, "--yes"]);
    component::wait_until("some messages are there", || sink.count() >= 20);
    component::signal(&send, "TERM");
    let ended = send.wait().unwrap();
    assert_eq!(ended.code(), Some(4), "{ended}");

    let counts = publication.status()["counts"].clone();
    let accepted = counts["accepted"].as_u64().unwrap();
    assert!(accepted >= 20 && accepted < READERS as u64, "{counts}");
    assert_eq!(counts["unknown"], 0, "nobody is left in doubt: {counts}");
    assert_eq!(counts["pending"], READERS as u64 - accepted, "{counts}");
    assert_eq!(sink.copies().len() as u64, accepted);

    let ended = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    let copies = sink.copies();
    assert_eq!(copies.len(), READERS);
    assert!(copies.values().all(|copies| copies.len() == 1));
}

#[test]
#[ignore = "needs smtp-sink (postfix)"]
fn of_two_sends_at_once_the_second_sends_nothing_and_says_why() {
    let publication = Publication::with_readers(READERS);
    let sink = Sink::start(&[]);
    publication.set_plain_server(sink.port());
    let mut first = publication.spawn(&["send", ISSUE, "--yes"]);
    component::wait_until("the first has begun", || sink.count() >= 1);
    component::signal(&first, "STOP");

    let second = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(second.exit, Exit::Unfinished, "{}", second.messages);
    let said = "another `newsletter send` is at work in this publication";
    assert!(second.messages.contains(said), "{}", second.messages);

    component::signal(&first, "CONT");
    assert_eq!(first.wait().as_ref().map(ExitStatus::code).unwrap(), Some(0));
    let copies = sink.copies();
    assert_eq!(copies.len(), READERS);
    assert!(copies.values().all(|copies| copies.len() == 1));
}
