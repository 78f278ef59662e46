//! Words of servers in the reports of several mail systems in, the class that is the same in each out.

use newsletter::bounce::{self, Class, Kind, Message};
use newsletter::returns::{self, Failing};
use proptest::prelude::{ProptestConfig, Strategy, prop};
use proptest::{prop_assert, prop_assert_ne, proptest};

use crate::cases;

const HEAD: &str = "Return-Path: <>\nTo: bounces+k7q2.ada@mail.example.com\nMIME-Version: 1.0\n";
const LETTER: &str = "Return-Path: <bounces+k7q2.ada@mail.example.com>\n\
    Message-ID: <issue.ada@mail.example.com>\nFrom: Tidewater <letter@mail.example.com>\n\
    To: ada@example.org\nSubject: First frost\nDate: Fri, 20 Nov 2026 06:30:00 +0000\n\n";

/// The report of a mail system about a reply to a command, with the letter that it quotes.
type Frame = fn(command: &str, words: &str, letter: &str) -> String;

fn postfix(command: &str, words: &str, letter: &str) -> String {
    let command = match command {
        "MAIL" => " (in reply to MAIL FROM command)",
        "EHLO" => " (in reply to EHLO command)",
        "RCPT" => " (in reply to RCPT TO command)",
        "message" => " (in reply to end of DATA command)",
        "connection" => " (mx.example.org refused to talk to me)",
        _ => "",
    };
    format!(
        "{HEAD}From: MAILER-DAEMON@relay.example.net\nSubject: Undelivered Mail Returned to Sender\n\n\
         This is the mail system at host relay.example.net.\n\nI'm sorry to have to inform you that \
         your message could not\nbe delivered to one or more recipients.\n\n<ada@example.org>: host \
         mx.example.org[192.0.2.80] said: {words}{command}\n\n--- Below this line is a copy of the \
         message.\n\n{letter}"
    )
}

fn exim(command: &str, words: &str, letter: &str) -> String {
    let command = match command {
        "MAIL" => "MAIL FROM:<letter@mail.example.com> SIZE=2048",
        "EHLO" => "EHLO mail.example.com",
        "RCPT" => "RCPT TO:<ada@example.org>",
        "message" => "end of data",
        "connection" => "initial connection",
        _ => "",
    };
    let after = if command.is_empty() {
        String::new()
    } else {
        format!(
            "SMTP error from remote mail server after {command}:\n    host mx.example.org [192.0.2.80]: "
        )
    };
    format!(
        "{HEAD}From: Mailer-Daemon@relay.example.net\nX-Failed-Recipients: ada@example.org\n\
         Subject: Mail delivery failed: returning message to sender\n\nThis message was created \
         automatically by mail delivery software.\n\nA message that you sent could not be delivered \
         to one or more of its\nrecipients. This is a permanent error. The following address(es) \
         failed:\n\n  ada@example.org\n    {after}{words}\n\n------ This is a copy of the message, \
         including all the headers. ------\n\n{letter}"
    )
}

fn status(command: &str, words: &str, letter: &str) -> String {
    let text = postfix(command, words, "");
    let (_, text) = text.split_once("\n\n").unwrap();
    let (text, _) = text.split_once("--- Below").unwrap();
    format!(
        "{HEAD}From: MAILER-DAEMON@relay.example.net\nSubject: Delivery report\nContent-Type: \
         multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n{text}\n--b\n\
         Content-Type: message/delivery-status\n\nReporting-MTA: dns; relay.example.net\n\n\
         Action: failed\nFinal-Recipient: rfc822; ada@example.org\nDiagnostic-Code: smtp; {words}\n\n\
         --b\nContent-Type: message/rfc822\n\n{letter}\n--b--\n"
    )
}

