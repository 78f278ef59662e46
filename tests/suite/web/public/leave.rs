//! Links that unsubscribe in, who is gone and who is not out.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD;
use newsletter::cli::Exit;
use newsletter::key::Key;

use crate::support::public::{ONE_CLICK, Public};
use crate::support::publication::{ISSUE, Publication};

const ADA: &str = "agnes.pellow@example.org";

/// The proof on a page that lets a reader come back.
fn proof(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once("name=\"proof\" value=\"")?;
    rest.split('"').next()
}

#[test]
fn a_post_of_a_mailbox_provider_unsubscribes_at_once_whatever_form_it_has() {
    let publication = Publication::sample();
    let public = Public::of(&publication);
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n\
        One-Click\r\n--b--\r\n";
    let kinds = [
        ("Content-Type: application/x-www-form-urlencoded", ONE_CLICK),
        ("Content-Type: multipart/form-data; boundary=b", multipart),
        ("Content-Type: text/plain", "anything"),
        ("Accept: */*", ""),
    ];
    for ((kind, body), row) in kinds.into_iter().zip(publication.rows()) {
        let answer = public.ask("POST", &public.link(&row.key()), &[kind], body);
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(answer.text.contains("no-store") && !answer.text.contains("set-cookie"));
        let rows = public.rows(&row.key());
        assert_eq!(rows.len(), 1, "{rows:?}");
        assert!(rows[0].contains(",unsubscribed,one-click,"), "{rows:?}");
        // Already gone is gone: the same answer, and nothing more to write.
        let again = public.ask("POST", &public.link(&row.key()), &[kind], body);
        assert_eq!((again.status, again.body()), (200, answer.body()));
        assert_eq!(public.rows(&row.key()).len(), 1);
    }
    let ended = publication.run(&["send", ISSUE, "--dry-run"]);
    assert!(ended.messages.contains("32 messages"), "{}", ended.messages);
}

#[test]
fn looking_changes_nothing() {
    let publication = Publication::sample();
    let before = publication.read("suppressions.csv");
    let public = Public::of(&publication);
    let link = public.link(ADA);
    for (method, path) in [
        ("GET", link.clone()),
        ("HEAD", link.clone()),
        ("GET", format!("{link}?preferences")),
        ("GET", format!("{link}?act=leave&List-Unsubscribe=One-Click")),
        ("OPTIONS", link.clone()),
        ("PUT", link.clone()),
        ("DELETE", link.clone()),
    ] {
        let fields = ["Purpose: prefetch", "Sec-Purpose: prefetch"];
        let answer = public.ask(method, &path, &fields, ONE_CLICK);
        let expected = if matches!(method, "GET" | "HEAD") { 200 } else { 405 };
        assert_eq!(answer.status, expected, "{method} {path}: {}", answer.text);
    }
    let page = public.get(&link);
    assert_eq!(page.body().matches("<button").count(), 1, "{}", page.body());
    assert!(page.body().contains("<form method=\"post\">"), "{}", page.body());
    // The address is shown to whoever was forwarded the mail as little as possible.
    assert!(page.body().contains("a…@example.org") && !page.body().contains(ADA));
    assert_eq!(publication.read("suppressions.csv"), before);
}

#[test]
fn a_mistake_is_undone_from_the_page_that_the_button_leads_to_and_from_nowhere_else() {
    let publication = Publication::sample();
    let public = Public::of(&publication);
    let link = public.link(ADA);
    assert_eq!(public.post(&link, "act=return").status, 404);
    let left = public.post(&link, "act=leave");
    assert_eq!(left.status, 200);
    let own = proof(left.body()).unwrap();
    let other = public.link("b.tremlett@example.com");
    let another = public.post(&other, "act=leave");
    for wrong in [proof(another.body()).unwrap(), &own[1..], &public.key().seal(ADA)] {
        assert_eq!(public.post(&link, &format!("act=return&proof={wrong}")).status, 404);
    }
    assert!(!publication.read("suppressions.csv").contains("back:"));
    let back = public.post(&link, &format!("act=return&proof={own}"));
    assert_eq!(back.status, 200);
    assert!(back.body().contains("You get The Tidewater Review again"), "{}", back.body());
    let rows = public.rows(ADA);
    assert!(rows.last().unwrap().starts_with(&format!("back:{ADA},")), "{rows:?}");
    let rendered = publication.run(&["render", "--for", ADA]);
    assert!(rendered.output.contains(ADA), "{}", rendered.messages);
}

/// Whoever has a letter that was passed on must not bring its reader back.
#[test]
fn only_what_the_button_did_is_undone_and_nothing_that_came_later() {
    let publication = Publication::sample();
    let public = Public::of(&publication);
    let link = public.link(ADA);
    assert_eq!(proof(public.one_click(&link).body()), None, "a machine undoes nothing");
    for gone in
        [ADA, "walter.quennel@example.com", "undine@example.com", "former.reader@example.net"]
    {
        let left = public.post(&public.link(gone), "act=leave");
        assert_eq!((left.status, proof(left.body())), (200, None), "{gone} had left before");
    }
    let link = public.link("b.tremlett@example.com");
    let left = public.post(&link, "act=leave");
    let back = format!("act=return&proof={}", proof(left.body()).unwrap());
    assert_eq!(public.post(&link, &back).status, 200);
    assert_eq!(public.one_click(&link).status, 200);
    assert_eq!(public.post(&link, &back).status, 410, "it is good for one return");
    let rows = public.rows("b.tremlett@example.com");
    assert!(rows.last().unwrap().contains(",unsubscribed,one-click,"), "{rows:?}");
}

