//! Requests to a preview in, its answers out.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use newsletter::cli::Exit;
use newsletter::config::Tls;

use crate::real::component::wait_until;
use crate::support::publication::Publication;
use crate::support::smtp::{Act, Server, when};
use crate::support::visitor::{Answer, Preview};

#[test]
fn nobody_is_answered_but_the_page_that_the_preview_printed() {
    let publication = Publication::sample();
    let preview = Preview::of(&publication);
    let page = preview.secret.as_str();
    let port = preview.host.rsplit(':').next().unwrap().to_owned();
    let own = format!("Origin: http://{}", preview.host);
    let (named, other) =
        (format!("Host: localhost:{port}"), format!("Host: evil.example.org:{port}"));
    let test = format!("{page}test");
    let asset = format!("{page}asset/images/quay.jpg");
    for (method, path, fields, status) in [
        ("GET", page, vec![], 200),
        ("HEAD", page, vec![], 200),
        ("GET", page, vec![named.as_str()], 200),
        ("GET", asset.as_str(), vec!["Sec-Fetch-Site: same-origin"], 200),
        ("GET", page, vec!["Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate"], 200),
        // A link elsewhere opens the page, and reads nothing of it.
        (
            "GET",
            page,
            vec![
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Mode: navigate",
                "Sec-Fetch-Dest: document",
            ],
            200,
        ),
        // A name that was made to point here (DNS rebinding), or none at all.
        ("GET", page, vec![other.as_str()], 403),
        ("GET", page, vec!["Host: 127.0.0.1"], 403),
        ("GET", page, vec!["Host: 127.0.0.1:1"], 403),
        ("GET", page, vec!["Host: "], 403),
        // Pages of other sites, of this machine too.
        ("GET", page, vec!["Origin: https://evil.example.org"], 403),
        ("GET", page, vec!["Origin: null"], 403),
        ("GET", page, vec!["Origin: http://127.0.0.1:1"], 403),
        ("GET", page, vec!["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"], 403),
        ("GET", page, vec!["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: cors"], 403),
        (
            "GET",
            page,
            vec![
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Mode: navigate",
                "Sec-Fetch-Dest: iframe",
            ],
            403,
        ),
        // What sends has to say that it comes from the page.
        ("POST", test.as_str(), vec![], 403),
        ("POST", test.as_str(), vec!["Origin: https://evil.example.org"], 403),
        ("POST", test.as_str(), vec![own.as_str(), "Sec-Fetch-Site: cross-site"], 403),
        ("POST", test.as_str(), vec![own.as_str(), other.as_str()], 403),
        ("POST", test.as_str(), vec![own.as_str()], 200),
        // Nobody guesses the address.
        ("GET", "/", vec![], 404),
        ("GET", "/000000000000000000000000/", vec![], 404),
    ] {
        let answer = preview.ask(method, path, &fields, "");
        assert_eq!(answer.status, status, "{method} {path} {fields:?}: {}", answer.text);
        let private = answer.text.contains("cross-origin-resource-policy: same-origin");
        // Without a referrer a form would not say where it comes from.
        let private = private && answer.text.contains("referrer-policy: same-origin");
        assert!(private && answer.text.contains("content-security-policy: "), "{}", answer.text);
        assert!(status == 200 || !answer.text.contains("Tidewater"), "{}", answer.text);
    }
}

#[test]
fn a_page_says_what_it_may_do_and_a_letter_may_do_nothing() {
    let publication = Publication::sample();
    let preview = Preview::of(&publication);
    let policy = |path: &str| {
        let Answer { text, .. } = preview.get(path);
        let line = text.lines().find(|line| line.starts_with("content-security-policy: "));
        line.unwrap_or_else(|| panic!("{text}")).to_owned()
    };
    let page = policy("");
    assert!(page.contains("default-src 'none'; script-src 'self'; style-src 'self';"), "{page}");
    assert!(page.contains("frame-ancestors 'none'") && !page.contains("unsafe"), "{page}");
    for letter in ["letter", "letter?look=dark", "letter?look=bare", "asset/images/quay.jpg"] {
        let letter = policy(letter);
        assert!(letter.contains("sandbox") && letter.contains("default-src 'none'"), "{letter}");
        assert!(!letter.contains("allow-scripts") && !letter.contains("script-src"), "{letter}");
    }
    assert!(!policy("letter?look=bare").contains("img-src"), "pictures are off");
    let page = preview.get("");
    assert!(page.text.contains("sandbox=\"allow-same-origin allow-popups "), "{}", page.text);
}

