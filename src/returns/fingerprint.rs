//! The bytes of a message in, what makes it the same message wherever it is found out.

use aws_lc_rs::digest::{Context, SHA256};

/// The fields that stay as they are, whichever way a message takes.
const FIELDS: [&[u8]; 5] = [b"date:", b"message-id:", b"from:", b"subject:", b"content-type:"];

/// The fingerprint of a message: 32 hexadecimal digits, made from its body and a few fields. Line
/// endings and what servers on the way add do not matter.
#[must_use]
pub fn fingerprint(message: &[u8]) -> String {
    let mut context = Context::new(&SHA256);
    let (mut head, mut kept) = (true, false);
    for line in lines(message) {
        if head {
            let folded = line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
            kept = if folded { kept } else { is_kept(line) };
            head = !line.is_empty();
        }
        if !head || kept {
            context.update(line);
            context.update(b"\n");
        }
    }
    context.finish().as_ref()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn is_kept(line: &[u8]) -> bool {
    FIELDS
        .iter()
        .any(|field| line.get(..field.len()).is_some_and(|name| name.eq_ignore_ascii_case(field)))
}

/// The lines of a text, whatever ends them; blank ones at its end are left out.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let end = text.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |at| at + 1);
    let mut rest = Some(&text[..end]);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(at) = memchr::memchr2(b'\r', b'\n', text) else {
            rest = None;
            return Some(text);
        };
        let skip = if text[at..].starts_with(b"\r\n") { 2 } else { 1 };
        rest = Some(&text[at + skip..]);
        Some(&text[..at])
    })
}

#[cfg(test)]
mod tests {
    use crate::returns::fingerprint::fingerprint;

    const MESSAGE: &str = "Received: by a\nDate: today\nMessage-ID:\n <a@b>\n\nGone.\n\nReally.\n";

    #[test]
    fn a_message_is_the_same_whichever_way_it_came() {
        let same = fingerprint(MESSAGE.as_bytes());
        assert_eq!(same.len(), 32);
        for other in [
            MESSAGE.replace('\n', "\r\n"),
            MESSAGE.replace('\n', "\r"),
            MESSAGE.replace("by a", "by b\n for c"),
            format!("Return-Path: <>\n{MESSAGE}\n\n"),
        ] {
            assert_eq!(fingerprint(other.as_bytes()), same, "{other:?}");
        }
    }

    #[test]
    fn another_message_is_another() {
        let one = fingerprint(MESSAGE.as_bytes());
        for (old, new) in [("<a@b>", "<b@b>"), ("Gone", "Gome"), ("today", "then"), ("\n\n", "\n")]
        {
            assert_ne!(fingerprint(MESSAGE.replacen(old, new, 1).as_bytes()), one, "{new}");
        }
        assert_ne!(fingerprint(b""), one);
    }
}
