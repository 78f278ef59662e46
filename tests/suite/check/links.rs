//! A web server of our own in, what `check --links` says of it out.

use std::net::TcpListener;
use std::time::Duration;

use newsletter::probe::{Answer, ask};

use crate::cases::{self, Verdict};
use crate::support::console::Console;
use crate::support::web::Server;

const PATIENT: Duration = Duration::from_secs(20);

fn one(url: &str) -> Answer {
    ask(&[url], PATIENT).remove(0)
}

#[test]
fn every_answer_of_a_server_is_understood() {
    let server = Server::start();
    let there = format!("http://localhost:{}/there", server.port());
    let answers = [
        ("/there", Answer::There),
        ("/there?a=b#part", Answer::There),
        ("/no-head", Answer::There),
        ("/gone", Answer::Gone(404)),
        ("/gone-for-good", Answer::Gone(410)),
        ("/to-nowhere", Answer::Gone(404)),
        ("/broken", Answer::Refused(500)),
        ("/moved", Answer::Moved(there)),
        ("/lent", Answer::There),
        ("/renamed", Answer::There),
        ("/circle", Answer::Silent("it is sent on more than 5 times".to_owned())),
    ];
    let urls: Vec<String> = answers.iter().map(|(path, _)| server.url(path)).collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    for ((path, expected), answer) in answers.iter().zip(ask(&urls, PATIENT)) {
        assert_eq!(answer, *expected, "{path}");
    }
    let requests = server.requests();
    let count = |wanted: &str| requests.iter().filter(|request| *request == wanted).count();
    assert_eq!(count("HEAD /no-head"), 1);
    assert_eq!(count("GET /no-head"), 1, "GET is asked where HEAD is not taken");
    assert_eq!(count("GET /gone"), 0, "and nowhere else");
    assert_eq!(count("HEAD /there?a=b"), 1, "the fragment is not sent");
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let server = Server::start();
    let answer = ask(&[&server.url("/silent")], Duration::from_millis(300)).remove(0);
    assert_eq!(answer, Answer::Silent("it takes too long".to_owned()));
}

#[test]
fn a_port_where_nobody_listens_is_no_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(one(&url), Answer::Silent("the connection is refused".to_owned()));
}

#[test]
fn a_host_that_nobody_has_is_not_found() {
    // RFC 6761 §6.4: no resolver knows a name below `invalid`.
    let reason = "its host cannot be found".to_owned();
    assert_eq!(one("https://newsletter.invalid/"), Answer::Silent(reason));
}

#[test]
fn a_certificate_that_nobody_has_signed_is_not_trusted() {
    let server = Server::start_self_signed();
    let url = format!("https://127.0.0.1:{}/there", server.port());
    let reason = "its certificate is not one to trust".to_owned();
    assert_eq!(one(&url), Answer::Silent(reason));
    assert_eq!(server.requests(), [""; 0], "nothing is asked of it");
}

#[test]
fn a_host_is_asked_for_two_pages_at_once() {
    let server = Server::start();
    let urls: Vec<String> = (0..12).map(|page| server.url(&format!("/pair/{page}"))).collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    // The server answers pairs only: one at a time would wait until it is given up.
    assert_eq!(ask(&urls, PATIENT), vec![Answer::There; 12]);
    assert_eq!(server.requests().len(), 12);
}

#[test]
fn what_the_web_says_of_an_issue_is_shown_at_its_links() {
    let server = Server::start();
    let mut console = Console::with_sample();
    let text = cases::read(&cases::folder("links").join("answers.toml"));
    let issue = text.replace("PORT", &server.port().to_string());
    for old in std::fs::read_dir(console.folder().join("issues")).unwrap() {
        std::fs::remove_file(old.unwrap().path()).unwrap();
    }
    std::fs::write(console.folder().join("issues/answers.toml"), issue).unwrap();
    let quiet = console.run("newsletter check --format json");
    assert_eq!(server.requests(), [""; 0], "nobody is asked without --links: {quiet}");
    let said = console.run("newsletter check --links");
    // The port differs from run to run, and with it the width of what is underlined.
    let port = server.port().to_string();
    let of_web =
        |text: &&str| ["[W019]", "[E047]", "[N002]"].iter().any(|code| text.contains(code));
    let (_, said) = said.split_once("to read\n").expect("the note comes first");
    let shown: Vec<_> = said.split("\n\n").filter(of_web).collect();
    let shown = shown.join("\n\n").replace(&port, "PORT");
    let marks = shown.lines().map(|line| match line.trim_start_matches([' ', '|']).trim_end() {
        marks if marks.starts_with('^') && marks.trim_matches('^').is_empty() => "   |   ^",
        _ => line,
    });
    let mut verdict = Verdict::default();
    let shown = marks.collect::<Vec<_>>().join("\n") + "\n";
    verdict.compare(&cases::folder("links").join("answers.stderr"), shown.as_bytes());
    verdict.finish(1);
    let requests = server.requests();
    assert_eq!(
        requests.iter().filter(|request| request.ends_with("/gone")).count(),
        1,
        "each once"
    );
    assert!(!requests.iter().any(|request| request.contains("town")), "no link with a field");
}
