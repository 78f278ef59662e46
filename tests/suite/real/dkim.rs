//! Messages that the program signed in, what dkimpy and opendkim say of them out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use newsletter::clock::Clock;
use newsletter::dkim::{DkimKey, KeyError};
use tempfile::TempDir;

use crate::dkim::{date, publication, records, signer};
use crate::real::component;

/// Two judges that know the keys.
pub(crate) struct Judges {
    folder: TempDir,
    keys: PathBuf,
}

impl Judges {
    pub(crate) fn new(records: &[(String, String)]) -> Self {
        let folder = component::open_folder("newsletter-dkim-");
        let keys = folder.path().join("keys");
        let lines = records.iter().map(|(name, text)| format!("{name} {text}\n"));
        fs::write(&keys, lines.collect::<String>()).unwrap();
        let settings =
            format!("Mode v\nSyslog no\nAuthservID test\nTestPublicKeys {}\n", keys.display());
        fs::write(folder.path().join("opendkim.conf"), settings).unwrap();
        Self { folder, keys }
    }

    /// The selectors whose signatures each judge finds good, for each message.
    fn ask(&self, messages: &[Vec<u8>]) -> Vec<[Vec<String>; 2]> {
        let write = |(at, message): (usize, &Vec<u8>)| {
            let file = self.folder.path().join(format!("{at}.eml"));
            fs::write(&file, message).unwrap();
            file
        };
        let files: Vec<PathBuf> = messages.iter().enumerate().map(write).collect();
        let mut dkimpy = Command::new("/usr/bin/python3");
        dkimpy.arg("-I").arg(component::tool("verify.py")).arg(&self.keys).args(&files);
        let dkimpy = component::run(&mut dkimpy);
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect();
        let dkimpy: Vec<Vec<String>> = dkimpy.lines().map(words).collect();
        assert_eq!(dkimpy.len(), files.len());
        dkimpy.into_iter().zip(&files).map(|(dkimpy, file)| [dkimpy, self.opendkim(file)]).collect()
    }

    fn opendkim(&self, file: &Path) -> Vec<String> {
        let mut opendkim = Command::new(component::find("opendkim", "opendkim"));
        opendkim.arg("-x").arg(self.folder.path().join("opendkim.conf")).arg("-t").arg(file);
        let said = component::run(opendkim.arg("-vvv"));
        let results = said.lines().filter(|line| line.trim_start().starts_with("dkim=pass"));
        let selector = |line: &str| {
            let (_, rest) = line.split_once("header.s=").unwrap();
            rest.split_whitespace().next().unwrap().to_owned()
        };
        results.map(selector).collect()
    }

    /// Fails unless both judges find every signature of each message good, or none.
    pub(crate) fn check(&self, messages: &[Vec<u8>], selectors: &[&str]) {
        for (found, message) in self.ask(messages).iter().zip(messages) {
            for (found, judge) in found.iter().zip(["dkimpy", "opendkim"]) {
                assert_eq!(found, selectors, "{judge}: {:?}", String::from_utf8_lossy(message));
            }
        }
    }
}

#[test]
#[ignore = "needs dkimpy and opendkim"]
fn dkimpy_and_opendkim_verify_both_signatures_of_every_sample() {
    let publication = publication(&["--selector", "Spring"]);
    let judges = Judges::new(&records(&publication));
    let mut messages = Vec::new();
    for issue in publication.issues() {
        messages.extend(publication.dry_run_of(&issue, Clock::System).into_iter().step_by(5));
    }
    assert!(messages.len() > 20);
    judges.check(&messages, &["spring-ed25519", "spring-rsa"]);
}

