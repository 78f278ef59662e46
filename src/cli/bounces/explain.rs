//! `newsletter bounces explain`: files in, every decision about them with its rule out.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead as _, Read as _};
use std::mem;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli::bounces::desk::Desk;
use crate::cli::bounces::lines::{self, data};
use crate::cli::bounces::maildir;
use crate::cli::bounces::mbox::Letters;
use crate::cli::bounces::source::{Letter, Place, Spot, standard_input};
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::mbox::Mbox;
use crate::field::clean;
use crate::returns::{Failing, Item, Verdict};

/// How many messages are decided about at once.
const BATCH: usize = 200;

/// Say of messages what they are, whose mail they are about, what proves it, and what
/// `newsletter bounces` does about them; nothing is changed
#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// A file with one message, an mbox, a folder of such files, a Maildir, or `-`
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn explain(env: &mut Env, args: &ExplainArgs) -> Result<Exit, Failure> {
    let mut desk = Desk::look(env)?;
    let mut files = Vec::new();
    for file in &args.files {
        add(env, file, &mut files)?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::world(&error))?;
    let mut separator = if args.json { "[\n" } else { "" };
    let mut queue = Queue { files: files.into(), opened: None, several: false };
    queue.several = queue.files.len() > 1;
    let mut number = 0;
    loop {
        let letters = queue.batch(env)?;
        if letters.is_empty() {
            break;
        }
        let (places, items): (Vec<Place>, Vec<Item>) =
            letters.into_iter().map(Letter::read).unzip();
        let verdicts = match &mut desk {
            Some(desk) => runtime.block_on(desk.settle(&items))?.into_iter().map(Some).collect(),
            None => items.iter().map(|_| None).collect::<Vec<_>>(),
        };
        for ((place, item), verdict) in places.iter().zip(&items).zip(&verdicts) {
            number += 1;
            let one = match args.json {
                true => in_json(place, item, verdict.as_ref()).to_string(),
                false if queue.several => {
                    format!("{number}. {}", in_words(place, item, verdict.as_ref()))
                }
                false => in_words(place, item, verdict.as_ref()),
            };
            env.print(&format!("{separator}{one}"))?;
            separator = if args.json { ",\n" } else { "\n" };
        }
    }
    if args.json {
        env.print(if number == 0 { "[]\n" } else { "\n]\n" })?;
    }
    Ok(Exit::Done)
}

/// Adds a file, or all of a folder, in the order of their names.
fn add(env: &Env, argument: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let path = env.folder.join(argument);
    if argument == Path::new("-") || !path.is_dir() {
        files.push(argument.to_owned());
        return Ok(());
    }
    let folders = match maildir::Maildir::is_one(&path) {
        true => vec![argument.join("new"), argument.join("cur")],
        false => vec![argument.to_owned()],
    };
    for folder in folders {
        let listed = list(env, &folder).map_err(|error| {
            Failure::because(format!("cannot read `{}`", argument.display()), &error)
        });
        files.extend(listed?);
    }
    Ok(())
}

fn list(env: &Env, folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in env.folder.join(folder).read_dir()? {
        let entry = entry?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !hidden && entry.path().is_file() {
            files.push(folder.join(entry.file_name()));
        }
    }
    files.sort();
    Ok(files)
}

/// The messages of files, one after the other.
struct Queue {
    files: VecDeque<PathBuf>,
    /// The mbox that is being read.
    opened: Option<Letters>,
    /// Whether there is more than one message.
    several: bool,
}

impl Queue {
    /// The next messages, as many as are decided about at once.
    fn batch(&mut self, env: &mut Env) -> Result<Vec<Letter>, Failure> {
        let mut letters = Vec::new();
        while letters.len() < BATCH
            && let Some(letter) = self.next(env)?
        {
            letters.push(letter);
        }
        Ok(letters)
    }

    fn next(&mut self, env: &mut Env) -> Result<Option<Letter>, Failure> {
        loop {
            let letter = self.opened.as_mut().map_or(Ok(None), Letters::next);
            let failed = |error| Failure::because("cannot read a message of an mbox", &error);
            if let Some(letter) = letter.map_err(failed)? {
                return Ok(Some(letter));
            }
            self.opened = None;
            let Some(file) = self.files.pop_front() else { return Ok(None) };
            let path = env.folder.join(&file);
            if file == Path::new("-") && begins_mbox(env)? {
                let input = mem::replace(&mut env.input, Box::new(io::empty()));
                self.opened = Some(Letters::of(input, &"standard input"));
                self.several = true;
                continue;
            }
            if file == Path::new("-") || !is_mbox(&path) {
                return open(env, &file).map(Some);
            }
            let failed = |error| unreadable(&file, &error);
            self.opened = Some(Letters::open_as(&path, &file.display()).map_err(failed)?);
            self.several = true;
        }
    }
}

/// Whether a file begins as an mbox does; a file that cannot be read is none.
fn is_mbox(path: &Path) -> bool {
    let mut beginning = Vec::new();
    let is_file = path.is_file();
    let opened = File::open(path).and_then(|file| file.take(5).read_to_end(&mut beginning));
    is_file && opened.is_ok() && Mbox::<&[u8]>::is_one(&beginning)
}

/// Whether standard input begins as an mbox does; nothing of it is taken.
fn begins_mbox(env: &mut Env) -> Result<bool, Failure> {
    let beginning = env.input.fill_buf().map_err(|error| {
        Failure::because("cannot read standard input", &error).exit(Exit::World)
    })?;
    Ok(Mbox::<&[u8]>::is_one(beginning))
}

fn open(env: &mut Env, file: &Path) -> Result<Letter, Failure> {
    if file == Path::new("-") {
        return standard_input(env);
    }
    let shown = file.display();
    let read = maildir::read(&env.folder.join(file)).map_err(|error| unreadable(file, &error));
    let bytes = read?.ok_or_else(|| Failure::usage(format!("`{shown}` is not a file")))?;
    Ok(Letter::new(&shown, bytes, Spot::Nowhere))
}

fn unreadable(file: &Path, error: &io::Error) -> Failure {
    let exit = if error.kind() == io::ErrorKind::NotFound { Exit::Usage } else { Exit::World };
    Failure::because(format!("cannot read `{}`", file.display()), error).exit(exit)
}

fn in_json(place: &Place, item: &Item, verdict: Option<&Verdict>) -> Value {
    let mut value = data(&item.message, verdict);
    value["file"] = place.name.clone().into();
    value
}

fn in_words(place: &Place, item: &Item, verdict: Option<&Verdict>) -> String {
    let mut text = format!("{}\n", clean(&place.name));
    let mut line = |line: &str| text.extend(["  ", &clean(line), "\n"]);
    item.message.explain().iter().for_each(|words| line(words));
    match verdict {
        Some(verdict) => {
            let failing = Failing::of(&item.message, verdict.reader());
            line(&format!("proof: {}", lines::proof(&verdict.whose)));
            line(&format!("decision: {}", lines::decision(verdict, failing.as_ref())));
        }
        None => line("proof: none can be looked for without a publication and its key"),
    }
    text
}
