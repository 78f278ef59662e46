//! What readers did, one after the other, in; how they stand, compared.

use std::fs;

use jiff::{SignedDuration, Timestamp};
use newsletter::address::EmailAddress;
use newsletter::audience::{Act, Cause, Entry, Suppressions};
use newsletter::key::Key;
use proptest::prelude::{Just, Strategy as _, any, prop};

use crate::audience::holds;

fn address(text: &str) -> EmailAddress {
    text.parse().expect("an address")
}

/// A moment so many seconds after another.
fn at(seconds: i64) -> Timestamp {
    "2026-11-20T07:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

fn key() -> Key {
    Key::new(b"the publication's own secret, of 32 bytes")
}

fn entry(text: &str, act: Act, reason: &str, seconds: i64) -> Entry {
    let (reason, source) = (reason.to_owned(), "page".to_owned());
    Entry { address: address(text), act, reason, source, at: at(seconds), issue: "frost".into() }
}

/// A folder with a file of suppressions, and the file read.
fn file(text: &str) -> (tempfile::TempDir, Suppressions) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("suppressions.csv");
    fs::write(&path, text).unwrap();
    let list = Suppressions::load(&path, Some(key().hasher())).unwrap();
    (folder, list)
}

/// How a file of rows has Ada.
fn stands(rows: &[&str]) -> Option<String> {
    let text = format!("address,reason,source,date,issue\n{}\n", rows.join("\n"));
    let (_folder, list) = file(&text);
    list.reason_for(&address("ADA@example.org")).map(str::to_owned)
}

#[test]
fn a_reader_comes_back_by_a_row_below_that_is_dated_no_earlier() {
    let gone = "ada@example.org,unsubscribed,one-click,2026-11-20T07:00:00.000Z,";
    let back = "back:ada@example.org,unsubscribed by mistake,page,2026-11-20T07:00:09.000Z,";
    let old = "back:Ada@example.org,,page,2026-11-20T06:59:59.999Z,";
    let day = "ada@example.org,unsubscribed,form,2026-11-20,";
    let undated = "ada@example.org,unsubscribed,form,,";
    let said = Some("unsubscribed".to_owned());
    assert_eq!(stands(&[gone]), said);
    assert_eq!(stands(&[gone, back]), None);
    assert_eq!(stands(&[back, gone]), said, "what stands above lifts nothing");
    assert_eq!(stands(&[gone, old]), said, "what is older lifts nothing");
    assert_eq!(stands(&[gone, "back:ada@example.org,,page,,"]), said);
    assert_eq!(stands(&[gone, "back:eda@example.org,,page,2026-11-20T07:00:09.000Z,"]), said);
    assert_eq!(stands(&[day, back]), said, "a day ends at its end");
    assert_eq!(stands(&[day, "back:ada@example.org,,page,2026-11-21T00:00:00Z,"]), None);
    assert_eq!(stands(&[undated, back]), said, "what has no date is lifted by nothing");
    let again = "ada@example.org,unsubscribed,one-click,2026-11-20T07:01:00.000Z,";
    assert_eq!(stands(&[gone, back, again]), said);
    assert_eq!(stands(&[gone, again, back]), said, "as git may join the rows of two branches");
}

#[test]
fn a_reader_lifts_only_what_is_the_readers_own_to_lift() {
    let back = "back:ada@example.org,,page,2026-11-21T07:00:00.000Z,";
    let reasons = [
        ("unsubscribed", Cause::Unsubscribed, true),
        ("Unsubscribed by mail", Cause::Unsubscribed, true),
        ("forgotten", Cause::Forgotten, true),
        ("bounced: over quota", Cause::Bounced, true),
        ("no such mailbox: 550 5.1.1", Cause::Bounced, true),
        ("complaint: abuse", Cause::Complaint, false),
        ("blocklisted in listmonk", Cause::Other, false),
        ("back from the printer", Cause::Other, false),
        ("", Cause::Other, false),
    ];
    for (reason, cause, lifted) in reasons {
        assert_eq!(Cause::of(reason), cause, "{reason}");
        let row = format!("ada@example.org,{reason},x,2026-11-20T07:00:00Z,");
        assert_eq!(stands(&[&row, back]).is_none(), lifted, "{reason}");
        let gone = "ada@example.org,unsubscribed,page,2026-11-20T07:00:01Z,";
        assert_eq!(stands(&[&row, gone, back]).is_none(), lifted, "{reason}, then unsubscribed");
        assert_eq!(stands(&[gone, &row, back]).is_none(), lifted, "unsubscribed, then {reason}");
    }
}

