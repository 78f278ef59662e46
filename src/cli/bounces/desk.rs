//! A publication in, what is needed to decide about messages that came back out.

use std::collections::HashSet;

use crate::audience::Suppressions;
use crate::cli::bounces::remote::Remote;
use crate::cli::bounces::source::Source;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::publication::Publication;
use crate::cli::readers::Readers;
use crate::cli::send::check_journal;
use crate::cli::{secret, trust};
use crate::clock::Clock;
use crate::journal::Journal;
use crate::key::Key;
use crate::returns::{self, Item, Log, Records, Settlement, Verdict};

/// A publication and its key.
pub(super) struct Desk {
    publication: Publication,
    key: Key,
    suppressions: Suppressions,
    clock: Clock,
    dry: bool,
}

impl Desk {
    /// Opens the publication of the command's folder.
    pub(super) fn open(env: &mut Env, dry: bool) -> Result<Self, Failure> {
        let publication = Publication::open(env)?;
        trust::check_all(env, &publication)?;
        check_journal(&publication)?;
        let key =
            secret::existing(env, publication.folder.root(), &publication.config.publication.key)?;
        let suppressions = publication.suppressions(key.hasher())?;
        if !dry {
            let made = secret::make_private_folder(&publication.state());
            made.map_err(|error| Failure::because("cannot make `.newsletter`", &error))?;
        }
        Ok(Self { publication, key, suppressions, clock: env.clock, dry })
    }

    /// Opens it for a look, where there is one and it has its key.
    pub(super) fn look(env: &mut Env) -> Result<Option<Self>, Failure> {
        let Ok(root) = Publication::root(&env.folder) else { return Ok(None) };
        let publication = Publication::open(env)?;
        trust::say_withheld(env, &publication);
        if trust::check_all(env, &publication).is_err() {
            return Ok(None);
        }
        match secret::is_there(&root, &publication.config.publication.key) {
            true => Self::open(env, true).map(Some),
            false => Ok(None),
        }
    }

    /// What `[bounces]` names.
    pub(super) fn sources(&self, env: &mut Env) -> Result<Vec<Source>, Failure> {
        let settings = &self.publication.config.bounces;
        let root = self.publication.folder.root();
        let paths = settings.maildir.iter().chain(&settings.mbox);
        let paths = paths.map(|path| Source::open(env, &root.join(path)));
        let mut sources: Vec<Source> = paths.collect::<Result<_, _>>()?;
        if let Some(imap) = &settings.imap {
            let password = secret::fetch(env, root, &imap.password)?;
            sources.push(Source::Imap(Remote::open(root, imap, &password)?));
        }
        Ok(sources)
    }

    /// Decides about messages, and does it unless this is only a look.
    pub(super) async fn settle(&mut self, items: &[Item]) -> Result<Vec<Verdict>, Failure> {
        let path = self.publication.journal();
        let journal = match path.exists() {
            true => Some(Journal::open(&path).await?),
            false => None,
        };
        let on_list = |wanted: &HashSet<String>| on_list(&self.publication, wanted);
        let log = self.publication.folder.root().join(Log::PATH);
        let list_id = &self.publication.config.publication.list_id;
        let settlement = Settlement {
            records: Records::open(journal.as_ref(), &self.key, list_id).await?,
            hasher: self.key.hasher(),
            on_list: &on_list,
            now: self.clock.now(),
            dry: self.dry,
        };
        let settled = settlement.settle(items, &mut self.suppressions, &log).await;
        if let Some(journal) = &journal {
            journal.close().await;
        }
        Ok(settled?)
    }
}

/// Which of some readers are on the list, by their keys.
fn on_list(publication: &Publication, wanted: &HashSet<String>) -> Result<HashSet<String>, String> {
    let failed = |failure: Failure| failure.sentence();
    let readers = Readers::read(publication, &mut Found::default()).map_err(failed)?;
    let mut known = HashSet::new();
    for reader in readers.all().map_err(failed)? {
        let key = reader.map_err(failed)?.address.key();
        if wanted.contains(&key) {
            known.insert(key);
        }
    }
    Ok(known)
}

impl From<returns::Error> for Failure {
    fn from(error: returns::Error) -> Self {
        let failure = Self::world(&error);
        match error {
            returns::Error::Suppressions(_) | returns::Error::List(_) => {
                failure.exit(Exit::Content)
            }
            returns::Error::Journal(_) | returns::Error::Log(_) => failure,
        }
    }
}
