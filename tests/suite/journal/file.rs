//! The journal's file: made, opened again, and refused when it is something else.

use std::error::Error as _;
use std::path::{Path, PathBuf};

use newsletter::journal::{Error, Journal};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::journal::{Fixture, people, plan};

/// Changes a file behind the journal's back.
async fn execute(path: &Path, sql: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn the_journal_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b/journal.db");
    let journal = Journal::open(&path).await.unwrap();
    plan(&journal, "first-frost", &people(3)).await.unwrap();
    let mode =
        |name: &str| folder.path().join(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("a"), mode("a/b")), (0o700, 0o700));
    assert_eq!((mode("a/b/journal.db"), mode("a/b/journal.db-wal")), (0o600, 0o600));
}

#[tokio::test]
async fn a_journal_that_was_closed_is_one_file() {
    let (fixture, run) = Fixture::planned(3).await;
    fixture.journal.ledger(&run).await.unwrap();
    fixture.journal.clone().close().await;
    let files: Vec<_> = fixture.folder.path().read_dir().unwrap().collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(fixture.again().await.ledger(&run).await.unwrap().tally().pending, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_can_create_the_same_journal_at_once() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let open = || tokio::spawn(runs(path.clone()));
        let tasks: Vec<_> = std::iter::repeat_with(open).take(8).collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), 0);
        }
    }
}

/// How many runs there are in a journal that may have to be created.
async fn runs(path: PathBuf) -> usize {
    Journal::open(&path).await.unwrap().runs().await.unwrap().len()
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let text = "email,first_name\nada@example.org,Ada\n".repeat(200);
    std::fs::write(&path, &text).unwrap();
    let error = Journal::open(&path).await.unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }), "{error:?}");
    let said = format!("`{}` is not a journal, or it is damaged", path.display());
    assert_eq!(error.to_string(), said);
    let cause = error.source().unwrap().to_string();
    assert!(cause.contains("file is not a database"), "{cause}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test]
async fn a_journal_whose_pages_are_damaged_says_so() {
    let (fixture, run) = Fixture::planned(2_000).await;
    fixture.journal.close().await;
    let mut bytes = std::fs::read(fixture.path()).unwrap();
    assert!(bytes.len() > 100_000);
    bytes[4096..].fill(0xa5);
    std::fs::write(fixture.path(), bytes).unwrap();
    match Journal::open(&fixture.path()).await {
        Err(error) => assert!(matches!(error, Error::Damaged { .. }), "{error:?}"),
        Ok(journal) => {
            let error = journal.ledger(&run).await.unwrap_err();
            assert_eq!(error.to_string(), "cannot count the recipients of a run in the journal");
            assert!(error.source().unwrap().to_string().contains("malformed"));
        }
    }
}

#[tokio::test]
async fn a_database_of_another_program_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bookmarks.db");
    execute(&path, "CREATE TABLE bookmarks (id INTEGER)").await;
    let before = std::fs::read(&path).unwrap();
    let error = Journal::open(&path).await.unwrap_err();
    assert!(matches!(error, Error::Foreign { .. }), "{error:?}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_journal_of_a_newer_program_is_refused() {
    let fixture = Fixture::new().await;
    fixture.journal.close().await;
    execute(
        &fixture.path(),
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (7, 'later', TRUE, x'00', 0)",
    )
    .await;
    let error = Journal::open(&fixture.path()).await.unwrap_err();
    assert!(matches!(error, Error::Newer { found: 7, known: 3, .. }), "{error:?}");
    let end = "is of version 7, and this newsletter knows versions up to 3";
    assert!(error.to_string().ends_with(end), "{error}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_and_a_path_that_is_a_folder_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = Journal::open(&file.join("journal.db")).await.unwrap_err();
    let said = format!("cannot create the folder `{}` for the journal", file.display());
    assert_eq!(error.to_string(), said);
    assert!(error.source().is_some());
    let error = Journal::open(folder.path()).await.unwrap_err();
    assert_eq!(error.to_string(), format!("cannot open the journal `{}`", folder.path().display()));
}

/// Root may write anywhere else, so a folder of the system that nobody can write to is asked.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_cannot_be_written_to_is_named() {
    let error = Journal::open(Path::new("/proc/journal.db")).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot create the journal `/proc/journal.db`");
    assert!(error.source().is_some());
}
