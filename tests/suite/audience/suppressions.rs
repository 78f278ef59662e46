//! Files of suppressions in, who is never written to compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::thread;

use newsletter::address::EmailAddress;
use newsletter::audience::{Act, Entry, Error, Suppressions};
use proptest::prelude::prop;

use crate::audience::{chain, holds};

fn address(text: &str) -> EmailAddress {
    text.parse().expect("an address")
}

const DATE: &str = "2026-11-20T07:00:00.000Z";

fn load(path: impl Into<PathBuf>) -> Result<Suppressions, Error> {
    Suppressions::load(path, None)
}

fn append(
    list: &mut Suppressions,
    address: &EmailAddress,
    reason: &str,
    source: &str,
) -> Result<usize, Error> {
    let (address, source, reason) = (address.clone(), source.to_owned(), reason.to_owned());
    let at = DATE.parse().expect("a moment");
    list.append(&[Entry { address, act: Act::Suppress, reason, source, at, issue: String::new() }])
}

/// A file of suppressions with this text.
fn suppressions(folder: &tempfile::TempDir, text: &str) -> PathBuf {
    let path = folder.path().join("suppressions.csv");
    fs::write(&path, text).expect("a folder to write to");
    path
}

#[test]
fn a_missing_file_suppresses_nobody_and_the_first_append_makes_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("suppressions.csv");
    let mut list = load(&path).unwrap();
    assert!(list.is_empty() && !path.exists());
    append(&mut list, &address("Ann@Example.org"), "said \"no\", twice\r\nor so", "one-click")
        .unwrap();
    append(&mut list, &address("ann@example.ORG"), "again", "rcpt").unwrap();
    append(&mut list, &address("bob@b\u{fc}cher.example.org"), "", "").unwrap();
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "address,reason,source,date,issue\n\
         Ann@example.org,\"said \"\"no\"\", twice or so\",one-click,2026-11-20T07:00:00.000Z,\n\
         bob@xn--bcher-kva.example.org,,,2026-11-20T07:00:00.000Z,\n"
    );
    for list in [list, load(&path).unwrap()] {
        assert_eq!(list.len(), 2);
        assert_eq!(list.reason_for(&address("ANN@example.org")), Some("said \"no\", twice or so"));
        assert_eq!(list.reason_for(&address("bob@b\u{fc}cher.example.org")), Some(""));
        assert_eq!(list.reason_for(&address("cid@example.org")), None);
    }
}

#[test]
fn a_row_is_added_in_the_form_of_the_file() {
    let added = [
        ("address,reason", "address,reason\nann@example.org,left\n"),
        ("Date;Email;x\r\n", "Date;Email;x\r\n2026-11-20T07:00:00.000Z;ann@example.org;\r\n"),
        ("\u{feff}address\treason\r\n", "\u{feff}address\treason\r\nann@example.org\tleft\r\n"),
        (
            "bob@example.org",
            "bob@example.org\nann@example.org,left,form,2026-11-20T07:00:00.000Z,\n",
        ),
        (
            "bob@example.org\rcid@x.org\r",
            "bob@example.org\rcid@x.org\rann@example.org,left,form,2026-11-20T07:00:00.000Z,\n",
        ),
        (
            "",
            "address,reason,source,date,issue\nann@example.org,left,form,2026-11-20T07:00:00.000Z,\n",
        ),
        (
            "\n\n",
            "\n\naddress,reason,source,date,issue\nann@example.org,left,form,2026-11-20T07:00:00.000Z,\n",
        ),
        (
            "\u{feff}",
            "\u{feff}address,reason,source,date,issue\nann@example.org,left,form,2026-11-20T07:00:00.000Z,\n",
        ),
        (
            " ",
            " address,reason,source,date,issue\nann@example.org,left,form,2026-11-20T07:00:00.000Z,\n",
        ),
        ("'Ann@example.org\n", "'Ann@example.org\n"),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (before, after) in added {
        let path = suppressions(&folder, before);
        let mut list = load(&path).unwrap();
        append(&mut list, &address("ann@example.org"), "left", "form").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), after);
        let again = load(&path).unwrap();
        assert!(again.reason_for(&address("ann@example.org")).is_some(), "{after:?}");
        assert_eq!(again.len(), list.len());
    }
}

