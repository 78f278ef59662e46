//! A table in, its plain text out: columns where they fit into a line, else a list for each row.

use crate::compile::text::notes::Notes;
use crate::compile::text::prose::inlines;
use crate::compile::text::wrap;
use crate::field::Marks;
use crate::issue::{Align, Inline, TableBlock};

/// The spaces between two columns.
const GAP: usize = 2;

/// Writes a table into so many columns of text.
pub(super) fn write(
    table: &TableBlock,
    marks: &Marks,
    columns: usize,
    notes: &mut Notes,
) -> String {
    let mut cells = |row: &[Vec<Inline>]| -> Vec<String> {
        row.iter().map(|words| inlines(words, marks, notes).replace('\n', " ")).collect()
    };
    let head = cells(&table.head);
    let rows: Vec<_> = table.rows.iter().map(|row| cells(row)).collect();
    let widths: Vec<_> = (0..head.len())
        .map(|at| {
            let column = std::iter::once(&head).chain(&rows).filter_map(|row| row.get(at));
            column.map(|cell| wrap::width(cell, marks)).max().unwrap_or(0)
        })
        .collect();
    let whole = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    if whole > columns {
        return records(&head, &rows, columns, marks);
    }
    let line = |row: &[String]| {
        let cells = row.iter().zip(&widths).zip(&table.columns);
        let cells: Vec<_> =
            cells.map(|((cell, width), align)| pad(cell, *width, *align, marks)).collect();
        cells.join(&" ".repeat(GAP)).trim_end().to_owned() + "\n"
    };
    let rules: Vec<_> = widths.iter().map(|width| "-".repeat(*width)).collect();
    let body: String = rows.iter().map(|row| line(row)).collect();
    line(&head) + &line(&rules) + &body
}

/// The cell with spaces on the side that its column leaves free.
fn pad(cell: &str, width: usize, align: Align, marks: &Marks) -> String {
    let room = width.saturating_sub(wrap::width(cell, marks));
    let before = match align {
        Align::Start => 0,
        Align::Centre => room / 2,
        Align::End => room,
    };
    format!("{}{cell}{}", " ".repeat(before), " ".repeat(room - before))
}

/// Each row as lines of what the column is and what stands in it.
fn records(head: &[String], rows: &[Vec<String>], columns: usize, marks: &Marks) -> String {
    let record = |row: &Vec<String>| -> String {
        let cells = head.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
        let line = |(name, cell): (&String, &String)| match name.is_empty() {
            true => wrap::fill(cell, columns, marks),
            false => wrap::fill(&format!("{name}: {cell}"), columns, marks),
        };
        cells.map(line).collect()
    };
    rows.iter().map(record).collect::<Vec<_>>().join("\n")
}
