//! A send that is asked to stop, or that is not alone, in, everyone exactly once out.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{ExitStatus, Stdio};

use newsletter::cli::Exit;

use crate::real::component;
use crate::real::sink::Sink;
use crate::support::publication::{ISSUE, Publication, Running, key};

const READERS: usize = 500;

type Messages = std::io::Lines<BufReader<std::process::ChildStderr>>;

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

/// A send to a server without PIPELINING (`smtp-sink -W` answers what comes after the message first)
/// that takes messages and says so late, with what it prints after a first signal made it stop.
fn stopping(publication: &Publication, silent: &Sink, first: &str) -> (Running, Messages) {
    publication.set_plain_server(silent.port());
    let mut send = publication.spawn_with(&["send", ISSUE, "--yes"], Stdio::piped());
    let mut messages = BufReader::new(send.stderr.take().unwrap()).lines();
    component::wait_until("each lane has sent a message", || silent.count() >= 4);
    component::signal(&send, first);
    let stopping = messages.find(|line| line.as_ref().unwrap().starts_with("Stopping: "));
    assert!(stopping.is_some(), "it says that it is stopping");
    assert!(send.try_wait().unwrap().is_none(), "it waits for what is on the wire");
    (send, messages)
}

#[test]
#[ignore = "needs smtp-sink (postfix)"]
fn a_second_signal_stops_at_once_and_leaves_in_doubt_what_was_on_the_wire_and_nobody_else() {
    for (first, second) in [("TERM", "TERM"), ("INT", "TERM"), ("HUP", "INT")] {
        let publication = Publication::with_readers(30);
        let silent = Sink::start(&["-p", "-W", ".:600"]);
        let (mut send, messages) = stopping(&publication, &silent, first);
        component::signal(&send, second);
        let ended = send.wait().unwrap();
        assert_eq!(ended.code(), Some(4), "{ended}");
        let said: Vec<_> = messages.map(Result::unwrap).collect();
        let said = said.join("\n");
        assert!(said.contains("stopped at once, by a second signal"), "{said}");
        assert!(said.contains("the next send names those"), "{said}");

        let good = Sink::start(&[]);
        publication.set_plain_server(good.port());
        let ended = publication.run(&["send", ISSUE, "--yes"]);
        assert_eq!(ended.exit, Exit::Partly, "{}", ended.messages);
        let status = publication.status();
        let named = status["named"].as_array().unwrap().iter();
        let unknown: BTreeSet<_> =
            named.map(|named| key(named["address"].as_str().unwrap())).collect();
        assert!((4..=8).contains(&unknown.len()), "two for each lane at most: {status}");
        assert_eq!(status["counts"]["unknown"], unknown.len(), "{status}");
        let copies = good.copies();
        assert_eq!(copies.len(), 30 - unknown.len());
        assert!(copies.values().all(|copies| copies.len() == 1));
        assert!(copies.keys().all(|reader| !unknown.contains(reader)));
    }
}

#[test]
#[ignore = "needs smtp-sink (postfix)"]
fn a_terminal_that_goes_away_says_so_often_and_is_heard_once() {
    let publication = Publication::with_readers(30);
    let slow = Sink::start(&["-p", "-W", ".:2"]);
    let (mut send, _messages) = stopping(&publication, &slow, "HUP");
    component::signal(&send, "HUP");
    let ended = send.wait().unwrap();
    assert_eq!(ended.code(), Some(4), "{ended}");
    let counts = publication.status()["counts"].clone();
    assert_eq!(counts["unknown"], 0, "what was on the wire was waited for: {counts}");
    assert_eq!(counts["attempting"], 0, "{counts}");
    assert_eq!(counts["accepted"], slow.copies().len(), "{counts}");
}