#[test]
fn a_secret_in_the_settings_is_not_shown() {
    let publication = Publication::sample();
    let settings = publication.read("newsletter.toml");
    let settings = settings.replace("[smtp]\n", "[smtp]\npassword = \"sixty four geese\"\n");
    publication.write("newsletter.toml", &settings);
    let preview = Preview::of(&publication);
    let page = preview.get("");
    assert!(page.text.contains("E021") && !page.text.contains("geese"), "{}", page.text);
    let file = preview.get("file?path=newsletter.toml");
    assert!(file.text.contains("a secret stands here"), "{}", file.text);
    assert!(file.text.contains("[smtp]") && !file.text.contains("geese"), "{}", file.text);
}

#[test]
fn a_letter_that_some_reader_cannot_get_is_shown_and_not_called_good() {
    let publication = Publication::sample();
    let issue = "issues/2026-11-20-first-frost.toml";
    let text = publication.read(issue).replace("{{first_name|reader}}", "{{first_name}}");
    publication.write(issue, &text);
    let list = publication.read("subscribers.csv");
    publication.write("subscribers.csv", &format!("{list}nameless@example.org,,,,,\n"));
    let preview = Preview::of(&publication);
    let page = preview.get("?reader=ada.dunmore@example.com");
    assert!(page.text.contains("Errors: this cannot be sent"), "{}", page.text);
    for said in ["`first_name` is empty for ", "nameless@example.org"] {
        assert!(page.text.contains(said), "{}", page.text);
    }
    assert!(preview.get("letter?reader=ada.dunmore@example.com").text.contains("Dear Ada"));
    let page = preview.get("?reader=nameless@example.org");
    assert!(page.text.contains("Errors: nothing can be shown"), "{}", page.text);
    // Nobody is shown the letter of another, and nobody's trouble is another's.
    assert_eq!(preview.get("letter?reader=nameless@example.org").status, 404);
    let page = preview.get("?reader=ada.dunmore@example.com");
    assert!(page.text.contains("Errors: this cannot be sent"), "{}", page.text);
    assert!(!page.text.contains("has no value for nameless"), "{}", page.text);
}

#[test]
fn the_issue_that_is_written_stays_on_the_page_whatever_becomes_of_it() {
    let publication = Publication::sample();
    let preview = Preview::of(&publication);
    assert!(preview.get("").text.contains("<h1 id=\"title\">First frost</h1>"));
    let issue = publication.path("issues/2026-11-20-first-frost.toml");
    let text = std::fs::read_to_string(&issue).unwrap();
    let mut version = 1;
    let mut next = |write: &dyn Fn()| {
        write();
        let page = preview.get(&format!("?after={version}"));
        let (_, rest) = page.text.split_once("data-version=\"").unwrap();
        version = rest.split('"').next().unwrap().parse().unwrap();
        page.text
    };
    for broken in ["", "title = \"First frost\"\ndate = 2026-11-\n", "date = \"20 Nov\"\n"] {
        let page = next(&|| std::fs::write(&issue, broken).unwrap());
        assert!(page.contains("Errors: this is the version before them"), "{page}");
        assert!(
            page.contains("<iframe") && !page.contains("<h1 id=\"title\">What a ferry"),
            "{page}"
        );
    }
    let page = next(&|| std::fs::remove_file(&issue).unwrap());
    assert!(page.contains("there is no issue `issues/2026-11-20-first-frost.toml`"), "{page}");
    let page = next(&|| std::fs::write(&issue, &text).unwrap());
    assert!(page.contains("Up to date"), "{page}");
}

#[test]
fn a_preview_begins_with_what_is_asked_for_and_says_where_there_is_nothing() {
    let publication = Publication::sample();
    let settings = publication.read("newsletter.toml");
    publication.write("newsletter.toml", &settings.replace("[sender]", "[sendr]"));
    let arguments = ["--no-open", "issues/2026-11-06-the-dredging-bill.toml"];
    let preview = Preview::from(publication.preview_with(&arguments, &[]));
    assert!(preview.get("").text.contains("Errors: nothing can be shown"));
    // The list may be elsewhere, and become so.
    let elsewhere = tempfile::tempdir().unwrap();
    let list = elsewhere.path().join("list.csv");
    std::fs::write(&list, publication.read("subscribers.csv")).unwrap();
    let settings =
        settings.replace("\"subscribers.csv\"", &format!("{:?}", list.display().to_string()));
    publication.write("newsletter.toml", &settings);
    let page = preview.get("?after=1").text;
    assert!(page.contains("<h1 id=\"title\">The dredging bill</h1>"), "{page}");
    assert!(page.contains("Up to date") && page.contains("data-version=\"2\""), "{page}");
    std::fs::write(&list, "email,first_name\none@example.org,One\n").unwrap();
    let page = preview.get("?after=2").text;
    assert!(page.contains("one@example.org"), "{page}");
    std::fs::write(&list, "email,first_name\n").unwrap();
    let page = preview.get("?after=3").text;
    assert!(
        !page.contains("one@example.org") && page.contains("The letter for everyone"),
        "{page}"
    );
    std::fs::remove_dir_all(publication.path("issues")).unwrap();
    std::fs::create_dir(publication.path("issues")).unwrap();
    let page = Preview::of(&publication).get("").text;
    assert!(page.contains("`newsletter new TITLE` makes one"), "{page}");
}

