//! Files as people have them in: columns named by the editor, hostile spreadsheets and zips.

use std::fs;

use newsletter::audience::{Import, ImportOptions, Roster, Suppressions};
use proptest::prelude::*;

use crate::audience::cases;
use crate::audience::exports::{hasher, now};

#[test]
fn a_column_is_taken_for_what_the_editor_says() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list.csv");
    let list = "Kundenreferenz;Vorname;Nr.;Gruppen\nuna@example.org;Una;17;coast\n";
    fs::write(&file, list).unwrap();
    let mut options = ImportOptions::default();
    assert!(Import::open(std::slice::from_ref(&file)).is_err(), "nobody can tell whose they are");
    options.map("Kundenreferenz", "email");
    options.map("vorname", "first_name");
    options.map("Nr.", "");
    options.map("Gruppen", "tags");
    let mut import = Import::open_with(&[file], options).unwrap();
    assert!(import.has_column("VORNAME") && !import.has_column("Nachname"));
    let mut roster = Roster::open(folder.path().join("subscribers.csv")).unwrap();
    let path = folder.path().join("suppressions.csv");
    let mut suppressions = Suppressions::load(path, Some(hasher())).unwrap();
    let plan = import.plan(&mut roster, &suppressions).unwrap();
    import.carry_out(&plan, &mut roster, &mut suppressions, folder.path(), now()).unwrap();
    let written = fs::read_to_string(folder.path().join("subscribers.csv")).unwrap();
    assert_eq!(written, "email,first_name,tags\nuna@example.org,Una,coast\n");
}

#[test]
fn a_zip_without_a_list_is_an_error_that_names_what_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("empty.zip");
    let mut end = b"PK\x05\x06".to_vec();
    end.extend([0; 18]);
    fs::write(&file, end).unwrap();
    let (_, error) = Import::open(&[file]).unwrap_err();
    assert_eq!(error.to_string(), "there is no file in it");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_the_bytes_of_a_spreadsheet_or_zip_opening_ends_without_a_panic(
        which in 0_usize..3,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        length in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let name = ["xlsx/members.xlsx", "ods/liste.ods", "zip-of-many/export.zip"][which];
        let mut bytes = fs::read(cases().join("exports").join(name)).unwrap();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cut {
            bytes.truncate(length.index(bytes.len()));
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("list");
        fs::write(&file, bytes).unwrap();
        drop(Import::open(&[file]));
    }
}
