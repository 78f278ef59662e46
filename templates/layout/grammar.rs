//! The name of an MJML element in, where it stands, what it holds and its attributes out.
//!
//! This is the part of MJML (<https://documentation.mjml.io>) that works in mails as it promises.

/// What stands between the tags of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Nothing but the elements that name it as their parent.
    Elements,
    /// HTML.
    Html,
    /// A style sheet.
    Sheet,
    /// Nothing.
    Nothing,
}

/// An element of MJML.
pub(super) struct Element {
    pub(super) name: &'static str,
    pub(super) parents: &'static [&'static str],
    pub(super) holds: Holds,
    attributes: &'static [&'static [&'static str]],
}

const BOX: &[&str] = &[
    "css-class",
    "mj-class",
    "padding",
    "padding-top",
    "padding-right",
    "padding-bottom",
    "padding-left",
    "container-background-color",
];
const BORDER: &[&str] =
    &["border", "border-top", "border-right", "border-bottom", "border-left", "border-radius"];
const FONT: &[&str] = &[
    "color",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "letter-spacing",
    "line-height",
    "text-decoration",
    "text-transform",
];
const LINK: &[&str] = &["href", "name", "rel", "target", "title"];
const ICON: &[&str] = &["icon-size", "icon-padding", "text-padding"];
const SECTION: &[&str] = &["background-color", "direction", "full-width", "text-align"];
const COLUMN: &[&str] = &["background-color", "direction", "vertical-align", "width"];

const PARTS: &[&str] = &["mj-column"];
const BODY: &[&str] = &["mj-body", "mj-wrapper"];

const fn element(
    name: &'static str,
    parents: &'static [&'static str],
    holds: Holds,
    attributes: &'static [&'static [&'static str]],
) -> Element {
    Element { name, parents, holds, attributes }
}

/// Every element that a layout can have.
pub(super) const ELEMENTS: [Element; 21] = [
    element("mjml", &[""], Holds::Elements, &[&["lang", "dir"]]),
    element("mj-head", &["mjml"], Holds::Elements, &[]),
    element("mj-attributes", &["mj-head"], Holds::Elements, &[]),
    element("mj-all", &["mj-attributes"], Holds::Nothing, &[BOX, BORDER, FONT]),
    element(
        "mj-class",
        &["mj-attributes"],
        Holds::Nothing,
        &[BOX, BORDER, FONT, LINK, ICON, SECTION, COLUMN, &["align", "height", "inner-padding"]],
    ),
    element("mj-breakpoint", &["mj-head"], Holds::Nothing, &[&["width"]]),
    element("mj-style", &["mj-head"], Holds::Sheet, &[]),
    element("mj-raw", &["mj-head", "mj-body"], Holds::Html, &[]),
    element("mj-body", &["mjml"], Holds::Elements, &[&["background-color", "css-class", "width"]]),
    element("mj-wrapper", &["mj-body"], Holds::Elements, &[BOX, BORDER, SECTION]),
    element("mj-section", BODY, Holds::Elements, &[BOX, BORDER, SECTION]),
    element("mj-group", &["mj-section"], Holds::Elements, &[&["css-class", "mj-class"], COLUMN]),
    element("mj-column", &["mj-section", "mj-group"], Holds::Elements, &[BOX, BORDER, COLUMN]),
    element("mj-text", PARTS, Holds::Html, &[BOX, FONT, &["align", "height"]]),
    element(
        "mj-image",
        PARTS,
        Holds::Nothing,
        &[BOX, BORDER, LINK, &["align", "alt", "fluid-on-mobile", "height", "src", "width"]],
    ),
    element(
        "mj-button",
        PARTS,
        Holds::Html,
        &[BOX, BORDER, FONT, LINK, COLUMN, &["align", "height", "inner-padding", "text-align"]],
    ),
    element(
        "mj-divider",
        PARTS,
        Holds::Nothing,
        &[BOX, &["align", "border-color", "border-style", "border-width", "width"]],
    ),
    element("mj-spacer", PARTS, Holds::Nothing, &[BOX, &["height"]]),
    element(
        "mj-social",
        PARTS,
        Holds::Elements,
        &[BOX, FONT, ICON, &["align", "border-radius", "inner-padding", "mode"]],
    ),
    element(
        "mj-social-element",
        &["mj-social"],
        Holds::Html,
        &[
            BOX,
            FONT,
            ICON,
            LINK,
            &["align", "alt", "background-color", "border-radius", "src", "vertical-align"],
        ],
    ),
    element(
        "mj-table",
        PARTS,
        Holds::Html,
        &[BOX, FONT, &["align", "border", "cellpadding", "cellspacing", "table-layout", "width"]],
    ),
];

/// Elements of MJML that a layout cannot have, and why.
pub(super) const REFUSED: [(&str, &str); 9] = [
    ("mj-accordion", "it needs what most mail programs take out"),
    ("mj-carousel", "it needs what most mail programs take out"),
    ("mj-font", "mail programs fetch no fonts"),
    ("mj-hero", "Outlook for Windows shows no words upon pictures"),
    ("mj-html-attributes", "write the attribute where it belongs"),
    ("mj-include", "a layout is one file"),
    ("mj-navbar", "it needs what most mail programs take out"),
    ("mj-preview", "`[[preheader]]` is what inboxes show, and readers see it"),
    ("mj-title", "the subject is the title of a letter"),
];

impl Element {
    /// The element of a name.
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        ELEMENTS.iter().find(|element| element.name == name)
    }

    /// Whether it can stand in another; in `mj-attributes` stands what every element of a name has.
    pub(super) fn stands_in(&self, parent: &str) -> bool {
        let styled = parent == "mj-attributes" && self.attributes.contains(&BOX);
        self.parents.contains(&parent) || styled
    }

    /// The names of its attributes.
    pub(super) fn attributes(&self) -> Vec<&'static str> {
        self.attributes.iter().flat_map(|names| names.iter().copied()).collect()
    }
}
