//! An issue's file in, the last version of it that could be read, and what is wrong with it now, out.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::audience::Recipient;
use crate::cli::env::Env;
use crate::cli::found::Found;
use crate::cli::preview::keys::Keys;
use crate::cli::preview::letter::Manuscript;
use crate::cli::preview::survey::Surveyor;
use crate::cli::publication::Publication;
use crate::web::preview::Letter;

/// What is known of an issue.
#[derive(Default)]
pub(super) struct Sheet {
    /// Whether it was looked at since a file changed last.
    pub(super) current: bool,
    /// The newest version without an error.
    pub(super) manuscript: Option<Manuscript>,
    /// Why the files say something else now; `None` where they do not.
    pub(super) trouble: Option<String>,
    pub(super) found: Found,
    pub(super) surveyor: Surveyor,
    /// The last letter of each reader that could be made, by address; nobody's has none.
    letters: BTreeMap<String, Letter>,
}

/// Of how many readers the last letter is kept.
const LETTERS_MAX: usize = 50;

/// What could be made for a reader.
pub(super) struct Composed {
    /// The letter; the last one, where it cannot be made now.
    pub(super) letter: Option<Letter>,
    /// Whether it is what the files say now.
    pub(super) fresh: bool,
    /// What went wrong, in sentences.
    pub(super) troubles: Vec<String>,
}

impl Sheet {
    /// Reads the issue; where it has errors, the last version without stays.
    pub(super) fn refresh(&mut self, publication: &Arc<Publication>, path: &Path) {
        let mut found = Found::default();
        if !publication.folder.root().join(path).is_file() {
            self.trouble = Some(format!("there is no issue `{}`", path.display()));
            self.found = found;
            return;
        }
        match Manuscript::read(publication, path, &mut found) {
            Ok(manuscript) => (self.manuscript, self.trouble) = (Some(manuscript), None),
            Err(_) if !found.diagnostics.is_empty() => self.trouble = Some(String::new()),
            Err(failure) => self.trouble = Some(failure.sentence()),
        }
        self.found = found;
    }

    /// Makes the letter of a reader; where it cannot be made, the last one stays. One that should be
    /// signed and cannot be is shown without.
    pub(super) fn compose(
        &mut self,
        reader: Option<&Recipient>,
        keys: &mut Keys,
        env: &mut Env,
    ) -> Composed {
        let mut troubles = Vec::new();
        let mut fresh = self.trouble.is_none();
        let whose = reader.map(|reader| reader.address.key()).unwrap_or_default();
        if let Some(manuscript) = &self.manuscript {
            let unsigned = keys.fetch(env, &manuscript.publication).err();
            troubles.extend(unsigned.map(|failure| failure.sentence()));
            match manuscript.letter(reader, keys) {
                Ok(letter) => self.keep(whose.clone(), letter),
                Err(failure) => {
                    fresh = false;
                    troubles.push(failure.sentence());
                }
            }
        }
        Composed { letter: self.letters.get(&whose).cloned(), fresh, troubles }
    }

    fn keep(&mut self, whose: String, letter: Letter) {
        if self.letters.len() >= LETTERS_MAX && !self.letters.contains_key(&whose) {
            self.letters.clear();
        }
        self.letters.insert(whose, letter);
    }
}
