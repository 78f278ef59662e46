//! Somebody who is in every file of a publication in, no file that names them out.

use std::fs;
use std::path::Path;

use newsletter::address::EmailAddress;
use newsletter::cli::Exit;
use newsletter::clock::Clock;
use newsletter::journal::State;
use newsletter::key::Key;

use crate::support::history::{History, after};
use crate::support::publication::{ISSUE, Publication};

const HEADER: &str = "email,first_name,last_name,town,tags,member_since\n";
const WHO: &str = "Reader-03@example.net";

/// A publication that holds somebody everywhere: on the list, in the suppressions, in rejected rows,
/// in the messages of a dry run, and in a run in which `state` became of them.
fn everywhere(state: State) -> Publication {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let publication = runtime.block_on(async {
        let addresses: Vec<String> = (1..=9)
            .map(|number| match number {
                3 => WHO.to_owned(),
                number => format!("reader-{number:02}@example.net"),
            })
            .collect();
        let mut history = History::begun(&addresses, &[("gone@example.org", "unsubscribed")]).await;
        let answer = |id: i64| match id {
            3 => (state, "550 5.1.1 <READER-03@example.net>: no \"such\" user".to_owned()),
            _ => (State::Accepted, "250 2.0.0 Ok".to_owned()),
        };
        history.send(6, [400, 900], |entry| answer(entry.id)).await;
        let journal = history.journal.clone();
        let suppressed = [(WHO, "bounced: <reader-03@example.net>")];
        let addresses = vec!["reader-01@example.net".to_owned()];
        History::plan(&journal, "an-older-issue", &addresses, &suppressed).await;
        let publication = history.closed().await;
        publication.write(".newsletter/key", &"07".repeat(32));
        publication.write(
            "subscribers.csv",
            &format!("{HEADER}reader-01@example.net,Ada\n{WHO},Rex\nreader-02@example.net,x\n"),
        );
        publication.write(
            "suppressions.csv",
            "address,reason,source,date,issue\nreader-03@example.net,unsubscribed,page,2026-01-01,\n\
             gone@example.org,unsubscribed,page,2026-01-01,\n\
             back:Reader-03@example.net,subscribed,form,2026-02-01,\n",
        );
        publication.write(
            "rejected.csv",
            "line,column,reason,email\n2,email,`reader-03@example.net x` is not an email address,\
             reader-03@example.net x\n3,email,x,foo\n",
        );
        // What is counted of bounces names nobody, and goes, too.
        let row = format!("2026-11-21T07:00:00Z,m,{},,,soft,4.2.2,counted", hash());
        publication.write(
            ".newsletter/bounces.csv",
            &format!("date,message,reader,issue,sent,class,status,outcome\n{row}\n"),
        );
        publication
    });
    // A command brings its own runtime.
    let ended = publication.run(&["send", ISSUE, "--dry-run"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    publication
}

/// The keyed hash of somebody.
fn hash() -> String {
    let key = WHO.parse::<EmailAddress>().unwrap().key();
    Key::new("07".repeat(32).as_bytes()).hasher().hash(&key)
}

/// The files of a folder and the folders in it that hold a text, in whatever case.
fn naming(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(naming(&path, text));
            continue;
        }
        let bytes = fs::read(&path).unwrap().to_ascii_lowercase();
        let name = path.display().to_string().to_lowercase();
        if name.contains(text) || bytes.windows(text.len()).any(|part| part == text.as_bytes()) {
            found.push(name);
        }
    }
    found
}

fn run(publication: &Publication, arguments: &[&str]) -> String {
    let ended = publication.run_at(Clock::Fixed(after(7_200_000)), arguments);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    ended.output + &ended.messages
}

