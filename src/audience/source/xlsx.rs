//! Reads the cells of an Office Open XML spreadsheet (ECMA-376 part 1, §18).

use std::collections::{HashMap, HashSet};
use std::io::{self, Read};

use crate::audience::source::sheet::{SheetText, SheetWriter};
use crate::audience::source::xml::{Element, Node, Xml, damaged};
use crate::audience::source::zip::{Archive, Member};

/// How many bytes of shared texts are kept in memory.
const SHARED_MAX: usize = 256 << 20;
/// How many sheets a spreadsheet can have.
const SHEETS_MAX: usize = 1000;

/// The sheets, by name, in their order.
pub(super) fn sheets(archive: &Archive) -> io::Result<Vec<(String, SheetText)>> {
    let book = Book::read(archive)?;
    let mut sheets = Vec::new();
    for (name, target) in &book.sheets {
        let member = part(archive, target)
            .ok_or_else(|| damaged(&format!("its sheet `{name}` is missing")))?;
        sheets.push((name.clone(), book.sheet(archive, member)?));
    }
    if sheets.is_empty() {
        return Err(damaged("it has no sheet"));
    }
    Ok(sheets)
}

/// The parts of a workbook that its sheets need.
struct Book {
    /// Name and place of each sheet.
    sheets: Vec<(String, String)>,
    shared: Vec<Box<str>>,
    /// The styles of cells that hold dates.
    dates: HashSet<usize>,
    /// Whether days count from 1904, as on old Macs.
    from_1904: bool,
}

/// A file of the archive, as relations name it: from the root, or from the folder `xl`.
fn part<'a>(archive: &'a Archive, target: &str) -> Option<&'a Member> {
    match target.strip_prefix('/') {
        Some(absolute) => archive.member(absolute),
        None => archive.member(&format!("xl/{}", target.trim_start_matches("./"))),
    }
}

/// Relations of a workbook to its parts.
struct Relations {
    /// The place of each sheet, by the id that the workbook names.
    targets: HashMap<String, String>,
    shared: Option<String>,
}

impl Relations {
    fn read(archive: &Archive) -> io::Result<Self> {
        let mut relations = Self { targets: HashMap::new(), shared: None };
        let Some(member) = archive.member("xl/_rels/workbook.xml.rels") else {
            return Ok(relations);
        };
        let mut xml = Xml::new(member.open(archive.store())?);
        while let Some(element) = xml.next_start()? {
            let get = |name| element.get(name).unwrap_or_default().to_owned();
            let (id, target, kind) = (get("Id"), get("Target"), get("Type"));
            if kind.ends_with("/sharedStrings") {
                relations.shared = Some(target);
            } else if !kind.ends_with("/chartsheet") {
                // A sheet that is a chart holds no cells.
                relations.targets.insert(id, target);
            }
        }
        Ok(relations)
    }
}

impl Book {
    fn read(archive: &Archive) -> io::Result<Self> {
        let Relations { targets, shared } = Relations::read(archive)?;
        let shared = shared.as_deref().and_then(|target| part(archive, target));
        let shared = shared.or_else(|| archive.member("xl/sharedStrings.xml"));
        let shared = shared.map_or(Ok(Vec::new()), |member| shared_texts(archive, member))?;
        let dates = match archive.member("xl/styles.xml") {
            Some(member) => date_styles(archive, member)?,
            None => HashSet::new(),
        };
        let mut book = Self { sheets: Vec::new(), shared, dates, from_1904: false };
        let member = archive.member("xl/workbook.xml");
        let member = member.ok_or_else(|| damaged("its workbook is missing"))?;
        let mut xml = Xml::new(member.open(archive.store())?);
        while let Some(element) = xml.next_start()? {
            book.take(&element, &targets)?;
        }
        Ok(book)
    }

    /// Takes an element of the workbook in.
    fn take(&mut self, element: &Element, targets: &HashMap<String, String>) -> io::Result<()> {
        match element.name.as_str() {
            "workbookPr" => {
                self.from_1904 = matches!(element.get("date1904"), Some("1" | "true"));
            }
            "sheet" => {
                let name = element.get("name").unwrap_or("sheet").to_owned();
                let target = element.get("id").and_then(|id| targets.get(id));
                self.sheets.extend(target.map(|target| (name, target.clone())));
            }
            _ => {}
        }
        if self.sheets.len() > SHEETS_MAX {
            return Err(damaged("it has more than 1,000 sheets"));
        }
        Ok(())
    }