#[test]
fn a_complaint_is_not_undone() {
    let publication = Publication::sample();
    let public = Public::of(&publication);
    let link = public.link(ADA);
    let left = public.post(&link, "act=leave");
    let own = proof(left.body()).unwrap();
    let complained = format!("{ADA},complaint: abuse,arf,2026-01-01T00:00:00Z,\n");
    publication.write("suppressions.csv", &(publication.read("suppressions.csv") + &complained));
    let back = public.post(&link, &format!("act=return&proof={own}"));
    assert!(back.body().contains("editors@tidewater.example.org"), "{}", back.body());
    let rendered = publication.run(&["render", "--for", ADA]);
    assert!(!rendered.output.contains(ADA), "{}", rendered.output);
}

#[test]
fn a_file_of_suppressions_that_is_gone_takes_nobody_and_is_missed() {
    let publication = Publication::sample();
    let public = Public::of(&publication);
    assert_eq!(public.one_click(&public.link(ADA)).status, 200);
    let text = publication.read("suppressions.csv");
    std::fs::remove_file(publication.path("suppressions.csv")).unwrap();
    let health = public.get("/healthz");
    assert_eq!(health.status, 503);
    assert!(health.body().starts_with("the file of suppressions is gone"), "{}", health.body());
    assert_eq!(public.one_click(&public.link("b.tremlett@example.com")).status, 503);
    assert!(!publication.path("suppressions.csv").exists());
    assert!(public.messages().contains("the file of suppressions is gone"));
    publication.write("suppressions.csv", &text);
    assert_eq!(public.one_click(&public.link("b.tremlett@example.com")).status, 200);
    assert_eq!(public.get("/healthz").status, 200);
}

#[test]
fn a_wrong_token_is_refused_whatever_is_wrong_with_it() {
    let publication = Publication::sample();
    let before = publication.read("suppressions.csv");
    let public = Public::of(&publication);
    let token = public.key().seal(ADA);
    let other = Key::new(b"the key of another publication, as long").seal(ADA);
    let mut wrong = vec![
        other,
        token[..token.len() - 3].to_owned(),
        token[1..].to_owned(),
        format!("{token}A"),
        token.to_uppercase(),
        "x".to_owned(),
        "%00".to_owned(),
        "a".repeat(4_000),
    ];
    let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        wrong.push(URL_SAFE_NO_PAD.encode(flipped));
    }
    let refusal = public.one_click("/unsubscribe/x");
    for (number, token) in wrong.iter().enumerate() {
        // Each from another network: none of them asks too often.
        let from = format!("X-Forwarded-For: 10.{number}.0.1");
        for method in ["GET", "POST"] {
            let path = format!("/unsubscribe/{token}");
            let answer = public.ask(method, &path, &[&from], ONE_CLICK);
            assert_eq!(answer.status, 404, "{path}");
            assert!(answer.body() == refusal.body(), "{path}: {}", answer.body());
        }
    }
    assert_eq!(publication.read("suppressions.csv"), before);
}

/// The words before the address in every language that letters have words in.
const BY_MAIL: [(&str, &str); 5] = [
    ("en", "If you want to unsubscribe, you can also write to "),
    ("de", "Zum Abbestellen können Sie auch an "),
    ("fr", "Pour vous désabonner, vous pouvez aussi écrire à "),
    ("uk", "Щоб відписатися, можна також написати на "),
    ("ar", "لإلغاء الاشتراك يمكنك أيضًا الكتابة إلى "),
];

#[test]
fn a_page_that_cannot_help_names_the_address_to_leave_by_in_every_language() {
    let link = "<a href=\"mailto:unsubscribe@tidewater.example.org?subject=unsubscribe\">\
        unsubscribe@tidewater.example.org</a>";
    for (language, words) in BY_MAIL {
        let publication = Publication::sample();
        let settings = publication.read("newsletter.toml");
        let settings =
            settings.replace("language  = \"en\"", &format!("language  = \"{language}\""));
        publication.write("newsletter.toml", &settings);
        let public = Public::of(&publication);
        let remnant = &public.link(ADA)[.."/unsubscribe/".len() + 30];
        for path in [remnant, "/unsubscribe/", "/no-such-page"] {
            let answer = public.get(path);
            assert_eq!(answer.status, 404, "{path}");
            assert!(answer.body().contains(&format!("{words}{link}")), "{path}: {}", answer.body());
        }
        assert!(!public.get(&public.link(ADA)).body().contains("mailto:"));
    }
}

