//! Any bytes as a message, a delivery status or the words of a mail server in, bounded reports out.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newsletter::bounce::{self, Kind, Message, RECIPIENTS_MAX};

const STATUS: &str = "Return-Path: <>\nFrom: mailer-daemon@example.net\nSubject: failure notice\n\
    Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n";
const WORDS: &str = "Return-Path: <>\nFrom: mailer-daemon@example.net\nSubject: failure notice\n\n";

fuzz_target!(|bytes: &[u8]| {
    let (form, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let before = match form % 4 {
        0 => STATUS,
        1 => WORDS,
        _ => "",
    };
    let message = [before.as_bytes(), rest].concat();
    let read = bounce::read(&message);
    check(&read);
    // However lines end, they say the same.
    if !message.contains(&b'\r') {
        let crlf = message.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(&b"\r\n"[..]);
        if crlf.len() < 100_000 {
            assert_eq!(bounce::read(&crlf), read);
        }
    }
});

fn check(message: &Message) {
    let is_about_some = matches!(message.kind, Kind::Bounce | Kind::Delayed | Kind::Delivered);
    assert_eq!(is_about_some, !message.reports.is_empty(), "{message:?}");
    assert!(message.reports.len() <= RECIPIENTS_MAX && message.named.len() <= RECIPIENTS_MAX);
    for report in &message.reports {
        assert!(report.diagnostic.len() <= 1_000, "{report:?}");
        assert!(report.recipient.as_ref().is_none_or(|address| address.contains('@')));
    }
    for line in message.explain() {
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
}
