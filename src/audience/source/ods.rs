//! Reads the cells of a spreadsheet of `OpenDocument` 1.3 (part 3, §9).

use std::io::{self, Read};

use crate::audience::source::sheet::{ROWS_MAX, SheetText, SheetWriter};
use crate::audience::source::xml::{Element, Node, Xml, damaged};
use crate::audience::source::zip::Archive;

/// The sheets, by name, in their order.
pub(super) fn sheets(archive: &Archive) -> io::Result<Vec<(String, SheetText)>> {
    let content = archive.member("content.xml").ok_or_else(|| damaged("its content is missing"))?;
    let mut reader = OdsReader::new(Xml::new(content.open(archive.store())?));
    while let Some(node) = reader.xml.next_node()? {
        match node {
            Node::Start(element) => reader.start(&element)?,
            Node::End(name) => reader.end(&name)?,
            Node::Text(text) => reader.text(&text),
        }
    }
    if reader.sheet.is_some() {
        return Err(damaged("it ends too early"));
    }
    Ok(reader.sheets)
}

/// A document as far as it is read.
struct OdsReader<R> {
    xml: Xml<R>,
    sheets: Vec<(String, SheetText)>,
    sheet: Option<(String, SheetWriter)>,
    row: u32,
    row_times: u32,
    column: u32,
    /// The cells of the row: where each begins, how often it stands there, and its text.
    cells: Vec<(u32, u32, String)>,
    cell: Option<OdsCell>,
    /// How many comments the reader is in: they are of nobody.
    comments: u32,
}

/// A cell as far as it is read.
struct OdsCell {
    times: u32,
    /// The value of the attributes, for what is no text.
    value: Option<String>,
    text: String,
    paragraphs: u32,
    in_paragraph: bool,
}

impl<R: Read> OdsReader<R> {
    fn new(xml: Xml<R>) -> Self {
        let (sheets, cells) = (Vec::new(), Vec::new());
        let (row, row_times, column, comments) = (0, 1, 0, 0);
        Self { xml, sheets, sheet: None, row, row_times, column, cells, cell: None, comments }
    }

    fn start(&mut self, element: &Element) -> io::Result<()> {
        match element.name.as_str() {
            "annotation" => self.comments += 1,
            _ if self.comments > 0 => {}
            "table" if self.sheet.is_none() => {
                let name = element.get("name").unwrap_or("sheet").to_owned();
                self.sheet = Some((name, SheetWriter::new()?));
                self.row = 0;
            }
            "table" => return Err(damaged("it has a table in a table")),
            "table-row" => {
                self.row_times = element.times("number-rows-repeated");
                self.column = 0;
                self.cells.clear();
            }
            "table-cell" | "covered-table-cell" => self.cell = Some(OdsCell::of(element)),
            "p" | "h" => self.cell.iter_mut().for_each(OdsCell::paragraph),
            "s" => {
                let spaces = " ".repeat(element.times("c").min(1000) as usize);
                self.text(&spaces);
            }
            "tab" => self.text("\t"),
            "line-break" => self.text("\n"),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        let cell = self.cell.as_mut().filter(|cell| cell.in_paragraph && self.comments == 0);
        cell.into_iter().for_each(|cell| cell.text.push_str(text));
    }

    fn end(&mut self, name: &str) -> io::Result<()> {
        match name {
            "annotation" => self.comments = self.comments.saturating_sub(1),
            _ if self.comments > 0 => {}
            "p" | "h" => self.cell.iter_mut().for_each(|cell| cell.in_paragraph = false),
            "table-cell" | "covered-table-cell" => {
                let Some(cell) = self.cell.take() else { return Ok(()) };
                let (column, times) = (self.column, cell.times);
                self.column = self.column.saturating_add(times);
                let text = cell.value.unwrap_or(cell.text);
                if !text.is_empty() {
                    self.cells.push((column, times, text));
                }
            }
            "table-row" => self.end_row()?,
            "table" => {
                let Some((name, sheet)) = self.sheet.take() else { return Ok(()) };
                self.sheets.push((name, sheet.finish()?));
            }
            _ => {}
        }
        Ok(())
    }

    /// Writes the row as often as it stands there; empty rows cost nothing.
    fn end_row(&mut self) -> io::Result<()> {
        let first = self.row;
        self.row = self.row.saturating_add(self.row_times);
        let Some((_, sheet)) = self.sheet.as_mut().filter(|_| !self.cells.is_empty()) else {
            return Ok(());
        };
        if self.row > ROWS_MAX {
            return Err(damaged("it has more rows than a sheet can have"));
        }
        for row in first..self.row {
            for (column, times, text) in &self.cells {
                let columns = *column..column.saturating_add(*times);
                columns.into_iter().try_for_each(|column| sheet.cell(row, column, text))?;
            }
        }
        Ok(())
    }
}

impl OdsCell {
    fn of(element: &Element) -> Self {
        let value = match element.get("value-type") {
            Some("date") => element.get("date-value").map(|date| date.replace('T', " ")),
            Some("boolean") => element.get("boolean-value").map(str::to_uppercase),
            Some("float" | "currency" | "percentage") => element.get("value").map(str::to_owned),
            Some("string") => element.get("string-value").map(str::to_owned),
            _ => None,
        };
        let times = element.times("number-columns-repeated");
        Self { times, value, text: String::new(), paragraphs: 0, in_paragraph: false }
    }

    fn paragraph(&mut self) {
        if self.paragraphs > 0 {
            self.text.push('\n');
        }
        self.paragraphs += 1;
        self.in_paragraph = true;
    }
}
