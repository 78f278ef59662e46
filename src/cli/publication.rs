//! The folder that a command runs in, in; the publication that it holds out.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::audience::{self, Columns, Suppressions};
use crate::check;
use crate::cli::count;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::lock_file::LOCK_FILE;
use crate::cli::outlines::Outlines;
use crate::cli::private_paths::private_paths;
use crate::cli::{secret, trust};
use crate::compile::{Gap, Press};
use crate::config::{self, Config, Measure, Secret};
use crate::delivery::Gaps;
use crate::diagnostic::{Checked, Code, Diagnostic, Source};
use crate::issue::{self, Folder, Issue};
use crate::key::{KEY_LENGTH, Key};
use crate::measure::Numbers;
use crate::templates::{Neighbours, Theme};

/// The name of the file that makes a folder a publication.
pub(super) const SETTINGS: &str = "newsletter.toml";

/// A publication: its folder and its settings.
#[derive(Debug)]
pub(super) struct Publication {
    pub(super) folder: Folder,
    pub(super) config: Config,
    /// What was read of its issues.
    pub(super) known: Outlines,
}

impl Publication {
    /// Opens the publication that the command's folder is in, or is a part of.
    pub(super) fn open(env: &mut Env) -> Result<Self, Failure> {
        let folder = env.folder.clone();
        Found::said(env, |found| Self::open_above(&folder, found))
    }

    /// Opens the publication that a folder is in, or is a part of.
    pub(super) fn open_above(folder: &Path, found: &mut Found) -> Result<Self, Failure> {
        let root = Self::root(folder)?;
        let settings = read(&root.join(SETTINGS), SETTINGS)?;
        let config = found.accept(config::parse(&settings), Exit::Usage)?;
        let private = private_paths(&root, &config);
        let folder = Folder::new(root).keep_private(private.iter().map(PathBuf::as_path));
        Ok(Self { folder, config, known: Outlines::default() })
    }

    /// The same publication, which knows what another reading of it has found out.
    pub(super) fn knowing(self, other: &Self) -> Self {
        let folder = self.folder.with_pictures_of(&other.folder);
        Self { folder, known: other.known.clone(), ..self }
    }

    /// The publication's folder that a folder is, or is a part of.
    pub(super) fn root(folder: &Path) -> Result<PathBuf, Failure> {
        let root = folder.ancestors().find(|folder| folder.join(SETTINGS).is_file());
        if let Some(root) = root {
            return Ok(root.to_path_buf());
        }
        if !folder.is_dir() {
            return Err(Failure::usage(format!("there is no folder `{}`", folder.display())));
        }
        let message = format!("there is no {SETTINGS} in this folder or above it");
        Err(Failure::usage(message)
            .hint("`newsletter init FOLDER` makes a publication to start from"))
    }

