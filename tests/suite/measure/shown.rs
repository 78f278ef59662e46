//! Publications that count in, what their letters, archives and reports show of it out.

use std::collections::BTreeSet;

use mail_parser::MessageParser;
use newsletter::cli::Exit;
use newsletter::clock::Clock;
use newsletter::key::Key;
use newsletter::measure::{Counter, FILE, leads};
use tokio::runtime::Runtime;

use crate::measure::{counting, links};
use crate::support::history::History;
use crate::support::publication::{ISSUE, Publication};

const HOME: &str = "https://tidewater.example.org";

fn key(publication: &Publication) -> Key {
    Key::new(publication.read(".newsletter/key").trim().as_bytes())
}

fn bodies(message: &[u8]) -> (String, String) {
    let message = MessageParser::default().parse(message).unwrap();
    (message.body_html(0).unwrap().into_owned(), message.body_text(0).unwrap().into_owned())
}

/// A link that leads through the publication's server, if the new one does; it has to lead where
/// the old one does.
fn follow(key: &Key, issue: &str, old: &str, new: &str) -> Option<String> {
    let Some(rest) = new.strip_prefix(&format!("{HOME}/go/")) else {
        assert_eq!(old, new);
        return None;
    };
    assert!(!old.contains("unsubscribe") && !old.starts_with("mailto:"), "{old}");
    assert_ne!(old, format!("{HOME}/{issue}.html"));
    let (path, query) = rest.split_once('?').unwrap();
    let (led_issue, target) = leads(key, path, query).unwrap();
    assert_eq!((led_issue.as_str(), target), (issue, url::Url::parse(old).unwrap().into()));
    Some(new.to_owned())
}

#[test]
fn counted_links_lead_where_the_others_do_and_name_nobody() {
    let clock = Clock::Fixed("2026-11-22T07:00:00Z".parse().unwrap());
    let (plain, counted) = (Publication::sample(), counting("clicks = true"));
    for issue in plain.issues() {
        let before = plain.dry_run_of(&issue, clock);
        let after = counted.dry_run_of(&issue, clock);
        let key = key(&counted);
        let mut through = BTreeSet::new();
        for (before, after) in before.iter().zip(&after) {
            let ((html, text), (new_html, new_text)) = (bodies(before), bodies(after));
            assert_eq!(new_text, text, "the text part stays as it is");
            let (old, new) = (links(&html), links(&new_html));
            assert_eq!(old.len(), new.len());
            let pairs = old.iter().zip(&new);
            through.extend(pairs.filter_map(|(old, new)| follow(&key, &issue, old, new)));
        }
        assert!(through.len() > 1, "{issue} has links that are counted");
    }
}

#[test]
fn a_link_is_the_same_for_every_reader_and_what_differs_leads_straight() {
    let publication = counting("clicks = true");
    publication.write(
        "issues/2026-12-01-links.toml",
        "title = \"Links\"\ndate = 2026-12-01\npreheader = \"Links of every kind.\"\nlede = \"\"\"\n\
         [a page](https://www.example.com/a?b=c&d=e), [yours](https://www.example.com/{{first_name|you}}),\n\
         <https://www.example.net/bare>, [example.net](https://www.example.net/domain), [write](mailto:review@example.org), [*so*](https://www.example.com/so).\n\"\"\"\n",
    );
    let messages = publication.dry_run_of("2026-12-01-links", Clock::System);
    assert!(messages.len() > 30);
    let all: BTreeSet<Vec<String>> = messages
        .iter()
        .map(|message| {
            let links = links(&bodies(message).0).into_iter();
            links
                .filter(|link| {
                    !link.contains("/unsubscribe/") && !link.contains("www.example.com/")
                        || link.contains("/go/")
                })
                .collect()
        })
        .collect();
    assert_eq!(all.len(), 1, "{all:?}");
    let links = all.first().unwrap();
    assert!(links.contains(&"https://www.example.net/bare".to_owned()), "{links:?}");
    assert!(links.contains(&"https://www.example.net/domain".to_owned()), "{links:?}");
    assert!(links.contains(&"mailto:review@example.org".to_owned()), "{links:?}");
    let through: Vec<_> =
        links.iter().filter(|link| link.contains("to=https://www.example.com/")).collect();
    assert_eq!(through.len(), 2, "{links:?}");
    // What is rendered is what is sent.
    let (reader, sent) = (publication.rows()[0].email.clone(), bodies(&messages[0]).0);
    let rendered =
        publication.run(&["render", "2026-12-01-links", "--for", &reader, "--as", "html"]);
    assert_eq!(rendered.output.replace('\n', ""), sent.replace(['\r', '\n'], ""));
}

