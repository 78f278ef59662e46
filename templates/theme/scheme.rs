//! The tables `[light]` and `[dark]` in, colours that can be read on one another out.

use std::ops::Range;

use crate::diagnostic::Code;
use crate::document::{Report, Table, Value};
use crate::templates::colour::{CONTRAST_MIN, Colour};

/// A set of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheme {
    /// Around the letter.
    pub page: Colour,
    /// The letter itself.
    pub paper: Colour,
    /// Running text.
    pub ink: Colour,
    /// Captions and the colophon.
    pub muted: Colour,
    /// Kickers and links.
    pub accent: Colour,
    /// Rules and frames.
    pub rule: Colour,
    /// Buttons.
    pub button: Colour,
    /// What stands on buttons.
    pub button_text: Colour,
    /// The masthead's ground and what stands on it, where it has one of its own.
    pub band: Option<(Colour, Colour)>,
}

/// A colour and where it stands in the file.
struct Written {
    name: &'static str,
    colour: Colour,
    span: Range<usize>,
}

/// Reads one scheme.
pub(super) fn read(mut table: Table<'_>, report: &Report) -> Option<Scheme> {
    let mut colour = |name: &'static str| {
        let value = table.require(name, "\"#1d2328\"")?;
        read_colour(name, value, report)
    };
    let [page, paper, ink, muted] = ["page", "paper", "text", "muted"].map(&mut colour);
    let [accent, rule, button, button_text] =
        ["accent", "rule", "button", "button_text"].map(&mut colour);
    let banded = table.has("band") || table.has("band_text");
    let [band, band_text] = ["band", "band_text"].map(|name| {
        let value = if banded { table.require(name, "\"#1d2328\"") } else { table.take(name) };
        read_colour(name, value?, report)
    });
    table.finish();
    check(&ink, &[&paper], report);
    check(&muted, &[&paper, &page], report);
    check(&accent, &[&paper, &page], report);
    check(&button_text, &[&button], report);
    check(&band_text, &[&band], report);
    let bare = |written: Option<Written>| written.map(|written| written.colour);
    Some(Scheme {
        page: page?.colour,
        paper: paper?.colour,
        ink: ink?.colour,
        muted: muted?.colour,
        accent: accent?.colour,
        rule: rule?.colour,
        button: button?.colour,
        button_text: button_text?.colour,
        band: bare(band).zip(bare(band_text)),
    })
}

fn read_colour(name: &'static str, value: Value<'_>, report: &Report) -> Option<Written> {
    let text = value.text()?;
    let Some(colour) = Colour::parse(&text.value) else {
        let message = format!("`{}` is not a colour", text.value);
        let diagnostic = report.at(Code::Colour, text.span, message);
        report.add(diagnostic.help("write it as `#rrggbb`, such as `#1d2328`"));
        return None;
    };
    Some(Written { name, colour, span: text.span })
}

/// Reports a text that cannot be read on one of the grounds that it stands on.
fn check(text: &Option<Written>, grounds: &[&Option<Written>], report: &Report) {
    let Some(text) = text else { return };
    let grounds: Vec<_> = grounds.iter().filter_map(|ground| ground.as_ref()).collect();
    let all: Vec<_> = grounds.iter().map(|ground| ground.colour).collect();
    for ground in grounds {
        if text.colour.can_be_read_on(ground.colour) {
            continue;
        }
        let (name, on) = (text.name, ground.name);
        let message = too_little(&format!("`{name}` on `{on}`"), text.colour, ground.colour);
        let diagnostic = report.at(Code::Colour, text.span.clone(), message);
        report.add(diagnostic.help(mend(text.colour, &all, ground.colour, on)));
    }
}

/// What is wrong with a text on a ground; `pair` names both.
pub(in crate::templates) fn too_little(pair: &str, text: Colour, ground: Colour) -> String {
    // Rounded down: 4.46 is not 4.5.
    let contrast = (text.contrast(ground) * 10.0).floor() / 10.0;
    format!(
        "{pair} has a contrast of {contrast:.1}:1, and {CONTRAST_MIN}:1 is the least that people can read"
    )
}

/// What to do about it: `ground` is the one that it is about, `all` are those that it stands on.
fn mend(text: Colour, all: &[Colour], ground: Colour, on: &str) -> String {
    let nearest = text.nearest_that_can_be_read_on(all);
    match nearest.or_else(|| text.nearest_that_can_be_read_on(&[ground])) {
        Some(nearest) => format!("write `{nearest}`, the nearest that passes, or change `{on}`"),
        None => format!("change `{on}`"),
    }
}

/// Reports a masthead that has a ground of its own in one scheme only.
pub(super) fn check_bands(
    light: (&Scheme, Range<usize>),
    dark: (&Scheme, Range<usize>),
    report: &Report,
) {
    let (without, span) = match (light.0.band, dark.0.band) {
        (Some(_), None) => ("dark", dark.1),
        (None, Some(_)) => ("light", light.1),
        _ => return,
    };
    let message = format!("`[{without}]` has no `band`, and the other scheme has one");
    let diagnostic = report.at(Code::MissingKey, span, message);
    report.add(diagnostic.help(format!("add `band` and `band_text` to `[{without}]`")));
}
