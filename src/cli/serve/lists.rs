//! The list of subscribers in, what the public pages want to know of it and put into it out.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::address::EmailAddress;
use crate::audience::{Newcomer, Recipient, Roster};
use crate::cli::failure::Failure;
use crate::cli::found::Found;
use crate::cli::publication::Publication;
use crate::cli::readers::Readers;
use crate::cli::serve::voice::{Voice, nameless};
use crate::web::public::{Signup, Trouble};

/// How somebody came to be on the list, in the column `consent_how`.
const HOW: &str = "double opt-in";

/// The list, which one thread at a time reads or writes: it may be long.
#[derive(Clone)]
pub(super) struct Lists {
    publication: Arc<Publication>,
    turn: Arc<Mutex<()>>,
    voice: Voice,
}

impl Lists {
    pub(super) fn new(publication: Arc<Publication>, voice: Voice) -> Self {
        Self { publication, turn: Arc::default(), voice }
    }

    /// The segments that the reader of an address belongs to; blocks.
    pub(super) fn segments(&self, address: &EmailAddress) -> Result<Vec<String>, Trouble> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let found = self
            .find(address)
            .map_err(|failure| self.trouble(&format!("error: {}", failure.message)))?;
        let Some(reader) = found else { return Ok(Vec::new()) };
        let names = self.publication.config.segments.keys();
        let own = names.filter(|name| Readers::belongs(&self.publication, &reader, name));
        Ok(own.cloned().collect())
    }

    fn find(&self, address: &EmailAddress) -> Result<Option<Recipient>, Failure> {
        Readers::read(&self.publication, &mut Found::default())?.find(address)
    }

    /// Puts somebody on the list who is not there yet, with how that came about; blocks until it is
    /// on the disk.
    pub(super) fn enlist(&self, newcomer: &Signup) -> Result<(), Trouble> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let list = &self.publication.config.audience.subscribers;
        let mut values = vec![
            ("consent_when".to_owned(), newcomer.at.to_string()),
            ("consent_where".to_owned(), newcomer.form.clone()),
            ("consent_how".to_owned(), HOW.to_owned()),
        ];
        if !newcomer.tags.is_empty() {
            values.push(("tags".to_owned(), newcomer.tags.join(";")));
        }
        let newcomer = Newcomer { address: newcomer.address.clone(), values };
        let roster = Roster::open(self.publication.folder.root().join(list));
        let added = roster.and_then(|mut roster| roster.add(&[newcomer]));
        added.map(drop).map_err(|error| self.trouble(&nameless(&error)))
    }

    /// Whether both files can be written to, and the list be read; blocks.
    pub(super) fn check(&self) -> Result<(), Trouble> {
        let audience = &self.publication.config.audience;
        let root = self.publication.folder.root();
        let both = [&audience.subscribers, &audience.suppressions];
        let writable = both.into_iter().try_for_each(|path| writable(&root.join(path)));
        let good = writable.and_then(|()| self.publication.open_list().map(drop));
        good.map_err(|error| self.trouble(&format!("error: a list fails: {error}")))
    }

    fn trouble(&self, said: &str) -> Trouble {
        self.voice.say(said);
        Trouble
    }
}

/// Opens a file as whoever adds to it does; one that is not there yet can be made.
fn writable(path: &Path) -> io::Result<()> {
    match OpenOptions::new().append(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        opened => drop(opened?),
    }
    // There has to be room on the disk, too: for a page of it, in a file that has no name.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    tempfile::tempfile_in(folder.unwrap_or(Path::new(".")))?.write_all(&[0; 4096])
}
