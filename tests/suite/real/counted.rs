//! A letter whose links are counted and a real browser in, where it comes to and what is counted out.

use std::process::Command;

use mail_parser::MessageParser;
use newsletter::clock::Clock;
use newsletter::measure::{FILE, Numbers};
use serde_json::Value;

use crate::measure::{counting, links};
use crate::real::component::{self, signal};
use crate::support::public::Public;
use crate::support::web::Server;

const ISSUE: &str = "2026-12-01-links";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

#[test]
#[ignore = "needs Chromium and Node"]
fn a_browser_that_follows_a_counted_link_comes_to_where_it_leads_and_is_a_number() {
    let (elsewhere, port) = (Server::start(), component::free_port());
    let publication = counting("views = true\nclicks = true");
    let home = format!("http://127.0.0.1:{port}");
    let settings = publication.read("newsletter.toml");
    let settings = settings.replacen("https://tidewater.example.org", &home, 1);
    assert!(settings.contains(&home), "the publication is at another place");
    let serve = format!("[serve]\nlisten = \"127.0.0.1:{port}\"\nmetrics = \"127.0.0.1:0\"\n");
    publication.write("newsletter.toml", &format!("{settings}\n{serve}"));
    let target = elsewhere.url("/a%20page?b=c&d=e");
    publication.write(
        &format!("issues/{ISSUE}.toml"),
        &format!("title = \"Links\"\ndate = 2026-12-01\nlede = \"[There]({target})\"\n"),
    );
    let clock = Clock::Fixed("2026-12-01T08:00:00Z".parse().unwrap());
    publication.run_at(clock, &["build"]);
    let message = publication.dry_run_of(ISSUE, clock).remove(0);
    let message = MessageParser::default().parse(&message).unwrap();
    let links = links(&message.body_html(0).unwrap());
    let link =
        links.iter().find(|link| link.contains("/go/") && link.contains("a%2520page")).unwrap();
    let public = Public::start(&publication);
    let mut follow = Command::new(component::find("node", "nodejs"));
    follow.arg(component::tool("follow.mjs")).arg(component::find("chromium", "chromium"));
    follow.args([FIREFOX, &format!("{home}/{ISSUE}.html"), link]);
    let came: Value = serde_json::from_str(&component::run(&mut follow)).unwrap();
    assert_eq!(came["url"], target);
    assert_eq!(came["referrer"], "");
    assert_eq!(came["cookies"], 0);
    assert!(elsewhere.requests().contains(&"GET /a%20page?b=c&d=e".to_owned()));
    signal(&public.running, "TERM");
    assert!(public.wait().success());
    let numbers = Numbers::load(&publication.path(".")).unwrap();
    assert_eq!(numbers.views(ISSUE), 1, "{}", publication.read(FILE));
    assert_eq!(numbers.clicks(ISSUE), [(target.as_str(), 1)]);
}
