//! A journal that is full, not to be written, or taken away in the middle of a run in; nobody who
//! has a message and is not in it out.

use std::fs;
use std::io::Read as _;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use newsletter::cli::Exit;

use crate::support::publication::{ISSUE, Publication};
use crate::support::recorder::{Manner, Recorder, Speech};

const READERS: usize = 600;
const JOURNAL: &str = ".newsletter/journal.db";

/// A run of which ten have their message, and its server.
fn begun() -> (Publication, Recorder) {
    let publication = Publication::with_readers(READERS);
    let letter = "title = \"First frost\"\ndate = 2026-11-20\nlede = \"It was cold.\"\n";
    publication.write(&format!("issues/{ISSUE}.toml"), letter);
    let speech = Speech {
        offers: &["PIPELINING", "CHUNKING"],
        delay: Duration::ZERO,
        manner: |_| Manner::Accept,
    };
    let server = Recorder::start(speech);
    publication.set_plain_server(server.port());
    let ended = publication.run(&["send", ISSUE, "--yes", "--limit", "10"]);
    assert_eq!(ended.exit, Exit::Unfinished, "{}", ended.messages);
    (publication, server)
}

/// Goes on with what a shell does before.
fn send_after(publication: &Publication, before: &str) -> Output {
    let mut shell = Command::new("/bin/sh");
    let script = format!("{before} && exec \"$0\" send {ISSUE} --yes");
    shell.arg("-c").arg(script).arg(env!("CARGO_BIN_EXE_newsletter"));
    shell.current_dir(publication.path("")).stdin(Stdio::null()).output().unwrap()
}

/// Everyone who has a message is accepted, or will be in doubt; then the run goes on, and in the
/// end everyone has it who is not in doubt.
fn check(publication: &Publication, server: &Recorder) {
    server.wait_until_idle();
    let counts = publication.status()["counts"].clone();
    let count = |state: &str| usize::try_from(counts[state].as_u64().unwrap()).unwrap();
    let doubts = count("attempting") + count("unknown");
    let arrived = server.record().count;
    assert!(arrived < READERS, "it stopped in the middle: {counts}");
    assert!(count("accepted") <= arrived && arrived <= count("accepted") + doubts, "{counts}");
    let ended = publication.run(&["send", ISSUE, "--yes"]);
    let exit = if doubts == 0 { Exit::Done } else { Exit::Partly };
    assert_eq!(ended.exit, exit, "{}", ended.messages);
    let record = server.record();
    assert!(record.messages.values().all(|copies| copies.len() == 1), "nobody has two");
    assert!(record.count >= READERS - doubts && record.count <= READERS);
}

#[test]
fn a_disk_that_is_full_stops_the_run_before_anybody_is_served_who_is_not_recorded() {
    for (limit, signal) in [(64, "trap '' XFSZ && "), (96, "trap '' XFSZ && "), (64, "")] {
        let (publication, server) = begun();
        // Of half a kilobyte each; nothing that it writes may become longer.
        let ended = send_after(&publication, &format!("{signal}ulimit -c 0 && ulimit -f {limit}"));
        let said = String::from_utf8_lossy(&ended.stderr);
        if signal.is_empty() {
            assert_eq!(ended.status.code(), None, "the system ends it: {said}");
        } else {
            assert_eq!(ended.status.code(), Some(Exit::World as i32), "{said}");
            let why = "cannot record the states of recipients in the journal";
            assert!(said.contains(why), "{said}");
        }
        check(&publication, &server);
    }
}

#[test]
fn a_journal_that_is_taken_away_in_the_middle_stops_the_run() {
    let (publication, server) = begun();
    let mut send = publication.spawn_with(&["send", ISSUE, "--yes"], Stdio::piped());
    assert!(server.wait(Duration::from_secs(20), |record| record.count >= 50));
    let away = publication.path("away");
    fs::rename(publication.path(JOURNAL), &away).unwrap();
    let mut said = String::new();
    send.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(send.wait().unwrap().code(), Some(Exit::World as i32), "{said}");
    assert!(said.contains("was deleted or moved: put it back"), "{said}");
    server.wait_until_idle();
    let arrived = server.record().count;
    // The log is still there: nobody begins anew beside it.
    let again = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(again.exit, Exit::World, "{}", again.messages);
    assert!(again.messages.contains("is gone"), "{}", again.messages);
    assert_eq!(server.record().count, arrived);
    fs::rename(&away, publication.path(JOURNAL)).unwrap();
    check(&publication, &server);
}
