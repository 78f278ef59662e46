//! The text of a private key in, what signs with it and its DNS record out.

use std::fmt;

use aws_lc_rs::digest::Digest;
use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The longest string of a TXT record (RFC 1035 §3.3).
const STRING_MAX: usize = 255;

/// How many characters of base64 a line of a PEM file has (RFC 7468 §2).
const PEM_LINE: usize = 64;

/// A private key, and where its public half is published.
pub struct DkimKey {
    /// `d=`: the domain that answers for the message.
    pub(super) domain: String,
    /// `s=`: the name of the key there.
    pub(super) selector: String,
    pair: Pair,
}

enum Pair {
    Rsa(rsa::KeyPair),
    Ed25519(Ed25519KeyPair),
}

/// A text is no key that can sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is no `-----BEGIN … PRIVATE KEY-----` in it, or what follows is not base64.
    #[error("it is not a private key in PEM form")]
    Form,
    /// A passphrase protects it.
    #[error("it is encrypted with a passphrase")]
    Encrypted,
    /// It is another kind of key.
    #[error("it is neither an RSA nor an Ed25519 key, or it is damaged")]
    Kind,
    /// RFC 8301 §3.2 and the large providers ask for 2048 bits.
    #[error("it is an RSA key of less than 2048 bits")]
    Short,
}

impl DkimKey {
    /// Reads a key as `openssl genpkey` (PKCS#8, RSA or Ed25519) and `openssl genrsa -traditional`
    /// (PKCS#1) write it; white space between the lines does not matter.
    ///
    /// # Errors
    /// It is no such key, or an RSA key of less than 2048 bits.
    pub fn from_pem(domain: &str, selector: &str, pem: &str) -> Result<Self, KeyError> {
        let (label, text) = block(pem).ok_or(KeyError::Form)?;
        if label == "ENCRYPTED PRIVATE KEY" || text.contains("Proc-Type") {
            return Err(KeyError::Encrypted);
        }
        let text: String = text.split_ascii_whitespace().collect();
        let der = STANDARD.decode(text).map_err(|_| KeyError::Form)?;
        let pair = match label {
            "RSA PRIVATE KEY" => rsa_pair(rsa::KeyPair::from_der(&der))?,
            _ => match Ed25519KeyPair::from_pkcs8(&der) {
                Ok(pair) => Pair::Ed25519(pair),
                Err(_) => rsa_pair(rsa::KeyPair::from_pkcs8(&der))?,
            },
        };
        Ok(Self { domain: domain.to_owned(), selector: selector.to_owned(), pair })
    }

    /// An Ed25519 key of 32 random bytes, as PKCS#8 in PEM form.
    #[must_use]
    pub fn ed25519_pem(seed: &[u8; 32]) -> String {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).expect("a seed has 32 bytes");
        let der = pair.to_pkcs8v1().expect("a key that was made can be written");
        Self::pem(der.as_ref())
    }

    /// A private key (PKCS#8, DER) in PEM form (RFC 7468).
    #[must_use]
    pub fn pem(der: &[u8]) -> String {
        let text = STANDARD.encode(der);
        let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(PEM_LINE));
            pem.extend([line, "\n"]);
            rest = after;
        }
        pem + "-----END PRIVATE KEY-----\n"
    }

    /// `a=`: how it signs.
    pub(super) fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Rsa(_) => "rsa-sha256",
            Pair::Ed25519(_) => "ed25519-sha256",
        }
    }

    /// Signs a SHA-256: RSASSA-PKCS1-v1_5 of it (RFC 6376 §3.3.1), or Ed25519 with it as the
    /// message (RFC 8463 §3).
    pub(super) fn sign(&self, digest: &Digest) -> Vec<u8> {
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign_digest(&RSA_PKCS1_SHA256, digest, &mut signature)
                    .expect("a key of 2048 bits has room for a SHA-256");
                signature
            }
            Pair::Ed25519(pair) => pair.sign(digest.as_ref()).as_ref().to_vec(),
        }
    }

    /// What has to stand in the DNS.
    #[must_use]
    pub fn record(&self) -> Record {
        let (kind, public) = match &self.pair {
            Pair::Rsa(pair) => {
                let der: Result<PublicKeyX509Der<'_>, _> = pair.public_key().as_der();
                let der = der.expect("the public half of a key that was read can be written");
                ("rsa", STANDARD.encode(der.as_ref()))
            }
            Pair::Ed25519(pair) => ("ed25519", STANDARD.encode(pair.public_key().as_ref())),
        };
        Record {
            name: format!("{}._domainkey.{}", self.selector, self.domain),
            text: format!("v=DKIM1; k={kind}; p={public}"),
        }
    }
}

impl fmt::Debug for DkimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DkimKey({}._domainkey.{}, {})", self.selector, self.domain, self.algorithm())
    }
}

/// The TXT record of a public key (RFC 6376 §3.6.1, RFC 8463 §4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its name, without a dot at the end.
    pub name: String,
    /// What it says.
    pub text: String,
}

impl fmt::Display for Record {
    /// The record as a line of a zone file: in strings of at most 255 bytes, which count as one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}. IN TXT", self.name)?;
        let mut rest = self.text.as_str();
        while !rest.is_empty() {
            let (string, after) = rest.split_at(rest.floor_char_boundary(STRING_MAX));
            write!(f, " \"{string}\"")?;
            rest = after;
        }
        Ok(())
    }
}

fn rsa_pair(read: Result<rsa::KeyPair, aws_lc_rs::error::KeyRejected>) -> Result<Pair, KeyError> {
    match read {
        Ok(pair) => Ok(Pair::Rsa(pair)),
        Err(error) if error.description_() == "TooSmall" => Err(KeyError::Short),
        Err(_) => Err(KeyError::Kind),
    }
}

/// The label and the text of the first private key of a PEM file (RFC 7468).
fn block(pem: &str) -> Option<(&str, &str)> {
    let mut rest = pem;
    loop {
        let (label, text) = rest.split_once("-----BEGIN ")?.1.split_once("-----")?;
        let (text, after) = text.split_once("-----END ")?;
        if label.ends_with("PRIVATE KEY") {
            return Some((label, text));
        }
        rest = after;
    }
}