#[test]
fn only_issues_of_the_publication_are_shown() {
    let publication = Publication::sample();
    let preview = Preview::of(&publication);
    publication.write("secret.toml", "title = \"Nobody's business\"\n");
    let page = preview.get("?issue=nope").text;
    assert!(page.contains("there is no issue `issues/nope.toml`"), "{page}");
    for name in ["../secret", "../newsletter", "/etc/passwd", "%2e%2e/secret", ".hidden", ""] {
        let page = preview.get(&format!("?issue={name}")).text;
        assert!(page.contains("<h1 id=\"title\">First frost</h1>"), "{name}: {page}");
        let file = preview.get(&format!("file?issue={name}&path=issues/../newsletter.toml"));
        assert_eq!(file.status, 404, "{name}");
    }
}

#[test]
fn what_is_no_file_is_not_waited_for_and_not_read_for_ever() {
    let publication = Publication::sample();
    let preview = Preview::of(&publication);
    assert!(preview.get("").text.contains("Up to date"));
    let files = [
        "issues/2026-11-20-first-frost.toml",
        "suppressions.csv",
        "templates/broadsheet/theme.toml",
        "subscribers.csv",
        "newsletter.toml",
        "images/quay.jpg",
    ];
    for file in files {
        let text = std::fs::read(publication.path(file)).unwrap();
        for put in [&["mkfifo"][..], &["ln", "-s", "/dev/zero"]] {
            std::fs::remove_file(publication.path(file)).unwrap();
            let put = Command::new(put[0]).args(&put[1..]).arg(publication.path(file)).status();
            assert!(put.unwrap().success());
            // It is answered, with errors, as soon as the change is seen.
            wait_until(file, || preview.get("").text.contains("Errors: "));
        }
        std::fs::remove_file(publication.path(file)).unwrap();
        std::fs::write(publication.path(file), text).unwrap();
        wait_until(file, || preview.get("").text.contains("Up to date"));
    }
}

#[test]
fn of_many_rows_that_are_no_readers_a_few_are_shown() {
    let publication = Publication::sample();
    let list = publication.read("subscribers.csv");
    let bad = "nobody,A,B,C,,\n".repeat(1_234);
    publication.write("subscribers.csv", &format!("{list}{bad}"));
    let page = Preview::of(&publication).get("").text;
    assert_eq!(page.matches("the row is left out").count(), 20);
    assert!(page.contains("and 1,214 more such rows"), "{page}");
}

#[test]
fn only_files_in_which_something_was_found_are_shown() {
    let publication = Publication::sample();
    let list = publication.read("subscribers.csv");
    publication.write("subscribers.csv", &format!("{list}not an address,A,B,C,,\n"));
    let preview = Preview::of(&publication);
    let page = preview.get("");
    let row = list.lines().count() + 1;
    assert!(page.text.contains(&format!("subscribers.csv:{row}")), "{}", page.text);
    for (path, status) in [
        ("issues/2026-11-20-first-frost.toml", 200),
        ("subscribers.csv", 200),
        (".newsletter/key", 404),
        ("../../etc/passwd", 404),
        ("/etc/passwd", 404),
        ("newsletter.toml", 404),
    ] {
        assert_eq!(preview.get(&format!("file?path={path}")).status, status, "{path}");
    }
    for path in ["asset/newsletter.toml", "asset/..%2f..%2fetc%2fpasswd", "asset/subscribers.csv"] {
        assert_eq!(preview.get(path).status, 404, "{path}");
    }
}

#[test]
fn a_page_that_waits_is_answered_when_a_file_changes_and_not_before() {
    let publication = Publication::sample();
    let preview = Preview::of(&publication);
    assert!(preview.get("").text.contains("data-version=\"1\""));
    // What the program itself writes is no change, nor is what editors keep beside a file.
    std::fs::create_dir_all(publication.path("public")).unwrap();
    publication.write("public/page.html", "x");
    publication.write(".newsletter/note", "x");
    publication.write("issues/.swap", "x");
    let issue = "issues/2026-11-20-first-frost.toml";
    let text = publication.read(issue).replace("First frost", "Second frost");
    let answer = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| preview.get("?after=1"));
        publication.write(issue, &text);
        waiting.join().unwrap()
    });
    assert!(answer.text.contains("Second frost"), "{}", answer.text);
    assert!(answer.text.contains("data-version=\"2\""), "{}", answer.text);
}

