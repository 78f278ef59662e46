//! Messages and keys in, signatures that others verify out.

mod command;
mod keys;
mod plain;
mod programs;
mod signatures;

use std::fs;
use std::sync::OnceLock;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa;
use jiff::Timestamp;
use newsletter::cli::Exit;
use newsletter::config;
use newsletter::diagnostic::Source;
use newsletter::dkim::{DkimKey, Signer};

use crate::support::publication::Publication;

/// When the messages of the tests are signed.
pub(crate) fn date() -> Timestamp {
    "2026-11-20T07:00:00Z".parse().unwrap()
}

/// An RSA key of 2048 bits (PKCS#8, DER); one for all tests, as it takes long to make.
fn rsa_der() -> &'static [u8] {
    static KEY: OnceLock<Vec<u8>> = OnceLock::new();
    KEY.get_or_init(|| {
        let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        der.as_ref().to_vec()
    })
}

/// An Ed25519 key of `example.org`.
fn ed25519() -> DkimKey {
    DkimKey::from_pem("example.org", "2026e", &DkimKey::ed25519_pem(&[7; 32])).unwrap()
}

/// An RSA key of `example.org`.
fn rsa() -> DkimKey {
    DkimKey::from_pem("example.org", "2026r", &DkimKey::pem(rsa_der())).unwrap()
}

/// A signer with one key of each kind.
fn both() -> Signer {
    Signer::new(vec![ed25519(), rsa()])
}

/// A message with its signatures before it.
fn signed(signer: &Signer, message: &[u8]) -> Vec<u8> {
    let mut signed = Vec::new();
    signer.sign(message, date(), &mut signed);
    signed.extend_from_slice(message);
    signed
}

/// The sample publication with keys that `dkim keygen` made.
pub(crate) fn publication(arguments: &[&str]) -> Publication {
    let publication = Publication::sample();
    let made = publication.run(&[&["dkim", "keygen"], arguments].concat());
    assert_eq!(made.exit, Exit::Done, "{}", made.messages);
    let start = made.messages.find("\n[[dkim]]").unwrap();
    let settings = publication.read("newsletter.toml") + &made.messages[start..];
    publication.write("newsletter.toml", &settings);
    publication
}

/// The records that `dkim record` prints: name and text.
pub(crate) fn records(publication: &Publication) -> Vec<(String, String)> {
    let printed = publication.run(&["dkim", "record"]);
    assert_eq!(printed.exit, Exit::Done, "{}", printed.messages);
    let record = |line: &str| {
        let (name, text) = line.split_once(". IN TXT ").unwrap();
        (name.to_owned(), text.trim_matches('"').replace("\" \"", ""))
    };
    printed.output.lines().map(record).collect()
}

/// What signs the mail of a publication.
pub(crate) fn signer(publication: &Publication) -> Signer {
    let settings = Source::new("newsletter.toml", publication.read("newsletter.toml"));
    let keys = config::parse(&settings).value.unwrap().dkim;
    let key = |dkim: config::Dkim| {
        let config::Secret::File(file) = dkim.key else { panic!("{:?}", dkim.key) };
        let pem = fs::read_to_string(publication.path(file.to_str().unwrap())).unwrap();
        DkimKey::from_pem(&dkim.domain, &dkim.selector, &pem).unwrap()
    };
    Signer::new(keys.into_iter().map(key).collect())
}
