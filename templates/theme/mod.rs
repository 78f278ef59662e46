//! The files of a theme in, colours, type, rules and logo of a letter out.

mod faces;
mod logo;
mod rules;
mod scheme;

use std::sync::Arc;

use crate::diagnostic::{Checked, Code, Source};
use crate::document::{Report, Value};
use crate::issue::{Asset, Folder};
use crate::templates::css::Css;
use crate::templates::layout::Layout;
use crate::templates::sheet::sheet;

pub use faces::Faces;
pub use logo::{Logo, Picture};
pub use rules::{Line, LineColour, Rules};
pub use scheme::Scheme;
pub(super) use scheme::too_little;

/// How a letter looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// The width of the letter in pixels.
    pub width: u32,
    /// What is free at both sides of the text, in pixels.
    pub padding: u32,
    /// The radius of the corners of buttons, frames and pictures, in pixels.
    pub corner: u32,
    /// What is free above a section, in pixels.
    pub gap: u32,
    /// Whether the masthead stands in the middle, not at the start of the line.
    pub centred: bool,
    /// Fonts and sizes.
    pub faces: Faces,
    /// Rules, and where they stand.
    pub rules: Rules,
    /// Where the plain text has its links.
    pub text_links: TextLinks,
    /// The picture in the masthead.
    pub logo: Option<Logo>,
    /// The colours by day.
    pub light: Scheme,
    /// The colours by night.
    pub dark: Scheme,
    /// What the theme's style sheet adds.
    pub css: Option<Css>,
    /// What stands around the parts of a letter, where it is not the usual.
    pub layout: Option<Layout>,
}

/// Where the plain text of a letter has the URLs of its links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextLinks {
    /// Behind the words.
    Inline,
    /// In notes beneath the section, with `[1]` behind the words.
    Notes,
}

/// The text of a theme's files, as they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThemeFiles {
    /// `theme.toml`.
    pub settings: Arc<Source>,
    /// `style.css`, if there is one.
    pub style: Option<Arc<Source>>,
    /// `layout.html` or `layout.mjml`, if there is one.
    pub layout: Option<Arc<Source>>,
}

impl ThemeFiles {
    /// The texts of all files, in a fixed order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        [Some(&self.settings), self.style.as_ref(), self.layout.as_ref()]
            .into_iter()
            .flatten()
            .map(|source| source.text.as_str())
    }
}

/// The themes that need no files: the name of each and its `theme.toml`.
const BUILT_IN: [(&str, &str); 3] = [
    ("broadsheet", include_str!("../broadsheet/theme.toml")),
    ("bulletin", include_str!("../bulletin/theme.toml")),
    ("wire", include_str!("../wire/theme.toml")),
];

impl Theme {
    /// The theme that a publication has when it names none.
    pub const DEFAULT: &'static str = "broadsheet";

    /// The names of the themes that need no files.
    #[must_use]
    pub fn names() -> [&'static str; 3] {
        BUILT_IN.map(|(name, _)| name)
    }

    /// The `theme.toml` of a theme that needs no files.
    #[must_use]
    pub fn built_in(name: &str) -> Option<&'static str> {
        BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
    }

    /// Reads a theme, and the logo that it names from the publication's folder; all that is wrong
    /// is reported at once.
    #[must_use]
    pub fn parse(files: &ThemeFiles, folder: &Folder) -> Checked<Self> {
        let report = Report::new(Arc::clone(&files.settings));
        let mut theme = read(&report, folder);
        let mut diagnostics = report.into_diagnostics();
        if let Some(style) = &files.style {
            let report = Report::new(Arc::clone(style));
            let css = Css::parse(&report);
            if let Some(theme) = &mut theme {
                css.check_contrast(&theme.light, &theme.dark, &report);
                theme.css = Some(css);
                check_budget(theme, &report);
            }
            diagnostics.extend(report.into_diagnostics());
        }
        if let Some(layout) = &files.layout {
            let report = Report::new(Arc::clone(layout));
            let layout = Layout::parse(&report);
            if let Some(theme) = &mut theme {
                theme.layout = layout;
                check_budget(theme, &report);
            }
            diagnostics.extend(report.into_diagnostics());
        }
        Checked::new(theme, diagnostics)
    }

    /// How wide the text is, in pixels.
    #[must_use]
    pub fn column(&self) -> u32 {
        self.width - 2 * self.padding
    }

    /// The pictures that mails in this look point to.
    pub fn assets(&self) -> impl Iterator<Item = &Asset> {
        let pictures = self.logo.iter().flat_map(|logo| [Some(&logo.picture), logo.dark.as_ref()]);
        pictures.flatten().map(|picture| &picture.asset)
    }
}

