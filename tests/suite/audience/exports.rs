//! Other tools' exports in, the list, the suppressions and the rejected rows that come of them compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use newsletter::address::EmailAddress;
use newsletter::audience::{Counts, Done, Import, Roster, Suppressions};
use newsletter::key::{Hasher, Key};

use crate::audience::{cases, chain};

/// When the imports of the cases are.
pub(crate) fn now() -> Timestamp {
    "2026-11-22T07:00:00Z".parse().unwrap()
}

pub(crate) fn hasher() -> Hasher {
    Key::new(&[7; 32]).hasher()
}

/// Imports files into the publication of a folder.
pub(crate) fn import(folder: &Path, files: &[PathBuf]) -> (Counts, Done) {
    let mut roster = Roster::open(folder.join("subscribers.csv")).unwrap();
    let path = folder.join("suppressions.csv");
    let mut suppressions = Suppressions::load(path, Some(hasher())).unwrap();
    let mut import = Import::open(files).unwrap();
    let plan = import.plan(&mut roster, &suppressions).unwrap_or_else(|e| panic!("{}", chain(&e)));
    let done = import.carry_out(&plan, &mut roster, &mut suppressions, folder, now());
    let done = done.unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert_eq!(plan.total(), done.counts, "what was planned is what was done");
    (plan.total(), done)
}

/// Every file of a folder, by its name.
pub(crate) fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeMap::new() };
    let paths = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    paths
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path))
        .map(|(name, path)| (name, fs::read(path).unwrap()))
        .collect()
}

/// The inputs of a case: every file beside `before` and `expected`.
fn inputs(case: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(case).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

/// Imports a case twice; returns what is in the folder then.
fn run(case: &Path) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for (name, bytes) in contents(&case.join("before")) {
        // Nobody can write a keyed hash by hand.
        let dora = "dora@example.org".parse::<EmailAddress>().unwrap().key();
        let text = String::from_utf8(bytes).unwrap();
        fs::write(path.join(name), text.replace("HASH-OF-DORA", &hasher().hash(&dora))).unwrap();
    }
    // A copy, as what is rejected may take the place of what was imported.
    let copies = tempfile::tempdir().unwrap();
    let copy = |file: &PathBuf| {
        let copy = copies.path().join(file.file_name().unwrap());
        fs::copy(file, &copy).unwrap();
        copy
    };
    let files: Vec<_> = inputs(case).iter().map(copy).collect();
    let (first, _) = import(path, &files);
    let after = contents(path);
    let (again, _) = import(path, &files);
    assert_eq!((again.added, again.suppressed), (0, 0), "{}", case.display());
    assert_eq!((again.rejected, again.rows()), (first.rejected, first.rows()));
    assert!(contents(path) == after, "{}: a second import changes something", case.display());
    after
}

#[test]
#[expect(clippy::disallowed_methods, reason = "`UPDATE=1 cargo test` rewrites what is expected")]
fn exports_are_imported_as_the_cases_say() {
    let mut wrong = Vec::new();
    let folders = fs::read_dir(cases().join("exports")).unwrap();
    let mut folders: Vec<_> = folders.map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(folders.len() >= 15, "only {} cases", folders.len());
    for case in &folders {
        let after = run(case);
        let expected = case.join("expected");
        if std::env::var_os("UPDATE").is_some() {
            drop(fs::remove_dir_all(&expected));
            fs::create_dir_all(&expected).unwrap();
            after.iter().for_each(|(name, bytes)| fs::write(expected.join(name), bytes).unwrap());
        } else if contents(&expected) != after {
            wrong.push(case.display().to_string());
        }
    }
    assert!(wrong.is_empty(), "UPDATE=1 rewrites the cases\n{}", wrong.join("\n"));
}
