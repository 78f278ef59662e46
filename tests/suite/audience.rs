//! Lists of readers and suppressions in, what `address` and `audience` make of them compared.

mod addresses;
mod blocklists;
mod exports;
mod imports;
mod judge;
mod roster;
mod sources;
mod standing;
mod subscribers;
mod suppressions;

use std::path::{Path, PathBuf};

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestRunner};

/// Where the data is.
pub(crate) fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

/// An error with what caused it, as the command line prints it.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let source = error.source().map(|source| format!(": {}", chain(source)));
    format!("{error}{}", source.unwrap_or_default())
}

/// Runs a property on so many values.
pub(crate) fn holds<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value)) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(strategy, |value| {
            test(value);
            Ok(())
        })
        .expect("it holds for all values");
}
