//! A theme in, inline styles and the style sheet of a letter out.
//!
//! Everything that matters is inline: some programs drop the style sheet, and none adds one. The
//! sheet holds what cannot be inline: narrow screens and the dark.

use crate::templates::theme::{Scheme, Theme};

/// The inline styles of a letter's parts, ready to be put into `style` attributes.
pub(super) struct Style {
    /// The side where lines start, and the one where they end.
    pub(super) start: &'static str,
    pub(super) end: &'static str,
    pub(super) page: String,
    pub(super) paper: String,
    pub(super) preheader: String,
    pub(super) publication: String,
    pub(super) tagline: String,
    pub(super) folio: String,
    pub(super) headline: String,
    pub(super) deck: String,
    pub(super) byline: String,
    pub(super) kicker: String,
    pub(super) heading: String,
    pub(super) subhead: String,
    pub(super) paragraph: String,
    pub(super) list: String,
    pub(super) point: String,
    pub(super) quote: String,
    pub(super) pull_quote: String,
    pub(super) attribution: String,
    pub(super) code: String,
    pub(super) rule: String,
    pub(super) data_table: String,
    pub(super) head_cell: String,
    pub(super) cell: String,
    pub(super) figure_cell: String,
    pub(super) figure: String,
    pub(super) figure_label: String,
    pub(super) when: String,
    pub(super) frame: String,
    pub(super) caption: String,
    pub(super) link: String,
    pub(super) button_cell: String,
    pub(super) button: String,
    pub(super) colophon: String,
    pub(super) colophon_link: String,
}

impl Style {
    /// `direction` is that of the letter's script, `ltr` or `rtl`.
    pub(super) fn new(theme: &Theme, direction: &str) -> Self {
        let (start, end) = if direction == "rtl" { ("right", "left") } else { ("left", "right") };
        let Theme { headings, text, labels, light, .. } = theme;
        let Scheme { page, paper, ink, muted, accent, rule, button, button_text } = light;
        let serif = |size: u32, line: u32, margin: &str, weight: &str, colour: &str| {
            format!(
                "margin:{margin};font-family:{headings};font-size:{size}px;line-height:{line}px;font-weight:{weight};color:{colour};"
            )
        };
        let label = |size: u32, line: u32, margin: &str, colour: &str| {
            format!(
                "margin:{margin};font-family:{labels};font-size:{size}px;line-height:{line}px;color:{colour};"
            )
        };
        let running = |margin: &str, colour: &str| {
            format!(
                "margin:{margin};font-family:{text};font-size:17px;line-height:27px;color:{colour};"
            )
        };
        let caps = "font-weight:bold;letter-spacing:1px;text-transform:uppercase;";
        Self {
            start,
            end,
            data_table: "width:100%;margin:0 0 20px;border-collapse:collapse;".to_owned(),
            head_cell: cell(theme, 14) + "font-weight:bold;",
            cell: cell(theme, 15),
            figure_cell: format!("padding:12px 8px 12px 0;border-bottom:1px solid {rule};"),
            figure: serif(30, 34, "0", "bold", accent),
            figure_label: running("2px 0 0", ink),
            when: label(14, 21, "0 0 8px", muted),
            frame: format!("padding:20px 20px 4px;border:1px solid {rule};"),
            page: format!(
                "margin:0;padding:0;width:100%;background-color:{page};word-spacing:normal;"
            ),
            paper: format!("padding:32px 32px 24px;background-color:{paper};"),
            preheader: label(14, 20, "0", muted),
            publication: serif(34, 40, "0", "bold", ink),
            tagline: label(14, 20, "4px 0 0", muted),
            folio: label(14, 20, "12px 0 0", muted),
            headline: serif(32, 38, "28px 0 0", "bold", ink),
            deck: serif(20, 28, "8px 0 0", "normal", muted),
            byline: label(14, 21, "16px 0 0", muted),
            kicker: label(14, 18, "0 0 6px", accent) + caps,
            heading: serif(25, 31, "0 0 12px", "bold", ink),
            subhead: serif(19, 26, "24px 0 8px", "bold", ink),
            paragraph: running("0 0 16px", ink),
            list: format!(
                "margin:0 0 16px;padding:{};font-family:{text};color:{ink};",
                indent(direction, 24)
            ),
            point: format!(
                "margin:0 0 8px;font-family:{text};font-size:17px;line-height:27px;color:{ink};"
            ),
            quote: format!(
                "margin:0 0 16px;padding:{};border-{start}:3px solid {accent};",
                indent(direction, 16)
            ),
            pull_quote: serif(23, 32, "0 0 12px", "normal", ink) + "font-style:italic;",
            attribution: label(14, 20, "0", muted),
            code: format!(
                "margin:0 0 16px;padding:12px;border:1px solid {rule};font-family:Consolas,Menlo,monospace;font-size:14px;line-height:20px;color:{ink};white-space:pre-wrap;"
            ),
            rule: format!(
                "margin:0;border:0;border-top:1px solid {rule};height:0;font-size:0;line-height:0;"
            ),
            caption: label(14, 20, "8px 0 0", muted),
            link: format!("color:{accent};text-decoration:underline;"),
            button_cell: format!("border-radius:4px;background-color:{button};"),
            button: format!(
                "display:inline-block;padding:13px 24px;font-family:{labels};font-size:16px;line-height:20px;font-weight:bold;color:{button_text};text-decoration:none;border-radius:4px;"
            ),
            colophon: label(14, 21, "0 0 12px", muted),
            colophon_link: format!("color:{accent};text-decoration:underline;"),
        }
    }
}