#[test]
fn a_file_that_cannot_be_read_whole_is_an_error_that_names_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = [
        (
            "address,reason\nann@example.org,x\n\nfoo@,x\n",
            "line 4: `foo@` is not an email address: nothing stands after the `@`",
        ),
        (
            "address,reason\r\n\"ann@example.org\",\"x\r\ny\"\r\n,x\r\n",
            "line 4: the address is missing",
        ),
        ("address,reason\n'',x\n", "line 2: the address is missing"),
        (
            "ann@example.org\n<<<<<<< HEAD\n",
            "line 2: `<<<<<<< HEAD` is not an email address: it has no `@`",
        ),
        (
            "address,reason\nann@example.org,\"x\nbob@example.org,y\n",
            "line 2: cell 2 opens a quote that is never closed",
        ),
        (
            "address\nann@exa\u{200b}mple.org\n",
            "line 2: `ann@exa\\u{200b}mple.org` is not an email address: it holds an invisible character, U+200B",
        ),
        (
            "foo@,x\nann@example.org,x\n",
            "the first row names no column `address`, only `foo@`, `x`",
        ),
        ("name,reason\n", "the first row names no column `address`, only `name`, `reason`"),
        ("address,reason,Address\n", "two columns are named `address`"),
    ];
    for (text, expected) in wrong {
        let path = suppressions(&folder, text);
        let error = load(&path).unwrap_err();
        let operation = format!("cannot read the suppressions in `{}`", path.display());
        assert_eq!(chain(&error), format!("{operation}: {expected}"));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    let path = folder.path().join("suppressions.csv");
    fs::write(&path, b"address\r\nann@example.org\r\nb\xf6b@example.org\r\n").unwrap();
    let error = chain(&load(&path).unwrap_err());
    assert!(error.ends_with(": line 3 is not UTF-8: save the file as UTF-8"), "{error}");
    let error = chain(&load(folder.path()).unwrap_err());
    assert!(error.starts_with("cannot read the suppressions in `"), "{error}");
}

#[test]
fn addresses_are_found_however_the_file_writes_them() {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        "address,reason,source,date\nAnn@B\u{fc}cher.example.org,left,x,2026-01-01\n",
        "\u{feff}ADDRESS ; Reason \r\n 'ann@xn--bcher-kva.example.org ;left\r\n",
        "date\tE-Mail\treason\r2026-01-01\t\"ANN@b\u{fc}cher.example.org\"\tleft\r",
        "ann@b\u{fc}cher.example.org,left\n",
        "address,reason\n\n,\nann@b\u{fc}cher.example.org,left,for,good\nANN@b\u{fc}cher.example.org,again\n",
    ];
    for text in files {
        let list = load(suppressions(&folder, text)).unwrap();
        assert_eq!(
            list.reason_for(&address("ann@b\u{fc}cher.example.org")),
            Some("left"),
            "{text:?}"
        );
        assert_eq!(list.reason_for(&address("bob@b\u{fc}cher.example.org")), None);
    }
    // A local part may begin with the spreadsheet's mark: both readings are suppressed.
    let list = load(suppressions(&folder, "'ann@example.org\n")).unwrap();
    assert!(list.reason_for(&address("'ann@example.org")).is_some());
    assert!(list.reason_for(&address("ann@example.org")).is_some());
}

#[test]
fn a_running_send_sees_what_others_add_and_forgets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = suppressions(&folder, "address,reason\nann@example.org,left\n");
    let mut running = load(&path).unwrap();
    assert!(!running.reload_if_changed().unwrap());

    let mut other = load(&path).unwrap();
    append(&mut other, &address("bob@example.org"), "no such mailbox", "rcpt").unwrap();
    assert!(!other.reload_if_changed().unwrap(), "it knows what it wrote");
    assert_eq!(running.reason_for(&address("bob@example.org")), None);
    assert!(running.reload_if_changed().unwrap());
    assert_eq!(running.reason_for(&address("bob@example.org")), Some("no such mailbox"));
}