    /// Reads the cells of a sheet.
    fn sheet(&self, archive: &Archive, member: &Member) -> io::Result<SheetText> {
        let mut xml = Xml::new(member.open(archive.store())?);
        let mut writer = SheetWriter::new()?;
        // Places may be left out: then a cell stands behind the one before.
        let (mut row, mut next_row, mut column) = (0_u32, 0_u32, 0_u32);
        while let Some(element) = xml.next_start()? {
            if element.name == "row" {
                let number = element.get("r").and_then(|row| row.parse::<u32>().ok());
                row = number.map_or(next_row, |number| number.saturating_sub(1));
                (next_row, column) = (row.saturating_add(1), 0);
            } else if element.name == "c" {
                column = element.get("r").and_then(column_of).unwrap_or(column);
                let text = self.cell(&element, &mut xml)?;
                writer.cell(row, column, &text)?;
                column = column.saturating_add(1);
            }
        }
        writer.finish()
    }

    /// Reads a cell to its end; returns its text.
    fn cell(&self, cell: &Element, xml: &mut Xml<impl Read>) -> io::Result<String> {
        let (mut value, mut inline, mut formula) = (String::new(), String::new(), None);
        loop {
            match xml.next_node()?.ok_or_else(|| damaged("it ends in a cell"))? {
                Node::Start(element) if element.name == "v" => value = content(xml, "v")?,
                Node::Start(element) if element.name == "f" => formula = Some(content(xml, "f")?),
                Node::Start(element) if element.name == "is" => inline = rich_text(xml, "is")?,
                Node::End(name) if name == "c" => break,
                _ => {}
            }
        }
        let style = cell.get("s").and_then(|style| style.parse().ok()).unwrap_or(0);
        Ok(match cell.get("t").unwrap_or("n") {
            "s" => {
                let at = value.trim().parse::<usize>().ok();
                let text = at.and_then(|at| self.shared.get(at));
                text.ok_or_else(|| damaged("a text of it is missing"))?.to_string()
            }
            "inlineStr" => inline,
            "b" => if value.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned(),
            "str" | "e" => unescaped(&value),
            "d" => value.replace('T', " "),
            // A program that does not calculate leaves the formula alone: then that is what there is.
            _ if value.is_empty() => formula.map_or(inline, |formula| format!("={formula}")),
            _ => self.number(&value, style),
        })
    }

    /// A number as text; of a style for dates, as a date.
    fn number(&self, value: &str, style: usize) -> String {
        let Ok(number) = value.trim().parse::<f64>() else { return value.to_owned() };
        let date = self.dates.contains(&style).then(|| date(number, self.from_1904)).flatten();
        date.unwrap_or_else(|| format!("{number}"))
    }
}

/// The column of a cell's place: `B7` is 1.
fn column_of(place: &str) -> Option<u32> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.fold(0_u32, |number, letter| {
        let digit = u32::from(letter.to_ascii_uppercase() - b'A') + 1;
        number.saturating_mul(26).saturating_add(digit)
    });
    number.checked_sub(1)
}

/// The texts that cells share.
fn shared_texts(archive: &Archive, member: &Member) -> io::Result<Vec<Box<str>>> {
    let mut xml = Xml::new(member.open(archive.store())?);
    let (mut texts, mut length) = (Vec::new(), 0);
    while let Some(node) = xml.next_node()? {
        if matches!(&node, Node::Start(element) if element.name == "si") {
            let text = rich_text(&mut xml, "si")?;
            length += text.len() + size_of::<Box<str>>();
            if length > SHARED_MAX {
                return Err(damaged("it has more text than can be kept in memory"));
            }
            texts.push(text.into_boxed_str());
        }
    }
    Ok(texts)
}

/// The text of an element that may be in runs; how it is pronounced is no text.
fn rich_text(xml: &mut Xml<impl Read>, end: &str) -> io::Result<String> {
    let (mut text, mut in_text, mut spoken) = (String::new(), false, false);
    loop {
        match xml.next_node()?.ok_or_else(|| damaged("it ends in a text"))? {
            Node::Start(element) if element.name == "rPh" => spoken = true,
            Node::Start(element) if element.name == "t" => in_text = true,
            Node::Text(piece) if in_text && !spoken => text.push_str(&piece),
            Node::End(name) if name == "rPh" => spoken = false,
            Node::End(name) if name == "t" => in_text = false,
            Node::End(name) if name == end => return Ok(unescaped(&text)),
            _ => {}
        }
    }
}

/// The text of an element to its end.
fn content(xml: &mut Xml<impl Read>, end: &str) -> io::Result<String> {
    let mut text = String::new();
    loop {
        match xml.next_node()?.ok_or_else(|| damaged("it ends in a cell"))? {
            Node::Text(piece) => text.push_str(&piece),
            Node::End(name) if name == end => return Ok(text),
            _ => {}
        }
    }
}

