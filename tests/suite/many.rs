//! Issues with thousands of mistakes in, a hundred of each kind and a count of the others out.

use std::fmt::Write as _;

use newsletter::diagnostic::{Code, Diagnostic, SHOWN_MAX, Source};
use newsletter::issue::{self, Folder};
use newsletter::markup::NESTED_MAX;

use crate::desk;
use crate::support::publication::Publication;

const HEAD: &str = "title = \"Frost\"\ndate = 2026-11-20\n";

/// Parses the text of an issue; returns how many diagnostics of a code are shown, and how many more
/// there are.
fn found(text: &str, code: Code) -> (usize, u64) {
    let checked =
        issue::parse(&Source::new("issues/a.toml", text), &Folder::new("."), &desk::SEGMENTS);
    assert!(checked.value.is_none());
    let of: Vec<&Diagnostic> = checked.diagnostics.iter().filter(|d| d.code == code).collect();
    let more = of.iter().map(|diagnostic| diagnostic.more).sum();
    (of.iter().filter(|diagnostic| diagnostic.more == 0).count(), more)
}

fn html(markup: &str) -> String {
    format!("{HEAD}[[section]]\nkind = \"html\"\ntext = \"x\"\nhtml = '''{markup}'''\n")
}

#[test]
fn of_thousands_of_unknown_keys_a_hundred_are_shown_and_the_others_counted() {
    let mut text = HEAD.to_owned();
    (0..30_000).for_each(|n| writeln!(text, "k{n} = {n}").unwrap());
    assert_eq!(found(&text, Code::UnknownKey), (SHOWN_MAX, 29_900));
    let publication = Publication::sample();
    publication.write("issues/many.toml", &text);
    let ended = publication.run(&["check", "issues/many.toml"]);
    assert_eq!(ended.messages.matches("error[E002]").count(), SHOWN_MAX);
    assert!(ended.messages.contains("unknown key `k0`"), "the first of the file are shown");
    assert!(ended.messages.contains("and 29,900 more of E002"), "{}", ended.messages);
    assert!(ended.messages.contains("30,001 errors"), "{}", ended.messages);
    let json = publication.run(&["check", "issues/many.toml", "--format", "json"]).output;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["more"]["E002"], 29_900);
}

#[test]
fn what_many_files_say_is_counted_together() {
    let publication = Publication::sample();
    for issue in 0..3 {
        let mut text = HEAD.to_owned();
        (0..60).for_each(|n| writeln!(text, "k{n} = {n}").unwrap());
        publication.write(&format!("issues/many-{issue}.toml"), &text);
    }
    let ended = publication.run(&["check"]);
    assert!(ended.messages.contains("and 80 more of E002"), "{}", ended.messages);
}

#[test]
fn thousands_of_lines_that_are_no_toml_are_explained_a_hundred_times() {
    let text = "one two three\n".repeat(5_000);
    let (shown, _) = found(&text, Code::Syntax);
    assert!((1..=SHOWN_MAX).contains(&shown), "{shown}");
}

#[test]
fn elements_nest_to_a_depth_and_no_deeper() {
    let nested = |depth: usize| format!("{}hello{}", "<div>".repeat(depth), "</div>".repeat(depth));
    let source = Source::new("issues/a.toml", html(&nested(NESTED_MAX)));
    let checked = issue::parse(&source, &Folder::new("."), &desk::SEGMENTS);
    assert!(checked.value.is_some(), "{:?}", checked.diagnostics);
    for text in [nested(NESTED_MAX + 1), nested(20_000), "<b></i>".repeat(20_000)] {
        let source = Source::new("issues/a.toml", html(&text));
        let checked = issue::parse(&source, &Folder::new("."), &desk::SEGMENTS);
        let deep = |found: &&Diagnostic| found.message.contains("deeper than 100");
        let deep: Vec<_> = checked.diagnostics.iter().filter(deep).collect();
        assert!(checked.value.is_none());
        assert!(deep.len() == 1 || text.starts_with("<b>"), "{}", checked.diagnostics.len());
        assert!(deep.iter().all(|found| found.help.is_some()));
    }
}

#[test]
fn a_tag_with_thousands_of_attributes_is_one_mistake_and_no_end_of_the_stack() {
    let tag = |number: usize, quote: &str| {
        let attributes = (0..number).map(|n| format!(" x{n}={quote}a{quote}"));
        html(&format!("<p{}>x</p>", attributes.collect::<String>()))
    };
    assert_eq!(found(&tag(10_000, "\""), Code::Html), (1, 0));
    assert_eq!(found(&tag(10_000, ""), Code::Html), (1, 0));
    assert_eq!(found(&tag(10_000, "\"").replace("\" x", "\"x"), Code::Html), (1, 0));
    assert_eq!(found(&tag(101, "\""), Code::Html), (SHOWN_MAX, 1));
}

#[test]
fn thousands_of_elements_side_by_side_are_no_mistake() {
    let source = Source::new("issues/a.toml", html(&"<div>hello</div>".repeat(10_000)));
    let checked = issue::parse(&source, &Folder::new("."), &desk::SEGMENTS);
    assert!(checked.value.is_some());
}
