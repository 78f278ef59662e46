//! Reads and writes `newsletter.lock`, which says which folder sends a publication.
//!
//! The file belongs into version control. A copy of the publication has it too, and lacks the
//! journal that it names: so a copy knows that it is one (docs/decisions/0042-newsletter-lock.md).

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use toml::de::{DeTable, DeValue};

use crate::cli::failure::Failure;
use crate::file;
use crate::journal::Run;

/// Name of the file, beside `newsletter.toml`.
pub(super) const LOCK_FILE: &str = "newsletter.lock";

/// Version of the format that this program writes.
const VERSION: u64 = 1;

const COMMENT: &str = "\
# Written by `newsletter send`. It names the key and the journal of the folder that sends.
# Keep it in version control, and do not edit it: docs/moving.md says what it is for.
";

/// What `newsletter.lock` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LockFile {
    /// Fingerprint of the publication's key.
    pub(super) key: String,
    /// Random name of the journal.
    pub(super) journal: String,
    /// Number of the last event of the journal when the last send ended.
    pub(super) events: u64,
    /// How many addresses the file of suppressions named then.
    pub(super) suppressions: u64,
    /// The runs that began, oldest first.
    pub(super) runs: Vec<SentRun>,
}

/// A run that `newsletter.lock` names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SentRun {
    /// Name of the issue.
    pub(super) issue: String,
    /// When the run began.
    pub(super) begun: String,
    /// When it was finished; empty until then.
    pub(super) finished: String,
    /// Whether its recipients are in the journal of another folder only.
    pub(super) elsewhere: bool,
}

impl SentRun {
    /// Describes a run of the journal.
    pub(super) fn of(run: &Run) -> Self {
        Self {
            issue: run.issue.clone(),
            begun: run.date.to_string(),
            finished: run.finished.map(|moment| moment.to_string()).unwrap_or_default(),
            elsewhere: false,
        }
    }
}

impl LockFile {
    /// Reads the file of a publication; `None` where there is none.
    pub(super) fn read(root: &Path) -> Result<Option<Self>, Failure> {
        let text = match std::fs::read_to_string(root.join(LOCK_FILE)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(Failure::disk(format!("cannot read `{LOCK_FILE}`"), &error));
            }
        };
        let broken = |why: &str| {
            Failure::usage(format!("`{LOCK_FILE}` cannot be understood: {why}"))
                .hint("restore it from version control, as it was after the last send")
                .hint("`newsletter adopt` writes it anew, and says what that risks")
        };
        let table = DeTable::parse(&text).map_err(|error| broken(error.message()))?;
        let table = table.get_ref();
        match number(table, "version") {
            Some(version) if version <= VERSION => {}
            Some(_) => {
                return Err(Failure::usage(format!("a newer newsletter wrote `{LOCK_FILE}`"))
                    .hint("use that one, or a newer one"));
            }
            None => return Err(broken("it has no `version`")),
        }
        let missing = |key: &str| broken(&format!("it has no `{key}`"));
        Ok(Some(Self {
            key: words(table, "key").ok_or_else(|| missing("key"))?,
            journal: words(table, "journal").ok_or_else(|| missing("journal"))?,
            events: number(table, "events").ok_or_else(|| missing("events"))?,
            suppressions: number(table, "suppressions").unwrap_or_default(),
            runs: runs(table).ok_or_else(|| broken("a run has no `issue`"))?,
        }))
    }

    /// Writes the file of a publication. It appears whole, and is on the disk when this returns.
    pub(super) fn write(&self, root: &Path) -> Result<(), Failure> {
        let text = self.text();
        if std::fs::read(root.join(LOCK_FILE)).is_ok_and(|now| now == text.as_bytes()) {
            return Ok(());
        }
        let written = persist(root, &text);
        written.map_err(|error| Failure::disk(format!("cannot write `{LOCK_FILE}`"), &error))
    }

    /// Returns whether a folder that this one took over from has sent an issue to everyone.
    pub(super) fn finished_elsewhere(&self, issue: &str) -> bool {
        let run = self.runs.iter().rfind(|run| run.elsewhere && run.issue == issue);
        run.is_some_and(|run| !run.finished.is_empty())
    }

    fn text(&self) -> String {
        let mut text = format!(
            "{COMMENT}version = {VERSION}\n\nkey = {}\njournal = {}\nevents = {}\n\
             suppressions = {}\n",
            quoted(&self.key),
            quoted(&self.journal),
            self.events,
            self.suppressions
        );
        for run in &self.runs {
            let SentRun { issue, begun, finished, elsewhere } = run;
            text.push_str("\n[[run]]\n");
            let words = [("issue", issue), ("begun", begun), ("finished", finished)];
            for (key, value) in words.into_iter().filter(|(_, value)| !value.is_empty()) {
                let _: std::fmt::Result = writeln!(text, "{key} = {}", quoted(value));
            }
            if *elsewhere {
                text.push_str("elsewhere = true\n");
            }
        }
        text
    }
}

