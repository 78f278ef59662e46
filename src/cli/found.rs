//! What stages have to say in, each thing once and counted out.

use crate::audience::BadRow;
use crate::cli::count;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::diagnostic::{Checked, Diagnostic, Level};

/// How many bad rows are shown one by one.
const ROWS_SHOWN_MAX: usize = 20;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What is wrong in files, each once.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The list, as people write its path.
    pub(super) list: String,
    /// Rows of the list that are no readers: the first [`Found::ROWS_MAX`] of them.
    pub(super) bad_rows: Vec<BadRow>,
    /// How many such rows there are.
    pub(super) bad: u64,
    /// How many readers there are.
    pub(super) readers: u64,
}

impl Found {
    /// How many bad rows are kept: a list can be bad from its first row to its millionth.
    const ROWS_MAX: usize = 1_000;

    /// Does a step, and says what it found, whether it went well or not.
    pub(super) fn said<T>(
        env: &mut Env,
        step: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut found = Self::default();
        let result = step(&mut found);
        found.say(env);
        result
    }

    /// Takes diagnostics in, but for those that are there already.
    pub(super) fn add(&mut self, diagnostics: Vec<Diagnostic>) {
        for diagnostic in diagnostics {
            if !self.diagnostics.contains(&diagnostic) {
                self.diagnostics.push(diagnostic);
            }
        }
    }

    /// Takes in a row that is no reader.
    pub(super) fn add_row(&mut self, row: BadRow) {
        self.bad += 1;
        if self.bad_rows.len() < Self::ROWS_MAX {
            self.bad_rows.push(row);
        }
    }

    /// How many diagnostics of a level there are.
    pub(super) fn count(&self, level: Level) -> usize {
        self.diagnostics.iter().filter(|found| found.code.level() == level).count()
    }

    /// Takes in what was found and returns the value, if it is a good one.
    pub(super) fn accept<T>(&mut self, checked: Checked<T>, exit: Exit) -> Result<T, Failure> {
        let errors = checked.diagnostics.iter().filter(|found| found.is_error()).count();
        self.add(checked.diagnostics);
        checked.value.ok_or_else(|| {
            let errors = count(errors as u64, "error");
            Failure::new(exit, format!("{errors} in the files above; nothing was done"))
        })
    }

    /// Says it to people: rows, then diagnostics with an empty line after each.
    pub(super) fn say(&self, env: &mut Env) {
        let Self { list, bad_rows, bad, diagnostics, .. } = self;
        for row in bad_rows.iter().take(ROWS_SHOWN_MAX) {
            env.say(format_args!("{list}:{}: {}; the row is left out", row.line, row.reason));
        }
        let more = bad.saturating_sub(ROWS_SHOWN_MAX as u64);
        if more > 0 {
            env.say(format_args!("{list}: and {more} more such rows"));
        }
        for diagnostic in diagnostics {
            let rendered = diagnostic.render(env.coloured);
            // What is said in one line needs no space around it.
            let lines = rendered.lines().count();
            env.say(if lines > 1 { rendered.as_str() } else { rendered.trim_end() });
        }
    }
}
