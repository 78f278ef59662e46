//! Arbitrary text in, quoted-printable and headers that decode to it out.

use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use newsletter::compile::encode::{self, QuotedPrintable};
use proptest::prelude::*;

use crate::compile::generate;

proptest! {
    #![proptest_config(generate::config(1))]

    #[test]
    fn quoted_printable_decodes_to_what_was_written(
        pieces in proptest::collection::vec(any::<String>(), 1..6),
        ends in proptest::collection::vec(any::<bool>(), 6),
    ) {
        let mut encoder = QuotedPrintable::default();
        let mut encoded = Vec::new();
        let mut written = String::new();
        for (piece, end) in pieces.iter().zip(ends) {
            // Pieces are joined by a boundary or a line break, as where a reader's value stands.
            let piece = piece.replace('\r', "") + if end { "" } else { "\n" };
            encoder.text(&piece, &mut encoded);
            written += &piece;
            if end {
                encoder.boundary(&mut encoded);
            }
        }
        prop_assert!(encoded.is_ascii());
        for line in encoded.split(|byte| *byte == b'\n') {
            prop_assert!(line.len() <= 77 && !line.starts_with(b".") && !line.starts_with(b"From "));
            let end = line.strip_suffix(b"\r").unwrap_or(line);
            prop_assert!(!end.ends_with(b" ") && !end.ends_with(b"\t"));
        }
        let decoded = quoted_printable_decode(&encoded).expect("quoted-printable");
        let decoded = String::from_utf8(decoded).expect("UTF-8").replace("\r\n", "\n");
        prop_assert_eq!(decoded, written);
    }

    #[test]
    fn percent_encoding_decodes_to_what_was_written(text in any::<String>()) {
        let encoded = encode::percent(&text);
        prop_assert!(encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%".contains(&b)));
        let mut decoded = Vec::new();
        let mut bytes = encoded.bytes();
        while let Some(byte) = bytes.next() {
            decoded.push(if byte == b'%' {
                let hex = [bytes.next().unwrap(), bytes.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap()
            } else {
                byte
            });
        }
        prop_assert_eq!(decoded, text.into_bytes());
    }
}
