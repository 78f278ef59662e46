//! Any text in, as an address that a bounce came to: no token of it proves anything, and what is read is what was written. As a setting: a return path that takes every token, or none.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use newsletter::config::ReturnPath;
use newsletter::journal::{Stamp, Token};
use newsletter::key::Key;

static KEY: LazyLock<Key> = LazyLock::new(|| Key::new(&[7; 32]));

fuzz_target!(|text: &str| {
    let stamp = Stamp::test("review.example.org");
    for token in Token::find(text) {
        assert!(!stamp.proves(&KEY, &token));
    }
    let Ok(path) = text.parse::<ReturnPath>() else { return };
    let token = stamp.token(&KEY, 1);
    let address = path.with(&token).to_string();
    assert!(address.is_ascii() && address.split('@').next().is_some_and(|local| local.len() <= 64));
    let found = Token::find(&address).find(|found| stamp.proves(&KEY, found));
    assert_eq!(found.is_some(), path.has_token(), "{address}");
});
