//! Readers, scanners and forgers at `newsletter serve` in, the numbers that it keeps out.

use std::fs;
use std::sync::Barrier;
use std::thread;

use mail_parser::MessageParser;
use newsletter::clock::Clock;
use newsletter::measure::{FILE, Numbers};

use crate::measure::{counting, links};
use crate::real::component::{signal, wait_until};
use crate::support::public::Public;
use crate::support::publication::{ISSUE, Publication};

const FIREFOX: &str =
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// A publication that counts, with its archive.
fn built(settings: &str) -> Publication {
    let publication = counting(settings);
    publication.run_at(Clock::Fixed("2026-11-22T07:00:00Z".parse().unwrap()), &["build"]);
    publication
}

fn numbers(publication: &Publication) -> Numbers {
    Numbers::load(&publication.path(".")).unwrap()
}

/// Ends the pages as a service manager does, and waits until they have.
fn end(public: Public<'_>) {
    signal(&public.running, "TERM");
    assert!(public.wait().success());
}

fn page() -> String {
    format!("/{ISSUE}.html")
}

/// The paths of the links of a letter that lead through the publication's server, with their query.
fn ways(publication: &Publication) -> Vec<String> {
    let message = publication.dry_run(Clock::System).remove(0);
    let message = MessageParser::default().parse(&message).unwrap();
    let html = message.body_html(0).unwrap();
    let home = "https://tidewater.example.org";
    let ways =
        links(&html).into_iter().filter_map(|link| Some(link.strip_prefix(home)?.to_owned()));
    ways.filter(|path| path.starts_with("/go/")).collect()
}

#[test]
fn readers_count_and_scanners_do_not() {
    let publication = built("views = true");
    let public = Public::of(&publication);
    let page = page();
    let read = |method: &str, fields: &[&str]| public.ask(method, &page, fields, "").status;
    assert_eq!(read("GET", &[FIREFOX]), 200);
    let answer = public.ask("GET", &page, &[FIREFOX], "");
    let tag = answer.text.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    assert_eq!(read("GET", &[FIREFOX, &format!("If-None-Match: {tag}")]), 304);
    assert_eq!(read("HEAD", &[FIREFOX]), 200);
    assert_eq!(read("GET", &[]), 200);
    assert_eq!(read("GET", &["User-Agent: Slackbot-LinkExpanding 1.0"]), 200);
    assert_eq!(read("GET", &[FIREFOX, "Sec-Purpose: prefetch;prerender"]), 200);
    assert_eq!(read("GET", &[FIREFOX, "Sec-Fetch-Dest: iframe"]), 200);
    assert_eq!(public.ask("GET", "/", &[FIREFOX], "").status, 200);
    assert_eq!(public.ask("GET", "/index.html", &[FIREFOX], "").status, 200);
    assert_eq!(public.ask("GET", "/no-such-issue.html", &[FIREFOX], "").status, 404);
    publication.write("public/about.html", "<p>About</p>");
    assert_eq!(public.ask("GET", "/about.html", &[FIREFOX], "").status, 200);
    end(public);
    assert_eq!(publication.read(FILE), format!("issue,link,count\n{ISSUE},,3\n"));
}

/// Reads a page and follows a link as somebody of whom much could be kept.
fn visit(public: &Public<'_>, page: &str, way: &str, [hand, turn]: [u32; 2]) {
    let from = format!("X-Forwarded-For: 198.51.100.{hand}");
    let agent = format!("{FIREFOX} Quagga/{hand}.{turn}");
    let referrer = "Referer: https://mail.example.net/heron";
    let fields = [&*from, &*agent, "Cookie: who=gull", referrer];
    assert_eq!(public.ask("GET", page, &fields, "").status, 200);
    let answer = public.ask("GET", way, &fields, "");
    assert_eq!(answer.status, 302);
    assert!(!answer.text.to_lowercase().contains("set-cookie"), "{}", answer.text);
}

