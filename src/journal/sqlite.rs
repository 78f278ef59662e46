//! A path in, connections to a SQLite database with the journal's tables out.

use std::fs::DirBuilder;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::pool::{PoolConnection, PoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{SqlSafeStr as _, Sqlite, SqliteConnection, SqlitePool, Transaction};

use crate::file;
use crate::journal::error::{self, Error};

/// Every change of the tables, oldest first. One that was released is never changed.
const MIGRATIONS: [(i64, &str, &str); 3] = [
    (1, "journal", include_str!("../../migrations/sqlite/0001_journal.sql")),
    (2, "identity", include_str!("../../migrations/sqlite/0002_identity.sql")),
    (3, "seals", include_str!("../../migrations/sqlite/0003_seals.sql")),
];

/// The version of the tables after the last of [`MIGRATIONS`].
const KNOWN: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// What the first migration sets as `application_id`: "nljr".
const APPLICATION: i64 = 0x6e6c_6a72;

/// How long to wait for another process: as long as planning millions of recipients may take it.
const PATIENCE: Duration = Duration::from_secs(30);

/// An open journal file: one connection that writes, and a few that read meanwhile.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    /// To write with.
    pub(crate) writer: SqlitePool,
    /// To read from.
    pub(crate) reader: SqlitePool,
    path: Arc<Path>,
    /// Which file it was when it was opened, whatever its name is now.
    file: Option<Identity>,
    /// Which file its write-ahead log was when it was first written to.
    log: Arc<OnceLock<Option<Identity>>>,
}

impl Database {
    /// Opens the file, creating it and its tables where there are none.
    pub(crate) async fn open(path: &Path) -> Result<Self, Error> {
        create(path).await?;
        let writer = connect(path, path).await?;
        let reader = pool(4).connect_lazy_with(options(path).read_only(true));
        Ok(Self { writer, reader, path: path.into(), file: identity(path), log: Arc::default() })
    }

    /// Makes sure that what was written is in the journal that the next process will find: a file
    /// that was deleted or moved takes everything, and nobody reads it.
    pub(crate) fn check_place(&self) -> Result<(), Error> {
        if identity(&self.path) != self.file {
            return Err(Error::Gone { path: self.path.to_path_buf() });
        }
        // SQLite keeps its log for as long as a connection is open: another one is not ours.
        let log = log_of(&self.path);
        let now = identity(&log);
        match *self.log.get_or_init(|| now) == now {
            true => Ok(()),
            false => Err(Error::LogGone { path: log }),
        }
    }

    /// Begins a transaction that writes.
    ///
    /// It takes the lock at once: one that reads first and writes then can find that another
    /// process wrote in between, and no waiting helps it.
    pub(crate) async fn begin(
        &self,
        operation: &'static str,
    ) -> Result<Transaction<'static, Sqlite>, Error> {
        self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(Error::during(operation))
    }

    /// A connection to read with, beside the one that writes.
    pub(crate) async fn read(
        &self,
        operation: &'static str,
    ) -> Result<PoolConnection<Sqlite>, Error> {
        self.reader.acquire().await.map_err(Error::during(operation))
    }

    /// Whether one of the connections is in use.
    pub(crate) fn is_at_work(&self) -> bool {
        let used = |pool: &SqlitePool| pool.num_idle() < pool.size() as usize;
        used(&self.writer) || used(&self.reader)
    }

    /// Closes every connection; the last one writes what is in the write-ahead log into the file.
    pub(crate) async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

/// The write-ahead log of a database.
fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

/// What tells two files apart: the device and the number on it.
type Identity = (u64, u64);

/// Which file has a name now; `None` where there is none, or where files have no numbers.
#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    path.metadata().ok().map(|file| (file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Path) -> Option<Identity> {
    None
}

/// A pool that keeps its connections, as a file does not go away.
fn pool(connections: u32) -> PoolOptions<Sqlite> {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .row_buffer_size(1024) // else both threads wait for each other every 50 rows
        .pragma("cache_size", "-4096") // 4 MiB each: no statement goes all over a table
}

