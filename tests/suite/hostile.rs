//! Lists and issues that mean harm in, clear errors or harmless messages out.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use mail_parser::{HeaderName, MessageParser};

use crate::support::console::Console;

/// What people and programs put into the cells of a list.
const VALUES: [&str; 16] = [
    "\r\nBcc: everyone@example.com",
    "\nSubject: another",
    "\r",
    "a\0b",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'; DROP TABLE recipients; --",
    "javascript:alert(1)",
    "https://evil.example.com/",
    "=?utf-8?q?=0D=0ABcc:_a@example.com?=",
    ".\r\nMAIL FROM:<a@example.com>",
    "=cmd()",
    "\u{202e}txet desrever",
    "{{email}}",
    "%0d%0aBcc:%20x",
    "\u{1f600}\u{200d}\u{fe0f}\u{0301}",
];

/// Every header that a message has, and no other.
const HEADERS: [&str; 16] = [
    "Date",
    "From",
    "Reply-To",
    "To",
    "Subject",
    "Message-ID",
    "List-ID",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Archive",
    "List-Post",
    "Precedence",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];

/// A list in which every column of a row holds the same value.
fn list(values: &[&str]) -> String {
    let mut list = String::from("email,first_name,last_name,town,tags,member_since\n");
    for (number, value) in values.iter().enumerate() {
        let cell = format!("\"{}\"", value.replace('"', "\"\""));
        writeln!(list, "r{number}@example.org,{cell},{cell},{cell},member,{cell}").unwrap();
    }
    list
}

fn messages(folder: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder.join("out/new")).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn no_value_of_a_reader_breaks_out_of_its_place() {
    for issue in ["2026-11-20-first-frost", "2026-11-13-what-a-ferry-is-worth"] {
        let mut console = Console::with_sample();
        fs::write(console.folder().join("subscribers.csv"), list(&VALUES)).unwrap();
        let said = console.run(&format!("newsletter send {issue} --dry-run=out"));
        assert!(said.contains("Wrote 16 messages"), "{said}");
        for (message, value) in messages(console.folder()).iter().zip(VALUES) {
            check(message, value);
        }
    }
}

fn check(message: &[u8], value: &str) {
    let parsed = MessageParser::new().parse(message).unwrap();
    for header in parsed.headers() {
        let name = header.name.as_str();
        let known = HEADERS.iter().filter(|known| known.eq_ignore_ascii_case(name)).count();
        assert_eq!(known, 1, "{value:?} made a header `{name}`");
    }
    assert_eq!(parsed.headers().len(), HEADERS.len() - 1, "{value:?}");
    let to = parsed.header(HeaderName::To).unwrap().as_address().unwrap();
    assert_eq!(to.iter().count(), 1, "{value:?}");
    let html = parsed.body_html(0).unwrap();
    assert!(!html.contains("<script") && !html.contains("<img src=x"), "{value:?}");
    for (before, _) in html.match_indices("href=\"").map(|(at, _)| html.split_at(at)) {
        let url = &html[before.len() + 6..];
        assert!(url.starts_with("https://"), "{value:?} leads to {}", &url[..40.min(url.len())]);
        assert!(!url.starts_with("https://evil"), "{value:?}");
    }
    assert_eq!(parsed.text_body_count(), 1);
}

#[test]
fn a_cell_of_ten_megabytes_costs_its_row_and_nothing_else() {
    let mut console = Console::with_sample();
    let mut text = list(&["Ada"]);
    write!(text, "big@example.org,{},,,,\nlast@example.org,Last,,,,\n", "x".repeat(10_000_000))
        .unwrap();
    fs::write(console.folder().join("subscribers.csv"), text).unwrap();
    let said = console.run("newsletter send --dry-run=out");
    assert!(said.contains("subscribers.csv:3: "), "{said}");
    assert!(said.contains("Wrote 2 messages"), "{said}");
    assert!(said.len() < 2_000, "the cell is not printed");
}

#[test]
fn lists_that_are_none_are_refused_with_the_reason() {
    let lists: [(&[u8], &str); 5] = [
        (b"", "empty"),
        (b"email,first_name\nada@example.org,Ren\xe9e\n", "line 2"),
        (b"name;town\nAda;Averley\n", "`email`"),
        (b"email,email\na@example.org,b@example.org\n", "`email`"),
        (b"\xff\xfe\x00e\x00m", "UTF-8"),
    ];
    for (bytes, reason) in lists {
        let mut console = Console::with_sample();
        fs::write(console.folder().join("subscribers.csv"), bytes).unwrap();
        for command in ["send --dry-run", "check", "send 2026-11-20-first-frost --yes"] {
            let said = console.run(&format!("newsletter {command}"));
            assert!(said.contains(reason) && said.ends_with("[exit 1]\n"), "{reason}: {said}");
        }
        assert_eq!(console.run("newsletter status"), "Nothing was sent yet.\n");
    }
}

#[test]
fn an_issue_that_is_none_is_refused_with_the_reason() {
    for text in ["", "\n\n", "title = \"x\"", "\u{feff}", "{\"title\": 1}", "[[section]]\n"] {
        let mut console = Console::with_sample();
        fs::write(console.folder().join("issues/2026-12-01-none.toml"), text).unwrap();
        let said = console.run("newsletter send 2026-12-01-none --dry-run");
        assert!(said.contains("error[E") && said.ends_with("[exit 1]\n"), "{text:?}: {said}");
    }
}

#[test]
fn an_issue_that_is_not_utf_8_is_refused_with_the_reason() {
    let mut console = Console::with_sample();
    fs::write(console.folder().join("issues/2026-12-01-latin.toml"), b"title = \"Ren\xe9e\"\n")
        .unwrap();
    let said = console.run("newsletter send 2026-12-01-latin --dry-run");
    assert!(said.contains("UTF-8") && said.ends_with("[exit 1]\n"), "{said}");
}

#[test]
fn one_bad_reader_among_ten_thousand_stops_all_of_it() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut console = Console::with_sample();
    let mut text = String::from("email,first_name\n");
    for number in 0..10_000 {
        let name = if number == 7_122 { "" } else { "Ada" };
        writeln!(text, "r{number}@example.org,{name}").unwrap();
    }
    fs::write(console.folder().join("subscribers.csv"), text).unwrap();
    console.run(&format!("replace 'port     = 25' 'port = {port}' newsletter.toml"));
    console.run(
        "replace '{{first_name|reader}}' '{{first_name}}' issues/2026-11-06-the-dredging-bill.toml",
    );
    let said = console.run("newsletter send 2026-11-06-the-dredging-bill --yes");
    assert!(said.contains("issues/2026-11-06-the-dredging-bill.toml:12:38"), "{said}");
    assert!(said.contains("subscribers.csv:7124: r7122@example.org"), "{said}");
    assert!(said.ends_with("[exit 1]\n"), "{said}");
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    assert_eq!(console.run("newsletter status"), "Nothing was sent yet.\n");
}
