//! The sections of an issue in, its pictures and files and how they reach readers out.

use crate::compile::calendar;
use crate::compile::draft::{Press, content_id, url_of};
use crate::config::Publication;
use crate::issue::{Asset, Delivery, Issue, Kind, Part, Section};

/// How the bytes of a picture or file reach readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carried {
    /// From the web.
    Linked,
    /// Inside the letter.
    Embedded,
    /// Beside it.
    Attached,
}

/// Every picture and file of some sections.
fn all(issue: &Issue, sections: &[&Section], publication: &Publication) -> Vec<(Asset, Carried)> {
    let carried = |deliver, inside| match deliver {
        Delivery::Link => Carried::Linked,
        Delivery::Inside => inside,
    };
    let mut assets = Vec::new();
    for section in sections {
        section.for_each_part(&mut |part| match part {
            Part::Image(image) => {
                assets.push((image.asset.clone(), carried(image.deliver, Carried::Embedded)));
            }
            Part::File(file) => {
                assets.push((file.asset.clone(), carried(file.deliver, Carried::Attached)));
            }
            Part::Line(_) | Part::Url(..) | Part::Prose(_) | Part::Html(_) => {}
        });
        if let Kind::Events(events) = &section.kind
            && let Some(deliver) = events.calendar
        {
            let file = calendar::file(issue, section.number, events, publication);
            assets.push((file, carried(deliver, Carried::Attached)));
        }
    }
    assets
}

/// The pictures and files of some sections that reach readers in one way, each once.
pub(super) fn of(
    issue: &Issue,
    sections: &[&Section],
    publication: &Publication,
    way: Carried,
) -> Vec<Asset> {
    let mut assets = Vec::new();
    for (asset, carried) in all(issue, sections, publication) {
        if carried == way && !assets.contains(&asset) {
            assets.push(asset);
        }
    }
    assets
}

/// The pictures and files that letters point to, those of sections for some readers too: whoever
/// gets the section has to be able to fetch them.
#[must_use]
pub fn hosted(issue: &Issue, publication: &Publication) -> Vec<Asset> {
    let sections: Vec<_> = issue.sections.iter().collect();
    of(issue, &sections, publication, Carried::Linked)
}

/// Every picture and file of an issue's letters, those of its theme too, by the address that
/// letters have for it: on the web, or inside the mail.
#[must_use]
pub fn addressed(issue: &Issue, press: &Press<'_>) -> Vec<(String, Asset)> {
    let sections: Vec<_> = issue.sections.iter().collect();
    let url_of = |asset: &Asset| url_of(press.publication, &asset.path);
    let theirs = press.theme.assets().map(|asset| (url_of(asset), asset.clone()));
    let address = |(asset, carried): (Asset, Carried)| match carried {
        Carried::Linked => (url_of(&asset), asset),
        Carried::Embedded | Carried::Attached => {
            (format!("cid:{}", content_id(&asset, &press.publication.list_id)), asset)
        }
    };
    theirs.chain(all(issue, &sections, press.publication).into_iter().map(address)).collect()
}
