//! A letter in, what its signatures hold and what breaks them out.

use newsletter::compile::{Edition, Reader};
use newsletter::dkim::SIGNED;

use crate::desk::{self, Desk};
use crate::dkim::{both, date, plain, signed};

/// What a letter has that nobody needs to be sure of.
const UNSIGNED: [&str; 1] = ["X-Auto-Response-Suppress"];

fn letter() -> Vec<u8> {
    let desk = Desk::of_cases();
    let text =
        "title = \"First frost\"\ndate = 2026-11-20\nlede = \"Dear {{first_name}}, of {{town}}.\"";
    let issue = desk::parse("frost", text, &desk::assets());
    let recipient = desk::reader("ada@example.org", ["Ada", "Pellow", "Averley"]);
    let reader = Reader { recipient: &recipient, key: &desk.key };
    desk.draft(&issue, &Edition::public(&issue)).render(reader).unwrap()
}

/// The fields of a message's header, each as it stands there.
fn fields(message: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(message);
    let (header, _) = text.split_once("\r\n\r\n").unwrap();
    let unfolded = header.replace("\r\n ", "\n").replace("\r\n\t", "\n\t");
    unfolded.split("\r\n").map(|field| field.replace('\n', "\r\n ")).collect()
}

fn name(field: &str) -> &str {
    field.split(':').next().unwrap()
}

#[test]
fn everything_is_signed_once_more_than_it_is_there() {
    let message = letter();
    let own = fields(&message);
    let signed = signed(&both(), &message);
    let signatures = &fields(&signed)[..2];
    for signature in signatures {
        let listed = plain::tag(signature, "h").to_lowercase();
        let listed: Vec<_> = listed.split(':').collect();
        for field in own.iter().map(|field| name(field)).filter(|name| !UNSIGNED.contains(name)) {
            let times = listed.iter().filter(|name| name.eq_ignore_ascii_case(field)).count();
            assert_eq!(times, 2, "{field} in {signature}");
        }
        for absent in SIGNED.iter().filter(|name| !own.iter().any(|own| self::name(own) == **name))
        {
            let times = listed.iter().filter(|name| name.eq_ignore_ascii_case(absent)).count();
            assert_eq!(times, usize::from(*absent != "Feedback-ID"), "{absent} in {signature}");
        }
        assert_eq!(plain::tag(signature, "t"), date().as_second().to_string());
        assert_eq!(plain::tag(signature, "d"), "example.org");
    }
    assert_eq!(plain::tag(&signatures[0], "a"), "ed25519-sha256");
    assert_eq!(plain::tag(&signatures[1], "a"), "rsa-sha256");
}

#[test]
fn a_signature_is_folded_so_that_no_line_is_too_long() {
    let signed = signed(&both(), &letter());
    for signature in &fields(&signed)[..2] {
        assert_eq!(name(signature), "DKIM-Signature");
        for line in signature.split("\r\n") {
            assert!(line.len() <= 78 && line.trim() != "" && line.is_ascii(), "{line:?}");
            assert!(!line.ends_with(' ') && !line.starts_with("  "), "{line:?}");
        }
    }
}

#[test]
fn the_same_message_and_date_give_the_same_bytes() {
    let (signer, message) = (both(), letter());
    assert_eq!(signed(&signer, &message), signed(&signer, &message));
}

#[test]
fn whoever_changes_or_adds_what_is_signed_breaks_the_signatures() {
    let (signer, message) = (both(), letter());
    let text = String::from_utf8(signed(&signer, &message)).unwrap();
    assert!(plain::good(text.as_bytes(), &signer));
    let mut tampered = vec![
        text.replace("Subject: First", "Subject: Last"),
        text.replace("Averley", "Linnet Bay"),
        text.clone() + "more\r\n",
        text.replace("t=1795", "t=1796"),
        text.replace("d=example.org", "d=example.com"),
    ];
    // Whatever is signed cannot be there once more, at the top or at the end of the header.
    for name in SIGNED.iter().filter(|name| **name != "Feedback-ID") {
        tampered.push(format!("{name}: x\r\n{text}"));
        tampered.push(text.replacen("\r\n\r\n", &format!("\r\n{name}: x\r\n\r\n"), 1));
    }
    for changed in &tampered {
        assert_ne!(*changed, text);
        let faults = plain::judge(changed.as_bytes(), &signer);
        assert!(faults.iter().all(|fault| !fault.is_empty()) && faults.len() == 2, "{changed}");
    }
    // What relays may do: trace fields, white space, the case of names, another signature on top.
    for harmless in [
        format!("Received: from a by b\r\n{text}"),
        format!("X-Spam: no\r\n{text}\r\n\r\n"),
        text.replace("Subject: First frost", "SUBJECT:\r\n\tFirst  frost "),
    ] {
        assert!(harmless != text && plain::good(harmless.as_bytes(), &signer), "{harmless}");
    }
}

#[test]
fn nobody_can_unsubscribe_readers_of_a_message_that_had_no_such_link() {
    let signer = both();
    let without = b"From: a@example.org\r\nSubject: x\r\n\r\nbody\r\n";
    let text = String::from_utf8(signed(&signer, without)).unwrap();
    assert!(plain::good(text.as_bytes(), &signer));
    for added in ["List-Unsubscribe: <https://example.net/>", "List-Unsubscribe-Post: x"] {
        let faults = plain::judge(format!("{added}\r\n{text}").as_bytes(), &signer);
        assert!(faults.iter().all(|fault| !fault.is_empty()), "{added}");
    }
}

#[test]
fn bodies_are_relaxed_as_the_rfc_shows() {
    // RFC 6376 §3.4.5, and the empty bodies of §3.4.4.
    assert_eq!(plain::relaxed_body(" C \r\nD \t E\r\n\r\n\r\n"), " C\r\nD E\r\n");
    assert_eq!(plain::relaxed_field("A: X"), "a:X");
    assert_eq!(plain::relaxed_field("B : Y\t\r\n\tZ  "), "b:Y Z");
    let empty = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    for body in ["", "\r\n", "\r\n\r\n", " \r\n\t\r\n", "  "] {
        assert_eq!(plain::relaxed_body(body), "");
        let message = format!("From: a@example.org\r\n\r\n{body}");
        let signed = signed(&both(), message.as_bytes());
        assert_eq!(plain::tag(&fields(&signed)[0], "bh"), empty, "{body:?}");
    }
}
