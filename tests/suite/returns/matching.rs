//! Mail that comes back with one sort of proof each in, the reader whose mail it was out.

use crate::returns::{Bounce, HARD, Mail, Paper, complaint, letter, reader};

/// Sends an issue, takes in what `make` makes of the first reader's mail, and returns what it proved.
fn proof(return_path: &str, make: impl Fn(&Mail) -> String) -> (String, Option<String>) {
    let paper = Paper::with_return_path(4, return_path);
    paper.send(1);
    let came = paper.take_in(1, &make(&paper.mail(&reader(1))));
    assert_eq!(came["outcome"], "suppressed", "{came}");
    let rows = paper.suppressed();
    assert!(rows.len() == 1 && rows[0].to_lowercase().starts_with(&reader(1)), "{rows:?}");
    // The next issue goes to everyone else.
    paper.send(2);
    let mails: Vec<usize> = (1..=4).map(|number| paper.mails(&reader(number))).collect();
    assert_eq!(mails, [1, 2, 2, 2]);
    let issue = came["issue"].as_str().map(str::to_owned);
    (came["proof"].as_str().unwrap().to_owned(), issue)
}

const WITH: &str = "bounces+{token}@tidewater.example.org";
const WITHOUT: &str = "bounces@tidewater.example.org";

#[test]
fn a_return_path_of_ours_is_enough_wherever_it_stands() {
    let week = Some("week-1".to_owned());
    for make in [
        |mail: &Mail| Bounce { to: &mail.sender, ..HARD }.text(),
        |mail: &Mail| Bounce { to: &mail.sender.to_uppercase(), ..HARD }.text(),
        |mail: &Mail| {
            let quoted = format!("Return-Path: <{}>\nSubject: Week 1", mail.sender);
            Bounce { quoted: &quoted, ..HARD }.text()
        },
        |mail: &Mail| {
            let text = Bounce { to: WITHOUT, ..HARD }.text();
            format!("X-Original-To: {}\nDelivered-To: editor@example.org\n{text}", mail.sender)
        },
        |mail: &Mail| {
            let sender = mail.sender.replace('@', "=tidewater.example.org=");
            let wrapped = format!("SRS0=ab=cd={sender}@forwarder.example.net");
            Bounce { to: &wrapped, ..HARD }.text()
        },
    ] {
        assert_eq!(proof(WITH, make), ("verp".to_owned(), week.clone()));
    }
}

#[test]
fn a_bounce_that_tells_the_envid_is_matched_like_one_that_came_to_the_return_path() {
    let make = |mail: &Mail| {
        let token = mail.sender.strip_prefix("bounces+").unwrap().split('@').next().unwrap();
        let field = format!("Original-Envelope-Id: {token}\nReporting-MTA:");
        Bounce { to: WITHOUT, ..HARD }.text().replace("Reporting-MTA:", &field)
    };
    assert_eq!(proof(WITH, make), ("verp".to_owned(), Some("week-1".to_owned())));
}

#[test]
fn a_message_id_of_ours_names_the_reader_and_the_issue() {
    let week = Some("week-1".to_owned());
    let quote = |mail: &Mail| format!("Message-ID: {}", mail.field("Message-ID"));
    for recipient in ["", "someone@else.example.net"] {
        let make = |mail: &Mail| Bounce { recipient, quoted: &quote(mail), ..HARD }.text();
        assert_eq!(proof(WITHOUT, make), ("message-id".to_owned(), week.clone()));
    }
    let make = |mail: &Mail| Bounce { recipient: &reader(1), quoted: &quote(mail), ..HARD }.text();
    assert_eq!(proof(WITHOUT, make), ("message-id".to_owned(), week));
}

#[test]
fn an_unsubscribe_token_of_ours_names_the_reader() {
    let make = |mail: &Mail| {
        let quoted = format!("List-Unsubscribe: {}", mail.field("List-Unsubscribe"));
        Bounce { quoted: &quoted, ..HARD }.text()
    };
    assert_eq!(proof(WITHOUT, make), ("unsubscribe-token".to_owned(), None));
    // Together with the Message-ID the issue is known, too.
    let make = |mail: &Mail| Bounce { quoted: mail.header(), ..HARD }.text();
    assert_eq!(proof(WITHOUT, make), ("message-id".to_owned(), Some("week-1".to_owned())));
}

#[test]
fn the_token_wins_over_the_recipient_that_is_named() {
    let make = |mail: &Mail| {
        Bounce {
            to: &mail.sender,
            recipient: &reader(2),
            quoted: "To: reader3@example.org",
            ..HARD
        }
        .text()
    };
    assert_eq!(proof(WITH, make).0, "verp");
}

#[test]
fn a_complaint_is_matched_like_a_bounce() {
    let make = |mail: &Mail| complaint("abuse@tidewater.example.org", "abuse", &mail.message);
    assert_eq!(proof(WITHOUT, make).0, "message-id");
    let make = |mail: &Mail| {
        complaint(WITHOUT, "abuse", &format!("Return-Path: <{}>\nSubject: x\n\nx", mail.sender))
    };
    assert_eq!(proof(WITH, make).0, "verp");
}

#[test]
fn who_writes_with_the_token_or_from_an_address_on_the_list_is_let_go() {
    let to = "unsubscribe@tidewater.example.org";
    let make =
        |mail: &Mail| letter("other@example.org", to, &format!("unsubscribe {}", mail.token()));
    assert_eq!(proof(WITHOUT, make).0, "unsubscribe-token");
    let make = |_: &Mail| letter(&format!("Ada <{}>", reader(1).to_uppercase()), to, "unsubscribe");
    assert_eq!(proof(WITHOUT, make).0, "sender");
}

#[test]
fn what_is_written_says_why_by_which_way_and_for_which_issue() {
    let paper = Paper::new(4);
    paper.send(1);
    let [one, two, three] = [1, 2, 3].map(|number| paper.mail(&reader(number)));
    paper.take_in(1, &Bounce { to: &one.sender, ..HARD }.text());
    paper.take_in(1, &complaint(&two.sender, "abuse", "Subject: x\n\nx"));
    let subject = format!("unsubscribe {}", three.token());
    paper.take_in(1, &letter(&reader(3), "u@tidewater.example.org", &subject));
    let rows = paper.suppressed();
    let at = "2026-01-02T07:00:00.000Z";
    assert_eq!(
        rows,
        [
            format!("{},bounced: 550 5.1.1 no such user here,dsn,{at},week-1", reader(1)),
            format!("{},complaint: abuse,arf,{at},week-1", reader(2)),
            format!("{},unsubscribed,mailto,{at},", reader(3)),
        ]
    );
}