fn read(report: &Report, folder: &Folder) -> Option<Theme> {
    let mut root = report.parse().named("the theme");
    let mut pixels = |key: &'static str, bounds: std::ops::Range<i64>, otherwise: u32| {
        let value = root.take(key).and_then(|value| value.integer(bounds));
        value.and_then(|value| u32::try_from(value).ok()).unwrap_or(otherwise)
    };
    let width = pixels("width", 320..701, 600);
    let padding = pixels("padding", 16..65, 32);
    let corner = pixels("corner", 0..25, 4);
    let gap = pixels("gap", 12..65, 28);
    let masthead = root.take("masthead");
    let centred = masthead.and_then(|value| value.one_of(&[("left", false), ("centre", true)]));
    let faces = root.take("type").map(|value| value.table("[type]", "[type]"));
    let faces = faces::read(faces.flatten(), report);
    let rules = root.take("rules").map(|value| value.table("[rules]", "[rules]"));
    let rules = rules::read(rules.flatten(), report);
    let text = root.take("text").and_then(|value| value.table("[text]", "[text]"));
    let text_links = text.and_then(|mut table| {
        let links = table.take("links").and_then(read_links);
        table.finish();
        links
    });
    let light =
        root.require("light", "[light]").and_then(|value| value.table("[light]", "[light]"));
    let dark = root.require("dark", "[dark]").and_then(|value| value.table("[dark]", "[dark]"));
    let spans = [&light, &dark].map(|table| table.as_ref().map(|table| table.span()));
    let [light, dark] =
        [light, dark].map(|table| table.and_then(|table| scheme::read(table, report)));
    let logo = root.take("logo").and_then(|value| {
        let table = value.table("[logo]", "[logo]")?;
        logo::read(table, width - 2 * padding, &logo::Context { report, folder })
    });
    root.finish();
    if let (Some(light), Some(dark), [Some(by_day), Some(by_night)]) = (&light, &dark, spans) {
        scheme::check_bands((light, by_day), (dark, by_night), report);
    }
    Some(Theme {
        width,
        padding,
        corner,
        gap,
        centred: centred.unwrap_or(false),
        faces,
        rules,
        text_links: text_links.unwrap_or(TextLinks::Notes),
        logo,
        light: light?,
        dark: dark?,
        css: None,
        layout: None,
    })
}

/// How long a style sheet is before some programs drop it, in characters: Gmail's old limit, and
/// its present one.
pub const BUDGET: (usize, usize) = (8_192, 16_384);

fn check_budget(theme: &Theme, report: &Report) {
    let own = theme.layout.as_ref().map_or(0, |layout| layout.styles);
    let length = sheet(theme).chars().count() + own;
    let (code, limit) = match length {
        _ if length > BUDGET.1 => (Code::Style, BUDGET.1),
        _ if length > BUDGET.0 => (Code::StyleBudget, BUDGET.0),
        _ => return,
    };
    let message = format!(
        "the letter's style sheet has {length} characters, and past {limit} Gmail may drop all of it"
    );
    let diagnostic = report.at(code, 0..0, message);
    report.add(diagnostic.help("shorten the `@media` blocks: what is outside them is inline"));
}

fn read_links(value: Value<'_>) -> Option<TextLinks> {
    value.one_of(&[("notes", TextLinks::Notes), ("inline", TextLinks::Inline)])
}
