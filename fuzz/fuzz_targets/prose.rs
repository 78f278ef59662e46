//! Any Markdown in, a letter or an error out; every diagnostic has a place inside the text.
#![no_main]

use libfuzzer_sys::fuzz_target;

mod letter;

fuzz_target!(|text: &str| letter::compile(&format!("lede = {}\n", letter::quoted(text))));