#[test]
fn a_running_send_forgets_nothing_that_is_taken_out_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = suppressions(&folder, "address\nann@example.org\nbob@example.org\n");
    let mut running = load(&path).unwrap();
    fs::remove_file(&path).unwrap();
    assert!(!running.reload_if_changed().unwrap());
    suppressions(&folder, "address,reason\ncid@example.org,x\n");
    assert!(running.reload_if_changed().unwrap());
    for known in ["ann@example.org", "bob@example.org", "cid@example.org"] {
        assert!(running.reason_for(&address(known)).is_some(), "{known}");
    }
    assert_eq!(running.len(), 3);
    assert_eq!(load(&path).unwrap().len(), 1);

    // Known from before, but no longer in the file: an append has to put it there.
    append(&mut running, &address("ann@example.org"), "left again", "mailto").unwrap();
    assert_eq!(running.len(), 3);
    let again = load(&path).unwrap();
    assert_eq!(again.reason_for(&address("ann@example.org")), Some("left again"));
}

#[test]
fn a_file_that_breaks_in_mid_run_is_an_error_and_nothing_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let path = suppressions(&folder, "address\nann@example.org\n");
    let mut running = load(&path).unwrap();
    fs::write(&path, "address\nfoo\n").unwrap();
    assert!(running.reload_if_changed().is_err());
    assert!(append(&mut running, &address("dora@example.org"), "", "").is_err());
    assert_eq!(running.len(), 1);
    assert_eq!(fs::read_to_string(&path).unwrap(), "address\nfoo\n");
}

#[test]
fn appends_at_once_lose_none_and_make_one_header() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("suppressions.csv");
    thread::scope(|scope| {
        for worker in 0..8 {
            let mut list = load(&path).unwrap();
            let mut append = move |number| {
                let own = address(&format!("w{worker}-{number}@example.org"));
                let shared = address(&format!("all-{number}@example.org"));
                append(&mut list, &own, "own, quoted", "test").unwrap();
                append(&mut list, &shared, "shared", "test").unwrap();
            };
            scope.spawn(move || (0..25).for_each(&mut append));
        }
    });
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 1 + 8 * 25 + 25);
    assert_eq!(text.matches("address,reason,source,date,issue").count(), 1);
    let list = load(&path).unwrap();
    assert_eq!(list.len(), 8 * 25 + 25);
    for worker in 0..8 {
        let last = address(&format!("w{worker}-24@example.org"));
        assert_eq!(list.reason_for(&last), Some("own, quoted"));
    }
}

#[test]
fn what_is_appended_is_there_when_the_file_is_loaded() {
    let reasons = prop::collection::vec(("[a-zA-Z'+.]{1,8}", "(?s).{0,30}|a{490,600}"), 1..8);
    holds(60, &reasons, |rows| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("suppressions.csv");
        let mut list = load(&path).unwrap();
        let mut first = BTreeMap::new();
        for (local, reason) in &rows {
            let Ok(address) = format!("{local}@example.org").parse::<EmailAddress>() else {
                continue;
            };
            append(&mut list, &address, reason, reason).unwrap();
            first.entry(address.key()).or_insert_with(|| (address, reason.clone()));
        }
        let again = load(&path).unwrap();
        for (address, reason) in first.values() {
            let kept: String = newsletter::field::clean(reason).trim().chars().take(500).collect();
            assert_eq!(again.reason_for(address), Some(kept.as_str()));
            assert_eq!(list.reason_for(address), Some(kept.as_str()));
        }
        let lines = fs::read_to_string(&path).unwrap_or_default().lines().count();
        assert_eq!(lines, first.len() + usize::from(!first.is_empty()));
    });
}

