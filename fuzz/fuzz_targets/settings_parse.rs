//! Any text in, settings or an error out, every diagnostic with a place inside the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newsletter::config;
use newsletter::diagnostic::{Diagnostic, Source};

fuzz_target!(|text: &str| {
    let checked = config::parse(&Source::new("newsletter.toml", text));
    assert_eq!(checked.value.is_none(), checked.diagnostics.iter().any(Diagnostic::is_error));
    for diagnostic in checked.diagnostics.iter().take(5) {
        assert!(diagnostic.span.start <= diagnostic.span.end);
        assert!(diagnostic.span.end <= text.len());
        drop(diagnostic.render(false));
    }
});
