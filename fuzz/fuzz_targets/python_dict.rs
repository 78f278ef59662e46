//! Any text in, a value of Python or an error with a place out.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newsletter::audience::python_value;

fuzz_target!(|text: &str| {
    if let Err(error) = python_value(text) {
        assert!(error.at >= 1 && error.at <= text.chars().count() + 1, "it names no place: {error}");
    }
});
