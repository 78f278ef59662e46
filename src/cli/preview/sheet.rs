//! An issue's file in, the last version of it that could be read, and what is wrong with it now, out.

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
    /// The last letter that could be made.
    pub(super) letter: Option<Letter>,
}

impl Sheet {
    /// Reads the issue; where it has errors, the last version without stays.
    pub(super) fn refresh(&mut self, publication: &Arc<Publication>, path: &Path) {
        let mut found = Found::default();
        match Manuscript::read(publication, path, &mut found) {
            Ok(manuscript) => (self.manuscript, self.trouble) = (Some(manuscript), None),
            Err(_) if !found.diagnostics.is_empty() => self.trouble = Some(String::new()),
            Err(failure) => self.trouble = Some(failure.sentence()),
        }
        self.found = found;
    }

    /// Makes the letter of a reader; where it cannot be made, the last one stays.
    ///
    /// # Errors
    /// Why it is not signed, though it should be.
    pub(super) fn compose(
        &mut self,
        reader: Option<&Recipient>,
        keys: &mut Keys,
        env: &mut Env,
    ) -> Result<(), String> {
        let Some(manuscript) = &self.manuscript else { return Ok(()) };
        let signed = keys.fetch(env, &manuscript.publication);
        match manuscript.letter(reader, keys) {
            Ok(letter) => self.letter = Some(letter),
            Err(failure) => self.trouble = Some(failure.sentence()),
        }
        signed.map_err(|failure| failure.sentence())
    }
}
