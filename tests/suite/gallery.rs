//! The sample issues and the good cases in, each edition of each in every theme out.

use std::fs;
use std::path::{Path, PathBuf};

use newsletter::compile::{self, Edition, Reader};
use newsletter::diagnostic::Source;
use newsletter::issue::{Asset, Folder, Issue};
use newsletter::templates::{Theme, ThemeFiles};

use crate::cases;
use crate::desk::{self, Desk};

/// A letter as one reader gets it.
pub(crate) struct Letter {
    /// Theme, issue and segment: `broadsheet.editions.members`.
    pub(crate) name: String,
    pub(crate) language: String,
    /// The folder that its pictures and files are in.
    pub(crate) assets: PathBuf,
    /// The pictures and files that it points to, as they are on the web.
    pub(crate) hosted: Vec<Asset>,
    pub(crate) html: String,
    /// The whole message.
    pub(crate) message: Vec<u8>,
}

/// Every letter that there is: an issue, a case or a theme that is added is here by itself.
pub(crate) fn letters() -> Vec<Letter> {
    let mut letters = Vec::new();
    for (look, theme) in themes() {
        for case in cases::list("issues/good", "") {
            let mut desk = publication(&case);
            desk.theme = theme.clone();
            let name = format!("{look}.{}", stem(&case));
            let path = case.join("issue.toml");
            letters.extend(of(&desk, &name, &path, &cases::folder("assets")));
        }
        let mut desk = Desk::open(&root().join("newsletter.toml"));
        desk.theme = theme;
        for path in entries("issues") {
            letters.extend(of(&desk, &format!("{look}.{}", stem(&path)), &path, &root()));
        }
    }
    for (look, theme) in layouts() {
        for case in ["kitchen-sink", "arabic"].map(|name| cases::folder("issues/good").join(name)) {
            let mut desk = publication(&case);
            desk.theme = theme.clone();
            let name = format!("{look}.{}", stem(&case));
            letters.extend(of(&desk, &name, &case.join("issue.toml"), &cases::folder("assets")));
        }
    }
    assert!(letters.len() >= 25, "{} letters are few", letters.len());
    letters
}

/// Every theme of the project, with its name.
pub(crate) fn themes() -> Vec<(String, Theme)> {
    Theme::names().map(|name| (name.to_owned(), desk::theme(name))).into()
}

/// A theme for each layout among the cases, with the name of its file.
pub(crate) fn layouts() -> Vec<(String, Theme)> {
    let theme = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let settings = Theme::built_in(Theme::DEFAULT).expect("a theme");
        let files = ThemeFiles {
            settings: Source::new("theme.toml", settings),
            style: None,
            layout: Some(Source::new(name.as_str(), cases::read(&path))),
        };
        let checked = Theme::parse(&files, &desk::assets());
        let found = cases::render(&checked.diagnostics);
        assert!(found.is_empty(), "{found}");
        (name, checked.value.expect("a good layout"))
    };
    let paths = [".html", ".mjml"].into_iter().flat_map(|ending| cases::list("layouts", ending));
    // What stands beside a layout is a letter in it.
    paths.filter(|path| !path.to_string_lossy().ends_with(".letter.html")).map(theme).collect()
}

/// The publication that a case is for: its own, or that of all cases.
pub(crate) fn publication(case: &Path) -> Desk {
    let own = case.join("newsletter.toml");
    if own.exists() { Desk::open(&own) } else { Desk::of_cases() }
}

/// The edition for everyone, and one for each segment that a section is for.
pub(crate) fn editions(issue: &Issue) -> Vec<(String, Edition)> {
    let mut editions = vec![(String::new(), Edition::public(issue))];
    for segment in issue.section_audiences() {
        editions.push((segment.to_owned(), Edition::of(issue, |name| name == segment)));
    }
    editions
}

/// The editions of an issue as Ann gets them.
fn of(desk: &Desk, name: &str, path: &Path, assets: &Path) -> Vec<Letter> {
    let ann = desk::reader("ann@example.org", ["Ann", "Pellow", "Averley"]);
    let reader = Reader { recipient: &ann, key: &desk.key };
    let issue = desk::parse(name, &cases::read(path), &Folder::new(assets));
    let language = issue.language.as_ref().unwrap_or(&desk.config.publication.language);
    let letters = editions(&issue).into_iter().map(|(segment, edition)| {
        let draft = desk.draft(&issue, &edition);
        let mut message = Vec::new();
        draft.program().assemble(reader, &mut message).expect("every field is filled");
        Letter {
            name: format!("{name}.{segment}").trim_end_matches('.').to_owned(),
            language: language.to_string(),
            assets: assets.to_path_buf(),
            hosted: compile::hosted(&issue, &desk.config.publication),
            html: draft.html(reader).expect("every field is filled"),
            message,
        }
    });
    letters.collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn entries(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).expect("a folder of the project");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
