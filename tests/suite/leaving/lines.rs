//! Lines of logs, forms and lists in, what each tells compared with what it should.

use std::fmt::Write as _;
use std::io::BufReader;
use std::path::PathBuf;

use newsletter::key::Key;
use newsletter::leaving::{Found, LINE_MAX, Lines, Link, TOKEN_MIN, read_line};
use proptest::prelude::{any, prop};

use crate::audience::holds;
use crate::cases::{Verdict, list, read};
use crate::leaving::{filled, key, link, token};

/// What every line of a log tells, one line each.
fn told(log: &[u8], key: &Key, link: &Link) -> String {
    let mut lines = Lines::new(log);
    let mut told = String::new();
    while let Some(line) = lines.next_line().unwrap() {
        let Some(found) = read_line(line, link) else { continue };
        write!(told, "{}: ", lines.number()).unwrap();
        match found {
            Found::Looked => told.push_str("looked\n"),
            Found::Unclear => told.push_str("unclear\n"),
            Found::Cut(remnant) => writeln!(told, "cut: {remnant}").unwrap(),
            Found::Asked { via, asks, at } => {
                let names = asks.iter().map(|ask| ask.open(key).unwrap_or("(refused)".to_owned()));
                let names = names.collect::<Vec<_>>().join(" ");
                let at = at.map_or("no time".to_owned(), |at| at.to_string());
                writeln!(told, "{} {names}, {at}", via.source()).unwrap();
            }
        }
    }
    told
}

#[test]
fn every_format_of_logs_and_forms_tells_who_leaves_and_when() {
    let samples = [".log", ".jsonl", ".csv", ".txt"].into_iter();
    let samples: Vec<PathBuf> = samples.flat_map(|ending| list("leaving", ending)).collect();
    let mut verdict = Verdict::default();
    for sample in samples {
        let log = filled(&read(&sample), &key());
        verdict.compare(
            &sample.with_added_extension("out"),
            told(log.as_bytes(), &key(), &link()).as_bytes(),
        );
    }
    verdict.finish(9);
}

#[test]
fn the_token_may_stand_anywhere_in_the_link_and_nowhere_else() {
    let ada = token(&key(), "ada");
    let found = |url: &str, target: &str| {
        let ask = Link::new(url).token(&target.replace("TOKEN", &ada))?;
        ask.open(&key())
    };
    for (url, target) in [
        ("https://x.example.org/u/{token}", "/u/TOKEN"),
        ("https://x.example.org/u/{token}", "https://elsewhere.example.net:8443/u/TOKEN?x=y#z"),
        ("https://x.example.org/u/{token}/leave", "/u/TOKEN/leave"),
        ("https://x.example.org/u-{token}.html", "/u-TOKEN.html"),
        ("https://x.example.org/%C3%BC/{token}", "/%c3%bc/TOKEN"),
        ("https://x.example.org/u?t={token}", "/u?t=TOKEN"),
        ("https://x.example.org/u?l=1&t={token}&x=2", "/u?x=9&t=TOKEN"),
        ("https://x.example.org/u?t=a.{token}.b", "/u?t=a.TOKEN.b"),
        ("https://x.example.org?t={token}", "/?t=TOKEN"),
        ("https://x.example.org/leave#{token}", "https://x.example.org/leave#TOKEN"),
    ] {
        assert_eq!(found(url, target).as_deref(), Some("ada@example.org"), "{url} {target}");
    }
    for (url, target) in [
        ("https://x.example.org/u/{token}", "/v/TOKEN"),
        ("https://x.example.org/u/{token}", "/u/TOKEN/leave"),
        ("https://x.example.org/u/{token}", "/u/x/TOKEN"),
        ("https://x.example.org/u/{token}", "/u/?t=TOKEN"),
        ("https://x.example.org/u/{token}/leave", "/u/TOKEN"),
        ("https://x.example.org/u?t={token}", "/u?s=TOKEN"),
        ("https://x.example.org/u?t={token}", "/v?t=TOKEN"),
        ("https://x.example.org/u?t={token}", "/u/TOKEN"),
    ] {
        assert_eq!(found(url, target), None, "{url} {target}");
    }
}

