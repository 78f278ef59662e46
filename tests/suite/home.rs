//! Copies of the folder that sends in, what they refuse and how they take over out.

mod operator;

use std::fs;
use std::path::Path;

use newsletter::cli::Exit;
use newsletter::config::Tls;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
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

/// Moves the file of the issue that was sent, edits it, and makes sure that it is not sent again.
fn assert_not_sent_again(edit: impl Fn(&str) -> String) {
    let (publication, server, _runtime) = sent();
    let old = publication.path(&format!("issues/{ISSUE}.toml"));
    let text = fs::read_to_string(&old).unwrap();
    fs::remove_file(old).unwrap();
    publication.write("issues/another-name.toml", &edit(&text));
    for arguments in [&["send", "another-name", "--yes"][..], &["send", "--due"]] {
        let at = newsletter::clock::Clock::Fixed("2026-11-20T07:30:00Z".parse().unwrap());
        let ended = publication.run_at(at, arguments);
        // Of the other issues `--due` says that it is too late for them.
        let refused = matches!(ended.exit, Exit::Usage | Exit::TooLate);
        assert!(refused, "{arguments:?}: {}", ended.messages);
        assert!(ended.messages.contains(&format!("of `{ISSUE}`")), "{}", ended.messages);
    }
    assert_eq!(messages(&server), 3);
    let ended = publication.run(&["send", "another-name", "--yes", "--new-issue"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    assert_eq!(messages(&server), 6);
}

#[test]
fn an_issue_whose_file_was_renamed_and_edited_is_not_sent_again() {
    let line = |key: &str, text: &str| {
        text.lines().find(|line| line.starts_with(key)).unwrap_or_default().to_owned()
    };
    // A typo is mended, and the title; then the time, which leaves the title.
    assert_not_sent_again(|text| {
        text.replacen(&line("title", text), "title = \"Frost, at last\"", 1) + "# mended\n"
    });
    assert_not_sent_again(|text| {
        let text = text.replacen(&line("send_at", text), "send_at = 2026-11-20T07:15:00", 1);
        text.replace("  ", " ")
    });
}

/// Changes something in the database of a journal, as a failing disk does.
async fn update(path: &Path, change: &str) {
    let options = SqliteConnectOptions::new().filename(path).foreign_keys(false);
    let mut connection = options.connect().await.unwrap();
    let sql = sqlx::AssertSqlSafe(format!("UPDATE {change}"));
    let changed = sqlx::query(sql).execute(&mut connection).await.unwrap();
    assert!(changed.rows_affected() > 0, "{change}");
    connection.close().await.unwrap();
}

/// The journal as a file: nothing of it is in its log any more.
fn backup(publication: &Publication) -> Vec<u8> {
    assert!(!publication.path(".newsletter/journal.db-wal").exists());
    fs::read(publication.path(".newsletter/journal.db")).unwrap()
}

#[test]
fn a_journal_that_is_older_than_what_was_sent_is_refused() {
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(|_| Act::Normal));
    let publication = Publication::with_readers(9);
    publication.set_plain_server(server.smtp(Tls::None).port);
    let some = publication.run(&["send", ISSUE, "--yes", "--limit", "3"]);
    assert_eq!(some.exit, Exit::Unfinished, "{}", some.messages);
    let old = backup(&publication);
    let lock_file = publication.read(LOCK_FILE);
    assert_eq!(send(&publication).exit, Exit::Done);
    let new = backup(&publication);

    fs::write(publication.path(".newsletter/journal.db"), &old).unwrap();
    assert_refused(&send(&publication), "older than what was sent");
    // The mark beside the journal tells where the lock file is old, too.
    publication.write(LOCK_FILE, &lock_file);
    assert_refused(&send(&publication), "older than what was sent");
    let forgotten = publication.run(&["subscribers", "forget", "x@example.org", "--yes"]);
    assert_ne!(forgotten.exit, Exit::Done, "{}", forgotten.messages);
    assert_eq!(messages(&server), 9);
    // The newest copy is as good as the journal itself.
    fs::write(publication.path(".newsletter/journal.db"), new).unwrap();
    assert_eq!(send(&publication).exit, Exit::Done);
    assert_eq!(messages(&server), 9);
}

#[test]
fn a_damaged_run_stops_by_name_and_nobody_gets_another_letter() {
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(|_| Act::Normal));
    let publication = Publication::with_readers(9);
    publication.set_plain_server(server.smtp(Tls::None).port);
    let some = publication.run(&["send", ISSUE, "--yes", "--limit", "3"]);
    assert_eq!(some.exit, Exit::Unfinished, "{}", some.messages);
    let good = backup(&publication);
    let path = publication.path(".newsletter/journal.db");
    let damage = [
        ("recipients SET address = 'x@example.org' WHERE id = 7", "the recipients"),
        ("recipients SET edition = 1 - edition WHERE id = 8", "the recipients"),
        ("programs SET bytes = CAST(replace(bytes, 'salt', 'malt') AS BLOB)", "the messages"),
        ("events SET changes = replace(changes, '[[1,', '[[5,')", "what happened"),
        ("events SET run = 2 WHERE seq = 2", "the row"),
        ("runs SET issue = 'another'", "the row"),
        ("runs SET finished = 1", "the row"),
        ("generations SET begun = begun + 1", "the row"),
    ];
    for (change, part) in damage {
        runtime.block_on(update(&path, change));
        let ended = send(&publication);
        assert_eq!(ended.exit, Exit::World, "{change}: {}", ended.messages);
        assert!(ended.messages.contains(&format!("damaged: {part} of")), "{}", ended.messages);
        fs::write(&path, &good).unwrap();
    }
    assert_eq!(messages(&server), 3);
    fs::write(&path, &good).unwrap();
    assert_eq!(send(&publication).exit, Exit::Done);
    assert_eq!(messages(&server), 9);
}

