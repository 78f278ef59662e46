//! The published issues in, the page that lists them by year out.

use crate::compile::encode;
use crate::measure::Numbers;
use crate::templates::page;
use crate::templates::pages::{Index, Line, Shown, Year};
use crate::web::archive::{Entry, FEED, Site, facts, index_url};

pub(super) fn index(site: &Site<'_>) -> String {
    let Site { publication, theme, entries, views, .. } = site;
    let mut years: Vec<Year<'_>> = Vec::new();
    for entry in *entries {
        let year = entry.date().year();
        match years.last_mut().filter(|last| last.year == year) {
            Some(last) => last.lines.push(line(entry, *views)),
            None => years.push(Year { year, lines: vec![line(entry, *views)] }),
        }
    }
    let facts = facts::site(publication, index_url(publication));
    Index { publication, theme, facts, href: encode::path, feed: FEED, years: &years }.render()
}

fn line<'e>(entry: &'e Entry, views: Option<&Numbers>) -> Line<'e> {
    let language = entry.language();
    let number =
        entry.number.map(|number| language.words().number.replace("{number}", &number.to_string()));
    Line {
        page: page(&entry.name),
        title: &entry.title,
        deck: entry.deck.as_deref(),
        date: entry.date(),
        folio: entry.edition.clone().into_iter().chain(number).collect(),
        // Nobody is told that nobody has read it.
        views: views.map(|numbers| numbers.views(&entry.name)).filter(|views| *views > 0),
        picture: entry.picture.as_ref().map(|picture| Shown {
            url: picture.path.clone(),
            alt: &picture.alt,
            width: picture.width,
            height: picture.height,
        }),
        language,
    }
}
