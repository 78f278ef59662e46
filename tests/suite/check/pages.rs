//! The page of every code in, its examples run through `check` out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use newsletter::check;
use newsletter::diagnostic::{Code, Level, Source};
use newsletter::templates::Theme;

use crate::cases;
use crate::support::console::Console;

/// Codes whose examples cannot be a few lines: they take a whole letter, two issues, or the web.
const IN_WORDS: [Code; 10] = [
    Code::OpenField,
    Code::StyleBudget,
    Code::HeavyMail,
    Code::Clipped,
    Code::LargeLetter,
    Code::StyleTooLong,
    Code::LongStyle,
    Code::Gone,
    Code::NoAnswer,
    Code::Twin,
];

/// The part of a page below a heading.
fn below<'p>(page: &'p str, heading: &str) -> Option<&'p str> {
    let start = page.find(&format!("\n## {heading}\n"))?;
    let rest = page[start + 1..].split_once('\n')?.1;
    Some(rest.split("\n## ").next().unwrap_or_default().trim())
}

/// The code in a fence, and the fence's language.
fn fenced(text: &str) -> Option<(&str, &str)> {
    let (language, code) = text.strip_prefix("```")?.split_once('\n')?;
    Some((language, code.strip_suffix("```")?))
}

#[test]
fn every_page_says_what_why_how_and_whence() {
    for code in Code::ALL {
        let (page, number) = (code.page(), code.number());
        let title = code.title();
        assert!(page.starts_with(&format!("# {number}: ")), "{number}: its heading");
        assert!(!title.ends_with('.') && title.len() > 10, "{number}: {title}");
        assert!(
            below(page, "Source").is_some_and(|source| !source.is_empty()),
            "{number}: no source"
        );
        let what = page.lines().nth(2).unwrap_or_default();
        assert!(what.len() > 20 && !what.starts_with('#'), "{number}: it does not say what");
        if code.level() == Level::Note {
            continue;
        }
        for heading in ["Wrong", "Right"] {
            let example = below(page, heading).unwrap_or_else(|| panic!("{number}: no {heading}"));
            let in_words = IN_WORDS.contains(code);
            assert_eq!(fenced(example).is_none(), in_words, "{number}: {heading} is no code");
        }
    }
}

#[test]
fn a_page_is_printed_anywhere_whatever_the_case_of_its_code() {
    let mut console = Console::new();
    for code in Code::ALL {
        let number = code.number().to_lowercase();
        let said = console.run(&format!("newsletter check --explain {number}"));
        assert_eq!(said, code.page());
    }
}

#[test]
fn no_page_is_left_without_its_code() {
    let known: BTreeSet<_> = Code::ALL.iter().map(|code| format!("{}.md", code.number())).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes");
    let pages = fs::read_dir(folder).unwrap();
    let pages: BTreeSet<_> =
        pages.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(pages, known);
}