#[test]
fn views_stand_in_the_list_alone_and_counting_makes_no_page_anew() {
    let publication = counting("views = true");
    let clock = Clock::Fixed("2026-11-22T07:00:00Z".parse().unwrap());
    let build = || {
        let built = publication.run_at(clock, &["build"]);
        assert_eq!(built.exit, Exit::Done, "{}", built.messages);
        built.messages
    };
    build();
    let index = publication.read("public/index.html");
    assert!(!index.contains("<data"), "nobody has read anything");
    let counter = Counter::new(&publication.path("."));
    (0..15).for_each(|_| counter.view(ISSUE));
    counter.click(ISSUE, "https://www.example.com/");
    counter.flush().unwrap();
    assert!(build().contains("wrote 1 file, in public/"));
    let index = publication.read("public/index.html");
    assert_eq!(index.matches("<data value=\"15\">15 views</data>").count(), 1, "{index}");
    assert!(build().starts_with("Nothing has changed in public/"));
    counter.click(ISSUE, "https://www.example.com/");
    counter.flush().unwrap();
    assert!(build().starts_with("Nothing has changed in public/"), "clicks are not shown there");
    // Off again, it is as if nothing had been counted.
    let settings = publication.read("newsletter.toml").replace("views = true", "views = false");
    publication.write("newsletter.toml", &settings);
    build();
    assert!(!publication.read("public/index.html").contains("<data"));
    let plain = Publication::sample();
    plain.run_at(clock, &["build"]);
    assert_eq!(plain.read("public/index.html"), publication.read("public/index.html"));
}

#[test]
fn a_status_tells_what_was_counted_in_every_form_that_names_nobody() {
    let publication = Runtime::new().unwrap().block_on(async {
        History::begun(&["ada@example.org".to_owned()], &[]).await.closed().await
    });
    let plain = publication.run(&["status", "--json"]);
    assert!(!plain.output.contains("views") && !plain.output.contains("clicks"));
    let settings = publication.read("newsletter.toml");
    publication
        .write("newsletter.toml", &format!("{settings}\n[measure]\nviews = true\nclicks = true\n"));
    let counter = Counter::new(&publication.path("."));
    (0..1_204).for_each(|_| counter.view(ISSUE));
    (0..12).for_each(|_| counter.click(ISSUE, "https://www.example.com/a"));
    counter.click(ISSUE, "https://www.example.com/<b>");
    counter.flush().unwrap();
    let table = publication.run(&["status"]).output;
    let expected = "  read on the web: 1,204 times\n  links followed: 13 times\n         12  https://www.example.com/a\n          1  https://www.example.com/<b>\n";
    assert!(table.contains(expected), "{table}");
    let status = publication.status();
    assert_eq!(status["views"], 1_204);
    assert_eq!(status["clicks"][0]["link"], "https://www.example.com/a");
    assert_eq!(status["clicks"][0]["count"], 12);
    let page = publication.run(&["status", "--html", "-"]).output;
    assert!(page.contains("was read 1,204 times."), "{page}");
    assert!(page.contains("https://www.example.com/&lt;b&gt;"), "{page}");
    assert!(!publication.run(&["status", "--csv"]).output.contains("https://"));
    publication.write(FILE, "x");
    let broken = publication.run(&["status"]);
    assert_eq!(broken.exit, Exit::World);
    assert!(broken.messages.contains("cannot read the numbers"), "{}", broken.messages);
}
