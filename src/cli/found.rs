//! What stages have to say in, each thing once and counted out.

use std::collections::BTreeMap;

use crate::audience::BadRow;
use crate::cli::count;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::diagnostic::{Checked, Code, Diagnostic, Level, SHOWN_MAX};
use crate::language;

/// How many bad rows are shown one by one.
const ROWS_SHOWN_MAX: usize = 20;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What is wrong in files, each once: of each code the first [`SHOWN_MAX`].
    pub(super) diagnostics: Vec<Diagnostic>,
    /// How many more there are of each code.
    pub(super) more: BTreeMap<Code, u64>,
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
            let code = diagnostic.code;
            if diagnostic.more > 0 {
                *self.more.entry(code).or_default() += diagnostic.more;
            } else if self.diagnostics.contains(&diagnostic) {
                // It was said already.
            } else if self.diagnostics.iter().filter(|known| known.code == code).count() < SHOWN_MAX
            {
                self.diagnostics.push(diagnostic);
            } else {
                *self.more.entry(code).or_default() += 1;
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
        let more =
            self.more.iter().filter(|(code, _)| code.level() == level).map(|(_, more)| *more);
        let shown = self.diagnostics.iter().filter(|found| found.code.level() == level).count();
        shown + usize::try_from(more.sum::<u64>()).unwrap_or(usize::MAX)
    }

    /// Takes in what was found and returns the value, if it is a good one.
    pub(super) fn accept<T>(&mut self, checked: Checked<T>, exit: Exit) -> Result<T, Failure> {
        let errors = checked.diagnostics.iter().filter(|found| found.is_error());
        let errors: u64 = errors.map(|found| found.more.max(1)).sum();
        self.add(checked.diagnostics);
        checked.value.ok_or_else(|| {
            let errors = count(errors, "error");
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
            env.say_coloured(if lines > 1 { rendered.as_str() } else { rendered.trim_end() });
        }
        for (code, more) in &self.more {
            env.say(format_args!("and {} more of {}", language::grouped(*more), code.number()));
        }
    }
}
