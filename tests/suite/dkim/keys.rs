//! Texts that are keys and texts that are none in, what can be signed with out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use newsletter::dkim::{DkimKey, KeyError, Signer};

use crate::dkim::{plain, rsa, rsa_der, signed};

fn read(pem: &str) -> Result<DkimKey, KeyError> {
    DkimKey::from_pem("example.org", "2026a", pem)
}

#[test]
fn a_key_of_both_forms_of_rsa_is_the_same_key() {
    // PKCS#8 is PKCS#1 with 26 bytes before it that say so.
    let old = STANDARD.encode(&rsa_der()[26..]);
    let old = format!("-----BEGIN RSA PRIVATE KEY-----\n{old}\n-----END RSA PRIVATE KEY-----\n");
    let new = DkimKey::pem(rsa_der());
    assert_eq!(read(&old).unwrap().record(), read(&new).unwrap().record());
    let signer = Signer::new(vec![read(&old).unwrap()]);
    assert!(plain::good(&signed(&signer, b"From: a@example.org\r\n\r\n"), &signer));
}

#[test]
fn line_breaks_and_what_else_is_in_the_file_do_not_matter() {
    let pem = DkimKey::ed25519_pem(&[7; 32]);
    let record = read(&pem).unwrap().record();
    for other in [
        pem.replace('\n', "\r\n"),
        pem.replace('\n', " "),
        format!("a remark\n-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n{pem}"),
    ] {
        assert_eq!(read(&other).unwrap().record(), record, "{other}");
    }
}

#[test]
fn what_is_no_key_is_refused_with_the_reason() {
    let pem = |label: &str, text: &str| {
        format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
    };
    let good = STANDARD.encode(rsa_der());
    for (text, expected) in [
        (String::new(), KeyError::Form),
        ("2026a".to_owned(), KeyError::Form),
        (pem("PUBLIC KEY", "AAAA"), KeyError::Form),
        (pem("PRIVATE KEY", "not base64!"), KeyError::Form),
        (DkimKey::pem(rsa_der()).replace("-----END", ""), KeyError::Form),
        (pem("ENCRYPTED PRIVATE KEY", "AAAA"), KeyError::Encrypted),
        (pem("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\n\nAAAA"), KeyError::Encrypted),
        (pem("PRIVATE KEY", "AAAA"), KeyError::Kind),
        (pem("RSA PRIVATE KEY", &good), KeyError::Kind),
        (pem("PRIVATE KEY", &good[..good.len() / 8 * 4]), KeyError::Kind),
    ] {
        assert_eq!(read(&text).err(), Some(expected), "{text}");
    }
}

#[test]
fn a_key_is_never_shown() {
    let shown = format!("{:?}", Signer::new(vec![rsa()]));
    assert_eq!(shown, "Signer { keys: [DkimKey(2026r._domainkey.example.org, rsa-sha256)] }");
}

#[test]
fn a_record_is_in_strings_that_the_dns_can_hold() {
    let record = rsa().record();
    assert_eq!(record.name, "2026r._domainkey.example.org");
    let line = record.to_string();
    let (name, strings) = line.split_once(" IN TXT ").unwrap();
    assert_eq!(name, "2026r._domainkey.example.org.");
    let strings: Vec<_> = strings.trim_matches('"').split("\" \"").collect();
    assert!(strings.len() == 2 && strings.iter().all(|string| string.len() <= 255), "{line}");
    assert_eq!(strings.concat(), record.text);
    assert!(record.text.starts_with("v=DKIM1; k=rsa; p=MIIB"), "{line}");
}
