//! Issues, letters and their forerunners in, the diagnostics of the rules out.

use std::fmt::Write as _;

use jiff::Timestamp;
use newsletter::audience::Recipient;
use newsletter::check;
use newsletter::compile::Reader;
use newsletter::delivery::{Place, Planner};
use newsletter::diagnostic::{Code, Source};
use newsletter::issue::Issue;

use crate::cases::{self, Verdict};
use crate::desk::{self, Desk};
use crate::support::console::Console;

fn read(path: &std::path::Path) -> Issue {
    let name = path.file_stem().unwrap().to_string_lossy();
    desk::parse(&name, &cases::read(path), &desk::assets())
}

#[test]
fn what_readers_and_filters_do_not_forgive_is_shown_where_it_is() {
    let desk = Desk::of_cases();
    let mut verdict = Verdict::default();
    for path in cases::list("check", ".toml") {
        let mut found = check::issue(&read(&path), &desk.config);
        newsletter::diagnostic::sort(&mut found);
        if let Some(silent) = found.iter().find(|found| found.help.is_none()) {
            verdict.fail(&path, format!("no help: {}", silent.message));
        }
        verdict.compare(&path.with_extension("stderr"), cases::render(&found).as_bytes());
    }
    verdict.finish(12);
}

#[test]
fn nothing_is_said_against_the_sample() {
    let mut console = Console::with_sample();
    let said = console.run("newsletter check");
    assert!(said.contains("Checked 3 issues for 38 readers: 0 errors, 0 warnings"), "{said}");
}

#[test]
fn letters_are_held_against_what_mail_programs_take() {
    let mut verdict = Verdict::default();
    for path in cases::list("letters", ".html") {
        let name = path.file_name().unwrap().to_string_lossy();
        let html = Source::new(format!("public/{name}"), cases::read(&path));
        let found = check::letter(&html, None);
        verdict.compare(&path.with_extension("stderr"), cases::render(&found).as_bytes());
    }
    verdict.finish(6);
}

#[test]
fn what_stands_in_the_issue_is_shown_there() {
    let issue =
        Source::new("issues/frost.toml", "body = '<img src=\"https://example.org/q.jpg\">'");
    let html = "<p lang=en dir=ltr>…</p><img src=\"https://example.org/q.jpg\"><h1>Frost</h1>";
    let found = check::letter(&Source::new("public/frost.html", html), Some(&issue));
    let places: Vec<_> = found.iter().map(|found| (found.code, &*found.source.path)).collect();
    assert_eq!(places, [(Code::LetterAlt, "issues/frost.toml")]);
}

#[test]
fn an_issue_that_is_the_one_before_it_is_shown_with_what_it_repeats() {
    let mut verdict = Verdict::default();
    for path in cases::list("twins", ".toml") {
        if path.to_string_lossy().ends_with(".before.toml") {
            continue;
        }
        let before = read(&path.with_extension("before.toml"));
        let found = check::twin(&read(&path), &before);
        verdict.compare(&path.with_extension("stderr"), cases::render(&found).as_bytes());
    }
    verdict.finish(3);
}

/// An issue whose letter has about this many bytes of HTML, the field among them.
fn long(paragraphs: usize) -> Issue {
    let mut text = String::from(
        "title = \"First frost\"\ndate = 2026-11-20\n[[section]]\naudience = \"members\"\nbody = \"\"\"\n",
    );
    for _ in 0..paragraphs {
        writeln!(text, "Dear {{{{first_name|reader}}}}, {}\n", "the river is low. ".repeat(40))
            .unwrap();
    }
    desk::parse("long", &(text + "\"\"\""), &desk::assets())
}

#[test]
fn the_letter_of_the_reader_with_the_longest_values_is_judged() {
    let desk = Desk::of_cases();
    let row = |address, name: &str| desk::reader(address, [name, "Pellow", "Averley"]);
    let readers = [
        row("ann@example.org", "Ann"),
        row("bartholomew@example.org", "Bartholomew & Sons"),
        row("outsider@example.org", "A name far longer than that of anybody else who is here"),
        row("cy@example.org", "Cy"),
    ];
    let belongs = |reader: &Recipient, _: &str| reader.value("first_name").unwrap().len() < 40;
    let mut verdict = Verdict::default();
    for (name, paragraphs) in [("fine", 20), ("large", 95), ("clipped", 115)] {
        let issue = long(paragraphs);
        let planner = Planner {
            press: desk.press(),
            key: &desk.key,
            date: Timestamp::UNIX_EPOCH,
            salt: "",
            belongs: Box::new(belongs),
            suppressed: Box::new(|_| None),
        };
        let mut gate = planner.gate(&issue);
        let places = readers.each_ref().map(|reader| gate.admit(reader).unwrap());
        assert_eq!(places, [0, 0, 1, 0].map(Place::Edition), "for members, and for all others");
        let letters = gate.close().unwrap().letters;
        for letter in &letters {
            let (recipient, size) = letter.largest().unwrap();
            let html = letter.draft.html(Reader { recipient, key: &desk.key }).unwrap();
            assert_eq!(size, html.len(), "what is measured is what is written");
        }
        let found: Vec<_> = check::size(&issue, &letters).into_iter().collect();
        let expected = cases::folder("sizes").join(format!("{name}.stderr"));
        verdict.compare(&expected, cases::render(&found).as_bytes());
    }
    verdict.finish(3);
}

#[test]
fn a_letter_that_gmail_cuts_is_neither_checked_nor_sent() {
    let mut console = Console::with_sample();
    let path = console.folder().join("issues/2026-11-20-first-frost.toml");
    let long = "The river is low, and the salt is late.\n\n".repeat(500);
    let text = std::fs::read_to_string(&path).unwrap();
    let text = format!("{text}\n[[section]]\nbody = \"\"\"\n{long}\"\"\"\n");
    std::fs::write(&path, text).unwrap();
    for command in ["check 2026-11-20-first-frost", "send --dry-run"] {
        let said = console.run(&format!("newsletter {command}"));
        assert!(said.contains("error[E039]: the HTML of "), "{said}");
        assert!(said.ends_with("[exit 1]\n"), "{said}");
    }
    assert!(!console.folder().join(".newsletter/dry-run").exists());
}

#[test]
fn words_and_minutes_are_counted_by_the_script() {
    let said = |body: &str| {
        let text = format!("title = \"Frost\"\ndate = 2026-11-20\nlede = \"\"\"\n{body}\n\"\"\"\n");
        check::length(&desk::parse("length", &text, &desk::assets())).message
    };
    assert_eq!(
        said("One *two* [three](https://example.org/x) — four."),
        "4 words, about 1 minute to read"
    );
    assert_eq!(said(&"word ".repeat(221)), "221 words, about 2 minutes to read");
    assert_eq!(said(&"霜".repeat(401)), "401 characters, about 2 minutes to read");
    assert_eq!(said("Frost 霜降"), "1 word and 2 characters, about 1 minute to read");
}