#[test]
fn every_wrong_example_gives_its_code_and_every_right_one_does_not() {
    let mut wrong = Vec::new();
    for code in Code::ALL.iter().filter(|code| !IN_WORDS.contains(code)) {
        for (heading, expected) in [("Wrong", true), ("Right", false)] {
            let Some((language, example)) = below(code.page(), heading).and_then(fenced) else {
                continue;
            };
            let given = match language {
                "html" if !example.starts_with("<!-- layout.html -->") => letter(example),
                _ => publication(example),
            };
            if given.contains(code.number()) != expected {
                wrong.push(format!("{} {heading}: gives {given:?}", code.number()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The codes that a fragment gives inside a good letter.
fn letter(fragment: &str) -> BTreeSet<&'static str> {
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\"><head><title>First frost</title></head>\n\
         <body><h1 lang=\"en\" dir=\"ltr\">First frost</h1>{fragment}</body></html>"
    );
    let found = check::letter(&Source::new("public/x.html", html), None);
    found.into_iter().map(|found| found.code.number()).collect()
}

/// The codes that `check` gives for an example: of an issue, or of the file that its first line names.
fn publication(example: &str) -> BTreeSet<&'static str> {
    let mut console = Console::new();
    let root = console.folder().to_path_buf();
    let copy = |from: &str, to: &str| {
        fs::create_dir_all(root.join(to).parent().unwrap()).unwrap();
        fs::copy(cases::folder(from), root.join(to)).unwrap();
    };
    for name in ["newsletter.toml", "subscribers.csv"] {
        copy(&format!("publication/{name}"), name);
    }
    for name in ["images/quay.png", "images/cut.jpg", "images/veil.png"] {
        copy(&format!("assets/{name}"), name);
    }
    for name in ["files/tides.pdf", "files/setup.exe"] {
        copy(&format!("assets/{name}"), name);
    }
    let mut issue = "title = \"First frost\"\ndate = 2026-11-20\nlede = \"It is cold.\"".to_owned();
    if let Some(settings) = example.strip_prefix("# newsletter.toml\n") {
        let base = fs::read_to_string(root.join("newsletter.toml")).unwrap();
        fs::write(root.join("newsletter.toml"), merge(&base, settings)).unwrap();
    } else if let Some(theme) = example.strip_prefix("# theme.toml\n") {
        fs::create_dir_all(root.join("templates/broadsheet")).unwrap();
        let theme = merge(Theme::built_in(Theme::DEFAULT).unwrap(), theme);
        fs::write(root.join("templates/broadsheet/theme.toml"), theme).unwrap();
    } else if example.starts_with("<!-- layout.html -->") {
        fs::create_dir_all(root.join("templates/broadsheet")).unwrap();
        let layout = example.split_once('\n').unwrap().1;
        fs::write(root.join("templates/broadsheet/layout.html"), layout).unwrap();
    } else if example.starts_with('.') {
        fs::create_dir_all(root.join("templates/broadsheet")).unwrap();
        fs::write(root.join("templates/broadsheet/style.css"), example).unwrap();
    } else {
        let preheader = "preheader = \"Seven weeks of low water, and no end of it in sight.\"\n";
        issue = merge(&(preheader.to_owned() + &issue), example);
    }
    fs::create_dir_all(root.join("issues")).unwrap();
    fs::write(root.join("issues/example.toml"), issue).unwrap();
    let said = console.run("newsletter check --format json");
    let codes = Code::ALL.iter().map(|code| code.number());
    codes.filter(|number| said.contains(&format!("\"code\": \"{number}\""))).collect()
}

/// A good file with the keys and tables of a fragment put in, in place of those it has already.
fn merge(base: &str, fragment: &str) -> String {
    let (base, fragment) = (tables(base), tables(fragment));
    let mut merged = String::new();
    for (header, lines) in &base {
        let new = fragment.get(header).cloned().unwrap_or_default();
        let key = |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
        let replaced: BTreeSet<_> = new.iter().map(|line| key(line)).collect();
        let kept = lines.iter().filter(|line| !replaced.contains(&key(line)));
        merged.extend([header.as_str(), "\n"]);
        merged.extend(new.iter().chain(kept).flat_map(|line| [line.as_str(), "\n"]));
    }
    for (header, lines) in fragment.iter().filter(|(header, _)| !base.contains_key(*header)) {
        merged.extend([header.as_str(), "\n"]);
        merged.extend(lines.iter().flat_map(|line| [line.as_str(), "\n"]));
    }
    merged
}

/// The lines below each header; those before the first are below none.
fn tables(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut tables = BTreeMap::from([(String::new(), Vec::new())]);
    let mut header = String::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        if line.starts_with('[') {
            line.clone_into(&mut header);
            tables.entry(header.clone()).or_default();
        } else {
            tables.entry(header.clone()).or_default().push(line.to_owned());
        }
    }
    tables
}

#[test]
fn the_list_of_codes_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/check.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, _) = text.split_once("| code |").expect("a table");
    let mut list = format!("{before}| code | what is wrong |\n|---|---|\n");
    for code in Code::ALL {
        let number = code.number();
        let row = ["| [", number, "](codes/", number, ".md) | ", code.title(), " |\n"];
        list.extend(row);
    }
    if cases::update() {
        fs::write(&path, &list).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), list, "UPDATE=1 renews it");
}
