//! What is known of each published issue in, the files of the site around their pages out.
//!
//! 1. [`Entry`] is what the site knows of an issue: little enough to be kept until the next build.
//! 2. [`facts()`] is what an issue's page tells machines.
//! 3. [`files`] are the list, the feed, the sitemap and what robots read.

mod entry;
mod facts;
mod feed;
mod index;
mod robots;

use std::collections::BTreeMap;

use crate::compile::url_of;
use crate::config::Publication;
use crate::measure::Numbers;
use crate::templates::Theme;

pub use entry::{Closed, Entry, Picture};
pub use facts::facts;

/// The file of the list.
pub const INDEX: &str = "index.html";
/// The file of the feed.
pub const FEED: &str = "feed.xml";
/// The file that tells search engines of the pages.
pub const SITEMAP: &str = "sitemap.xml";
/// The file that tells robots where that is.
pub const ROBOTS: &str = "robots.txt";

/// How many issues the feed has.
pub const FEED_MAX: usize = 20;

/// What the site is made from.
#[derive(Debug)]
pub struct Site<'s> {
    /// The publication.
    pub publication: &'s Publication,
    /// How it looks.
    pub theme: &'s Theme,
    /// Its published issues, the newest first.
    pub entries: &'s [Entry],
    /// What the newest [`FEED_MAX`] of them say, as HTML, in the same order.
    pub contents: &'s [String],
    /// How often each was read, where that is counted.
    pub views: Option<&'s Numbers>,
}

/// The URL of the list: the folder that it is in.
#[must_use]
pub fn index_url(publication: &Publication) -> String {
    format!("{}/", publication.url)
}

/// The URL of the feed.
#[must_use]
pub fn feed_url(publication: &Publication) -> String {
    url_of(publication, FEED)
}

/// The files of the site by their paths; the pages of issues are not among them.
#[must_use]
pub fn files(site: &Site<'_>) -> BTreeMap<String, Vec<u8>> {
    let files = [
        (INDEX, index::index(site)),
        (FEED, feed::feed(site)),
        (SITEMAP, robots::sitemap(site)),
        (ROBOTS, robots::robots(site.publication)),
    ];
    files.map(|(path, text)| (path.to_owned(), text.into_bytes())).into()
}
