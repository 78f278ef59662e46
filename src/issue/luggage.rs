//! All sections of an issue in, what is wrong with their pictures and files taken together out.

use std::ops::Range;

use crate::diagnostic::Code;
use crate::document::Report;
use crate::issue::{Asset, Delivery, Part, Section};
use crate::language::Language;

/// What comes with a mail and makes it slow to send, in bytes.
const HEAVY: usize = 5_000_000;
/// What comes with a mail at most, in bytes: base64 in lines adds 37 %, and many servers take no
/// mail of more than 25 MB (SIZE, RFC 1870).
const WEIGHT_MAX: usize = 18_000_000;

/// A picture or file, and where it is named.
type Piece<'s> = (&'s Asset, Range<usize>);

/// Reports two files under one address, and more luggage than a mail carries.
pub(super) fn check(sections: &[Section], report: &Report) {
    let (mut linked, mut inside): (Vec<Piece<'_>>, Vec<Piece<'_>>) = (Vec::new(), Vec::new());
    for section in sections {
        section.for_each_part(&mut |part| {
            let (deliver, asset, span) = match part {
                Part::Image(image) => (image.deliver, &image.asset, &image.span),
                Part::File(file) => (file.deliver, &file.asset, &file.span),
                Part::Line(_) | Part::Url(..) | Part::Prose(_) | Part::Html(_) => return,
            };
            match deliver {
                Delivery::Link => linked.push((asset, span.0.clone())),
                Delivery::Inside => inside.push((asset, span.0.clone())),
            }
        });
    }
    check_places(&linked, report);
    check_weight(&inside, report);
}

/// One address holds one file: a picture that was resized, or the original to download.
fn check_places(linked: &[Piece<'_>], report: &Report) {
    for (at, (asset, span)) in linked.iter().enumerate() {
        let taken = |other: &Piece<'_>| other.0.path == asset.path && other.0 != *asset;
        if linked[..at].iter().any(taken) {
            let message = format!("`{}` is published already, as another file", asset.path);
            let diagnostic = report.at(Code::Picture, span.clone(), message);
            let help = "copy the file to another name: what is shown is resized, a link is not";
            report.add(diagnostic.help(help));
        }
    }
}

fn check_weight(inside: &[Piece<'_>], report: &Report) {
    let first = |at: &usize| !inside[..*at].iter().any(|(other, _)| *other == inside[*at].0);
    let inside: Vec<_> = (0..inside.len()).filter(first).map(|at| &inside[at]).collect();
    let weight: usize = inside.iter().map(|(asset, _)| asset.bytes.len()).sum();
    let largest = inside.iter().max_by_key(|(asset, _)| asset.bytes.len());
    let Some((_, span)) = largest.filter(|_| weight > HEAVY) else { return };
    let (code, why) = if weight > WEIGHT_MAX {
        (Code::Attachment, "many servers take no mail that large")
    } else {
        (Code::HeavyMail, "every reader downloads it")
    };
    let size = |bytes| Language::default().size(bytes);
    let (weight, encoded) = (size(weight), size(weight / 100 * 137));
    let message = format!("the mail carries {weight}, {encoded} as it is sent: {why}");
    let diagnostic = report.at(code, span.clone(), message).label("this is the largest part");
    report.add(diagnostic.help("link to it: remove `deliver`"));
}
