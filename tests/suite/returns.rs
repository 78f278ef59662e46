//! Issues that were sent and mail that comes back in, who is not written to any more out.

mod count;
mod crash;
mod forged;
mod log;
mod matching;
mod sources;

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use newsletter::cli::Exit;
use newsletter::clock::Clock;
use serde_json::Value;

use crate::support::publication::{Ended, Publication};
use crate::support::recorder::{Manner, Recorder, Speech};

/// A publication that has sent issues to readers of its own, and what it sent.
pub(crate) struct Paper {
    pub(crate) publication: Publication,
    server: Recorder,
}

/// A mail that the publication sent.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    /// The envelope's sender.
    pub(crate) sender: String,
    pub(crate) message: String,
}

impl Mail {
    /// Its header.
    pub(crate) fn header(&self) -> &str {
        self.message.split("\r\n\r\n").next().unwrap()
    }

    /// A field of its header, on one line.
    pub(crate) fn field(&self, name: &str) -> String {
        let unfolded = self.header().replace("\r\n ", " ");
        let field = unfolded.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        field.unwrap_or_else(|| panic!("no {name} in {}", self.header())).to_owned()
    }

    /// The sealed token of its unsubscribe link.
    pub(crate) fn token(&self) -> String {
        let (_, rest) = self.header().split_once("/unsubscribe/").unwrap();
        rest.split('>').next().unwrap().to_owned()
    }
}

pub(crate) fn reader(number: usize) -> String {
    let domain = ["example.org", "example.com", "example.net"][number % 3];
    format!("reader-{number:05}@{domain}")
}

/// The week in which an issue is sent, counted from 1.
pub(crate) fn week(number: i64) -> Clock {
    let first: jiff::Timestamp = "2026-01-02T07:00:00Z".parse().unwrap();
    Clock::Fixed(first + jiff::SignedDuration::from_hours(24 * 7 * (number - 1)))
}

impl Paper {
    pub(crate) fn new(readers: usize) -> Self {
        Self::with_return_path(readers, "bounces+{token}@tidewater.example.org")
    }

    pub(crate) fn with_return_path(readers: usize, return_path: &str) -> Self {
        let publication = Publication::with_readers(readers);
        let settings = publication.read("newsletter.toml");
        let old = "\"bounces@tidewater.example.org\"";
        publication.write("newsletter.toml", &settings.replace(old, &format!("\"{return_path}\"")));
        let speech = Speech {
            offers: &["PIPELINING", "CHUNKING"],
            delay: Duration::ZERO,
            manner: |_| Manner::Accept,
        };
        let server = Recorder::start(speech);
        publication.set_plain_server(server.port());
        publication.write("suppressions.csv", "address,reason,source,date,issue\n");
        for part in [".newsletter", "returned/new", "returned/cur", "returned/tmp"] {
            fs::create_dir_all(publication.path(part)).unwrap();
        }
        Self { publication, server }
    }

    /// Sends the issue of a week to everyone who is not suppressed; returns its name.
    pub(crate) fn send(&self, number: i64) -> String {
        let issue = format!("week-{number}");
        let letter =
            format!("title = \"Week {number}\"\ndate = 2026-01-02\nlede = \"It was cold.\"\n");
        self.publication.write(&format!("issues/{issue}.toml"), &letter);
        let ended = self.publication.run_at(week(number), &["send", &issue, "--yes"]);
        assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
        issue
    }

    /// The newest mail to an address.
    pub(crate) fn mail(&self, address: &str) -> Mail {
        let record = self.server.record();
        let sender = record.senders[address].last().unwrap().clone();
        let message = record.messages[address].last().unwrap().clone();
        Mail { sender, message: String::from_utf8(message).unwrap() }
    }

    /// How many mails an address got.
    pub(crate) fn mails(&self, address: &str) -> usize {
        self.server.record().messages.get(address).map_or(0, Vec::len)
    }

    /// Puts a message where mail comes back to.
    pub(crate) fn put(&self, name: &str, message: &str) {
        self.publication.write(&format!("returned/new/{name}"), message);
    }

