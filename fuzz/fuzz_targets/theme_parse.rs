//! Any text as each file of a theme in, a theme or errors out, each with a place inside the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newsletter::diagnostic::{Diagnostic, Source};
use newsletter::issue::Folder;
use newsletter::templates::{Theme, ThemeFiles};

fuzz_target!(|text: &str| {
    let fuzzed = Source::new("theme.toml", text);
    check(text, &ThemeFiles { settings: fuzzed.clone(), style: None, layout: None });
    let settings = Source::new("good.toml", Theme::built_in(Theme::DEFAULT).expect("a theme"));
    let layout = Some(Source::new("layout.mjml", text));
    check(text, &ThemeFiles { settings: settings.clone(), style: None, layout });
    check(text, &ThemeFiles { settings, style: Some(fuzzed.clone()), layout: Some(fuzzed) });
});

fn check(text: &str, files: &ThemeFiles) {
    let checked = Theme::parse(files, &Folder::new("/nonexistent"));
    assert_eq!(checked.value.is_none(), checked.diagnostics.iter().any(Diagnostic::is_error));
    for diagnostic in checked.diagnostics.iter().take(5) {
        assert!(diagnostic.span.start <= diagnostic.span.end);
        assert!(diagnostic.span.end <= text.len());
        drop(diagnostic.render(false));
    }
}
