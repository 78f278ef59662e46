//! The markup of a letter in, the same for readers of feeds out: what it says, without its look.

use crate::markup::{Tag, Token, tokens};

/// Attributes that say what something is; all others say how it looks.
const KEPT: [&str; 12] = [
    "href", "src", "alt", "width", "height", "start", "scope", "colspan", "rowspan", "lang", "dir",
    "title",
];

/// Cells and rows of tables that only lay out.
const CELLS: [&str; 5] = ["table", "tbody", "thead", "tr", "td"];

/// Drops comments, styles, classes and tables that only lay out, and keeps every word, link and
/// picture.
#[must_use]
pub fn clean(markup: &str) -> String {
    let mut clean = String::with_capacity(markup.len() / 2);
    // Whether each table that is open only lays out.
    let mut tables = Vec::new();
    for token in tokens(markup) {
        match token {
            Token::Tag(tag) => self::tag(&tag, markup, &mut tables, &mut clean),
            Token::Text(_, span) => clean.push_str(&markup[span]),
            Token::Comment(..) | Token::Doctype(..) | Token::Fault(..) => {}
        }
    }
    clean
}

fn tag(tag: &Tag, markup: &str, tables: &mut Vec<bool>, clean: &mut String) {
    let is_table = tag.name == "table";
    if is_table && !tag.closing {
        tables.push(tag.attribute("role") == Some("presentation"));
    }
    let lays_out = tables.last().copied().unwrap_or(false) && CELLS.contains(&tag.name.as_str());
    if is_table && tag.closing {
        tables.pop();
    }
    let slash = if tag.closing { "/" } else { "" };
    match tag.name.as_str() {
        // A cell was a line of its own; its table and row were nothing.
        "td" if lays_out => clean.extend(["<", slash, "div>"]),
        _ if lays_out => {}
        name => {
            clean.extend(["<", slash, name]);
            let sized = name == "img";
            for attribute in &tag.attributes {
                let size = matches!(attribute.name.as_str(), "width" | "height");
                if KEPT.contains(&attribute.name.as_str()) && (sized || !size) {
                    clean.extend([" ", &markup[attribute.span.clone()]]);
                }
            }
            clean.push('>');
        }
    }
}
