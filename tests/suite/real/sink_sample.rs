//! The sample and a list of 10,000 in, what smtp-sink took out.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::TcpListener;

use newsletter::cli::Exit;
use newsletter::clock::Clock;

use crate::real::sink::Sink;
use crate::support::publication::{ISSUE, Publication, Row};

#[test]
#[ignore = "needs smtp-sink (postfix)"]
fn the_sample_reaches_everyone_who_is_not_suppressed_exactly_once() {
    let publication = Publication::sample();
    let sink = Sink::start(&[]);
    publication.set_plain_server(sink.port());
    let ended = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);

    let rows = publication.rows();
    assert_eq!(publication.all_rows().len() - rows.len(), 2, "two of the sample are suppressed");
    let expected: BTreeSet<String> = rows.iter().map(Row::key).collect();
    let copies = sink.copies();
    assert_eq!(copies.keys().cloned().collect::<BTreeSet<_>>(), expected);
    assert!(copies.values().all(|copies| copies.len() == 1));
    let sent = copies.values().flatten();
    assert!(sent.clone().all(|copy| copy.sender == "bounces@tidewater.example.org"));

    let mut arrived: Vec<String> = sent.map(|copy| copy.message.clone()).collect();
    let written = publication.dry_run(Clock::System);
    let mut written: Vec<String> =
        written.into_iter().map(|m| String::from_utf8(m).unwrap().replace("\r\n", "\n")).collect();
    arrived.sort();
    written.sort();
    assert_eq!(arrived, written, "a dry run of a begun run shows the messages of that run");
    assert_eq!(publication.status()["counts"]["accepted"], rows.len());
}

#[test]
#[ignore = "needs smtp-sink (postfix)"]
fn a_second_send_of_a_finished_run_sends_nothing_and_says_so() {
    let publication = Publication::sample();
    let sink = Sink::start(&[]);
    publication.set_plain_server(sink.port());
    assert_eq!(publication.run(&["send", ISSUE, "--yes"]).exit, Exit::Done);
    let before = sink.copies();

    let again = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(again.exit, Exit::Done);
    let expected = format!("{ISSUE} was sent already, to {} readers.", before.len());
    assert!(again.messages.contains(&expected), "{}", again.messages);
    assert_eq!(sink.copies(), before);
}

#[test]
#[ignore = "needs time: it checks 10,000 messages before the first connection"]
fn one_bad_reader_among_ten_thousand_keeps_every_connection_closed() {
    let publication = Publication::with_readers(10_000);
    let list = publication.read("subscribers.csv").replace(",Ada6789,", ",,");
    publication.write("subscribers.csv", &list);
    let issue = format!("issues/{ISSUE}.toml");
    let text = publication.read(&issue).replace("{{first_name|reader}}", "{{first_name}}");
    publication.write(&issue, &text);
    let line = text.lines().position(|line| line.contains("{{first_name}}")).unwrap() + 1;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    publication.set_plain_server(listener.local_addr().unwrap().port());

    let ended = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(ended.exit, Exit::Content, "{}", ended.messages);
    let expected = [
        "`first_name` is empty for reader-06789@example.org",
        &format!("{issue}:{line}:"),
        "subscribers.csv:6790",
        "nothing was sent to anyone",
    ];
    for expected in expected {
        assert!(ended.messages.contains(expected), "no {expected} in\n{}", ended.messages);
    }
    let accepted = listener.accept().map(|_| "a connection").map_err(|error| error.kind());
    assert_eq!(accepted, Err(ErrorKind::WouldBlock));
    let status = publication.run(&["status"]);
    assert!(status.messages.contains("Nothing was sent yet."), "{}", status.messages);
}
