//! Links, forms and tokens of any kind in, what is in them or nothing out.

use jiff::Timestamp;
use newsletter::config::Rate;
use newsletter::key::{Key, Purpose};
use newsletter::web::public::{
    Form, Gate, Link, Refusal, Request, is_way_back, request, requested, way_back,
};
use proptest::prelude::{any, prop, proptest};
use std::time::Duration;

use crate::support::site::key;

/// Where a token is in a request, by the URL of the settings.
fn token(url: &str, here: Option<&str>, path: &str, query: &str) -> Option<String> {
    Link::new(url, ("https://example.org/letters/", here)).unwrap().token(path, query)
}

#[test]
fn the_token_is_found_wherever_the_settings_put_it() {
    let long = "YORsHnwgZRQz11qTKJYMmzHlNobT3queiNlxnmyJkNHoYC75jQ66XFSnhl8ChFhttbeTAg";
    for (url, path, query, expected) in [
        ("https://example.org/u/{token}", "/u/abc", "", Some("abc")),
        ("https://example.org/u/{token}", "/u/abc", "preferences", Some("abc")),
        ("https://example.org/u/{token}", "/u/", "", None),
        ("https://example.org/u/{token}", "/u/a/b", "", None),
        ("https://example.org/u/{token}", "/v/abc", "", None),
        ("https://example.org/u/{token}/leave", "/u/abc/leave", "", Some("abc")),
        ("https://example.org/u/{token}/leave", "/u/abc", "", None),
        ("https://example.org/u?t={token}", "/u", "t=abc", Some("abc")),
        ("https://example.org/u?l=3&t={token}#x", "/u", "x=1&t=abc&preferences", Some("abc")),
        ("https://example.org/u?t={token}", "/u", "tt=abc", None),
        ("https://example.org/u?t={token}", "/u", "t=", None),
        ("https://example.org/u?t={token}", "/v", "t=abc", None),
        ("https://example.org/u?t=a-{token}", "/u", "t=a-bc", Some("bc")),
        ("https://example.org?{token}", "/", "abc", Some("abc")),
        // At the top, pages are no tokens.
        ("https://example.org/{token}", "/index.html", "", None),
        ("https://example.org/{token}", "/subscribe", "", None),
    ] {
        assert_eq!(token(url, None, path, query).as_deref(), expected, "{url} {path}?{query}");
    }
    let top = format!("/{long}");
    assert_eq!(token("https://example.org/{token}", None, &top, "").as_deref(), Some(long));
    // What is below the publication is where the proxy hands it on, everything else as it is.
    let below = "https://example.org/letters/u/{token}";
    assert_eq!(token(below, Some(""), "/u/abc", "").as_deref(), Some("abc"));
    assert_eq!(token(below, Some("/x"), "/x/u/abc", "").as_deref(), Some("abc"));
    assert_eq!(token(below, None, "/letters/u/abc", "").as_deref(), Some("abc"));
    assert_eq!(
        token("https://other.example.org/u/{token}", Some("/x"), "/u/abc", "").as_deref(),
        Some("abc")
    );
    assert_eq!(Link::new("https://example.org/u#{token}", ("https://example.org", None)), None);
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + second).unwrap()
}

#[test]
fn what_lets_somebody_in_is_good_for_one_thing_one_reader_and_some_time() {
    let key = key();
    let ada = "ada@example.org".parse().unwrap();
    let wanted =
        Request { address: "Ada@Example.org".parse().unwrap(), parts: vec!["coast".into()] };
    let confirm = request(&key, &wanted, at(0));
    assert_eq!(requested(&key, &confirm, at(3 * 86_400)), Ok((wanted, at(0))));
    assert_eq!(requested(&key, &confirm, at(3 * 86_400 + 1)), Err(Refusal::Old));
    assert_eq!(requested(&key, &confirm, at(-301)), Err(Refusal::Old));
    let back = way_back(&key, &ada, at(0));
    assert_eq!(is_way_back(&key, &back, &ada, at(3_600)), Ok(at(0)));
    assert_eq!(is_way_back(&key, &back, &ada, at(3_601)), Err(Refusal::Old));
    let bob = "bob@example.org".parse().unwrap();
    assert_eq!(is_way_back(&key, &back, &bob, at(1)), Err(Refusal::Wrong));
    // None is good in the place of another, nor with another key.
    assert_eq!(is_way_back(&key, &confirm, &ada, at(1)), Err(Refusal::Wrong));
    assert_eq!(is_way_back(&key, &key.seal("ada@example.org"), &ada, at(1)), Err(Refusal::Wrong));
    assert_eq!(requested(&key, &back, at(1)), Err(Refusal::Wrong));
    assert_eq!(requested(&key, &key.seal("ada@example.org"), at(1)), Err(Refusal::Wrong));
    assert_eq!(requested(&Key::new(&[8; 32]), &confirm, at(1)), Err(Refusal::Wrong));
    assert_eq!((key.open(&confirm), key.open(&back)), (None, None));
    let sealed = key.seal_as(Purpose::Subscription, "no time\nada@example.org\n");
    assert_eq!(requested(&key, &sealed, at(1)), Err(Refusal::Wrong));
}

