//! The signed sample in, what dkimpy and opendkim say of what real servers delivered out.

use std::fs;
use std::path::PathBuf;

use newsletter::cli::Exit;
use newsletter::clock::Clock;

use crate::dkim::{publication, records};
use crate::real::arrival::{unix, without_trace};
use crate::real::dkim::Judges;
use crate::real::exim::Exim;
use crate::real::postfix::Postfix;
use crate::support::publication::{ISSUE, Publication, Row};

/// Names a server on this machine, and leaves the keys in the settings.
fn set_port(publication: &Publication, port: u16) {
    let settings = publication.read("newsletter.toml");
    publication.write("newsletter.toml", &settings.replacen("= 25\n", &format!("= {port}\n"), 1));
}

/// Sends the sample, and holds what `files` has of it then against what was signed.
fn check(publication: &Publication, port: u16, files: impl Fn(usize) -> Vec<PathBuf>) {
    let clock = Clock::Fixed("2026-11-20T07:00:00Z".parse().unwrap());
    set_port(publication, port);
    let before = unix(publication.dry_run(clock));
    assert!(before.iter().all(|message| message.matches("DKIM-Signature: ").count() == 2));
    let ended = publication.run_at(clock, &["send", ISSUE, "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    let files = files(before.len());
    let arrived: Vec<_> = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let mut own: Vec<_> = arrived.iter().map(|text| without_trace(text)).collect();
    own.sort_unstable();
    assert_eq!(own, before, "byte for byte what a dry run wrote");
    // As they arrived, with what the server put before them; a Maildir has no CR.
    let arrived: Vec<_> =
        arrived.iter().map(|text| text.replace('\n', "\r\n").into_bytes()).collect();
    let judges = Judges::new(&records(publication));
    judges.check(&arrived, &["2026-ed25519", "2026-rsa"]);
}

fn signed() -> (Publication, Vec<Row>) {
    let publication = publication(&["--selector", "2026"]);
    let rows = publication.rows();
    (publication, rows)
}

#[test]
#[ignore = "needs Postfix, dkimpy and opendkim"]
fn both_signatures_are_good_in_the_mailboxes_of_postfix() {
    let (publication, rows) = signed();
    let postfix = Postfix::start(&rows);
    check(&publication, postfix.port, |number| postfix.messages(number));
}

#[test]
#[ignore = "needs Exim, dkimpy and opendkim"]
fn both_signatures_are_good_in_the_mailbox_of_exim() {
    let (publication, rows) = signed();
    let exim = Exim::start(&rows);
    check(&publication, exim.port, |number| exim.messages(number));
}
