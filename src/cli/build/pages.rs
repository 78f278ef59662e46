//! A compiled issue in, its page, its text, its message and what the archive knows of it out.

use jiff::Timestamp;

use crate::audience::Recipient;
use crate::cli::build::compiled::Compiled;
use crate::cli::build::reader::anyone;
use crate::cli::build::{date, survey::Around};
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;
use crate::compile::{self, Edition, Gap, Reader};
use crate::issue::{Asset, Issue};
use crate::key::Key;
use crate::templates::{self, Theme, Web};
use crate::web::archive::{self, Entry};

/// The public edition of an issue, and for whom it is: nobody in particular.
#[derive(Debug)]
pub(super) struct Edited<'p> {
    publication: &'p Publication,
    theme: &'p Theme,
    /// As it is mailed.
    mail: Issue,
    /// As it stands on the web.
    web: Issue,
    reader: Recipient,
    date: Timestamp,
}

/// The files of an issue, but for its pictures.
#[derive(Debug)]
pub(super) struct Pages {
    /// Each with its path below `public/`.
    pub(super) files: [(String, Vec<u8>); 3],
    /// What the archive knows of it.
    pub(super) entry: Entry,
}

impl<'p> Edited<'p> {
    pub(super) fn new(publication: &'p Publication, theme: &'p Theme, issue: &Issue) -> Self {
        let mail = issue.public(&publication.config.segments);
        let language = issue.language.as_ref().unwrap_or(&publication.config.publication.language);
        let reader = anyone(&mail, language);
        let date = date(publication, issue);
        Self { publication, theme, web: mail.on_the_web(), mail, reader, date }
    }

    /// Renders the issue.
    pub(super) fn pages(
        &self,
        compiled: &Compiled<'_>,
        around: &Around<'_>,
    ) -> Result<Pages, Failure> {
        let Self { publication, theme, mail, web, date, .. } = self;
        let name = &web.name;
        let key = nobodys();
        let reader = Reader { recipient: &self.reader, key: &key };
        let entry = self.entry();
        let (neighbours, parts) = (around.of(compiled.known), around.parts(compiled.known));
        let page = self.on_page(&entry, |medium| {
            compile::page(web, &publication.press(theme, &neighbours, None), medium, reader)
        });
        let page = page.map_err(gap)?;
        let press = publication.press(theme, &parts, None);
        let draft = compile::draft(mail, &press, &Edition::public(mail), *date, "sample");
        let mut message = Vec::new();
        draft.program().assemble(reader, &mut message).map_err(gap)?;
        let [html, text, eml] = paths(name);
        let (page, plain) = (page.html.into_bytes(), page.text.into_bytes());
        Ok(Pages { files: [(html, page), (text, plain), (eml, message)], entry })
    }

    /// What the issue says, for the feed.
    pub(super) fn content(
        &self,
        compiled: &Compiled<'_>,
        around: &Around<'_>,
    ) -> Result<String, Failure> {
        let key = nobodys();
        let reader = Reader { recipient: &self.reader, key: &key };
        let neighbours = around.of(compiled.known);
        let press = self.publication.press(self.theme, &neighbours, None);
        let made = self
            .on_page(&self.entry(), |medium| compile::content(&self.web, &press, medium, reader));
        made.map_err(gap)
    }

    pub(super) fn entry(&self) -> Entry {
        let Self { publication, web, reader, date, .. } = self;
        Entry::of(web, &publication.config.publication, reader, *date)
    }

    fn on_page<T>(&self, entry: &Entry, make: impl FnOnce(&Web<'_>) -> T) -> T {
        let publication = &self.publication.config.publication;
        let facts = archive::facts(entry, publication);
        let (index, feed) = (archive::index_url(publication), archive::feed_url(publication));
        make(&Web { index: &index, feed: &feed, facts: &facts })
    }

    /// The pictures and files that have to be on the web: those of the page, those that mails point
    /// to, also from sections for some readers, and those of the theme.
    pub(super) fn assets(&self, issue: &Issue) -> Vec<Asset> {
        let publication = &self.publication.config.publication;
        let mut assets = compile::hosted(&self.web, publication);
        assets.extend(compile::hosted(issue, publication));
        assets.extend(self.theme.assets().cloned());
        assets
    }
}

/// The files of an issue: its page, its text, its message.
pub(super) fn paths(name: &str) -> [String; 3] {
    [templates::page(name), format!("{name}.txt"), format!("{name}.eml")]
}

/// What seals nothing: the token in a message that everyone can fetch ends nobody's subscription.
fn nobodys() -> Key {
    Key::new(&[0; 32])
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
fn gap(gap: Gap) -> Failure {
    Failure::new(Exit::Bug, gap.to_string())
}
