//! A letter in, the lines that it says by itself in its language out: both bodies say the same.

use crate::config::Publication;
use crate::issue::{Asset, Delivery, Invitation, Issue, Series, Sponsor, When};
use crate::language::Archive;
use crate::templates::letter::Letter;
use crate::templates::web::Medium;

impl Letter<'_> {
    /// The line beneath the publication's name: edition, number and date.
    #[must_use]
    pub fn folio(&self) -> String {
        let Issue { edition, number, date, .. } = self.issue;
        let edition = edition.as_ref().map(|edition| self.marks.text(edition));
        let words = self.language.words();
        let number = number.map(|number| words.number.replace("{number}", &number.to_string()));
        let parts: Vec<_> =
            [edition, number, Some(self.language.date(*date))].into_iter().flatten().collect();
        parts.join(" · ")
    }

    /// The line above the headline of a series: `Part 2 of 4 · The river in autumn`.
    #[must_use]
    pub fn part(&self, series: &Series) -> String {
        let words = self.language.words();
        let part = match series.of {
            Some(of) => words.part_of.replace("{of}", &of.to_string()),
            None => words.part.to_owned(),
        };
        format!("{} · {}", part.replace("{part}", &series.part.to_string()), series.name)
    }

    /// Why the reader gets the letter.
    #[must_use]
    pub fn why(&self) -> String {
        let Publication { name, colophon, .. } = self.publication;
        if let Medium::Notice(why) = self.medium {
            return why.to_owned();
        }
        let usual = || self.language.words().colophon.replace("{name}", name);
        colophon.clone().unwrap_or_else(usual)
    }

    /// What marks a section that somebody paid for.
    #[must_use]
    pub fn sponsored(&self, sponsor: &Sponsor) -> String {
        match &sponsor.label {
            Some(label) => self.marks.text(label),
            None => {
                let name = self.marks.text(&sponsor.name);
                self.language.words().sponsored_by.replace("{name}", &name)
            }
        }
    }

    /// What stands in place of what only some readers get.
    #[must_use]
    pub fn invitation(&self, invitation: &Invitation) -> String {
        let Archive { part, whole, .. } = self.language.words().archive;
        let usual = if invitation.whole { whole } else { part };
        invitation.words.clone().unwrap_or_else(|| (*usual).to_owned())
    }

    /// The link of an invitation.
    #[must_use]
    pub fn join(&self) -> String {
        self.language.words().archive.join.replace("{name}", &self.publication.name)
    }

    /// What is said of a file behind its label: kind, size, and whether it came with the mail.
    #[must_use]
    pub fn facts(&self, asset: &Asset, deliver: Delivery) -> String {
        let words = self.language.words();
        let comma = words.comma;
        let facts = format!("{}{comma}{}", asset.kind(), self.language.size(asset.bytes.len()));
        match deliver {
            Delivery::Link => facts,
            Delivery::Inside => format!("{facts}{comma}{}", words.attached),
        }
    }

    /// When an event takes place.
    #[must_use]
    pub fn when(&self, when: When) -> String {
        match when {
            When::Times(starts, ends) => self.language.time_span(starts, ends),
            When::Days(first, None) => self.language.date(first),
            When::Days(first, Some(last)) => {
                format!("{} – {}", self.language.date(first), self.language.date(last))
            }
        }
    }
}

/// The file that an issue's page on the web is, below the publication's URL.
#[must_use]
pub fn page(name: &str) -> String {
    format!("{name}.html")
}
