//! `newsletter dkim` and what signs in, keys, records and signed messages out.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use newsletter::cli::Exit;
use newsletter::clock::Clock;

use crate::dkim::{date, plain, publication, records, rsa_der, signer};
use crate::support::publication::Publication;

#[test]
fn new_keys_are_their_owners_alone_and_never_replace_others() {
    let publication = Publication::sample();
    let made = publication.run_at(Clock::Fixed(date()), &["dkim", "keygen"]);
    assert_eq!(made.exit, Exit::Done, "{}", made.messages);
    let files = ["202611-ed25519", "202611-rsa"]
        .map(|selector| publication.path(&format!(".newsletter/dkim/{selector}.pem")));
    let keys = files.each_ref().map(|file| fs::read(file).unwrap());
    for file in &files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(made.output.lines().count(), 2);
    for (line, kind) in made.output.lines().zip(["ed25519", "rsa"]) {
        let start = format!(
            "202611-{kind}._domainkey.tidewater.example.org. IN TXT \"v=DKIM1; k={kind}; p="
        );
        assert!(line.starts_with(&start), "{line}");
    }
    // One of the two is there: neither is made.
    fs::remove_file(&files[0]).unwrap();
    let again = publication.run_at(Clock::Fixed(date()), &["dkim", "keygen"]);
    assert_eq!(again.exit, Exit::Usage);
    assert!(again.output.is_empty() && !files[0].exists());
    assert_eq!(fs::read(&files[1]).unwrap(), keys[1]);
}

#[test]
fn the_records_of_the_settings_are_those_that_were_printed_first() {
    let publication = publication(&["--selector", "Spring.2026", "--type", "rsa"]);
    let records = records(&publication);
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].0, "spring.2026._domainkey.tidewater.example.org");
    let key = signer(&publication).keys()[0].record();
    assert_eq!((key.name, key.text), records[0]);
}

#[test]
fn what_a_dry_run_writes_and_render_prints_is_signed() {
    let publication = publication(&["--selector", "2026"]);
    let signer = signer(&publication);
    let clock = Clock::Fixed(date());
    let messages = publication.dry_run(clock);
    assert_eq!(messages.len(), 36);
    for message in &messages {
        assert!(plain::good(message, &signer), "{}", String::from_utf8_lossy(message));
    }
    assert_eq!(publication.dry_run(clock), messages, "the same input, the same bytes");
    let printed = publication.run_at(clock, &["render", "--as", "eml"]);
    assert!(plain::good(printed.output.as_bytes(), &signer), "{}", printed.messages);
}

#[test]
fn a_key_of_no_use_ends_a_dry_run_before_anything_is_written() {
    let publication = publication(&["--selector", "2026", "--type", "rsa"]);
    let file = ".newsletter/dkim/2026.pem";
    let good = publication.read(file);
    for (key, reason) in [
        (good.replace("-----END", ""), "not a private key in PEM form"),
        (good.replace(&good[400..404], "AAAA"), "damaged"),
        (String::new(), "the secret is empty"),
    ] {
        publication.write(file, &key);
        for arguments in [&["send", "--dry-run=out"][..], &["dkim", "record"], &["render"]] {
            let ended = publication.run(arguments);
            assert_eq!(ended.exit, Exit::Usage, "{arguments:?}");
            assert!(ended.messages.contains(reason), "{reason}: {}", ended.messages);
            let told = ended.messages + &ended.output;
            assert!(!told.contains(&good[60..90]), "{told}");
        }
    }
    assert!(!publication.path("out").exists());
}

#[test]
fn a_key_is_read_with_all_its_lines_from_wherever_it_is_kept() {
    let publication = Publication::sample();
    let settings = publication.read("newsletter.toml");
    let keyed = "\n[[dkim]]\nselector = \"a\"\nkey = { command = \"cat key.pem\" }\n";
    publication.write("newsletter.toml", &(settings.clone() + keyed));
    publication.write("key.pem", &newsletter::dkim::DkimKey::pem(rsa_der()));
    assert_eq!(publication.run(&["trust"]).exit, Exit::Done);
    assert_eq!(records(&publication).len(), 1);
    // The only variable of the tests holds no key, which is what the message is about.
    publication.write(
        "newsletter.toml",
        &(settings + &keyed.replace("command = \"cat key.pem\"", "env = \"SMTP_PASSWORD\"")),
    );
    let ended = publication.run(&["dkim", "record"]);
    assert_eq!(ended.exit, Exit::Usage);
    assert!(ended.messages.contains("look at the variable `SMTP_PASSWORD`"), "{}", ended.messages);
}
