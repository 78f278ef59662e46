//! Links as mail programs, proxies and people mangle them in, whose they are out.

use newsletter::leaving::{Found, Link, read_line, token_readings};
use newsletter::web::public::Link as Served;
use proptest::prelude::{any, proptest};

use crate::leaving::{key, link};

/// What may become of a token on its way: what stands before and behind it, or what is done to it.
const MANGLINGS: [&str; 26] = [
    "TOKEN",
    "TOKEN.",
    "TOKEN)",
    "TOKEN>",
    "TOKEN,",
    "TOKEN;",
    "TOKEN%20",
    "TOKEN%3E",
    "TOKEN%22",
    "TOKEN'",
    "TOKEN%E2%80%9D",
    "TOKEN&utm_source=mail",
    "TOKEN?utm_source=mail",
    "TOKEN#top",
    "TOKEN/",
    "TOKEN%2F",
    "TOKEN).",
    "TOKEN=",
    "TOKEN%3D%3D",
    "%20TOKEN",
    "%3CTOKEN%3E",
    "TOKEN_",
    "TOKEN*",
    "TOKEN%0D%0A",
    "TOKEN%3C/a%3E",
    "TOKEN%2529",
];

/// The ways in which the same characters are written (RFC 3986 §2.1).
fn encoded(token: &str) -> [String; 3] {
    let once = token.replace('-', "%2D").replace('_', "%5f");
    let twice = token.replace('-', "%252D").replace('_', "%255F");
    [token.to_owned(), once, twice]
}

/// Whom `serve` and `unsubscribe apply` take the target of a POST to be from.
fn both(target: &str) -> [Option<String>; 2] {
    let served = Served::new(
        "https://review.example.org/unsubscribe/{token}",
        ("https://review.example.org", None),
    );
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = path.split('#').next().unwrap_or_default();
    let slot = served.unwrap().token(path, query);
    let opened = slot.and_then(|slot| newsletter::leaving::Ask::of(&slot)?.open(&key()));
    let line =
        format!("192.0.2.1 - - [30/Nov/2026:10:00:00 +0000] \"POST {target} HTTP/1.1\" 404 0");
    let applied = match read_line(line.as_bytes(), &link()) {
        Some(Found::Asked { asks, .. }) => asks.iter().find_map(|ask| ask.open(&key())),
        _ => None,
    };
    [opened, applied]
}

#[test]
fn a_mangled_link_is_known_to_serve_and_apply_alike() {
    for number in 0..120 {
        let address = format!("reader{number}@example.org");
        for token in encoded(&key().seal(&address)) {
            for mangling in MANGLINGS {
                let target = format!("/unsubscribe/{}", mangling.replace("TOKEN", &token));
                let expected = Some(address.clone());
                assert_eq!(both(&target), [expected.clone(), expected], "{target}");
            }
        }
        let token = key().seal(&address);
        let cut = format!("/unsubscribe/{}", &token[..token.len() - 1]);
        assert_eq!(both(&cut), [Some(address.clone()), Some(address)], "{cut}");
    }
}

#[test]
fn a_link_without_a_name_in_its_query_is_known_to_apply_too() {
    let token = key().seal("ada@example.org");
    let link = Link::new("https://review.example.org/u?{token}");
    let ask = link.token(&format!("/u?{token})&utm_source=mail")).unwrap();
    assert_eq!(ask.open(&key()).as_deref(), Some("ada@example.org"));
}

proptest! {
    #[test]
    fn any_text_around_a_token_is_read_without_panic_and_forges_nothing(
        before in "[ -~]{0,12}", behind in any::<String>(), made in "[A-Za-z0-9_%.-]{0,120}",
    ) {
        let token = key().seal("ada@example.org");
        for text in [format!("{before}{token}{behind}"), behind.clone(), made.clone()] {
            let opened: Vec<_> =
                token_readings(&text).iter().filter_map(|one| key().open(one)).collect();
            assert!(opened.iter().all(|address| address == "ada@example.org"));
            drop(both(&format!("/unsubscribe/{text}")));
        }
        assert_eq!(both(&format!("/unsubscribe/{made}")), [None, None]);
    }
}
