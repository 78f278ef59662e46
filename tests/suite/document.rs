//! Arbitrary text in, a value or at least one error out, and never a panic.

use std::sync::Arc;

use newsletter::config;
use newsletter::diagnostic::{Checked, Diagnostic, Source};
use newsletter::issue::{self, Folder};
use newsletter::templates::{Theme, ThemeFiles};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::cases;
use crate::desk;

/// The sample files, which the edits begin with.
fn samples() -> Vec<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let theme = Theme::built_in("bulletin").expect("a theme");
    let mut texts = vec![cases::read(&root.join("newsletter.toml")), theme.to_owned()];
    let issues = std::fs::read_dir(root.join("issues")).expect("the sample issues");
    texts.extend(issues.map(|entry| cases::read(&entry.expect("an issue").path())));
    let case = cases::folder("issues/good").join("kitchen-sink/issue.toml");
    texts.push(cases::read(&case));
    texts.sort();
    texts
}

/// One edit of a text.
#[derive(Debug, Clone)]
enum Edit {
    Insert(Index, String),
    Delete(Index, usize),
    Repeat(Index, Index, usize),
    CutOff(Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    let pieces = [
        "\"",
        "'",
        "\"\"\"",
        "'''",
        "\\",
        "\\u",
        "{{",
        "}}",
        "{{a|b}}",
        "[",
        "]",
        "[[",
        "{",
        "}",
        "=",
        ",",
        "#",
        "\n",
        "\r",
        "\r\n",
        "\t",
        "\0",
        "\u{202e}",
        "\u{f0000}",
        "\u{f1000}",
        "](",
        "![",
        "<b>",
        "</",
        "<!--",
        "|",
        "`",
        "*",
        "_",
        "~~",
        "> ",
        "- ",
        "1. ",
        "\u{feff}",
        "語",
        "🦆",
        "e\u{301}",
        "key = 1\n",
        "[section]\n",
        "[[section]]\n",
        "&amp;",
        "https://",
        "javascript:",
        "password = \"x\"\n",
    ];
    let piece = prop_oneof![select(pieces.to_vec()).prop_map(str::to_owned), any::<String>()];
    prop_oneof![
        4 => (any::<Index>(), piece).prop_map(|(at, piece)| Edit::Insert(at, piece)),
        3 => (any::<Index>(), 1..40_usize).prop_map(|(at, length)| Edit::Delete(at, length)),
        1 => (any::<Index>(), any::<Index>(), 1..200_usize)
            .prop_map(|(from, to, length)| Edit::Repeat(from, to, length)),
        1 => any::<Index>().prop_map(Edit::CutOff),
    ]
}

fn apply(text: &mut String, edit: &Edit) {
    let place = |at: &Index| {
        let at = at.index(text.len() + 1);
        text.floor_char_boundary(at)
    };
    match edit {
        Edit::Insert(at, piece) => {
            let at = place(at);
            text.insert_str(at, piece);
        }
        Edit::Delete(at, length) => {
            let at = place(at);
            let end = text.ceil_char_boundary((at + length).min(text.len()));
            text.replace_range(at..end, "");
        }
        Edit::Repeat(from, to, length) => {
            let (from, to) = (place(from), place(to));
            let end = text.ceil_char_boundary((from + length).min(text.len()));
            let piece = text[from..end].to_owned();
            text.insert_str(to, &piece);
        }
        Edit::CutOff(at) => {
            let at = place(at);
            text.truncate(at);
        }
    }
}

/// Reads a text as each kind of file that an editor writes.
fn read_as_all(text: &str, folder: &Folder) -> Result<(), TestCaseError> {
    let source = Source::new("issues/fuzzed.toml", text);
    check(&issue::parse(&source, folder, &desk::SEGMENTS))?;
    check(&config::parse(&source))?;
    let folder = desk::assets();
    check(&Theme::parse(
        &ThemeFiles { settings: Arc::clone(&source), style: None, layout: None },
        &folder,
    ))?;
    let settings = Theme::built_in(Theme::DEFAULT).expect("a theme");
    let settings = Source::new("templates/fuzzed/theme.toml", settings);
    let (style, layout) = (Some(Arc::clone(&source)), Some(source));
    check(&Theme::parse(&ThemeFiles { settings, style, layout }, &folder))
}

fn check<T>(checked: &Checked<T>) -> Result<(), TestCaseError> {
    let errors = checked.diagnostics.iter().any(Diagnostic::is_error);
    prop_assert_eq!(checked.value.is_none(), errors, "no value exactly when there is an error");
    for diagnostic in &checked.diagnostics {
        let (span, text) = (&diagnostic.span, &diagnostic.source.text);
        prop_assert!(span.start <= span.end && span.end <= text.len(), "{:?}", diagnostic);
        prop_assert!(!diagnostic.message.is_empty() && diagnostic.help.is_some());
    }
    // Rendering reads the whole file again: a few of them say enough.
    for diagnostic in checked.diagnostics.iter().take(5) {
        prop_assert!(diagnostic.render(false).contains(diagnostic.code.number()));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_edited_sample_is_a_value_or_an_error(
        sample in any::<Index>(),
        edits in proptest::collection::vec(edit(), 1..6),
    ) {
        let samples = samples();
        let mut text = sample.get(&samples).clone();
        edits.iter().for_each(|edit| apply(&mut text, edit));
        read_as_all(&text, &desk::assets())?;
    }

    #[test]
    fn arbitrary_text_is_a_value_or_an_error(text in any::<String>()) {
        read_as_all(&text, &desk::assets())?;
    }

    #[test]
    fn what_looks_like_toml_is_a_value_or_an_error(
        text in "([a-z_]{1,9} ?= ?|\\[\\[?section\\]\\]?\n|\"|\"\"\"|'|\\{|\\}|[0-9:T-]{1,12}|\\\\|\n|[ -~]{0,8}|[é語]){0,40}",
    ) {
        read_as_all(&text, &desk::assets())?;
    }

    #[test]
    fn arbitrary_prose_is_a_value_or_an_error(
        pieces in proptest::collection::vec(edit(), 1..12),
    ) {
        let mut prose = String::from("Dear {{first_name|reader}}, [a](https://example.org/{{town}}) > b.");
        pieces.iter().for_each(|edit| apply(&mut prose, edit));
        let quoted = crate::compile::generate::quoted(&prose);
        let text = format!("title = {quoted}\ndate = 2026-11-20\nlede = {quoted}\n");
        read_as_all(&text, &desk::assets())?;
    }
}