/// A text with its escapes resolved: `_x000D_` is a carriage return (ECMA-376 part 1, §22.9.2.19).
fn unescaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let digits = rest.get(at + 2..at + 6).filter(|_| rest.get(at + 6..at + 7) == Some("_"));
        let digits = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let (kept, length) = match code.and_then(char::from_u32) {
            Some(character) => (character.to_string(), 7),
            None => ("_x".to_owned(), 2),
        };
        result.extend([&rest[..at], &kept]);
        rest = &rest[at + length..];
    }
    result + rest
}

/// The styles that show a number as a date.
fn date_styles(archive: &Archive, member: &Member) -> io::Result<HashSet<usize>> {
    let mut xml = Xml::new(member.open(archive.store())?);
    let mut formats: HashMap<u32, bool> = HashMap::new();
    let (mut dates, mut in_cells, mut style) = (HashSet::new(), false, 0);
    while let Some(node) = xml.next_node()? {
        match node {
            Node::Start(element) if element.name == "numFmt" => {
                let id = element.get("numFmtId").and_then(|id| id.parse().ok());
                let code = element.get("formatCode").unwrap_or_default();
                formats.extend(id.map(|id| (id, is_date_format(code))));
            }
            Node::Start(element) if element.name == "cellXfs" => in_cells = true,
            Node::End(name) if name == "cellXfs" => in_cells = false,
            Node::Start(element) if element.name == "xf" && in_cells => {
                let id = element.get("numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                let built_in = matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58);
                if formats.get(&id).copied().unwrap_or(built_in) {
                    dates.insert(style);
                }
                style += 1;
            }
            _ => {}
        }
    }
    Ok(dates)
}

/// Whether a format's code has parts of a date outside of its quotes, brackets and escapes.
fn is_date_format(code: &str) -> bool {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    for character in code.chars() {
        match character {
            _ if escaped => escaped = false,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' | '_' | '*' => escaped = true,
            '[' => bracketed = true,
            ']' => bracketed = false,
            _ if bracketed => {}
            'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 's' | 'S' => return true,
            // Only the part for positive numbers matters.
            ';' => return false,
            _ => {}
        }
    }
    false
}

/// A date of a spreadsheet: the days since the end of 1899, and a part of a day.
fn date(number: f64, from_1904: bool) -> Option<String> {
    if !(0.0..3_000_000.0).contains(&number) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "it is below 3,000,000 days")]
    let seconds = (number * 86_400.0).round() as i64;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Excel counts a 29 February 1900, which never was.
    let epoch = match (from_1904, days) {
        (true, _) => jiff::civil::date(1904, 1, 1),
        (false, ..60) => jiff::civil::date(1899, 12, 31),
        (false, _) => jiff::civil::date(1899, 12, 30),
    };
    let time =
        jiff::civil::Time::midnight().checked_add(jiff::SignedDuration::from_secs(rest)).ok()?;
    if days == 0 && !from_1904 {
        return Some(time.to_string());
    }
    let day = epoch.checked_add(jiff::SignedDuration::from_hours(days * 24)).ok()?;
    Some(if rest == 0 { day.to_string() } else { format!("{day} {time}") })
}

#[cfg(test)]
mod tests {
    use crate::audience::source::xlsx::{column_of, date, is_date_format, unescaped};

    #[test]
    fn numbers_of_days_are_dates() {
        let dates = [
            (1.0, false, "1900-01-01"),
            (59.0, false, "1900-02-28"),
            (61.0, false, "1900-03-01"),
            (45_413.0, false, "2024-05-01"),
            (45_413.25, false, "2024-05-01 06:00:00"),
            (43_951.0, true, "2024-05-01"),
            (0.5, false, "12:00:00"),
        ];
        for (number, from_1904, expected) in dates {
            assert_eq!(date(number, from_1904).as_deref(), Some(expected));
        }
        assert_eq!(date(f64::NAN, false), None);
        assert_eq!(date(1e18, false), None);
    }

    #[test]
    fn a_format_with_days_is_a_date_and_one_with_words_is_not() {
        for code in ["yyyy\\-mm\\-dd", "d/m/yy h:mm", "[$-409]d. mmmm yyyy;@", "mm:ss.0"] {
            assert!(is_date_format(code), "{code}");
        }
        for code in ["0.00", "#,##0 \"days\"", "[Red]0", "General;\"d\"", "0_d"] {
            assert!(!is_date_format(code), "{code}");
        }
    }

    #[test]
    fn places_and_escapes_are_read() {
        assert_eq!(column_of("A1"), Some(0));
        assert_eq!(column_of("AB12"), Some(27));
        assert_eq!(column_of("12"), None);
        assert_eq!(unescaped("a_x000D_b _x005F_x0041_ _xyz"), "a\rb _x0041_ _xyz");
    }
}