#[test]
fn what_a_reader_does_is_written_once_and_read_again() {
    let (folder, mut list) = file("");
    let ada = address("ada@example.org");
    let mut acts = vec![
        (Act::Suppress, "unsubscribed", 1, Some("unsubscribed")),
        (Act::Suppress, "unsubscribed", 0, Some("unsubscribed")),
        (Act::Suppress, "bounced: full", 0, Some("unsubscribed")),
        (Act::Return, "", 1, None),
        (Act::Return, "", 0, None),
        (Act::Suppress, "unsubscribed", 1, Some("unsubscribed")),
        (Act::Suppress, "complaint: abuse", 1, Some("complaint: abuse")),
        (Act::Suppress, "complaint: abuse", 0, Some("complaint: abuse")),
        (Act::Return, "", 0, Some("complaint: abuse")),
    ];
    for (second, (act, reason, rows, stands)) in acts.drain(..).enumerate() {
        let second = i64::try_from(second).unwrap();
        let entry = entry("Ada@example.org", act.clone(), reason, second);
        assert_eq!(list.append(&[entry]).unwrap(), rows, "{act:?} {reason}");
        assert_eq!(list.reason_for(&ada), stands, "{act:?} {reason}");
        let again = Suppressions::load(list.path(), Some(key().hasher())).unwrap();
        assert_eq!(again.reason_for(&ada), stands, "{act:?} {reason}, read again");
    }
    let text = fs::read_to_string(folder.path().join("suppressions.csv")).unwrap();
    assert_eq!(
        text,
        "address,reason,source,date,issue\n\
         Ada@example.org,unsubscribed,page,2026-11-20T07:00:00.000Z,frost\n\
         back:Ada@example.org,,page,2026-11-20T07:00:03.000Z,frost\n\
         Ada@example.org,unsubscribed,page,2026-11-20T07:00:05.000Z,frost\n\
         Ada@example.org,complaint: abuse,page,2026-11-20T07:00:06.000Z,frost\n"
    );
}

#[test]
fn a_clock_that_was_set_back_turns_nothing_round() {
    let (_folder, mut list) = file("");
    let ada = address("ada@example.org");
    let mut say = |act, reason, second| {
        let entry = entry("ada@example.org", act, reason, second);
        assert_eq!(list.append(&[entry]).unwrap(), 1);
        let again = Suppressions::load(list.path(), None).unwrap();
        assert_eq!(again.standing(&ada), list.standing(&ada));
        again.reason_for(&ada).is_some()
    };
    assert!(say(Act::Suppress, "unsubscribed", 100));
    assert!(!say(Act::Return, "", 50));
    assert!(say(Act::Suppress, "unsubscribed", 0));
    say(Act::Leave("coast".to_owned()), "", 100);
    say(Act::Join("coast".to_owned()), "", 50);
    say(Act::Leave("coast".to_owned()), "", 0);
    assert!(list.left(&ada, "coast"));
}

#[test]
fn who_was_forgotten_is_kept_out_and_not_named() {
    let (folder, mut list) = file("");
    let ada = address("ada@example.org");
    let forget = entry("ADA@example.org", Act::Forget, "forgotten", 0);
    assert_eq!(list.append(&[forget.clone(), forget]).unwrap(), 1);
    let path = folder.path().join("suppressions.csv");
    let text = fs::read_to_string(&path).unwrap();
    assert!(!text.to_lowercase().contains("ada"), "{text}");
    let mut again = Suppressions::load(&path, Some(key().hasher())).unwrap();
    assert_eq!(
        (list.reason_for(&ada), again.reason_for(&ada)),
        (Some("forgotten"), Some("forgotten"))
    );
    assert_eq!(again.reason_for(&address("bob@example.org")), None);
    let other = Key::new(&[9; 32]).hasher();
    let error = crate::audience::chain(&Suppressions::load(&path, Some(other)).unwrap_err());
    assert!(error.contains("put the old key back"), "{error}");
    let error = crate::audience::chain(&Suppressions::load(&path, None).unwrap_err());
    assert!(error.contains("without the publication's key"), "{error}");
    // Nothing that comes later names them: neither a complaint nor an editor.
    let complaint = entry("ada@example.org", Act::Suppress, "complaint: ada@example.org, abuse", 1);
    let (other_folder, mut other) = file(&text);
    assert_eq!(other.append(&[complaint]).unwrap(), 1);
    let named = fs::read_to_string(other_folder.path().join("suppressions.csv")).unwrap();
    assert!(!named.to_lowercase().contains("ada") && named.contains(",complaint,"), "{named}");
    assert_eq!(other.append(&[entry("ada@example.org", Act::Return, "", 2)]).unwrap(), 0);
    assert!(other.reason_for(&ada).is_some());
    // Only the reader comes back; whoever imports a list does not bring them.
    assert_eq!(
        again.append(&[entry("ada@example.org", Act::Suppress, "unsubscribed", 1)]).unwrap(),
        0
    );
    assert_eq!(again.append(&[entry("ada@example.org", Act::Return, "", 2)]).unwrap(), 1);
    assert_eq!(again.reason_for(&ada), None);
    list.reload_if_changed().unwrap();
    assert_eq!(list.reason_for(&ada), None, "a process that runs sees it, too");
}

