//! The published issues in, what search engines are told of their pages out.

use crate::compile::url_of;
use crate::config::Publication;
use crate::templates::pages::{self, Place};
use crate::web::archive::{SITEMAP, Site, index_url};

/// Every page with the time of its last change, the list first.
pub(super) fn sitemap(site: &Site<'_>) -> String {
    let Site { publication, entries, .. } = site;
    let changed = |entry: &crate::web::archive::Entry| entry.published(&publication.time_zone);
    let index = Place { url: index_url(publication), changed: entries.first().map(changed) };
    let issues = entries
        .iter()
        .map(|entry| Place { url: entry.url(publication), changed: Some(changed(entry)) });
    pages::sitemap(&std::iter::once(index).chain(issues).collect::<Vec<_>>())
}

/// Everything may be read, and there is a list of it.
pub(super) fn robots(publication: &Publication) -> String {
    format!("User-agent: *\nAllow: /\n\nSitemap: {}\n", url_of(publication, SITEMAP))
}
