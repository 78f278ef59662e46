//! What `init` and `new` write: a draft with placeholders that `check` names and that reach no reader.

use newsletter::check::{STARTER_SETTINGS, STARTER_WORDS};
use newsletter::cli::Exit;
use newsletter::clock::Clock;
use newsletter::config::Tls;

use crate::support::publication::{Ended, Publication};
use crate::support::smtp::{Act, Server};

const NOW: &str = "2026-12-01T09:00:00Z";
const FIRST: &str = "2026-12-01-the-first-issue";

fn at(publication: &Publication, moment: &str, arguments: &[&str]) -> Ended {
    publication.run_at(Clock::Fixed(moment.parse().unwrap()), arguments)
}

/// A publication as `init` makes it.
fn started() -> Publication {
    let parent = Publication::sample();
    let made = at(&parent, NOW, &["init", "news"]);
    assert_eq!(made.exit, Exit::Done, "{}", made.messages);
    Publication::of_case(&parent.path("news"))
}

fn edit(publication: &Publication, file: &str, old: &str, new: &str) {
    let text = publication.read(file);
    assert!(text.contains(old), "no {old} in {text}");
    publication.write(file, &text.replace(old, new));
}

#[test]
fn every_placeholder_that_is_looked_for_is_in_the_starter_and_is_named() {
    let publication = started();
    let (settings, issue) =
        (publication.read("newsletter.toml"), publication.read(&format!("issues/{FIRST}.toml")));
    for (words, _) in STARTER_SETTINGS {
        assert!(settings.contains(words), "no {words} in {settings}");
    }
    for words in STARTER_WORDS {
        assert!(issue.contains(words), "no {words} in {issue}");
    }
    let checked = at(&publication, NOW, &["check"]);
    assert_eq!(checked.exit, Exit::Done, "{}", checked.messages);
    assert_eq!(checked.messages.matches("warning[W034]").count(), 2, "{}", checked.messages);
    let words = STARTER_SETTINGS.iter().map(|(words, _)| *words).chain(STARTER_WORDS);
    for words in words.map(|words| words.trim_matches('"').lines().next().unwrap()) {
        assert!(checked.messages.contains(&format!("`{words}`")), "{words}: {}", checked.messages);
    }
    // The sample has none, though its addresses are in `example.org`, too.
    assert!(!Publication::sample().run(&["check"]).messages.contains("W034"));
}

#[test]
fn nothing_that_the_starter_wrote_is_sent_to_readers() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(|_| Act::Normal));
    let publication = started();
    let port = server.smtp(Tls::None).port;
    let smtp = format!("\n[smtp]\nhost = \"127.0.0.1\"\nport = {port}\ntls_type = \"none\"\n");
    publication.write("newsletter.toml", &(publication.read("newsletter.toml") + &smtp));
    let issue = format!("issues/{FIRST}.toml");
    let dry = at(&publication, NOW, &["send", FIRST, "--dry-run"]);
    assert_eq!(dry.exit, Exit::Done, "{}", dry.messages);
    let draft =
        publication.read(&issue).lines().find(|l| l.starts_with("draft")).unwrap().to_owned();
    edit(&publication, &issue, &draft, "send_at = 2026-12-01T08:59:00");

    let refused = |what: &str| {
        for arguments in [&["send", FIRST, "--yes"][..], &["send", "--due"]] {
            let ended = at(&publication, NOW, arguments);
            assert_eq!(ended.exit, Exit::Content, "{what}: {}", ended.messages);
            assert!(ended.messages.contains("nothing was sent to anyone"), "{}", ended.messages);
            assert!(ended.messages.contains(what), "no {what} in {}", ended.messages);
        }
    };
    refused("1 Example Street, Exampletown");
    edit(&publication, "newsletter.toml", "example.org", "harbour.example.net");
    edit(&publication, "newsletter.toml", "1 Example Street, Exampletown", "1 Quay Street");
    refused("Two sentences are enough. This is the second.");
    for words in STARTER_WORDS {
        let own =
            if words.starts_with('"') { "\"https://harbour.example.net/a\"" } else { "Words." };
        edit(&publication, &issue, words, own);
    }
    let sent = at(&publication, NOW, &["send", "--due"]);
    assert_eq!(sent.exit, Exit::Done, "{}", sent.messages);
    assert_eq!(server.log(|log| log.messages.len()), 2);
}

/// Whether an issue is in the list, the feed and the sitemap; it is in all of them or in none.
fn is_listed(publication: &Publication, issue: &str) -> bool {
    let page = format!("{issue}.html");
    let listed = ["index.html", "feed.xml", "sitemap.xml"]
        .map(|file| publication.read(&format!("public/{file}")).contains(&page));
    assert!(listed == [listed[0]; 3], "{issue}: {listed:?}");
    assert_eq!(publication.path(&format!("public/{page}")).exists(), listed[0], "{issue}");
    listed[0]
}

#[test]
fn a_new_issue_is_a_draft_and_is_not_published() {
    let publication = Publication::sample();
    let made = at(&publication, NOW, &["new", "A harbour opens"]);
    assert_eq!(made.exit, Exit::Done, "{}", made.messages);
    let issue = "2026-12-01-a-harbour-opens";
    let text = publication.read(&format!("issues/{issue}.toml"));
    assert!(text.lines().any(|line| line.starts_with("draft     = true # ")), "{text}");
    assert_eq!(at(&publication, NOW, &["build"]).exit, Exit::Done);
    assert!(!is_listed(&publication, issue));
    assert!(is_listed(&publication, "2026-11-20-first-frost"));
    let drafts = at(&publication, NOW, &["build", "--drafts"]);
    assert_eq!(drafts.exit, Exit::Done, "{}", drafts.messages);
    assert!(is_listed(&publication, issue));
}

#[test]
fn an_issue_without_a_time_is_published_on_its_date_or_when_it_was_sent_before() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(|_| Act::Normal));
    let publication = Publication::sample();
    publication.set_plain_server(server.smtp(Tls::None).port);
    let text = publication.read("issues/2026-11-20-first-frost.toml");
    let lines =
        text.lines().filter(|line| !line.starts_with("send_at") && !line.starts_with("not_after"));
    let text =
        lines.collect::<Vec<_>>().join("\n").replace("date      = 2026-11-20", "date = 2026-12-04");
    let issue = "2026-12-04-ahead";
    publication.write(&format!("issues/{issue}.toml"), &text.replace("First frost", "Ice"));
    let build = |moment: &str| {
        let built = at(&publication, moment, &["build"]);
        assert_eq!(built.exit, Exit::Done, "{}", built.messages);
        is_listed(&publication, issue)
    };
    assert!(!build("2026-12-03T23:59:00Z"));
    // Midnight in London, where the publication is.
    assert!(build("2026-12-04T00:00:00Z"));
    assert!(!build("2026-12-01T09:00:00Z"));
    let sent = at(&publication, NOW, &["send", issue, "--yes", "--limit", "1"]);
    assert_eq!(sent.exit, Exit::Unfinished, "{}", sent.messages);
    assert!(build("2026-12-01T09:05:00Z"), "mails lead to its page");
    // Of another one with a time that has not come the same holds.
    publication
        .write(&format!("issues/{issue}.toml"), &format!("send_at = 2026-12-04T07:00:00\n{text}"));
    assert!(build("2026-12-01T09:10:00Z"));
}
