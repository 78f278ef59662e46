//! Lists of readers in, who is on them compared.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;

use newsletter::audience::{BadRow, Error, List, Reason, Recipient};
use proptest::prelude::{any, prop};

use crate::audience::{cases, chain, holds};

/// The readers of a list, the rows that give none, and what ended it.
fn read<R: Read>(open: impl Fn() -> io::Result<R>) -> (Vec<Recipient>, Vec<BadRow>, Option<Error>) {
    let (mut recipients, mut bad) = (Vec::new(), Vec::new());
    let list = match List::survey(open) {
        Ok(list) => list,
        Err(error) => return (recipients, bad, Some(error)),
    };
    for row in list.subscribers().unwrap() {
        match row {
            Ok(Ok(recipient)) => recipients.push(recipient),
            Ok(Err(row)) => bad.push(row),
            Err(error) => return (recipients, bad, Some(error)),
        }
    }
    (recipients, bad, None)
}

/// One reader a line, then the bad rows, then the error.
fn written(list: &[u8]) -> String {
    let (recipients, bad, error) = read(|| Ok(list));
    let mut out = String::new();
    for recipient in &recipients {
        write!(out, "{} {}", recipient.line, recipient.address.key()).expect("a String takes all");
        for (name, value) in recipient.columns.names().iter().zip(&recipient.values) {
            write!(out, " {name}={value:?}").expect("a String takes all");
        }
        out.push('\n');
    }
    for row in &bad {
        writeln!(out, "bad: {row}").expect("a String takes all");
    }
    if let Some(error) = &error {
        writeln!(out, "error: {}", chain(error)).expect("a String takes all");
    }
    out
}

#[test]
#[expect(clippy::disallowed_methods, reason = "`UPDATE=1 cargo test` rewrites what is expected")]
fn lists_are_read_as_the_cases_say() {
    let mut wrong = Vec::new();
    let mut files: Vec<PathBuf> = fs::read_dir(cases().join("audience"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "csv"));
    assert!(files.len() >= 25, "only {} cases", files.len());
    for file in &files {
        let out = written(&fs::read(file).unwrap());
        let expected = file.with_extension("out");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&expected, out).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != out {
            wrong.push(format!("{}:\n{out}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "UPDATE=1 rewrites the cases\n{}", wrong.join("\n"));
}

/// Reads a byte at a time, so that every place where the buffer can end is met.
struct Dribble<'b>(&'b [u8]);

impl Read for Dribble<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(1);
        self.0.read(&mut buffer[..length])
    }
}

#[test]
fn a_list_reads_the_same_wherever_a_read_ends() {
    // Rows of every length up to some put each kind of byte at the end of a 64 KiB chunk.
    let mut list = b"email,note\r\n".to_vec();
    for row in 0..6000 {
        let note = "\"\"\r\n".repeat(row % 11);
        write!(StringOf(&mut list), "r{row}@example.org,\"{note}\"\r\n").unwrap();
    }
    let (recipients, bad, error) = read(|| Ok(Dribble(&list)));
    assert_eq!((recipients.len(), bad.len(), error.is_none()), (6000, 0, true));
    let mut line = 2;
    for (row, recipient) in recipients.iter().enumerate() {
        assert_eq!(recipient.line, line);
        assert_eq!(recipient.value("note"), Some("\"\r\n".repeat(row % 11).as_str()));
        line += row as u64 % 11 + 1;
    }
}

struct StringOf<'b>(&'b mut Vec<u8>);

impl Write for StringOf<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend(text.as_bytes());
        Ok(())
    }
}

#[test]
fn a_cell_of_ten_megabytes_costs_its_row_only() {
    let long = "x".repeat(10_000_000);
    let lines = "x\n".repeat(100_000);
    for (cell, quoted) in [(&long, false), (&long, true), (&lines, true)] {
        let cell = if quoted { format!("\"{cell}\"") } else { cell.clone() };
        let list = format!("email,note,n\na@example.org,{cell},1\nb@example.org,y,2\n");
        let (recipients, bad, error) = read(|| Ok(list.as_bytes()));
        assert!(error.is_none());
        assert_eq!(recipients.len(), 1);
        assert_eq!(recipients[0].address.to_string(), "b@example.org");
        assert_eq!(bad[0].line, 2);
        let expected = if cell.contains('\n') {
            Reason::QuoteNotClosed { cell: 2 }
        } else {
            Reason::CellTooLong { cell: 2 }
        };
        assert_eq!(bad[0].reason, expected);
    }
}

