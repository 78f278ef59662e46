//! The publication's secret key in, Message-IDs that cannot be guessed and sealed tokens out.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hkdf;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::alphabet::URL_SAFE;
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
    tag: hmac::Key,
    hasher: Hasher,
}

/// What a sealed text or a tag is good for: one that was made for one purpose is good for no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A token that confirms a subscription.
    Subscription,
    /// A token that undoes an unsubscription.
    Return,
    /// A tag in the address that bounces go to.
    ReturnPath,
    /// A tag of a link that leads through the publication's own server.
    Link,
}

impl Purpose {
    /// The words that bind it; the token of an unsubscribe link, which was first, has none.
    fn words(self) -> &'static [u8] {
        match self {
            Self::Subscription => b"subscription",
            Self::Return => b"return",
            Self::ReturnPath => b"return path",
            Self::Link => b"link",
        }
    }
}

/// Makes the hash that stands for an address which is not to be kept.
#[derive(Clone)]
pub struct Hasher {
    key: hmac::Key,
    /// Beginning of the key's fingerprint; `None` for a hasher that knows no address.
    mark: Option<String>,
}

impl Hasher {
    /// How long a hash is, in characters.
    pub const LENGTH: usize = 27;

    /// Length of the mark that tells the keys of hashes apart, in characters.
    pub const MARK_LENGTH: usize = 6;

    /// The hash of a text: 27 characters, which tell nothing of it to whoever lacks the key.
    #[must_use]
    pub fn hash(&self, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(&hmac::sign(&self.key, text.as_bytes()).as_ref()[..20])
    }

    /// Returns a hasher that knows nobody, to show a file without the publication's key.
    #[must_use]
    pub fn unknowing() -> Self {
        Key::new(&[]).hasher
    }

