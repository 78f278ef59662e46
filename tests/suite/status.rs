//! Runs with a history in, what `newsletter status` makes of them out.

mod files;
mod hostile;
mod large;
mod sums;

use newsletter::cli::Exit;
use newsletter::clock::Clock;
use newsletter::journal::State;
use tokio::runtime::Runtime;

use crate::cases::{self, Verdict};
use crate::support::history::{History, after};
use crate::support::publication::{Ended, ISSUE, Publication};

/// The forms that a status has, and the flags that give them.
const FORMS: [(&str, &[&str]); 4] = [
    ("txt", &["status", ISSUE]),
    ("json", &["status", ISSUE, "--json"]),
    ("csv", &["status", ISSUE, "--csv"]),
    ("html", &["status", ISSUE, "--html", "-"]),
];

/// Runs a command three hours after the run was begun.
pub(crate) fn run(publication: &Publication, arguments: &[&str]) -> Ended {
    publication.run_at(Clock::Fixed(after(3 * 3_600_000)), arguments)
}

fn addresses(number: usize) -> Vec<String> {
    let domains = ["example.org", "example.com", "example.net", "xn--bcher-kva.example.org"];
    (1..=number).map(|at| format!("reader-{at:02}@{}", domains[at % 4])).collect()
}

/// What a server makes of the readers of a small run.
fn answer(number: i64) -> (State, String) {
    match number {
        3 => (State::Rejected, "550 5.1.1 <reader-03@example.net>: no such user".to_owned()),
        7 => (State::Deferred, "451 4.7.1 Greylisted, try again in 300 seconds".to_owned()),
        9 => (State::Unknown, "the connection was lost before the answer".to_owned()),
        _ => (State::Accepted, format!("250 2.0.0 Ok: queued as 4X8dG{number:03}")),
    }
}

/// Twelve readers: nine are accepted, one is rejected, one deferred and one unknown.
async fn small() -> Publication {
    let suppressed = [("gone@example.org", "unsubscribed on the web")];
    let mut history = History::begun(&addresses(12), &suppressed).await;
    for batch in 0..3 {
        let begun = 400 + batch * 700;
        history.send(4, [begun, begun + 350], |entry| answer(entry.id)).await;
    }
    history.closed().await
}

/// The same in two rounds: after two hours the deferred one is accepted, and the run is finished.
async fn continued() -> Publication {
    let mut history = History::begun(&addresses(12), &[]).await;
    history.send(6, [400, 900], |entry| answer(entry.id)).await;
    history.send(6, [7_200_000, 7_200_400], |entry| answer(entry.id)).await;
    let again = |_: &_| (State::Accepted, "250 2.0.0 Ok: queued as 4XAGA1N".to_owned());
    assert_eq!(history.send(6, [7_600_000, 7_600_200], again).await, 1);
    history.ledger.finish(after(7_600_200)).await.unwrap();
    history.closed().await
}

#[test]
fn a_run_is_shown_in_every_form() {
    let runtime = Runtime::new().unwrap();
    let runs = [
        ("small", runtime.block_on(small()), Exit::Unfinished),
        ("continued", runtime.block_on(continued()), Exit::Partly),
    ];
    let mut verdict = Verdict::default();
    for (name, publication, exit) in runs {
        for (ending, arguments) in FORMS {
            let ended = run(&publication, arguments);
            assert_eq!(ended.exit, exit, "{arguments:?}: {}", ended.messages);
            let expected = cases::folder("status").join(format!("{name}.{ending}"));
            verdict.compare(&expected, ended.output.as_bytes());
        }
    }
    verdict.finish(8);
}

#[test]
fn forms_exclude_each_other() {
    let publication = Publication::sample();
    for forms in [["--json", "--csv"], ["--json", "--html=x"], ["--csv", "--html=x"]] {
        let ended = run(&publication, &["status", forms[0], forms[1]]);
        assert_eq!(ended.exit, Exit::Usage, "{forms:?}: {}", ended.messages);
        assert!(ended.messages.contains("cannot be used with"), "{}", ended.messages);
    }
}

#[test]
fn a_run_is_shown_while_it_is_sent() {
    let runtime = Runtime::new().unwrap();
    let mut history = runtime.block_on(History::begun(&addresses(12), &[]));
    runtime.block_on(history.send(5, [10, 20], |entry| answer(entry.id)));
    let claimed = runtime.block_on(history.ledger.claim(3, after(30))).unwrap();
    let attempting = claimed.iter().map(|entry| newsletter::journal::Transition {
        id: entry.id,
        to: State::Attempting,
        reply: String::new(),
        due: None,
    });
    let attempting: Vec<_> = attempting.collect();
    runtime.block_on(history.ledger.record(&attempting, after(30))).unwrap();
    let words = [
        "\n  accepted          4   33.3%\n",
        "\n  on the way        3   25.0%\n",
        "\n  pending           4   33.3%\n",
        "\n  reader-08@example.org: attempting\n",
    ];
    let text = run(&history.publication, &["status"]).output;
    assert!(words.iter().all(|word| text.contains(word)), "{text}");
    let rows = run(&history.publication, &["status", "--csv"]).output;
    assert!(rows.contains("\r\nreader-08@example.org,attempting,0,,1,\r\n"), "{rows}");
    let page = run(&history.publication, &["status", "--html", "-"]).output;
    assert!(page.contains("3\u{a0}are on the way and 4\u{a0}are pending"), "{page}");
    // The one that sends goes on.
    runtime.block_on(history.send(5, [40, 50], |entry| answer(entry.id)));
    assert!(
        run(&history.publication, &["status"]).output.contains("  accepted          7   58.3%\n")
    );
}