#[test]
fn a_whole_domain_is_suppressed_however_it_is_written_and_its_subdomains_are_not() {
    let folder = tempfile::tempdir().unwrap();
    for row in
        ["*@example.org", "@example.org", "*@EXAMPLE.org", "'@example.org", " *@example.org "]
    {
        for head in ["address,reason\n", ""] {
            let path = suppressions(&folder, &format!("{head}{row},blocked\n"));
            let list = load(&path).unwrap();
            assert_eq!(list.reason_for(&address("Ada@example.org")), Some("blocked"), "{row}");
            assert_eq!(list.reason_for(&address("ada@news.example.org")), None);
            assert_eq!(list.reason_for(&address("ada@example.com")), None);
            assert_eq!(
                list.all().into_iter().collect::<Vec<_>>(),
                [("*@example.org".into(), "blocked")]
            );
        }
    }
    let path = suppressions(&folder, "");
    let mut list = load(&path).unwrap();
    let domain = EmailAddress::parse_suppressed("@b\u{fc}cher.example.org").unwrap();
    append(&mut list, &domain, "unsubscribed", "editor").unwrap();
    let ada = address("ada@b\u{fc}cher.example.org");
    for mut list in [list, load(&path).unwrap()] {
        assert_eq!(list.reason_for(&ada), Some("unsubscribed"));
        // A reader does not lift what the editor says of a domain, and is noted by name, too.
        assert_eq!(list.standing(&ada).cause, Some(newsletter::audience::Cause::Other));
        assert_eq!(list.own_cause(&ada), None);
        let at = DATE.parse().unwrap();
        let (reason, source, issue) = (String::new(), String::new(), String::new());
        let back = Entry { address: ada.clone(), act: Act::Return, reason, source, at, issue };
        assert_eq!(list.append(&[back]).unwrap(), 0);
        assert_eq!(list.reason_for(&ada), Some("unsubscribed"));
    }
}

#[test]
fn a_row_that_is_neither_address_nor_domain_nor_hash_is_an_error_of_its_line() {
    let folder = tempfile::tempdir().unwrap();
    for row in [
        "*",
        "*@",
        "@",
        "*.example.org",
        "*@*.example.org",
        "example.org",
        "ada@",
        "hash:x",
        "@@example.org",
    ] {
        let path = suppressions(&folder, &format!("address,reason\nada@example.org,x\n{row},x\n"));
        let error = load(&path).unwrap_err();
        let error = std::error::Error::source(&error).unwrap().to_string();
        assert!(error.contains("line 3"), "{row}: {error}");
    }
}

#[test]
fn nobody_can_be_written_to_at_a_whole_domain() {
    assert!("*@example.org".parse::<EmailAddress>().is_err());
}

#[test]
fn a_hash_of_another_key_stops_and_an_old_one_without_a_mark_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let own = newsletter::key::Key::new(&[7; 32]).hasher();
    let path = suppressions(&folder, "address,reason\nada@example.org,unsubscribed\n");
    let mut list = Suppressions::load(&path, Some(own.clone())).unwrap();
    list.forget(&address("ada@example.org"), DATE.parse().unwrap()).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(&format!(":{},", own.mark().unwrap())), "{text}");
    let kept = Suppressions::load(&path, Some(own.clone())).unwrap();
    assert!(kept.reason_for(&address("ada@example.org")).is_some());
    let other = newsletter::key::Key::new(&[8; 32]).hasher();
    let error = Suppressions::load(&path, Some(other)).unwrap_err();
    let Error::Suppressions { source, .. } = error else { panic!("{error}") };
    assert!(matches!(*source, Error::OtherKey { .. }), "{source}");
    let error = load(&path).unwrap_err();
    let Error::Suppressions { source, .. } = error else { panic!("{error}") };
    assert!(matches!(*source, Error::Keyless), "{source}");
    let old = format!("address,reason\nhash:{},forgotten\n", own.hash("ada@example.org"));
    let list = Suppressions::load(suppressions(&folder, &old), Some(own)).unwrap();
    assert!(list.reason_for(&address("ada@example.org")).is_some());
}
