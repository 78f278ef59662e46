//! Reports of runs in, what the Nu HTML checker, axe-core and a browser find in them out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use newsletter::cli::Exit;
use newsletter::journal::{Entry, State};
use newsletter::measure::FILE;
use tokio::runtime::Runtime;

use crate::real::component::{self, Dice};
use crate::real::markup;
use crate::real::postfix::Postfix;
use crate::status;
use crate::support::history::History;
use crate::support::publication::{ISSUE, Publication};

/// Writes the report of a run.
fn report(publication: &Publication, exit: Exit) -> PathBuf {
    let ended = status::run(publication, &["status", ISSUE, "--html", "report.html"]);
    assert_eq!(ended.exit, exit, "{}", ended.messages);
    publication.path("report.html")
}

/// What the checker, axe by day, by night and on a telephone, and a browser that counts requests
/// have against a page.
fn judge(page: &Path) {
    let faults = markup::faults([page]);
    assert!(faults.is_empty(), "{faults}");
    let node = || Command::new(component::find("node", "nodejs"));
    let chromium = component::find("chromium", "chromium");
    let barriers = markup::barriers("page", [page]);
    assert!(barriers.is_empty(), "{barriers}");
    let mut requests = node();
    requests.arg(component::tool("requests.mjs")).arg(&chromium).arg(page);
    assert_eq!(component::run(&mut requests), "[]", "a page that asks for something");
}

#[test]
#[ignore = "needs Postfix, Java, the Nu HTML checker, Chromium, Node and axe-core"]
fn the_report_of_a_run_to_postfix_names_whom_it_refused_and_put_off() {
    let publication = Publication::with_readers(24);
    let mut rows = publication.all_rows();
    let (unknown, busy) = (rows.remove(4).email, rows[7].email.clone());
    let access = format!("{busy} 450 4.2.1 try again later\n");
    let postfix = Postfix::start_with(&rows, &access);
    let port = postfix.port;
    publication.set_server(&format!(
        "host = \"127.0.0.1\"\nport = {port}\ntls_type = \"none\"\n\n[send]\nretry_delays = [\"1s\"]"
    ));
    let ended = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(ended.exit, Exit::Unfinished, "{}", ended.messages);

    let text = publication.run(&["status", ISSUE]).output;
    for line in [
        "\n  accepted         22   91.7%\n",
        "\n         22  accepted  250 2.0.0 Ok: … bytes queued as …\n",
        "\n          2  deferred  450 4.2.1 ",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    let csv = publication.run(&["status", ISSUE, "--csv"]).output;
    let row = |address: &str| csv.lines().find(|row| row.starts_with(address)).unwrap();
    assert!(row(&unknown).contains(",rejected,1,550 5.1.1 "), "{csv}");
    assert!(row(&busy).contains(",deferred,2,") && row(&busy).contains("450 4.2.1"), "{csv}");

    let page = report(&publication, Exit::Unfinished);
    let html = fs::read_to_string(&page).unwrap();
    assert!(html.contains(&unknown) && html.contains(&busy));
    judge(&page);
}

/// Keeps the page where `docs/screenshots/take` finds it.
#[test]
#[ignore = "needs Java, the Nu HTML checker, Chromium, Node and axe-core"]
fn the_report_of_a_large_run_can_be_read_by_everyone() {
    let publication = Runtime::new().unwrap().block_on(realistic());
    let page = report(&publication, Exit::Unfinished);
    fs::copy(&page, Path::new(env!("CARGO_MANIFEST_DIR")).join("target/report.html")).unwrap();
    judge(&page);
    // The same with how often the issue was read and its links were followed.
    let settings = publication.read("newsletter.toml");
    let measure = "[measure]\nviews = true\nclicks = true\n";
    publication.write("newsletter.toml", &format!("{settings}\n{measure}"));
    let link = |at: usize| {
        format!("{ISSUE},https://example.com/{at}/{}?a=b&c=d,{at}\n", "x".repeat(at * 8))
    };
    let rows: String = (1..40).map(link).collect();
    publication.write(FILE, &format!("issue,link,count\n{ISSUE},,1204\n{rows}"));
    let page = report(&publication, Exit::Unfinished);
    assert!(fs::read_to_string(&page).unwrap().contains("was read 1,204 times"));
    judge(&page);
}

/// Whose addresses they are, and how many of a hundred.
const DOMAINS: [(&str, usize); 12] = [
    ("mail.example.com", 34),
    ("post.example.net", 19),
    ("example.org", 11),
    ("inbox.example.com", 8),
    ("harbour.example.org", 6),
    ("tidewater.example.org", 5),
    ("averley.example.net", 4),
    ("marrick.example.net", 3),
    ("xn--bcher-kva.example.org", 2),
    ("county.example.org", 2),
    ("university.example.com", 2),
    ("port.example.com", 1),
];

fn domain(at: usize, share: usize) -> String {
    let mut rest = share;
    for (name, weight) in DOMAINS {
        if rest < weight {
            return name.to_owned();
        }
        rest -= weight;
    }
    format!("parish-{}.example.net", at % 61 + 1)
}

/// What servers say: one greylists, one has full mailboxes, one wants no mail, one goes away.
fn answer(entry: &Entry, share: f64) -> (State, String) {
    let (id, address) = (entry.id, &entry.recipient.address);
    match address.domain() {
        "post.example.net" if entry.attempts == 0 && share < 0.42 => {
            let words = "Greylisted, try again in 300 seconds";
            (State::Deferred, format!("451 4.7.1 <{address}>: {words}"))
        }
        "university.example.com" if id % 3 == 0 => {
            (State::Deferred, "452 4.2.2 The mailbox is over its quota".to_owned())
        }
        "port.example.com" => {
            (State::Rejected, "550 5.4.1 Recipient address rejected: Access denied.".to_owned())
        }
        _ if share > 0.996 => {
            let words = "Recipient address rejected: User unknown";
            (State::Rejected, format!("550 5.1.1 <{address}>: {words}"))
        }
        _ if (5_900..5_904).contains(&id) && entry.attempts == 0 => {
            (State::Unknown, "the connection was lost before the server’s answer".to_owned())
        }
        _ if share < 0.6 => {
            (State::Accepted, format!("250 2.0.0 Ok: queued as 4X{:X}", id * 7_919))
        }
        _ => (State::Accepted, format!("250 OK id=1vO{:x}-{id:09}", id * 31)),
    }
}

/// A run as a publication of some size has it, with a pause in the middle.
async fn realistic() -> Publication {
    let mut dice = Dice::new(20);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share")]
    let mut address =
        |at: usize| format!("reader-{at:05}@{}", domain(at, (dice.share() * 100.0) as usize));
    let addresses: Vec<_> = (1..=12_480).map(&mut address).collect();
    let suppressed = [
        ("ada@example.org", "unsubscribed on the web"),
        ("kofi@example.net", "complained"),
        ("lena@mail.example.com", "no such mailbox: 550 5.1.1 user unknown"),
    ];
    let mut history = History::begun(&addresses, &suppressed).await;
    let (mut now, mut sent) = (400, 0);
    loop {
        let batch = history.send(40, [now, now + 800], |entry| answer(entry, dice.share())).await;
        sent += batch;
        match batch {
            0 if now > 3_600_000 => break,
            0 => now += 60_000,
            _ if sent == 6_000 => now += 1_500_000,
            _ => now += 1_900,
        }
    }
    history.closed().await
}
