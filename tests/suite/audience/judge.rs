//! Imports lists with columns of many tools, and compares what becomes of each row.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use newsletter::audience::{List, Suppressions};

use crate::audience::cases;
use crate::audience::exports::{contents, hasher, import};

/// A list of one table: its columns, and of each row the value and what becomes of it.
struct Table {
    tool: String,
    /// The names of columns with ` + ` between them, and `*` before the one that has the values.
    header: String,
    rows: Vec<(String, String)>,
}

/// Reads the tables: rows of the same tool and columns that follow one another are one list.
fn tables() -> Vec<Table> {
    let text = fs::read_to_string(cases().join("judge/columns.tsv")).unwrap();
    let mut tables: Vec<Table> = Vec::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [tool, header, value, fate] = cells[..] else { panic!("{line}") };
        if !tables.last().is_some_and(|table| table.tool == tool && table.header == header) {
            let (tool, header) = (tool.to_owned(), header.to_owned());
            tables.push(Table { tool, header, rows: Vec::new() });
        }
        tables.last_mut().unwrap().rows.push((value.to_owned(), fate.to_owned()));
    }
    tables
}

/// Writes a list whose rows have the values in the column with a `*`; its readers are
/// `LIST-0@example.org` and so on.
fn write<'v>(path: &Path, list: &str, header: &str, values: impl Iterator<Item = &'v str>) {
    let mut names: Vec<&str> = header.split(" + ").collect();
    if !names.iter().any(|name| name.to_lowercase().starts_with("email")) {
        names.insert(0, "email");
    }
    let at = names.iter().position(|name| name.starts_with('*')).unwrap();
    let address = names.iter().position(|name| name.to_lowercase().starts_with("email")).unwrap();
    names[at] = &names[at][1..];
    let mut writer = csv::Writer::from_path(path).unwrap();
    writer.write_record(&names).unwrap();
    for (number, value) in values.enumerate() {
        let mut row = vec![String::new(); names.len()];
        row[address] = format!("{list}-{number}@example.org");
        value.clone_into(&mut row[at]);
        writer.write_record(&row).unwrap();
    }
    writer.flush().unwrap();
}

/// What became of readers who were imported.
struct Fates {
    listed: BTreeSet<String>,
    out: Suppressions,
    rejected: String,
}

impl Fates {
    fn of(folder: &Path) -> Self {
        let path = folder.join("subscribers.csv");
        let mut listed = BTreeSet::new();
        if path.exists() {
            let list = List::survey(|| fs::File::open(&path)).unwrap();
            let readers = list.subscribers().unwrap();
            listed.extend(readers.map(|one| one.unwrap().unwrap().address.key()));
        }
        let out = Suppressions::load(folder.join("suppressions.csv"), Some(hasher())).unwrap();
        let files = contents(folder).into_iter().filter(|(name, _)| name.starts_with("rejected"));
        let rejected = files.map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect();
        Self { listed, out, rejected }
    }

    /// `joins`, `held`, or the first word of the reason of a suppression.
    fn tell(&self, address: &str) -> &str {
        let reason = self.out.reason_for(&address.parse().unwrap());
        match reason {
            Some(reason) => reason.split([' ', ':']).next().unwrap(),
            None if self.listed.contains(address) => "joins",
            None if self.rejected.contains(address) => "held",
            None => "lost",
        }
    }
}

#[test]
fn columns_of_many_tools_say_who_left_and_nothing_else_does() {
    let tables = tables();
    let count: usize = tables.iter().map(|table| table.rows.len()).sum();
    assert!(count >= 600, "only {count} rows");
    let mut wrong = Vec::new();
    // Many lists at once, as each import has to wait for the disk.
    for tables in tables.chunks(100) {
        let (folder, inputs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut files = Vec::new();
        for (number, table) in tables.iter().enumerate() {
            let file = inputs.path().join(format!("list-{number}.csv"));
            let values = table.rows.iter().map(|(value, _)| value.as_str());
            write(&file, &number.to_string(), &table.header, values);
            files.push(file);
        }
        import(folder.path(), &files);
        let fates = Fates::of(folder.path());
        for (number, Table { tool, header, rows }) in tables.iter().enumerate() {
            for (row, (value, expected)) in rows.iter().enumerate() {
                let fate = fates.tell(&format!("{number}-{row}@example.org"));
                if expected != fate {
                    wrong.push(format!("{tool}: `{header}` is `{value}`: {fate}, not {expected}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} rows:\n{}", wrong.len(), wrong.join("\n"));
}
