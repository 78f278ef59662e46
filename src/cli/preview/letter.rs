//! An issue and one reader in, the letter as the page shows it out.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use crate::audience::Recipient;
use crate::cli::build;
use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::preview::keys::Keys;
use crate::cli::publication::Publication;
use crate::cli::readers::Readers;
use crate::cli::send;
use crate::compile::{self, Edition, Reader};
use crate::issue::{Asset, Issue};
use crate::templates::{Neighbours, Theme};
use crate::web::preview::Letter;

/// An issue that compiles, with all that its letters are made from.
pub(super) struct Manuscript {
    pub(super) publication: Arc<Publication>,
    pub(super) issue: Issue,
    theme: Theme,
    neighbours: Neighbours,
    date: Timestamp,
    /// Its pictures and files, by the addresses that letters have for them.
    assets: Vec<(String, Asset)>,
}

impl Manuscript {
    /// Reads an issue and its theme.
    pub(super) fn read(
        publication: &Arc<Publication>,
        path: &Path,
        found: &mut Found,
    ) -> Result<Self, Failure> {
        let checked = publication.check_issue(path, None)?;
        let issue = found.accept(checked, Exit::Content)?;
        let theme = publication.theme(&issue, found)?;
        let neighbours = publication.parts(&issue)?;
        let begun = send::date_of_run(&publication.journal(), &issue.name)?;
        let date = begun.unwrap_or_else(|| build::date(publication, &issue));
        let assets = compile::addressed(&issue, &publication.press(&theme, &neighbours, None));
        Ok(Self { publication: Arc::clone(publication), issue, theme, neighbours, date, assets })
    }

    /// The letter of a reader; nobody's, where there is none.
    pub(super) fn letter(
        &self,
        reader: Option<&Recipient>,
        keys: &Keys,
    ) -> Result<Letter, Failure> {
        let Self { publication, issue, theme, neighbours, date, .. } = self;
        let nobody = build::sample(issue);
        let edition = match reader {
            // The list of those who left a segment can be long, and most issues are for everyone.
            Some(reader) if !issue.section_audiences().is_empty() => {
                let suppressions = publication.suppressions(keys.key().hasher())?;
                Edition::of(issue, |name| Readers::gets(publication, &suppressions, reader, name))
            }
            Some(_) => Edition::public(issue),
            None => Edition::public(issue),
        };
        let press = publication.press(theme, neighbours, Some(keys.key()));
        let draft = compile::draft(issue, &press, &edition, *date, "");
        let reader = Reader { recipient: reader.unwrap_or(&nobody), key: keys.key() };
        let made = (|| {
            let mut message = Vec::new();
            draft.program().assemble(reader, &mut message)?;
            Ok((
                draft.html(reader)?,
                draft.text(reader)?,
                message,
                reader.fill_all(&issue.subject)?,
            ))
        })();
        let gap = |gap: compile::Gap| Failure::new(Exit::Content, gap.to_string());
        let (html, text, mut message, subject) = made.map_err(gap)?;
        if let Some(signer) = keys.signer() {
            let mut signed = Vec::new();
            signer.sign(&message, *date, &mut signed);
            signed.append(&mut message);
            message = signed;
        }
        let unsubscribe = publication.config.unsubscribe.url.replace("{token}", &reader.token());
        let assets = self.assets.iter().map(|(url, asset)| (url.clone(), asset.path.clone()));
        Ok(Letter {
            sender: publication.config.sender.name.clone(),
            subject,
            html,
            text,
            message,
            assets: assets.collect(),
            unsubscribe,
        })
    }

    /// A picture or file by its path.
    pub(super) fn asset(&self, path: &str) -> Option<Asset> {
        self.assets.iter().map(|(_, asset)| asset).find(|asset| asset.path == path).cloned()
    }
}
