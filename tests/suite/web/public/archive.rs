//! Paths in, the files of the archive and nothing else out.

use crate::support::public::Public;
use crate::support::publication::{ISSUE, Publication};

fn built() -> Publication {
    let publication = Publication::sample();
    let ended = publication.run(&["build"]);
    assert_eq!(ended.exit, newsletter::cli::Exit::Done, "{}", ended.messages);
    publication
}

/// The value of a header field.
fn field(answer: &str, name: &str) -> Option<String> {
    let head = answer.split("\r\n\r\n").next().unwrap();
    let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
    line.map(str::to_owned)
}

#[test]
fn files_are_handed_out_as_they_are_and_not_twice() {
    let publication = built();
    let public = Public::of(&publication);
    for (path, file, kind) in [
        ("/".to_owned(), "index.html".to_owned(), "text/html; charset=utf-8"),
        (format!("/{ISSUE}.html"), format!("{ISSUE}.html"), "text/html; charset=utf-8"),
        (format!("/{ISSUE}.txt"), format!("{ISSUE}.txt"), "text/plain; charset=utf-8"),
        ("/feed.xml".to_owned(), "feed.xml".to_owned(), "application/atom+xml"),
        ("/images/%71uay.jpg".to_owned(), "images/quay.jpg".to_owned(), "image/jpeg"),
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = public.send(request.as_bytes());
        let bytes = std::fs::read(publication.path("public").join(&file)).unwrap();
        assert!(answer.ends_with(&bytes), "{path}");
        let head = String::from_utf8_lossy(&answer[..answer.len() - bytes.len()]).into_owned();
        assert_eq!(field(&head, "content-type").as_deref(), Some(kind), "{head}");
        assert!(field(&head, "content-security-policy").unwrap().contains("script-src 'none'"));
        let (tag, length) = (field(&head, "etag").unwrap(), bytes.len().to_string());
        let known = public.ask("GET", &path, &[&format!("If-None-Match: \"x\", {tag}")], "");
        assert_eq!((known.status, known.body()), (304, ""));
        let seen = public.ask("HEAD", &path, &[], "");
        assert_eq!((seen.status, seen.body()), (200, ""));
        assert_eq!(field(&seen.text, "content-length"), Some(length));
    }
}

#[test]
fn a_file_that_is_larger_than_any_buffer_comes_whole() {
    let publication = built();
    let large: Vec<u8> = (0..3_000_000_u32).map(|at| at.to_le_bytes()[1]).collect();
    std::fs::write(publication.path("public/files/large.bin"), &large).unwrap();
    let public = Public::of(&publication);
    let answer =
        public.send(b"GET /files/large.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(answer.ends_with(&large));
}

#[cfg(unix)]
#[test]
fn nothing_else_is_handed_out() {
    let publication = built();
    std::fs::write(publication.path("public/.hidden"), "secret").unwrap();
    std::os::unix::fs::symlink("../newsletter.toml", publication.path("public/out.toml")).unwrap();
    std::os::unix::fs::symlink("/etc", publication.path("public/etc")).unwrap();
    std::os::unix::fs::symlink("index.html", publication.path("public/in.html")).unwrap();
    let public = Public::of(&publication);
    assert_eq!(public.get("/in.html").status, 200);
    for path in [
        "/../newsletter.toml",
        "/%2e%2e/newsletter.toml",
        "/..%2fnewsletter.toml",
        "/images/../../newsletter.toml",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/etc/passwd",
        "/.hidden",
        "/.%68idden",
        "/out.toml",
        "/images",
        "/images/",
        "/index.html/",
        "/index.html%00",
        "/index%5c.html",
        "/%",
        "/%zz",
        "/%ff",
        "/nothing.html",
        "/subscribers.csv",
    ] {
        let answer = public.get(path);
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
        assert!(!answer.text.contains("secret") && !answer.text.contains("root:"), "{path}");
    }
    assert_eq!(public.ask("POST", "/", &[], "").status, 405);
}

#[test]
fn a_publication_below_a_path_is_served_there_and_where_a_proxy_hands_it_on() {
    for (lines, base) in [("", "/letters"), ("base_path = \"/\"", ""), ("base_path = \"/x\"", "/x")]
    {
        let publication = built();
        let settings = publication
            .read("newsletter.toml")
            .replace("https://tidewater.example.org", "https://tidewater.example.org/letters");
        publication.write("newsletter.toml", &settings);
        let public = Public::with(&publication, lines);
        for path in ["/", "/healthz", "/feed.xml", &public.link("agnes.pellow@example.org")] {
            assert_eq!(public.get(&format!("{base}{path}")).status, 200, "{base}{path}");
        }
        assert_eq!(public.get("/elsewhere/").status, 404);
    }
}
