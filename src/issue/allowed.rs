//! Elements, attributes and values in, whether a section of HTML can have them out.

use crate::language::Language;
use crate::markup::Tag;

/// Elements that every mail program shows, and that do nothing but show.
pub(super) const ELEMENTS: [&str; 37] = [
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "del",
    "div",
    "em",
    "h2",
    "h3",
    "h4",
    "hr",
    "i",
    "img",
    "ins",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];
pub(super) const ATTRIBUTES: [&str; 25] = [
    "align",
    "alt",
    "aria-hidden",
    "aria-label",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "class",
    "colspan",
    "dir",
    "height",
    "href",
    "lang",
    "role",
    "rowspan",
    "scope",
    "src",
    "start",
    "style",
    "title",
    "type",
    "valign",
    "value",
    "width",
];
/// Elements that hold nothing but certain others.
pub(super) const HOLDERS: [&str; 7] = ["table", "thead", "tbody", "tfoot", "tr", "ul", "ol"];
/// Elements that end a paragraph.
pub(super) const BLOCKS: [&str; 13] =
    ["blockquote", "div", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "table", "td", "ul"];
/// What ends a style, or runs and loads something in old programs.
const STYLES: [&str; 6] = ["{", "}", "<", "@", "expression(", "behavior"];

/// Whether a picture is shown as a dot or two.
pub(super) fn tiny(tag: &Tag) -> bool {
    let pixels =
        |name: &str| tag.attribute(name).and_then(|value| value.trim().parse::<u32>().ok());
    let sides = [pixels("width"), pixels("height")];
    sides.iter().all(|side| side.is_some_and(|side| side <= 4))
}

/// What to write in place of a value that an attribute cannot have.
pub(super) fn fault(name: &str, value: &str) -> Option<&'static str> {
    let value = value.trim().to_lowercase();
    let whole = |value: &str| !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    match name {
        "role" if !["presentation", "none", "table", "img"].contains(&value.as_str()) => {
            Some("write `presentation` for a table that only lays out")
        }
        "dir" if value != "ltr" && value != "rtl" => Some("write `ltr` or `rtl`"),
        "lang" if Language::new(&value).is_none() => Some("write it as in BCP 47: `en`, `uk`"),
        "height" if !whole(&value) => Some("write a number of pixels"),
        "width" if !whole(value.strip_suffix('%').unwrap_or(&value)) => {
            Some("write a number of pixels, or of percent")
        }
        "style" if STYLES.iter().any(|part| value.contains(part)) => {
            Some("write declarations alone: `margin:0; color:#1d2328`")
        }
        _ => None,
    }
}