    /// What messages are made with.
    ///
    /// The key makes the links that are counted; without one links lead straight, as on the web.
    pub(super) fn press<'p>(
        &'p self,
        theme: &'p Theme,
        neighbours: &'p Neighbours,
        key: Option<&'p Key>,
    ) -> Press<'p> {
        Press {
            clicks: key.filter(|_| self.config.measure.clicks),
            publication: &self.config.publication,
            sender: &self.config.sender,
            unsubscribe: &self.config.unsubscribe,
            name: &self.config.audience.name,
            theme,
            neighbours,
        }
    }

    /// The file of the journal.
    pub(super) fn journal(&self) -> PathBuf {
        self.folder.root().join(config::Publication::JOURNAL)
    }

    /// Where the tool keeps its own files.
    pub(super) fn state(&self) -> PathBuf {
        self.folder.root().join(".newsletter")
    }

    /// The issue that an argument names: its path, or its name without folder and `.toml`.
    pub(super) fn find(&self, env: &Env, argument: &Path) -> Result<PathBuf, Failure> {
        let root = self.folder.root();
        let named = Path::new("issues").join(argument).with_added_extension("toml");
        let given = env.folder.join(argument);
        if given.is_file() {
            let real = given.canonicalize().unwrap_or(given);
            let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
            // The journal knows an issue by its name: only one folder may have it.
            let inside = real.strip_prefix(root.join("issues")).ok();
            let file = inside.filter(|file| file.components().count() == 1);
            let file = file.filter(|file| file.extension().is_some_and(|ending| ending == "toml"));
            return file.map(|file| Path::new("issues").join(file)).ok_or_else(|| {
                let message = format!("`{}` is no issue of this publication", argument.display());
                Failure::usage(message).hint("issues are the `.toml` files of the folder `issues`")
            });
        }
        if root.join(&named).is_file() {
            return Ok(named);
        }
        let known = self.issues().unwrap_or_default();
        let names: Vec<_> =
            known.iter().filter_map(|path| path.file_stem()).map(|s| s.to_string_lossy()).collect();
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        let failure = Failure::usage(format!("there is no issue `{}`", argument.display()));
        let close = crate::document::closest(&argument.to_string_lossy(), &names);
        Err(match close.or(names.last().copied()) {
            Some(name) => failure.hint(format!("one of the issues is `{name}`")),
            None => failure.hint("`newsletter new TITLE` makes one"),
        })
    }

    /// Holds the fields of `name` in `[audience]` against the list's columns.
    pub(super) fn check_name(&self, columns: &Columns, found: &mut Found) -> Result<(), Failure> {
        let source = &self.config.source;
        // With a default it is meant to do without the column, too.
        let written = self.config.audience.name.fields().filter(|field| field.default.is_none());
        let unknown = issue::unknown_fields(source, written, columns.names());
        found.accept(Checked::new(Some(()), unknown), Exit::Usage)
    }

    /// Reads and checks an issue, with everything found in it printed, also what readers will not
    /// forgive; fields are held against the list's columns where there is a list.
    pub(super) fn issue(
        &self,
        env: &mut Env,
        path: &Path,
        columns: Option<&[String]>,
    ) -> Result<Issue, Failure> {
        let mut checked = self.check_issue(path, columns)?;
        if let Some(issue) = &checked.value {
            checked.diagnostics.extend(check::issue(issue, &self.config));
        }
        let checked = Checked::new(checked.value, checked.diagnostics);
        Found::said(env, |found| found.accept(checked, Exit::Content))
    }

    pub(super) fn segments(&self) -> Vec<&str> {
        self.config.segments.keys().map(String::as_str).collect()
    }

    /// Reads an issue, and says whether it compiles.
    pub(super) fn check_issue(
        &self,
        path: &Path,
        columns: Option<&[String]>,
    ) -> Result<Checked<Issue>, Failure> {
        let source = issue::read(&self.folder, path)
            .map_err(|error| unreadable(&path.display().to_string(), &error, Exit::Content))?;
        Ok(self.check_text(&source, &self.folder, columns))
    }

    /// Reads the text of an issue whose pictures and files are in `folder`.
    pub(super) fn check_text(
        &self,
        source: &Arc<Source>,
        folder: &Folder,
        columns: Option<&[String]>,
    ) -> Checked<Issue> {
        let mut checked =
            issue::parse_with(source, folder, &self.segments(), &self.config.audience.defaults);
        if let Some(issue) = &checked.value {
            // A column with a default in the settings can be left out of the list.
            let columns = columns.map(|columns| {
                let more = self.config.audience.defaults.keys().cloned();
                issue::check_fields(issue, &columns.iter().cloned().chain(more).collect::<Vec<_>>())
            });
            checked.diagnostics.extend(columns.unwrap_or_default());
            checked.diagnostics.extend(self.check_theme_name(issue));
            let zone = &self.config.publication.time_zone;
            checked.diagnostics.extend(issue::check_times(issue, zone));
        }
        Checked::new(checked.value, checked.diagnostics)
    }

    /// Opens the list.
    pub(super) fn open_list(&self) -> io::Result<File> {
        let path = self.folder.root().join(&self.config.audience.subscribers);
        // A pipe would be waited for, and a device read for ever.
        match std::fs::metadata(&path)?.is_file() {
            true => File::open(&path),
            false => Err(io::Error::other("it is not a file")),
        }
    }

    /// The publication's key, which is made when it is first needed.
    ///
    /// It is not where somebody was forgotten: another key would not know them, and they would be
    /// written to. Nor is it where `newsletter.lock` names one: it is in the folder that sends.
    pub(super) fn key(&self, env: &mut Env) -> Result<Key, Failure> {
        let secret = &self.config.publication.key;
        if let Secret::File(path) = secret
            && !secret::is_there(self.folder.root(), secret)
            && self.folder.root().join(LOCK_FILE).exists()
        {
            return Err(secret::gone(path)
                .hint("copy it from the folder that sends this publication: `newsletter.lock` names it")
                .hint("`newsletter adopt` makes this folder the one that sends"));
        }
        self.new_key(env)
    }

    /// The key for letters that are only looked at: one that is good for nothing else, where the
    /// command that says the key may not run. In a copy of the folder that sends, which has none,
    /// it is one that is thrown away: none is made there.
    pub(super) fn key_to_look(&self, env: &mut Env) -> Result<Key, Failure> {
        let (root, secret) = (self.folder.root(), &self.config.publication.key);
        if trust::withholds(env, root, secret) {
            return Ok(Key::new(&[]));
        }
        let stopped = || self.check_nobody_forgotten(Path::new(config::Publication::KEY)).is_err();
        if secret::is_there(root, secret) || !root.join(LOCK_FILE).exists() || stopped() {
            return self.key(env);
        }
        let mut bytes = [0; KEY_LENGTH];
        (env.random)(&mut bytes);
        env.say(
            "This is a copy of the folder that sends: links are sealed with a key that is thrown away.",
        );
        Ok(Key::new(&bytes))
    }

    /// The publication's key, which is made where there is none and nobody was forgotten.
    pub(super) fn new_key(&self, env: &mut Env) -> Result<Key, Failure> {
        let (root, secret) = (self.folder.root(), &self.config.publication.key);
        if let Secret::File(path) = secret
            && !root.join(path).exists()
        {
            self.check_nobody_forgotten(path)?;
        }
        secret::key(env, root, secret)
    }

    /// Checks that no key is missing which made hashes of addresses.
    ///
    /// Suppressions that cannot be read may hold such hashes, too.
    pub(super) fn check_nobody_forgotten(&self, key: &Path) -> Result<(), Failure> {
        let path = self.folder.root().join(&self.config.audience.suppressions);
        let Err(error) = Suppressions::load(path, None) else { return Ok(()) };
        let forgotten = matches!(&error, audience::Error::Suppressions { source, .. }
            if matches!(**source, audience::Error::Keyless));
        Err(match forgotten {
            true => secret::gone(key)
                .hint("put it back from a copy: only it knows who asked to be forgotten"),
            false => Failure::world(&error)
                .exit(Exit::Content)
                .hint("no key is made until it can be read: it may name the hashes of an old one"),
        })
    }

    /// What was counted of what readers do; `None` where the settings count nothing.
    pub(super) fn numbers(&self) -> Result<Option<Numbers>, Failure> {
        let Measure { views, clicks } = self.config.measure;
        if !views && !clicks {
            return Ok(None);
        }
        let numbers = Numbers::load(self.folder.root());
        numbers.map(Some).map_err(|error| {
            let hint = "put it back from a copy, or remove it to begin at nothing";
            Failure::world(&error).hint(hint)
        })
    }

    /// One diagnostic for each field that readers' rows leave empty, with the rows.
    pub(super) fn empty_fields(&self, issue: &Issue, gaps: &Gaps) -> Vec<Diagnostic> {
        let mut spans = BTreeMap::new();
        issue.for_each_field(&mut |field| {
            if field.default.is_none() {
                spans.entry(field.name.clone()).or_insert_with(|| field.span.0.clone());
            }
        });
        let diagnostic = |(name, span): (String, Range<usize>)| {
            let (shown, readers) = gaps.fields.get(&name)?;
            let whom = match (readers, shown.first()) {
                (1, Some(only)) => only.address.clone(),
                (many, _) => count(*many, "reader"),
            };
            let message = format!("`{name}` is empty for {whom}");
            let help = format!("write a default: `{{{{{name}|…}}}}`, or fill the rows");
            let diagnostic = Diagnostic::new(Code::EmptyField, &issue.source, span, message);
            Some(diagnostic.note(self.rows(shown, *readers)).help(help))
        };
        spans.into_iter().filter_map(diagnostic).collect()
    }

    /// Where the rows of some readers are, of whom there may be more.
    fn rows(&self, shown: &[Gap], readers: u64) -> String {
        let list = self.config.audience.subscribers.display();
        let mut rows: Vec<_> =
            shown.iter().map(|gap| format!("{list}:{}: {}", gap.line, gap.address)).collect();
        let more = readers.saturating_sub(shown.len() as u64);
        if more > 0 {
            rows.push(format!("and {more} more"));
        }
        rows.join("\n")
    }
}

/// Reads a file of the settings.
pub(super) fn read(path: &Path, shown: &str) -> Result<Arc<Source>, Failure> {
    let text = text_of(path).map_err(|error| unreadable(shown, &error, Exit::Usage))?;
    Ok(Source::new(shown, text))
}

/// What a file says. A pipe would be waited for, and a device read for ever.
fn text_of(path: &Path) -> io::Result<String> {
    match std::fs::metadata(path)?.is_file() {
        true => std::fs::read_to_string(path),
        false => Err(io::Error::other("it is not a file")),
    }
}

pub(super) fn unreadable(shown: &str, error: &io::Error, exit: Exit) -> Failure {
    if error.kind() == io::ErrorKind::InvalidData {
        return Failure::new(exit, format!("`{shown}` is not UTF-8")).hint("save it as UTF-8");
    }
    Failure::because(format!("cannot read `{shown}`"), error).exit(exit)
}
