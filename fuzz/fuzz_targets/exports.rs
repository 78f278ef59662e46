//! Any bytes in, a list or a zip of lists of which every row is counted once out.
#![no_main]

use std::path::PathBuf;

use libfuzzer_sys::fuzz_target;
use newsletter::audience::{Import, Roster, Suppressions};

/// A file for each process: several may fuzz at once.
fn path() -> PathBuf {
    std::env::temp_dir().join(format!("newsletter-fuzz-{}.csv", std::process::id()))
}

fuzz_target!(|bytes: &[u8]| {
    let path = path();
    std::fs::write(&path, bytes).expect("the temporary folder can be written to");
    let nowhere = path.with_extension("none");
    let mut roster = Roster::open(&nowhere).expect("a list that is missing is a new one");
    let suppressions = Suppressions::load(&nowhere, None).expect("none are none");
    let Ok(mut import) = Import::open(std::slice::from_ref(&path)) else { return };
    let Ok(first) = import.plan(&mut roster, &suppressions) else { return };
    let again = import.plan(&mut roster, &suppressions).expect("the file is the same");
    assert_eq!(first.total(), again.total(), "the same file is the same");
    assert_eq!(first.columns, again.columns);
});
