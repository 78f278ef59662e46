//! An editor's own markup in, colours that cannot be seen by day or by night out.

use crate::check::find;
use crate::diagnostic::{Code, Diagnostic};
use crate::issue::Issue;
use crate::markup::{self, Tag};

/// A colour without its ground stands on the theme's, which is another one by night.
pub(super) fn check(markup: &str, issue: &Issue) -> Vec<Diagnostic> {
    let source = &issue.source;
    let lone = |tag: &Tag| {
        let style = tag.attribute("style").unwrap_or_default();
        let has = |wanted: fn(&str) -> bool| {
            let names = style.split(';').filter_map(|declaration| declaration.split_once(':'));
            names.map(|(name, _)| name.trim().to_lowercase()).any(|name| wanted(&name))
        };
        let ground =
            tag.attribute("bgcolor").is_some() || has(|name| name.starts_with("background"));
        let (known, missing) = match (has(|name| name == "color"), ground) {
            (true, false) => ("colour of words", "ground"),
            (false, true) => ("ground", "colour of words"),
            (true, true) | (false, false) => return None,
        };
        let shown =
            if style.is_empty() { tag.attribute("bgcolor").unwrap_or_default() } else { style };
        let span = find(source, &(0..source.text.len()), shown);
        let message = format!("a {known} without a {missing}: by night it may not be seen");
        let diagnostic = Diagnostic::new(Code::LoneColour, source, span, message);
        Some(diagnostic.help("write both `color` and `background-color`, or neither"))
    };
    markup::tags(markup).iter().filter_map(lone).collect()
}
