//! A theme in, the inline style of each part of a letter out.
//!
//! Everything that matters is inline: some programs drop the style sheet, and none adds one. What
//! cannot be inline is in `sheet`.

use crate::templates::colour::Colour;
use crate::templates::theme::{Faces, LineColour, Scheme, Theme};

/// Declares every part once: what it is, the colours of its words and of its ground, its style.
///
/// The element that has the style has the class of the same name, with `-` for `_`: it is what
/// `style.css` and the style sheet know the part by.
macro_rules! parts {
    (|$look:ident| $($(#[doc = $doc:literal])+ $name:ident: $ink:ident on $ground:ident = $style:expr;)+) => {
        /// The inline styles of a letter's parts, ready to be put into `style` attributes.
        #[derive(Debug)]
        pub(super) struct Style {
            /// The side where lines begin.
            pub(super) start: &'static str,
            /// The side where they end.
            pub(super) end: &'static str,
            $($(#[doc = $doc])+ pub(super) $name: String),+
        }

        /// Every part, in the order in which they are declared.
        pub(super) const PARTS: &[Part] = &[$(Part {
            name: stringify!($name),
            ink: Ink::$ink,
            ground: Ground::$ground,
        }),+];

        impl Style {
            /// `direction` is that of the letter's script, `ltr` or `rtl`.
            pub(super) fn new(theme: &Theme, direction: &str) -> Self {
                let $look = &Look::new(theme, direction);
                let css = |part: &str| theme.css.as_ref().map(|css| css.inline(part));
                let own = |name: &str| css(&name.replace('_', "-")).unwrap_or_default();
                let end = if $look.start == "left" { "right" } else { "left" };
                Self { start: $look.start, end, $($name: $style + &own(stringify!($name))),+ }
            }
        }
    };
}

/// A part of a letter, as style sheets know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    /// Its name, with `_`.
    pub(super) name: &'static str,
    /// The colour of its words.
    pub(super) ink: Ink,
    /// What it stands on.
    pub(super) ground: Ground,
}

impl Part {
    /// The class of the element that has the style.
    pub(super) fn class(self) -> String {
        self.name.replace('_', "-")
    }
}

/// The colours that words have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Text,
    Muted,
    Accent,
    Button,
    /// No words of its own.
    None,
}

/// The colours that words stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    Page,
    Paper,
    Button,
    /// The band, or the paper where the masthead has none.
    Masthead,
}

parts! { |look|
    /// The whole window, around the letter.
    page: Text on Page = format!(
        "margin:0;padding:0;width:100%;background-color:{};word-spacing:normal;",
        look.colours.page
    );
    /// The letter.
    paper: Text on Paper = look.paper();
    /// Above the letter.
    above: Muted on Page = format!("padding:12px {}px;", look.theme.padding);
    /// Below it.
    below: Muted on Page = format!("padding:24px {}px 32px;", look.theme.padding);
    /// The masthead's ground, where it has one of its own.
    band: Text on Masthead = look.band();
    /// The line above the letter.
    preheader: Muted on Page = look.label("0", look.colours.muted);
    /// The picture in the masthead.
    logo: None on Masthead = look.logo();
    /// The publication's name.
    publication: Text on Masthead = look.publication();
    /// The line beneath it.
    tagline: Muted on Masthead = look.masthead_line("4px 0 0");
    /// The line with number and date.
    folio: Muted on Masthead = look.masthead_line("12px 0 0");
    /// The line beneath the masthead.
    masthead_rule: None on Paper = look.masthead_rule();
    /// Who brings it.
    byline: Muted on Paper = look.label("16px 0 0", look.colours.muted);
    /// The title.
    headline: Text on Paper = look.heading(look.theme.faces.headline, "24px 0 0");
    /// The sentence beneath it.
    deck: Muted on Paper =
        look.display(look.theme.faces.deck, "8px 0 0", "font-weight:normal;", look.colours.muted);
    /// The space above a section.
    section: Text on Paper = format!("padding:{}px 0 0;", look.theme.gap);
    /// The words above a section's heading.
    kicker: Accent on Paper = look.kicker();
    /// A section's heading.
    heading: Text on Paper = look.heading(look.theme.faces.heading, "0 0 12px");
    /// A heading inside a section.
    subhead: Text on Paper = look.heading(look.theme.faces.subhead, "24px 0 8px");
    /// A paragraph.
    paragraph: Text on Paper = look.running("0 0 16px");
    /// A list.
    list: Text on Paper = format!(
        "margin:0 0 16px;padding:{};font-family:{};color:{};",
        look.indent(24), look.theme.faces.text, look.colours.ink
    );
    /// A point of a list.
    point: Text on Paper = look.running("0 0 8px");
    /// A quotation.
    quote: Text on Paper = format!(
        "margin:0 0 16px;padding:{};border-{}:3px solid {};",
        look.indent(16), look.start, look.colours.accent
    );
    /// A quotation set apart.
    pull_quote: Text on Paper = look.display(
        look.theme.faces.heading - 2, "0 0 12px", "font-style:italic;", look.colours.ink
    );
    /// Who said it.
    attribution: Muted on Paper = look.label("0", look.colours.muted);
    /// Lines as a machine writes them.
    code: Text on Paper = format!(
        "margin:0 0 16px;padding:12px;border:1px solid {};{}font-family:{MONO};font-size:14px;line-height:20px;color:{};white-space:pre-wrap;",
        look.colours.rule, look.corner(), look.colours.ink
    );
    /// Words as a machine writes them.
    inline_code: Text on Paper = format!(
        "font-family:{MONO};font-size:{}px;", look.theme.faces.size.max(16) - 2
    );
    /// A rule in a text or between sections.
    rule: None on Paper = Look::line("solid", 1, look.colours.rule);
    /// A picture.
    picture: None on Paper = format!("display:block;height:auto;border:0;{}", look.corner());
    /// The words beneath it.
    caption: Muted on Paper = look.label("8px 0 0", look.colours.muted);
    /// A link in a text.
    link: Accent on Paper = format!("color:{};text-decoration:underline;", look.colours.accent);
    /// The ground of a button.
    button_cell: Button on Button = format!(
        "{}background-color:{};", look.corner(), look.colours.button
    );
    /// What it says.
    button: Button on Button = format!(
        "display:inline-block;padding:13px 24px;font-family:{};font-size:16px;line-height:20px;font-weight:bold;color:{};text-decoration:none;{}",
        look.theme.faces.labels, look.colours.button_text, look.corner()
    );
    /// The frame around a file.
    file: Muted on Paper = look.frame("12px 16px");
    /// The frame around what somebody paid for.
    frame: Text on Paper = look.frame("20px 20px 4px");
    /// A table of data.
    data_table: Text on Paper = "width:100%;margin:0 0 20px;border-collapse:collapse;".to_owned();
    /// A cell at the head of one.
    head_cell: Text on Paper = look.cell("14px") + "font-weight:bold;";
    /// Another cell.
    cell: Text on Paper = look.cell("15px");
    /// A cell with a number or with what it counts.
    figure_cell: Text on Paper = format!(
        "padding:12px 8px 12px 0;border-bottom:1px solid {};", look.colours.rule
    );
    /// A number that counts something.
    figure: Accent on Paper = look.figure();
    /// What it counts.
    figure_label: Text on Paper = look.running("2px 0 0");
    /// When and where an event is.
    when: Muted on Paper = look.label("0 0 8px", look.colours.muted);
    /// The lines beneath the letter.
    colophon: Muted on Page = look.label("0 0 12px", look.colours.muted);
    /// A link in them.
    colophon_link: Accent on Page = format!(
        "color:{};text-decoration:underline;", look.colours.accent
    );
}

const MONO: &str = "Consolas,Menlo,monospace";

/// What styles are made from.
struct Look<'t> {
    theme: &'t Theme,
    /// The colours by day: those by night are in the style sheet.
    colours: &'t Scheme,
    /// Where a line of the letter's script begins.
    start: &'static str,
}