#[test]
fn a_query_in_a_column_of_its_own_is_one() {
    let link = Link::new("https://review.example.org/u?t={token}");
    let ada = token(&key(), "ada");
    for line in [
        format!("2026-11-20 07:01:09 192.0.2.1 POST /u t={ada} 443 - 192.0.2.7 Mail/1.0 - 200"),
        format!("2026-11-20\t07:01:09\tFRA\tPOST\tx.example.net\t/u\t200\t-\tMail\tt={ada}"),
        format!(
            r#"{{"time":"2026-11-20T07:01:09Z","method":"POST","path":"/u","query":"t={ada}"}}"#
        ),
    ] {
        let told = told(line.as_bytes(), &key(), &link);
        assert_eq!(told, "1: one-click ada@example.org, 2026-11-20T07:01:09Z\n", "{line}");
    }
}

#[test]
fn a_token_is_found_whatever_surrounds_it_and_by_post_alone() {
    let readers = "[a-z]{1,20}@[a-z]{1,20}\\.example\\.org";
    let around = "[ -~]{0,40}";
    let logs = (readers, around, around, any::<bool>(), any::<u16>());
    holds(512, &logs, |(reader, user, agent, post, port)| {
        // What nginx writes in place of a quote or a backslash.
        let quoted = |text: &str| text.replace('\\', "\\x5C").replace('"', "\\x22");
        let method = if post { "POST" } else { "GET" };
        let (user, agent, token) =
            (quoted(&user).replace(' ', ""), quoted(&agent), key().seal(&reader));
        let line = format!(
            "192.0.2.7 - {user} [20/Nov/2026:07:01:09 +0000] \"{method} /unsubscribe/{token} HTTP/1.1\" 200 {port} \"-\" \"{agent}\""
        );
        let told = told(line.as_bytes(), &key(), &link());
        let expected = match post {
            true => format!("1: one-click {reader}, 2026-11-20T07:01:09Z\n"),
            false => "1: looked\n".to_owned(),
        };
        assert_eq!(told, expected, "{line}");
    });
}

#[test]
fn no_bytes_stop_it_and_no_forged_token_opens() {
    let token = token(&key(), "ada");
    let pieces = prop::collection::vec(
        prop::sample::select(vec![
            "POST ",
            "GET ",
            "/unsubscribe/",
            "https://review.example.org",
            " ",
            "\"",
            "{",
            "}",
            ":",
            ",",
            "\t",
            "%",
            "%2F",
            "method=",
            "path=",
            "[20/Nov/2026:07:01:09 +0000]",
            "\"method\"",
            "\n",
            "é",
        ]),
        0..20,
    );
    let bytes = prop::collection::vec(any::<u8>(), 0..200);
    let changed = (pieces, bytes, 0..token.len(), any::<bool>());
    holds(2_000, &changed, |(pieces, bytes, at, whole)| {
        let mut forged = token.clone().into_bytes();
        forged[at] = if forged[at] == b'A' { b'Q' } else { b'A' };
        let mut log = pieces.concat().into_bytes();
        log.extend(if whole { token.as_bytes() } else { &forged });
        log.extend(bytes);
        let told = told(&log, &key(), &link());
        let names = told.matches("ada@example.org").count();
        assert!(names <= usize::from(whole), "{told}");
    });
}

#[test]
fn a_stream_is_the_same_lines_however_it_comes() {
    let logs = (prop::collection::vec("[ -~é]{0,30}", 0..20), 1_usize..40, any::<bool>());
    holds(256, &logs, |(lines, buffer, ended)| {
        let text = lines.join("\n") + if ended { "\n" } else { "" };
        let mut stream = Lines::new(BufReader::with_capacity(buffer, text.as_bytes()));
        let mut read = Vec::new();
        while let Some(line) = stream.next_line().unwrap() {
            read.push(String::from_utf8(line.to_vec()).unwrap());
        }
        assert_eq!(read, text.lines().map(str::to_owned).collect::<Vec<_>>());
    });
}

#[test]
fn a_line_without_end_is_cut_and_the_next_one_is_read() {
    let ada = token(&key(), "ada");
    let long = "x".repeat(3 * LINE_MAX);
    let log =
        format!("POST /unsubscribe/{ada} HTTP/1.1 {long}\n{long}{ada}\nPOST /unsubscribe/{ada} \n");
    let told = told(log.as_bytes(), &key(), &link());
    assert_eq!(
        told,
        "1: one-click ada@example.org, no time\n3: one-click ada@example.org, no time\n"
    );
    assert!(Key::token_length("a@b.c") == TOKEN_MIN);
}