    /// Takes in a message in a week, and says what became of it.
    pub(crate) fn take_in(&self, number: i64, message: &str) -> Value {
        self.put("one", message);
        let mut lines = self.bounces(number, &["returned", "--json"]).1;
        assert_eq!(lines.len(), 1, "{lines:?}");
        drop(fs::remove_file(self.publication.path("returned/new/one")));
        lines.remove(0)
    }

    /// Runs `bounces` in a week; the lines are read as JSON where they are.
    pub(crate) fn bounces(&self, number: i64, arguments: &[&str]) -> (Ended, Vec<Value>) {
        let arguments: Vec<&str> = ["bounces"].iter().chain(arguments).copied().collect();
        let ended = self.publication.run_at(week(number), &arguments);
        assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
        let lines = ended.output.lines().filter_map(|line| serde_json::from_str(line).ok());
        let lines = lines.collect();
        (ended, lines)
    }

    /// The rows of the suppressions.
    pub(crate) fn suppressed(&self) -> Vec<String> {
        let rows = self.publication.read("suppressions.csv");
        rows.lines().skip(1).map(str::to_owned).collect()
    }
}

/// What a bounce says of one recipient.
#[derive(Debug, Clone)]
pub(crate) struct Bounce<'b> {
    /// The address that it comes to.
    pub(crate) to: &'b str,
    /// The recipient that it names; nobody, where it is empty.
    pub(crate) recipient: &'b str,
    pub(crate) action: &'b str,
    pub(crate) status: &'b str,
    pub(crate) diagnostic: &'b str,
    /// What it quotes of the mail.
    pub(crate) quoted: &'b str,
    /// What makes it another message.
    pub(crate) id: &'b str,
}

pub(crate) const HARD: Bounce<'_> = Bounce {
    to: "bounces@tidewater.example.org",
    recipient: "",
    action: "failed",
    status: "5.1.1",
    diagnostic: "550 5.1.1 no such user here",
    quoted: "",
    id: "1",
};

pub(crate) const SOFT: Bounce<'_> =
    Bounce { status: "4.2.2", diagnostic: "452 4.2.2 the mailbox is full", ..HARD };

impl Bounce<'_> {
    /// The message as RFC 3464 wants it.
    pub(crate) fn text(&self) -> String {
        let Self { to, recipient, action, status, diagnostic, quoted, id } = self;
        let mut text = format!(
            "Return-Path: <>\nReceived: by mx.example.net; Fri, 2 Jan 2026 07:00:01 +0000\n\
             From: MAILER-DAEMON@mx.example.net (Mail Delivery System)\nTo: {to}\n\
             Subject: Undelivered Mail Returned to Sender\nDate: Fri, 2 Jan 2026 07:00:01 +0000\n\
             Message-ID: <{id}@mx.example.net>\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n\
             --b\nContent-Type: text/plain\n\nThis is the mail system. I could not deliver it.\n\n\
             --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n"
        );
        if !recipient.is_empty() {
            writeln!(text, "Final-Recipient: rfc822; {recipient}").unwrap();
        }
        write!(text, "Action: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {diagnostic}\n\n")
            .unwrap();
        if !quoted.is_empty() {
            let quoted = quoted.replace("\r\n", "\n");
            write!(text, "--b\nContent-Type: text/rfc822-headers\n\n{quoted}\n\n").unwrap();
        }
        text + "--b--\n"
    }
}

/// A complaint as RFC 5965 wants it.
pub(crate) fn complaint(to: &str, kind: &str, quoted: &str) -> String {
    format!(
        "From: feedback@example.net\nTo: {to}\nSubject: complaint\nMessage-ID: <c@example.net>\n\
         Date: Fri, 2 Jan 2026 07:00:01 +0000\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\n\n\
         --b\nContent-Type: text/plain\n\nThis is a complaint.\n\n\
         --b\nContent-Type: message/feedback-report\n\nFeedback-Type: {kind}\nUser-Agent: X/1\n\
         Version: 1\n\n--b\nContent-Type: message/rfc822\n\n{}\n--b--\n",
        quoted.replace("\r\n", "\n")
    )
}

/// A mail of a reader.
pub(crate) fn letter(from: &str, to: &str, subject: &str) -> String {
    format!(
        "From: {from}\nTo: {to}\nSubject: {subject}\nMessage-ID: <l@example.org>\n\
         Date: Fri, 2 Jan 2026 07:00:01 +0000\n\n\n"
    )
}