fn qmail(command: &str, words: &str, letter: &str) -> String {
    let before = match command {
        "MAIL" => "Connected to 192.0.2.80 but sender was rejected.\n",
        "EHLO" => "Connected to 192.0.2.80 but my name was rejected.\n",
        "RCPT" => "192.0.2.80 does not like recipient.\n",
        "message" => "192.0.2.80 failed after I sent the message.\n",
        "connection" => "Connected to 192.0.2.80 but greeting failed.\n",
        _ => "",
    };
    format!(
        "{HEAD}From: MAILER-DAEMON@relay.example.net\nSubject: failure notice\n\nHi. This is the \
         qmail-send program at relay.example.net.\nI'm afraid I wasn't able to deliver your message \
         to the following addresses.\n\n<ada@example.org>:\n{before}Remote host said: {words}\n\n\
         --- Below this line is a copy of the message.\n\n{letter}"
    )
}

const FRAMES: &[(&str, Frame)] =
    &[("postfix", postfix), ("exim", exim), ("status", status), ("qmail", qmail)];

fn letter_of(message: &Message) -> char {
    match Failing::of(message, None).map(|failing| failing.class) {
        Some(returns::Class::Hard) => 'h',
        Some(returns::Class::Domain) => 'd',
        Some(returns::Class::Soft) => 's',
        Some(returns::Class::Block) => 'b',
        None => '-',
    }
}

#[test]
fn a_reply_means_the_same_in_the_report_of_every_mail_system() {
    let path = cases::folder("bounces/answers.txt");
    let text = cases::read(&path);
    let rows = text.lines().filter(|row| !row.starts_with('#'));
    let rows: Vec<Vec<&str>> = rows.map(|row| row.splitn(3, " | ").collect()).collect();
    let mut verdict = cases::Verdict::default();
    for row in &rows {
        let [classes, command, words] = row[..] else { panic!("{row:?}") };
        for (name, frame) in FRAMES {
            let message = bounce::read(frame(command, words, LETTER).as_bytes());
            let named: Vec<_> = message.recipients().map(|(address, _)| address).collect();
            let is_right = message.kind == Kind::Bounce && named == ["ada@example.org"];
            if !is_right || !classes.contains(letter_of(&message)) {
                verdict.fail(&path, format!("{name}: {}\n{message}", row.join(" | ")));
            }
        }
    }
    verdict.finish(0);
    assert!(rows.len() > 70, "{}", rows.len());
}

/// The words of servers that are hard, without their codes: a letter may hold any of them.
fn hard_words() -> Vec<String> {
    let text = cases::read(&cases::folder("bounces/said.txt"));
    let rows = text.lines().filter_map(|row| row.strip_prefix("hard | "));
    rows.map(str::to_owned).collect()
}

/// Reports that say nothing of what is wrong, or what is no fault of the mailbox.
const SILENT: &[&str] = &[
    "Dobrý den,\n\nVaši zprávu se nepodařilo doručit.\n",
    "Your message to <ada@example.org> was not delivered.\n",
    "ada@example.org: 552 5.2.2 the mailbox is full\n",
    "<ada@example.org>: 554 5.7.1 blocked using a list\n",
    "",
];

