//! Generated exports in, promises about what comes of them held.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use newsletter::address::EmailAddress;
use newsletter::audience::{Format, Import, List, Suppressions, marked, python_value, unmarked};
use proptest::prelude::*;
use serde_json::Value;

use crate::audience::exports::{contents, hasher, import};
use crate::audience::holds;

/// The columns of each format, and words that stand in them.
const HEADERS: [&[&str]; 8] = [
    &["uuid", "email", "name", "attributes", "status", "created_at", "updated_at"],
    &[
        "Email Address",
        "First Name",
        "MEMBER_RATING",
        "OPTIN_TIME",
        "UNSUB_TIME",
        "UNSUB_REASON",
        "LEID",
        "TAGS",
        "First Name",
    ],
    &[
        "email",
        "active_subscription",
        "expiry",
        "plan",
        "email_disabled",
        "created_at",
        "first_payment_at",
    ],
    &["id", "email", "name", "subscribed_to_emails", "created_at", "deleted_at", "labels"],
    &[
        "id",
        "email",
        "subscriber_type",
        "subscription_date",
        "creation_date",
        "unsubscription_date",
        "tags",
        "metadata",
    ],
    &["Email", "First name", "Last name", "Data", "Status", "External ID"],
    &["email", "First Name", "status", "tier", "created_at", "unsubscribed_at"],
    &["email", "name", "status", "tags", "phone", ""],
];

const WORDS: [&str; 26] = [
    "",
    "",
    "",
    "true",
    "false",
    "enabled",
    "disabled",
    "blocklisted",
    "active",
    "unsubscribed",
    "inactive",
    "regular",
    "unactivated",
    "2024-03-01 10:00:00",
    "2024-03-01 10:00:00 +0000 UTC",
    "{\"a\": 1}",
    "{'a': 'b', \"c\": [1, None]}",
    "{",
    "\"A\",\"B\"",
    "a;b, c",
    "=x",
    "'=x",
    "a\r\nb",
    "\"q\"",
    "\u{fffd}\u{202e}",
    "x@example.org",
];

const ADDRESSES: [&str; 10] = [
    "a@example.org",
    "A@example.org",
    "b@example.org",
    "c@example.org",
    "d@example.org",
    "e@",
    "",
    "f@b\u{fc}cher.example.org",
    "F@xn--bcher-kva.example.org",
    "'+g@example.org",
];

/// Which format, and the rows: which address, and which words.
type Table = (usize, Vec<(usize, Vec<usize>)>);

fn table() -> impl Strategy<Value = Table> {
    let row = (0..ADDRESSES.len(), prop::collection::vec(0..WORDS.len(), 9));
    (0..HEADERS.len(), prop::collection::vec(row, 0..12))
}

/// Writes a table as CSV.
fn write((format, rows): &Table, path: &Path) {
    let header = HEADERS[*format];
    let address = header.iter().position(|name| name.to_lowercase().starts_with("email")).unwrap();
    let mut writer = csv::Writer::from_path(path).unwrap();
    writer.write_record(header).unwrap();
    for (who, words) in rows {
        let cell = |(at, word): (usize, &usize)| match at == address {
            true => ADDRESSES[*who],
            false => WORDS[*word],
        };
        writer.write_record(words.iter().take(header.len()).enumerate().map(cell)).unwrap();
    }
    writer.flush().unwrap();
}

/// Everyone on a list, by key; nobody is there twice, and every row is somebody.
fn listed(path: &Path) -> BTreeSet<String> {
    let list = List::survey(|| fs::File::open(path)).unwrap();
    let readers = list.subscribers().unwrap();
    readers.map(|reader| reader.unwrap().unwrap().address.key()).collect()
}

