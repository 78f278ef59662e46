//! Logs, forms and mails in, the people who leave by them out.

mod apply;
mod lines;
mod links;
mod mails;

use newsletter::key::{KEY_LENGTH, Key};
use newsletter::leaving::Link;

/// The readers of the samples.
pub(crate) const READERS: [&str; 5] = ["ada", "ivo", "kofi", "maya", "noor"];

pub(crate) fn key() -> Key {
    Key::new(&[7; KEY_LENGTH])
}

pub(crate) fn link() -> Link {
    Link::new("https://review.example.org/unsubscribe/{token}")
}

/// The token of a reader of the samples.
pub(crate) fn token(key: &Key, name: &str) -> String {
    key.seal(&format!("{name}@example.org"))
}

/// A sample with real tokens: `@ada@` is Ada's, `@%ada%@` the same with escapes, and `@forged@` is
/// one of another publication.
pub(crate) fn filled(sample: &str, key: &Key) -> String {
    let other = Key::new(&[8; KEY_LENGTH]).seal("ada@example.org");
    let filled = sample.replace("@forged@", &other);
    READERS.iter().fold(filled, |text, name| {
        let token = token(key, name);
        let escaped: String = token.bytes().map(|byte| format!("%{byte:02x}")).collect();
        text.replace(&format!("@%{name}%@"), &escaped).replace(&format!("@{name}@"), &token)
    })
}
