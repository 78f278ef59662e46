//! Mails that a real Postfix delivered in, what a mailbox provider does with their headers, and what
//! the next send makes of it, out.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use mail_parser::{HeaderValue, MessageParser};
use newsletter::cli::Exit;

use crate::real::postfix::Postfix;
use crate::support::public::Public;
use crate::support::publication::{ISSUE, Publication, Row, key};

/// Another issue of the sample.
const NEXT: &str = "2026-11-13-what-a-ferry-is-worth";

/// What the delivered mail of a reader says: the link to leave, and that one POST is enough.
fn link(files: &[PathBuf], reader: &str) -> String {
    let texts = files.iter().map(|file| fs::read(file).unwrap());
    let bytes = texts.into_iter().find(|bytes| {
        let message = MessageParser::default().parse(bytes).unwrap();
        let to = message.to().and_then(|to| to.first()).and_then(|to| to.address.clone());
        to.is_some_and(|to| key(&to) == reader)
    });
    let bytes = bytes.unwrap();
    let message = MessageParser::default().parse(&bytes).unwrap();
    let text = |name: &str| match message.header(name) {
        Some(HeaderValue::Text(text)) => text.to_string(),
        Some(HeaderValue::Address(list)) => {
            list.first().and_then(|first| first.address()).unwrap().to_owned()
        }
        other => panic!("{name}: {other:?}"),
    };
    assert_eq!(text("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let url = text("List-Unsubscribe");
    let url = url.trim_start_matches('<').split('>').next().unwrap().to_owned();
    // The test is the web server that brings TLS, and hands the path on.
    url.strip_prefix("https://tidewater.example.org").unwrap().to_owned()
}

/// Sends an issue; who has it in the mailbox afterwards, besides what was there.
fn send(
    publication: &Publication,
    postfix: &Postfix,
    issue: &str,
    before: usize,
    readers: usize,
) -> Vec<PathBuf> {
    let ended = publication.run(&["send", issue, "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    let files = postfix.messages(before + readers);
    assert_eq!(files.len(), before + readers, "nobody else has one");
    files
}

#[test]
#[ignore = "needs Postfix"]
fn whoever_unsubscribes_with_the_link_of_a_delivered_mail_does_not_get_the_next_one() {
    let publication = Publication::sample();
    let rows = publication.rows();
    let postfix = Postfix::start(&rows);
    publication.set_plain_server(postfix.port);
    let first = send(&publication, &postfix, ISSUE, 0, rows.len());
    let public = Public::of(&publication);
    let [leaves, looks, forged] = [&rows[2], &rows[3], &rows[4]].map(Row::key);
    let (left, seen, wrong) = (link(&first, &leaves), link(&first, &looks), link(&first, &forged));

    // Gmail's request, as RFC 8058 §3.1 has it.
    let answer = public.ask(
        "POST",
        &left,
        &["Content-Type: application/x-www-form-urlencoded", "User-Agent: Mozilla/5.0"],
        "List-Unsubscribe=One-Click",
    );
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(!answer.text.to_lowercase().contains("location:"), "{}", answer.text);
    // A filter opens the link of another, and somebody tries a token that is not whole.
    for method in ["GET", "HEAD"] {
        assert_eq!(public.ask(method, &seen, &[], "").status, 200);
    }
    assert_eq!(public.one_click(&wrong[..wrong.len() - 2]).status, 404);

    let all = send(&publication, &postfix, NEXT, first.len(), rows.len() - 1);
    let next: BTreeSet<_> = all.iter().filter(|file| !first.contains(file)).collect();
    let has = |reader: &str| {
        let (local, domain) = reader.split_once('@').unwrap();
        next.iter().any(|file| file.to_string_lossy().contains(&format!("/{domain}/{local}/")))
    };
    assert!(!has(&leaves) && has(&looks) && has(&forged));
}

#[test]
#[ignore = "needs Postfix"]
fn whoever_confirms_with_the_link_of_a_delivered_mail_gets_the_next_one() {
    let publication = Publication::sample();
    let rows = publication.rows();
    let newcomer = Row { email: "Nia.Rowe@example.org".to_owned(), ..rows[0].clone() };
    let everyone = [rows.as_slice(), &[newcomer]].concat();
    let postfix = Postfix::start(&everyone);
    publication.set_plain_server(postfix.port);
    let public = Public::of(&publication);
    assert_eq!(public.post("/subscribe", "email=Nia.Rowe%40example.org").status, 200);
    let files = postfix.messages(1);
    let bytes = fs::read(&files[0]).unwrap();
    let message = MessageParser::default().parse(&bytes).unwrap();
    let text = message.body_text(0).unwrap().into_owned();
    let (_, path) = text.split_once("https://tidewater.example.org/subscribe/").unwrap();
    let path = format!("/subscribe/{}", path.split_whitespace().next().unwrap());
    assert_eq!(public.get(&path).status, 200);
    assert_eq!(public.post(&path, "act=confirm").status, 200);
    send(&publication, &postfix, ISSUE, 1, rows.len() + 1);
}
