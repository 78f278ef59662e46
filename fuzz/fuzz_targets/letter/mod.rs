//! What an issue says in, its letter out, if it has no error.

use std::fmt::Write as _;

use newsletter::compile::{self, Edition, Press};
use newsletter::config;
use newsletter::diagnostic::{Diagnostic, Source};
use newsletter::issue::{self, Folder};
use newsletter::templates::{Neighbours, Theme, ThemeFiles};

/// Compiles an issue with a headline and a date before `rest`.
pub fn compile(rest: &str) {
    let text = format!("title = \"Frost\"\ndate = 2026-11-20\n{rest}");
    let source = Source::new("issues/fuzzed.toml", text.as_str());
    let checked = issue::parse(&source, &Folder::new("/nonexistent"), &[]);
    assert_eq!(checked.value.is_none(), checked.diagnostics.iter().any(Diagnostic::is_error));
    for diagnostic in checked.diagnostics.iter().take(5) {
        assert!(diagnostic.span.end <= text.len());
        drop(diagnostic.render(false));
    }
    let Some(issue) = checked.value else { return };
    let settings = include_str!("../../../newsletter.toml");
    let config = config::parse(&Source::new("newsletter.toml", settings)).value;
    let config = config.expect("good settings");
    let text = Theme::built_in(Theme::DEFAULT).expect("a theme");
    let settings = Source::new("theme.toml", text);
    let files = ThemeFiles { settings, style: None, layout: None };
    let theme = Theme::parse(&files, &Folder::new("/nonexistent")).value;
    let press = Press {
        publication: &config.publication,
        sender: &config.sender,
        unsubscribe: &config.unsubscribe,
        name: &config.audience.name,
        theme: &theme.expect("a good theme"),
        neighbours: &Neighbours::default(),
        clicks: None,
    };
    let draft = compile::draft(&issue, &press, &Edition::public(&issue), jiff::Timestamp::UNIX_EPOCH, "");
    drop(draft.program());
}

/// A text as a TOML string.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            other if other.is_control() => {
                write!(quoted, "\\U{:08x}", u32::from(other)).expect("a string takes it");
            }
            other => quoted.push(other),
        }
    }
    quoted + "\""
}