#[test]
fn a_list_that_takes_long_to_read_is_read_beside_the_page() {
    let publication = Publication::with_readers(20_000);
    assert!(publication.path("subscribers.csv").metadata().unwrap().len() > 1_000_000);
    let preview = Preview::of(&publication);
    let mut page = preview.get("");
    assert!(page.text.contains("<iframe"), "{}", page.text);
    // Everyone is counted sooner or later, without a file that changes.
    for version in 1.. {
        if page.text.contains("10,000 readers") {
            break;
        }
        page = preview.get(&format!("?after={version}"));
        assert_eq!(page.status, 200, "{}", page.text);
    }
    let last = preview.get("?reader=reader-20000@example.net");
    assert!(last.text.contains("line 20001 of subscribers.csv"), "{}", last.text);
}

#[test]
fn a_test_goes_to_the_address_and_nowhere_else_and_is_not_recorded() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let publication = Publication::sample();
    let server = runtime.block_on(Server::start(|_| Act::Normal));
    publication.set_plain_server(server.smtp(Tls::None).port);
    let preview = Preview::of(&publication);
    let own = format!("Origin: http://{}", preview.host);
    let path = format!("{}test", preview.secret);
    let test = |form: &str| preview.ask("POST", &path, &[&own], form).text;
    let said = test("issue=2026-11-06-the-dredging-bill&address=me%40example.org");
    assert!(said.ends_with("Sent to me@example.org. Nothing was recorded."), "{said}");
    server.log(|log| {
        let [(to, message)] = log.messages.as_slice() else { panic!("{log:?}") };
        assert!(to.contains("me@example.org") && message.contains("Subject: "), "{message}");
    });
    assert!(!publication.path(".newsletter/journal.db").exists());
    let said = test("address=nobody");
    assert!(said.contains("`nobody` is not an email address"), "{said}");
    let said = test("issue=..%2F..%2Fx&address=me%40example.org");
    assert!(said.contains("there is no issue"), "{said}");
    publication.write(
        "suppressions.csv",
        "email,reason,source,date\nme@example.org,unsubscribed,web,2026-01-01\n",
    );
    let said = test("address=me%40example.org");
    assert!(said.contains("me@example.org is suppressed"), "{said}");
    server.log(|log| assert_eq!(log.messages.len(), 1));
    // Why a server refuses is said.
    let script = when(|point| point.verb == "RCPT", Act::Say("550 5.1.1 no such user here"));
    let server = runtime.block_on(Server::start(script));
    publication.set_plain_server(server.smtp(Tls::None).port);
    let said = test("address=you%40example.org");
    assert!(said.contains("you@example.org: rejected: 550 5.1.1 no such user here"), "{said}");
}

#[test]
fn a_preview_of_nothing_is_refused() {
    let publication = Publication::sample();
    let ended = publication.run(&["preview", "no-such-issue", "--no-open"]);
    assert_eq!(ended.exit, Exit::Usage, "{}", ended.messages);
    assert!(ended.messages.contains("there is no issue `no-such-issue`"), "{}", ended.messages);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = publication.run(&["preview", "--no-open", "--port", &port]);
    assert_eq!(ended.exit, Exit::Usage, "{}", ended.messages);
    assert!(
        ended.messages.contains(&format!("cannot listen on port {port}")),
        "{}",
        ended.messages
    );
    std::fs::remove_file(publication.path("newsletter.toml")).unwrap();
    let ended = publication.run(&["preview", "--no-open"]);
    assert_eq!(ended.exit, Exit::Usage, "{}", ended.messages);
}

#[test]
fn the_browser_is_opened_at_the_address_that_is_printed() {
    let publication = Publication::sample();
    // What a desktop calls its browser by.
    let (programs, opened) = (publication.path("programs"), publication.path("opened"));
    std::fs::create_dir(&programs).unwrap();
    let script = format!("#!/bin/sh\necho \"$1\" > {0}.new && mv {0}.new {0}\n", opened.display());
    for name in ["xdg-open", "open"] {
        let program = programs.join(name);
        std::fs::write(&program, &script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = std::env::join_paths([programs.as_path(), Path::new("/usr/bin"), Path::new("/bin")]);
    let (_running, address) = publication.preview_with(&[], &[("PATH", path.unwrap())]);
    wait_until("the browser is opened", || opened.exists());
    assert_eq!(publication.read("opened").trim(), address);
}
