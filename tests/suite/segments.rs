//! Readers who left a segment in; what they get and what they do not, compared.

use newsletter::cli::Exit;
use newsletter::config::Tls;
use tokio::runtime::Runtime;

use crate::support::publication::{ISSUE, Publication};
use crate::support::smtp::{Act, Server};

const LEFT: &str = "left:Reader-00002@example.net,members,preferences,2026-11-20T07:00:00.000Z\n";

fn leave(publication: &Publication) {
    let text = publication.read("suppressions.csv") + LEFT;
    publication.write("suppressions.csv", &text);
}

/// The text of a reader's letter.
fn letter(publication: &Publication, address: &str) -> String {
    let ended = publication.run(&["render", ISSUE, "--as", "text", "--for", address]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    ended.output
}

#[test]
fn who_left_a_segment_gets_the_letter_without_its_sections() {
    let publication = Publication::with_readers(4);
    let (member, other) = ("reader-00002@example.net", "reader-00001@example.com");
    let theirs = letter(&publication, member);
    assert!(theirs.lines().count() > letter(&publication, other).lines().count());
    leave(&publication);
    assert!(letter(&publication, member).len() < theirs.len());
    // A dry run goes through the same gate.
    let ended = publication.run(&["send", ISSUE, "--dry-run=out"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    let written = std::fs::read_dir(publication.path("out/new")).unwrap();
    let mut members = Vec::new();
    for file in written {
        let message = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for reader in [1, 2, 3, 4] {
            let to = format!("<reader-{reader:05}@");
            let has = message.to_lowercase().contains("the load tables");
            members.extend(message.contains(&to).then_some((reader, has)));
        }
    }
    members.sort_unstable();
    assert_eq!(members, [(1, false), (2, false), (3, false), (4, true)]);
}

#[test]
fn who_left_the_segment_of_an_issue_does_not_get_it() {
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(|_| Act::Normal));
    let publication = Publication::with_readers(4);
    publication.set_plain_server(server.smtp(Tls::None).port);
    let file = format!("issues/{ISSUE}.toml");
    let text = publication.read(&file).replace("audience  = \"all\"", "audience  = \"members\"");
    publication.write(&file, &text);
    leave(&publication);
    let ended = publication.run(&["send", ISSUE, "--test", "reader-00002@example.net"]);
    assert_eq!(ended.exit, Exit::Usage);
    assert!(ended.messages.contains("left the segment `members`"), "{}", ended.messages);
    let ended = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    let got = server.log(|log| log.messages.iter().map(|(to, _)| to.clone()).collect::<Vec<_>>());
    assert_eq!(got, ["reader-00004@example.com"]);
    let ended = publication.run(&["status", ISSUE]);
    assert!(ended.output.contains("left the segment `members`"), "{}", ended.output);
}
