//! The sample in, what comes of it at mail servers of other makers than Postfix's out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use newsletter::cli::Exit;
use newsletter::clock::Clock;

use crate::real::arrival::{unix, without_trace};
use crate::real::exim::Exim;
use crate::real::opensmtpd::OpenSmtpd;
use crate::real::sink::Sink;
use crate::support::publication::{ISSUE, Publication, Row, key};

/// Sends the sample to a server, which has to accept all of it; returns the readers, and what a dry
/// run wrote before.
fn send(publication: &Publication, port: u16) -> (Vec<Row>, Vec<String>) {
    let clock = Clock::Fixed("2026-11-20T07:00:00Z".parse().unwrap());
    publication.set_plain_server(port);
    let before = unix(publication.dry_run(clock));
    let ended = publication.run_at(clock, &["send", ISSUE, "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    let rows = publication.rows();
    assert_eq!(publication.status()["counts"]["accepted"], rows.len());
    (rows, before)
}

/// Everyone has one message, and it is the one that the dry run wrote.
fn check(arrived: &BTreeMap<String, String>, rows: &[Row], before: &[String]) {
    let readers: BTreeSet<_> = rows.iter().map(Row::key).collect();
    assert_eq!(arrived.keys().cloned().collect::<BTreeSet<_>>(), readers);
    let mut messages: Vec<_> = arrived.values().map(String::as_str).collect();
    messages.sort_unstable();
    assert_eq!(messages, before);
}

#[test]
#[ignore = "needs Exim"]
fn exim_takes_the_sample_and_delivers_it_byte_for_byte() {
    let publication = Publication::sample();
    let exim = Exim::start(&publication.rows());
    let (rows, before) = send(&publication, exim.port);
    let files = exim.messages(rows.len());
    assert_eq!(files.len(), rows.len(), "nobody has two");
    let arrived = files.iter().map(|file| {
        let text = fs::read_to_string(file).unwrap();
        let to = text.lines().find_map(|line| line.strip_prefix("Envelope-to: ")).unwrap();
        (key(to), without_trace(&text).to_owned())
    });
    check(&arrived.collect(), &rows, &before);
}

#[test]
#[ignore = "needs OpenSMTPD and smtp-sink (postfix)"]
fn opensmtpd_takes_the_sample_and_relays_it_byte_for_byte() {
    let publication = Publication::sample();
    let behind = Sink::start(&[]);
    let opensmtpd = OpenSmtpd::start(behind.port());
    let (rows, before) = send(&publication, opensmtpd.port);
    behind.wait_for(rows.len());
    let copies = behind.copies();
    assert!(copies.values().all(|copies| copies.len() == 1), "nobody has two");
    let arrived = copies.into_iter().map(|(reader, copies)| {
        assert!(copies[0].message.starts_with("Received: from"), "it came through the server");
        (reader, without_trace(&copies[0].message).to_owned())
    });
    check(&arrived.collect(), &rows, &before);
}