#[test]
fn a_disk_that_fails_ends_the_list_once() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is on fire"))
        }
    }
    let start = b"email\na@example.org\n";
    let open = || Ok(start.chain(io::repeat(b'\n').take(70_000)).chain(Broken));
    let list = List::survey(open).unwrap();
    assert_eq!((list.readers(), list.digest()), (None, ""));
    let rows: Vec<_> = list.subscribers().unwrap().collect();
    assert!(matches!(rows.last(), Some(Err(Error::Io(_)))));
    assert_eq!(rows.len(), 2);
}

#[test]
fn whatever_the_bytes_reading_ends_and_each_reader_is_there_once() {
    let pieces = [
        &b"\""[..],
        b"\"\"",
        b",",
        b";",
        b"\t",
        b"\n",
        b"\r",
        b"\r\n",
        b" ",
        b"a@x.org",
        b"A@X.org",
        b"b@x.org",
        b"x",
        b"\xef\xbb\xbf",
        b"\xff",
        b"\0",
        b"email",
        b"name",
        "\u{e9}".as_bytes(),
    ];
    let bytes = prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..80);
    let check = |bytes: Vec<u8>| {
        let (recipients, bad, _) = read(|| Ok(bytes.as_slice()));
        let keys: BTreeSet<String> = recipients.iter().map(|r| r.address.key()).collect();
        assert_eq!(keys.len(), recipients.len());
        let lines: BTreeSet<u64> =
            recipients.iter().map(|r| r.line).chain(bad.iter().map(|row| row.line)).collect();
        assert_eq!(lines.len(), recipients.len() + bad.len(), "two rows on one line");
        assert!(recipients.iter().all(|r| r.values.len() == r.columns.names().len()));
    };
    holds(1000, &bytes, |pieces| check(pieces.concat()));
    holds(1000, &bytes, |pieces| check([b"email,n\n", pieces.concat().as_slice()].concat()));
    holds(500, &prop::collection::vec(any::<u8>(), 0..300), check);
}

#[test]
fn what_the_csv_crate_writes_is_read_back() {
    let values =
        prop::collection::vec(prop::collection::vec("\\PC{0,5}|[\",;\t\r\n a\0]{0,6}", 3), 0..20);
    let delimiters = prop::sample::select(vec![b',', b';', b'\t']);
    let ends = prop::sample::select(vec![csv::Terminator::CRLF, csv::Terminator::Any(b'\n')]);
    holds(200, &(values, delimiters, ends), |(rows, delimiter, end)| {
        let mut writer =
            csv::WriterBuilder::new().delimiter(delimiter).terminator(end).from_writer(Vec::new());
        writer.write_record(["email", "a", "b", "c"]).unwrap();
        for (row, values) in rows.iter().enumerate() {
            let address = format!("r{row}@example.org");
            writer.write_record([&address, &values[0], &values[1], &values[2]]).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let (recipients, bad, error) = read(|| Ok(bytes.as_slice()));
        assert!(error.is_none() && bad.is_empty(), "{bad:?}");
        assert_eq!(recipients.len(), rows.len());
        for (recipient, values) in recipients.iter().zip(&rows) {
            assert_eq!(&recipient.values[1..], values);
        }
    });
}

#[test]
fn a_list_that_changes_between_two_readings_is_noticed() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), "email,n\na@example.org,1\nb@example.org,2\n").unwrap();
    let list = List::survey(|| fs::File::open(file.path())).unwrap();
    assert_eq!((list.readers(), list.digest().len()), (Some(2), 64));
    assert!(list.subscribers().unwrap().all(|row| row.is_ok()));
    for changed in
        ["email,n\na@example.org,1\nb@example.org,3\n", "email,n\na@example.org,1\n", "email\n"]
    {
        fs::write(file.path(), changed).unwrap();
        let noticed = match list.subscribers() {
            Err(error) => matches!(error, Error::Changed),
            Ok(rows) => matches!(rows.last(), Some(Err(Error::Changed))),
        };
        assert!(noticed, "{changed}");
    }
}

#[test]
fn of_a_list_with_every_reader_on_it_twice_the_first_rows_count() {
    let mut text = String::from("email\n");
    for round in ["r", "R"] {
        for row in 0..2_000 {
            writeln!(text, "{round}{row}@example.org").unwrap();
        }
    }
    let list = List::survey(|| Ok(text.as_bytes())).unwrap();
    assert_eq!(list.readers(), None);
    let (recipients, bad, error) = read(|| Ok(text.as_bytes()));
    assert_eq!((recipients.len(), bad.len(), error.is_none()), (2_000, 2_000, true));
    for (number, row) in bad.iter().enumerate() {
        let line = number as u64 + 2;
        let twice = matches!(row.reason, Reason::Duplicate { first, .. } if first == line);
        assert!(twice && row.line == line + 2_000, "{row}");
    }
}
