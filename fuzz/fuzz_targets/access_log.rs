//! Any bytes in, as a log and as a mailbox; tokens that have the form of tokens out.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newsletter::leaving::{
    Ask, Found, Lines, Link, TOKEN_MAX, TOKEN_MIN, read_line, read_mail,
};

fn check(ask: &Ask) {
    assert!(!ask.readings().is_empty());
    for token in ask.readings() {
        assert!((TOKEN_MIN..=TOKEN_MAX).contains(&token.len()));
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    }
    assert!(ask.beginning().len() <= 8);
}

fuzz_target!(|bytes: &[u8]| {
    for url in ["https://a.example.org/u/{token}", "https://a.example.org/u?l=1&t=x{token}y"] {
        let link = Link::new(url);
        let mut lines = Lines::new(bytes);
        while let Ok(Some(line)) = lines.next_line() {
            if let Some(Found::Asked { asks, .. }) = read_line(line, &link) {
                assert!(!asks.is_empty());
                asks.iter().for_each(check);
            }
        }
        read_mail(bytes, &link).ask.iter().for_each(check);
    }
});