#[test]
#[ignore = "needs dkimpy and opendkim"]
fn dkimpy_and_opendkim_see_what_was_changed_or_added() {
    let publication = publication(&["--selector", "2026"]);
    let judges = Judges::new(&records(&publication));
    let message = String::from_utf8(publication.dry_run(Clock::System).remove(0)).unwrap();
    let text = |text: &str| text.as_bytes().to_vec();
    judges.check(&[text(&message)], &["2026-ed25519", "2026-rsa"]);
    let mut tampered = vec![
        message.replace("\r\nSubject: ", "\r\nSubject: X"),
        message.replace("\r\nList-Unsubscribe: <https://", "\r\nList-Unsubscribe: <https://x."),
        message.replacen("quoted-printable\r\n\r\n", "quoted-printable\r\n\r\nX", 1),
        message.clone() + "X\r\n",
    ];
    for name in ["From", "To", "Cc", "Subject", "Reply-To", "List-Unsubscribe", "Content-Type"] {
        tampered.push(format!("{name}: x@example.net\r\n{message}"));
        tampered.push(message.replacen(
            "\r\nDate: ",
            &format!("\r\n{name}: x@example.net\r\nDate: "),
            1,
        ));
    }
    assert!(tampered.iter().all(|changed| *changed != message));
    let tampered: Vec<_> = tampered.iter().map(|changed| text(changed)).collect();
    judges.check(&tampered, &[]);
}

#[test]
#[ignore = "needs dkimpy and opendkim"]
fn dkimpy_and_opendkim_read_a_message_without_a_list_and_odd_white_space_as_the_program_does() {
    let publication = publication(&["--selector", "2026"]);
    let judges = Judges::new(&records(&publication));
    let signer = signer(&publication);
    let signed = |message: &str| {
        let mut signed = Vec::new();
        signer.sign(message.as_bytes(), date(), &mut signed);
        [signed, message.as_bytes().to_vec()].concat()
    };
    let head = "From: a@tidewater.example.org\r\nSubject:  odd \t white\r\n\t space \r\nTO:b@example.org\r\n";
    // All end with a line break, as everything does that comes over SMTP.
    let bodies =
        ["", "\r\n", " \r\n\r\n", "x\r\n", "\r\n x\t\ty \r\n\r\n z\r\n\t\r\n\r\n", "x \t\r\n"];
    let messages: Vec<_> = bodies.iter().map(|body| signed(&format!("{head}\r\n{body}"))).collect();
    judges.check(&messages, &["2026-ed25519", "2026-rsa"]);
    // What was not there when it was signed cannot be there afterwards.
    let added = ["List-Unsubscribe: <https://example.net/>\r\n", "List-Unsubscribe-Post: x\r\n"];
    let added: Vec<_> =
        added.iter().map(|field| [field.as_bytes(), &messages[3]].concat()).collect();
    judges.check(&added, &[]);
}

#[test]
#[ignore = "needs OpenSSL"]
fn every_key_that_openssl_writes_is_read_or_refused_with_the_reason() {
    let openssl = |line: &str| {
        let words = line.split(' ');
        component::run(Command::new(component::find("openssl", "openssl")).args(words))
    };
    for (line, expected) in [
        ("genpkey -algorithm ed25519", Ok("k=ed25519")),
        ("genpkey -algorithm rsa", Ok("k=rsa")),
        ("genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:3072", Ok("k=rsa")),
        ("genrsa -traditional 2048", Ok("k=rsa")),
        ("genrsa -traditional 1024", Err(KeyError::Short)),
        ("genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:1024", Err(KeyError::Short)),
        ("genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256", Err(KeyError::Kind)),
        ("genpkey -algorithm ed448", Err(KeyError::Kind)),
        ("genpkey -algorithm ed25519 -aes256 -pass pass:x", Err(KeyError::Encrypted)),
        ("genrsa -traditional -aes256 -passout pass:x 2048", Err(KeyError::Encrypted)),
    ] {
        let read = DkimKey::from_pem("example.org", "a", &openssl(line));
        let kind = read.map(|key| key.record().text.split("; ").nth(1).unwrap().to_owned());
        assert_eq!(kind, expected.map(str::to_owned), "{line}");
    }
}
