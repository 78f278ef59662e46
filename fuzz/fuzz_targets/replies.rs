//! Any bytes from a server in, the same replies out however they were cut, each in one printable line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newsletter::transport::Offers;

use transport::reply::Reply;

/// The parser is nobody's business outside of the program: its own text is taken in here.
#[path = "../../src/transport"]
mod transport {
    mod replies;
    #[allow(dead_code, reason = "it is here for what the parser needs of it")]
    pub(crate) mod reply;

    /// What is heard, in its order: the words of each reply, or what is none; and how many bytes
    /// were kept in vain.
    pub(crate) fn heard(pieces: &[&[u8]]) -> Vec<Result<(reply::Reply, Vec<String>), String>> {
        let mut replies = replies::Replies::default();
        let mut heard = Vec::new();
        for piece in pieces {
            assert_eq!(replies.take_in(piece), piece.contains(&b'\n'));
            while let Some(next) = replies.next() {
                heard.push(match next {
                    Ok(lines) => Ok((lines.clone().into(), lines.texts)),
                    Err(error) => Err(error.to_string()),
                });
            }
        }
        assert!(replies.next().is_none());
        heard
    }
}

fuzz_target!(|cut: (Vec<u8>, &[u8])| {
    let (lengths, bytes) = cut;
    let mut rest = bytes;
    let mut pieces = Vec::new();
    for length in lengths {
        let (piece, behind) = rest.split_at(rest.len().min(usize::from(length)));
        pieces.push(piece);
        rest = behind;
    }
    pieces.push(rest);
    let heard = transport::heard(&[bytes]);
    assert_eq!(heard, transport::heard(&pieces), "it matters where the bytes are cut");
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
    assert!(heard.len() <= lines, "more replies than lines");
    for reply in heard {
        match reply {
            Ok((reply, texts)) => {
                printable(&reply.to_string());
                assert!(reply.code < 1000 && texts.len() <= 100, "{reply:?}");
                assert!(texts.iter().all(|text| text.len() <= 900), "{reply:?}");
                let again: Reply = format!("{reply}").parse().expect("it reads what it writes");
                assert_eq!(again.code, reply.code);
                // What EHLO is answered is read from the same lines.
                Offers::parse(texts.iter().map(String::as_str));
            }
            Err(line) => printable(&line),
        }
    }
});

fn printable(text: &str) {
    assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{text:?}");
}
