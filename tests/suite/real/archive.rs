//! Archives as `build` writes them in, what checkers, browsers and readers of feeds say of them out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use newsletter::cli::Exit;
use newsletter::clock::Clock;
use newsletter::measure;

use crate::cases;
use crate::real::{component, markup};
use crate::support::publication::Publication;

/// What the pages of a site have looked like: its name, and its folder for as long as it is needed.
struct Site {
    look: String,
    publication: Publication,
}

impl Site {
    /// Builds a publication in a look: a theme of the project, or one with a layout of the cases.
    fn build(publication: Publication, look: &str) -> Self {
        let settings = publication.read("newsletter.toml");
        let (before, rest) = settings.split_once("theme     = \"").unwrap();
        let (_, after) = rest.split_once('"').unwrap();
        let name = look.replace('.', "-");
        let measure = "\n[measure]\nviews = true\n";
        let settings = format!("{before}theme     = \"{name}\"{after}{measure}");
        publication.write("newsletter.toml", &settings);
        // With how often they were read, the pages are as full as they get.
        let row = |issue: String| format!("{issue},,{}\n", 15 * issue.len());
        let numbers: String = publication.issues().into_iter().map(row).collect();
        fs::create_dir_all(publication.path(".newsletter")).unwrap();
        publication.write(measure::FILE, &format!("issue,link,count\n{numbers}"));
        if let Some(ending) = Path::new(look).extension() {
            let theme = publication.path(&format!("templates/{name}"));
            fs::create_dir_all(&theme).unwrap();
            let settings = newsletter::templates::Theme::built_in("broadsheet").unwrap();
            fs::write(theme.join("theme.toml"), settings).unwrap();
            let layout = theme.join("layout").with_extension(ending);
            fs::copy(cases::folder("layouts").join(look), layout).unwrap();
        }
        let clock = Clock::Fixed("2026-11-22T07:00:00Z".parse().unwrap());
        let ended = publication.run_at(clock, &["build"]);
        assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
        Self { look: look.to_owned(), publication }
    }

    fn pages(&self) -> Vec<PathBuf> {
        let public = self.publication.path("public").read_dir().unwrap();
        let mut pages: Vec<_> = public.map(|entry| entry.unwrap().path()).collect();
        pages.retain(|path| path.extension().is_some_and(|ending| ending == "html"));
        pages.sort();
        assert!(pages.len() >= 4, "{pages:?}");
        pages
    }
}

/// The sample and the case in every look that there is.
fn sites() -> Vec<Site> {
    let looks = ["broadsheet", "bulletin", "wire", "card.html", "paper.mjml"];
    let case = || Publication::of_case(&cases::folder("archive/input"));
    let both =
        |look| [Publication::sample(), case()].map(|publication| Site::build(publication, look));
    looks.into_iter().flat_map(both).collect()
}

#[test]
#[ignore = "needs Java and the Nu HTML checker"]
fn the_html_checker_has_nothing_against_any_page_of_an_archive() {
    let sites = sites();
    let faults = markup::faults(sites.iter().flat_map(Site::pages));
    assert!(faults.is_empty(), "{faults}");
}

#[test]
#[ignore = "needs Chromium, Node and axe-core"]
fn everyone_can_read_every_page_of_an_archive_by_day_by_night_and_on_a_telephone() {
    let sites = sites();
    let pages: Vec<_> = sites.iter().flat_map(Site::pages).collect();
    for page in &pages {
        // The pictures that are on the web are beside the page, too, or are the layout's own.
        let html = fs::read_to_string(page).unwrap();
        let images = page.with_file_name("images");
        fs::create_dir_all(&images).unwrap();
        fs::copy(cases::folder("assets/images/mark.png"), images.join("mark.png")).unwrap();
        let hosts = ["tidewater.example.org", "harbour.example.org/letters", "review.example.org"];
        let local = hosts
            .iter()
            .fold(html, |html, host| html.replace(&format!("src=\"https://{host}/"), "src=\""));
        fs::write(page, local).unwrap();
    }
    let barriers = markup::barriers("page", &pages);
    let looks: Vec<_> = sites.iter().map(|site| site.look.as_str()).collect();
    assert!(barriers.is_empty(), "{looks:?}\n{barriers}");
}

/// What an independent reader finds in a feed.
#[derive(Debug, serde::Deserialize)]
struct Read {
    /// What is wrong with it; nothing where it is empty.
    bozo: String,
    version: String,
    title: String,
    entries: Vec<Entry>,
}

#[derive(Debug, serde::Deserialize)]
struct Entry {
    id: String,
    link: String,
    title: String,
    author: String,
    updated: Vec<i64>,
    published: Vec<i64>,
    content: String,
    kind: String,
    language: String,
}

/// Makes sure that an issue is all there, and nothing but what it says.
fn is_whole(entry: &Entry) {
    let Entry { id, link, title, author, content, .. } = entry;
    assert_eq!(id, link);
    assert!(id.starts_with("https://") && !title.is_empty() && !author.is_empty());
    assert_eq!((entry.published.len(), &entry.published), (6, &entry.updated), "{id}");
    assert_eq!(entry.kind, "text/html");
    assert!(["en", "en-GB", "uk"].contains(&entry.language.as_str()), "{}", entry.language);
    assert!(content.contains("<p>"), "{id}: {content}");
    for trace in ["style=", "class=", "<!--", "role=", "{{", "unsubscribe/"] {
        assert!(!content.contains(trace), "{id} has {trace}: {content}");
    }
}

#[test]
#[ignore = "needs Python and its feedparser, and xmllint"]
fn an_independent_reader_finds_every_issue_whole_in_the_feed() {
    for site in sites() {
        let feed = site.publication.path("public/feed.xml");
        let lint = component::find("xmllint", "libxml2-utils");
        let map = site.publication.path("public/sitemap.xml");
        component::run(Command::new(lint).args(["--noout", "--nonet"]).args([&feed, &map]));
        // Debian's own, which knows Debian's libraries.
        let python = "/usr/bin/python3";
        let script = component::tool("feed.py");
        let json = component::run(Command::new(python).arg("-I").arg(script).arg(&feed));
        let read: Read = serde_json::from_str(&json).unwrap();
        assert_eq!((read.bozo.as_str(), read.version.as_str()), ("", "atom10"), "{}", site.look);
        let pages = site.pages().len() - 1;
        assert_eq!(read.entries.len(), pages, "{}", site.look);
        assert!(["The Tidewater Review", "Harbour & Sons"].contains(&read.title.as_str()));
        read.entries.iter().for_each(is_whole);
        let times: Vec<_> = read.entries.iter().map(|entry| &entry.updated).collect();
        assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
        let hostile = read.entries.iter().find(|entry| entry.id.contains("hostile"));
        if let Some(hostile) = hostile {
            let text = "</script><script>alert(1)</script> & \"quoted\" <!-- ]]>";
            assert_eq!(hostile.title, text);
        }
    }
}
