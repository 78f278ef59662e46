//! The newest issues and what they say in, the feed out.

use crate::templates::pages::{Feed, Item};
use crate::web::archive::{FEED_MAX, Site, entry, feed_url, index_url};

pub(super) fn feed(site: &Site<'_>) -> String {
    let Site { publication, entries, contents, .. } = site;
    let zone = &publication.time_zone;
    let languages: Vec<_> = entries.iter().take(FEED_MAX).map(|entry| entry.language()).collect();
    let items = entries.iter().zip(&languages).zip(*contents);
    let items: Vec<_> = items
        .map(|((entry, language), content)| Item {
            title: &entry.title,
            url: entry.url(publication),
            published: entry.published(zone),
            author: entry.byline.as_deref().unwrap_or(&publication.name),
            summary: entry.summary.as_deref(),
            language: language.tag(),
            content,
        })
        .collect();
    let newest = entries.first().map(|entry| entry.published(zone));
    let feed = Feed {
        title: &publication.name,
        subtitle: publication.tagline.as_deref(),
        language: publication.language.tag(),
        own: &feed_url(publication),
        index: &index_url(publication),
        // A feed has to have a time also while it has nothing else.
        updated: &newest.unwrap_or_else(|| entry::moment(0, zone)),
        items: &items,
    };
    feed.render()
}
