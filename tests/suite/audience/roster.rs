//! Lists and changes to them in, the bytes of the lists after it compared.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::thread;

use newsletter::address::EmailAddress;
use newsletter::audience::{Error, List, Newcomer, Roster};
use proptest::prelude::prop;
use tempfile::TempDir;

use crate::audience::{chain, holds};

fn address(text: &str) -> EmailAddress {
    text.parse().unwrap()
}

fn newcomer(text: &str, values: &[(&str, &str)]) -> Newcomer {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Newcomer { address: address(text), values: values.collect() }
}

fn list(folder: &TempDir, text: &str) -> PathBuf {
    let path = folder.path().join("subscribers.csv");
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_row_is_added_in_the_form_of_the_list_and_no_other_byte_changes() {
    let added = [
        ("email,name\na@example.org,A\n", "b@example.org,\"B, \"\"b\"\"\"\n"),
        ("email,name\na@example.org,A", "\nb@example.org,\"B, \"\"b\"\"\"\n"),
        ("\u{feff}NAME;E-Mail;x\r\nA;a@example.org;\r\n", "\"B, \"\"b\"\"\";b@example.org;\r\n"),
        ("name\temail\rA\ta@example.org", "\r\"B, \"\"b\"\"\"\tb@example.org\r"),
        ("email,name\r\n", "b@example.org,\"B, \"\"b\"\"\"\r\n"),
        ("email,name", "\nb@example.org,\"B, \"\"b\"\"\"\n"),
        ("email,name\n\"a@example.org\" , \"A\"\n\n", "b@example.org,\"B, \"\"b\"\"\"\n"),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (before, row) in added {
        let path = list(&folder, before);
        let new = newcomer("b@example.org", &[("name", "B, \"b\""), ("unknown", "")]);
        assert_eq!(Roster::open(&path).unwrap().add(&[new.clone(), new]).unwrap(), 1);
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{before}{row}"));
    }
}

#[test]
fn who_is_there_already_is_not_added_however_the_address_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let before = "email,name\nAnn@B\u{fc}cher.example.org,Ann\nbob@example.org,Bob,too many\n";
    let path = list(&folder, before);
    let mut roster = Roster::open(&path).unwrap();
    let there = ["ann@b\u{fc}cher.example.org", "ANN@xn--bcher-kva.example.org", "Bob@example.org"];
    let new: Vec<_> = there.iter().map(|text| newcomer(text, &[("town", "Averley")])).collect();
    assert_eq!(roster.add(&new).unwrap(), 0);
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
}

#[test]
fn a_column_that_the_list_does_not_have_is_added_to_it_and_its_rows_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = list(&folder, "email;\"the\nname\"\r\n'a@example.org;A\r\nbob@example.org\r\n");
    let new = newcomer("c@example.org", &[("Town ", "Aver;ley"), ("empty", "")]);
    assert_eq!(Roster::open(&path).unwrap().add(&[new]).unwrap(), 1);
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "email;\"the\nname\";town\r\n'a@example.org;A\r\nbob@example.org\r\nc@example.org;;\"Aver;ley\"\r\n"
    );
}

#[test]
fn a_row_that_another_column_would_make_a_reader_of_has_to_be_mended_first() {
    let folder = tempfile::tempdir().unwrap();
    for (row, wrong) in [
        ("a@example.org,Ann, the first", "line 2: 3 cells for 2 columns"),
        ("a@example.org,\"Ann\nb@example.org,Bob", "line 2: cell 2 opens a quote"),
    ] {
        let before = format!("email,name\n{row}\n");
        let path = list(&folder, &before);
        let mut roster = Roster::open(&path).unwrap();
        let error = roster.add(&[newcomer("c@example.org", &[("town", "x")])]).unwrap_err();
        assert!(chain(&error).contains(wrong), "{}", chain(&error));
        assert_eq!(fs::read_to_string(&path).unwrap(), before);
        assert_eq!(roster.add(&[newcomer("c@example.org", &[("name", "C")])]).unwrap(), 1);
    }
}

#[test]
fn a_list_that_is_missing_or_blank_is_begun() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("subscribers.csv");
    let new = newcomer("a@example.org", &[("name", "A"), ("consent_when", "2026-11-20")]);
    let begun = "email,name,consent_when\na@example.org,A,2026-11-20\n";
    Roster::open(&path).unwrap().add(std::slice::from_ref(&new)).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), begun);
    for blank in ["", "\u{feff}", "\n\n"] {
        let path = list(&folder, blank);
        Roster::open(&path).unwrap().add(std::slice::from_ref(&new)).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{blank}{begun}"));
    }
}

#[test]
fn all_rows_of_a_reader_are_removed_and_no_other_byte_changes() {
    let folder = tempfile::tempdir().unwrap();
    let before = "\u{feff}email,note\r\n\r\na@example.org,\"x\r\ny\"\r\nB@example.org,b\r\n  \r\n\
                  a@example.org,\"A@example.org said \"no\" \r\nb@example.org,1,2\r\nc@example.org";
    let path = list(&folder, before);
    let mut roster = Roster::open(&path).unwrap();
    assert_eq!(roster.remove(&[address("nobody@example.org")]).unwrap(), 0);
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    assert_eq!(roster.remove(&[address("b@EXAMPLE.org")]).unwrap(), 2);
    let after = before.replace("B@example.org,b\r\n", "").replace("b@example.org,1,2\r\n", "");
    assert_eq!(fs::read_to_string(&path).unwrap(), after);
    // The row with the quote cannot be read, and holds the address.
    assert_eq!(roster.remove(&[address("a@example.org"), address("c@example.org")]).unwrap(), 3);
    assert_eq!(fs::read_to_string(&path).unwrap(), "\u{feff}email,note\r\n\r\n  \r\n");
}

