//! The file of numbers in, how often each issue was read and each link followed out.

use std::collections::BTreeMap;
use std::io;

/// The columns of the file.
const COLUMNS: [&str; 3] = ["issue", "link", "count"];

/// How often pages were read and links followed, in all; when, in which order and by whom is not
/// known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// By issue and link, where an empty link is the issue's page.
    counts: BTreeMap<(String, String), u64>,
}

impl Numbers {
    /// How often the page of an issue was read.
    #[must_use]
    pub fn views(&self, issue: &str) -> u64 {
        self.counts.get(&(issue.to_owned(), String::new())).copied().unwrap_or_default()
    }

    /// How often each link of an issue was followed, the most first.
    #[must_use]
    pub fn clicks(&self, issue: &str) -> Vec<(&str, u64)> {
        let all = self.counts.iter().filter(|((of, link), _)| of == issue && !link.is_empty());
        let mut clicks: Vec<_> = all.map(|((_, link), count)| (link.as_str(), *count)).collect();
        clicks.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        clicks
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Counts something once more.
    pub(super) fn count(&mut self, issue: &str, link: &str) {
        self.add(issue.to_owned(), link.to_owned(), 1);
    }

    /// Counts all that another has.
    pub(super) fn add_all(&mut self, other: Self) {
        for ((issue, link), count) in other.counts {
            self.add(issue, link, count);
        }
    }

    fn add(&mut self, issue: String, link: String, count: u64) {
        let known = self.counts.entry((issue, link)).or_default();
        *known = known.saturating_add(count);
    }

    /// Reads a file: CSV with a row for each number, under a row of names.
    ///
    /// # Errors
    ///
    /// It is none that this tool writes; rows of the same thing are added up, as when git has joined
    /// two files.
    pub(super) fn read(bytes: &[u8]) -> io::Result<Self> {
        let mut numbers = Self::default();
        let mut rows = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
        for row in rows.records() {
            let row = row?;
            if row.iter().eq(COLUMNS) {
                continue;
            }
            let count = row.get(2).and_then(|count| count.parse().ok());
            let count = count.filter(|_| row.len() == COLUMNS.len()).ok_or_else(|| {
                let line = row.position().map_or(0, csv::Position::line);
                io::Error::other(format!("line {line} is no issue, link and number"))
            })?;
            numbers.add(row[0].to_owned(), row[1].to_owned(), count);
        }
        Ok(numbers)
    }

    /// The file: sorted, so that the order of the rows tells nothing either.
    pub(super) fn write(&self) -> io::Result<Vec<u8>> {
        let mut rows = csv::Writer::from_writer(Vec::new());
        rows.write_record(COLUMNS)?;
        for ((issue, link), count) in &self.counts {
            rows.write_record([issue, link, &count.to_string()])?;
        }
        rows.into_inner().map_err(|error| error.into_error())
    }
}
