//! Counters that work at once, are killed or find a bad file in, the numbers in the file out.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use newsletter::measure::{Counter, Error, FILE, Numbers};

fn numbers(root: &Path) -> Numbers {
    Numbers::load(root).unwrap()
}

/// Counts a hundred views and clicks, and writes them down now and then.
fn count(counter: &Counter, thread: usize) {
    for turn in 0..100 {
        counter.view("first-frost");
        counter.click("first-frost", &format!("https://example.com/{}", turn % 3));
        if turn % 10 == thread {
            counter.flush().unwrap();
        }
    }
}

#[test]
fn of_many_who_count_at_once_none_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    // Two processes with four threads each, and a third that begins later.
    let counters = [Counter::new(root), Counter::new(root)];
    thread::scope(|scope| {
        for thread in 0..8 {
            let counter = &counters[thread % 2];
            scope.spawn(move || count(counter, thread));
        }
    });
    counters.iter().for_each(|counter| counter.flush().unwrap());
    assert_eq!(numbers(root).views("first-frost"), 800);
    let clicks: Vec<_> =
        numbers(root).clicks("first-frost").into_iter().map(|(_, count)| count).collect();
    assert_eq!(clicks, [272, 264, 264]);
    assert_eq!(numbers(root).views("other"), 0);
    let later = Counter::new(root);
    later.view("first-frost");
    later.flush().unwrap();
    later.flush().unwrap();
    assert_eq!(numbers(root).views("first-frost"), 801);
}

#[test]
fn the_file_has_numbers_and_neither_people_nor_an_order() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (Counter::new(folder.path()), Counter::new(folder.path()));
    second.click("a-issue", "https://example.com/?q=\"x\",y");
    second.flush().unwrap();
    first.view("b-issue");
    first.view("a-issue");
    first.flush().unwrap();
    first.view("b-issue");
    first.flush().unwrap();
    let file = fs::read_to_string(folder.path().join(FILE)).unwrap();
    let expected = "issue,link,count\na-issue,,1\na-issue,\"https://example.com/?q=\"\"x\"\",y\",1\nb-issue,,2\n";
    assert_eq!(file, expected);
    let names: BTreeSet<_> = fs::read_dir(folder.path().join(".newsletter"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, ["measure.csv", "measure.lock"].map(str::to_owned).into());
    assert_eq!(fs::read(folder.path().join(".newsletter/measure.lock")).unwrap(), b"");
}

#[test]
fn a_file_that_cannot_be_read_stays_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE);
    fs::create_dir(folder.path().join(".newsletter")).unwrap();
    for bad in ["issue,link,count\na,,many\n", "a,b\n", "issue,link,count\na,,-1\n", "\u{0}"] {
        fs::write(&file, bad).unwrap();
        let counter = Counter::new(folder.path());
        counter.view("first-frost");
        assert!(matches!(counter.flush(), Err(Error::Read(..))), "{bad}");
        assert!(Numbers::load(folder.path()).is_err(), "{bad}");
        assert_eq!(fs::read_to_string(&file).unwrap(), bad);
        // What git joined of two files is added up.
        fs::write(&file, "issue,link,count\nfirst-frost,,2\nfirst-frost,,3\n").unwrap();
        counter.view("first-frost");
        counter.flush().unwrap();
        assert_eq!(numbers(folder.path()).views("first-frost"), 7);
    }
}

#[test]
fn what_was_written_down_is_there_after_the_process_was_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut kept = 0;
    for _ in 0..3 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "measure::file::a_process_that_counts_until_it_is_killed"])
            .args(["--nocapture", "--test-threads=1"])
            .env(FOLDER, folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut flushed = 0;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            flushed += u64::from(line.unwrap().contains("flushed"));
            if flushed == 20 {
                child.kill().unwrap(); // the rest of the pipe is what it said before it died
            }
        }
        child.wait().unwrap();
        let views = numbers(folder.path()).views("first-frost");
        // What was counted after the last flush that it told of is there or not; nothing else is lost.
        assert!(
            (kept + flushed * 5..=kept + flushed * 5 + 5).contains(&views),
            "{kept} {flushed} {views}"
        );
        kept = views;
    }
}

/// Names the folder for the process that the test above starts.
const FOLDER: &str = "NEWSLETTER_TEST_MEASURE";

/// Not a test of its own, and over at once when it is run as one: what the test above starts and kills.
#[test]
#[expect(clippy::disallowed_methods, reason = "the test above names the folder")]
fn a_process_that_counts_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let counter = Counter::new(Path::new(&folder));
    loop {
        (0..5).for_each(|_| counter.view("first-frost"));
        counter.flush().unwrap();
        std::io::stdout().write_all(b"flushed\n").unwrap();
        std::io::stdout().flush().unwrap();
    }
}
