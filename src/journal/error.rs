//! What the disk, the database or a caller did wrong in, an [`Error`] that says so out.

use std::path::PathBuf;

use crate::journal::record::State;

/// The disk, or what is on it, failed; or the journal was asked for what it must not do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder of the journal cannot be created.
    #[error("cannot create the folder `{}` for the journal", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file of the journal cannot be created.
    #[error("cannot create the journal `{}`", path.display())]
    Create {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file of the journal cannot be opened.
    #[error("cannot open the journal `{}`", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the database says.
        source: sqlx::Error,
    },
    /// The file holds something else, or was damaged.
    #[error("`{}` is not a journal, or it is damaged", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the database says.
        source: sqlx::Error,
    },
    /// The file is there and has nothing in it: whoever was written to was in it.
    #[error("`{}` is empty, and a journal never is", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The file was deleted or moved while it was written to, or before all of it was in it: what
    /// belongs to it is still beside it.
    #[error("the journal `{}` was deleted or moved: put it back", path.display())]
    Gone {
        /// The file that it was.
        path: PathBuf,
    },
    /// The write-ahead log of the journal was deleted or moved while it was written to.
    #[error("the log of the journal, `{}`, was deleted or moved", path.display())]
    LogGone {
        /// The file that it was.
        path: PathBuf,
    },
    /// The journal lacks events that were written: it is an older copy.
    #[error("the journal is older than what was sent: it lacks what happened last")]
    Outdated,
    /// Something that tells what was written last cannot be read or written.
    #[error("cannot write down beside the journal what was written to it last")]
    Mark(#[source] std::io::Error),
    /// A part of a run is not what was written.
    #[error("the journal is damaged: {part} of the run of `{issue}` is not what was written")]
    Altered {
        /// The issue's name.
        issue: String,
        /// Which part.
        part: &'static str,
    },
    /// The file is the SQLite database of another program.
    #[error("`{}` is a database, but not a journal", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A newer `newsletter` wrote the journal.
    #[error(
        "the journal `{}` is of version {found}, and this newsletter knows versions up to {known}",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of its tables.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The tables of the journal cannot be brought up to date.
    #[error("cannot bring the tables of the journal `{}` up to date", path.display())]
    Migrate {
        /// The file.
        path: PathBuf,
        /// What the database says.
        source: sqlx::migrate::MigrateError,
    },
    /// The database cannot be read or written.
    #[error("cannot {operation} the journal")]
    Database {
        /// What was attempted.
        operation: &'static str,
        /// What the database says.
        source: sqlx::Error,
    },
    /// Something stored in the journal is not what this program would have stored.
    #[error("cannot understand {subject} of number {id} in the journal")]
    Stored {
        /// What cannot be understood.
        subject: &'static str,
        /// The number of the run or entry that it belongs to.
        id: i64,
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An issue has a run that is not finished: it is to be continued, not begun again.
    #[error("issue `{issue}` has a run that is not finished")]
    Unfinished {
        /// The issue's name.
        issue: String,
    },
    /// A run that is finished never sends again.
    #[error("the run of issue `{issue}` is finished")]
    Finished {
        /// The issue's name.
        issue: String,
    },
    /// A reader is in a plan twice.
    #[error("{address} is twice among the recipients of issue `{issue}`")]
    Twice {
        /// The issue's name.
        issue: String,
        /// The address that comes for the second time.
        address: String,
    },
    /// Recipients of one plan come from lists with different columns.
    #[error("the recipients of issue `{issue}` have different columns")]
    Columns {
        /// The issue's name.
        issue: String,
    },
    /// A recipient cannot go from one state to another: a bug in delivery.
    #[error("entry {entry} cannot go from {} to {}", from.word(), to.word())]
    Transition {
        /// The entry's number.
        entry: i64,
        /// The state it is in.
        from: State,
        /// The state that was to be recorded.
        to: State,
    },
    /// The run has no such entry: a bug in delivery.
    #[error("run {run} has no entry {entry} that could be {}", to.word())]
    NoEntry {
        /// The run's number.
        run: i64,
        /// The number that was asked for.
        entry: i64,
        /// The state that was to be recorded.
        to: State,
    },
    /// Somebody else delivers a run of this journal, in spite of the lock.
    #[error("another process writes to the journal while run {run} is delivered")]
    Overtaken {
        /// The run's number.
        run: i64,
    },
    /// A recipient that was or may have been sent the message cannot be suppressed in its run.
    #[error("entry {entry} cannot be suppressed: it is {}", state.map_or("not there", State::word))]
    Suppress {
        /// The entry's number.
        entry: i64,
        /// The state it is in; `None` when the run has no such entry.
        state: Option<State>,
    },
}

/// SQLite's result codes for a file that is no database or a broken one (`SQLITE_NOTADB`, `SQLITE_CORRUPT`).
const BROKEN: [i32; 2] = [26, 11];

/// Whether the file is at fault, and not the moment.
pub(super) fn is_damage(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    let code = code.and_then(|code| code.parse::<i32>().ok());
    code.is_some_and(|extended| BROKEN.contains(&(extended & 0xff)))
}

impl Error {
    /// Whether the file is not the journal that it was: no later try will find it any better.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Damaged { .. }
            | Self::Empty { .. }
            | Self::Foreign { .. }
            | Self::Altered { .. }
            | Self::Stored { .. } => true,
            Self::Database { source, .. } => is_damage(source),
            _ => false,
        }
    }

    /// Says which operation a failure of the database belongs to: `map_err(Error::during("read"))`.
    pub(crate) fn during(operation: &'static str) -> impl Fn(sqlx::Error) -> Self {
        move |source| Self::Database { operation, source }
    }

    /// Says what it was that could not be understood.
    pub(crate) fn stored<E>(subject: &'static str, id: i64) -> impl Fn(E) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        move |source| Self::Stored { subject, id, source: source.into() }
    }
}
