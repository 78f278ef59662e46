//! Visits and letters in, the numbers that are kept of them out.

mod file;
mod redirect;
mod served;
mod shown;
mod view;

use newsletter::markup::tags;

use crate::support::publication::Publication;

/// The sample with lines of `[measure]` beneath its settings.
pub(crate) fn counting(settings: &str) -> Publication {
    let publication = Publication::sample();
    let old = publication.read("newsletter.toml");
    publication.write("newsletter.toml", &format!("{old}\n[measure]\n{settings}\n"));
    publication
}

/// The links of a letter, in its order.
pub(crate) fn links(html: &str) -> Vec<String> {
    let tags = tags(html).into_iter().filter(|tag| tag.name == "a");
    tags.filter_map(|tag| tag.attribute("href").map(str::to_owned)).collect()
}
