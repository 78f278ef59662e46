//! A run whose files change before it is finished: what `send` refuses, and who gets what then.

use newsletter::cli::Exit;
use newsletter::config::Tls;
use serde_json::json;
use tokio::runtime::Runtime;

use crate::support::publication::{Ended, ISSUE, Publication};
use crate::support::smtp::{Act, Server};

const ISSUE_FILE: &str = "issues/2026-11-20-first-frost.toml";

/// A publication of six readers, two of whom have their letter, and its mail server.
fn begun() -> (Publication, Server, Runtime) {
    // A command brings its own runtime, so that this one is the server's alone.
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(|_| Act::Normal));
    let publication = Publication::with_readers(6);
    let port = server.smtp(Tls::None).port;
    // One connection, so that the letters come in the order of the list.
    let settings =
        format!("host = \"127.0.0.1\"\nport = {port}\ntls_type = \"none\"\nmax_conns = 1");
    publication.set_server(&settings);
    let ended = send(&publication, &["--yes", "--limit", "2"]);
    assert_eq!(ended.exit, Exit::Unfinished, "{}", ended.messages);
    (publication, server, runtime)
}

fn send(publication: &Publication, arguments: &[&str]) -> Ended {
    let arguments: Vec<_> = ["send", ISSUE].iter().chain(arguments).copied().collect();
    publication.run(&arguments)
}

fn edit(publication: &Publication, file: &str, old: &str, new: &str) {
    let text = publication.read(file);
    assert!(text.contains(old), "{file} does not hold {old}");
    publication.write(file, &text.replacen(old, new, 1));
}

/// Who got which of two subjects, in the order in which they came.
fn got(server: &Server) -> Vec<(String, bool)> {
    let is_new = |text: &String| text.contains("Second frost");
    server.log(|log| log.messages.iter().map(|(to, text)| (to.clone(), is_new(text))).collect())
}

fn address(reader: usize) -> String {
    format!("reader-{reader:05}@{}", ["example.org", "example.com", "example.net"][reader % 3])
}

#[test]
fn an_issue_that_is_gone_can_be_gone_on_with_and_not_accepted() {
    let (publication, server, _runtime) = begun();
    std::fs::remove_file(publication.path(ISSUE_FILE)).unwrap();
    let ended = send(&publication, &["--yes", "--accept-changes"]);
    assert_eq!(ended.exit, Exit::Usage, "{}", ended.messages);
    assert!(ended.messages.contains(&format!("`{ISSUE_FILE}` is gone")), "{}", ended.messages);
    assert_eq!(got(&server).len(), 2);
    assert_eq!(send(&publication, &["--yes"]).exit, Exit::Done);
    assert_eq!(got(&server).len(), 6);
}

