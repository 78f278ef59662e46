//! Themes with mistakes in, the diagnostics that an editor sees out.

use newsletter::diagnostic::Source;
use newsletter::templates::Theme;

use crate::cases::{self, Verdict};

#[test]
fn every_mistake_in_a_theme_is_shown_where_it_is() {
    let mut verdict = Verdict::default();
    for path in cases::list("themes", ".toml") {
        let source = Source::new("templates/mine/theme.toml", cases::read(&path));
        let checked = Theme::parse(&source);
        if checked.value.is_some() {
            verdict.fail(&path, "nothing is wrong with it");
        }
        let rendered = cases::render(&checked.diagnostics);
        verdict.compare(&path.with_extension("stderr"), rendered.as_bytes());
    }
    verdict.finish(6);
}
