//! The publication's secret key in, Message-IDs that cannot be guessed and sealed tokens out.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// How many bytes of randomness a key is made from.
pub const KEY_LENGTH: usize = 32;

/// The key of a publication: what makes its unsubscribe links unforgeable.
///
/// Two uses get two keys of their own (HKDF, RFC 5869), so that neither tells anything of the other.
pub struct Key {
    message_id: hmac::Key,
    nonce: hmac::Key,
    seal: LessSafeKey,
}

impl Key {
    /// Derives the keys from a secret, which should hold at least 32 random bytes.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        let derived = hkdf::Salt::new(hkdf::HKDF_SHA256, b"newsletter v1").extract(secret);
        let subkey = |purpose: &[u8]| {
            let mut bytes = [0; 32];
            derived
                .expand(&[purpose], hmac::HMAC_SHA256)
                .and_then(|material| material.fill(&mut bytes))
                .expect("HKDF can always give 32 bytes");
            bytes
        };
        let seal = UnboundKey::new(&AES_256_GCM_SIV, &subkey(b"token seal"))
            .expect("AES-256 takes a key of 32 bytes");
        Self {
            message_id: hmac::Key::new(hmac::HMAC_SHA256, &subkey(b"message-id")),
            nonce: hmac::Key::new(hmac::HMAC_SHA256, &subkey(b"token nonce")),
            seal: LessSafeKey::new(seal),
        }
    }

    /// The part of a Message-ID before the `@`: 27 characters, the same for the same issue and reader.
    #[must_use]
    pub fn message_id(&self, issue: &str, reader: &str) -> String {
        let mut context = hmac::Context::with_key(&self.message_id);
        context.update(issue.as_bytes());
        context.update(&[0]);
        context.update(reader.as_bytes());
        URL_SAFE_NO_PAD.encode(&context.sign().as_ref()[..20])
    }

    /// What tells two keys apart, and nothing of either.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(&hmac::sign(&self.message_id, b"fingerprint").as_ref()[..9])
    }

    /// Seals an address into the token of its unsubscribe link.
    ///
    /// AES-256-GCM-SIV (RFC 8452) with a nonce made from the address: the same address gives the
    /// same token, nobody can read or forge one, and no database is needed to open it.
    #[must_use]
    pub fn seal(&self, address: &str) -> String {
        let tag = hmac::sign(&self.nonce, address.as_bytes());
        let mut nonce = [0; 12];
        nonce.copy_from_slice(&tag.as_ref()[..12]);
        let mut token = Vec::with_capacity(12 + address.len() + 16);
        token.extend_from_slice(&nonce);
        token.extend_from_slice(address.as_bytes());
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self
            .seal
            .seal_in_place_separate_tag(nonce, Aad::empty(), &mut token[12..])
            .expect("an address is far below the length limit of AES-GCM-SIV");
        token.extend_from_slice(tag.as_ref());
        URL_SAFE_NO_PAD.encode(token)
    }

    /// How long the token of an address is.
    #[must_use]
    pub fn token_length(address: &str) -> usize {
        // The nonce, the address and the tag, four characters for every three bytes.
        ((12 + address.len() + 16) * 4).div_ceil(3)
    }

    /// Opens a token; `None` when it was not sealed with this key, or was changed since.
    #[must_use]
    pub fn open(&self, token: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<12>()?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.seal.open_in_place(nonce, Aad::empty(), &mut sealed).ok()?;
        String::from_utf8(opened.to_vec()).ok()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

#[cfg(test)]
mod tests {
    use crate::key::{KEY_LENGTH, Key};

    #[test]
    fn a_token_opens_to_its_address_and_to_nothing_when_changed() {
        let key = Key::new(&[7; KEY_LENGTH]);
        let token = key.seal("ada@example.org");
        assert_eq!(key.open(&token).as_deref(), Some("ada@example.org"));
        assert_eq!(key.seal("ada@example.org"), token);
        assert!(!token.contains("ada"));
        for at in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'Q' } else { b'A' };
            assert_eq!(key.open(&String::from_utf8(forged).unwrap()), None, "byte {at}");
        }
        assert_eq!(Key::new(&[8; KEY_LENGTH]).open(&token), None);
        assert_eq!(key.open(""), None);
    }

    #[test]
    fn a_message_id_depends_on_key_issue_and_reader() {
        let key = Key::new(&[7; KEY_LENGTH]);
        let one = key.message_id("first-frost", "ada@example.org");
        assert_eq!(one, key.message_id("first-frost", "ada@example.org"));
        assert_ne!(one, key.message_id("first-fros", "tada@example.org"));
        assert_ne!(one, Key::new(&[8; KEY_LENGTH]).message_id("first-frost", "ada@example.org"));
        assert!(one.len() == 27 && !one.contains(['<', '>', '@', '.']));
    }
}