#[cfg(unix)]
#[test]
fn a_list_that_is_written_anew_keeps_its_mode_and_the_link_to_it() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = tempfile::tempdir().unwrap();
    let path = list(&folder, "email\na@example.org\n");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let link = folder.path().join("link.csv");
    symlink(&path, &link).unwrap();
    Roster::open(&link).unwrap().add(&[newcomer("b@example.org", &[("name", "B")])]).unwrap();
    assert!(link.is_symlink());
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_to_string(&path).unwrap(), "email,name\na@example.org\nb@example.org,B\n");
    assert_eq!(folder.path().read_dir().unwrap().count(), 2, "nothing is left behind");
}

#[test]
fn changes_at_once_lose_nobody_also_when_the_file_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = list(&folder, "email,name\nout@example.org,x\n");
    thread::scope(|scope| {
        for worker in 0..8 {
            let mut roster = Roster::open(&path).unwrap();
            let mut change = move |number: usize| {
                let own = format!("w{worker}-{number}@example.org");
                // Every third needs a new column, so that the file is another one.
                let new = [format!("c{worker}-{number}"), "name".to_owned(), "name".to_owned()];
                let shared = newcomer(&format!("all-{number}@example.org"), &[]);
                roster.add(&[newcomer(&own, &[(&new[number % 3], "x")]), shared]).unwrap();
                roster.remove(&[address("out@example.org")]).unwrap();
            };
            scope.spawn(move || (0..12).for_each(&mut change));
        }
    });
    let read = || Ok(fs::File::open(&path).unwrap());
    let list = List::survey(read).unwrap();
    assert_eq!(list.readers(), Some(8 * 12 + 12));
    assert_eq!(list.columns().names().len(), 2 + 8 * 4);
}

#[test]
fn an_extension_is_all_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let before = "email\na@example.org\n";
    let path = list(&folder, before);
    let mut roster = Roster::open(&path).unwrap();
    roster.survey(&mut |_| Ok(())).unwrap();
    let failed = roster.extend(&["town".to_owned()], |extension| {
        extension.push(&["b@example.org".into(), "Averley".into()])?;
        Err(Error::Empty)
    });
    assert!(matches!(failed, Err(Error::Empty)));
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    assert_eq!(folder.path().read_dir().unwrap().count(), 1);

    Roster::open(&path).unwrap().add(&[newcomer("c@example.org", &[])]).unwrap();
    let changed = roster.extend::<Error>(&[], |_| Ok(())).unwrap_err();
    assert!(chain(&changed).contains("it changes while it is read"), "{}", chain(&changed));
}

#[test]
fn what_is_added_is_read_back_and_what_is_removed_is_gone() {
    let rows = prop::collection::vec(("[a-d]", "[,;\"'\n\r\t =a]{0,6}", "[xy]?"), 0..6);
    let starts = prop::sample::select(vec![
        "",
        "email\n",
        "n;email\r\nx;q@example.org",
        "\u{feff}E-Mail\tn\r\n",
    ]);
    holds(150, &(starts, rows.clone(), rows), |(start, first, second)| {
        let folder = tempfile::tempdir().unwrap();
        let path = list(&folder, start);
        let mut roster = Roster::open(&path).unwrap();
        let mut there = BTreeSet::new();
        for rows in [first, second] {
            let new = rows.iter().map(|(local, n, more)| {
                newcomer(&format!("{local}@example.org"), &[("n", n), (&format!("m{more}"), more)])
            });
            let new: Vec<_> = new.collect();
            let fresh: BTreeSet<_> = new.iter().map(|new| new.address.key()).collect();
            let fresh: BTreeSet<_> = fresh.difference(&there).cloned().collect();
            assert_eq!(roster.add(&new).unwrap(), fresh.len());
            let list = List::survey(|| fs::File::open(&path));
            let Ok(list) = list else { continue };
            let readers = list.subscribers().unwrap().map(|reader| reader.unwrap().unwrap());
            for reader in readers.filter(|reader| fresh.contains(&reader.address.key())) {
                let first = new.iter().find(|new| new.address.key() == reader.address.key());
                let n = reader.value("n").unwrap_or_default();
                assert_eq!(n, first.unwrap().values[0].1);
            }
            there.extend(fresh);
        }
        let gone = address("a@example.org");
        let removed = roster.remove(std::slice::from_ref(&gone)).unwrap();
        assert_eq!(removed, usize::from(there.contains("a@example.org")));
        assert!(!fs::read_to_string(&path).unwrap().contains("a@example.org"));
    });
}

#[test]
fn what_a_killed_process_left_beside_the_list_goes_with_the_next_change() {
    let folder = tempfile::tempdir().unwrap();
    let path = list(&folder, "email,name\nann@example.org,Ann\nbob@example.org,Bob\n");
    let name = path.file_name().unwrap().to_string_lossy();
    let left = folder.path().join(format!(".{name}-x1y2z3.new"));
    fs::write(&left, "email\nann@example.org\n").unwrap();
    let mut roster = Roster::open(&path).unwrap();
    assert_eq!(roster.remove(&[address("bob@example.org")]).unwrap(), 1);
    assert!(!left.exists());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
