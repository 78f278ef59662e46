//! The text of a theme.toml in, colours, type and width of a letter out.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Checked, Code, Source};
use crate::document::{Report, Table, Value};

/// How a letter looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// The width of the letter in pixels.
    pub width: u32,
    /// The fonts of headings, as CSS has them.
    pub headings: String,
    /// The fonts of running text.
    pub text: String,
    /// The fonts of the masthead, kickers, captions and buttons.
    pub labels: String,
    /// The colours by day.
    pub light: Scheme,
    /// The colours by night.
    pub dark: Scheme,
}

/// A set of colours, as `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// Around the letter.
    pub page: String,
    /// The letter itself.
    pub paper: String,
    /// Running text.
    pub ink: String,
    /// Captions and the colophon.
    pub muted: String,
    /// Kickers and links.
    pub accent: String,
    /// Rules.
    pub rule: String,
    /// Buttons.
    pub button: String,
    /// What stands on buttons.
    pub button_text: String,
}

/// The least contrast of a text with what it stands on (WCAG 2.2, success criterion 1.4.3).
const CONTRAST_MIN: f64 = 4.5;

impl Theme {
    /// The text of the theme that every publication begins with.
    pub const BROADSHEET: &'static str = include_str!("broadsheet/theme.toml");

    /// Reads a theme; all that is wrong is reported at once.
    #[must_use]
    pub fn parse(source: &Arc<Source>) -> Checked<Self> {
        let report = Report::new(Arc::clone(source));
        let theme = read(&report);
        Checked::new(theme, report.into_diagnostics())
    }
}

fn read(report: &Report) -> Option<Theme> {
    let mut root = report.parse().named("the theme");
    let width = root.take("width").and_then(|value| value.integer(320..1001));
    let fonts = root.take("type").and_then(|value| value.table("[type]", "[type]"));
    let (headings, text, labels) = fonts.map_or((None, None, None), |mut table| {
        let mut font = |key| table.take(key).and_then(|value| read_fonts(value, report));
        let fonts = (font("headings"), font("text"), font("labels"));
        table.finish();
        fonts
    });
    let light = root.require("light", "[light]");
    let light = light.and_then(|value| read_scheme(value.table("[light]", "[light]")?, report));
    let dark = root.require("dark", "[dark]");
    let dark = dark.and_then(|value| read_scheme(value.table("[dark]", "[dark]")?, report));
    root.finish();
    let sans = || "Helvetica, Arial, sans-serif".to_owned();
    Some(Theme {
        width: width.and_then(|width| u32::try_from(width).ok()).unwrap_or(600),
        headings: headings.unwrap_or_else(sans),
        text: text.unwrap_or_else(sans),
        labels: labels.unwrap_or_else(sans),
        light: light?,
        dark: dark?,
    })
}

/// Font names stand inside a quoted attribute, so that only what names need is let in.
fn read_fonts(value: Value<'_>, report: &Report) -> Option<String> {
    let text = value.text()?;
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | ',' | '-' | '\'');
    if !text.value.chars().all(plain) {
        let message = format!("`{}` is not a list of fonts", text.value);
        let diagnostic = report.at(Code::UnknownValue, text.span, message);
        report.add(
            diagnostic.help("write names with `,` between: `Georgia, 'Times New Roman', serif`"),
        );
        return None;
    }
    Some(text.value)
}

fn read_scheme(mut table: Table<'_>, report: &Report) -> Option<Scheme> {
    let mut colour = |key: &'static str| {
        let value = table.require(key, "\"#1d2328\"")?;
        read_colour(value, report)
    };
    let [page, paper, ink, muted] = ["page", "paper", "text", "muted"].map(&mut colour);
    let [accent, rule, button, button_text] =
        ["accent", "rule", "button", "button_text"].map(&mut colour);
    table.finish();
    let pairs = [
        ("text", &ink, "paper", &paper),
        ("muted", &muted, "paper", &paper),
        ("muted", &muted, "page", &page),
        ("accent", &accent, "paper", &paper),
        ("accent", &accent, "page", &page),
        ("button_text", &button_text, "button", &button),
    ];
    for (name, text, ground_name, ground) in pairs {
        if let (Some(text), Some(ground)) = (text, ground) {
            check_contrast((name, text), (ground_name, ground), report);
        }
    }
    Some(Scheme {
        page: page?.value,
        paper: paper?.value,
        ink: ink?.value,
        muted: muted?.value,
        accent: accent?.value,
        rule: rule?.value,
        button: button?.value,
        button_text: button_text?.value,
    })
}

struct Colour {
    value: String,
    span: Range<usize>,
}

fn read_colour(value: Value<'_>, report: &Report) -> Option<Colour> {
    let text = value.text()?;
    let digits = text.value.strip_prefix('#').unwrap_or_default();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        let message = format!("`{}` is not a colour", text.value);
        let diagnostic = report.at(Code::Colour, text.span, message);
        report.add(diagnostic.help("write it as `#rrggbb`, such as `#1d2328`"));
        return None;
    }
    Some(Colour { value: text.value.to_lowercase(), span: text.span })
}

fn check_contrast(text: (&str, &Colour), ground: (&str, &Colour), report: &Report) {
    let (light, dark) = (luminance(&text.1.value), luminance(&ground.1.value));
    let contrast = (light.max(dark) + 0.05) / (light.min(dark) + 0.05);
    if contrast < CONTRAST_MIN {
        // Rounded down: 4.46 is not 4.5.
        let contrast = (contrast * 10.0).floor() / 10.0;
        let message = format!(
            "`{}` on `{}` has a contrast of {contrast:.1}:1, and {CONTRAST_MIN}:1 is the least that people can read",
            text.0, ground.0
        );
        let diagnostic = report.at(Code::Colour, text.1.span.clone(), message);
        let help = if dark > light { "make it darker" } else { "make it lighter" };
        report.add(diagnostic.help(format!("{help}, or change `{}`", ground.0)));
    }
}

/// Relative luminance (WCAG 2.2, §Terms).
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = u8::from_str_radix(&colour[at..at + 2], 16).unwrap_or_default();
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}