/// A padding on the side where lines start.
fn indent(direction: &str, by: u32) -> String {
    match direction {
        "rtl" => format!("0 {by}px 0 0"),
        _ => format!("0 0 0 {by}px"),
    }
}

/// A cell of a table of data.
fn cell(theme: &Theme, size: u32) -> String {
    let Theme { labels, light: Scheme { rule, ink, .. }, .. } = theme;
    format!(
        "padding:8px 8px 8px 0;border-bottom:1px solid {rule};font-family:{labels};font-size:{size}px;line-height:22px;color:{ink};"
    )
}

/// The style sheet: narrow screens, dark mode, and the dark mode of Outlook's apps, which mark what
/// they recolour with `data-ogsc` and `data-ogsb`. No at-rule stands inside another: Gmail would
/// drop the whole block.
pub(super) fn sheet(theme: &Theme) -> String {
    let narrow = theme.width - 1;
    let colours = |scope: &str, scheme: &Scheme, grounds: bool, inks: bool| {
        let mut rules = String::new();
        let mut rule = |class: &str, property: &str, colour: &str| {
            rules.extend([scope, ".", class, "{", property, ":", colour, "!important;}\n"]);
        };
        if grounds {
            rule("page", "background-color", &scheme.page);
            rule("paper", "background-color", &scheme.paper);
            rule("btn", "background-color", &scheme.button);
        }
        if inks {
            rule("ink", "color", &scheme.ink);
            rule("muted", "color", &scheme.muted);
            rule("accent", "color", &scheme.accent);
            rule("btn-ink", "color", &scheme.button_text);
            rule("line", "border-color", &scheme.rule);
            rule("mark", "border-color", &scheme.accent);
        }
        rules
    };
    let dark = &theme.dark;
    format!(
        ":root{{color-scheme:light dark;}}\n\
         @media (max-width:{narrow}px){{.paper{{padding:24px 20px 16px!important;}}\n\
         .headline{{font-size:28px!important;line-height:34px!important;}}}}\n\
         @media (prefers-color-scheme:dark){{\n{}}}\n{}{}",
        colours("", dark, true, true),
        colours("[data-ogsc] ", dark, false, true),
        colours("[data-ogsb] ", dark, true, false),
    )
}
