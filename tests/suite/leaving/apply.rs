//! `newsletter unsubscribe apply` on files of every kind in, the suppressions that come of it out.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use newsletter::audience::{Act, Entry, Suppressions};
use newsletter::key::Key;

use crate::cases::{folder, read};
use crate::leaving::{filled, token};
use crate::support::console::Console;

/// The key that consoles make.
fn key() -> Key {
    Key::new("07".repeat(32).as_bytes())
}

/// A publication whose link is that of the samples.
fn console() -> Console {
    let mut console = Console::with_sample();
    let settings = fs::read_to_string(console.folder().join("newsletter.toml")).unwrap();
    let url = settings.lines().find(|line| line.contains("{token}")).unwrap();
    let new = "url = \"https://review.example.org/unsubscribe/{token}\"";
    console.run(&shlex::try_join(["replace", url, new, "newsletter.toml"]).unwrap());
    console.run("newsletter render 2026-11-20-first-frost");
    fs::write(console.folder().join("suppressions.csv"), "").unwrap();
    console
}

fn sample(name: &str) -> String {
    filled(&read(&folder("leaving").join(name)), &key())
}

fn write(console: &Console, name: &str, bytes: &[u8]) {
    let path = console.folder().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn packed(text: &str) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

/// Who is suppressed, by which way and when, in the order of the file.
fn suppressed(folder: &Path) -> Vec<String> {
    let rows = fs::read_to_string(folder.join("suppressions.csv")).unwrap();
    let cells = rows.lines().skip(1).map(|row| row.split(',').collect::<Vec<_>>());
    cells.map(|cells| format!("{} {} {}", cells[0], cells[2], cells[3])).collect()
}

#[test]
fn logs_lists_and_mails_suppress_who_asks_and_twice_changes_nothing() {
    let mut console = console();
    write(&console, "logs/access.log", sample("nginx.log").as_bytes());
    let caddy = sample("caddy.jsonl");
    let (first, second) = caddy.split_at(caddy.find('\n').unwrap() + 1);
    // gzip files may be put one behind the other.
    write(&console, "logs/caddy.log.1.gz", &[packed(first), packed(second)].concat());
    let mail = |subject: &str| {
        let mail = format!(
            "Return-Path: <ada@example.org>\nSubject: {subject}\nDate: Fri, 20 Nov 2026 07:01:09 +0100\n\nbye\n"
        );
        filled(&mail, &key())
    };
    write(&console, "Maildir/new/1.a", mail("unsubscribe @kofi@").as_bytes());
    write(&console, "Maildir/cur/2.b:2,S", mail("Please take me off").as_bytes());
    write(&console, "Maildir/tmp/3.c", mail("unsubscribe @noor@").as_bytes());
    let command = "newsletter unsubscribe apply logs/access.log logs/caddy.log.1.gz Maildir";
    let said = console.run(command);
    let expected = "\
Read 17 lines and 2 mails in 4 files: 7 good tokens.
Not counted, 3 requests that only looked at the link, as scanners do.
Refused, 1 token that this publication's key did not make: logs/access.log:8 (";
    assert!(said.starts_with(expected), "{said}");
    assert!(
        said.contains("To be read by a person, 1 mail without a token: Maildir/cur/2.b:2,S.\n"),
        "{said}"
    );
    assert!(said.ends_with("5 readers new in suppressions.csv.\n"), "{said}");
    assert!(!said.contains(&filled("@forged@", &key())[..12]), "{said}");
    let expected = [
        "ada@example.org one-click 2026-11-20T06:01:09.000Z",
        "maya@example.org one-click 2026-11-20T06:01:14.000Z",
        "noor@example.org one-click 2026-11-20T06:01:15.000Z",
        "ivo@example.org one-click 2026-11-20T06:01:19.000Z",
        "kofi@example.org mailto 2026-11-20T06:01:09.000Z",
    ];
    assert_eq!(suppressed(console.folder()), expected);
    let before = fs::read(console.folder().join("suppressions.csv")).unwrap();
    let said = console.run(command);
    assert!(said.ends_with("0 readers new in suppressions.csv.\n"), "{said}");
    assert_eq!(fs::read(console.folder().join("suppressions.csv")).unwrap(), before);
}

#[test]
fn a_dry_run_says_who_and_changes_nothing() {
    let mut console = console();
    write(&console, "form.csv", sample("form.csv").as_bytes());
    let said = console.run("newsletter unsubscribe apply form.csv --dry-run");
    assert!(
        said.starts_with("ada@example.org,unsubscribed,form,2026-11-20T07:01:09.000Z\n"),
        "{said}"
    );
    assert!(said.ends_with("4 readers would be new in suppressions.csv.\n"), "{said}");
    assert_eq!(fs::read(console.folder().join("suppressions.csv")).unwrap(), b"");
}

#[test]
fn who_came_back_after_the_log_was_written_stays() {
    let mut console = console();
    let log = sample("nginx.log");
    write(&console, "access.log", log.as_bytes());
    console.run("newsletter unsubscribe apply access.log");
    let path = console.folder().join("suppressions.csv");
    let mut suppressions = Suppressions::load(&path, None).unwrap();
    let ada: newsletter::address::EmailAddress = "ada@example.org".parse().unwrap();
    let back = Entry {
        address: ada.clone(),
        act: Act::Return,
        reason: "subscribed".to_owned(),
        source: "page".to_owned(),
        at: "2026-11-21T07:00:00Z".parse().unwrap(),
        issue: String::new(),
    };
    assert_eq!(suppressions.append(&[back]).unwrap(), 1);
    let said = console.run("newsletter unsubscribe apply access.log");
    assert!(said.contains("Left alone, 1 token of readers who came back later.\n"), "{said}");
    assert!(said.ends_with("0 readers new in suppressions.csv.\n"), "{said}");
    // The log may be a little behind her coming back.
    let behind = log
        .lines()
        .next()
        .unwrap()
        .replace("20/Nov/2026:07:01:09 +0100", "21/Nov/2026:08:00:01 +0100");
    write(&console, "access.log", behind.as_bytes());
    let said = console.run("newsletter unsubscribe apply access.log");
    assert!(said.ends_with("0 readers new in suppressions.csv.\n"), "{said}");
    // A day later she asks again.
    let later = log.lines().next().unwrap().replace("20/Nov", "22/Nov");
    write(&console, "access.log", later.as_bytes());
    let said = console.run("newsletter unsubscribe apply access.log");
    assert!(said.ends_with("1 reader new in suppressions.csv.\n"), "{said}");
    let suppressions = Suppressions::load(&path, None).unwrap();
    assert_eq!(suppressions.reason_for(&ada), Some("unsubscribed"));
}

#[test]
fn what_cannot_be_read_to_its_end_stops_nothing_else() {
    let mut console = console();
    let lines: String =
        (0..2_000).map(|at| format!("GET /{at} {}\n", key().seal("x@example.org"))).collect();
    let log = format!("POST /unsubscribe/{} \n{lines}", token(&key(), "ada"));
    let mut cut = packed(&log);
    cut.truncate(cut.len() - 20);
    write(&console, "cut.log.gz", &cut);
    write(&console, "folder/a.txt", b"");
    write(&console, "list.txt", sample("list.txt").replace('\n', "\r\n").as_bytes());
    let said = console.run("newsletter unsubscribe apply missing.log cut.log.gz folder list.txt");
    for name in ["missing.log", "cut.log.gz", "folder"] {
        assert!(said.contains(&format!("cannot read `{name}` to its end")), "{said}");
    }
    assert!(said.ends_with("5 readers new in suppressions.csv.\n[exit 5]\n"), "{said}");
    assert!(suppressed(console.folder())[0].starts_with("ada@example.org one-click "));
}

#[test]
fn a_token_that_was_cut_is_named_as_one_that_is_not_whole() {
    let mut console = console();
    let log = read(&folder("leaving").join("cut.log"));
    write(&console, "cut.log", log.as_bytes());
    let said = console.run("newsletter unsubscribe apply cut.log");
    let places = "cut.log:1 (AbCdEfGh…), cut.log:3 (AbCdEfGh…), cut.log:7 (AbCdEfGh…)";
    assert!(said.contains(&format!("Not whole, 3 tokens: {places}: a reader")), "{said}");
    assert!(!said.contains("AbCdEfGhI"), "{said}");
}
