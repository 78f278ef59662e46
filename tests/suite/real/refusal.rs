//! Servers that say no or later in, the journal and the suppressions out.

use newsletter::cli::Exit;

use crate::real::sink::Sink;
use crate::support::publication::{ISSUE, Publication};

#[test]
#[ignore = "needs smtp-sink (postfix)"]
fn a_server_that_knows_no_reader_rejects_and_suppresses_nobody() {
    let publication = Publication::with_readers(12);
    let before = publication.read("suppressions.csv");
    let sink = Sink::start(&["-f", "RCPT", "-B", "550 5.1.1 no such user"]);
    publication.set_plain_server(sink.port());
    let ended = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(ended.exit, Exit::Usage, "{}", ended.messages);
    assert!(ended.messages.contains("550 5.1.1 no such user"), "{}", ended.messages);
    assert!(sink.copies().is_empty());
    assert_eq!(publication.read("suppressions.csv"), before);
    let status = publication.status();
    assert_eq!(
        (&status["counts"]["rejected"], &status["counts"]["pending"]),
        (&0.into(), &12.into())
    );

    let good = Sink::start(&[]);
    publication.set_plain_server(good.port());
    let again = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(again.exit, Exit::Done, "{}", again.messages);
    assert_eq!(good.copies().len(), 12);
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
