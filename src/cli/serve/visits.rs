//! Who reads and which links are followed in, numbers in the publication's folder out.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::cli::failure::Failure;
use crate::cli::publication::Publication;
use crate::cli::serve::voice::Voice;
use crate::config::Measure;
use crate::key::Key;
use crate::measure::{self, Counter, GO};
use crate::web::public::{Visit, Visits};

/// How long what was counted may be in memory alone.
const FLUSH_EVERY: Duration = Duration::from_secs(3);

/// Counts what the settings ask for; follows links of mails in any case, since those that have left
/// keep theirs.
pub(super) struct Counting {
    measure: Measure,
    key: Key,
    counter: Counter,
    issues: PathBuf,
    /// What went wrong last: a full disk is said once, and not every few seconds.
    trouble: Mutex<String>,
    voice: Voice,
}

impl Counting {
    pub(super) fn new(publication: &Publication, key: Key, voice: Voice) -> Self {
        let root = publication.folder.root();
        Self {
            measure: publication.config.measure,
            key,
            counter: Counter::new(root),
            issues: root.join("issues"),
            trouble: Mutex::default(),
            voice,
        }
    }

    /// Writes down what was counted every few seconds, and once more when it is told to stop.
    pub(super) fn keep(self: &Arc<Self>, mut stop: watch::Receiver<bool>) -> JoinHandle<()> {
        let counting = Arc::clone(self);
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(FLUSH_EVERY);
            let mut stopped = false;
            while !stopped {
                tokio::select! {
                    _ = ticks.tick() => {}
                    _ = stop.wait_for(|stop| *stop) => stopped = true,
                }
                let counting = Arc::clone(&counting);
                drop(tokio::task::spawn_blocking(move || counting.flush()).await);
            }
        })
    }

    /// Writes down what was counted; blocks.
    pub(super) fn flush(&self) {
        let trouble = match self.counter.flush() {
            Ok(()) => String::new(),
            Err(error) => Failure::world(&error).sentence(),
        };
        let mut last = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if !trouble.is_empty() && trouble != *last {
            self.voice.say(&format!("Nothing that is counted can be kept: {trouble}"));
        }
        *last = trouble;
    }
}

impl Visits for Counting {
    fn page(&self, file: &str, visit: &Visit<'_>) {
        let issue = file.strip_suffix(".html").filter(|_| self.measure.views);
        // Pages of other makers are not counted, and the list of issues is none.
        let issue = issue.filter(|name| self.issues.join(format!("{name}.toml")).is_file());
        if let Some(issue) = issue.filter(|_| is_view(visit)) {
            self.counter.view(issue);
        }
    }

    fn leads(&self, path: &str, visit: &Visit<'_>) -> Option<String> {
        let name = path.strip_prefix('/')?.strip_prefix(GO)?.strip_prefix('/')?;
        let (issue, target) = measure::leads(&self.key, name, visit.query)?;
        if self.measure.clicks && is_view(visit) {
            self.counter.click(&issue, &target);
        }
        Some(target)
    }
}

fn is_view(visit: &Visit<'_>) -> bool {
    measure::is_view(visit.method, |name| visit.headers.get(name)?.to_str().ok())
}
