//! Records which commands of which folders may run, in a file outside of those folders.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::cli::digest::Parts;
use crate::cli::env::Env;
use crate::cli::failure::Failure;
use crate::cli::secret::make_private_folder;
use crate::file;

/// Whether a command may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// Its folder was trusted with it.
    Trusted,
    /// Its folder was trusted with other commands, or with other files.
    Changed,
    /// Its folder was never trusted.
    Unknown,
}

/// The record of trusted folders.
#[derive(Debug)]
pub(super) struct TrustStore {
    /// Its file; `None` where the environment names no place outside of every publication.
    file: Option<PathBuf>,
    /// Digests of commands, by the folder as it is shown.
    folders: BTreeMap<String, Vec<String>>,
}

impl TrustStore {
    /// Opens the record of whoever started the command; one that is not there is empty.
    pub(super) fn open(env: &Env) -> Result<Self, Failure> {
        let file = place(env);
        let text = match file.as_ref().map(std::fs::read_to_string) {
            Some(Ok(text)) => text,
            Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => {
                let message = format!("cannot read {}", shown(file.as_deref()));
                return Err(Failure::because(message, &error));
            }
            _ => "{}".to_owned(),
        };
        let folders = serde_json::from_str(&text).map_err(|error| {
            let message = format!("cannot read {}", shown(file.as_deref()));
            Failure::because(message, &error).hint("remove it, and run `newsletter trust` again")
        })?;
        Ok(Self { file, folders })
    }

    /// The folders that are trusted.
    pub(super) fn folders(&self) -> Vec<&str> {
        self.folders.keys().map(String::as_str).collect()
    }

    /// Whether a command of a folder may run.
    pub(super) fn answer(&self, root: &Path, line: &str) -> Answer {
        let Ok(root) = root.canonicalize() else { return Answer::Unknown };
        // A record that came with the folder is the word of whoever made the folder.
        let outside = self.file.as_ref().is_some_and(|file| !lies_in(file, &root));
        match self.folders.get(&root.display().to_string()).filter(|_| outside) {
            Some(known) if known.contains(&digest(&root, line)) => Answer::Trusted,
            Some(_) => Answer::Changed,
            None => Answer::Unknown,
        }
    }

    /// Trusts a folder with these commands, and with no other.
    pub(super) fn trust(&mut self, root: &Path, lines: &[&str]) -> Result<(), Failure> {
        let root = real(root)?;
        if self.file.as_ref().is_some_and(|file| lies_in(file, &root)) {
            let message = format!("{} is inside of the folder", shown(self.file.as_deref()));
            return Err(Failure::usage(message)
                .hint("set `XDG_STATE_HOME` to a folder outside of the publication"));
        }
        let digests = lines.iter().map(|line| digest(&root, line)).collect();
        self.folders.insert(root.display().to_string(), digests);
        self.write()
    }

    /// Trusts a folder no more; says whether it was trusted.
    pub(super) fn remove(&mut self, root: &Path) -> Result<bool, Failure> {
        let known = self.folders.remove(&real(root)?.display().to_string()).is_some();
        if known {
            self.write()?;
        }
        Ok(known)
    }

    fn write(&self) -> Result<(), Failure> {
        let Some(file) = &self.file else {
            return Err(Failure::usage("there is no place to record what is trusted")
                .hint("set `HOME`, or `XDG_STATE_HOME` to the path of a folder"));
        };
        let text = serde_json::to_string_pretty(&self.folders).map_err(io::Error::from);
        text.and_then(|text| replace(file, &text)).map_err(|error| {
            Failure::because(format!("cannot write {}", shown(Some(file))), &error)
        })
    }
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    make_private_folder(folder)?;
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(text.as_bytes())?;
    file::replace(new, path).map(drop)
}

/// The file of the record: XDG Base Directory Specification, which takes absolute paths only.
fn place(env: &Env) -> Option<PathBuf> {
    let variable = |name: &str| env.variables.get(OsStr::new(name)).map(PathBuf::from);
    let state = variable("XDG_STATE_HOME").filter(|path| path.is_absolute());
    let home = || variable("HOME").or_else(|| variable("USERPROFILE"));
    let state = state.or_else(|| Some(home()?.join(".local/state")));
    state.filter(|path| path.is_absolute()).map(|state| state.join("newsletter/trusted"))
}

fn shown(file: Option<&Path>) -> String {
    let file = file.unwrap_or(Path::new("newsletter/trusted"));
    format!("the record of trusted folders, `{}`", file.display())
}

fn real(root: &Path) -> Result<PathBuf, Failure> {
    root.canonicalize().map_err(|error| {
        Failure::because(format!("cannot find the folder `{}`", root.display()), &error)
    })
}

/// Whether a file, which may not be there, lies below a folder whose path is canonical.
fn lies_in(file: &Path, folder: &Path) -> bool {
    let there = file.ancestors().find_map(|path| path.canonicalize().ok());
    there.is_some_and(|there| there.starts_with(folder))
}

/// The digest of a folder's place, a command and the files of the folder that the command names.
fn digest(root: &Path, line: &str) -> String {
    let mut parts = Parts::default();
    parts.add(b"newsletter trust 1");
    parts.add(root.as_os_str().as_encoded_bytes());
    parts.add(line.as_bytes());
    for file in files(root, line) {
        parts.add(file.as_bytes());
        parts.add(&std::fs::read(root.join(&file)).unwrap_or_default());
    }
    parts.finish()
}

/// The files of a folder that a command names: as a word, or within one, as in `sh -c './a | b'`.
pub(super) fn files(root: &Path, line: &str) -> BTreeSet<String> {
    let inside = |word: &&str| {
        let path = root.join(word);
        // Another place than the folder is not what a copy of the folder brings along.
        let own = Path::new(word).is_relative() || {
            let real = path.canonicalize().unwrap_or_default();
            real.starts_with(root.canonicalize().unwrap_or_else(|_| root.to_path_buf()))
        };
        own && path.is_file()
    };
    let words = shlex::split(line).unwrap_or_default();
    let within =
        |character: char| character.is_whitespace() || "\"'`$(){}<>|&;=,:@".contains(character);
    let parts = words.iter().flat_map(|word| word.split(within).chain([word.as_str()]));
    parts.filter(|part| !part.is_empty()).filter(inside).map(str::to_owned).collect()
}
