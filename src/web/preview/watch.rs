//! Folders in, a word whenever a file in them has changed out.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

/// How long nothing has to happen until a change counts as complete: an editor that saves a file
/// empties it first, or writes another and renames it.
const SETTLED: Duration = Duration::from_millis(8);

/// What the program writes itself, and what no letter is made from.
const OWN: [&str; 2] = ["public", "target"];

/// Watches the folder of a publication.
#[derive(Debug)]
pub struct Watch {
    watcher: RecommendedWatcher,
    sender: Sender<Event>,
    events: Receiver<Event>,
    root: PathBuf,
}

/// What there is to wait for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Event {
    /// Something happened at this path.
    File(PathBuf),
    /// Something is known that was not known before.
    Nudge,
}

/// What has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// A file has changed.
    Files,
    /// No file has, and there is something to show all the same.
    Nudge,
    /// Nothing will happen any more.
    End,
}

impl Watch {
    /// Begins to watch a folder, and the files that are elsewhere.
    ///
    /// # Errors
    /// The system watches no more files, or the folder is not there.
    pub fn new(root: &Path, elsewhere: &[PathBuf]) -> notify::Result<Self> {
        let root = root.canonicalize().map_err(notify::Error::io)?;
        let (sender, events) = channel();
        let handler = handler(root.clone(), sender.clone());
        let watcher = notify::recommended_watcher(handler)?;
        let mut watch = Self { watcher, sender, events, root };
        watch.watcher.watch(&watch.root, RecursiveMode::NonRecursive)?;
        for entry in std::fs::read_dir(&watch.root)?.flatten() {
            watch.add(&entry.path())?;
        }
        watch.also(elsewhere);
        Ok(watch)
    }

    /// Watches files that may be elsewhere, too; one that cannot be watched is read when another
    /// changes.
    pub fn also(&mut self, files: &[PathBuf]) {
        let folders = files.iter().filter_map(|file| file.parent()?.canonicalize().ok());
        for folder in folders.filter(|folder| !folder.starts_with(&self.root)) {
            drop(self.watcher.watch(&folder, RecursiveMode::NonRecursive));
        }
    }

    /// Watches what is below the root, unless nothing there is of interest.
    fn add(&mut self, path: &Path) -> notify::Result<()> {
        if path.is_dir() && concerns(path, &self.root) {
            self.watcher.watch(path, RecursiveMode::Recursive)?;
        }
        Ok(())
    }

    /// Watches a folder that is new. One that cannot be watched is read when another changes.
    fn look(&mut self, path: &Path) {
        if path.parent() == Some(&self.root) {
            drop(self.add(path));
        }
    }

    /// What says that there is something to show, though no file has changed.
    pub fn nudge(&self) -> Arc<dyn Fn() + Send + Sync> {
        let sender = self.sender.clone();
        // Nobody listens any more: the preview has ended.
        Arc::new(move || drop(sender.send(Event::Nudge)))
    }

    /// Waits until something has happened, and then until nothing more does.
    pub fn wait(&mut self) -> News {
        let Ok(mut event) = self.events.recv() else { return News::End };
        let mut news = News::Nudge;
        loop {
            if let Event::File(path) = event {
                news = News::Files;
                self.look(&path);
            }
            match self.events.recv_timeout(SETTLED) {
                Ok(next) => event = next,
                Err(RecvTimeoutError::Timeout) => return news,
                Err(RecvTimeoutError::Disconnected) => return News::End,
            }
        }
    }
}

fn handler(root: PathBuf, sender: Sender<Event>) -> impl FnMut(notify::Result<notify::Event>) {
    move |event| {
        let Ok(notify::Event { kind, paths, .. }) = event else { return };
        let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
        if kind.is_access() && kind != written {
            return;
        }
        for path in paths.into_iter().filter(|path| concerns(path, &root)) {
            drop(sender.send(Event::File(path)));
        }
    }
}

/// Whether a letter can depend on what is at a path: not what is hidden, not what editors keep
/// beside a file while they write it, and not what the program makes.
fn concerns(path: &Path, root: &Path) -> bool {
    let Ok(inside) = path.strip_prefix(root) else { return true };
    let mut parts = inside.components();
    let hidden = |part: Component<'_>| {
        let name = part.as_os_str().as_encoded_bytes();
        name.starts_with(b".") || name.ends_with(b"~")
    };
    let own = inside.iter().next().is_some_and(|first| OWN.iter().any(|own| first == *own));
    !own && !parts.any(hidden)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::web::preview::watch::concerns;

    #[test]
    fn what_no_letter_is_made_from_is_no_news() {
        for (path, expected) in [
            ("/p/issues/first.toml", true),
            ("/p/newsletter.toml", true),
            ("/p/templates/own/style.css", true),
            ("/p/files/public/tides.pdf", true),
            ("/elsewhere/list.csv", true),
            ("/p/public/first.html", false),
            ("/p/target/debug/x", false),
            ("/p/.newsletter/journal.db-wal", false),
            ("/p/.git/index", false),
            ("/p/issues/.first.toml.swp", false),
            ("/p/issues/first.toml~", false),
        ] {
            assert_eq!(concerns(Path::new(path), Path::new("/p")), expected, "{path}");
        }
    }
}