#[test]
fn nothing_names_who_is_forgotten_and_a_keyed_hash_keeps_them_out() {
    for state in [State::Accepted, State::Rejected, State::Deferred, State::Unknown] {
        let publication = everywhere(state);
        let folder = publication.path("");
        let before = naming(&folder, "reader-03");
        assert!(
            before.len() >= 5,
            "the list, suppressions, rejected, journal, messages: {before:?}"
        );
        run(&publication, &["subscribers", "forget", "READER-03@example.net", "--yes"]);
        assert_eq!(naming(&folder, "reader-03"), Vec::<String>::new(), "{}", state.word());
        // Everyone else is there, byte for byte.
        assert_eq!(
            publication.read("subscribers.csv"),
            format!("{HEADER}reader-01@example.net,Ada\nreader-02@example.net,x\n")
        );
        let list = publication.read("suppressions.csv");
        let rows: Vec<_> = list.lines().collect();
        assert_eq!(rows.len(), 3, "{list}");
        assert_eq!(rows[1], "gone@example.org,unsubscribed,page,2026-01-01,");
        assert!(rows[2].starts_with("hash:") && rows[2].contains(",forgotten,editor,"), "{list}");
        assert!(list.contains(&hash()));
        assert!(!publication.read(".newsletter/bounces.csv").contains(&hash()));
        assert_eq!(publication.read("rejected.csv"), "line,column,reason,email\n3,email,x,foo\n");
        // They stay out, however they come.
        publication.write("list.csv", &format!("email\n{WHO}\n"));
        let said = run(&publication, &["subscribers", "import", "list.csv", "--yes"]);
        assert!(said.contains("kept out: suppressed"), "{said}");
        assert!(!publication.read("subscribers.csv").contains(WHO));
        let ended = publication.run(&["subscribers", "add", WHO]);
        assert_eq!(ended.exit, Exit::Usage, "{}", ended.messages);
        // Once more changes nothing.
        fs::remove_file(publication.path("list.csv")).unwrap();
        let once = publication.read("suppressions.csv");
        run(&publication, &["subscribers", "forget", WHO, "--yes"]);
        assert_eq!(publication.read("suppressions.csv"), once);
    }
}

#[test]
fn the_numbers_of_a_run_stay_and_who_was_still_to_be_served_is_out_of_it() {
    let of = |publication: &Publication| {
        let text = publication.run(&["status", ISSUE, "--json"]).output;
        let all: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        all[0]["counts"].clone()
    };
    for state in [State::Accepted, State::Rejected, State::Deferred, State::Unknown] {
        let publication = everywhere(state);
        let before = of(&publication);
        run(&publication, &["subscribers", "forget", WHO, "--yes"]);
        let after = of(&publication);
        let number = |counts: &serde_json::Value, name: &str| counts[name].as_u64().unwrap();
        let gone = u64::from(matches!(state, State::Deferred | State::Unknown));
        assert_eq!(number(&after, state.word()), number(&before, state.word()) - gone);
        assert_eq!(number(&after, "suppressed"), number(&before, "suppressed") + gone);
        let ended = publication.run(&["status", ISSUE, "--csv"]);
        assert!(ended.output.contains("forgotten@forgotten.invalid"), "{}", ended.output);
        let ended = publication.run(&["status", ISSUE]);
        assert!(!ended.output.contains("reader-03"));
    }
}

#[test]
fn what_a_reader_could_not_lift_stays_when_they_are_forgotten() {
    let publication = Publication::sample();
    let text = "address,reason,source,date,issue\n";
    for (reason, hashed) in [
        ("complaint: spam", "complaint, forgotten"),
        ("asked by letter", "blocked, forgotten"),
        ("bounced: full", "forgotten"),
        ("unsubscribed", "forgotten"),
    ] {
        publication
            .write("suppressions.csv", &format!("{text}ada@example.org,{reason},x,2026-01-01,\n"));
        run(&publication, &["subscribers", "forget", "ada@example.org", "--yes"]);
        let list = publication.read("suppressions.csv");
        assert!(list.contains(hashed) && list.lines().count() == 2, "{list}");
    }
}

#[test]
fn without_the_key_nobody_is_imported_and_nobody_forgotten_with_another_one() {
    let publication = Publication::sample();
    run(&publication, &["subscribers", "forget", WHO, "--yes"]);
    let (list, suppressions) =
        (publication.read("subscribers.csv"), publication.read("suppressions.csv"));
    fs::remove_file(publication.path(".newsletter/key")).unwrap();
    publication.write("list.csv", &format!("email\n{WHO}\n"));
    for command in [
        &["subscribers", "import", "list.csv", "--yes"][..],
        &["subscribers", "add", WHO],
        &["subscribers", "forget", "agnes.pellow@example.org", "--yes"],
    ] {
        let ended = publication.run(command);
        assert_eq!(ended.exit, Exit::Usage, "{}", ended.messages);
        assert_eq!(publication.read("subscribers.csv"), list);
        assert_eq!(publication.read("suppressions.csv"), suppressions);
        assert!(!publication.path(".newsletter/key").exists());
    }
}
