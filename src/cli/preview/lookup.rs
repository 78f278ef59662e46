//! An address, or a part of one, in; readers of the list out.

use std::collections::BTreeMap;
use std::time::SystemTime;

use crate::audience::Recipient;
use crate::cli::failure::Failure;
use crate::cli::found::Found;
use crate::cli::preview::survey::is_short;
use crate::cli::publication::Publication;
use crate::cli::readers::Readers;

/// How many addresses are suggested.
const SUGGESTED_MAX: usize = 12;

/// Readers that were looked up in a list, and when that was written.
#[derive(Default)]
pub(super) struct Lookups {
    pub(super) written: Option<SystemTime>,
    pub(super) readers: BTreeMap<String, Option<Recipient>>,
}

impl Lookups {
    /// The reader with an address; the list is read again when it was written since.
    pub(super) fn find(
        &mut self,
        publication: &Publication,
        asked: &str,
    ) -> Result<Option<Recipient>, Failure> {
        let list = publication.folder.root().join(&publication.config.audience.subscribers);
        let written = list.metadata().and_then(|list| list.modified()).ok();
        if self.written != written {
            *self = Self { written, ..Self::default() };
        }
        if let Some(known) = self.readers.get(asked) {
            return Ok(known.clone());
        }
        let Ok(address) = asked.parse() else { return Ok(None) };
        let reader = Readers::read(publication, &mut Found::default())?.find(&address)?;
        self.readers.insert(asked.to_owned(), reader.clone());
        Ok(reader)
    }
}

/// Addresses of a short list that have a part in them; none of a long one, which takes too long.
pub(super) fn suggest(publication: &Publication, part: &str) -> Result<Vec<String>, Failure> {
    if !is_short(publication) {
        return Ok(Vec::new());
    }
    let readers = Readers::read(publication, &mut Found::default())?;
    let part = part.to_lowercase();
    let known = readers.all()?.flatten().map(|reader| reader.address.to_string());
    let known = known.filter(|address| address.to_lowercase().contains(&part));
    Ok(known.take(SUGGESTED_MAX).collect())
}
