//! The sample in, what is in the mailboxes of a real Postfix out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use newsletter::cli::Exit;
use newsletter::clock::Clock;

use crate::real::parser::{Parsed, parse};
use crate::real::postfix::{Postfix, USER};
use crate::support::publication::{ISSUE, Publication, Row, key};

/// What a mail server puts before a message.
const TRACE: [&str; 6] = [
    "Return-Path:",
    "Return-path:",
    "X-Original-To:",
    "Delivered-To:",
    "Envelope-to:",
    "Received:",
];

/// The sample as it arrived.
struct Arrived {
    publication: Publication,
    rows: Vec<Row>,
    files: Vec<PathBuf>,
    /// What a dry run before the send wrote.
    before: Vec<String>,
    _postfix: Postfix,
}

#[test]
#[ignore = "needs Postfix"]
fn what_arrives_is_byte_for_byte_what_a_dry_run_at_that_time_wrote() {
    let clock = Clock::Fixed("2026-11-20T07:00:00Z".parse().unwrap());
    let arrived = arrive(clock);
    let readers: BTreeSet<_> = arrived.rows.iter().map(Row::key).collect();
    assert_eq!(arrived.by_reader().into_keys().collect::<BTreeSet<_>>(), readers);
    assert_eq!(arrived.files.len(), readers.len(), "nobody has two");
    assert_eq!(arrived.messages(), arrived.before);
}

