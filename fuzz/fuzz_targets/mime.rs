//! Any bytes in, a bounded list of parts out, the same however lines end.
#![no_main]

use libfuzzer_sys::fuzz_target;

/// The parser is nobody's business outside of its module: its own text is taken in here.
#[path = "../../src/bounce"]
mod bounce {
    #[allow(dead_code, reason = "it is here for what the parser needs of it")]
    pub(crate) mod fields;
    #[allow(dead_code, reason = "the rest of the module uses it")]
    pub(crate) mod part;

    /// Level, kind, fields and text of each part.
    pub(crate) fn seen(bytes: &[u8]) -> Vec<(usize, String, usize, String)> {
        let parts = part::parts(bytes).into_iter();
        parts.map(|part| (part.level, part.kind, part.fields.iter().count(), part.text)).collect()
    }
}

fuzz_target!(|bytes: &[u8]| {
    let parts = bounce::seen(bytes);
    assert!(!parts.is_empty() && parts.len() <= 101, "{} parts", parts.len());
    for (level, kind, fields, text) in &parts {
        assert!(*level <= 10 && kind.contains('/') && *fields <= 300);
        assert!(text.len() <= 500_000, "{} bytes of text", text.len());
    }
    let encoded = bytes.windows(6).any(|word| word.eq_ignore_ascii_case(b"base64"));
    if !bytes.contains(&b'\r') && !encoded {
        let crlf = bytes.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(&b"\r\n"[..]);
        if crlf.len() < 100_000 {
            assert_eq!(bounce::seen(&crlf), parts);
        }
    }
});
