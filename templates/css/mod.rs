//! A theme's style.css in, declarations for the letter's parts and what mail programs would drop
//! out.
//!
//! It is a small CSS: parts by their class, declarations that work everywhere, and two kinds of
//! `@media`. What stands outside `@media` becomes inline, behind the theme's own declarations.

mod contrast;
mod nodes;
mod property;
mod read;

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::Source;
use crate::document::Report;
use crate::templates::theme::Scheme;

/// What a style.css asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Css {
    source: Arc<Source>,
    rules: Vec<Rule>,
    media: Vec<Media>,
}

/// Declarations for some parts.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    /// The names of the parts, with `-`.
    parts: Vec<String>,
    declarations: Vec<Declaration>,
}

/// A property and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Declaration {
    property: String,
    value: String,
    /// Where the value stands.
    span: Range<usize>,
}

/// Rules for some screens only.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Media {
    query: Query,
    rules: Vec<Rule>,
}

/// Which screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Query {
    /// Those of at most so many pixels.
    Narrow(u32),
    /// Those of people who want it dark.
    Dark,
}

impl Css {
    /// Reads a style sheet; what is wrong goes into `report`, which is on the same source.
    pub(super) fn parse(report: &Report) -> Self {
        read::sheet(report)
    }

    /// Reports colours that cannot be read where they stand.
    pub(super) fn check_contrast(&self, light: &Scheme, dark: &Scheme, report: &Report) {
        contrast::check(self, light, dark, report);
    }

    /// What is added to a part's inline style.
    pub(super) fn inline(&self, part: &str) -> String {
        let rules = self.rules.iter().filter(|rule| rule.parts.iter().any(|known| known == part));
        let declarations = rules.flat_map(|rule| &rule.declarations);
        declarations
            .map(|Declaration { property, value, .. }| format!("{property}:{value};"))
            .collect()
    }

    /// What is added to the letter's style sheet: inline styles give way to it.
    pub(super) fn media(&self) -> String {
        let mut css = String::new();
        for Media { query, rules } in &self.media {
            match query {
                Query::Narrow(width) => {
                    let rules = important(rules, "", |_| true);
                    css.extend(["@media (max-width:", &width.to_string(), "px){\n", &rules, "}\n"]);
                }
                Query::Dark => {
                    let all = important(rules, "", |_| true);
                    css.extend(["@media (prefers-color-scheme:dark){\n", &all, "}\n"]);
                    css += &important(rules, "[data-ogsc] ", |property| property == "color");
                    let ground = |property: &str| property == "background-color";
                    css += &important(rules, "[data-ogsb] ", ground);
                }
            }
        }
        css
    }
}

/// Where at-rules stand inside others.
pub(super) fn nested_at_rules(css: &str) -> Vec<Range<usize>> {
    nodes::nodes(css).iter().flat_map(|node| nodes::at_keywords(&node.inside)).collect()
}

/// Rules whose declarations win over inline styles.
fn important(rules: &[Rule], scope: &str, wanted: impl Fn(&str) -> bool) -> String {
    let mut css = String::new();
    for Rule { parts, declarations } in rules {
        let declarations = declarations.iter().filter(|declaration| wanted(&declaration.property));
        let declarations: String = declarations
            .map(|Declaration { property, value, .. }| format!("{property}:{value}!important;"))
            .collect();
        if !declarations.is_empty() {
            let parts: Vec<_> = parts.iter().map(|part| format!("{scope}.{part}")).collect();
            css.extend([parts.join(",").as_str(), "{", declarations.as_str(), "}\n"]);
        }
    }
    css
}
