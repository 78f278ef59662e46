//! Messages and keys in, signatures that others verify out.

mod keys;
mod plain;
mod programs;
mod signatures;

use std::sync::OnceLock;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa;
use jiff::Timestamp;
use newsletter::dkim::{DkimKey, Signer};

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