#[test]
fn what_fails_on_the_disk_is_not_said_to_be_done() {
    let publication = Publication::sample();
    let public = Public::of(&publication);
    let link = public.link(ADA);
    let whole = publication.read("suppressions.csv");
    publication.write("suppressions.csv", "address,reason\nthis is no address,x\n");
    let answer = public.one_click(&link);
    assert_eq!(answer.status, 503, "{}", answer.text);
    assert!(answer.text.contains("retry-after: "), "{}", answer.text);
    let health = public.get("/healthz");
    assert_eq!(health.status, 503);
    assert!(health.body().contains("cannot be read") && !health.body().contains("this is"));
    let messages = public.messages();
    assert!(messages.contains("suppressions.csv") && !messages.contains("this is"), "{messages}");
    publication.write("suppressions.csv", &whole);
    assert_eq!(public.one_click(&link).status, 200);
    assert_eq!(public.get("/healthz").status, 200);
    assert_eq!(public.rows(ADA).len(), 1);
}

#[test]
fn who_left_before_sees_it_and_comes_back_by_a_mail_to_their_own_address() {
    let publication = Publication::sample();
    let public = Public::of(&publication);
    let link = public.link(ADA);
    assert_eq!(public.one_click(&link).status, 200);
    let before = publication.read("suppressions.csv");
    let page = public.get(&link);
    assert!(page.body().contains("You are unsubscribed already"), "{}", page.body());
    assert!(!page.body().contains("value=\"leave\"") && !page.body().contains(ADA));
    assert_eq!(public.post(&link, "act=again").status, 200);
    assert_eq!(publication.read("suppressions.csv"), before, "the press alone brings nobody back");
}

#[test]
fn a_mangled_link_leaves_as_well_as_a_whole_one() {
    let publication = Publication::sample();
    let public = Public::of(&publication);
    let readers = publication.rows();
    let ends = [".", ")", "%3E", "%20", ",", "&utm_source=mail"];
    for (row, end) in readers.into_iter().zip(ends) {
        let link = public.link(&row.key()).replace('-', "%2D").replace('_', "%255F");
        assert_eq!(public.one_click(&format!("{link}{end}")).status, 200, "{end}");
        assert_eq!(public.rows(&row.key()).len(), 1, "{end}");
    }
}

#[test]
fn a_file_that_was_made_here_and_is_gone_or_cut_takes_nobody() {
    let publication = Publication::sample();
    std::fs::remove_file(publication.path("suppressions.csv")).unwrap();
    let public = Public::of(&publication);
    let (one, two) = (public.link(ADA), public.link("b.tremlett@example.com"));
    assert_eq!(public.one_click(&one).status, 200);
    let text = publication.read("suppressions.csv");
    std::fs::remove_file(publication.path("suppressions.csv")).unwrap();
    assert_eq!((public.one_click(&two).status, public.get("/healthz").status), (503, 503));
    for cut in ["", text.lines().next().unwrap()] {
        publication.write("suppressions.csv", cut);
        assert_eq!((public.one_click(&two).status, public.get("/healthz").status), (503, 503));
    }
    assert!(public.get("/healthz").body().contains("names fewer readers"));
    assert!(public.messages().contains("put the rows back"), "{}", public.messages());
    publication.write("suppressions.csv", &text);
    assert_eq!((public.one_click(&two).status, public.get("/healthz").status), (200, 200));
}

#[test]
fn rows_that_were_removed_on_purpose_are_accepted_while_the_pages_are_served() {
    let publication = Publication::sample();
    let public = Public::of(&publication);
    let text = publication.read("suppressions.csv");
    let last = text.trim_end().rfind('\n').unwrap();
    publication.write("suppressions.csv", &text[..=last]);
    let link = public.link(ADA);
    assert_eq!((public.one_click(&link).status, public.get("/healthz").status), (503, 503));
    assert!(public.messages().contains("newsletter suppressions accept"), "{}", public.messages());
    let accepted = publication.run(&["suppressions", "accept", "--yes"]);
    assert_eq!(accepted.exit, Exit::Done, "{}", accepted.messages);
    assert_eq!((public.one_click(&link).status, public.get("/healthz").status), (200, 200));
    assert_eq!(publication.run(&["check"]).exit, Exit::Done);
    // What is lost after that is missed again, also where the mark is lost with it.
    publication.write("suppressions.csv", &text[..=last]);
    std::fs::remove_file(publication.path(".newsletter/suppressions.mark")).unwrap();
    assert_eq!((public.one_click(&link).status, public.get("/healthz").status), (503, 503));
}

#[cfg(unix)]
#[test]
fn a_link_to_no_file_takes_nobody() {
    let publication = Publication::sample();
    let path = publication.path("suppressions.csv");
    let public = Public::of(&publication);
    let link = public.link(ADA);
    std::fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink(publication.path("elsewhere.csv"), &path).unwrap();
    assert_eq!((public.one_click(&link).status, public.get("/healthz").status), (503, 503));
    assert!(public.get("/healthz").body().contains("is a link to nothing"));
    assert!(!publication.path("elsewhere.csv").exists());
    assert!(public.messages().contains("is a link to nothing"), "{}", public.messages());
}
