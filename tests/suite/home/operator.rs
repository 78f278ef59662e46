//! What operators do to a folder that sends in, who gets an issue and what is said out.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use newsletter::cli::Exit;
use newsletter::config::Tls;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, SqlSafeStr as _};
use tokio::runtime::Runtime;

use crate::home::{LOCK_FILE, STATE, assert_refused, copy_of, messages, send, sent};
use crate::support::publication::{ISSUE, Publication};
use crate::support::smtp::{Act, Server};

const OLDER: &str = "2026-11-13-what-a-ferry-is-worth";

/// Names the key in the settings of a publication that has not sent yet.
fn set_key(publication: &Publication, key: &str) {
    let settings = publication.read("newsletter.toml");
    let settings = settings.replacen("list_id ", &format!("key = {key}\nlist_id "), 1);
    publication.write("newsletter.toml", &settings);
}

#[test]
fn a_key_of_the_environment_or_of_a_file_elsewhere_is_no_leave_to_send_from_a_copy() {
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(|_| Act::Normal));
    let elsewhere = tempfile::NamedTempFile::new().unwrap();
    fs::write(elsewhere.path(), "k".repeat(64)).unwrap();
    let file = format!("{{ file = \"{}\" }}", elsewhere.path().display());
    let variables = [("REVIEW_KEY", "an environment's key of the publication, long enough")];
    for (sent_before, key) in ["{ env = \"REVIEW_KEY\" }", &file].into_iter().enumerate() {
        let publication = Publication::with_readers(3);
        publication.set_plain_server(server.smtp(Tls::None).port);
        set_key(&publication, key);
        let send = |folder: &Publication| folder.run_with(&variables, &["send", ISSUE, "--yes"]);
        let ended = send(&publication);
        assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
        assert_refused(&send(&copy_of(&publication, &[])), "this folder is a copy");
        assert_refused(&send(&copy_of(&publication, &STATE[1..])), "together with its");
        assert_eq!(messages(&server), 3 * (sent_before + 1));
    }
}

#[test]
fn a_log_of_the_journal_that_vanishes_stops_the_run_by_name() {
    let runtime = Runtime::new().unwrap();
    let log: Arc<Mutex<PathBuf>> = Arc::default();
    let gone = Arc::clone(&log);
    let server = runtime.block_on(Server::start(move |point| {
        if point.verb == "." {
            drop(fs::remove_file(&*gone.lock().unwrap()));
        }
        Act::Normal
    }));
    let publication = Publication::with_readers(300);
    publication.set_plain_server(server.smtp(Tls::None).port);
    *log.lock().unwrap() = publication.path(".newsletter/journal.db-wal");
    let ended = send(&publication);
    assert_eq!(ended.exit, Exit::World, "{}", ended.messages);
    assert!(ended.messages.contains("journal.db-wal`, was deleted"), "{}", ended.messages);
    assert!(ended.messages.contains("help: "), "{}", ended.messages);
    *log.lock().unwrap() = PathBuf::new();
    let ended = send(&publication);
    assert!(matches!(ended.exit, Exit::Done | Exit::Partly), "{}", ended.messages);
    let twice = server.log(|log| {
        let mut to: Vec<_> = log.messages.iter().map(|(to, _)| to.clone()).collect();
        to.sort();
        to.windows(2).any(|pair| pair[0] == pair[1])
    });
    assert!(!twice);
}

