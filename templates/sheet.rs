//! A theme in, the style sheet of a letter out: what cannot be inline.

use std::fmt::Write as _;

use crate::templates::colour::Colour;
use crate::templates::css::Css;
use crate::templates::theme::{Faces, Scheme, Theme};

/// No word of a masthead or heading is larger than this on a telephone, in pixels.
const NARROW_SIZE_MAX: u32 = 28;

/// The style sheet: narrow screens, dark mode, and the dark mode of Outlook's apps, which mark what
/// they recolour with `data-ogsc` and `data-ogsb`. No at-rule stands inside another: Gmail would
/// drop the whole block.
pub(super) fn sheet(theme: &Theme) -> String {
    let mut sheet = ":root{color-scheme:light dark;}\n".to_owned();
    writeln!(sheet, "@media (max-width:{}px){{{}}}", theme.width - 1, narrow(theme))
        .expect("a string takes it");
    writeln!(
        sheet,
        "@media (prefers-color-scheme:dark){{\n{}}}",
        colours("", &theme.dark, true, true)
    )
    .expect("a string takes it");
    sheet += &colours("[data-ogsc] ", &theme.dark, false, true);
    sheet += &colours("[data-ogsb] ", &theme.dark, true, false);
    sheet += &theme.css.as_ref().map(Css::media).unwrap_or_default();
    sheet
}

/// Less space and smaller headings.
fn narrow(theme: &Theme) -> String {
    let side = theme.padding.min(20);
    let mut rules = format!(
        ".paper{{padding:{}px {side}px 16px!important;}}\n.band{{padding:16px {side}px!important;}}\n\
         .above{{padding:12px {side}px!important;}}\n.below{{padding:24px {side}px!important;}}",
        theme.padding.min(24)
    );
    let faces = &theme.faces;
    let headings =
        [("publication", faces.name), ("headline", faces.headline), ("heading", faces.heading)];
    for (class, size) in headings.into_iter().filter(|(_, size)| *size > NARROW_SIZE_MAX) {
        let size = NARROW_SIZE_MAX + (size - NARROW_SIZE_MAX) / 4;
        let line = Faces::lead(size);
        write!(rules, "\n.{class}{{font-size:{size}px!important;line-height:{line}px!important;}}")
            .expect("a string takes it");
    }
    rules
}

/// The colours of a scheme, for each class that has one.
fn colours(scope: &str, scheme: &Scheme, grounds: bool, inks: bool) -> String {
    let mut rules = String::new();
    let mut rule = |class: &str, property: &str, colour: Colour| {
        writeln!(rules, "{scope}.{class}{{{property}:{colour}!important;}}")
            .expect("a string takes it");
    };
    if grounds {
        rule("page", "background-color", scheme.page);
        rule("paper", "background-color", scheme.paper);
        rule("btn", "background-color", scheme.button);
        if let Some((band, _)) = scheme.band {
            rule("band", "background-color", band);
        }
    }
    if inks {
        rule("ink", "color", scheme.ink);
        rule("muted", "color", scheme.muted);
        rule("accent", "color", scheme.accent);
        rule("btn-ink", "color", scheme.button_text);
        if let Some((_, text)) = scheme.band {
            rule("band-ink", "color", text);
        }
        rule("line", "border-color", scheme.rule);
        rule("mark", "border-color", scheme.accent);
        rule("ink-line", "border-color", scheme.ink);
    }
    rules
}
