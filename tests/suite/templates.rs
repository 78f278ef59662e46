//! Themes in, what is wrong with them and how letters look in them out.

mod colours;
mod looks;

use std::path::Path;
use std::sync::Arc;

use newsletter::diagnostic::{Checked, Source};
use newsletter::templates::{Theme, ThemeFiles};

use crate::cases::{self, Verdict};
use crate::desk;

/// The settings of a theme that is built in.
fn settings() -> Arc<Source> {
    let text = Theme::built_in(Theme::DEFAULT).expect("a theme");
    Source::new("templates/mine/theme.toml", text)
}

/// A case with the other files of a theme as they are.
fn files(case: &Path) -> ThemeFiles {
    let name = case.file_name().expect("a file").to_string_lossy();
    let text = cases::read(case);
    match name.rsplit_once('.').expect("an ending").1 {
        "toml" => ThemeFiles {
            settings: Source::new("templates/mine/theme.toml", text),
            style: None,
            layout: None,
        },
        ending @ ("html" | "mjml") => ThemeFiles {
            settings: settings(),
            style: None,
            layout: Some(Source::new(format!("templates/mine/layout.{ending}"), text)),
        },
        _ => ThemeFiles {
            settings: settings(),
            style: Some(Source::new("templates/mine/style.css", text)),
            layout: None,
        },
    }
}

fn read(files: &ThemeFiles) -> Checked<Theme> {
    Theme::parse(files, &desk::assets())
}

#[test]
fn every_mistake_in_a_theme_is_shown_where_it_is() {
    let mut verdict = Verdict::default();
    let endings = [".toml", ".css", ".html", ".mjml"].into_iter();
    for path in endings.flat_map(|ending| cases::list("themes", ending)) {
        let checked = read(&files(&path));
        if checked.diagnostics.is_empty() {
            verdict.fail(&path, "nothing is wrong with it");
        }
        let rendered = cases::render(&checked.diagnostics);
        verdict.compare(&path.with_extension("stderr"), rendered.as_bytes());
    }
    verdict.finish(25);
}