/// Makes a journal as the first version of the tables had it, with the runs of another one.
async fn write_first_tables(path: &Path, from: &Path) {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    let sql = include_str!("../../../migrations/sqlite/0001_journal.sql").into_sql_str();
    let first = Migration::new(1, "journal".into(), MigrationType::Simple, sql, false);
    let migrator = Migrator::with_migrations(vec![first]);
    migrator.run_direct(None, &mut connection, false).await.unwrap();
    let attach = format!("ATTACH '{}' AS newer", from.display());
    sqlx::query(AssertSqlSafe(attach)).execute(&mut connection).await.unwrap();
    for table in ["runs", "generations", "programs", "recipients", "events", "suppressed"] {
        let columns = if table == "events" { "seq, run, at, sent, changes" } else { "*" };
        let copy = format!("INSERT INTO {table} SELECT {columns} FROM newer.{table}");
        sqlx::query(AssertSqlSafe(copy)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

#[test]
fn a_journal_of_the_first_tables_is_taken_over_by_the_next_send() {
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(|_| Act::Normal));
    let publication = Publication::with_readers(9);
    publication.set_plain_server(server.smtp(Tls::None).port);
    let some = publication.run(&["send", ISSUE, "--yes", "--limit", "3"]);
    assert_eq!(some.exit, Exit::Unfinished, "{}", some.messages);
    let journal = publication.path(".newsletter/journal.db");
    let old = publication.path("old.db");
    runtime.block_on(write_first_tables(&old, &journal));
    fs::rename(old, journal).unwrap();
    for file in [LOCK_FILE, ".newsletter/journal.mark", ".newsletter/suppressions.mark"] {
        drop(fs::remove_file(publication.path(file)));
    }
    let ended = send(&publication);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    assert_eq!(messages(&server), 9);
    assert!(publication.read(LOCK_FILE).contains(&format!("issue = \"{ISSUE}\"")));
    let ended = publication.run(&["send", OLDER, "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    assert_eq!(send(&publication).exit, Exit::Done);
    assert_eq!(messages(&server), 18);
    assert_refused(&send(&copy_of(&publication, &STATE)), "together with its");
}

#[test]
fn a_copy_that_lacks_the_key_of_forgotten_readers_makes_none_and_stops() {
    let (publication, server, _runtime) = sent();
    // As an older program wrote it: the hash does not say which key made it.
    let text = publication.read("suppressions.csv");
    let hash = "hash:WkLxZgR3Zb0cJm5sQeTtYw";
    publication.write("suppressions.csv", &format!("{text}{hash},forgotten,subscribers,,\n"));
    let copy = copy_of(&publication, &[]);
    let checks: [&[&str]; 4] =
        [&["check"], &["send", ISSUE, "--dry-run"], &["send", ISSUE, "--yes"], &["serve"]];
    for arguments in checks {
        let ended = copy.run(arguments);
        assert_ne!(ended.exit, Exit::Done, "{arguments:?}: {}", ended.messages);
        assert!(ended.messages.contains("help: "), "{arguments:?}: {}", ended.messages);
        assert!(!copy.path(".newsletter/key").exists(), "{arguments:?} made a key");
    }
    assert_eq!(messages(&server), 3);
}

#[test]
fn a_domain_that_is_gone_from_the_suppressions_is_missed() {
    let (publication, server, _runtime) = sent();
    let text = publication.read("suppressions.csv");
    let added = publication.run(&["suppressions", "add", "*@example.org"]);
    assert_eq!(added.exit, Exit::Done, "{}", added.messages);
    publication.write("suppressions.csv", &text);
    for arguments in [&["check"][..], &["send", OLDER, "--yes"]] {
        let ended = publication.run(arguments);
        assert_eq!(ended.exit, Exit::Content, "{arguments:?}: {}", ended.messages);
        assert!(ended.messages.contains("suppressions accept"), "{}", ended.messages);
    }
    assert_eq!(messages(&server), 3);
}

#[test]
fn two_issues_that_exchanged_their_names_are_not_sent_again() {
    let (publication, server, _runtime) = sent();
    let [sent, other] = [ISSUE, OLDER].map(|name| publication.path(&format!("issues/{name}.toml")));
    let [one, two] = [&sent, &other].map(|path| fs::read_to_string(path).unwrap());
    fs::write(&sent, &two).unwrap();
    for (edit, words) in
        [("", "was sent before, under the name"), ("# mended\n", "has another title now")]
    {
        fs::write(&other, format!("{one}{edit}")).unwrap();
        let ended = publication.run(&["send", OLDER, "--yes"]);
        assert_eq!(ended.exit, Exit::Usage, "{}", ended.messages);
        assert!(ended.messages.contains(words), "{}", ended.messages);
    }
    assert_eq!(messages(&server), 3);
    fs::write(&sent, one).unwrap();
    fs::write(&other, two).unwrap();
    assert_eq!(publication.run(&["send", OLDER, "--yes"]).exit, Exit::Done);
    assert_eq!(messages(&server), 6);
}

#[test]
fn a_history_that_was_fetched_is_a_clone_and_one_that_was_begun_here_is_none() {
    let (publication, server, _runtime) = sent();
    let none = "0".repeat(40);
    let logs = [
        ("branch: Created from refs/remotes/origin/main", true),
        ("initial pull", true),
        ("clone: from https://example.org/review", true),
        ("commit (initial): the first issue", false),
    ];
    for (message, is_clone) in logs {
        let copy = copy_of(&publication, &[]);
        fs::remove_file(copy.path(LOCK_FILE)).unwrap();
        fs::create_dir_all(copy.path(".git/logs")).unwrap();
        let line = format!("{none} {} Ada <ada@example.org> 1 +0000\t{message}\n", "1".repeat(40));
        copy.write(".git/logs/HEAD", &line);
        let ended = send(&copy);
        match is_clone {
            true => assert_refused(&ended, "this folder is a clone"),
            false => assert_eq!(ended.exit, Exit::Done, "{message}: {}", ended.messages),
        }
    }
    assert_eq!(messages(&server), 6);
}

#[cfg(unix)]
#[test]
fn a_lock_file_that_cannot_be_written_stops_before_the_first_message() {
    let (publication, server, _runtime) = sent();
    fs::remove_file(publication.path(LOCK_FILE)).unwrap();
    fs::create_dir(publication.path(LOCK_FILE)).unwrap();
    let ended = publication.run(&["send", OLDER, "--yes"]);
    assert_eq!(ended.exit, Exit::World, "{}", ended.messages);
    assert!(ended.messages.contains(LOCK_FILE), "{}", ended.messages);
    assert_eq!(messages(&server), 3);
}
