//! The public edition of an issue in, what the archive knows of it out.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::audience::Recipient;
use crate::compile::url_of;
use crate::config::Publication;
use crate::field::Template;
use crate::issue::{Issue, Kind, Part};
use crate::language::Language;
use crate::templates::page;

/// What the archive knows of an issue.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Entry {
    /// The name of its file without `.toml`.
    pub name: String,
    /// The headline.
    pub title: String,
    /// The sentence beneath it.
    pub deck: Option<String>,
    /// What it says, in a sentence.
    pub summary: Option<String>,
    /// Who brings it.
    pub byline: Option<String>,
    /// The date in the masthead.
    date: String,
    /// When it was published, in seconds since 1970.
    published: i64,
    /// The issue's number.
    pub number: Option<u32>,
    /// What stands in the masthead beside the date.
    pub edition: Option<String>,
    /// What it is written in.
    language: String,
    /// What it shows first.
    pub picture: Option<Picture>,
    /// What of it only some readers get.
    pub closed: Closed,
}

/// A picture on the web.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Picture {
    /// Its file, below the publication's URL.
    pub path: String,
    /// What it shows; empty where it says nothing.
    pub alt: String,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

/// What of an issue only some readers get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Closed {
    /// Nothing.
    Nothing,
    /// Some of its sections.
    Parts,
    /// All of it.
    Whole,
}

impl Entry {
    /// What is known of an issue as `reader` gets it, who is nobody in particular.
    #[must_use]
    pub fn of(
        issue: &Issue,
        publication: &Publication,
        reader: &Recipient,
        published: Timestamp,
    ) -> Self {
        let line = |line: &Template| {
            let filled = line.fill(|column| reader.value(column));
            filled.unwrap_or_else(|_| line.to_default()).trim().to_owned()
        };
        let deck = issue.deck.as_ref().map(line);
        Self {
            name: issue.name.clone(),
            title: line(&issue.title),
            summary: issue.preheader.as_ref().map(line).or_else(|| deck.clone()),
            deck,
            byline: issue.byline.as_ref().map(|byline| line(&byline.name)),
            date: issue.date.to_string(),
            published: published.as_second(),
            number: issue.number,
            edition: issue.edition.as_ref().map(line),
            language: issue.language.as_ref().unwrap_or(&publication.language).to_string(),
            picture: picture(issue, &line),
            closed: closed(issue),
        }
    }

    /// The date in the masthead.
    #[must_use]
    pub fn date(&self) -> Date {
        self.date.parse().unwrap_or_default()
    }

    /// What it is written in.
    #[must_use]
    pub fn language(&self) -> Language {
        Language::new(&self.language).unwrap_or_default()
    }

    /// When it was published, with the offset from UTC (RFC 3339).
    #[must_use]
    pub fn published(&self, zone: &TimeZone) -> String {
        moment(self.published, zone)
    }

    /// Where its page is.
    #[must_use]
    pub fn url(&self, publication: &Publication) -> String {
        url_of(publication, &page(&self.name))
    }
}

/// A moment with the offset of a time zone (RFC 3339).
pub(super) fn moment(seconds: i64, zone: &TimeZone) -> String {
    let moment = Timestamp::from_second(seconds).unwrap_or_default();
    moment.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn picture(issue: &Issue, line: &dyn Fn(&Template) -> String) -> Option<Picture> {
    let mut first = None;
    issue.for_each_part(&mut |part| {
        if let (None, Part::Image(image)) = (&first, part) {
            first = Some(Picture {
                path: image.asset.path.clone(),
                alt: image.alt.as_ref().map(line).unwrap_or_default(),
                width: image.width,
                height: image.height,
            });
        }
    });
    first
}

fn closed(issue: &Issue) -> Closed {
    let kinds = issue.sections.iter().map(|section| &section.kind);
    let mut invitations = kinds.filter_map(|kind| match kind {
        Kind::Invitation(invitation) => Some(invitation),
        _ => None,
    });
    match invitations.next() {
        None => Closed::Nothing,
        Some(invitation) if invitation.whole => Closed::Whole,
        Some(_) => Closed::Parts,
    }
}
