//! Any bytes as the report of a complaint or as the mail that it quotes in, a bounded complaint out.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newsletter::bounce::{self, Kind, RECIPIENTS_MAX};

const REPORT: &str = "From: fbl@example.net\nSubject: FW: First frost\n\
    Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\n\
    Feedback-Type: abuse\nVersion: 1\n";
const QUOTED: &str = "\n--b\nContent-Type: message/rfc822\n\n";

fuzz_target!(|pieces: (&[u8], &[u8])| {
    let (report, quoted) = pieces;
    let whole = [REPORT.as_bytes(), report, QUOTED.as_bytes(), quoted].concat();
    let message = bounce::read(&whole);
    assert!(message.named.len() <= RECIPIENTS_MAX);
    assert!(message.named.iter().all(|(address, _)| address.contains('@')));
    // What the report goes on with cannot take back what it began with.
    assert_eq!(message.kind, Kind::Complaint);
    assert_eq!(message.feedback.as_deref(), Some("abuse"));
    for line in message.explain() {
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
    // The same as text, and as whatever it is.
    for bytes in [report, quoted] {
        drop(bounce::read(bytes));
    }
});