#[test]
#[ignore = "needs Postfix"]
fn a_dry_run_of_a_begun_run_writes_what_its_readers_got() {
    let arrived = arrive(Clock::System);
    let later = Clock::Fixed("2031-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(arrived.messages(), unix(arrived.publication.dry_run(later)));
}

#[test]
#[ignore = "needs Postfix and Python"]
fn what_arrives_has_no_defect_and_holds_the_readers_own_values() {
    let arrived = arrive(Clock::System);
    let parsed = parse(&arrived.files);
    assert_eq!(parsed.len(), arrived.rows.len());
    for message in &parsed {
        let row = arrived.rows.iter().find(|row| row.key() == key(&message.original_to)).unwrap();
        check(message, row);
    }
    let ids: BTreeSet<_> = parsed.iter().map(|message| &message.message_id).collect();
    assert_eq!(ids.len(), parsed.len(), "a Message-ID belongs to one reader");
    let links: BTreeSet<_> = parsed.iter().map(|message| &message.list_unsubscribe).collect();
    assert_eq!(links.len(), parsed.len(), "a token belongs to one reader");
}

#[test]
#[ignore = "needs Postfix"]
fn a_reader_whose_mailbox_is_unknown_is_rejected_and_everyone_else_served() {
    let publication = Publication::sample();
    let mut rows = publication.rows();
    let gone = rows.remove(4);
    let postfix = Postfix::start(&rows);
    publication.set_plain_server(postfix.port);
    let ended = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(ended.exit, Exit::Partly, "{}", ended.messages);
    let said = format!("{}: rejected: 550 5.1.1", gone.email);
    assert!(ended.messages.contains(&said), "{}", ended.messages);
    assert_eq!(postfix.messages(rows.len()).len(), rows.len());
    let list = publication.read("suppressions.csv");
    let last = list.lines().last().unwrap();
    assert!(last.starts_with(&format!("{},", gone.email)), "{list}");
    assert_eq!(list.lines().count(), 5, "nobody else was suppressed: {list}");
}

#[test]
#[ignore = "needs Postfix and openssl"]
fn the_sample_arrives_over_starttls() {
    let publication = Publication::sample();
    let rows = publication.rows();
    let postfix = Postfix::start(&rows);
    publication.set_server(&encrypted(postfix.port, "STARTTLS", &postfix.certificate()));
    let ended = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    assert_encrypted(&postfix.messages(rows.len()), rows.len());
}

#[test]
#[ignore = "needs Postfix and openssl"]
fn the_sample_arrives_over_implicit_tls() {
    let publication = Publication::sample();
    let rows = publication.rows();
    let postfix = Postfix::start(&rows);
    publication.set_server(&encrypted(postfix.tls_port, "TLS", &postfix.certificate()));
    let ended = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    assert_encrypted(&postfix.messages(rows.len()), rows.len());
}

#[test]
#[ignore = "needs Postfix and openssl"]
fn a_server_whose_certificate_nobody_vouches_for_gets_nothing() {
    let publication = Publication::sample();
    let rows = publication.rows();
    let postfix = Postfix::start(&rows);
    for (port, tls) in [(postfix.port, "STARTTLS"), (postfix.tls_port, "TLS")] {
        publication
            .set_server(&format!("host = \"localhost\"\nport = {port}\ntls_type = \"{tls}\""));
        let ended = publication.run(&["send", ISSUE, "--yes"]);
        assert_eq!(ended.exit, Exit::Usage, "{}", ended.messages);
        assert!(ended.messages.contains("certificate"), "{}", ended.messages);
    }
    assert_eq!(publication.status()["counts"]["pending"], rows.len());
    assert!(postfix.messages(0).is_empty());
}

#[test]
#[ignore = "needs Postfix and sasl2-bin"]
fn a_server_that_wants_a_login_gets_the_right_one() {
    let publication = Publication::sample();
    let rows = publication.rows();
    let postfix = Postfix::start(&rows);
    let settings = encrypted(postfix.login_port, "STARTTLS", &postfix.certificate());
    publication.write("wrong", "sixty three geese\n");
    let login = |protocol: &str, password: &str| {
        format!(
            "{settings}\nusername = \"{USER}@mx.example.org\"\npassword = {password}\n\
             auth_protocol = \"{protocol}\""
        )
    };
    publication.set_server(&login("plain", "{ file = \"wrong\" }"));
    let ended = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(ended.exit, Exit::Usage, "{}", ended.messages);
    assert!(ended.messages.contains("535"), "{}", ended.messages);
    assert!(!ended.messages.contains("three geese"), "{}", ended.messages);

    publication.set_server(&login("plain", "{ env = \"SMTP_PASSWORD\" }"));
    let ended = publication.run(&["send", ISSUE, "--yes", "--limit", "10"]);
    assert_eq!(ended.exit, Exit::Unfinished, "{}", ended.messages);
    publication.set_server(&login("login", "{ env = \"SMTP_PASSWORD\" }"));
    let ended = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    assert_encrypted(&postfix.messages(rows.len()), rows.len());
}

fn arrive(clock: Clock) -> Arrived {
    let publication = Publication::sample();
    let rows = publication.rows();
    let postfix = Postfix::start(&rows);
    publication.set_plain_server(postfix.port);
    let before = unix(publication.dry_run(clock));
    let ended = publication.run_at(clock, &["send", ISSUE, "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    let files = postfix.messages(rows.len());
    Arrived { publication, rows, files, before, _postfix: postfix }
}

impl Arrived {
    /// The messages without the trace headers, in an order of their own.
    fn messages(&self) -> Vec<String> {
        let mut messages: Vec<_> = self.by_reader().into_values().collect();
        messages.sort();
        messages
    }

    /// The messages by the recipient that the envelope had.
    fn by_reader(&self) -> BTreeMap<String, String> {
        let messages = self.files.iter().map(|file| {
            let text = fs::read_to_string(file).unwrap();
            let to = text.lines().find_map(|line| line.strip_prefix("X-Original-To: ")).unwrap();
            (key(to), without_trace(&text).to_owned())
        });
        messages.collect()
    }
}

/// The message without what the server put before it.
pub(crate) fn without_trace(text: &str) -> &str {
    let own = |line: &str| {
        line.starts_with(['\t', ' ']) || TRACE.iter().any(|name| line.starts_with(name))
    };
    let trace = text.split_inclusive('\n').take_while(|line| own(line));
    &text[trace.map(str::len).sum()..]
}

/// Messages of a dry run as a Maildir has them: with LF, in an order of their own.
pub(crate) fn unix(messages: Vec<Vec<u8>>) -> Vec<String> {
    let texts = messages.into_iter().map(|message| {
        let text = String::from_utf8(message).unwrap();
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "a bare LF");
        text.replace("\r\n", "\n")
    });
    let mut texts: Vec<_> = texts.collect();
    texts.sort();
    texts
}

/// Holds what Python read in a message against the reader's row.
fn check(message: &Parsed, row: &Row) {
    let name = format!("{} {}", row.first_name, row.last_name);
    assert_eq!(message.to_name, name.trim(), "{}", message.file.display());
    assert_eq!(key(&message.to_address), row.key());
    assert_eq!(message.subject, "First frost, and the salt is still on the quay");
    assert!(message.list_unsubscribe.contains("<https://tidewater.example.org/unsubscribe/"));
    let ([text], [html]) = (message.text.as_slice(), message.html.as_slice()) else {
        panic!("{} has not one text and one HTML", message.file.display());
    };
    let or = |value: &str, default: &str| {
        if value.is_empty() { default.to_owned() } else { value.to_owned() }
    };
    let greeting = format!("Dear {}, at ten past six", or(&row.first_name, "reader"));
    let town = format!("runs past {}, one of nine", or(&row.town, "your town"));
    let since = "You have been with us since ";
    let member = format!("{since}{}, and this", or(&row.member_since, "the beginning"));
    let (text, html) = (squeezed(text), squeezed(html));
    for passage in [&greeting, &town] {
        assert!(text.contains(&squeezed(passage)), "{}: no {passage} in {text}", row.email);
        let escaped = squeezed(&escaped(passage));
        assert!(html.contains(&escaped), "{}: no {escaped} in {html}", row.email);
    }
    for body in [text, html] {
        assert_eq!(body.contains(&squeezed(&member)), row.is_member(), "{}: {member}", row.email);
        assert_eq!(body.contains(&squeezed(since)), row.is_member(), "{}", row.email);
    }
}

/// Without white space, as lines are broken where they have to be.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn encrypted(port: u16, tls: &str, certificate: &Path) -> String {
    let file = certificate.display();
    format!("host = \"localhost\"\nport = {port}\ntls_type = \"{tls}\"\nca_file = \"{file}\"")
}

/// Postfix says in `Received` how each message came: `with ESMTPS`, or `ESMTPSA` after a login.
fn assert_encrypted(files: &[PathBuf], number: usize) {
    assert_eq!(files.len(), number);
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        assert!(text.contains("(using TLSv1.3 with cipher"), "{text}");
        assert!(text.contains("with ESMTPS"), "{text}");
    }
}
