//! The sections of an issue in, its pictures and files and how they reach readers out.

use crate::compile::calendar;
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
