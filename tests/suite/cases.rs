//! A folder of inputs and what came of each in, a comparison with the files beside them out.
//!
//! A case is a file, and what is expected of it stands beside it. `UPDATE=1 cargo test` writes what
//! came out instead of comparing; the diff is then reviewed like any other change.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use newsletter::diagnostic::Diagnostic;

/// A folder below `tests/cases`.
pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

/// The entries of a folder below `tests/cases` whose names end with `ending`, in order.
pub(crate) fn list(name: &str, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder(name)).expect("a folder of cases").map(Result::unwrap);
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.to_string_lossy().ends_with(ending));
    paths.sort();
    paths
}

/// What a file holds.
pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Diagnostics as `newsletter check` shows them, without colours.
pub(crate) fn render(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|diagnostic| diagnostic.render(false) + "\n").collect()
}

/// Compares what came out of many cases with what is expected, and fails once, for all of them.
#[derive(Default)]
pub(crate) struct Verdict {
    failures: Vec<String>,
    count: usize,
}

impl Verdict {
    /// Holds `actual` against the file of what is expected, or writes it there.
    pub(crate) fn compare(&mut self, expected: &Path, actual: &[u8]) {
        self.count += 1;
        let known = fs::read(expected).unwrap_or_default();
        if known == actual {
            return;
        }
        if update() {
            fs::write(expected, actual).expect("a writable folder of cases");
            return;
        }
        let shown = expected.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(expected);
        let diff = diff(&String::from_utf8_lossy(&known), &String::from_utf8_lossy(actual));
        self.failures.push(format!("{}\n{diff}", shown.display()));
    }

    /// Notes something that is wrong with a case.
    pub(crate) fn fail(&mut self, case: &Path, message: impl std::fmt::Display) {
        let shown = case.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(case);
        self.failures.push(format!("{}\n{message}\n", shown.display()));
    }

    /// Fails if a case did, or if there were fewer than `least`.
    pub(crate) fn finish(self, least: usize) {
        assert!(
            self.failures.is_empty(),
            "{} of {} differ (`-` is expected, `+` came out; UPDATE=1 accepts)\n\n{}",
            self.failures.len(),
            self.count,
            self.failures.join("\n")
        );
        assert!(self.count >= least, "{} cases are fewer than {least}", self.count);
    }
}

/// Whether what is expected is to be written anew.
#[expect(clippy::disallowed_methods, reason = "whoever runs the tests decides, not the program")]
pub(crate) fn update() -> bool {
    std::env::var_os("UPDATE").is_some()
}

/// The lines that differ, each with its number in the file that it is from.
fn diff(expected: &str, actual: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) =
        (expected.split('\n').collect(), actual.split('\n').collect());
    let common = longest_common(&old, &new);
    let (mut a, mut b) = (0, 0);
    let mut shown = String::new();
    for (next_a, next_b) in common.into_iter().chain([(old.len(), new.len())]) {
        for (at, line) in (a..next_a).map(|at| (at, old[at])) {
            writeln!(shown, "-{:>4} {line:?}", at + 1).expect("a string takes it");
        }
        for (at, line) in (b..next_b).map(|at| (at, new[at])) {
            writeln!(shown, "+{:>4} {line:?}", at + 1).expect("a string takes it");
        }
        (a, b) = (next_a + 1, next_b + 1);
    }
    shown
}

/// The places of the lines that both have, in order.
fn longest_common(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let mut lengths = vec![vec![0_u32; new.len() + 1]; old.len() + 1];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            lengths[a][b] = if old[a] == new[b] {
                lengths[a + 1][b + 1] + 1
            } else {
                lengths[a + 1][b].max(lengths[a][b + 1])
            };
        }
    }
    let (mut a, mut b) = (0, 0);
    let mut pairs = Vec::new();
    while a < old.len() && b < new.len() {
        if old[a] == new[b] {
            pairs.push((a, b));
            (a, b) = (a + 1, b + 1);
        } else if lengths[a + 1][b] >= lengths[a][b + 1] {
            a += 1;
        } else {
            b += 1;
        }
    }
    pairs
}
