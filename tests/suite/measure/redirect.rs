//! Links through the publication's server in, where they lead, if anywhere, out.

use newsletter::key::{KEY_LENGTH, Key, Purpose};
use newsletter::measure::{go, leads};
use proptest::prelude::any;

use crate::audience::holds;

const HOME: &str = "https://review.example.org/letters";

fn key() -> Key {
    Key::new(&[7; KEY_LENGTH])
}

/// What stands behind `/go/`, and the query.
fn parts(link: &str) -> (String, String) {
    let rest = link.strip_prefix(HOME).unwrap().strip_prefix("/go/").unwrap();
    let (path, query) = rest.split_once('?').unwrap();
    (path.to_owned(), query.to_owned())
}

fn follow(link: &str) -> Option<(String, String)> {
    let (path, query) = parts(link);
    leads(&key(), &path, &query)
}

#[test]
fn a_link_leads_where_it_led_and_says_so() {
    let link = go(HOME, &key(), "2026-11-20-first-frost", "https://www.example.com/a?b=c&d=e#f");
    let (shown, tag) = link.split_once("&tag=").unwrap();
    assert_eq!(
        shown,
        format!(
            "{HOME}/go/2026-11-20-first-frost?to=https://www.example.com/a%3Fb%3Dc%26d%3De%23f"
        )
    );
    assert!(tag.len() == 20 && tag.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let target = "https://www.example.com/a?b=c&d=e#f".to_owned();
    assert_eq!(follow(&link), Some(("2026-11-20-first-frost".to_owned(), target)));
    let names = ("[a-zÄé +&%0-9-]{1,20}", "[ -~äß]{0,60}");
    holds(512, &names, |(issue, path)| {
        let target = format!("https://example.com/{path}");
        let link = go(HOME, &key(), &issue, &target);
        let plain = link.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\".contains(&byte));
        assert!(plain, "{link}");
        let led = follow(&link).unwrap();
        assert_eq!(led.0, issue);
        assert_eq!(led.1, url::Url::parse(&target).unwrap().as_str());
    });
}

#[test]
fn nobody_else_can_make_one() {
    let link = go(HOME, &key(), "first-frost", "https://www.example.com/a");
    let (path, query) = parts(&link);
    let refused =
        |path: &str, query: &str| assert_eq!(leads(&key(), path, query), None, "{path}?{query}");
    refused("second-frost", &query);
    refused("", &query);
    refused(&path, "");
    refused(&path, &query.replace("example.com", "example.net"));
    refused(&path, &query.replace("https", "http"));
    refused(&path, query.split("&tag=").next().unwrap());
    refused(&path, &query.replace("&tag=", "&tag=0"));
    refused(&path, &format!("to=https://evil.example.net/&{query}"));
    assert_eq!(leads(&Key::new(&[8; KEY_LENGTH]), &path, &query), None);
    // A tag that is good for something else is not good for this.
    let other = key().tag(Purpose::ReturnPath, "first-frost\nhttps://www.example.com/a");
    refused(&path, &format!("to=https://www.example.com/a&tag={other}"));
    holds(1_000, &(0..query.len(), 0..8_u8), |(at, bit)| {
        let mut bytes = query.clone().into_bytes();
        bytes[at] ^= 1 << bit;
        let changed = String::from_utf8_lossy(&bytes).into_owned();
        // A letter of another case, escaped or not, may be the same to who reads the query.
        if let Some((_, target)) = leads(&key(), &path, &changed) {
            assert_eq!(target, "https://www.example.com/a", "{changed}");
        }
    });
    holds(1_000, &any::<(String, String)>(), |(path, query)| {
        assert_eq!(leads(&key(), &path, &query), None);
    });
}

#[test]
fn a_link_leads_to_web_pages_and_to_nothing_else() {
    for target in [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "mailto:ada@example.org",
        "//evil.example.net",
        "/path",
        "",
        "vbscript:x",
    ] {
        // Even with a tag of our own.
        assert_eq!(follow(&go(HOME, &key(), "first-frost", target)), None, "{target}");
    }
}
