//! Runs with more of everything than is shown in, the sums of the rest and where it is out.

use newsletter::cli::Exit;
use newsletter::journal::{Entry, State};
use tokio::runtime::Runtime;

use crate::status::{addresses, run};
use crate::support::history::History;
use crate::support::publication::{ISSUE, Publication};

/// How many readers there are: more than a page names.
const READERS: usize = 1_010;

/// Everyone is rejected, each fifth one in words of its own, and of thirty domains.
async fn rejected() -> Publication {
    let addresses: Vec<_> =
        (1..=READERS).map(|at| format!("reader-{at:04}@d{:02}.example.org", at % 30)).collect();
    let mut history = History::begun(&addresses, &[]).await;
    let letter = |number: i64| char::from(b'a' + u8::try_from(number % 26).unwrap());
    let answer = |entry: &Entry| match entry.id % 5 {
        0 => (State::Rejected, format!("550 no {} here", letter(entry.id / 5))),
        _ => (State::Rejected, "550 5.1.1 no such user".to_owned()),
    };
    history.send(READERS, [10, 20], answer).await;
    history.closed().await
}

#[test]
fn what_is_not_shown_is_counted_and_it_is_said_where_it_is() {
    let publication = Runtime::new().unwrap().block_on(rejected());
    let text = run(&publication, &["status"]).output;
    for words in [
        "\n  rejected      1,010    100%\n",
        "\n  and 20 more domains         0       670         0         0         0           0\n",
        "\n        808  rejected  550 5.1.1 no such user\n",
        "\n        130  17 other replies\n",
        "\n  and 960 more rejected: `--csv` has them all\n",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    let page = run(&publication, &["status", "--html", "-"]).output;
    for words in ["and 5 more domains", "And 14 answers in other words", "And 10 more: <code>"] {
        assert!(page.contains(words), "{words} in {page}");
    }
    let rows = run(&publication, &["status", "--csv"]).output;
    assert_eq!(rows.lines().count(), READERS + 1);
    let status = publication.status();
    assert_eq!(status["named"].as_array().unwrap().len(), READERS);
    assert_eq!(status["domains"].as_array().unwrap().len(), 30);
    assert_eq!(status["replies"].as_array().unwrap().len(), 27);
}

#[test]
fn without_an_issue_the_table_shows_every_run_and_a_page_the_newest() {
    const OLDER: &str = "2026-11-13-what-a-ferry-is-worth";
    let publication = Runtime::new().unwrap().block_on(async {
        let mut history = History::begun(&addresses(2), &[]).await;
        let ended = |_: &_| (State::Accepted, "250 OK".to_owned());
        history.send(2, [10, 20], ended).await;
        // The one that was begun last is the newest, whatever its issue's date.
        History::plan(&history.journal, OLDER, &addresses(3), &[]).await;
        history.closed().await
    });
    let ended = run(&publication, &["status"]);
    let begun = |issue: &str| format!("{issue}: begun ");
    assert!(ended.output.contains(&begun(ISSUE)) && ended.output.contains(&begun(OLDER)));
    assert_eq!(ended.exit, Exit::Unfinished);
    let page = run(&publication, &["status", "--html", "-"]);
    assert!(page.output.contains("What a ferry is worth") && !page.output.contains(ISSUE));
    let rows = run(&publication, &["status", "--csv"]);
    assert_eq!((rows.output.lines().count(), rows.exit), (4, Exit::Unfinished));
    let rows = run(&publication, &["status", ISSUE, "--csv"]);
    assert_eq!((rows.output.lines().count(), rows.exit), (3, Exit::Done));
}
