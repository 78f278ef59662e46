//! What went wrong in any stage in, a heading, hints and an exit code out.

use std::fmt::Write as _;
use std::io;

use crate::address::EmailAddress;

/// How a command ended, as the shell sees it. The numbers are a promise to scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done, or nothing was due.
    Done = 0,
    /// The content has errors.
    Content = 1,
    /// The command line or the settings are wrong.
    Usage = 2,
    /// The run is finished, and some were rejected or are unknown.
    Partly = 3,
    /// Not finished: run it again.
    Unfinished = 4,
    /// The disk, the database or the server failed.
    World = 5,
    /// Too late: the issue is no longer news.
    TooLate = 6,
    /// A bug.
    Bug = 70,
    /// What a mail server piped in was not taken: it keeps it, and tries again (`EX_TEMPFAIL`).
    TryAgain = 75,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command stops.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) exit: Exit,
    pub(super) message: String,
    pub(super) causes: Vec<String>,
    pub(super) hints: Vec<String>,
}

impl Failure {
    /// A failure without a cause below it; an empty message means that all is said already.
    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), causes: Vec::new(), hints: Vec::new() }
    }

    /// What the person did wrong on the command line or in the settings.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Somebody is to be written to who must not be; the list does not always say why.
    pub(super) fn suppressed(address: &EmailAddress, reason: &str) -> Self {
        match reason {
            "" => Self::usage(format!("{address} is suppressed")),
            reason => Self::usage(format!("{address} is suppressed: {reason}")),
        }
    }

    /// What the world did, with everything below it.
    pub(super) fn world(error: &dyn std::error::Error) -> Self {
        let mut causes = Vec::new();
        let mut source = error.source();
        while let Some(cause) = source {
            causes.push(cause.to_string());
            source = cause.source();
        }
        // Some say again what is below them.
        causes.dedup_by(|below, above| above.ends_with(&**below));
        Self { causes, ..Self::new(Exit::World, error.to_string()) }
    }

    /// The same with what it was about: `cannot read …` and the error below it.
    pub(super) fn because(message: impl Into<String>, error: &dyn std::error::Error) -> Self {
        let mut failure = Self::world(error);
        failure.causes.insert(0, std::mem::replace(&mut failure.message, message.into()));
        failure.causes.dedup();
        failure
    }

    /// A file or folder that cannot be written or read, with what to do about it.
    pub(super) fn disk(message: impl Into<String>, error: &io::Error) -> Self {
        let failure = Self::because(message, error);
        match error.kind() {
            io::ErrorKind::PermissionDenied => failure.hint(
                "run it as the user who owns the publication's folder, or give this one the right to \
                 write there",
            ),
            io::ErrorKind::ReadOnlyFilesystem => {
                failure.hint("mount the disk with the publication so that it can be written to")
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                failure.hint("make room on the disk with the publication, and run it again")
            }
            _ => failure,
        }
    }

    /// The same with another exit code.
    pub(super) fn exit(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    /// The same with what to do.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The failure in one line: what went wrong, and what is below it.
    pub(super) fn reason(&self) -> String {
        let words = std::iter::once(&self.message).chain(&self.causes);
        words.map(String::as_str).collect::<Vec<_>>().join(": ").replace('\n', " ")
    }

    /// The failure in one sentence, with what to do.
    pub(super) fn sentence(&self) -> String {
        let hints: String = self.hints.iter().map(|hint| format!("; {hint}")).collect();
        self.reason() + &hints
    }

    /// The failure as the terminal shows it; empty when all is said already.
    pub(super) fn render(&self) -> String {
        let mut text = String::new();
        if self.message.is_empty() {
            return text;
        }
        let _: std::fmt::Result = writeln!(text, "error: {}", indented(&self.message));
        for cause in &self.causes {
            let _: std::fmt::Result = writeln!(text, "  because: {}", indented(cause));
        }
        for hint in &self.hints {
            let _: std::fmt::Result = writeln!(text, "help: {}", indented(hint));
        }
        text
    }
}

/// Words of which no line but the first begins at the margin: a server's reply or a file's name with
/// a line feed in it is not taken for another message.
fn indented(words: &str) -> String {
    words.trim_end().replace("\r\n", "\n").replace('\n', "\n    ")
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::because("cannot write the output", &error)
    }
}
