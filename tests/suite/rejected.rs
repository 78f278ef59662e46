//! Sends to a server that rejects readers by policy: what `--retry-rejected` sends again.

use newsletter::cli::Exit;
use newsletter::config::Tls;
use tokio::runtime::Runtime;

use crate::support::publication::{ISSUE, Publication};
use crate::support::smtp::{Act, Point, Server};

fn publication_at(server: &Server) -> Publication {
    let publication = Publication::with_readers(4);
    let port = server.smtp(Tls::None).port;
    let settings = "host = \"127.0.0.1\"\ntls_type = \"none\"\nmax_conns = 1";
    publication.set_server(&format!("{settings}\nport = {port}"));
    publication
}

#[test]
fn who_was_rejected_by_policy_gets_it_when_that_is_asked_for_and_a_dead_mailbox_never() {
    let runtime = Runtime::new().unwrap();
    let script = |p: &Point<'_>| match (p.verb, p.to) {
        ("RCPT", to) if to.starts_with("reader-00001") => Act::Say("550 5.7.1 content policy"),
        ("RCPT", to) if to.starts_with("reader-00002") => Act::Say("550 5.1.1 no such user"),
        _ => Act::Normal,
    };
    let server = runtime.block_on(Server::start(script));
    let publication = publication_at(&server);
    assert_eq!(publication.run(&["send", ISSUE, "--yes"]).exit, Exit::Partly);

    let healthy = runtime.block_on(Server::start(|_| Act::Normal));
    let port = |server: &Server| format!("port = {}", server.smtp(Tls::None).port);
    let settings = publication.read("newsletter.toml");
    publication.write("newsletter.toml", &settings.replace(&port(&server), &port(&healthy)));
    let left_alone = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!(left_alone.exit, Exit::Partly, "{}", left_alone.messages);
    assert!(left_alone.messages.contains("--retry-rejected"), "{}", left_alone.messages);
    assert_eq!(healthy.log(|log| log.messages.len()), 0);

    let again = publication.run(&["send", ISSUE, "--yes", "--retry-rejected"]);
    assert!(again.messages.contains("Sending again to 1 reader"), "{}", again.messages);
    let got = healthy.log(|log| log.messages.iter().map(|(to, _)| to.clone()).collect::<Vec<_>>());
    assert_eq!(got, ["reader-00001@example.com"]);
    let nothing = publication.run(&["send", ISSUE, "--yes", "--retry-rejected"]);
    assert_eq!(nothing.exit, Exit::Partly, "{}", nothing.messages);
    assert_eq!(healthy.log(|log| log.messages.len()), 1);
}

#[test]
fn a_quota_of_the_sender_ends_the_run_as_one_to_go_on_with() {
    let runtime = Runtime::new().unwrap();
    let script = |p: &Point<'_>| match p.verb {
        "." => Act::Say("550 You have exceeded your daily relay quota"),
        _ => Act::Normal,
    };
    let server = runtime.block_on(Server::start(script));
    let ended = publication_at(&server).run(&["send", ISSUE, "--yes"]);
    assert_eq!(ended.exit, Exit::Unfinished, "{}", ended.messages);
}
