//! The table `[type]` in, fonts and sizes of a letter's words out.

use crate::diagnostic::Code;
use crate::document::{Report, Table, Value};

/// The fonts and sizes of a letter; sizes are in pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faces {
    /// The fonts of headings, as CSS has them.
    pub headings: String,
    /// The fonts of running text.
    pub text: String,
    /// The fonts of the masthead's lines, kickers, captions and buttons.
    pub labels: String,
    /// Running text.
    pub size: u32,
    /// From one line of running text to the next.
    pub line: u32,
    /// The publication's name in the masthead.
    pub name: u32,
    /// The headline.
    pub headline: u32,
    /// The sentence beneath it.
    pub deck: u32,
    /// The heading of a section.
    pub heading: u32,
    /// A heading inside a section.
    pub subhead: u32,
    /// Kickers, captions, the colophon.
    pub label: u32,
    /// The weight of the headline and of headings, as CSS has it.
    pub weight: &'static str,
    /// Whether kickers are set in capitals.
    pub capitals: bool,
}

/// No text is smaller.
const SIZE_MIN: i64 = 14;

/// The fonts that every machine has one of.
const SANS: &str = "Helvetica, Arial, sans-serif";

impl Faces {
    /// The `line-height` of a size that is not running text: tighter the larger it is.
    pub(in crate::templates) fn lead(size: u32) -> u32 {
        match size {
            0..18 => size * 13 / 9,
            18..24 => size * 27 / 20,
            _ => size * 6 / 5,
        }
    }
}

/// Reads the table, or says what holds without one.
pub(super) fn read(table: Option<Table<'_>>, report: &Report) -> Faces {
    let mut faces = Faces {
        headings: SANS.to_owned(),
        text: SANS.to_owned(),
        labels: SANS.to_owned(),
        size: 17,
        line: 27,
        name: 34,
        headline: 32,
        deck: 20,
        heading: 25,
        subhead: 19,
        label: 14,
        weight: "bold",
        capitals: true,
    };
    let Some(mut table) = table else { return faces };
    for (key, font) in [
        ("headings", &mut faces.headings),
        ("text", &mut faces.text),
        ("labels", &mut faces.labels),
    ] {
        if let Some(read) = table.take(key).and_then(|value| read_fonts(value, report)) {
            *font = read;
        }
    }
    for (key, most, size) in [
        ("size", 24, &mut faces.size),
        ("name", 60, &mut faces.name),
        ("headline", 60, &mut faces.headline),
        ("deck", 32, &mut faces.deck),
        ("heading", 40, &mut faces.heading),
        ("subhead", 32, &mut faces.subhead),
        ("label", 18, &mut faces.label),
    ] {
        let value = table.take(key).and_then(|value| value.integer(SIZE_MIN..most + 1));
        *size = value.and_then(|value| u32::try_from(value).ok()).unwrap_or(*size);
    }
    // A line of less than 1.3 of its size sticks to the next, and eyes lose their place.
    let line = table.take("line");
    let least = i64::from((faces.size * 13).div_ceil(10));
    let line = line.and_then(|value| value.integer(least..i64::from(faces.size) * 2 + 1));
    let line = line.and_then(|value| u32::try_from(value).ok());
    faces.line = line.unwrap_or((faces.size * 8).div_ceil(5).min(faces.size * 2));
    let weight = table.take("weight");
    let weight = weight.and_then(|value| value.one_of(&[("bold", "bold"), ("normal", "normal")]));
    faces.weight = weight.unwrap_or(faces.weight);
    let kickers = table.take("kickers");
    let kickers = kickers.and_then(|value| value.one_of(&[("capitals", true), ("plain", false)]));
    faces.capitals = kickers.unwrap_or(faces.capitals);
    table.finish();
    faces
}

/// Font names stand inside a quoted attribute, so that only what names need is let in.
fn read_fonts(value: Value<'_>, report: &Report) -> Option<String> {
    let text = value.text()?;
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | ',' | '-' | '\'');
    let closed = text.value.matches('\'').count() % 2 == 0;
    if !closed || !text.value.chars().all(plain) {
        let message = format!("`{}` is not a list of fonts", text.value);
        let diagnostic = report.at(Code::UnknownValue, text.span, message);
        report.add(
            diagnostic.help("write names with `,` between: `Georgia, 'Times New Roman', serif`"),
        );
        return None;
    }
    Some(text.value)
}