/// Creates the journal where there is none, for its owner alone: readers' addresses are in it.
///
/// It is made under another name and appears whole. Two processes that turned the same new file
/// into a journal would get in each other's way, and SQLite does not always let one of them wait.
async fn create(path: &Path) -> Result<(), Error> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut folders = DirBuilder::new();
    folders.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folders, 0o700);
    folders.create(folder).map_err(|source| Error::Folder { path: folder.to_owned(), source })?;
    let failed = |source| Error::Create { path: path.to_owned(), source };
    // Before the journal is looked for, as another process may be creating both.
    let has_log = log_of(path).try_exists().map_err(failed)?;
    if path.try_exists().map_err(failed)? {
        // A journal is never empty: whoever empties it, or a disk that lost it, takes away who was
        // written to, and a new one would write to them again.
        let length = path.metadata().map_err(failed)?.len();
        return if length > 0 { Ok(()) } else { Err(Error::Empty { path: path.to_owned() }) };
    }
    if has_log {
        // A new one would take in what the log of the lost one says of pages that it does not have.
        return Err(Error::Gone { path: path.to_owned() });
    }
    let new = tempfile::Builder::new().prefix(".journal-").tempfile_in(folder).map_err(failed)?;
    let new = new.into_temp_path();
    connect(&new, path).await?.close().await; // all of it is in the one file now
    match new.persist_noclobber(path) {
        Err(other) if other.error.kind() != io::ErrorKind::AlreadyExists => {
            Err(failed(other.error))
        }
        // Ours or another process's: they are the same.
        _ => file::sync_folder(path).map_err(failed),
    }
}

/// Connects to a file and makes sure that it is a journal; its errors call it `path`.
async fn connect(file: &Path, path: &Path) -> Result<SqlitePool, Error> {
    // Two writers in one process would only wait for each other, and not in turn.
    let writer = pool(1).connect_with(options(file)).await.map_err(failure(path))?;
    prepare(path, &writer).await?;
    Ok(writer)
}

/// Makes sure that the file is a journal with the tables that this program knows.
async fn prepare(path: &Path, writer: &SqlitePool) -> Result<(), Error> {
    let wrong = failure(path);
    let mut connection = writer.acquire().await.map_err(&wrong)?;
    match version(&mut connection).await.map_err(&wrong)? {
        None => return Err(Error::Foreign { path: path.to_owned() }),
        Some(KNOWN) => return Ok(()),
        Some(found) if found > KNOWN => {
            return Err(Error::Newer { path: path.to_owned(), found, known: KNOWN });
        }
        Some(_) => {}
    }
    // Kept in the file, so once is enough; and not before it is known to be ours.
    sqlx::query("PRAGMA journal_mode = WAL").execute(&mut *connection).await.map_err(&wrong)?;
    drop(connection);
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await.map_err(&wrong)?;
    let migrations = MIGRATIONS.iter().map(|(version, name, sql)| {
        let sql = sql.into_sql_str();
        Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
        .run_direct(None, &mut *transaction, false)
        .await
        .map_err(|source| Error::Migrate { path: path.to_owned(), source })?;
    transaction.commit().await.map_err(&wrong)
}

/// Tells a file that is no database, or a damaged one, from one that cannot be opened.
fn failure(path: &Path) -> impl Fn(sqlx::Error) -> Error {
    move |source| {
        let path = path.to_owned();
        if error::is_damage(&source) {
            Error::Damaged { path, source }
        } else {
            Error::Open { path, source }
        }
    }
}

/// The version of the journal's tables, 0 for an empty file; `None` when it is not a journal.
async fn version(connection: &mut SqliteConnection) -> Result<Option<i64>, sqlx::Error> {
    // In this order: another process may be creating the tables, and does it in one transaction.
    let tables: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master")
        .fetch_one(&mut *connection)
        .await?;
    if tables == 0 {
        return Ok(Some(0));
    }
    let application: i64 =
        sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *connection).await?;
    if application != APPLICATION {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(connection).await
}

#[cfg(test)]
mod tests {
    use crate::journal::sqlite::Database;

    /// No test can pull the plug, so this one holds the settings that make it safe to.
    #[tokio::test]
    async fn a_commit_is_on_the_disk_before_it_returns() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        for _ in ["created", "opened again"] {
            let database = Database::open(&path).await.unwrap();
            let mut transaction = database.begin("test").await.unwrap();
            let settings: (String, i64, i64) = sqlx::query_as(
                "SELECT journal_mode, synchronous, foreign_keys
                 FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys",
            )
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
            assert_eq!(settings, ("wal".to_owned(), 2, 1)); // 2 is FULL
        }
    }
}