#[test]
fn a_segment_is_left_and_nothing_else() {
    let (_folder, mut list) = file("");
    let ada = address("ada@example.org");
    let leave = entry("ada@example.org", Act::Leave("coast, north".to_owned()), "", 0);
    assert_eq!(list.append(&[leave.clone(), leave]).unwrap(), 1);
    for list in [&list, &Suppressions::load(list.path(), None).unwrap()] {
        assert!(list.left(&ada, "coast, north") && !list.left(&ada, "coast"));
        assert!(!list.left(&address("eda@example.org"), "coast, north"));
        assert_eq!(list.reason_for(&ada), None);
        assert_eq!(list.standing(&ada).left, ["coast, north"]);
        assert_eq!(list.reason_in(&ada, Some("coast")), None);
        let reason = list.reason_in(&ada, Some("coast, north")).unwrap();
        assert_eq!(reason, "left the segment `coast, north`");
        assert!(list.is_empty());
    }
    let join = entry("ada@example.org", Act::Join("coast, north".to_owned()), "", 1);
    assert_eq!(list.append(&[join.clone(), join]).unwrap(), 1);
    assert!(!Suppressions::load(list.path(), None).unwrap().left(&ada, "coast, north"));
}

#[test]
fn the_first_row_of_two_branches_may_be_there_twice() {
    let (_folder, list) = file(
        "address,reason,source,date\nada@example.org,unsubscribed,page,2026-11-20\n\
         address,reason,source,date\nbob@example.org,complaint,arf,2026-11-20\n",
    );
    assert_eq!(list.len(), 2);
}

/// Rows of a file, each with what it does and when.
fn rows() -> impl proptest::strategy::Strategy<Value = Vec<(usize, i64)>> {
    prop::collection::vec((0..3_usize, 0..20_i64), 1..12)
}

/// However rows come to stand in the file, whoever left after they last came back is kept out, and
/// so is whoever did what cannot be lifted.
#[test]
fn in_whatever_order_git_joins_rows_nobody_comes_back_who_did_not() {
    let shuffled = rows().prop_flat_map(|rows| (Just(rows).prop_shuffle(), any::<bool>()));
    holds(200, &shuffled, |(rows, hashed)| {
        let hash = key().hasher().hash("ada@example.org");
        let line = |(kind, second): &(usize, i64)| {
            let whom = match (kind, hashed) {
                (0, _) => "back:ada@example.org".to_owned(),
                (_, true) => format!("hash:{hash}"),
                (_, false) => "ada@example.org".to_owned(),
            };
            let reason = ["", "unsubscribed", "complaint"][*kind];
            format!("{whom},{reason},x,{},", at(*second))
        };
        let text: Vec<String> = rows.iter().map(line).collect();
        let stands = stands(&text.iter().map(String::as_str).collect::<Vec<_>>()).is_some();
        let latest = |wanted: usize| {
            let moments = rows.iter().filter(|(kind, _)| *kind == wanted);
            moments.map(|(_, second)| *second).max()
        };
        let complained = latest(2).is_some();
        let left_last = latest(1).is_some_and(|left| latest(0).is_none_or(|back| left > back));
        if complained || left_last {
            assert!(stands, "{text:#?}");
        }
        if latest(1).is_none() && !complained {
            assert!(!stands, "{text:#?}");
        }
    });
}

#[test]
fn any_bytes_are_read_or_refused_and_never_change() {
    holds(200, &prop::collection::vec(any::<u8>(), 0..200), |bytes| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("suppressions.csv");
        fs::write(&path, &bytes).unwrap();
        drop(Suppressions::load(&path, Some(key().hasher())));
        assert_eq!(fs::read(&path).unwrap(), bytes);
    });
}

#[test]
fn a_hash_that_is_cut_is_no_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("suppressions.csv");
    fs::write(&path, "address,reason\nhash:short,forgotten\n").unwrap();
    let error =
        crate::audience::chain(&Suppressions::load(&path, Some(key().hasher())).unwrap_err());
    assert!(error.contains("line 2: `hash:short` is not an email address"), "{error}");
}
