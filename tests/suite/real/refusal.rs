//! Servers that say no or later in, the journal and the suppressions out.

use newsletter::cli::Exit;

use crate::real::sink::Sink;
use crate::support::publication::{ISSUE, Publication};

#[test]
#[ignore = "needs smtp-sink (postfix)"]
fn readers_without_a_mailbox_are_rejected_and_suppressed() {
    let publication = Publication::with_readers(12);
    let sink = Sink::start(&["-f", "RCPT", "-B", "550 5.1.1 no such user"]);
    publication.set_plain_server(sink.port());
    let ended = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(ended.exit, Exit::Partly, "{}", ended.messages);
    assert!(ended.messages.contains(": rejected: 550 5.1.1 no such user"));
    assert!(sink.copies().is_empty());

    let list = publication.read("suppressions.csv");
    for row in publication.all_rows() {
        let lines = list.lines().filter(|line| line.starts_with(&format!("{},", row.email)));
        let lines: Vec<_> = lines.collect();
        assert_eq!(lines.len(), 1, "{} in\n{list}", row.email);
        assert!(lines[0].contains("no such mailbox"), "{}", lines[0]);
    }
    let status = publication.status();
    assert_eq!(status["counts"]["rejected"], 12);
    assert_eq!(status["named"][0]["reply"], "550 5.1.1 no such user");

    let again = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(again.exit, Exit::Partly, "{}", again.messages);
    assert!(again.messages.contains("There is nothing to do."), "{}", again.messages);
}

#[test]
#[ignore = "needs smtp-sink (postfix)"]
fn readers_who_are_deferred_get_their_mail_from_a_later_send() {
    let publication = Publication::with_readers(25);
    let before = publication.read("suppressions.csv");
    let busy = Sink::start(&["-r", "RCPT", "-b", "450 4.2.1 try again later"]);
    let settings = |port: u16| {
        format!(
            "host = \"127.0.0.1\"\nport = {port}\ntls_type = \"none\"\n\n\
             [send]\nretry_delays = [\"2s\"]"
        )
    };
    publication.set_server(&settings(busy.port()));
    let ended = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(ended.exit, Exit::Unfinished, "{}", ended.messages);
    let status = publication.status();
    assert_eq!(status["counts"]["deferred"], 25);
    for named in status["named"].as_array().unwrap() {
        assert_eq!(named["state"], "deferred");
        assert_eq!(named["attempts"], 2, "one try and one for each delay");
        assert_eq!(named["reply"], "450 4.2.1 try again later");
    }
    assert_eq!(publication.read("suppressions.csv"), before);

    let good = Sink::start(&[]);
    publication.set_server(&settings(good.port()));
    let ended = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    assert_eq!(publication.status()["counts"]["accepted"], 25);
    let copies = good.copies();
    assert_eq!(copies.len(), 25);
    assert!(copies.values().all(|copies| copies.len() == 1));
    assert!(busy.copies().is_empty());
}
