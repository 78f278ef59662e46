//! A console session as people write it down in, the same with what the program really says out.

use std::fs;
use std::io::{self, Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use newsletter::cli::{Env, run};
use newsletter::clock::Clock;

/// A folder of its own, in which commands run inside this process.
pub(crate) struct Console {
    home: tempfile::TempDir,
    /// What the user's account keeps outside of it, such as what is trusted.
    state: tempfile::TempDir,
    folder: PathBuf,
    screen: Screen,
}

/// Where both streams of a command end up, in the order in which they come.
#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Vec<u8>>>);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Console {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().canonicalize().unwrap();
        let state = tempfile::tempdir().unwrap();
        Self { home, state, folder, screen: Screen::default() }
    }

    /// A copy of the sample publication.
    pub(crate) fn with_sample() -> Self {
        let console = Self::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for name in ["issues", "images", "files"] {
            fs::create_dir(console.folder.join(name)).unwrap();
            for entry in fs::read_dir(root.join(name)).unwrap() {
                let entry = entry.unwrap();
                let to = console.folder.join(name).join(entry.file_name());
                fs::copy(entry.path(), to).unwrap();
            }
        }
        for name in ["newsletter.toml", "subscribers.csv", "suppressions.csv"] {
            fs::copy(root.join(name), console.folder.join(name)).unwrap();
        }
        console
    }

    /// The folder that commands run in.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs a line; returns all that it printed, and `[exit N]` where N is not 0.
    pub(crate) fn run(&mut self, line: &str) -> String {
        self.screen.0.lock().unwrap().clear();
        let words: Vec<_> =
            shlex::split(line).unwrap().into_iter().map(|word| self.expand(word)).collect();
        let arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        let exit = match arguments.as_slice() {
            ["cd", folder] => {
                self.folder = self.folder.join(folder).canonicalize().unwrap();
                0
            }
            ["cat", file] => self.show(&fs::read_to_string(self.folder.join(file)).unwrap()),
            ["ls", folder] => self.list(folder),
            ["rm", file] => {
                fs::remove_file(self.folder.join(file)).unwrap();
                0
            }
            ["replace", old, new, file] => self.replace(old, new, file),
            ["sed", "-i", script, file] => {
                let parts: Vec<&str> = script.split('/').collect();
                self.replace(parts[1], parts[2], file)
            }
            ["append", text, file] => self.append(text, file),
            ["newsletter", ..] => self.newsletter(&words),
            _ => panic!("the console does not know `{line}`"),
        };
        let home = self.home.path().canonicalize().unwrap();
        let screen = self.screen.0.lock().unwrap();
        let mut text = String::from_utf8_lossy(&screen).replace(home.to_str().unwrap(), "[HOME]");
        drop(screen);
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        if exit != 0 {
            text.extend(["[exit ", &exit.to_string(), "]\n"]);
        }
        text
    }

    /// Expands one `*` in a path, as a shell does.
    fn expand(&self, word: String) -> String {
        let Some((before, after)) = word.split_once('*') else { return word };
        let Some((folder, start)) = before.rsplit_once('/') else { return word };
        let (end, rest) = after.split_at(after.find('/').unwrap_or(after.len()));
        let names = fs::read_dir(self.folder.join(folder)).unwrap();
        let mut names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let name = names.find(|name| name.starts_with(start) && name.ends_with(end)).unwrap();
        format!("{folder}/{name}{rest}")
    }

    fn newsletter(&mut self, words: &[String]) -> u8 {
        let mut env = Env {
            arguments: words.iter().map(Into::into).collect(),
            program: String::new(),
            machine: "test".to_owned(),
            folder: self.folder.clone(),
            variables: [("XDG_STATE_HOME".into(), self.state.path().into())].into(),
            input: Box::new(Cursor::new(Vec::new())),
            output: Box::new(self.screen.clone()),
            messages: Box::new(self.screen.clone()),
            terminal: false,
            coloured: false,
            clock: Clock::Fixed("2026-11-22T07:00:00Z".parse().unwrap()),
            random: |bytes| bytes.fill(7),
            browse: |_| Ok(()),
        };
        run(&mut env) as u8
    }

    fn show(&mut self, text: &str) -> u8 {
        self.screen.write_all(text.as_bytes()).unwrap();
        0
    }

    fn list(&mut self, folder: &str) -> u8 {
        let Ok(entries) = fs::read_dir(self.folder.join(folder)) else {
            self.show(&format!("there is no {folder}"));
            return 1;
        };
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        self.show(&names.join("\n"))
    }

    fn replace(&mut self, old: &str, new: &str, file: &str) -> u8 {
        let path = self.folder.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{file} does not hold `{old}`");
        fs::write(path, text.replacen(old, new, 1)).unwrap();
        0
    }

    fn append(&mut self, text: &str, file: &str) -> u8 {
        let path = self.folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut file = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        writeln!(file, "{text}").unwrap();
        0
    }
}

/// Runs every command of a session and returns the session as it really went.
///
/// Lines that begin with `$ ` are commands, those with `# ` are for people, all others are what
/// the command before them printed.
pub(crate) fn replay(console: &mut Console, session: &str) -> String {
    let mut real = String::new();
    for line in session.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            real.push_str(line);
            real.push('\n');
            real.push_str(&console.run(command));
        } else if line.starts_with("# ") {
            // An empty line before a remark belongs to the session, not to what was printed.
            if !real.is_empty()
                && !real.ends_with("\n\n")
                && session.contains(&format!("\n\n{line}"))
            {
                real.push('\n');
            }
            real.push_str(line);
            real.push('\n');
        }
    }
    real
}
