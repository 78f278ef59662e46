//! The CSS of a letter in, what mail programs drop of it out.

use std::ops::Range;

use crate::templates::BUDGET;

/// Gmail drops style sheets beyond so many characters in all.
pub(super) const SHEETS_MAX: usize = BUDGET.1;
/// What it took for years; a letter that stays below has room to grow.
pub(super) const SHEETS_LONG: usize = BUDGET.0;

/// A declaration that much of readers' mail programs drop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dropped {
    /// What it is, such as `display: flex`.
    pub(super) what: &'static str,
    /// Which programs drop it.
    pub(super) programs: &'static str,
    /// What to do instead.
    pub(super) help: &'static str,
    /// Where it stands in the CSS.
    pub(super) span: Range<usize>,
}

struct Feature {
    what: &'static str,
    programs: &'static str,
    help: &'static str,
    is: fn(&str, &str) -> bool,
}

/// What mail programs drop, by caniemail's tables.
const FEATURES: [Feature; 10] = [
    Feature {
        what: "`display: flex`",
        programs: "Outlook for Windows",
        help: "lay it out with a table",
        is: |property, value| property == "display" && value.contains("flex"),
    },
    Feature {
        what: "`display: grid`",
        programs: "Gmail, Outlook and Yahoo",
        help: "lay it out with a table",
        is: |property, value| property == "display" && value.contains("grid"),
    },
    Feature {
        what: "`position`",
        programs: "Gmail, Outlook and Yahoo",
        help: "let it stand where it comes",
        is: |property, value| property == "position" && value != "static",
    },
    Feature {
        what: "`var()`",
        programs: "Gmail, Outlook and Yahoo",
        help: "write the value itself",
        is: |_, value| value.contains("var("),
    },
    Feature {
        what: "the unit `rem`",
        programs: "Outlook for Windows and Yahoo",
        help: "write pixels",
        is: |_, value| has_unit(value, "rem"),
    },
    Feature {
        what: "a unit of the window",
        programs: "Outlook for Windows and Gmail",
        help: "write pixels or percent",
        is: |_, value| ["vw", "vh", "vmin", "vmax"].iter().any(|unit| has_unit(value, unit)),
    },
    Feature {
        what: "`calc()`",
        programs: "Outlook for Windows",
        help: "write the value itself",
        is: |_, value| value.contains("calc("),
    },
    Feature {
        what: "a background picture",
        programs: "Outlook for Windows",
        help: "make it an `<img>`, or do without it",
        is: |property, value| property.starts_with("background") && value.contains("url("),
    },
    Feature {
        what: "an animation",
        programs: "Gmail and Outlook",
        help: "make it an animated GIF, whose first picture says it all",
        is: |property, _| property.starts_with("animation"),
    },
    Feature {
        what: "a negative margin",
        programs: "Gmail and Outlook",
        help: "take the space from its neighbours",
        is: |property, value| {
            property.starts_with("margin") && value.split_whitespace().any(|v| v.starts_with('-'))
        },
    },
];

/// Whether a number with a unit stands in a value.
fn has_unit(value: &str, unit: &str) -> bool {
    value.match_indices(unit).any(|(at, _)| {
        let before = value[..at].chars().next_back();
        let after = value[at + unit.len()..].chars().next();
        before.is_some_and(|c| c.is_ascii_digit()) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// What is dropped of the declarations in a `style` attribute or between two braces.
///
/// What comes behind a plain value of the same property is an improvement for those who take it.
pub(super) fn declarations(css: &str) -> Vec<Dropped> {
    let mut found = Vec::new();
    let mut plain: Vec<String> = Vec::new();
    let mut at = 0;
    for declaration in css.split(';') {
        let start = at + declaration.len() - declaration.trim_start().len();
        let span = start..start + declaration.trim().len();
        at += declaration.len() + 1;
        let Some((property, value)) = declaration.split_once(':') else { continue };
        let (property, value) = (property.trim().to_lowercase(), value.trim().to_lowercase());
        let feature = FEATURES.iter().find(|feature| (feature.is)(&property, &value));
        match feature {
            None => plain.push(property),
            Some(_) if plain.contains(&property) => {}
            Some(Feature { what, programs, help, .. }) => {
                found.push(Dropped { what, programs, help, span });
            }
        }
    }
    found
}

/// What is dropped of a style sheet's own rules; those inside an at-rule improve on them.
pub(super) fn sheet(css: &str) -> Vec<Dropped> {
    let mut found = Vec::new();
    for Block { prelude, body, depth } in blocks(css) {
        let prelude = css[prelude].trim();
        if depth == 0 && !prelude.starts_with('@') {
            let moved = |dropped: Dropped| {
                let span = dropped.span.start + body.start..dropped.span.end + body.start;
                Dropped { span, ..dropped }
            };
            found.extend(declarations(&css[body.clone()]).into_iter().map(moved));
        }
    }
    if let Some(at) = css.find("@import") {
        found.push(Dropped {
            what: "`@import`",
            programs: "Gmail and Outlook",
            help: "write the rules themselves",
            span: at..at + "@import".len(),
        });
    }
    found
}

/// The first at-rule that stands inside another.
pub(super) fn nested(css: &str) -> Option<Range<usize>> {
    let outer = blocks(css);
    let outer = outer.iter().filter(|block| css[block.prelude.clone()].trim().starts_with('@'));
    outer
        .filter_map(|block| {
            let at = block.body.start + css[block.body.clone()].find('@')?;
            let end = css[at..].find(['{', ';', '}']).map_or(css.len(), |end| at + end);
            Some(at..at + css[at..end].trim_end().len())
        })
        .min_by_key(|span| span.start)
}

/// What stands before a pair of braces, and between them.
struct Block {
    prelude: Range<usize>,
    body: Range<usize>,
    depth: usize,
}

fn blocks(css: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Vec<(Range<usize>, usize)> = Vec::new();
    let mut start = 0;
    for (at, character) in css.char_indices() {
        match character {
            '{' => {
                open.push((start..at, at + 1));
                start = at + 1;
            }
            '}' => {
                if let Some((prelude, body)) = open.pop() {
                    found.push(Block { prelude, body: body..at, depth: open.len() });
                }
                start = at + 1;
            }
            ';' => start = at + 1,
            _ => {}
        }
    }
    found
}