#[test]
fn a_gate_lets_as_many_through_as_it_says_and_then_one_after_the_other() {
    let gate = Gate::new(Rate { messages: 3, per: Duration::from_secs(30) }, [1; 16]);
    let through = |second| gate.admits(b"ada", at(second));
    assert_eq!([0, 0, 0, 0, 9].map(through), [true, true, true, false, false]);
    assert_eq!([10, 11, 20, 25].map(through), [true, false, true, false]);
    assert_eq!([100, 100, 100, 100].map(through), [true, true, true, false]);
    assert!(gate.admits(b"bob", at(100)), "another has a gate of their own");
}

#[test]
fn a_crowd_keeps_hardly_anybody_else_out() {
    let gate = Gate::new(Rate { messages: 1, per: Duration::from_hours(1) }, [1; 16]);
    let crowd = (0..1_000_u32).filter(|number| gate.admits(&number.to_le_bytes(), at(0)));
    assert!(crowd.count() > 900);
    let innocent = (5_000..6_000_u32).filter(|number| gate.admits(&number.to_le_bytes(), at(1)));
    assert!(innocent.count() > 900);
}

proptest! {
    #[test]
    fn fields_are_read_back_from_either_kind_of_form(
        fields in prop::collection::vec(("[a-z-]{1,12}", "[^\r\n]{0,40}"), 0..8),
    ) {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&fields);
        let urlencoded = Form::parse("application/x-www-form-urlencoded", query.finish().as_bytes());
        let parts: String = fields
            .iter()
            .map(|(name, value)| {
                format!("--=_b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
            })
            .collect();
        let body = format!("{parts}--=_b--\r\n");
        let multipart = Form::parse("Multipart/Form-Data; x=y; Boundary=\"=_b\"", body.as_bytes());
        for (name, _) in &fields {
            let expected: Vec<_> =
                fields.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str()).collect();
            assert_eq!(urlencoded.all(name).collect::<Vec<_>>(), expected);
            assert_eq!(multipart.all(name).collect::<Vec<_>>(), expected);
        }
        assert_eq!(multipart.get("nothing of the kind"), None);
    }

    #[test]
    fn any_bytes_are_a_form_or_none(kind: String, body: Vec<u8>, boundary in "[a-z]{0,3}") {
        let plain = Form::parse(&kind, &body);
        let parts = Form::parse(&format!("multipart/form-data;boundary={boundary}"), &body);
        assert!([plain, parts].iter().all(|form| form.all("a").count() <= 64));
    }

    #[test]
    fn a_token_that_was_changed_or_made_up_opens_nothing(
        at_ in any::<prop::sample::Index>(), bit in 0..8_u8, made in "[A-Za-z0-9_-]{0,120}",
    ) {
        let key = key();
        let wanted = Request { address: "ada@example.org".parse().unwrap(), parts: Vec::new() };
        let tokens = [key.seal("ada@example.org"), request(&key, &wanted, at(0))];
        for token in tokens {
            let mut changed = token.clone().into_bytes();
            // A last character that is lost is known again, and another one in its place is not.
            let place = at_.index(changed.len() - 1);
            changed[place] ^= 1 << bit;
            let changed = String::from_utf8_lossy(&changed).into_owned();
            // The last character of a token has bits to spare, which have to be zero.
            assert_eq!(key.open(&changed), None);
            assert_eq!(requested(&key, &changed, at(0)), Err(Refusal::Wrong));
        }
        assert_eq!(key.open(&made), None);
        assert_eq!(requested(&key, &made, at(0)), Err(Refusal::Wrong));
    }
}
