//! Every public page in, what the Nu HTML checker and axe-core have to say against it out.

use std::fs;
use std::path::{Path, PathBuf};

use newsletter::config::{self, Publication};
use newsletter::diagnostic::Source;
use newsletter::issue::Folder;
use newsletter::language::Language;
use newsletter::templates::pages::public::{
    Choice, Form, Leave, Notice, Part, Parts, Public, sheet,
};
use newsletter::templates::{Theme, ThemeFiles};

use crate::real::{component, markup};

const ADDRESS: &str = "ada@example.org";

/// The sample publication in a language.
fn publication(language: &str) -> Publication {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("newsletter.toml");
    let source = Source::new("newsletter.toml", fs::read_to_string(path).unwrap());
    let config = config::parse(&source).value.unwrap();
    Publication { language: Language::new(language).unwrap(), ..config.publication }
}

/// What a theme that is built in makes of the pages.
fn look(theme: &str) -> String {
    let settings = Source::new("theme.toml", Theme::built_in(theme).unwrap());
    let files = ThemeFiles { settings, style: None, layout: None };
    let folder = Folder::new(env!("CARGO_MANIFEST_DIR"));
    sheet(&Theme::parse(&files, &folder).value.unwrap())
}

/// Every page there is.
fn pages(public: Public<'_>) -> Vec<(&'static str, String)> {
    let part = |name: &str, title: &str, left| Part {
        name: name.to_owned(),
        title: title.to_owned(),
        left,
    };
    let parts = [
        part("members", "Letters to members", false),
        part("coast", "Averylongwordwithoutanyplacetobreakitasnamesofsegmentsmaybe", true),
    ];
    let choice =
        |name: &str, chosen| Choice { name: name.to_owned(), title: format!("The {name}"), chosen };
    let choices = [choice("coast", true), choice("river", false)];
    let leave = Leave { address: ADDRESS, choose: Some("?preferences") };
    let notice = |notice| {
        public.notice(notice, "editors@tidewater.example.org", "leave@tidewater.example.org")
    };
    vec![
        ("leave", public.leave(&leave)),
        ("parts", public.parts(&Parts { address: ADDRESS, parts: &parts, saved: true })),
        ("no-parts", public.parts(&Parts { address: ADDRESS, parts: &[], saved: false })),
        ("form", public.form(&Form { choices: &choices, wrong: None })),
        ("wrong-form", public.form(&Form { choices: &[], wrong: Some("ada@") })),
        ("confirm", public.confirm(ADDRESS)),
        ("left", notice(Notice::Left(Some("proof")))),
        ("left-by-machine", notice(Notice::Left(None))),
        ("back", notice(Notice::Back)),
        ("stuck", notice(Notice::Stuck)),
        ("asked", notice(Notice::Asked)),
        ("done", notice(Notice::Done)),
        ("wrong", notice(Notice::Wrong)),
        ("old", notice(Notice::Old)),
        ("often", notice(Notice::Often)),
        ("failed", notice(Notice::Failed)),
        ("missing", notice(Notice::Missing)),
    ]
}

/// Writes every page in each of these languages and looks.
fn write(folder: &Path, looks: &[(&str, &str)]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for (language, theme) in looks {
        let (publication, sheet) = (publication(language), look(theme));
        for (name, page) in pages(Public { publication: &publication, sheet: &sheet }) {
            let file = folder.join(format!("{language}-{theme}-{name}.html"));
            assert!(!page.contains("<script") && !page.contains("style="), "{page}");
            fs::write(&file, page).unwrap();
            files.push(file);
        }
    }
    files
}

#[test]
#[ignore = "needs Java and the Nu HTML checker"]
fn the_html_checker_has_nothing_against_any_public_page() {
    let folder = component::open_folder("newsletter-public-");
    let languages = ["en", "uk", "fr", "de", "ar"].map(|language| (language, "broadsheet"));
    write(folder.path(), &languages);
    let faults = markup::faults([folder.path()]);
    assert!(faults.is_empty(), "{faults}");
}

#[test]
#[ignore = "needs Chromium, Node and axe-core"]
fn everyone_can_read_every_public_page_by_day_by_night_and_on_a_telephone() {
    let folder = component::open_folder("newsletter-public-");
    let looks = [("en", "broadsheet"), ("en", "bulletin"), ("uk", "wire"), ("ar", "broadsheet")];
    let barriers = markup::barriers("page", write(folder.path(), &looks));
    assert!(barriers.is_empty(), "{barriers}");
}
