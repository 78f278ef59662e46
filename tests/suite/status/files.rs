//! Where a report is written, and what it must not replace.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use newsletter::cli::Exit;
use tokio::runtime::Runtime;

use crate::status::{continued, run, small};
use crate::support::publication::Publication;

#[test]
fn a_report_is_its_owners_alone_and_replaces_only_an_older_report() {
    let publication = Runtime::new().unwrap().block_on(small());
    let ended = run(&publication, &["status", "--html", "report.html"]);
    assert_eq!(ended.exit, Exit::Unfinished, "{}", ended.messages);
    assert_eq!(ended.output, "");
    assert!(ended.messages.contains("Wrote the report of 2026-11-20-first-frost to report.html."));
    let mode = fs::metadata(publication.path("report.html")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let page = publication.read("report.html");
    assert!(page.contains("reader-03@example.net") && page.ends_with("</html>"), "{page}");

    publication.write("report.html", &page[..page.len() / 2]);
    assert_eq!(run(&publication, &["status", "--html", "report.html"]).exit, Exit::Unfinished);
    assert_eq!(publication.read("report.html"), page, "an older one is replaced");

    for file in ["newsletter.toml", "subscribers.csv"] {
        let before = publication.read(file);
        let ended = run(&publication, &["status", "--html", file]);
        assert_eq!(ended.exit, Exit::Usage, "{}", ended.messages);
        assert!(ended.messages.contains("is no report"), "{}", ended.messages);
        assert_eq!(publication.read(file), before);
    }
    let ended = run(&publication, &["status", "--html", "no/such/folder/report.html"]);
    assert_eq!(ended.exit, Exit::World, "{}", ended.messages);
}

#[test]
fn a_page_asks_for_nothing_and_runs_nothing() {
    let publication = Runtime::new().unwrap().block_on(continued());
    let page = run(&publication, &["status", "--html", "-"]).output;
    let policy = "default-src 'none'; style-src 'unsafe-inline'";
    assert!(page.contains(policy), "{page}");
    for word in
        ["<script", "<link", "<img", "<iframe", "src=", "url(", "@import", "http://", "https://"]
    {
        assert!(!page.contains(word), "{word} in {page}");
    }
}

#[test]
fn before_anything_was_sent_nothing_is_written() {
    let publication = Publication::sample();
    let ended = run(&publication, &["status", "--csv"]);
    assert_eq!((ended.exit, &*ended.output), (Exit::Done, ""));
    assert_eq!(ended.messages, "Nothing was sent yet.\n");
    // A file that was asked for and is not there is no good end.
    let ended = run(&publication, &["status", "--html", "report.html"]);
    assert_eq!(ended.exit, Exit::Usage, "{}", ended.messages);
    assert!(ended.messages.contains("nothing was sent yet"), "{}", ended.messages);
    assert!(!publication.path("report.html").exists());
}
