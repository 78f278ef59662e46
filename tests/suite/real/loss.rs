//! A publication that lost a file between two sends in, whom the second one writes to out.

use std::fs;

use newsletter::cli::Exit;

use crate::real::sink::Sink;
use crate::support::publication::{ISSUE, Publication};

const KEY: &str = ".newsletter/key";
const JOURNAL: &str = ".newsletter/journal.db";

/// A run of 30 readers of whom 10 have got it.
fn begun() -> (Publication, Sink) {
    let publication = Publication::with_readers(30);
    let sink = Sink::start(&[]);
    publication.set_plain_server(sink.port());
    let ended = publication.run(&["send", ISSUE, "--yes", "--limit", "10"]);
    assert_eq!(ended.exit, Exit::Unfinished, "{}", ended.messages);
    assert_eq!(sink.copies().len(), 10);
    (publication, sink)
}

/// Goes on, and expects that nobody is written to.
fn refused(publication: &Publication, sink: &Sink, exit: Exit, why: &str) {
    let ended = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(ended.exit, exit, "{}", ended.messages);
    assert!(ended.messages.contains(why), "{}", ended.messages);
    assert_eq!(sink.copies().len(), 10);
}

/// Goes on, and expects that everyone has exactly one copy in the end.
fn finished(publication: &Publication, sink: &Sink) {
    let ended = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    let copies = sink.copies();
    assert!(copies.len() == 30 && copies.values().all(|copies| copies.len() == 1));
}

#[test]
#[ignore = "needs smtp-sink (postfix)"]
fn a_run_does_not_go_on_without_its_key() {
    let (publication, sink) = begun();
    let key = publication.read(KEY);
    fs::remove_file(publication.path(KEY)).unwrap();
    refused(&publication, &sink, Exit::Usage, "the publication's key, .newsletter/key, is gone");
    assert!(!publication.path(KEY).exists(), "no other key is made");
    publication.write(KEY, &"0123456789abcdef".repeat(4));
    refused(&publication, &sink, Exit::Usage, "names another key");
    publication.write(KEY, &key);
    finished(&publication, &sink);
}

#[test]
#[ignore = "needs smtp-sink (postfix)"]
fn a_journal_that_is_empty_or_damaged_does_not_begin_the_run_anew() {
    let (publication, sink) = begun();
    let journal = fs::read(publication.path(JOURNAL)).unwrap();
    fs::write(publication.path(JOURNAL), b"").unwrap();
    refused(&publication, &sink, Exit::World, "is empty, and a journal never is");
    let help = "help: put back a copy that was made after the last send";
    for damaged in [&journal[..journal.len() / 2], &journal[1..], b"notes of mine"] {
        fs::write(publication.path(JOURNAL), damaged).unwrap();
        refused(&publication, &sink, Exit::World, help);
    }
    fs::write(publication.path(JOURNAL), &journal).unwrap();
    finished(&publication, &sink);
}

#[test]
#[ignore = "needs smtp-sink (postfix)"]
fn a_run_goes_on_with_its_own_letter_when_the_issue_is_broken_or_gone() {
    let (publication, sink) = begun();
    let issue = format!("issues/{ISSUE}.toml");
    publication.write(&issue, "title = ");
    publication.write("subscribers.csv", "");
    let ended = publication.run(&["send", ISSUE, "--yes", "--limit", "10"]);
    assert_eq!(ended.exit, Exit::Usage, "{}", ended.messages);
    let said = "the issue and the list changed since the run was begun";
    assert!(ended.messages.contains(said), "{}", ended.messages);
    let ended = publication.run(&["send", ISSUE, "--yes", "--limit", "10", "--as-begun"]);
    assert_eq!(ended.exit, Exit::Unfinished, "{}", ended.messages);
    fs::remove_file(publication.path(&issue)).unwrap();
    let status = publication.run(&["status", ISSUE]);
    assert!(status.output.contains("accepted         20"), "{}", status.output);
    finished(&publication, &sink);
}

#[test]
#[ignore = "needs smtp-sink (postfix)"]
fn those_in_doubt_stay_so_until_somebody_agrees_to_send_again() {
    let publication = Publication::with_readers(3);
    let silent = Sink::start(&["-q", "."]);
    publication.set_server(&format!(
        "host = \"127.0.0.1\"\nport = {}\ntls_type = \"none\"\nmax_conns = 3",
        silent.port()
    ));
    let ended = publication.run(&["send", ISSUE, "--yes"]);
    assert!(ended.messages.contains("Whether they got it nobody can tell"), "{}", ended.messages);
    let unknown = publication.status()["counts"]["unknown"].clone();
    let sink = Sink::start(&[]);
    publication.set_plain_server(sink.port());
    let asked = publication.run(&["send", ISSUE, "--resend-unknown"]);
    assert_eq!(asked.exit, Exit::Usage, "{}", asked.messages);
    assert_eq!(publication.status()["counts"]["unknown"], unknown);
    assert!(sink.copies().is_empty());
    let agreed = publication.run(&["send", ISSUE, "--resend-unknown", "--yes"]);
    assert_eq!(agreed.exit, Exit::Done, "{}", agreed.messages);
    assert_eq!(sink.copies().len(), 3);
}
