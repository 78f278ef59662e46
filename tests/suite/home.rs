//! Copies of the folder that sends in, what they refuse and how they take over out.

use std::fs;
use std::path::Path;

use newsletter::cli::Exit;
use newsletter::config::Tls;
use tokio::runtime::Runtime;

use crate::support::publication::{Ended, ISSUE, Publication};
use crate::support::smtp::{Act, Server};

const LOCK_FILE: &str = "newsletter.lock";
const STATE: [&str; 3] = [".newsletter/key", ".newsletter/lock", ".newsletter/journal.db"];
/// What is in version control.
const TRACKED: [&str; 4] = ["newsletter.toml", "subscribers.csv", "suppressions.csv", LOCK_FILE];

/// A publication of three readers that has sent its issue, and its mail server.
fn sent() -> (Publication, Server, Runtime) {
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(|_| Act::Normal));
    let publication = Publication::with_readers(3);
    publication.set_plain_server(server.smtp(Tls::None).port);
    let ended = send(&publication);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    (publication, server, runtime)
}

fn send(publication: &Publication) -> Ended {
    publication.run(&["send", ISSUE, "--yes"])
}

/// A copy of a publication, with these further files.
fn copy_of(publication: &Publication, files: &[&str]) -> Publication {
    let copy = Publication::sample();
    for file in TRACKED.iter().chain(files) {
        let to = copy.path(file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(publication.path(file), to).unwrap();
    }
    copy
}

fn messages(server: &Server) -> usize {
    server.log(|log| log.messages.len())
}

/// Makes sure that a command is refused with these words, and names the way out.
fn assert_refused(ended: &Ended, words: &str) {
    assert_eq!(ended.exit, Exit::Usage, "{}", ended.messages);
    assert!(ended.messages.contains(words), "{}", ended.messages);
    assert!(ended.messages.contains("newsletter adopt"), "{}", ended.messages);
}

#[test]
fn a_dry_run_writes_no_lock_file_and_the_first_send_does() {
    let publication = Publication::with_readers(3);
    publication.dry_run(newsletter::clock::Clock::System);
    assert!(!publication.path(LOCK_FILE).exists());
    let (publication, _server, _runtime) = sent();
    let text = publication.read(LOCK_FILE);
    let run = format!("[[run]]\nissue = \"{ISSUE}\"\n");
    assert!(text.contains("version = 1\n") && text.contains(&run), "{text}");
    assert!(text.contains("\nfinished = ") && text.contains("version control"), "{text}");
    assert!(!text.contains('@'), "{text}");
}

#[test]
fn a_copy_without_the_journal_sends_nothing_whatever_ran_in_it() {
    let (publication, server, _runtime) = sent();
    let looks: [&[&str]; 6] = [
        &["render", ISSUE],
        &["send", ISSUE, "--dry-run"],
        &["check"],
        &["build"],
        &["subscribers", "add", "new@example.org"],
        &["suppressions", "add", "gone@example.org"],
    ];
    let copy = copy_of(&publication, &[]);
    for look in looks {
        let ended = copy.run(look);
        assert_eq!(ended.exit, Exit::Done, "{look:?}: {}", ended.messages);
        assert!(!copy.path(".newsletter/key").exists(), "{look:?} made a key");
        assert_refused(&send(&copy), "this folder is a copy");
        assert!(!copy.path(".newsletter/journal.db").exists(), "{look:?}");
    }
    // The key of the publication is no leave to send either.
    let with_key = copy_of(&publication, &STATE[..1]);
    assert_refused(&send(&with_key), "this folder is a copy");
    assert_eq!(messages(&server), 3);
}

#[test]
fn a_copy_with_the_journal_sends_nothing() {
    let (publication, server, _runtime) = sent();
    let copy = copy_of(&publication, &STATE);
    assert_refused(&send(&copy), "together with its `.newsletter/`");
    assert_eq!(messages(&server), 3);
}

#[test]
fn another_key_or_another_journal_sends_nothing() {
    let (publication, server, _runtime) = sent();
    let text = publication.read(LOCK_FILE);
    let line = |key: &str| text.lines().find(|line| line.starts_with(key)).unwrap().to_owned();
    for (key, words) in [("key", "names another key"), ("journal", "names another journal")] {
        publication.write(LOCK_FILE, &text.replace(&line(key), &format!("{key} = \"other\"")));
        assert_refused(&send(&publication), words);
    }
    publication.write(LOCK_FILE, &format!("<<<<<<< HEAD\n{text}"));
    assert_refused(&send(&publication), "cannot be understood");
    publication.write(LOCK_FILE, &text);
    assert_eq!(send(&publication).exit, Exit::Done);
    assert_eq!(messages(&server), 3);
}

#[test]
fn a_folder_that_adopts_sends_what_is_new_and_nothing_that_was_sent() {
    let (publication, server, _runtime) = sent();
    let copy = copy_of(&publication, &STATE[..1]);
    let asked = copy.run(&["adopt"]);
    assert_eq!(asked.exit, Exit::Usage, "{}", asked.messages);
    assert!(asked.messages.contains(&format!("{ISSUE} was sent elsewhere")), "{}", asked.messages);
    assert_refused(&send(&copy), "this folder is a copy");

    let ended = copy.run(&["adopt", "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    let ended = send(&copy);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    assert!(ended.messages.contains("sent already, from another folder"), "{}", ended.messages);
    assert_eq!(messages(&server), 3);
    let older = "2026-11-13-what-a-ferry-is-worth";
    let ended = copy.run(&["send", older, "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    assert!(messages(&server) > 3);
    // The lock file of the new folder, in the old one.
    fs::copy(copy.path(LOCK_FILE), publication.path(LOCK_FILE)).unwrap();
    assert_refused(&send(&publication), "names another journal");
}

#[test]
fn a_run_that_was_begun_elsewhere_is_not_begun_again() {
    let (publication, server, _runtime) = sent();
    let text = publication.read(LOCK_FILE);
    let unfinished = text.lines().filter(|line| !line.starts_with("finished"));
    let unfinished: Vec<_> = unfinished.collect();
    let copy = copy_of(&publication, &STATE[..1]);
    copy.write(LOCK_FILE, &(unfinished.join("\n") + "\n"));
    let ended = copy.run(&["adopt", "--yes"]);
    assert!(ended.messages.contains("not finished"), "{}", ended.messages);
    let ended = send(&copy);
    assert_eq!(ended.exit, Exit::Usage, "{}", ended.messages);
    assert!(ended.messages.contains("begun in another folder"), "{}", ended.messages);
    assert_eq!(messages(&server), 3);
}

#[test]
fn a_publication_from_before_the_lock_file_is_taken_over_at_its_next_send() {
    let (publication, _server, _runtime) = sent();
    let text = publication.read(LOCK_FILE);
    fs::remove_file(publication.path(LOCK_FILE)).unwrap();
    let ended = publication.run(&["send", "2026-11-13-what-a-ferry-is-worth", "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    let now = publication.read(LOCK_FILE);
    for key in ["key", "journal", "issue"] {
        let line = text.lines().find(|line| line.starts_with(key)).unwrap();
        assert!(now.contains(line), "{line} is not in {now}");
    }
}

#[test]
fn a_clone_from_before_the_lock_file_was_committed_sends_nothing() {
    let (publication, server, _runtime) = sent();
    let copy = copy_of(&publication, &[]);
    fs::remove_file(copy.path(LOCK_FILE)).unwrap();
    let git = copy.path(".git/logs");
    fs::create_dir_all(&git).unwrap();
    let line = "0000 1111 Ada <ada@example.org> 1 +0000\tclone: from https://example.org/review\n";
    fs::write(Path::new(&git).join("HEAD"), line).unwrap();
    assert_eq!(copy.run(&["send", ISSUE, "--dry-run"]).exit, Exit::Done);
    assert_refused(&send(&copy), "this folder is a clone");
    assert_refused(&copy.run(&["send", ISSUE, "--yes"]), "this folder is a clone");
    assert_eq!(messages(&server), 3);
    assert_eq!(copy.run(&["adopt", "--yes"]).exit, Exit::Done);
}
