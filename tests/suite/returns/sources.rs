//! The same bounce in a Maildir, an mbox, a file and a pipe in; what becomes of it, and of the place where it was, out.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use newsletter::cli::Exit;

use crate::returns::{Bounce, HARD, Paper, letter, reader};

/// The names of the files in a folder of the Maildir.
fn names(paper: &Paper, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(paper.publication.path(&format!("returned/{folder}"))).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn bounce(paper: &Paper, number: usize) -> String {
    let mail = paper.mail(&reader(number));
    Bounce { to: &mail.sender, id: &number.to_string(), ..HARD }.text()
}

#[test]
fn of_a_maildir_what_was_dealt_with_is_read_and_the_rest_is_left() {
    let paper = Paper::new(4);
    paper.send(1);
    paper.put("1.a", &bounce(&paper, 1));
    paper.put("2.a", &letter("friend@example.org", "editors@tidewater.example.org", "Hello"));
    paper.put("3.a", &Bounce { recipient: &reader(3), id: "3", ..HARD }.text());
    paper.publication.write("returned/cur/4.a:2,F", &bounce(&paper, 4));
    paper.publication.write("returned/cur/5.a:2,S", &bounce(&paper, 2));
    fs::create_dir(paper.publication.path("returned/new/folder")).unwrap();
    // First only a look.
    let (ended, lines) = paper.bounces(1, &["returned", "--dry-run", "--json"]);
    assert_eq!(lines.len(), 4, "{}", ended.output);
    assert!(ended.messages.contains("Nothing was changed."), "{}", ended.messages);
    assert_eq!(paper.suppressed(), [""; 0]);
    assert_eq!(names(&paper, "new").len(), 4);
    assert!(!paper.publication.path(newsletter::returns::Log::PATH).exists());

    let (ended, _) = paper.bounces(1, &["returned"]);
    assert_eq!(names(&paper, "new"), ["2.a", "3.a", "folder"]);
    assert_eq!(names(&paper, "cur"), ["1.a:2,S", "4.a:2,FS", "5.a:2,S"]);
    assert_eq!(paper.suppressed().len(), 2);
    let summary = "4 messages: 2 suppressed, 1 unproven, 1 left alone.\n";
    assert!(ended.messages.starts_with(summary), "{}", ended.messages);
}

#[test]
fn an_mbox_stays_as_it_is_and_nothing_of_it_counts_twice() {
    let paper = Paper::new(4);
    paper.send(1);
    let friend = letter("friend@example.org", "editors@tidewater.example.org", "Hello");
    let mbox: String = [bounce(&paper, 1), friend, bounce(&paper, 2)]
        .map(|message| format!("From MAILER-DAEMON Fri Jan  2 07:00:01 2026\n{message}\n"))
        .concat();
    paper.publication.write("mbox", &mbox);
    let (_, lines) = paper.bounces(1, &["mbox", "--json"]);
    let outcomes: Vec<_> = lines.iter().map(|line| line["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["suppressed", "left", "suppressed"]);
    let (_, lines) = paper.bounces(1, &["mbox", "--json"]);
    let outcomes: Vec<_> = lines.iter().map(|line| line["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["repeated", "left", "repeated"]);
    assert_eq!(paper.publication.read("mbox"), mbox);
    assert_eq!(paper.suppressed().len(), 2);
}

#[test]
fn explain_reads_every_message_of_an_mbox_and_every_argument() {
    let paper = Paper::new(4);
    paper.send(1);
    let mbox: String = [bounce(&paper, 1), bounce(&paper, 2)]
        .map(|message| format!("From MAILER-DAEMON Fri Jan  2 07:00:01 2026\n{message}\n"))
        .concat();
    paper.publication.write("mbox", &mbox);
    paper.publication.write("one.eml", &bounce(&paper, 3));
    let (ended, _) = paper.bounces(1, &["explain", "mbox", "one.eml"]);
    let heads: Vec<_> = ended.output.lines().filter(|line| !line.starts_with(' ')).collect();
    let heads: Vec<_> = heads.into_iter().filter(|line| !line.is_empty()).collect();
    assert_eq!(heads, ["1. mbox, message 1", "2. mbox, message 2", "3. one.eml"]);
    for number in 1..=3 {
        assert!(ended.output.contains(&reader(number)), "{}", ended.output);
    }
    let (ended, _) = paper.bounces(1, &["explain", "--json", "one.eml", "mbox"]);
    let all: Vec<serde_json::Value> = serde_json::from_str(&ended.output).unwrap();
    assert_eq!(all.len(), 3);
    let (ended, _) = paper.bounces(1, &["explain", "one.eml"]);
    assert!(ended.output.starts_with("one.eml\n"), "{}", ended.output);
}

#[test]
fn explain_reads_an_mbox_on_standard_input() {
    let paper = Paper::new(4);
    paper.send(1);
    let mbox: String = [bounce(&paper, 1), bounce(&paper, 2)]
        .map(|message| format!("From MAILER-DAEMON Fri Jan  2 07:00:01 2026\n{message}\n"))
        .concat();
    let explain = |input: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_newsletter"));
        command.arg("-C").arg(paper.publication.path("")).args(["bounces", "explain", "-"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let words = explain(&mbox);
    assert!(words.starts_with("1. standard input, message 1\n"), "{words}");
    assert!(words.contains("2. standard input, message 2\n"), "{words}");
    assert!(words.contains(&reader(1)) && words.contains(&reader(2)), "{words}");
    let words = explain(&bounce(&paper, 3));
    assert!(words.starts_with("standard input\n") && words.contains(&reader(3)), "{words}");
}

#[test]
fn a_file_holds_one_message() {
    let paper = Paper::new(4);
    paper.send(1);
    paper.publication.write("one.eml", &bounce(&paper, 1).replace('\n', "\r\n"));
    let (_, lines) = paper.bounces(1, &["one.eml", "--json"]);
    assert_eq!(lines.len(), 1);
    assert_eq!(paper.suppressed().len(), 1);
}

#[test]
fn without_a_source_the_settings_name_them() {
    let paper = Paper::new(4);
    paper.send(1);
    let ended = paper.publication.run(&["bounces"]);
    assert_eq!(ended.exit, Exit::Usage);
    assert!(ended.messages.contains("`[bounces]`"), "{}", ended.messages);
    let settings = paper.publication.read("newsletter.toml");
    let settings = format!("{settings}\n[bounces]\nmaildir = \"returned\"\nmbox = \"mbox\"\n");
    paper.publication.write("newsletter.toml", &settings);
    paper.put("1.a", &bounce(&paper, 1));
    let second = bounce(&paper, 2);
    paper.publication.write("mbox", &format!("From x Fri Jan  2 07:00:01 2026\n{second}"));
    paper.bounces(1, &[]);
    assert_eq!(paper.suppressed().len(), 2);
}

/// Pipes a message into the program itself, and returns its exit code.
fn pipe(paper: &Paper, message: &[u8]) -> i32 {
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsletter"));
    command.arg("-C").arg(paper.publication.path("")).args(["bounces", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(message).unwrap();
    child.wait().unwrap().code().unwrap()
}

#[test]
fn a_mail_server_pipes_a_message_in_and_is_told_to_keep_it_where_it_could_not_be_taken() {
    let paper = Paper::new(4);
    paper.send(1);
    let message = format!("From MAILER-DAEMON Fri Jan  2 07:00:01 2026\n{}", bounce(&paper, 1));
    let settings = paper.publication.read("newsletter.toml");
    paper.publication.write("newsletter.toml", "nonsense");
    assert_eq!(pipe(&paper, message.as_bytes()), 75);
    paper.publication.write("newsletter.toml", &settings);
    fs::create_dir(paper.publication.path(".newsletter/bounces.csv")).unwrap();
    assert_eq!(pipe(&paper, message.as_bytes()), 75);
    assert_eq!(paper.suppressed(), [""; 0]);
    fs::remove_dir(paper.publication.path(".newsletter/bounces.csv")).unwrap();
    assert_eq!(pipe(&paper, message.as_bytes()), 0);
    assert_eq!(paper.suppressed().len(), 1);
    // What is none of its business is taken, too: a server would send it back else.
    assert_eq!(pipe(&paper, b""), 0);
    assert_eq!(pipe(&paper, &vec![b'x'; 11_000_000]), 0);
    assert_eq!(pipe(&paper, letter("a@example.org", "b@example.org", "Hi").as_bytes()), 0);
    assert_eq!(paper.suppressed().len(), 1);
}

#[test]
fn of_many_at_once_none_counts_anything_twice_and_none_loses_anything() {
    let paper = Paper::new(24);
    paper.send(1);
    let spawn = |number: usize| {
        let message = bounce(&paper, number % 24 + 1);
        let mut command = Command::new(env!("CARGO_BIN_EXE_newsletter"));
        command.arg("-C").arg(paper.publication.path("")).args(["bounces", "-"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(message.as_bytes()).unwrap();
        child
    };
    // Each bounce comes twice.
    let children: Vec<_> = (0..48).map(spawn).collect();
    for mut child in children {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    assert_eq!(paper.suppressed().len(), 24);
    let log = paper.publication.read(newsletter::returns::Log::PATH);
    assert_eq!(log.lines().count(), 25, "{log}");
}

#[test]
fn a_crash_between_the_suppression_and_the_mark_has_the_message_handled_again_without_harm() {
    let paper = Paper::new(4);
    paper.send(1);
    let message = bounce(&paper, 1);
    paper.put("1.a", &message);
    // The folder of what is read is not there: the command fails when all is decided.
    fs::rename(paper.publication.path("returned/cur"), paper.publication.path("returned/was"))
        .unwrap();
    fs::write(paper.publication.path("returned/cur"), "").unwrap();
    let ended = paper.publication.run(&["bounces", "returned/new/1.a"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    assert_eq!((paper.suppressed().len(), names(&paper, "new").len()), (1, 1));
    fs::remove_file(paper.publication.path("returned/cur")).unwrap();
    fs::rename(paper.publication.path("returned/was"), paper.publication.path("returned/cur"))
        .unwrap();
    // The log did not get as far, either: the suppression is there, and is not written again.
    for log in ["", "date,message,reader,issue,sent,class,status,outcome\n2026-01-02T07:00:0"] {
        paper.publication.write(newsletter::returns::Log::PATH, log);
        paper.put("1.a", &message);
        let (_, lines) = paper.bounces(1, &["returned", "--json"]);
        assert_eq!(lines[0]["outcome"], "already");
        assert_eq!((names(&paper, "new").len(), paper.suppressed().len()), (0, 1));
    }
    paper.put("1.a", &message);
    let (_, lines) = paper.bounces(1, &["returned", "--json"]);
    assert_eq!(lines[0]["outcome"], "repeated");
    assert_eq!((names(&paper, "new").len(), paper.suppressed().len()), (0, 1));
}