/// Replaces the file. The file and its folder are flushed: a power cut must not undo it.
fn persist(root: &Path, text: &str) -> io::Result<()> {
    let mut file =
        tempfile::Builder::new().prefix(".newsletter-").suffix(".new").tempfile_in(root)?;
    file.write_all(text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    file::replace(file, &root.join(LOCK_FILE)).map(drop)
}

/// A string of TOML: that of JSON, but for DEL, which TOML wants escaped.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

fn words(table: &DeTable<'_>, key: &str) -> Option<String> {
    match table.get(key)?.get_ref() {
        DeValue::String(text) => Some(text.clone().into_owned()),
        _ => None,
    }
}

fn number(table: &DeTable<'_>, key: &str) -> Option<u64> {
    match table.get(key)?.get_ref() {
        DeValue::Integer(number) => number.as_str().parse().ok(),
        _ => None,
    }
}

/// The runs; `None` where one of them cannot be understood.
fn runs(table: &DeTable<'_>) -> Option<Vec<SentRun>> {
    let Some(runs) = table.get("run") else { return Some(Vec::new()) };
    let DeValue::Array(runs) = runs.get_ref() else { return None };
    let run = |run: &DeValue<'_>| {
        let DeValue::Table(run) = run else { return None };
        Some(SentRun {
            issue: words(run, "issue")?,
            begun: words(run, "begun").unwrap_or_default(),
            finished: words(run, "finished").unwrap_or_default(),
            elsewhere: run
                .get("elsewhere")
                .is_some_and(|value| matches!(value.get_ref(), DeValue::Boolean(true))),
        })
    };
    runs.iter().map(|value| run(value.get_ref())).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::any;
    use proptest::{prop_assert_eq, proptest};

    use crate::cli::lock_file::{LOCK_FILE, LockFile, SentRun};

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            (key, journal) in ("\\PC*", "[0-9a-f]{32}"),
            (events, suppressions) in (0..u64::try_from(i64::MAX).unwrap(), 0..1000_u64),
            runs in proptest::collection::vec((".+", ".*", ".*", any::<bool>()), 0..4),
        ) {
            let runs = runs.into_iter().map(|(issue, begun, finished, elsewhere)| {
                SentRun { issue, begun, finished, elsewhere }
            });
            let written = LockFile { key, journal, events, suppressions, runs: runs.collect() };
            let folder = tempfile::tempdir().unwrap();
            written.write(folder.path()).unwrap();
            prop_assert_eq!(LockFile::read(folder.path()).unwrap(), Some(written));
        }

        #[test]
        fn whatever_stands_there_is_read_or_refused(text in "(version = 1\n)?\\PC*") {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join(LOCK_FILE), text).unwrap();
            drop(LockFile::read(folder.path()));
        }
    }
}