#[test]
fn a_run_whose_files_changed_is_not_gone_on_with_unasked_and_what_changed_is_said() {
    let (publication, server, _runtime) = begun();
    let changes = [
        (ISSUE_FILE, "First frost", "Second frost", "the issue"),
        ("newsletter.toml", "name      = \"", "name      = \"New ", "the settings"),
        ("subscribers.csv", "Ada6", "Ida6", "the list"),
        ("templates/broadsheet/theme.toml", "#", "# \n#", "its theme"),
    ];
    for (file, old, new, named) in changes {
        let before = publication.read(file);
        edit(&publication, file, old, new);
        let ended = send(&publication, &["--yes"]);
        assert_eq!(ended.exit, Exit::Usage, "{}", ended.messages);
        let said = format!("error: {named} changed since the run was begun");
        assert!(ended.messages.contains(&said), "{}", ended.messages);
        assert!(ended.messages.contains("--accept-changes"), "{}", ended.messages);
        publication.write(file, &before);
    }
    edit(&publication, ISSUE_FILE, "First frost", "Second frost");
    edit(&publication, "subscribers.csv", "Ada6", "Ida6");
    let ended = send(&publication, &["--yes"]);
    let said = "the issue and the list changed since the run was begun";
    assert!(ended.messages.contains(said), "{}", ended.messages);
    assert_eq!(got(&server).len(), 2);

    // What is about the wire is no change, and neither is a suppression.
    edit(&publication, "newsletter.toml", "max_conns = 1", "max_conns = 2");
    let suppression = format!("{},asked,form,2026-11-22\n", address(6));
    publication.write("suppressions.csv", &(publication.read("suppressions.csv") + &suppression));
    let ended = send(&publication, &["--yes", "--as-begun"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    assert!(ended.messages.contains("The issue and the list changed"), "{}", ended.messages);
    let got = got(&server);
    assert!(got.len() == 5 && got.iter().all(|(_, new)| !new), "{got:?}");
    assert_eq!(publication.status()["generations"].as_array().unwrap().len(), 1);
}

/// What one reader got.
fn letter(server: &Server, to: &str) -> String {
    server.log(|log| log.messages.iter().find(|(other, _)| other == to).unwrap().1.clone())
}

#[test]
fn accepted_changes_reach_those_who_have_no_letter_yet_and_nobody_twice() {
    let (publication, server, _runtime) = begun();
    edit(&publication, ISSUE_FILE, "First frost", "Second frost");
    let list = publication.read("subscribers.csv");
    let list = list.replace(&address(6), "late@example.org");
    publication.write("subscribers.csv", &list.replace("Ada5", "Eve"));
    let asked = send(&publication, &["--accept-changes"]);
    assert_eq!(asked.exit, Exit::Usage, "{}", asked.messages);
    assert_eq!(publication.status()["generations"].as_array().unwrap().len(), 1);

    let ended = send(&publication, &["--accept-changes", "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    let said = "The issue and the list changed. 3 readers still to be served will get what there \
                is now, 1 added, 1 taken out.";
    assert!(ended.messages.contains(said), "{}", ended.messages);
    let expected: Vec<_> = (1..=5).map(|reader| (address(reader), reader > 2)).collect();
    let late = ("late@example.org".to_owned(), true);
    let mut all = got(&server);
    all.sort();
    let mut expected: Vec<_> = expected.into_iter().chain([late]).collect();
    expected.sort();
    assert_eq!(all, expected);
    assert!(letter(&server, &address(5)).contains("Eve"), "the row as it is now");

    let status = publication.status();
    let generations = status["generations"].as_array().unwrap();
    let accepted: Vec<_> = generations.iter().map(|one| &one["counts"]["accepted"]).collect();
    assert_eq!(accepted, [&json!(2), &json!(4)]);
    assert_ne!(generations[0]["digests"]["issue"], generations[1]["digests"]["issue"]);
    assert_eq!(generations[0]["digests"]["theme"], generations[1]["digests"]["theme"]);
    let gone = json!({ "address": address(6), "state": "suppressed", "generation": null,
                       "attempts": 0, "reply": "no longer on the list" });
    assert_eq!(status["named"], json!([gone]));
    let text = publication.run(&["status", ISSUE]).output;
    assert!(text.contains("  generation 1, begun ") && text.contains(": 2 accepted\n"), "{text}");
    assert!(text.contains("  generation 2, begun ") && text.contains(": 4 accepted\n"), "{text}");
    let page = publication.run(&["status", ISSUE, "--html", "-"]).output;
    let rows = page.split_once("id=\"generations\"").unwrap().1;
    let numbers = rows.split("<td class=\"number\">").skip(1).map(|cell| &cell[..1]);
    assert_eq!(
        numbers.collect::<Vec<_>>(),
        ["2", "2", "4", "4"],
        "recipients and accepted: {rows}"
    );
}

#[test]
fn a_finished_run_never_sends_again_whatever_changed() {
    let (publication, server, _runtime) = begun();
    assert_eq!(send(&publication, &["--yes"]).exit, Exit::Done);
    edit(&publication, ISSUE_FILE, "First frost", "Third frost");
    for flags in [&["--yes"][..], &["--yes", "--accept-changes"]] {
        let ended = send(&publication, flags);
        assert!(ended.messages.contains("There is nothing to do"), "{}", ended.messages);
    }
    assert_eq!(got(&server).len(), 6);
}

#[test]
fn a_change_that_the_gate_refuses_changes_nothing() {
    let (publication, server, _runtime) = begun();
    edit(&publication, ISSUE_FILE, "{{first_name|reader}}", "{{first_name}}");
    edit(&publication, "subscribers.csv", "Ada5", "");
    let ended = send(&publication, &["--accept-changes", "--yes"]);
    assert_eq!(ended.exit, Exit::Content, "{}", ended.messages);
    assert!(ended.messages.contains("`first_name` is empty"), "{}", ended.messages);
    assert_eq!(publication.status()["generations"].as_array().unwrap().len(), 1);
    assert_eq!(publication.status()["counts"]["pending"], 4);
    assert_eq!(got(&server).len(), 2);
}

#[test]
fn both_letters_of_an_issue_have_the_same_message_id_for_the_same_reader() {
    let (publication, server, _runtime) = begun();
    let id = |text: &str| {
        let line = text.lines().find(|line| line.starts_with("Message-ID: ")).unwrap();
        line.to_owned()
    };
    let planned = publication.run(&["render", ISSUE, "--for", &address(5)]).output;
    edit(&publication, ISSUE_FILE, "First frost", "Second frost");
    let ended = send(&publication, &["--accept-changes", "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    assert_eq!(id(&letter(&server, &address(5))), id(&planned));
}