#[test]
fn many_at_once_are_all_counted_and_nothing_of_them_is_kept() {
    let publication = built("views = true\nclicks = true");
    let ways = ways(&publication);
    let public = Public::of(&publication);
    let start = Barrier::new(20);
    let page = page();
    thread::scope(|scope| {
        for hand in 0..20 {
            let (public, start, page, way) = (&public, &start, &page, &ways[0]);
            scope.spawn(move || {
                start.wait();
                (0..20).for_each(|turn| visit(public, page, way, [hand, turn]));
            });
        }
    });
    let said = public.messages();
    end(public);
    let numbers = numbers(&publication);
    assert_eq!(numbers.views(ISSUE), 400);
    let clicks = numbers.clicks(ISSUE);
    assert!(clicks.len() == 1 && clicks[0].1 == 400, "{clicks:?}");
    // Every file that is kept, and every line that was said.
    let folder = fs::read_dir(publication.path(".newsletter")).unwrap();
    let files = folder.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let kept: Vec<u8> = files.flat_map(|path| fs::read(path).unwrap()).collect();
    let kept = String::from_utf8_lossy(&kept).into_owned() + &said;
    for trace in ["198.51.100", "Quagga", "Firefox", "gull", "heron", "mail.example.net"] {
        assert!(!kept.contains(trace), "{trace} is kept");
    }
    let file = publication.read(FILE);
    assert_eq!(file, format!("issue,link,count\n{ISSUE},,400\n{ISSUE},{},400\n", clicks[0].0));
}

#[test]
fn what_was_counted_outlives_a_kill_but_for_the_last_seconds() {
    let publication = built("views = true");
    let mut public = Public::of(&publication);
    for turn in 1..=3 {
        assert_eq!(public.ask("GET", &page(), &[FIREFOX], "").status, 200);
        // It is written down without being asked to.
        wait_until("the view is written down", || numbers(&publication).views(ISSUE) == turn);
        public.running.kill().unwrap();
        public.running.wait().unwrap();
        assert_eq!(numbers(&publication).views(ISSUE), turn);
        public = Public::start(&publication);
    }
}

#[test]
fn a_link_leads_on_and_a_changed_one_nowhere() {
    let publication = built("clicks = true");
    let ways = ways(&publication);
    let public = Public::of(&publication);
    for way in &ways {
        let answer = public.ask("GET", way, &[FIREFOX], "");
        assert_eq!(answer.status, 302, "{way}: {}", answer.text);
        let head = answer.text.to_lowercase();
        for field in [
            "cache-control: no-store\r\n",
            "referrer-policy: no-referrer\r\n",
            "\r\nlocation: http",
        ] {
            assert!(head.contains(field), "{field} in {head}");
        }
        for robot in [public.ask("HEAD", way, &[FIREFOX], ""), public.get(way)] {
            assert_eq!(robot.status, 302, "whoever asks is led on");
        }
    }
    let way = &ways[0];
    let target = way.split_once("?to=").unwrap().1;
    for forged in [
        way.replace("?to=https://", "?to=https://evil.example.net/"),
        way.replace(ISSUE, "2026-10-30-the-lamp"),
        way.replace("&tag=", "&tag=f"),
        way.split("&tag=").next().unwrap().to_owned(),
        format!("/go/{ISSUE}?to=javascript:alert(1)&tag={}", "0".repeat(20)),
        format!("/go/?to={target}"),
        format!("/go/{ISSUE}/x?to={target}"),
        format!("/go/{ISSUE}"),
        "/go".to_owned(),
    ] {
        let answer = public.ask("GET", &forged, &[FIREFOX], "");
        assert_eq!(answer.status, 404, "{forged}");
        assert!(!answer.text.to_lowercase().contains("location:"), "{forged}");
        assert!(!answer.text.contains("evil"), "{forged}");
    }
    end(public);
    let clicks: u64 = numbers(&publication).clicks(ISSUE).iter().map(|(_, count)| count).sum();
    assert_eq!(clicks, ways.len() as u64);
    // Mails that have left keep their links, also when nothing is counted any more.
    let settings = publication.read("newsletter.toml").replace("clicks = true", "clicks = false");
    publication.write("newsletter.toml", &settings);
    let before = publication.read(FILE);
    let public = Public::start(&publication);
    assert_eq!(public.ask("GET", way, &[FIREFOX], "").status, 302);
    assert_eq!(public.ask("GET", &page(), &[FIREFOX], "").status, 200);
    end(public);
    assert_eq!(publication.read(FILE), before);
}

#[test]
fn a_file_that_is_none_is_said_once_and_kept() {
    let publication = built("views = true");
    publication.write(FILE, "not,a,number\n");
    let public = Public::of(&publication);
    assert_eq!(public.ask("GET", &page(), &[FIREFOX], "").status, 200);
    wait_until("it is said", || public.messages().contains("cannot read the numbers"));
    assert_eq!(public.ask("GET", &page(), &[FIREFOX], "").status, 200);
    let said = || public.messages().matches("cannot read the numbers").count();
    assert_eq!(said(), 1, "{}", public.messages());
    // Mended, it gets what came meanwhile.
    publication.write(FILE, "issue,link,count\n");
    end(public);
    assert_eq!(numbers(&publication).views(ISSUE), 2);
}
