//! A property of CSS in, what mail programs make of it out.
//!
//! After caniemail.com's tables of Gmail, Outlook (Windows, web, apps), Yahoo, Apple Mail and
//! Thunderbird, as of 2026.

use crate::document::closest;

/// What mail programs make of a property or value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Support {
    /// All do what is meant.
    Good,
    /// Some do without, and the letter can still be read; which.
    Degrades(&'static str),
    /// The letter breaks where it is dropped; why.
    Breaks(&'static str),
    /// It is no property, or one that no mail needs; what may be meant.
    Unknown(Option<&'static str>),
}

const GOOD: &[&str] = &[
    "background-color",
    "border",
    "border-bottom",
    "border-bottom-color",
    "border-bottom-style",
    "border-bottom-width",
    "border-collapse",
    "border-color",
    "border-left",
    "border-left-color",
    "border-left-style",
    "border-left-width",
    "border-right",
    "border-right-color",
    "border-right-style",
    "border-right-width",
    "border-style",
    "border-top",
    "border-top-color",
    "border-top-style",
    "border-top-width",
    "border-width",
    "color",
    "direction",
    "display",
    "font-family",
    "font-size",
    "font-style",
    "font-variant",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "list-style-type",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "text-align",
    "text-decoration",
    "text-indent",
    "text-transform",
    "vertical-align",
    "white-space",
    "width",
    "word-spacing",
];

const DEGRADES: &[(&str, &str)] = &[
    ("border-radius", "Outlook for Windows shows square corners"),
    ("box-shadow", "Gmail and Outlook show no shadow"),
    ("font-feature-settings", "Gmail and Outlook ignore it"),
    ("font-variant-numeric", "Gmail and Outlook ignore it"),
    ("hyphens", "Gmail and Outlook break no words"),
    ("max-width", "Outlook for Windows shows it as wide as it can be"),
    ("min-width", "Outlook for Windows ignores it"),
    ("opacity", "Outlook shows it in full, and contrast cannot be checked"),
    ("overflow-wrap", "Outlook for Windows lets long words stand out"),
    ("text-decoration-color", "Gmail and Outlook ignore it"),
    ("text-decoration-thickness", "Gmail and Outlook ignore it"),
    ("text-shadow", "Outlook shows no shadow"),
    ("text-underline-offset", "Gmail and Outlook ignore it"),
    ("word-break", "Outlook for Windows lets long words stand out"),
];

const BREAKS: &[(&str, &str)] = &[
    ("animation", "only Apple Mail animates; the first frame would be all that others see"),
    ("background", "Outlook drops the whole of a shorthand"),
    ("background-image", "Outlook for Windows shows no background pictures"),
    ("clip-path", "Gmail and Outlook show all of it"),
    ("content", "no mail program adds text from a style sheet, and none reads it aloud"),
    ("filter", "Gmail and Outlook ignore it"),
    ("flex", "Outlook and older Gmail have no flexible boxes"),
    ("float", "Outlook and Yahoo put it on top of what is beside it"),
    ("font", "Outlook drops the whole of a shorthand"),
    ("gap", "Gmail and Outlook have no grid and no flexible boxes"),
    ("grid", "Gmail, Outlook and Yahoo have no grid"),
    ("inset", "Gmail and Outlook place nothing"),
    ("object-fit", "Outlook distorts the picture"),
    ("position", "Gmail and Outlook place nothing, and what was moved stands in the way"),
    ("transform", "Gmail and Outlook move nothing"),
    ("transition", "only Apple Mail moves between two states"),
    ("visibility", "Gmail counts hidden text against a sender"),
    ("z-index", "Gmail and Outlook place nothing"),
];

/// What mail programs make of a property.
pub(super) fn property(name: &str) -> Support {
    if GOOD.contains(&name) {
        return Support::Good;
    }
    let family = |known: &str| {
        name == known || name.strip_prefix(known).is_some_and(|rest| rest.starts_with('-'))
    };
    if let Some((_, why)) = DEGRADES.iter().find(|(known, _)| *known == name) {
        return Support::Degrades(why);
    }
    if let Some((_, why)) = BREAKS.iter().find(|(known, _)| family(known)) {
        return Support::Breaks(why);
    }
    let known: Vec<_> = GOOD.iter().chain(DEGRADES.iter().map(|(name, _)| name)).copied().collect();
    Support::Unknown(closest(name, &known))
}

/// What to do about a property that breaks a letter.
pub(super) fn instead(name: &str) -> &'static str {
    match name {
        "background" => "write `background-color`",
        "font" => "write `font-size`, `font-family` and so on",
        _ => "delete it",
    }
}

/// Why a unit cannot be used, if it cannot.
pub(super) fn unit(unit: &str) -> Option<&'static str> {
    match unit {
        "px" | "em" => None,
        "rem" => Some("Outlook for Windows and Yahoo drop `rem`"),
        "pt" | "pc" | "cm" | "mm" | "in" | "q" => Some("it is a size on paper"),
        _ => Some("Gmail and Outlook drop it"),
    }
}

/// Why a function cannot be used, if it cannot.
pub(super) fn function(name: &str) -> Option<&'static str> {
    match name {
        "rgb" => None,
        "var" => Some("Gmail, Outlook and Yahoo drop declarations with `var()`"),
        "url" => Some("what a style sheet fetches is blocked, or counted against a sender"),
        _ => Some("Outlook drops declarations with functions"),
    }
}

/// Why a word cannot be the value of a property, if it cannot.
pub(super) fn word(property: &str, word: &str) -> Option<&'static str> {
    match (property, word) {
        ("display", "flex" | "inline-flex") => {
            Some("Outlook and older Gmail have no flexible boxes")
        }
        ("display", "grid" | "inline-grid") => Some("Gmail, Outlook and Yahoo have no grid"),
        ("display", "none") => Some("Gmail counts hidden text against a sender"),
        _ => None,
    }
}