/// The ways in which a report quotes a letter.
fn quoted(way: usize, letter: &str) -> String {
    let marked =
        |mark: &str| letter.lines().map(|line| format!("{mark}{line}\n")).collect::<String>();
    match way {
        0 => format!("\n----- Original message -----\n\n{letter}\n"),
        1 => format!("\n{letter}\n"),
        2 => format!("\n--- Below this line is a copy of the message.\n\n{letter}\n"),
        3 => format!("\n------ Original message ------\n{}\n", marked("> ")),
        4 => format!("\n{}\n", marked("    ")),
        5 => format!("\n--b\nContent-Type: message/rfc822\n\n{letter}\n--b--\n"),
        _ => format!("\n--b\nContent-Type: text/rfc822-headers\n\n{letter}\n--b--\n"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_quoted_letter_never_makes_a_bounce_hard(
        said in prop::sample::select(SILENT),
        way in 0..7_usize,
        words in prop::collection::vec(prop::sample::select(hard_words()), 1..4),
        has_failed: bool,
    ) {
        let letter = format!("{LETTER}Dear reader,\n\n{}\n\nThe old ferry no longer exists.\n", words.join("\n\n"));
        let failed = if has_failed { "X-Failed-Recipients: ada@example.org\n" } else { "" };
        let kind = if way > 4 { "Content-Type: multipart/mixed; boundary=b\n\n--b\n" } else { "" };
        let text = format!(
            "{HEAD}From: MAILER-DAEMON@relay.example.net\nSubject: Undelivered mail\n{failed}{kind}\n{said}{}",
            quoted(way, &letter)
        );
        let message = bounce::read(text.as_bytes());
        for report in &message.reports {
            prop_assert_ne!(report.class, Class::Hard, "{}\n{}", message, text);
        }
    }

    #[test]
    fn what_is_said_of_the_sender_is_never_hard((command, words) in about_sender(), frame in 0..FRAMES.len()) {
        let (name, frame) = FRAMES[frame];
        let message = bounce::read(frame(command, &words, LETTER).as_bytes());
        for report in &message.reports {
            prop_assert!(report.class != Class::Hard, "{} {}\n{}", name, words, message);
        }
    }
}

/// A reply that speaks of nobody but the sender.
fn about_sender() -> impl Strategy<Value = (&'static str, String)> {
    let codes = prop::sample::select(
        &["550", "553", "554", "550 5.1.0", "550 5.0.0", "501", "550 5.7.1"][..],
    );
    let whose = prop::sample::select(
        &[
            "sender",
            "sender address",
            "the sender's domain",
            "envelope sender",
            "return path",
            "<letter@mail.example.com>",
            "mail.example.com",
            "your domain",
            "your email address",
            "originator",
            "Absender",
            "expéditeur",
            "remitente",
            "mittente",
            "remetente",
            "afzender",
            "отправитель",
            "MAIL FROM address",
            "From: address",
        ][..],
    );
    let what = prop::sample::select(
        &[
            "does not exist",
            "unknown",
            "is unknown",
            "user unknown",
            "not found",
            "is invalid",
            "invalid",
            "no such user",
            "unbekannt",
            "inconnu",
            "desconocido",
            "no such domain",
            "has been disabled",
            "existiert nicht",
            "n'existe pas",
            "no existe",
            "не существует",
            "is not a valid address",
            "no longer exists",
            "could not be found",
        ][..],
    );
    (codes, whose, what).prop_map(|(code, whose, what)| ("-", format!("{code} {whose} {what}")))
}

/// The order of the fields is free (RFC 3464 §2.3).
#[test]
fn the_fields_of_a_statement_are_read_in_any_order() {
    let fields = |name: &str| {
        [
            format!("Original-Recipient: rfc822; {name}@example.org"),
            format!("Final-Recipient: rfc822; {name}.box@example.net"),
            "Action: failed".to_owned(),
            "Status: 5.1.1".to_owned(),
            format!("Diagnostic-Code: smtp; 550 5.1.1 <{name}@example.org>\n    user unknown"),
        ]
    };
    for (first, second) in (0..5).flat_map(|first| (0..5).map(move |second| (first, second))) {
        let order = |name: &str| {
            let mut fields = fields(name).to_vec();
            fields.rotate_left(first);
            fields.swap(second, (second + first) % 5);
            fields.join("\n")
        };
        for between in ["\n\n", "\n"] {
            let text = format!(
                "{HEAD}From: MAILER-DAEMON@relay.example.net\nContent-Type: message/delivery-status\n\n\
                 Reporting-MTA: dns; relay.example.net\n\n{}{between}{}\n",
                order("ada"),
                order("ben")
            );
            let message = bounce::read(text.as_bytes());
            let named: Vec<_> = message.recipients().map(|(address, _)| address).collect();
            assert_eq!(named, ["ada@example.org", "ben@example.org"], "{text}");
            assert!(message.reports.iter().all(|report| report.class == Class::Hard), "{message}");
        }
    }
}
