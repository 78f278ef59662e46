//! Forms and links to confirm in, who is asked, who is on the list and what nobody learns out.

use newsletter::clock::Clock;
use newsletter::web::public::{Limits, Request, Standing, request};

use crate::support::public::{exchange, request as written};
use crate::support::site::{InProcess, key};
use crate::support::visitor::Answer;

const LINES: &str = "segments = { coast = { tag = \"coast\", title = \"The coast\", join = true }, \
    members = { tag = \"member\", title = \"Letters to members\" }, \
    hidden = { tag = \"hidden\" }, town = { column = \"town\", any_of = [\"Averley\"], title = \"Averley\" } }
    serve = { form_origins = [\"https://shop.example.net\"], per_address = \"2 per 24h\", per_network = \"8 per 1h\" }";

fn start() -> InProcess {
    let clock = Clock::Fixed("2026-11-26T12:00:00Z".parse().unwrap());
    InProcess::with(LINES, Limits::default(), clock)
}

fn ask(site: &InProcess, method: &str, path: &str, fields: &[&str], body: &str) -> Answer {
    let request = written(&site.host, method, path, fields, body);
    Answer::read(&exchange(&site.host, request.as_bytes()).unwrap())
}

fn subscribe(site: &InProcess, fields: &[&str], form: &str) -> Answer {
    ask(site, "POST", "/subscribe", fields, form)
}

/// The path of a link to confirm, as the mail has it.
fn link(site: &InProcess) -> String {
    let invited = site.desk.invited.lock().unwrap();
    format!("/subscribe/{}", invited.last().unwrap().token)
}

/// Looks at a link to confirm, as people and filters do: that confirms nothing.
fn look(site: &InProcess, link: &str) {
    for _ in 0..3 {
        let page = ask(site, "GET", link, &[], "");
        assert_eq!(page.status, 200);
        assert_eq!(page.body().matches("<button").count(), 1, "{}", page.body());
        assert_eq!(ask(site, "HEAD", link, &[], "").status, 200);
    }
    assert!(site.desk.enlisted.lock().unwrap().is_empty());
}

#[test]
fn whoever_confirms_is_on_the_list_and_nobody_else() {
    let site = start();
    let form = ask(&site, "GET", "/subscribe", &[], "");
    assert_eq!(form.status, 200);
    assert!(form.body().contains("The coast"), "{}", form.body());
    // What has no `join` cannot be chosen, with a title or without, and neither by a forged field.
    for closed in ["hidden", "Averley", "members"] {
        assert!(!form.body().contains(closed), "{closed} in {}", form.body());
    }
    let forged =
        "email=Ada%40Example.org&part=coast&part=hidden&part=members&part=town&tags=member";
    let answer = subscribe(&site, &[], forged);
    assert_eq!(answer.status, 200);
    let link = link(&site);
    assert!(!link.contains("ada") && !link.contains('@'));
    look(&site, &link);
    assert_eq!(ask(&site, "POST", &link, &[], "").status, 200);
    let enlisted = site.desk.enlisted.lock().unwrap();
    assert_eq!(enlisted.len(), 1);
    assert_eq!(enlisted[0].address.to_string(), "Ada@example.org");
    assert_eq!(enlisted[0].tags, ["coast"]);
    assert_eq!(enlisted[0].form, "https://example.org/subscribe");
    assert!(site.desk.recorded().is_empty(), "there was nothing to take back");
}

#[test]
fn a_link_to_confirm_lets_nobody_into_a_segment_that_is_closed_meanwhile() {
    let site = start();
    let parts = vec!["members".to_owned(), "coast".to_owned()];
    let wanted = Request { address: "ada@example.org".parse().unwrap(), parts };
    let now = "2026-11-26T11:00:00Z".parse().unwrap();
    let link = format!("/subscribe/{}", request(&key(), &wanted, now));
    assert_eq!(ask(&site, "POST", &link, &[], "").status, 200);
    assert_eq!(site.desk.enlisted.lock().unwrap()[0].tags, ["coast"]);
}

#[test]
fn whoever_had_left_comes_back_and_whoever_complained_does_not() {
    let site = start();
    let stands = |gone, barred, left: &[&str]| {
        let left = left.iter().map(|part| (*part).to_owned()).collect();
        let standing = Standing { gone, barred, since: None, left };
        site.desk.standings.lock().unwrap().insert("ada@example.org".to_owned(), standing);
    };
    let token = |parts: &[&str]| {
        let parts = parts.iter().map(|part| (*part).to_owned()).collect();
        let wanted = Request { address: "ada@example.org".parse().unwrap(), parts };
        let now = "2026-11-26T12:00:00Z".parse().unwrap();
        format!("/subscribe/{}", request(&key(), &wanted, now))
    };
    stands(true, true, &[]);
    assert!(ask(&site, "POST", &token(&[]), &[], "").body().contains("r@example.org"));
    assert!(site.desk.recorded().is_empty() && site.desk.enlisted.lock().unwrap().is_empty());
    stands(true, false, &["coast", "town"]);
    assert_eq!(ask(&site, "POST", &token(&["coast"]), &[], "").status, 200);
    let back = ["ada@example.org Return subscribe", "ada@example.org Join(\"coast\") subscribe"];
    assert_eq!(site.desk.recorded(), back);
}

#[test]
fn the_answer_does_not_tell_who_is_known() {
    let site = start();
    let gone = Standing { gone: true, barred: true, since: None, left: Vec::new() };
    site.desk.standings.lock().unwrap().insert("gone@example.org".to_owned(), gone);
    let head = |answer: &Answer| answer.text.split("\r\n\r\n").next().unwrap().to_owned();
    let without_date = |head: String| {
        let lines: Vec<_> = head.lines().filter(|line| !line.starts_with("date:")).collect();
        lines.join("\n")
    };
    let first = subscribe(&site, &[], "email=new@example.org");
    // The second time, the third, which is once too often, and somebody who gets nothing.
    let forms = ["new@example.org", "new@example.org", "NEW@example.org", "gone@example.org"];
    for address in forms {
        let answer = subscribe(&site, &[], &format!("email={address}"));
        assert_eq!(answer.status, 200, "{address}");
        assert_eq!(answer.body(), first.body(), "{address}");
        assert_eq!(without_date(head(&answer)), without_date(head(&first)), "{address}");
    }
    // What the desk is asked for does not depend on it, either.
    assert_eq!(site.desk.invited.lock().unwrap().len(), 3);
    assert!(site.desk.recorded().is_empty());
}

#[test]
fn a_full_queue_tells_nothing_of_an_address() {
    let site = start();
    for _ in 0..2 {
        assert_eq!(subscribe(&site, &[], "email=often@example.org").status, 200);
    }
    *site.desk.full.lock().unwrap() = true;
    let other = subscribe(&site, &[], "email=new@example.org");
    let often = subscribe(&site, &[], "email=often@example.org");
    assert_eq!((other.status, often.status), (503, 503));
    assert_eq!(other.body(), often.body());
}

#[test]
fn a_network_that_asks_too_often_is_told_so_and_others_are_not() {
    let site = start();
    let from = |network: u8| format!("X-Forwarded-For: 203.0.{network}.7");
    let status = |network, number: usize| {
        subscribe(&site, &[&from(network)], &format!("email=reader{number}@example.org")).status
    };
    let statuses: Vec<_> = (0..10).map(|number| status(1, number)).collect();
    assert_eq!((&statuses[..8], &statuses[8..]), ([200; 8].as_slice(), [429; 2].as_slice()));
    assert_eq!(status(2, 10), 200);
}

#[test]
fn a_form_of_a_page_that_may_not_have_it_sends_nothing() {
    let site = start();
    let form = "email=ada@example.org";
    for (fields, status) in [
        (vec![], 200),
        (vec!["Sec-Fetch-Site: same-origin", "Origin: null"], 200),
        (vec!["Sec-Fetch-Site: same-site", "Origin: https://www.example.org"], 200),
        (vec!["Sec-Fetch-Site: cross-site", "Origin: https://shop.example.net"], 200),
        (vec!["Origin: https://example.org"], 200),
        (vec!["Origin: null"], 200),
        (vec!["Sec-Fetch-Site: cross-site", "Origin: https://evil.example.com"], 403),
        (vec!["Sec-Fetch-Site: cross-site", "Origin: null"], 403),
        (vec!["Sec-Fetch-Site: cross-site"], 403),
        (vec!["Origin: https://example.org.evil.example.com"], 403),
        (vec!["Origin: http://example.org"], 403),
    ] {
        assert_eq!(subscribe(&site, &fields, form).status, status, "{fields:?}");
    }
}

#[test]
fn what_is_no_address_is_shown_again_as_what_it_is() {
    let site = start();
    for written in ["", "ada", "ada@", "\"><script>alert(1)</script>@example.org", "a@b@c d"] {
        let form = format!(
            "email={}",
            url::form_urlencoded::byte_serialize(written.as_bytes()).collect::<String>()
        );
        let answer = subscribe(&site, &[], &form);
        assert_eq!(answer.status, 422, "{written}");
        assert!(!answer.body().contains("<script"), "{}", answer.body());
        assert!(answer.body().contains("aria-invalid=\"true\""), "{}", answer.body());
    }
    assert!(site.desk.invited.lock().unwrap().is_empty());
}

#[test]
fn a_link_that_is_old_or_not_ours_confirms_nothing() {
    let site = start();
    let wanted = Request { address: "ada@example.org".parse().unwrap(), parts: Vec::new() };
    let old = request(&key(), &wanted, "2026-11-23T11:59:59Z".parse().unwrap());
    let other = newsletter::key::Key::new(&[9; 32]);
    let forged = request(&other, &wanted, "2026-11-26T12:00:00Z".parse().unwrap());
    let reader = key().seal("ada@example.org");
    for (token, status) in [(old.as_str(), 410), (&forged, 404), (&reader, 404), ("x", 404)] {
        for method in ["GET", "POST"] {
            let answer = ask(&site, method, &format!("/subscribe/{token}"), &[], "act=confirm");
            assert_eq!(answer.status, status, "{method} {token}");
        }
    }
    assert!(site.desk.enlisted.lock().unwrap().is_empty());
}

#[test]
fn whoever_left_after_they_asked_for_the_mail_is_not_brought_back_by_it() {
    let site = start();
    let wanted = Request { address: "ada@example.org".parse().unwrap(), parts: Vec::new() };
    let asked = "2026-11-26T11:00:00Z".parse().unwrap();
    let link = format!("/subscribe/{}", request(&key(), &wanted, asked));
    let stands = |since: &str| {
        let (since, left) = (Some(since.parse().unwrap()), Vec::new());
        let standing = Standing { gone: true, barred: false, since, left };
        site.desk.standings.lock().unwrap().insert("ada@example.org".to_owned(), standing);
    };
    stands("2026-11-26T11:00:00.001Z");
    assert_eq!(ask(&site, "POST", &link, &[], "").status, 410);
    assert!(site.desk.enlisted.lock().unwrap().is_empty() && site.desk.recorded().is_empty());
    stands("2026-11-26T11:00:00Z");
    assert_eq!(ask(&site, "POST", &link, &[], "").status, 200);
}

#[test]
fn spellings_of_one_mailbox_have_one_limit() {
    let site = limited("per_address = \"2 per 24h\", per_network = \"1000 per 1h\"");
    let spellings = (0..12).map(|n| format!("vic.tim%2B{n}@gmail.com"));
    let dotted = ["v.ictim@googlemail.com", "victim@gmail.com"].map(str::to_owned);
    for spelling in spellings.chain(dotted) {
        let answer = subscribe(&site, &[], &format!("email={spelling}"));
        assert_eq!(answer.status, 200, "the answer tells nothing");
    }
    assert_eq!(site.desk.invited.lock().unwrap().len(), 2);
    // Dots tell two mailboxes apart elsewhere.
    for other in ["a.b@example.org", "ab@example.org"] {
        subscribe(&site, &[], &format!("email={other}"));
    }
    assert_eq!(site.desk.invited.lock().unwrap().len(), 4);
}

#[test]
fn there_is_a_ceiling_for_the_mails_to_confirm_of_a_publication() {
    let site = limited("per_network = \"1000 per 1h\", per_publication = \"5 per 1h\"");
    let ask = |n: u32| subscribe(&site, &[], &format!("email=reader{n}@example.org")).status;
    let answers: Vec<u16> = (0..8).map(ask).collect();
    assert_eq!(answers, [200, 200, 200, 200, 200, 503, 503, 503]);
    assert_eq!(site.desk.invited.lock().unwrap().len(), 5);
}

fn limited(limits: &str) -> InProcess {
    let clock = Clock::Fixed("2026-11-26T12:00:00Z".parse().unwrap());
    InProcess::with(&format!("serve = {{ {limits} }}"), Limits::default(), clock)
}
