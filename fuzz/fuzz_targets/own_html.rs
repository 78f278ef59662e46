//! Any HTML in, a letter or an error out; every diagnostic has a place inside the text.
#![no_main]

use libfuzzer_sys::fuzz_target;

mod letter;

fuzz_target!(|text: &str| {
    let html = letter::quoted(text);
    letter::compile(&format!("[[section]]\nkind = \"html\"\ntext = \"x\"\nhtml = {html}\n"));
});