#[test]
fn every_row_goes_to_one_place_nobody_suppressed_is_added_and_once_more_changes_nothing() {
    let before = prop::sample::select(vec!["email\n", "Mail;name;tags\nd@example.org;D;x\n"]);
    let suppressed = prop::collection::vec((0..5_usize, any::<bool>()), 0..3);
    holds(
        300,
        &(before, suppressed, prop::collection::vec(table(), 1..4)),
        |(list, out, tables)| {
            let (folder, inputs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            let path = folder.path();
            fs::write(path.join("subscribers.csv"), list).unwrap();
            let mut rows = String::from("address,reason,source,date\n");
            for (who, hashed) in out {
                let address: EmailAddress = ADDRESSES[who].parse().unwrap();
                let hash = format!("hash:{}", hasher().hash(&address.key()));
                let cell = if hashed { hash.as_str() } else { ADDRESSES[who] };
                rows.extend([cell, ",complaint,x,2026-01-01\n"]);
            }
            fs::write(path.join("suppressions.csv"), rows).unwrap();
            let load =
                || Suppressions::load(path.join("suppressions.csv"), Some(hasher())).unwrap();
            let (there, out_before) = (listed(&path.join("subscribers.csv")), load());
            let files: Vec<_> =
                (0..tables.len()).map(|at| inputs.path().join(format!("{at}.csv"))).collect();
            tables.iter().zip(&files).for_each(|(table, file)| write(table, file));

            let (counts, _) = import(path, &files);
            let all: usize = tables.iter().map(|(_, rows)| rows.len()).sum();
            assert_eq!(counts.rows(), all as u64);
            let (now, out) = (listed(&path.join("subscribers.csv")), load());
            assert_eq!(now.len() - there.len(), usize::try_from(counts.added).unwrap());
            assert_eq!(out.len() - out_before.len(), usize::try_from(counts.suppressed).unwrap());
            for key in now.difference(&there) {
                assert_eq!(out.reason_for(&key.parse().unwrap()), None, "{key} is suppressed");
            }
            assert!(there.is_subset(&now), "nobody is lost");
            assert!(
                fs::read(path.join("subscribers.csv"))
                    .unwrap()
                    .starts_with(list.trim_end().split('\n').next().unwrap().as_bytes())
            );
            let rejected =
                contents(path).into_iter().filter(|(name, _)| name.starts_with("rejected"));
            let rejected: usize = rejected
                .map(|(_, bytes)| csv::Reader::from_reader(bytes.as_slice()).records().count())
                .sum();
            assert_eq!(rejected as u64, counts.rejected);

            let after = contents(path);
            let (again, _) = import(path, &files);
            assert_eq!((again.added, again.suppressed, again.rejected), (0, 0, counts.rejected));
            assert!(contents(path) == after, "a second import changes something");
        },
    );
}

#[test]
fn what_was_rejected_is_rejected_again_for_the_same_reason_until_it_is_mended() {
    holds(100, &table(), |table| {
        let (folder, inputs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = inputs.path().join("list.csv");
        write(&table, &file);
        let (first, done) = import(folder.path(), &[file]);
        let Some(rejected) = done.rejected.first() else { return };
        let before = contents(folder.path());
        let (again, _) = import(folder.path(), std::slice::from_ref(rejected));
        assert_eq!((again.rows(), again.rejected), (first.rejected, first.rejected));
        // The lines are those of the file that was imported last; all else is the same.
        let without_lines = |bytes: &[u8]| -> Vec<Vec<String>> {
            let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
            reader
                .records()
                .map(|row| row.unwrap().iter().skip(1).map(str::to_owned).collect())
                .collect()
        };
        let name = rejected.file_name().unwrap().to_string_lossy().into_owned();
        let after = contents(folder.path());
        assert_eq!(without_lines(&after[&name]), without_lines(&before[&name]));
    });
}

#[test]
fn whatever_the_bytes_looking_into_a_file_ends() {
    let pieces: Vec<&[u8]> = vec![
        b"email",
        b"Email Address",
        b"MEMBER_RATING",
        b"attributes",
        b"name",
        b"status",
        b",",
        b";",
        b"\n",
        b"\r\n",
        b"\"",
        b"a@example.org",
        b"{\"x\":",
        b"{'x':",
        b"}",
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"PK\x01\x02",
        b"\0\0\0\0",
        b"\xff",
        b"\xef\xbb\xbf",
        b"line,column,reason,",
        b"=",
        b"'",
    ];
    let bytes = prop::collection::vec(prop::sample::select(pieces), 0..60);
    holds(200, &bytes, |pieces| {
        let (folder, inputs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = inputs.path().join("list.csv");
        fs::write(&file, pieces.concat()).unwrap();
        let mut roster =
            newsletter::audience::Roster::open(folder.path().join("subscribers.csv")).unwrap();
        let suppressions = Suppressions::load(folder.path().join("x.csv"), None).unwrap();
        if let Ok(mut import) = Import::open(&[file]) {
            drop(import.plan(&mut roster, &suppressions));
        }
    });
}

/// The number of a character in so many digits.
fn hex(character: char, digits: usize) -> String {
    format!("{:0digits$x}", u32::from(character))
}

/// What Python's `repr` writes of a value.
fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => {
            let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
            let mut written = String::from(quote);
            for character in text.chars() {
                match character {
                    '\\' => written += "\\\\",
                    '\n' => written += "\\n",
                    '\r' => written += "\\r",
                    '\t' => written += "\\t",
                    same if same == quote => written.extend(['\\', same]),
                    c if u32::from(c) < 0x20 => written.extend(["\\x", &hex(c, 2)]),
                    c if c.is_control() => written.extend(["\\u", &hex(c, 4)]),
                    c => written.push(c),
                }
            }
            written.push(quote);
            written
        }
        Value::Array(values) => {
            format!("[{}]", values.iter().map(repr).collect::<Vec<_>>().join(", "))
        }
        Value::Object(dict) => {
            let pairs = dict.iter().map(|(key, value)| {
                format!("{}: {}", repr(&Value::from(key.as_str())), repr(value))
            });
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
    }
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,6}|[\\\\'\"\n\t\u{1}\u{85}a]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z'\"]{0,4}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

#[test]
fn what_python_writes_is_read_back_and_nothing_panics() {
    holds(500, &values(), |value| assert_eq!(python_value(&repr(&value)), Ok(value)));
    let pieces =
        "([{}\\[\\]():,'\"\\\\ ]|True|None|set\\(\\)|\\\\x4|\\\\u12|1e9|-|\u{e9}|[a-z]){0,30}";
    holds(1000, &pieces, |text| drop(python_value(&text)));
    holds(300, &"\\PC{0,60}", |text| drop(python_value(&text)));
    assert!(python_value(&"[".repeat(100_000)).is_err(), "it is not read for ever");
}

#[test]
fn values_of_python_are_told_from_what_is_none() {
    let good = [
        ("{}", "{}"),
        (" { 'a' : ( 1 , ) , } ", "{\"a\":[1]}"),
        ("{'a', 'b'}", "[\"a\",\"b\"]"),
        ("{1: 2.5, None: -3, 'x': 1_000, 'y': +4}", "{\"1\":2.5,\"null\":-3,\"x\":1000,\"y\":4}"),
        ("'\\x41\\u00e9\\U0001f30a\\ud800'", "\"A\u{e9}\u{1f30a}\u{fffd}\""),
        ("set()", "[]"),
    ];
    for (text, json) in good {
        let value = python_value(text).unwrap();
        assert_eq!(value, serde_json::from_str::<Value>(json).unwrap(), "{text}");
    }
    let wrong = [
        "",
        "{",
        "{'a'",
        "{'a':",
        "{'a': 1",
        "{'a': 1}x",
        "{'a': 1, 'b'}",
        "nan",
        "Truely",
        "True1",
        "1-2",
        "0x1f",
        "1e999",
        "f('x')",
        "datetime.date(2024, 1, 1)",
        "'a",
        "'\\q'",
        "'\\x4'",
        "b'x'",
        "[1 2]",
    ];
    for text in wrong {
        assert!(python_value(text).is_err(), "{text}");
    }
}

#[test]
fn a_marked_cell_begins_no_formula_and_is_read_back() {
    holds(1000, &"[=+@\\-\u{ff1d}\u{ff0b}\\t\\r'a ]{0,4}.{0,5}", |text| {
        let cell = marked(&text);
        assert!(
            cell.chars().next().is_none_or(|c| !"=+-@\t\r\u{ff1d}\u{ff0b}".contains(c)),
            "{cell}"
        );
        assert_eq!(unmarked(&cell), text);
    });
}

#[test]
fn every_format_is_known_by_its_columns_however_they_are_written() {
    let formats = [
        Format::Listmonk,
        Format::Mailchimp,
        Format::Substack,
        Format::Ghost,
        Format::Buttondown,
        Format::Keila,
        Format::Beehiiv,
        Format::Plain,
    ];
    let folder = tempfile::tempdir().unwrap();
    for (header, format) in HEADERS.iter().zip(formats) {
        let forms = [
            header.join(","),
            header.join(" ; ").to_uppercase(),
            format!("\u{feff}{}", header.join("\t")),
        ];
        for form in forms {
            let path = folder.path().join("list.csv");
            fs::write(&path, format!("{form}\r\n")).unwrap();
            let import = Import::open(&[path]).unwrap();
            assert_eq!(import.exports()[0].format(), format, "{form}");
        }
    }
}