impl<'t> Look<'t> {
    fn new(theme: &'t Theme, direction: &str) -> Self {
        let start = if direction == "rtl" { "right" } else { "left" };
        Self { theme, colours: &theme.light, start }
    }

    fn indent(&self, by: u32) -> String {
        match self.start {
            "right" => format!("0 {by}px 0 0"),
            _ => format!("0 0 0 {by}px"),
        }
    }

    fn corner(&self) -> String {
        match self.theme.corner {
            0 => String::new(),
            corner => format!("border-radius:{corner}px;"),
        }
    }

    fn frame(&self, padding: &str) -> String {
        let (rule, corner) = (self.colours.rule, self.corner());
        format!("padding:{padding};border:1px solid {rule};{corner}")
    }

    fn cell(&self, size: &str) -> String {
        let (rule, ink, labels) = (self.colours.rule, self.colours.ink, &self.theme.faces.labels);
        format!(
            "padding:8px 8px 8px 0;border-bottom:1px solid {rule};font-family:{labels};font-size:{size};line-height:22px;color:{ink};"
        )
    }

    fn figure(&self) -> String {
        let (size, accent) = (self.theme.faces.heading + 5, self.colours.accent);
        let (fonts, line) = (&self.theme.faces.headings, Faces::lead(size));
        format!(
            "margin:0;font-family:{fonts};font-size:{size}px;line-height:{line}px;font-weight:bold;color:{accent};"
        )
    }