/// What is done to a file of suppressions.
type Harm = fn(&Publication);

#[test]
fn suppressions_that_are_gone_stop_check_and_send() {
    let (publication, server, _runtime) = sent();
    let added = publication.run(&["suppressions", "add", "reader-00001@example.com"]);
    assert_eq!(added.exit, Exit::Done, "{}", added.messages);
    let text = publication.read("suppressions.csv");
    let settings = publication.read("newsletter.toml");
    let harms: [Harm; 5] = [
        |publication| fs::remove_file(publication.path("suppressions.csv")).unwrap(),
        |publication| publication.write("suppressions.csv", ""),
        |publication| publication.write("suppressions.csv", "address,reason\nx@example.org,x\n"),
        |publication| {
            let file = publication.path("suppressions.csv");
            fs::remove_file(&file).unwrap();
            #[cfg(unix)]
            std::os::unix::fs::symlink(publication.path("nowhere"), file).unwrap();
        },
        |publication| {
            let settings = publication.read("newsletter.toml");
            let wrong = settings.replace("\"suppressions.csv\"", "\"supressions.csv\"");
            publication.write("newsletter.toml", &wrong);
        },
    ];
    let older = "2026-11-13-what-a-ferry-is-worth";
    for (at, harm) in harms.iter().enumerate() {
        harm(&publication);
        let at_seven = newsletter::clock::Clock::Fixed("2026-11-20T07:30:00Z".parse().unwrap());
        let dry = &["send", older, "--dry-run"][..];
        for arguments in [&["check"][..], &["send", older, "--yes"], dry] {
            let ended = publication.run_at(at_seven, arguments);
            assert_eq!(ended.exit, Exit::Content, "{at} {arguments:?}: {}", ended.messages);
            assert!(ended.messages.contains("suppressions accept"), "{at}: {}", ended.messages);
        }
        drop(fs::remove_file(publication.path("suppressions.csv")));
        publication.write("suppressions.csv", &text);
        publication.write("newsletter.toml", &settings);
    }
    assert_eq!(messages(&server), 3);
    // What the lock file says is enough.
    fs::remove_file(publication.path(".newsletter/suppressions.mark")).unwrap();
    fs::remove_file(publication.path("suppressions.csv")).unwrap();
    assert_eq!(publication.run(&["check"]).exit, Exit::Content);
    assert_eq!(publication.run(&["suppressions", "accept"]).exit, Exit::Usage);
    assert_eq!(publication.run(&["suppressions", "accept", "--yes"]).exit, Exit::Done);
    assert_eq!(publication.run(&["check"]).exit, Exit::Done);
}

#[test]
fn rows_that_are_joined_by_hand_or_forgotten_stop_nothing() {
    let publication = Publication::with_readers(3);
    let add = ["suppressions", "add", "a@example.org", "b@example.org"];
    assert_eq!(publication.run(&add).exit, Exit::Done);
    let text = publication.read("suppressions.csv");
    publication.write("suppressions.csv", &(text.clone() + text.lines().last().unwrap() + "\n"));
    assert_eq!(publication.run(&["check"]).exit, Exit::Done);
    publication.write("suppressions.csv", &text);
    assert_eq!(publication.run(&["check"]).exit, Exit::Done);
    publication.dry_run(newsletter::clock::Clock::System);
    let forgotten = publication.run(&["subscribers", "forget", "a@example.org", "--yes"]);
    assert_eq!(forgotten.exit, Exit::Done, "{}", forgotten.messages);
    assert_eq!(publication.run(&["check"]).exit, Exit::Done);
}
