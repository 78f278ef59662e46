//! The keys of a section of figures in, checked [`Figures`] out.

use crate::document::{Table, Value};
use crate::issue::parse::Context;
use crate::issue::{Figure, Figures, section};

const FIGURE: &str = "{ value = \"58%\", label = \"…\" }";
const FIGURES: &str = "[{ value = \"58%\", label = \"…\" }]";

/// Reads the figures; `None` when there is an error.
pub(super) fn read(table: &mut Table<'_>, context: &Context<'_>) -> Option<Figures> {
    let head = section::take_head(table, context);
    let source = context.take_line(table, "source");
    let items = section::require_items(table, FIGURES, context)?;
    let items = items.into_iter().filter_map(|value| figure(value, context)).collect();
    Some(Figures { head, items, source })
}

fn figure(value: Value<'_>, context: &Context<'_>) -> Option<Figure> {
    let mut table = value.table("the figure", FIGURE)?;
    let number = table.require("value", "\"58%\"").and_then(|value| context.line(value));
    let label = table.require("label", "\"what it counts\"").and_then(|value| context.line(value));
    let note = context.take_line(&mut table, "note");
    table.finish();
    Some(Figure { value: number?, label: label?, note })
}