    fn heading(&self, size: u32, margin: &str) -> String {
        let faces = &self.theme.faces;
        format!(
            "margin:{margin};font-family:{};font-size:{size}px;line-height:{}px;font-weight:{};color:{};",
            faces.headings,
            Faces::lead(size),
            faces.weight,
            self.colours.ink
        )
    }

    /// Words in the fonts of headings that are none, with room between their lines.
    fn display(&self, size: u32, margin: &str, extra: &str, colour: Colour) -> String {
        let (fonts, line) = (&self.theme.faces.headings, size * 7 / 5);
        format!(
            "margin:{margin};font-family:{fonts};font-size:{size}px;line-height:{line}px;{extra}color:{colour};"
        )
    }

    fn label(&self, margin: &str, colour: Colour) -> String {
        let (fonts, size) = (&self.theme.faces.labels, self.theme.faces.label);
        let line = Faces::lead(size);
        format!(
            "margin:{margin};font-family:{fonts};font-size:{size}px;line-height:{line}px;color:{colour};"
        )
    }

    fn running(&self, margin: &str) -> String {
        let faces = &self.theme.faces;
        format!(
            "margin:{margin};font-family:{};font-size:{}px;line-height:{}px;color:{};",
            faces.text, faces.size, faces.line, self.colours.ink
        )
    }

    fn kicker(&self) -> String {
        let caps = match self.theme.faces.capitals {
            true => "letter-spacing:1px;text-transform:uppercase;",
            false => "",
        };
        self.label("0 0 6px", self.colours.accent) + "font-weight:bold;" + caps
    }

    fn line(style: &str, thickness: u32, colour: Colour) -> String {
        format!(
            "margin:0;border:0;border-top:{thickness}px {style} {colour};height:0;font-size:0;line-height:0;"
        )
    }

    fn masthead_rule(&self) -> String {
        let rules = self.theme.rules;
        let colour = match rules.colour {
            LineColour::Text => self.colours.ink,
            LineColour::Accent => self.colours.accent,
            LineColour::Rule => self.colours.rule,
        };
        Self::line(rules.line.as_str(), rules.thickness, colour)
    }

    fn paper(&self) -> String {
        let side = self.theme.padding;
        // A band has space of its own.
        let top = if self.colours.band.is_some() { side / 2 } else { side };
        let bottom = side * 3 / 4;
        format!("padding:{top}px {side}px {bottom}px;background-color:{};", self.colours.paper)
    }

    fn band(&self) -> String {
        let Some((band, _)) = self.colours.band else { return String::new() };
        let side = self.theme.padding;
        format!("padding:{}px {side}px;background-color:{band};", side * 3 / 4)
    }

    fn logo(&self) -> String {
        let margin = if self.theme.centred { "0 auto" } else { "0" };
        format!("display:block;margin:{margin};height:auto;border:0;")
    }

    fn publication(&self) -> String {
        let faces = &self.theme.faces;
        let colour = self.colours.band.map_or(self.colours.ink, |(_, text)| text);
        format!(
            "margin:0;font-family:{};font-size:{}px;line-height:{}px;font-weight:bold;color:{colour};{}",
            faces.headings,
            faces.name,
            Faces::lead(faces.name),
            self.centre()
        )
    }

    fn masthead_line(&self, margin: &str) -> String {
        let colour = self.colours.band.map_or(self.colours.muted, |(_, text)| text);
        self.label(margin, colour) + self.centre()
    }

    fn centre(&self) -> &'static str {
        if self.theme.centred { "text-align:center;" } else { "" }
    }
}
