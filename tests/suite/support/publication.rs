//! The sample publication in, a copy of it in a folder of its own that commands run in out.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufRead as _, BufReader, Cursor, Write};
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};

use newsletter::address::EmailAddress;
use newsletter::cli::{Env, Exit};
use newsletter::clock::Clock;
use tempfile::TempDir;

/// The newest issue of the sample.
pub(crate) const ISSUE: &str = "2026-11-20-first-frost";

/// What the sample consists of.
const PARTS: [&str; 7] = [
    "newsletter.toml",
    "subscribers.csv",
    "suppressions.csv",
    "issues",
    "images",
    "files",
    "templates/broadsheet",
];

/// A copy of the sample publication.
pub(crate) struct Publication {
    folder: TempDir,
    /// What the user's account keeps outside of it, such as what is trusted.
    state: TempDir,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) exit: Exit,
    /// What it wrote to stdout.
    pub(crate) output: String,
    /// What it wrote to stderr.
    pub(crate) messages: String,
}

/// A row of the list.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) email: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) town: String,
    pub(crate) tags: String,
    pub(crate) member_since: String,
}

impl Publication {
    /// The sample as it is in the repository.
    pub(crate) fn sample() -> Self {
        let folder = tempfile::Builder::new().prefix("newsletter-").tempdir().unwrap();
        let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
        for part in PARTS {
            copy(&repository.join(part), &folder.path().join(part));
        }
        Self { folder, state: tempfile::tempdir().unwrap() }
    }

    /// A copy of a publication among the cases.
    pub(crate) fn of_case(input: &Path) -> Self {
        let folder = tempfile::Builder::new().prefix("newsletter-").tempdir().unwrap();
        copy(input, folder.path());
        Self { folder, state: tempfile::tempdir().unwrap() }
    }

    /// The sample with this many ordinary readers in place of its own.
    pub(crate) fn with_readers(number: usize) -> Self {
        let publication = Self::sample();
        let mut list = "email,first_name,last_name,town,tags,member_since\n".to_owned();
        for reader in 1..=number {
            let domain = ["example.org", "example.com", "example.net"][reader % 3];
            let tags = ["member;coast", "river"][reader % 2];
            writeln!(list, "reader-{reader:05}@{domain},Ada{reader},Pellow,Averley,{tags},2014")
                .unwrap();
        }
        publication.write("subscribers.csv", &list);
        publication
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// Gives the publication another folder.
    pub(crate) fn moved(self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(self.folder.path(), folder.path());
        Self { folder, state: self.state }
    }

    /// The folder of what the user's account keeps.
    pub(crate) fn state(&self) -> &Path {
        self.state.path()
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        fs::write(self.path(file), text).unwrap();
    }

    /// Names another mail server; `settings` may go on with further tables.
    pub(crate) fn set_server(&self, settings: &str) {
        let text = self.read("newsletter.toml");
        let start = text.find("[smtp]").unwrap();
        self.write("newsletter.toml", &format!("{}[smtp]\n{settings}\n", &text[..start]));
    }

    /// Names a mail server on this machine that wants neither encryption nor a login.
    pub(crate) fn set_plain_server(&self, port: u16) {
        self.set_server(&format!("host = \"127.0.0.1\"\nport = {port}\ntls_type = \"none\""));
    }

    /// Runs a command in this process, at the machine's time.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.run_at(Clock::System, arguments)
    }

