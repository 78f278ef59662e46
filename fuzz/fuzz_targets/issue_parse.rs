//! Any text in, an issue or an error out, every diagnostic with a place inside the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newsletter::diagnostic::{Diagnostic, Source};
use newsletter::issue::{self, Folder};

fuzz_target!(|text: &str| {
    let source = Source::new("issues/fuzzed.toml", text);
    let checked = issue::parse(&source, &Folder::new("/nonexistent"), &["members", "coast"]);
    assert_eq!(checked.value.is_none(), checked.diagnostics.iter().any(Diagnostic::is_error));
    for diagnostic in checked.diagnostics.iter().take(5) {
        assert!(diagnostic.span.start <= diagnostic.span.end);
        assert!(diagnostic.span.end <= text.len());
        drop(diagnostic.render(false));
    }
});
