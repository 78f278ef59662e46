//! Requests of people and of programs in, which of them count out.

use std::collections::BTreeSet;

use newsletter::measure::{SCANNERS, is_view};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

fn counts(method: &str, fields: &[(&'static str, &str)]) -> bool {
    let field = |name: &str| fields.iter().find(|(known, _)| *known == name);
    is_view(method, |name| field(name).map(|(_, value)| *value))
}

#[test]
fn people_count_whatever_they_read_with() {
    for agent in [
        FIREFOX,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/520.0]",
        "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; id) Presto/2.12.423 Version/12.16",
        "Lynx/2.9.0dev.12 libwww-FM/2.14",
    ] {
        assert!(counts("GET", &[("user-agent", agent)]), "{agent}");
    }
    assert!(counts("GET", &[("user-agent", FIREFOX), ("sec-fetch-dest", "document")]));
}

#[test]
fn no_known_scanner_counts() {
    let words: BTreeSet<_> = SCANNERS.iter().map(|scanner| scanner.word).collect();
    assert_eq!(words.len(), SCANNERS.len(), "no word is there twice");
    for scanner in SCANNERS {
        assert_eq!(scanner.word, scanner.word.to_lowercase());
        assert!(!scanner.who.is_empty() && !scanner.source.is_empty(), "{scanner:?}");
        let agent = format!("{FIREFOX} (compatible; {}/1.0)", scanner.word.to_uppercase());
        assert!(!counts("GET", &[("user-agent", &agent)]), "{agent}");
    }
    for agent in [
        "",
        "-",
        "curl/8.14.1",
        "Wget/1.25",
        "python-requests/2.32",
        "Go-http-client/2.0",
        "okhttp/5.0",
        "WhatsApp/2.25",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (Windows NT 6.1) SkypeUriPreview Preview/0.5",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36",
        "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    ] {
        assert!(!counts("GET", &[("user-agent", agent)]), "{agent}");
    }
    assert!(!counts("GET", &[]));
}

#[test]
fn what_is_fetched_beforehand_or_is_no_page_does_not_count() {
    let with = |name, value| counts("GET", &[("user-agent", FIREFOX), (name, value)]);
    assert!(!with("purpose", "prefetch"));
    assert!(!with("sec-purpose", "prefetch;prerender"));
    assert!(!with("sec-purpose", "prefetch;anonymous-client-ip"));
    assert!(!with("x-purpose", "preview"));
    assert!(!with("x-moz", "prefetch"));
    for dest in ["empty", "iframe", "image", "script"] {
        assert!(!with("sec-fetch-dest", dest));
    }
    for method in ["HEAD", "POST", "OPTIONS", "PROPFIND", "get"] {
        assert!(!counts(method, &[("user-agent", FIREFOX)]), "{method}");
    }
}