    /// Runs a command in this process, with these variables instead of the usual ones.
    pub(crate) fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
        let variables = variables.iter().map(|(name, value)| (name.into(), value.into()));
        self.run_in(Clock::System, variables.collect(), arguments)
    }

    /// Runs a command in this process.
    pub(crate) fn run_at(&self, clock: Clock, arguments: &[&str]) -> Ended {
        let variables = [
            ("SMTP_PASSWORD".into(), PASSWORD.into()),
            ("XDG_STATE_HOME".into(), self.state.path().into()),
        ];
        self.run_in(clock, variables.into(), arguments)
    }

    fn run_in(
        &self,
        clock: Clock,
        variables: BTreeMap<OsString, OsString>,
        arguments: &[&str],
    ) -> Ended {
        let (output, messages) = (Shared::default(), Shared::default());
        let mut env = Env {
            arguments: ["newsletter"].iter().chain(arguments).map(Into::into).collect(),
            program: String::new(),
            machine: "test".to_owned(),
            folder: self.folder.path().to_path_buf(),
            variables,
            input: Box::new(Cursor::new("")),
            output: Box::new(output.clone()),
            messages: Box::new(messages.clone()),
            terminal: false,
            coloured: false,
            clock,
            random: |bytes| bytes.fill(7),
            browse: |_| Ok(()),
        };
        let exit = newsletter::cli::run(&mut env);
        Ended { exit, output: output.text(), messages: messages.text() }
    }

    /// Starts the program itself; nobody reads what it prints.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Running {
        self.spawn_with(arguments, Stdio::null())
    }

    /// Starts the program itself, with somewhere to put its messages.
    pub(crate) fn spawn_with(&self, arguments: &[&str], messages: Stdio) -> Running {
        let mut command = Command::new(env!("CARGO_BIN_EXE_newsletter"));
        command.args(arguments).current_dir(self.folder.path());
        command.env("XDG_STATE_HOME", self.state.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(messages);
        Running(command.spawn().unwrap())
    }

    /// Starts the program itself, and hands out what it prints as it comes.
    pub(crate) fn start(
        &self,
        arguments: &[&str],
        messages: Stdio,
    ) -> (Running, BufReader<ChildStdout>) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_newsletter"));
        command.args(arguments).current_dir(self.folder.path());
        command.env("XDG_STATE_HOME", self.state.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(messages);
        let mut running = Running(command.spawn().unwrap());
        let output = BufReader::new(running.stdout.take().unwrap());
        (running, output)
    }

    /// Starts a preview that opens no browser, and returns its address.
    pub(crate) fn preview(&self) -> (Running, String) {
        self.preview_with(&["--no-open"], &[])
    }

    /// Starts a preview with arguments and variables, and returns its address.
    pub(crate) fn preview_with(
        &self,
        arguments: &[&str],
        variables: &[(&str, OsString)],
    ) -> (Running, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_newsletter"));
        command.arg("preview").args(arguments).current_dir(self.folder.path());
        command.env("XDG_STATE_HOME", self.state.path());
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut running = Running(command.spawn().unwrap());
        let mut address = String::new();
        BufReader::new(running.stdout.take().unwrap()).read_line(&mut address).unwrap();
        (running, address.trim().to_owned())
    }

    /// What `status --json` says of the only run.
    pub(crate) fn status(&self) -> serde_json::Value {
        let ended = self.run(&["status", "--json"]);
        let mut runs: Vec<serde_json::Value> = serde_json::from_str(&ended.output).unwrap();
        assert_eq!(runs.len(), 1, "{}", ended.output);
        runs.remove(0)
    }

    /// The rows of the list, less those whose addresses are suppressed.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let suppressed = self.read("suppressions.csv");
        let suppressed: Vec<_> =
            suppressed.lines().filter_map(|row| row.split(',').next()).collect();
        let mut rows = self.all_rows();
        rows.retain(|row| {
            !suppressed.iter().any(|address| address.eq_ignore_ascii_case(&row.email))
        });
        rows
    }

    /// The rows of the list.
    pub(crate) fn all_rows(&self) -> Vec<Row> {
        let text = self.read("subscribers.csv");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows = reader.records().map(|record| {
            let record = record.unwrap();
            let cell = |at: usize| record[at].to_owned();
            Row {
                email: cell(0),
                first_name: cell(1),
                last_name: cell(2),
                town: cell(3),
                tags: cell(4),
                member_since: cell(5),
            }
        });
        rows.collect()
    }

    /// The names of all issues.
    pub(crate) fn issues(&self) -> Vec<String> {
        let files = self.path("issues").read_dir().unwrap().map(|file| file.unwrap().path());
        let mut names: Vec<_> =
            files.map(|file| file.file_stem().unwrap().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// The messages that a dry run of the newest issue writes.
    pub(crate) fn dry_run(&self, clock: Clock) -> Vec<Vec<u8>> {
        self.dry_run_of(ISSUE, clock)
    }

    /// The messages that a dry run writes.
    pub(crate) fn dry_run_of(&self, issue: &str, clock: Clock) -> Vec<Vec<u8>> {
        let ended = self.run_at(clock, &["send", issue, "--dry-run"]);
        assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
        let folder = Path::new(ended.output.trim()).read_dir().unwrap();
        let mut files: Vec<_> = folder.map(|file| file.unwrap().path()).collect();
        files.sort();
        files.iter().map(|file| fs::read(file).unwrap()).collect()
    }
}

/// The program at work: it does not outlive its test.
pub(crate) struct Running(Child);

impl Deref for Running {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Running {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Row {
    /// What makes two addresses the same reader.
    pub(crate) fn key(&self) -> String {
        key(&self.email)
    }

    pub(crate) fn is_member(&self) -> bool {
        self.tags.split(';').any(|tag| tag == "member")
    }
}

/// What makes two addresses the same reader.
pub(crate) fn key(address: &str) -> String {
    address.parse::<EmailAddress>().unwrap().key().to_string()
}

/// The password in the variable `SMTP_PASSWORD`.
pub(crate) const PASSWORD: &str = "sixty four geese";

/// A buffer that is read after the command has ended.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in from.read_dir().unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}
