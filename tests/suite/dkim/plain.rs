//! A signed message and public keys in, whether each signature is good out: slowly, by the words of
//! RFC 6376 and RFC 8463, and with nothing of what signs.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use newsletter::dkim::{Record, Signer};

/// What is wrong with a message's signatures: one text for each, empty where it is good.
pub(super) fn judge(message: &[u8], signer: &Signer) -> Vec<String> {
    let records: Vec<Record> = signer.keys().iter().map(|key| key.record()).collect();
    let (fields, body) = parse(message);
    let signatures = fields.iter().filter(|field| named(field, "dkim-signature"));
    let verdict =
        |field: &String| verify(field, &fields, &body, &records).err().unwrap_or_default();
    signatures.map(verdict).collect()
}

/// Whether every key of the signer has a good signature, and there is no other.
pub(super) fn good(message: &[u8], signer: &Signer) -> bool {
    judge(message, signer) == vec![String::new(); signer.keys().len()]
}

/// A message as text, a character for each byte: its fields, unfolded nowhere, and its body.
fn parse(message: &[u8]) -> (Vec<String>, String) {
    let text: String = message.iter().copied().map(char::from).collect();
    let (header, body) = match text.strip_prefix("\r\n") {
        Some(body) => ("", body),
        None => text.split_once("\r\n\r\n").unwrap_or((&text, "")),
    };
    let mut fields: Vec<String> = Vec::new();
    for line in header.split("\r\n") {
        match fields.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) => last.extend(["\r\n", line]),
            _ => fields.push(line.to_owned()),
        }
    }
    (fields, body.to_owned())
}

fn blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

fn named(field: &str, name: &str) -> bool {
    field
        .split_once(':')
        .is_some_and(|(known, _)| known.trim_end_matches(blank).eq_ignore_ascii_case(name))
}

/// §3.4.2, step by step.
pub(super) fn relaxed_field(field: &str) -> String {
    let unfolded = field.replace("\r\n ", " ").replace("\r\n\t", "\t").replace("\r\n", "");
    let (name, value) = unfolded.split_once(':').unwrap();
    format!(
        "{}:{}",
        name.trim_end_matches(blank).to_ascii_lowercase(),
        single_spaces(value).trim_matches(blank)
    )
}

/// §3.4.4, step by step.
pub(super) fn relaxed_body(body: &str) -> String {
    let mut lines: Vec<String> = body
        .split("\r\n")
        .map(|line| single_spaces(line).trim_end_matches(' ').to_owned())
        .collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines.iter().map(|line| format!("{line}\r\n")).collect()
}

/// Every run of white space as one space.
fn single_spaces(text: &str) -> String {
    let mut text = text.replace('\t', " ");
    while text.contains("  ") {
        text = text.replace("  ", " ");
    }
    text
}

/// The value of a tag, without white space.
pub(super) fn tag(field: &str, name: &str) -> String {
    let (_, list) = field.split_once(':').unwrap();
    let tags: Vec<_> = list.split(';').filter_map(|tag| tag.split_once('=')).collect();
    let found: Vec<_> = tags.iter().filter(|(known, _)| known.trim() == name).collect();
    assert_eq!(found.len(), 1, "`{name}` in {field}");
    found[0].1.split_ascii_whitespace().collect()
}

/// §6.1.3.
fn verify(field: &str, fields: &[String], body: &str, records: &[Record]) -> Result<(), String> {
    for (name, value) in [("v", "1"), ("c", "relaxed/relaxed")] {
        assert_eq!(tag(field, name), value);
    }
    let name = format!("{}._domainkey.{}", tag(field, "s"), tag(field, "d"));
    let record = records.iter().find(|record| record.name == name).ok_or("no such key")?;
    let kind = record.text.split("k=").nth(1).unwrap().split(';').next().unwrap();
    assert_eq!(tag(field, "a"), format!("{kind}-sha256"));
    let public = STANDARD.decode(record.text.split("p=").nth(1).unwrap()).unwrap();

    let hash = digest(&SHA256, &bytes(&relaxed_body(body)));
    if tag(field, "bh") != STANDARD.encode(hash) {
        return Err("the body is another".to_owned());
    }
    let mut input = String::new();
    let mut left: Vec<&String> = fields.iter().collect();
    for name in tag(field, "h").split(':') {
        // The lowest that is not used yet; one that is not there is nothing (§5.4.2).
        if let Some(at) = left.iter().rposition(|field| named(field, name)) {
            input.push_str(&relaxed_field(left.remove(at)));
            input.push_str("\r\n");
        }
    }
    let (own, signature) = field.rsplit_once("b=").unwrap();
    input.push_str(&relaxed_field(&format!("{own}b=")));
    let signature: String = signature.split_ascii_whitespace().collect();
    let signature = STANDARD.decode(signature).unwrap();
    let input = bytes(&input);
    let good = match kind {
        "rsa" => {
            UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public).verify(&input, &signature)
        }
        _ => {
            let hash = digest(&SHA256, &input);
            UnparsedPublicKey::new(&ED25519, public).verify(hash.as_ref(), &signature)
        }
    };
    good.map_err(|_| "the header is another".to_owned())
}

fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}
