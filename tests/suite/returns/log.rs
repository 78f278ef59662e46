//! The file of what was handled, whole, cut off or with somebody taken out, in; what is known of it out.

use std::fs;
use std::path::PathBuf;

use newsletter::returns::{Came, Handled, Log};

use crate::returns::{Bounce, HARD, Paper, SOFT, reader};

/// A file with rows of some readers, and its folder.
fn file(readers: &[&str]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bounces.csv");
    let mut log = Log::lock(&path).unwrap();
    for (number, reader) in readers.iter().enumerate() {
        log.note(row(&format!("m{number}"), reader));
    }
    log.write().unwrap();
    (folder, path)
}

fn row(message: &str, reader: &str) -> Handled {
    let at = "2026-01-02T07:00:00Z".parse().unwrap();
    Handled {
        at,
        message: message.to_owned(),
        reader: reader.to_owned(),
        issue: "one, \"two\"".to_owned(),
        sent: Some(at),
        class: "soft".to_owned(),
        status: "4.2.2".to_owned(),
        outcome: Came::Counted,
    }
}

#[test]
fn what_was_written_is_read_again() {
    let (_folder, path) = file(&["a", "b", "a"]);
    let log = Log::look(&path).unwrap();
    assert!(log.has("m0") && log.has("m2") && !log.has("m3"));
    assert_eq!((log.bounced("a").len(), log.bounced("b").len(), log.bounced("c").len()), (2, 1, 0));
    assert_eq!(log.bounced("a")[0].issue, "one, \"two\"");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("date,message,reader,issue,sent,class,status,outcome\n"), "{text}");
}

#[test]
fn a_row_that_was_cut_off_is_passed_over_and_spoils_none_behind_it() {
    let (_folder, path) = file(&["a", "b"]);
    let whole = fs::read(&path).unwrap();
    let first = whole.iter().position(|byte| *byte == b'\n').unwrap();
    for end in first + 1..whole.len() {
        fs::write(&path, &whole[..end]).unwrap();
        let mut log = Log::lock(&path).unwrap();
        let known = usize::from(log.has("m0")) + usize::from(log.has("m1"));
        log.note(row("m7", "c"));
        log.write().unwrap();
        drop(log);
        let log = Log::look(&path).unwrap();
        let rows = whole[..end].iter().filter(|byte| **byte == b'\n').count() - 1;
        assert!(log.has("m7") && known >= rows, "cut at {end}");
    }
}

#[test]
fn someone_who_is_forgotten_is_in_no_row() {
    let (_folder, path) = file(&["a", "b", "a"]);
    assert_eq!(Log::forget(&path, "a").unwrap(), 2);
    assert_eq!(Log::forget(&path, "a").unwrap(), 0);
    let log = Log::look(&path).unwrap();
    assert_eq!((log.bounced("a").len(), log.bounced("b").len()), (0, 1));
    assert_eq!(Log::forget(&path.with_extension("none"), "a").unwrap(), 0);
}

#[test]
fn a_bounce_of_somebody_who_was_forgotten_changes_nothing() {
    let paper = Paper::new(3);
    paper.send(1);
    let mail = paper.mail(&reader(1));
    let text = |id| Bounce { to: &mail.sender, id, ..SOFT }.text();
    paper.take_in(1, &text("1"));
    assert_eq!(paper.publication.read(Log::PATH).lines().count(), 2);
    let ended = paper.publication.run(&["subscribers", "forget", &reader(1), "--yes"]);
    assert!(ended.messages.contains("Removed 1 row of .newsletter/bounces.csv."), "{ended:?}");
    assert_eq!(paper.publication.read(Log::PATH).lines().count(), 1);
    let suppressed = paper.suppressed();
    for id in ["1", "2"] {
        let came = paper.take_in(2, &text(id));
        assert_eq!((&came["outcome"], &came["reader"]), (&"nothing".into(), &().into()), "{came}");
    }
    assert_eq!(paper.suppressed(), suppressed);
}

#[test]
fn no_address_is_in_the_file() {
    let paper = Paper::new(3);
    paper.send(1);
    for (number, bounce) in [(1, HARD), (2, SOFT)] {
        let mail = paper.mail(&reader(number));
        let text = Bounce { to: &mail.sender, recipient: &reader(number), ..bounce }.text();
        paper.take_in(1, &text);
    }
    let text = paper.publication.read(Log::PATH);
    assert_eq!(text.lines().count(), 3);
    assert!(!text.contains('@') && !text.contains("reader-"), "{text}");
}
