//! What proxies write in, whom a request comes from out.

use axum::http::{HeaderMap, HeaderValue};
use newsletter::config::{ClientField, Network};
use newsletter::web::public::{client, hops, network};
use proptest::prelude::{Strategy, any, prop, proptest};

fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(name, HeaderValue::from_str(value).unwrap());
    }
    headers
}

/// Who it is, as seen behind proxies on loopback and in 10.0.0.0/8.
fn seen(peer: &str, name: &'static str, field: ClientField, values: &[&str]) -> String {
    let trusted: Vec<_> = ["127.0.0.0/8", "10.0.0.0/8", "::1"]
        .into_iter()
        .map(|block| Network::parse(block).unwrap())
        .collect();
    let peer = (!peer.is_empty()).then(|| peer.parse().unwrap());
    let client = client(peer, &headers(name, values), field, &trusted);
    client.map(|client| client.to_string()).unwrap_or_default()
}

#[test]
fn the_rightmost_address_that_is_not_trusted_counts() {
    for (peer, values, expected) in [
        ("127.0.0.1", vec!["203.0.113.9"], "203.0.113.9"),
        ("::1", vec!["203.0.113.9"], "203.0.113.9"),
        ("", vec!["203.0.113.9"], "203.0.113.9"),
        ("::ffff:127.0.0.1", vec!["::ffff:203.0.113.9"], "203.0.113.9"),
        // What a stranger wrote stands to the left of what a proxy saw.
        ("127.0.0.1", vec!["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", vec!["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", vec!["198.51.100.1, 203.0.113.9, 10.1.2.3"], "203.0.113.9"),
        ("127.0.0.1", vec!["203.0.113.9:4711"], "203.0.113.9"),
        ("127.0.0.1", vec!["[2001:db8::9]:4711"], "2001:db8::9"),
        ("127.0.0.1", vec!["2001:db8::9"], "2001:db8::9"),
        // Nobody believes a stranger.
        ("203.0.113.9", vec!["127.0.0.1"], "203.0.113.9"),
        ("203.0.113.9", vec!["198.51.100.1"], "203.0.113.9"),
        // What is no address ends it.
        ("127.0.0.1", vec!["198.51.100.1, unknown, 10.1.2.3"], "10.1.2.3"),
        ("127.0.0.1", vec!["unknown"], "127.0.0.1"),
        ("127.0.0.1", vec![""], "127.0.0.1"),
        ("127.0.0.1", vec![], "127.0.0.1"),
        ("", vec![], ""),
        ("127.0.0.1", vec!["10.1.2.3"], "10.1.2.3"),
    ] {
        let seen = seen(peer, "x-forwarded-for", ClientField::XForwardedFor, &values);
        assert_eq!(seen, expected, "{peer} {values:?}");
    }
}

#[test]
fn the_field_of_the_standard_is_read_where_the_settings_say_so_and_only_then() {
    let field = ClientField::Forwarded;
    for (values, expected) in [
        (vec!["for=203.0.113.9"], "203.0.113.9"),
        (vec!["for=198.51.100.1, for=203.0.113.9;proto=https;by=10.0.0.1"], "203.0.113.9"),
        (vec!["proto=https;For=\"[2001:db8::9]:4711\""], "2001:db8::9"),
        (vec!["for=\"203.0.113.9:80\", for=10.0.0.2"], "203.0.113.9"),
        (vec!["for=\"198.51.100.1, for=203.0.113.9\""], "127.0.0.1"),
        (vec!["for=_hidden"], "127.0.0.1"),
        (vec!["for=unknown, for=10.0.0.3"], "10.0.0.3"),
        (vec!["by=203.0.113.9"], "127.0.0.1"),
    ] {
        assert_eq!(seen("127.0.0.1", "forwarded", field, &values), expected, "{values:?}");
        let other = seen("127.0.0.1", "forwarded", ClientField::XForwardedFor, &values);
        assert_eq!(other, "127.0.0.1");
    }
}

#[test]
fn neighbours_are_one_network_and_strangers_are_not() {
    let same = |a: &str, b: &str| {
        let of = |text: &str| network(Some(text.parse().unwrap()));
        of(a) == of(b)
    };
    assert!(same("203.0.113.1", "203.0.113.254") && !same("203.0.113.1", "203.0.112.1"));
    assert!(same("203.0.113.1", "::ffff:203.0.113.9"));
    assert!(same("2001:db8:0:1::1", "2001:db8:0:ff::9"));
    assert!(!same("2001:db8:0:1::1", "2001:db8:0:100::1"));
}

/// Text of the characters that such fields consist of, so that much of it is nearly right.
fn nearly() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "for=",
        "For = ",
        "by=",
        ",",
        ";",
        "\"",
        "\\",
        "[",
        "]",
        ":",
        "127.0.0.1",
        "203.0.113.9",
        "2001:db8::1",
        "unknown",
        " ",
        "%",
        "_x",
        "99999",
        "::",
    ]);
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_that_is_written_there_is_believed_of_a_stranger(text in nearly(), other: Vec<u8>) {
        for field in [ClientField::XForwardedFor, ClientField::Forwarded] {
            let name = if field == ClientField::Forwarded { "forwarded" } else { "x-forwarded-for" };
            let mut fields = headers(name, &[&text]);
            if let Ok(value) = HeaderValue::from_bytes(&other) {
                fields.append(name, value);
            }
            let peer = "198.51.100.7".parse().unwrap();
            assert_eq!(client(Some(peer), &fields, field, &Network::LOOPBACK), Some(peer));
            let said = hops(&fields, field);
            let near = client(Some("127.0.0.1".parse().unwrap()), &fields, field, &Network::LOOPBACK);
            let near = near.unwrap();
            assert!(near.is_loopback() || said.contains(&Some(near)), "{near}");
        }
    }

    #[test]
    fn an_address_is_read_back_however_it_is_written(v4: u32, v6: u128, port: u16, bare in any::<bool>()) {
        let v6 = std::net::Ipv6Addr::from_bits(v6);
        let v4 = std::net::Ipv4Addr::from_bits(v4);
        let (first, second) = match bare {
            true => (format!("{v4}"), format!("[{v6}]")),
            false => (format!("{v4}:{port}"), format!("[{v6}]:{port}")),
        };
        let expected = [Some(v4.into()), Some(std::net::IpAddr::from(v6).to_canonical())];
        let plain = headers("x-forwarded-for", &[&format!("{first} ,{second}")]);
        assert_eq!(hops(&plain, ClientField::XForwardedFor), expected);
        let standard = headers("forwarded", &[&format!("for=\"{first}\";proto=http, For=\"{second}\"")]);
        assert_eq!(hops(&standard, ClientField::Forwarded), expected);
    }
}