    /// Returns the beginning of the key's fingerprint, which stands beside each hash.
    #[must_use]
    pub fn mark(&self) -> Option<&str> {
        self.mark.as_deref()
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher(..)")
    }
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
        let message_id = hmac::Key::new(hmac::HMAC_SHA256, &subkey(b"message-id"));
        let mark = fingerprint(&message_id)[..Hasher::MARK_LENGTH].to_owned();
        let hashing = hmac::Key::new(hmac::HMAC_SHA256, &subkey(b"suppression"));
        Self {
            message_id,
            nonce: hmac::Key::new(hmac::HMAC_SHA256, &subkey(b"token nonce")),
            seal: LessSafeKey::new(seal),
            tag: hmac::Key::new(hmac::HMAC_SHA256, &subkey(b"tag")),
            hasher: Hasher { key: hashing, mark: (!secret.is_empty()).then_some(mark) },
        }
    }

    /// What hashes the addresses that are not to be kept.
    #[must_use]
    pub fn hasher(&self) -> Hasher {
        self.hasher.clone()
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
        fingerprint(&self.message_id)
    }

    /// Seals an address into the token of its unsubscribe link.
    ///
    /// AES-256-GCM-SIV (RFC 8452) with a nonce made from the address: the same address gives the
    /// same token, nobody can read or forge one, and no database is needed to open it.
    #[must_use]
    pub fn seal(&self, address: &str) -> String {
        self.seal_bound(&[], address)
    }

    /// Seals a text for a purpose: the same text gives the same token for the same purpose only.
    #[must_use]
    pub fn seal_as(&self, purpose: Purpose, text: &str) -> String {
        self.seal_bound(purpose.words(), text)
    }

    /// Seals a text into a token that ends in a letter or a digit.
    ///
    /// Mail programs make links of plain text, and leave out a `-` or `_` at the end. Where a token
    /// ends so, the next nonce is taken; the number of tries is in no token, since the nonce is.
    fn seal_bound(&self, purpose: &[u8], text: &str) -> String {
        let mut token = self.seal_once(purpose, text, 0);
        for attempt in 1..=u8::MAX {
            if token.ends_with(|end: char| end.is_ascii_alphanumeric()) {
                break;
            }
            token = self.seal_once(purpose, text, attempt);
        }
        token
    }

    fn seal_once(&self, purpose: &[u8], text: &str, attempt: u8) -> String {
        let mut context = hmac::Context::with_key(&self.nonce);
        if !purpose.is_empty() {
            // No address begins with a zero: what is sealed without a purpose has another nonce.
            context.update(&[0]);
            context.update(purpose);
            context.update(&[0]);
        }
        context.update(text.as_bytes());
        if attempt > 0 {
            context.update(&[0, attempt]);
        }
        let mut nonce = [0; 12];
        nonce.copy_from_slice(&context.sign().as_ref()[..12]);
        let mut token = Vec::with_capacity(12 + text.len() + 16);
        token.extend_from_slice(&nonce);
        token.extend_from_slice(text.as_bytes());
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self
            .seal
            .seal_in_place_separate_tag(nonce, Aad::from(purpose), &mut token[12..])
            .expect("what is sealed is far below the length limit of AES-GCM-SIV");
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
    ///
    /// How long that takes depends on the length of the token alone.
    #[must_use]
    pub fn open(&self, token: &str) -> Option<String> {
        self.open_bound(&[], token)
    }

    /// Opens what [`Key::seal_as`] sealed for the same purpose.
    #[must_use]
    pub fn open_as(&self, purpose: Purpose, token: &str) -> Option<String> {
        self.open_bound(purpose.words(), token)
    }

    /// Opens a token whose end a mail program cut off: one character, or two of `-` and `_`.
    ///
    /// The 68 endings are tried against the seal, so that a forged token opens no more than before.
    #[must_use]
    pub fn open_cut(&self, token: &str) -> Option<String> {
        self.open_cut_bound(&[], token)
    }

    /// Opens what [`Key::seal_as`] sealed, and of which the end was cut off.
    #[must_use]
    pub fn open_cut_as(&self, purpose: Purpose, token: &str) -> Option<String> {
        self.open_cut_bound(purpose.words(), token)
    }

    fn open_cut_bound(&self, purpose: &[u8], token: &str) -> Option<String> {
        const PAIRS: [&str; 4] = ["--", "-_", "_-", "__"];
        let mut whole = String::with_capacity(token.len() + 2);
        let mut attempt = |end: &str| {
            whole.clear();
            whole.extend([token, end]);
            self.open_bound(purpose, &whole)
        };
        let letters = URL_SAFE.as_str();
        let single = (0..letters.len()).find_map(|at| attempt(&letters[at..=at]));
        single.or_else(|| PAIRS.into_iter().find_map(attempt))
    }

    fn open_bound(&self, purpose: &[u8], token: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<12>()?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.seal.open_in_place(nonce, Aad::from(purpose), &mut sealed).ok()?;
        String::from_utf8(opened.to_vec()).ok()
    }

    /// The tag of a text for a purpose: 20 hexadecimal digits (80 bits of an HMAC-SHA256) in lower
    /// case, for where a token has little room and may lose the case of its letters.
    #[must_use]
    pub fn tag(&self, purpose: Purpose, text: &str) -> String {
        let mut context = hmac::Context::with_key(&self.tag);
        context.update(purpose.words());
        context.update(&[0]);
        context.update(text.as_bytes());
        context.sign().as_ref()[..10].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether a tag is that of a text; it takes as long for a wrong tag as for the right one.
    #[must_use]
    pub fn tagged(&self, purpose: Purpose, text: &str, tag: &str) -> bool {
        verify_slices_are_equal(self.tag(purpose, text).as_bytes(), tag.as_bytes()).is_ok()
    }
}

/// Returns what tells two keys apart, from the subkey of Message-IDs.
fn fingerprint(key: &hmac::Key) -> String {
    URL_SAFE_NO_PAD.encode(&hmac::sign(key, b"fingerprint").as_ref()[..9])
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

#[cfg(test)]
mod tests {
    use crate::key::{KEY_LENGTH, Key, Purpose};

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

    #[test]
    fn what_was_made_for_one_purpose_is_good_for_no_other() {
        let key = Key::new(&[7; KEY_LENGTH]);
        let token = key.seal_as(Purpose::Return, "ada@example.org");
        assert_eq!(key.open_as(Purpose::Return, &token).as_deref(), Some("ada@example.org"));
        assert_eq!(key.open_as(Purpose::Subscription, &token), None);
        assert_eq!(key.open(&token), None);
        assert_eq!(key.open_as(Purpose::Return, &key.seal("ada@example.org")), None);
        let tag = key.tag(Purpose::ReturnPath, "1.2");
        assert!(tag.len() == 20 && key.tagged(Purpose::ReturnPath, "1.2", &tag));
        let wrong = [(Purpose::Link, "1.2"), (Purpose::ReturnPath, "1.3")];
        for (purpose, text) in wrong {
            assert!(!key.tagged(purpose, text, &tag));
        }
        assert!(!key.tagged(Purpose::ReturnPath, "1.2", &tag[1..]));
        assert!(!Key::new(&[8; KEY_LENGTH]).tagged(Purpose::ReturnPath, "1.2", &tag));
        assert_ne!(key.hasher().hash("ada"), Key::new(&[8; KEY_LENGTH]).hasher().hash("ada"));
    }

    #[test]
    fn no_token_ends_in_a_character_that_mail_programs_leave_out() {
        let key = Key::new(&[7; KEY_LENGTH]);
        for number in 0..3_000 {
            let address = format!("reader{number}@example.org");
            let text = "x".repeat(number % 3) + &address;
            for token in [key.seal(&text), key.seal_as(Purpose::Subscription, &text)] {
                assert!(token.ends_with(|end: char| end.is_ascii_alphanumeric()), "{token}");
            }
            assert_eq!(key.open(&key.seal(&text)), Some(text.clone()));
            assert_eq!(key.seal(&text), key.seal(&text));
            // What was sealed before, with whatever end, is as good as ever.
            let old = key.seal_once(&[], &text, 0);
            assert_eq!(key.open(&old), Some(text));
        }
    }

    #[test]
    fn a_token_whose_end_was_cut_off_opens_and_a_forged_one_does_not() {
        let key = Key::new(&[7; KEY_LENGTH]);
        for number in 0..600 {
            let address = format!("reader{number}@example.org");
            let old = key.seal_once(&[], &address, 0);
            let cut = &old[..old.len() - 1];
            assert_eq!(key.open_cut(cut).as_deref(), Some(&*address));
            assert_eq!(key.open_cut_as(Purpose::Return, cut), None);
            let bare = old.trim_end_matches(['-', '_']);
            if bare.len() + 2 == old.len() {
                assert_eq!(key.open_cut(bare).as_deref(), Some(&*address));
            }
            assert_eq!(Key::new(&[8; KEY_LENGTH]).open_cut(cut), None);
            assert_eq!(
                key.open_cut(&format!("A{}", &cut[1..])).filter(|_| !cut.starts_with('A')),
                None
            );
            assert_eq!(key.open_cut(&cut[..cut.len() - 2]), None);
        }
    }
}
