//! What strangers send in, the fields of a form, whom a proxy speaks for and a token, or none, out.
#![no_main]

use axum::http::{HeaderMap, HeaderValue, header};
use libfuzzer_sys::fuzz_target;
use newsletter::config::{ClientField, Network};
use newsletter::key::Key;
use newsletter::web::public::{Form, Link, client, hops, requested};

fuzz_target!(|sent: (&str, &[u8], &[u8], &str, &str)| {
    let (kind, body, forwarded, path, query) = sent;
    let form = Form::parse(kind, body);
    assert!(form.get("act").is_none() || form.all("act").count() > 0);

    let stranger = "198.51.100.7".parse().ok();
    for field in [ClientField::XForwardedFor, ClientField::Forwarded] {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_bytes(forwarded).unwrap_or(HeaderValue::from_static(""));
        headers.insert("x-forwarded-for", value.clone());
        headers.insert(header::FORWARDED, value);
        assert_eq!(client(stranger, &headers, field, &Network::LOOPBACK), stranger);
        let seen = client(None, &headers, field, &Network::LOOPBACK);
        assert!(seen.is_none() || hops(&headers, field).contains(&seen));
    }

    let key = Key::new(&[7; 32]);
    for url in ["https://example.org/u/{token}/x", "https://example.org/u?a=b&t=x{token}y"] {
        let link = Link::new(url, ("https://example.org", Some("/base"))).expect("it has a token");
        let token = link.token(path, query).unwrap_or(path);
        assert_eq!(key.open(token), None);
        assert!(requested(&key, token, jiff::Timestamp::UNIX_EPOCH).is_err());
    }
});
