//! Imports lists with columns of many tools, and compares what becomes of each row.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use newsletter::audience::{List, Suppressions};
use newsletter::cli::Exit;
use proptest::prelude::*;

use crate::audience::exports::{contents, hasher, import};
use crate::audience::{cases, holds};
use crate::support::publication::Publication;

/// A list of one table: its columns, and of each row the value and what becomes of it.
struct Table {
    tool: String,
    /// The names of columns with ` + ` between them, and `*` before the one that has the values.
    header: String,
    rows: Vec<(String, String)>,
}

impl Table {
    /// The rows of which something else became, where the list has this number.
    fn differences(&self, fates: &Fates, number: usize) -> Vec<String> {
        let Self { tool, header, rows } = self;
        let mut wrong = Vec::new();
        for (row, (value, expected)) in rows.iter().enumerate() {
            let fate = fates.tell(&format!("{number}-{row}@example.org"));
            if expected != fate {
                wrong.push(format!("{tool}: `{header}` is `{value}`: {fate}, not {expected}"));
            }
        }
        wrong
    }
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
        for (number, table) in tables.iter().enumerate() {
            wrong.extend(table.differences(&fates, number));
        }
    }
    assert!(wrong.is_empty(), "{} of {count} rows:\n{}", wrong.len(), wrong.join("\n"));
}

/// A column of a generated list, and the cell of its only row.
type Column = (String, String);

/// Columns of the tables whose values do, or do not, become readers.
fn columns(of: impl Fn(&Table, &str) -> bool) -> Vec<Column> {
    let mut columns = Vec::new();
    for table in tables() {
        let Some(name) = table.header.strip_prefix('*') else { continue };
        let rows = table.rows.iter().filter(|(_, fate)| of(&table, fate));
        columns.extend(rows.map(|(value, _)| (name.to_owned(), value.clone())));
    }
    columns
}

/// Imports lists of one reader each, all at once; returns what became of `0@example.org` and so on.
fn import_each(lists: &[Vec<Column>]) -> Vec<String> {
    let (folder, inputs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut files = Vec::new();
    for (number, columns) in lists.iter().enumerate() {
        let file = inputs.path().join(format!("list-{number}.csv"));
        let mut writer = csv::Writer::from_path(&file).unwrap();
        let names = ["email"].into_iter().chain(columns.iter().map(|(name, _)| name.as_str()));
        writer.write_record(names).unwrap();
        let address = format!("{number}@example.org");
        let cells =
            [address.as_str()].into_iter().chain(columns.iter().map(|(_, cell)| cell.as_str()));
        writer.write_record(cells).unwrap();
        writer.flush().unwrap();
        files.push(file);
    }
    import(folder.path(), &files);
    let fates = Fates::of(folder.path());
    let tell = |number| fates.tell(&format!("{number}@example.org")).to_owned();
    (0..lists.len()).map(tell).collect()
}

#[test]
fn no_layout_that_says_a_subscriber_left_adds_them_and_no_other_keeps_one_out() {
    // What only the other rows of a list decide is no sign in a list of one row.
    let alone =
        |table: &Table| table.tool != "ticks" && !table.header.to_lowercase().ends_with("*state");
    let signs = columns(|table, fate| fate != "joins" && alone(table));
    let others = columns(|table, _| table.tool == "no sign");
    assert!(signs.len() > 500 && others.len() > 150, "{} and {}", signs.len(), others.len());
    let neutral = prop::collection::vec(prop::sample::select(others), 0..4);
    let sign =
        prop::option::weighted(0.7, (prop::sample::select(signs), any::<prop::sample::Index>()));
    holds(12, &prop::collection::vec((neutral, sign), 60), |layouts| {
        let mut lists = Vec::new();
        for (neutral, sign) in &layouts {
            let mut list = neutral.clone();
            if let Some((sign, at)) = sign {
                list.insert(at.index(list.len() + 1), sign.clone());
            }
            lists.push(list);
        }
        for ((list, (_, sign)), fate) in lists.iter().zip(&layouts).zip(import_each(&lists)) {
            assert_eq!(fate == "joins", sign.is_none(), "{list:?}: {fate}");
        }
    });
}

#[test]
fn a_column_that_is_taken_as_subscribed_says_nothing_of_leaving_and_the_preview_says_so() {
    let publication = Publication::sample();
    publication.write("subscribers.csv", "email\n");
    let list = "email,Level,Status\nada@example.org,1,gold\nbob@example.org,2,silver\n\
                cid@example.org,3,unsubscribed\n";
    publication.write("list.csv", list);
    let held = publication.run(&["subscribers", "import", "list.csv", "--yes"]);
    assert_eq!(held.exit, Exit::Partly, "{}", held.messages);
    for said in ["read for who left: Status", "2 rows: rejected", "--as-subscribed"] {
        assert!(held.messages.contains(said), "{}", held.messages);
    }
    assert!(publication.read("rejected.csv").contains("`Status` is `gold`, which does not say"));

    let publication = Publication::sample();
    publication.write("subscribers.csv", "email\n");
    publication.write("list.csv", list);
    let taken = ["subscribers", "import", "list.csv", "--yes", "--as-subscribed", "status"];
    let taken = publication.run(&taken);
    assert_eq!(taken.exit, Exit::Done, "{}", taken.messages);
    for said in ["status says nothing of leaving (--as-subscribed)", "3 rows: added"] {
        assert!(taken.messages.contains(said), "{}", taken.messages);
    }

    let none =
        publication.run(&["subscribers", "import", "list.csv", "--as-subscribed", "Standing"]);
    assert_eq!(none.exit, Exit::Usage);
    assert!(none.messages.contains("no list has a column `Standing`"), "{}", none.messages);
}
